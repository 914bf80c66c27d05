#include "controller/brain.hpp"

namespace headgate::controller {
namespace {

/// Of what stands the latest that nothing else says: what drift there is, the findings show.
std::string standing(const domain::Pool& pool, const PoolRecord& record) {
    for (auto alarm = record.standing.rbegin(); alarm != record.standing.rend(); ++alarm) {
        if (alarm->kind == "drift") continue;
        // In the words of the decision, which say the same.
        const auto vain = alarm->kind == "growth-without-benefit"
                              ? decision::withoutBenefit(pool.policy, record.history)
                              : std::string();
        return vain.empty() ? alarm->text : vain;
    }
    return {};
}

}

domain::Snapshot Controller::Brain::snapshot(domain::Instant at) const {
    domain::Snapshot made;
    made.at = at;
    made.servers = assessment.servers();
    for (auto& server : made.servers) {
        if (const auto id = allocation.reservedFor(server.name))
            server.reservedBy = "transaction " + std::to_string(id->value);
        server.quarantinedUntil = allocation.quarantinedUntil(server.name);
    }
    made.dataSources = assessment.dataSources();
    for (const auto& pool : configuration.pools) {
        const auto* belief = assessment.pool(pool.name);
        domain::PoolState state = belief ? *belief : domain::PoolState{};
        state.name = pool.name;
        state.decision = pools.at(pool.name).decided;
        state.policy = pool.policy;
        const auto& record = pools.at(pool.name);
        if (const auto* flight = flightOf(pool.name)) state.transaction = flight->state.id;
        const auto kind =
            state.level == domain::Level::under ? domain::IntentKind::release : domain::IntentKind::allocate;
        state.cooldownUntil = decision::cooldownUntil(pool.policy, record.history, kind);
        if (state.cooldownUntil && *state.cooldownUntil <= at) state.cooldownUntil.reset();
        if (const auto why = obstacle(pool, false); !why.empty())
            state.alarm = why;
        else if (record.wait)
            state.alarm = record.wait->reason;
        else if (!record.noCandidate.empty())
            state.alarm = "no candidate: " + record.noCandidate;
        else if (!state.growthUseless.empty())
            state.alarm = state.growthUseless;
        else
            state.alarm = standing(pool, record);
        for (const auto& [appliance, finding] : record.findings)
            made.findings.push_back(finding);
        made.pools.push_back(std::move(state));
    }
    made.history.assign(ended.begin(), ended.end());
    for (const auto& [id, flight] : flights)
        made.transactions.push_back(transaction::view(flight.state));
    return made;
}

}
