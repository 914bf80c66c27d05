#include "decision/pace.hpp"

#include "decision/benefit.hpp"
#include "decision/damping.hpp"
#include "decision/maintenance.hpp"

#include <algorithm>

namespace headgate::decision {

using domain::Instant;
using domain::IntentKind;
using domain::PoolPolicy;

namespace {

int dampingPenalty(const PoolPolicy& policy, const History& history) {
    return policy.damping && history.lastChange ? penalty(history, *history.lastChange) : 0;
}

}

std::optional<Instant> cooldownUntil(const PoolPolicy& policy, const History& history, IntentKind kind,
                                     Urgency urgency) {
    if (!history.lastChange || kind == IntentKind::nothing) return std::nullopt;
    const auto cooldown = kind == IntentKind::allocate ? policy.growCooldown : policy.shrinkCooldown;
    if (urgency == Urgency::minimum) return *history.lastChange + cooldown;
    return *history.lastChange + lengthened(cooldown, dampingPenalty(policy, history));
}

std::optional<Instant> rateLimitedUntil(const PoolPolicy& policy, const History& history, Instant now) {
    const auto most = policy.rateLimit.maxChanges;
    if (most == 0 || history.recent.size() < most) return std::nullopt;
    // Of the latest so many the first: when it is long enough ago, one may follow.
    const auto first = history.recent.end() - static_cast<std::ptrdiff_t>(most);
    const auto until = first->at + policy.rateLimit.per;
    return now < until ? std::optional(until) : std::nullopt;
}

std::string forbidden(const PoolPolicy& policy, Instant now, IntentKind kind) {
    if (policy.mode == domain::PolicyMode::off) return "its mode is off: nothing is decided automatically";
    if (policy.mode == domain::PolicyMode::growOnly && kind == IntentKind::release)
        return "its mode is grow-only: it never shrinks by itself";
    if (const auto open = forbiddenBy(policy.maintenanceWindows, now, kind))
        return "maintenance window " + open->name + " is open until " + domain::describe(open->end);
    return {};
}

std::string inCooldown(const PoolPolicy& policy, const History& history, Instant now, IntentKind kind,
                       Urgency urgency) {
    const auto until = cooldownUntil(policy, history, kind, urgency);
    if (!until || now >= *until) return {};
    std::string text = "cooldown until " + domain::describe(*until);
    if (history.lastKind == IntentKind::allocate) text += " after it grew";
    if (history.lastKind == IntentKind::release) text += " after it shrank";
    const auto paid = dampingPenalty(policy, history);
    if (urgency == Urgency::load && paid >= flapsFrom)
        text += ", the longer because it is flapping: a penalty of " + std::to_string(paid) + ", not below " +
                std::to_string(flapsFrom);
    return text;
}

std::string rateLimited(const PoolPolicy& policy, const History& history, Instant now) {
    const auto until = rateLimitedUntil(policy, history, now);
    if (!until) return {};
    return "its rate limit is " + std::to_string(policy.rateLimit.maxChanges) +
           (policy.rateLimit.maxChanges == 1 ? " change in " : " changes in ") +
           domain::describe(policy.rateLimit.per) + ", which are made: none until " +
           domain::describe(*until);
}

unsigned joinedInARow(const PoolPolicy& policy, const History& history) {
    unsigned count = 0;
    const PastChange* later = nullptr;
    for (auto change = history.recent.rbegin(); change != history.recent.rend(); ++change) {
        if (change->kind != IntentKind::allocate) break;
        if (later && later->at - change->at >= policy.growCooldown) break;
        later = &*change;
        ++count;
    }
    return count;
}

bool flapping(const PoolPolicy& policy, const History& history, Instant now) {
    if (!policy.damping || dampingPenalty(policy, history) < flapsFrom) return false;
    return penalty(history, now) >= flapsUntil;
}

std::optional<Instant> reconsiderAt(Instant now, const PoolPolicy& policy, const History& history) {
    std::optional<Instant> next;
    const auto consider = [&](const std::optional<Instant>& at) {
        if (at && *at > now && (!next || *at < *next)) next = at;
    };
    for (const auto kind : {IntentKind::allocate, IntentKind::release}) {
        consider(cooldownUntil(policy, history, kind));
        consider(cooldownUntil(policy, history, kind, Urgency::minimum));
        if (const auto open = forbiddenBy(policy.maintenanceWindows, now, kind)) consider(open->end);
    }
    consider(rateLimitedUntil(policy, history, now));
    for (const auto& change : history.recent)
        if (change.kind == IntentKind::allocate) {
            consider(change.at + policy.warmUp);
            consider(measuredAt(policy, change));
        }
    if (flapping(policy, history, now)) consider(calmAt(history, now));
    return next;
}

}
