#include "assessment/pool_belief.hpp"

namespace headgate::assessment {

using domain::FullWhen;
using domain::Functional;
using domain::Level;

namespace {

/// "1 member", "3 members"
std::string members(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " member" : " members");
}

}

void PoolBelief::judgeBy(const domain::Pool& pool) {
    m_pool = &pool;
    m_state.name = pool.name;
    if (m_state.reason.empty()) m_state.reason = "unknown: there is no sample of its members yet";
}

PoolBelief::Tally PoolBelief::tally(const std::vector<const ServerBelief*>& members) {
    Tally tally;
    tally.members = members.size();
    long long sum = 0;
    const ServerBelief* firstUnknown = nullptr;
    const auto unknown = [&](const ServerBelief* member) {
        // By name, so that the order of members changes nothing.
        if (!firstUnknown || member->state().name < firstUnknown->state().name) firstUnknown = member;
    };
    bool strange = false;
    for (const auto* member : members) {
        if (!member) {
            strange = true;
            continue;
        }
        const auto& state = member->state();
        if (state.warmUntil) {
            ++tally.warming;
            continue;
        }
        if (state.functional == Functional::down) continue;
        if (state.functional == Functional::unknown || !state.utilisation) {
            unknown(member);
            continue;
        }
        tally.functional.push_back(member);
        sum += *state.utilisation;
        if (state.level == Level::full) tally.full.push_back(member);
        if (!state.unknownMetrics.empty()) tally.bound = Bound::lower;
    }
    if (firstUnknown)
        tally.unknown = firstUnknown->state().name.value + " is " + firstUnknown->state().reason;
    else if (strange)
        tally.unknown = "a member is no configured server";
    const auto count = static_cast<long long>(tally.functional.size());
    if (count > 0) tally.average = static_cast<int>((sum + count / 2) / count);
    return tally;
}

bool PoolBelief::isFull(const Tally& tally) const {
    switch (m_pool->policy.fullWhen) {
    case FullWhen::anyMember: return !tally.full.empty();
    case FullWhen::allMembers:
        return tally.unknown.empty() && !tally.full.empty() && tally.full.size() == tally.functional.size();
    case FullWhen::average: return m_average.level() == Level::full;
    }
    return false;
}

void PoolBelief::assess(domain::Instant now, const std::vector<const ServerBelief*>& members) {
    const auto counted = tally(members);
    m_state.utilisation = counted.average;
    // A full member keeps a pool from being under-used, however idle the others are.
    const auto bound = counted.full.empty() ? counted.bound : Bound::lower;
    const auto level = m_average.update(now, counted.unknown.empty() ? counted.average : std::nullopt, bound,
                                        m_pool->policy);
    if (isFull(counted))
        m_state.level = Level::full;
    else
        m_state.level = level == Level::full ? Level::normal : level;
    m_state.reason = describe(counted);
}

std::string PoolBelief::describe(const Tally& tally) const {
    const auto& policy = m_pool->policy;
    if (m_state.level == Level::full && policy.fullWhen == FullWhen::anyMember) {
        const auto* first = tally.full.front();
        for (const auto* member : tally.full)
            if (member->state().name < first->state().name) first = member;
        return "full, because " + first->state().name.value + " is: " + first->levelWords();
    }
    if (m_state.level == Level::full && policy.fullWhen == FullWhen::allMembers)
        return "full: each of its functional members is (" + members(tally.full.size()) + ")";
    if (tally.members == 0) return "unknown: it has no members";
    if (!tally.unknown.empty()) return "unknown, because " + tally.unknown;
    const auto beside = tally.warming ? ", beside " + std::to_string(tally.warming) + " warming up" : "";
    if (tally.members == tally.warming) return "unknown: each of its " + members(tally.members) + " warms up";
    if (!tally.average)
        return "unknown: none of its " + members(tally.members - tally.warming) + " is functional" + beside;

    const int average = *tally.average;
    const auto amount =
        std::to_string(average) + " permille on average of " + members(tally.functional.size()) + beside;
    switch (m_state.level) {
    case Level::full:
        if (average < policy.upper)
            return "full: " + amount + " (until below " + std::to_string(policy.upper - policy.tolerance) +
                   ")";
        return "full: " + amount + " (≥ " + std::to_string(policy.upper) + ") for " +
               domain::describe(policy.growAfter);
    case Level::under:
        if (average > policy.lower)
            return "under-used: " + amount + " (until above " +
                   std::to_string(policy.lower + policy.tolerance) + ")";
        return "under-used: " + amount + " (≤ " + std::to_string(policy.lower) + ") for " +
               domain::describe(policy.shrinkAfter);
    default: return "normal: " + amount;
    }
}

}
