#include "decision/decision.hpp"

#include "decision/fail_over.hpp"

#include <algorithm>
#include <tuple>

namespace headgate::decision {

using domain::Functional;
using domain::Instant;
using domain::Intent;
using domain::IntentKind;
using domain::Level;
using domain::ServerState;

namespace {

/// A member with what is believed of it; `state` is null when nothing is.
struct Believed {
    const domain::Member* member;
    const ServerState* state;

    bool is(Functional functional) const { return state && state->functional == functional; }
    /// Down, or silent: nobody can count on it. Merely unknown (not yet asked) is not lost.
    bool lost() const {
        return is(Functional::down) || (is(Functional::unknown) && state->missedPolls >= domain::silentAfter);
    }
};

std::vector<Believed> match(const domain::Pool& pool, const std::vector<ServerState>& states) {
    std::vector<Believed> all;
    for (const auto& member : pool.members) {
        const auto found = std::find_if(states.begin(), states.end(),
                                        [&](const auto& state) { return state.name == member.server; });
        all.push_back({&member, found == states.end() ? nullptr : &*found});
    }
    // By name, so that the order of members changes neither choice nor words.
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.member->server < b.member->server; });
    return all;
}

std::string members(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " member" : " members");
}

Intent nothing(const domain::Pool& pool, std::string reason) {
    return {IntentKind::nothing, pool.name, std::nullopt, false, std::move(reason)};
}

std::optional<std::string> inCooldown(Instant now, const domain::Pool& pool, const History& history,
                                      IntentKind kind) {
    const auto until = cooldownUntil(pool.policy, history, kind);
    if (!until || now >= *until) return std::nullopt;
    const auto* after = history.lastKind == IntentKind::allocate  ? " after it grew"
                        : history.lastKind == IntentKind::release ? " after it shrank"
                                                                  : "";
    return "cooldown until " + domain::describe(*until) + after;
}

Intent grow(Instant now, const domain::Pool& pool, const History& history, const std::string& because) {
    if (pool.members.size() >= pool.policy.maximum)
        return nothing(pool, because + "; but it is at its maximum of " + members(pool.policy.maximum));
    if (const auto cooldown = inCooldown(now, pool, history, IntentKind::allocate))
        return nothing(pool, because + "; but " + *cooldown);
    return {IntentKind::allocate, pool.name, std::nullopt, false, because};
}

/// What keeps a pool from shrinking because it is not known; empty when all is known.
std::string unknownIn(const std::vector<Believed>& all) {
    for (const auto& one : all) {
        const auto& name = one.member->server.value;
        if (!one.state) return "nothing is known of " + name;
        if (one.is(Functional::unknown)) return name + " is " + one.state->reason;
        if (one.is(Functional::functional) && (!one.state->utilisation || !one.state->unknownMetrics.empty()))
            return "the utilisation of " + name + " is not fully known";
    }
    return {};
}

/// It is there for a member that is still lost.
bool standsIn(const Believed& one, const std::vector<Believed>& all) {
    const auto& name = one.member->standsInFor;
    return !name.value.empty() && std::any_of(all.begin(), all.end(), [&](const auto& other) {
        return other.member->server == name && other.lost();
    });
}

const Believed* leaving(const domain::Pool& pool, const std::vector<Believed>& all) {
    const auto rank = [](const Believed& one) {
        return std::tuple(one.member->origin == domain::Origin::configured, !one.is(Functional::down),
                          one.state->utilisation.value_or(0), one.member->server);
    };
    const Believed* best = nullptr;
    for (const auto& one : all) {
        if (one.member->origin == domain::Origin::configured && !pool.policy.releaseConfigured) continue;
        if (pool.policy.failOver && standsIn(one, all)) continue;
        if (!best || rank(one) < rank(*best)) best = &one;
    }
    return best;
}

Intent shrink(Instant now, const domain::Pool& pool, const std::vector<Believed>& all, const History& history,
              const std::string& because) {
    const auto& policy = pool.policy;
    if (const auto unknown = unknownIn(all); !unknown.empty())
        return nothing(pool, because + "; but " + unknown + ", and unknown is no reason to shrink");
    const auto* one = leaving(pool, all);
    if (!one) return nothing(pool, because + "; but its policy keeps configured members");

    const auto& name = one->member->server;
    const auto functional = std::count_if(all.begin(), all.end(),
                                          [](const auto& other) { return other.is(Functional::functional); });
    const auto rest = functional - (one->is(Functional::functional) ? 1 : 0);
    if (rest < std::max<long>(policy.minimum, 1))
        return nothing(pool, because + "; but it is at its minimum of " + members(policy.minimum));
    long long load = 0;
    for (const auto& other : all)
        if (other.is(Functional::functional)) load += *other.state->utilisation;
    const auto spread = (load + rest - 1) / rest;
    if (spread >= policy.upper - policy.tolerance)
        return nothing(pool, because + "; but without " + name.value + " the rest would be at " +
                                 std::to_string(spread) + " permille, not below " +
                                 std::to_string(policy.upper - policy.tolerance));
    if (const auto cooldown = inCooldown(now, pool, history, IntentKind::release))
        return nothing(pool, because + "; but " + *cooldown);
    return {
        IntentKind::release, pool.name, name, false,
        because + "; without " + name.value + ", which is " + std::string(toString(one->state->functional)) +
            (one->state->utilisation ? " at " + std::to_string(*one->state->utilisation) + " permille" : "") +
            ", the rest would be at " + std::to_string(spread) + " permille"};
}

Intent byLoad(Instant now, const domain::Pool& pool, const domain::PoolState& belief,
              const std::vector<Believed>& all, const History& history) {
    const auto firstLost = std::find_if(all.begin(), all.end(), [](const auto& one) { return one.lost(); });
    const auto lost = std::count_if(all.begin(), all.end(), [](const auto& one) { return one.lost(); });
    const auto left = all.size() - static_cast<std::size_t>(lost);
    const auto prefix = "pool " + pool.name.value + " ";
    if (left < pool.policy.minimum) {
        auto because = prefix + "has only " + members(left) + " to count on, its minimum is " +
                       std::to_string(pool.policy.minimum);
        if (firstLost != all.end())
            because += ": " + firstLost->member->server.value + " is " + firstLost->state->reason;
        return grow(now, pool, history, because);
    }
    const auto because = prefix + "is " + belief.reason;
    switch (belief.level) {
    case Level::full: return grow(now, pool, history, because);
    case Level::under: return shrink(now, pool, all, history, because);
    case Level::normal:
    case Level::unknown: break;
    }
    return nothing(pool, because);
}

}

Intent decide(Instant now, const domain::Pool& pool, const domain::PoolState& belief,
              const std::vector<ServerState>& states, const History& history) {
    if (history.inFlight) return nothing(pool, "a transaction is in flight");
    if (!history.heldBecause.empty()) return nothing(pool, history.heldBecause);
    if (pool.held) return nothing(pool, "held by an operator");

    const auto wanted = failOver(now, pool, belief, states);
    if (wanted && wanted->kind != IntentKind::nothing) return *wanted;
    auto intent = byLoad(now, pool, belief, match(pool, states), history);
    // What keeps a member that is down from being replaced says more than that the others are well.
    return wanted && intent.kind == IntentKind::nothing ? *wanted : intent;
}

std::optional<Instant> cooldownUntil(const domain::PoolPolicy& policy, const History& history,
                                     IntentKind kind) {
    if (!history.lastChange || kind == IntentKind::nothing) return std::nullopt;
    return *history.lastChange + (kind == IntentKind::allocate ? policy.growCooldown : policy.shrinkCooldown);
}

std::optional<Instant> reconsiderAt(Instant now, const domain::PoolPolicy& policy, const History& history) {
    std::optional<Instant> next;
    for (const auto kind : {IntentKind::allocate, IntentKind::release}) {
        const auto until = cooldownUntil(policy, history, kind);
        if (until && *until > now && (!next || *until < *next)) next = until;
    }
    return next;
}

}
