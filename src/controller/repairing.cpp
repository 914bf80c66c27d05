// What follows when an appliance does not have what is recorded: the record follows it, or it is led back, a
// member at a time, each by a transaction of its own.

#include "controller/brain.hpp"
#include "domain/leaving.hpp"

namespace headgate::controller {
namespace {

constexpr unsigned mostRounds = 64;

bool sameMembers(const transaction::Deviations& a, const transaction::Deviations& b) {
    const auto same = [](const domain::MemberFacts& one, const domain::MemberFacts& other) {
        return one.address == other.address && one.port == other.port;
    };
    return a.missing == b.missing &&
           std::is_permutation(a.extra.begin(), a.extra.end(), b.extra.begin(), b.extra.end(), same);
}

}

void Controller::Brain::actOnDrift(const domain::PoolName& name) {
    const auto* pool = configuration.pool(name);
    if (!pool || options.flown || pool->policy.drift == domain::DriftPolicy::report) return;
    auto& record = pools.at(name);
    const bool drifted =
        record.toMend || std::any_of(record.findings.begin(), record.findings.end(),
                                     [](const auto& each) { return !each.second.differences.empty(); });
    const bool busy = std::any_of(checks.begin(), checks.end(), [&](const Checking& each) {
        return each.purpose == CheckPurpose::repair && each.found.empty() && !each.open.empty() &&
               each.open.begin()->second.pool == name;
    });
    if (!drifted || busy) return;
    // Whatever is in the way, its end has pools deliberated on.
    record.toMend = pool->held || inTheWay(*pool) || !obstacle(*pool, false).empty();
    if (record.toMend) return;
    // All of its appliances are read before anything is done about one.
    check(CheckPurpose::repair, std::nullopt, "its policy wants something done", placesOf(*pool), 1);
}

void Controller::Brain::ask(const Request& request, const Repair& what) {
    const auto* pool = configuration.pool(what.pool);
    if (!pool) return answer(request, AnswerKind::refused, "there is no pool " + what.pool.value);
    if (const auto* other = inTheWay(*pool))
        return answer(request, AnswerKind::refused,
                      pool->name.value + ": transaction " + std::to_string(other->state.id.value) +
                          " is changing one of its appliances; ask again when it has ended");
    if (const auto why = cannotBegin(*pool); !why.empty())
        return answer(request, AnswerKind::refused, pool->name.value + ": " + why);
    check(CheckPurpose::repair, request, asker(request) + " asked for it", placesOf(*pool), 1);
}

/// Of a pair only both together say who is the active one, which is changed.
void Controller::Brain::withPartners(const domain::Pool& pool, std::vector<domain::PoolPlace>& places) const {
    const auto pairOf = [&](const domain::PoolPlace& place) {
        const auto* appliance = configuration.appliance(place.appliance);
        return appliance ? appliance->pair : std::string();
    };
    const auto chosen = places;
    for (const auto& place : pool.places) {
        const auto pair = pairOf(place);
        const bool partner =
            !pair.empty() &&
            std::any_of(chosen.begin(), chosen.end(), [&](const auto& each) { return pairOf(each) == pair; });
        if (partner && std::find(places.begin(), places.end(), place) == places.end())
            places.push_back(place);
    }
}

/// What differs only on a standby is its pair's own business: it copies the active one. And only members are
/// Headgate's to mend.
std::string Controller::Brain::notForUs(const domain::Pool& pool) const {
    const auto& record = pools.at(pool.name);
    for (const auto& [name, finding] : record.findings) {
        if (finding.differences.empty()) continue;
        const auto role = record.roles.find(name);
        if (role != record.roles.end() && role->second == domain::Role::standby)
            return name.value + " is a standby and differs from the active one of its pair, which is as "
                                "recorded: have them synchronise";
        return name.value + ": " + finding.differences.front() +
               ": that is no member, which is what Headgate repairs: mend it there, or correct the pool's "
               "'object' in the configuration";
    }
    return {};
}

/// The first thing that differs, on all the appliances where it does.
std::optional<domain::Plan> Controller::Brain::repairPlan(const domain::Pool& pool) const {
    const auto& record = pools.at(pool.name);
    const auto& deviations = record.deviations;
    const auto approach = approaches(pool);
    domain::Plan plan;
    plan.pool = pool;
    plan.pool.places.clear();
    const domain::MemberFacts* extra = nullptr;
    std::string why = "it is recorded, but not there";
    for (const auto& place : pool.places) {
        const auto found = deviations.find(place.appliance);
        if (found == deviations.end()) continue;
        if (!approach.at(place.appliance).pair.empty() &&
            record.roles.at(place.appliance) == domain::Role::standby)
            continue;
        const auto& there = found->second;
        const auto wanting = there.wanting();
        if (plan.pool.places.empty() && !wanting.empty()) {
            plan.kind = domain::IntentKind::restore;
            plan.member = wanting.front();
            if (there.missing.empty())
                why = there.drained.empty() ? "it has other settings, as a transaction left it"
                                            : "it drains, as a transaction left it";
        } else if (plan.pool.places.empty() && !there.extra.empty()) {
            plan.kind = domain::IntentKind::withdraw;
            extra = &there.extra.front();
        }
        const bool same =
            extra ? std::any_of(there.extra.begin(), there.extra.end(),
                                [&](const auto& each) {
                                    return each.address == extra->address && each.port == extra->port;
                                })
                  : std::any_of(wanting.begin(), wanting.end(),
                                [&](const auto& each) { return each.server == plan.member.server; });
        if (same) plan.pool.places.push_back(place);
        for (const auto& each : there.renewed)
            if (same && !extra && each.recorded.server == plan.member.server) plan.left = each.left;
    }
    if (plan.pool.places.empty()) return std::nullopt;
    plan.outdated = record.renewals.contains(plan.member.server);
    withPartners(pool, plan.pool.places);
    if (extra) {
        plan.member.server = {transaction::where(extra->address, extra->port)};
        plan.member.connection.address = extra->address;
        plan.member.connection.port = extra->port;
        plan.member.connection.weight = extra->weight;
    }
    plan.reason = extra ? "it is there, but not recorded" : why;
    return plan;
}

void Controller::Brain::repairNext(Checking checking) {
    const auto say = [&](AnswerKind kind, const std::string& text) {
        if (!checking.request) return;
        answer(*checking.request, kind, text);
        std::get<Answer>(effects.back()).findings = checking.found;
    };
    const auto* pool = checking.found.empty() ? nullptr : configuration.pool(checking.found.front().pool);
    if (!pool) return say(AnswerKind::refused, "the pool is not configured any more");
    for (const auto& finding : checking.found)
        if (!finding.answered)
            return say(AnswerKind::refused,
                       finding.appliance.value + " could not be read: " + finding.reason);
    if (!checking.request && pool->policy.drift == domain::DriftPolicy::adopt && adopt(*pool)) return;
    if (!checking.request && pool->policy.drift == domain::DriftPolicy::adopt) return;
    auto plan = repairPlan(*pool);
    if (!plan) {
        if (const auto why = notForUs(*pool); !why.empty()) return say(AnswerKind::refused, why);
        say(AnswerKind::done, checking.round > 1
                                  ? pool->name.value + " is as recorded on each of its appliances"
                                  : "nothing differs: " + pool->name.value + " is as recorded");
        if (checking.request && checking.round > 1)
            std::get<Answer>(effects.back()).transaction = pools.at(pool->name).repairedBy;
        return;
    }
    const auto& server = plan->member.server;
    const bool withdraws = plan->kind == domain::IntentKind::withdraw;
    if (!checking.request && inTheWay(*pool)) pools.at(pool->name).toMend = true;
    if (checking.round > mostRounds || inTheWay(*pool) ||
        (!withdraws && promisedElsewhere(pool->name, server)))
        return say(AnswerKind::refused, pool->name.value + " is being changed; ask again");
    // What keeps it is what is to be mended.
    if (const auto doubt = allocation.reservedFor(server); doubt && !withdraws) allocation.free(*doubt);
    plan->byOperator = checking.request.has_value();
    begin(*std::move(plan), checking.request, checking.round);
    keepDoubted(pool->name);
}

/// A committed repair of one member looks for the next; anything else is its end.
void Controller::Brain::afterRepair(const Flight& flight) {
    const auto* pool = configuration.pool(flight.state.plan.pool.name);
    const bool done = flight.state.outcome->kind == domain::OutcomeKind::committed;
    if (pool && !done && !flight.request) pools.at(pool->name).toMend = true;
    if (!done || !pool) return answerEnd(flight);
    pools.at(pool->name).repairedBy = flight.state.id;
    check(CheckPurpose::repair, flight.request, "after a repair", placesOf(*pool), flight.round + 1);
}

/// The record follows the appliances, if all agree and know whom they have. False: nothing was adopted.
bool Controller::Brain::adopt(const domain::Pool& pool) {
    const auto& all = pools.at(pool.name).deviations;
    if (all.size() < pool.places.size()) return false;
    const auto& first = all.begin()->second;
    const bool left = std::any_of(all.begin(), all.end(), [](const auto& each) {
        return !each.second.drained.empty() || !each.second.renewed.empty();
    });
    const bool agreed = !left && std::all_of(all.begin(), all.end(), [&](const auto& each) {
        return sameMembers(each.second, first);
    });
    if (!agreed || first.none()) return false;
    std::vector<MembershipChange> changes;
    for (const auto& member : first.missing)
        changes.push_back({pool.name, std::nullopt, member.server});
    for (const auto& extra : first.extra) {
        const auto server =
            std::find_if(configuration.servers.begin(), configuration.servers.end(),
                         [&](const domain::Server& each) { return each.address == extra.address; });
        if (server == configuration.servers.end() || allocation.reservedFor(server->name)) return false;
        for (const auto& other : configuration.pools)
            if (other.member(server->name) && !server->shareIn(pool.name)) return false;
        domain::Member member;
        member.server = server->name;
        member.connection.address = extra.address;
        member.connection.port = extra.port;
        member.connection.weight = extra.weight;
        member.connection.connectionLimit = extra.connectionLimit;
        changes.push_back({pool.name, member, std::nullopt});
    }
    auto* recorded = configuration.pool(pool.name);
    for (const auto& change : changes) {
        if (change.removed)
            domain::leave(*recorded, *change.removed);
        else
            recorded->members.push_back(*change.added);
        const std::string what = change.removed ? change.removed->value + ", which no appliance has"
                                                : change.added->server.value + ", which every appliance has";
        effects.push_back(Adopted{change, "drift was adopted: " + what});
        tellPool(domain::EventSeverity::notice, "adopted", recorded->name,
                 recorded->name.value + (change.removed ? " is recorded without " : " is recorded with ") +
                     what);
    }
    auto& record = pools.at(pool.name);
    record.deviations.clear();
    record.findings.clear();
    clear(record, "what the appliances have is what is recorded now",
          [](const domain::Event& alarm) { return alarm.kind == "drift"; });
    tellBeliefs(assessment.configure({*recorded}, now));
    return true;
}

}
