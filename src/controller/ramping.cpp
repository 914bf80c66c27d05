// Members that have joined with a part of their weight get more of it while they warm up, each time by a
// transaction.

#include "controller/brain.hpp"

#include <algorithm>
#include <utility>

namespace headgate::controller {
namespace {

std::string course(const domain::Member& member, int weight) {
    return "from " + std::to_string(member.connection.weight) + " to " + std::to_string(weight) + " of " +
           std::to_string(member.rampsTo);
}

}

void Controller::Brain::noteRamps(const domain::Pool& pool) {
    auto& record = pools.at(pool.name);
    record.ramping.clear();
    for (const auto& member : pool.members)
        if (member.rampsTo > 0) record.ramping.insert(member.server);
    for (auto it = record.rampsFrom.begin(); it != record.rampsFrom.end();) {
        if (record.ramping.contains(it->first)) {
            ++it;
            continue;
        }
        settingsTaken(record, it->first, "its weight is not to be raised any more");
        it = record.rampsFrom.erase(it);
    }
}

std::optional<domain::WeightStep> Controller::Brain::nextWeight(const domain::Pool& pool,
                                                                const domain::ServerName& server) const {
    const auto& record = pools.at(pool.name);
    const auto* member = pool.member(server);
    if (!member) return std::nullopt;
    auto next = domain::nextWeight(pool.policy, *member, record.history.joined(server), now);
    const auto put = record.rampsFrom.find(server);
    if (next && put != record.rampsFrom.end()) next->from = std::max(next->from, put->second);
    return next;
}

std::optional<domain::Intent> Controller::Brain::ramp(const domain::Pool& pool) const {
    const auto& record = pools.at(pool.name);
    if (record.ramping.empty() || pool.held || flightOf(pool.name)) return std::nullopt;
    if (!decision::forbidden(pool.policy, now, domain::IntentKind::ramp).empty()) return std::nullopt;
    const auto states = assessment.membersInBrief(pool.name);
    // Who is down, or full with what it has, is given no more to do.
    const auto bearsMore = [&](const domain::ServerName& server) {
        return std::any_of(states.begin(), states.end(), [&](const domain::ServerState& state) {
            return state.name == server && state.functional == domain::Functional::functional &&
                   state.level != domain::Level::full;
        });
    };
    for (const auto& server : record.ramping) {
        const auto next = nextWeight(pool, server);
        if (!next || next->from > now || allocation.reservedFor(server) || !bearsMore(server)) continue;
        domain::Intent intent;
        intent.kind = domain::IntentKind::ramp;
        intent.pool = pool.name;
        intent.server = server;
        intent.weight = next->weight;
        intent.reason = "it warms up, and its weight grows " + course(*pool.member(server), next->weight);
        intent.recommended = pool.policy.mode == domain::PolicyMode::recommend;
        return intent;
    }
    return std::nullopt;
}

std::optional<domain::Instant> Controller::Brain::nextRamp(const domain::Pool& pool) const {
    std::optional<domain::Instant> first;
    for (const auto& server : pools.at(pool.name).ramping)
        if (const auto next = nextWeight(pool, server); next && next->from > now)
            if (!first || next->from < *first) first = next->from;
    return first;
}

void Controller::Brain::ramped(const Flight& flight) {
    const auto& state = flight.state;
    tell(eventOf(state, domain::EventSeverity::notice, "weight-raised",
                 state.member.server.value + " has the weight " +
                     std::to_string(state.member.connection.weight) + " in " + state.plan.pool.name.value +
                     (state.member.rampsTo > 0 ? ", and is to have " + std::to_string(state.member.rampsTo)
                                               : ", which is all of it")));
    const auto found = pools.find(state.plan.pool.name);
    if (found == pools.end()) return;
    auto& record = found->second;
    record.failures = 0;
    record.wait.reset();
    // Settings that were refused are so still.
    if (record.rampsFrom.erase(state.member.server))
        settingsTaken(record, state.member.server, "its weight has been raised");
}

void Controller::Brain::notRamped(const Flight& flight) {
    const auto& state = flight.state;
    const auto found = pools.find(state.plan.pool.name);
    // Where an appliance is to blame, the pool waits for that.
    if (found == pools.end() || state.outcome->accused != domain::Accused::candidate) return;
    auto& record = found->second;
    record.rampsFrom[state.member.server] = now + state.plan.pool.policy.quarantine;
    auto alarm =
        event(domain::EventSeverity::alarm, "settings-refused",
              "the weight of " + state.member.server.value + " is not raised: " + state.outcome->reason);
    alarm.pool = state.plan.pool.name;
    alarm.server = state.member.server;
    raise(record, std::move(alarm));
}

}
