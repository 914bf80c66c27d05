#include "assessment/pool_belief.hpp"

#include <algorithm>

namespace headgate::assessment {

using domain::FullWhen;
using domain::Functional;
using domain::Level;

namespace {

/// "1 member", "3 members"
std::string members(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " member" : " members");
}

bool isFunctional(const Verdict& verdict) {
    return !verdict.warming && verdict.functional == Functional::functional && verdict.utilisation;
}
bool isUnknown(const Verdict& verdict) {
    return !verdict.warming && verdict.functional != Functional::down && !isFunctional(verdict);
}
bool isFullOne(const Verdict& verdict) {
    return isFunctional(verdict) && verdict.level == Level::full;
}

}

void PoolBelief::enter(std::vector<const ServerBelief*> members) {
    m_members = std::move(members);
    m_counts = {};
    for (const auto* member : m_members) {
        if (member)
            count(member->verdict(), 1);
        else
            ++m_counts.strangers;
    }
    lookAhead();
}

/// Goes on with what it has seen, as long as that is looked at in the same steps.
void PoolBelief::lookAhead() {
    const auto& policy = m_pool->policy.forecast;
    if (!policy) return m_outlook.reset();
    const auto longest = longestPoll();
    if (!m_outlook || m_outlook->policy() != *policy || m_outlook->step() != Outlook::step(*policy, longest))
        m_outlook = std::make_unique<Outlook>(*policy, longest);
}

domain::Duration PoolBelief::longestPoll() const {
    domain::Duration longest{0};
    for (const auto* member : m_members)
        if (member) longest = std::max(longest, member->server().pollInterval);
    return longest;
}

domain::Duration PoolBelief::settling() const {
    const auto longest = longestPoll();
    const auto& policy = m_pool->policy;
    return policy.growAfter + longest +
           (policy.forecast ? Outlook::step(*policy.forecast, longest) : domain::Duration{0});
}

void PoolBelief::recount(const Verdict& before, const Verdict& after) {
    count(before, -1);
    count(after, 1);
}

void PoolBelief::count(const Verdict& verdict, int sign) {
    const auto add = [&](std::size_t& counter) {
        counter += static_cast<std::size_t>(sign); // wraps back
    };
    if (verdict.warming) add(m_counts.warming);
    if (isUnknown(verdict)) add(m_counts.unknown);
    if (!isFunctional(verdict)) return;
    add(m_counts.functional);
    m_counts.sum += sign * *verdict.utilisation;
    if (verdict.level == Level::full) add(m_counts.full);
    if (!verdict.complete) add(m_counts.incomplete);
}

std::optional<int> PoolBelief::average() const {
    const auto count = static_cast<long long>(m_counts.functional);
    if (count == 0) return std::nullopt;
    return static_cast<int>((m_counts.sum + count / 2) / count);
}

bool PoolBelief::isFull() const {
    switch (m_pool->policy.fullWhen) {
    case FullWhen::anyMember: return m_counts.full > 0;
    case FullWhen::allMembers: return allKnown() && m_counts.full > 0 && m_counts.full == m_counts.functional;
    case FullWhen::average: return m_average.level() == Level::full;
    }
    return false;
}

void PoolBelief::assess(domain::Instant now) {
    // A full member keeps a pool from being under-used, however idle the others are.
    const auto bound = m_counts.full == 0 && m_counts.incomplete == 0 ? Bound::exact : Bound::lower;
    const auto level = m_average.update(now, allKnown() ? average() : std::nullopt, bound, m_pool->policy);
    if (m_outlook)
        m_outlook->take(now, allKnown() && m_counts.incomplete == 0 ? average() : std::nullopt,
                        m_counts.functional);
    if (isFull())
        m_level = Level::full;
    else
        m_level = level == Level::full ? Level::normal : level;
}

domain::PoolState PoolBelief::state() const {
    domain::PoolState made;
    made.name = m_pool->name;
    made.level = m_level;
    made.utilisation = average();
    made.reason = describe();
    if (!m_outlook) return made;
    made.forecast = m_outlook->forecast();
    if (m_level == Level::normal || m_level == Level::under)
        made.fullAhead = m_outlook->fullAhead(m_pool->policy.upper);
    return made;
}

/// By name, so that the order of members changes nothing. Null: there is none.
const ServerBelief* PoolBelief::first(bool (*which)(const Verdict&)) const {
    const ServerBelief* found = nullptr;
    for (const auto* member : m_members)
        if (member && which(member->verdict()) && (!found || member->server().name < found->server().name))
            found = member;
    return found;
}

std::string PoolBelief::describe() const {
    const auto& policy = m_pool->policy;
    if (m_level == Level::full && policy.fullWhen == FullWhen::anyMember) {
        const auto* one = first(isFullOne);
        return "full, because " + one->server().name.value + " is: " + one->levelWords();
    }
    if (m_level == Level::full && policy.fullWhen == FullWhen::allMembers)
        return "full: each of its functional members is (" + members(m_counts.full) + ")";
    if (m_members.empty()) return "unknown: it has no members";
    if (!allKnown()) return "unknown, because " + describeUnknown();
    if (m_counts.warming == m_members.size())
        return "unknown: each of its " + members(m_counts.warming) + " warms up";
    if (m_counts.functional == 0)
        return "unknown: none of its " + members(m_members.size() - m_counts.warming) + " is functional" +
               besideWarming();
    return describeLevel();
}

std::string PoolBelief::besideWarming() const {
    return m_counts.warming == 0 ? "" : ", beside " + std::to_string(m_counts.warming) + " warming up";
}

std::string PoolBelief::describeUnknown() const {
    const auto* one = first(isUnknown);
    return one ? one->server().name.value + " is " + one->reason() : "a member is no configured server";
}

std::string PoolBelief::describeLevel() const {
    const auto& policy = m_pool->policy;
    const int average = *this->average();
    const auto amount =
        std::to_string(average) + " permille on average of " + members(m_counts.functional) + besideWarming();
    switch (m_level) {
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
