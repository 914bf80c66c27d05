#include "decision/fail_over.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace headgate::decision {

using domain::Functional;
using domain::Instant;
using domain::Intent;
using domain::IntentKind;
using domain::Member;
using domain::Pool;
using domain::ServerName;
using domain::ServerState;

namespace {

/// A pool's members by name, so that their order changes nothing.
class Members {
  public:
    Members(const Pool& pool, const std::vector<ServerState>& states)
        : m_pool(pool) {
        for (const auto& member : pool.members)
            m_all.emplace(member.server, std::pair(&member, nullptr));
        for (const auto& state : states)
            if (const auto found = m_all.find(state.name); found != m_all.end())
                found->second.second = &state;
    }

    template <typename Each>
    std::optional<Intent> first(const Each& each) const {
        for (const auto& [name, one] : m_all)
            if (one.second)
                if (auto intent = each(*one.first, *one.second)) return intent;
        return std::nullopt;
    }
    const ServerState* state(const ServerName& name) const {
        const auto found = m_all.find(name);
        return found == m_all.end() ? nullptr : found->second.second;
    }
    const Member* standInFor(const ServerName& name) const {
        for (const auto& member : m_pool.members)
            if (member.standsInFor == name) return &member;
        return nullptr;
    }

  private:
    const Pool& m_pool;
    std::map<ServerName, std::pair<const Member*, const ServerState*>> m_all;
};

bool held(const ServerState& state, Functional what, domain::Duration after, Instant now) {
    return state.functional == what && state.since && now >= *state.since + after;
}

bool isBack(const ServerState& state, domain::Duration after, Instant now) {
    return held(state, Functional::functional, after, now) && state.contact.trust == domain::Trust::trusted;
}

Intent nothing(const Pool& pool, std::string reason) {
    return {IntentKind::nothing, pool.name, std::nullopt, false, std::move(reason)};
}

std::optional<Intent> replace(Instant now, const Pool& pool, const Members& members) {
    const auto& policy = *pool.policy.failOver;
    return members.first([&](const Member& member, const ServerState& state) -> std::optional<Intent> {
        // Who stands in and fails is no member of its own right: it is replaced in the same place.
        if (!held(state, Functional::down, policy.after, now)) return std::nullopt;
        if (members.standInFor(member.server)) return std::nullopt;
        const auto because = "in the place of " + member.server.value + ", which is " + state.reason +
                             " for " + domain::describe(policy.after);
        if (pool.members.size() >= pool.policy.maximum)
            return nothing(pool, "pool " + pool.name.value + " needs somebody " + because +
                                     "; but it is at its maximum of " + std::to_string(pool.policy.maximum) +
                                     (pool.policy.maximum == 1 ? " member" : " members"));
        Intent intent{IntentKind::allocate, pool.name, std::nullopt, false, because};
        intent.inPlaceOf = member.server;
        return intent;
    });
}

std::optional<Intent> failBack(Instant now, const Pool& pool, const domain::PoolState& belief,
                               const Members& members) {
    const auto& policy = *pool.policy.failOver;
    if (!policy.failBack || belief.level == domain::Level::full) return std::nullopt;
    return members.first([&](const Member& member, const ServerState&) -> std::optional<Intent> {
        if (member.standsInFor.value.empty() || pool.members.size() <= pool.policy.minimum)
            return std::nullopt;
        const auto* back = members.state(member.standsInFor);
        if (!back || !isBack(*back, policy.after, now)) return std::nullopt;
        return Intent{IntentKind::release, pool.name, member.server, false,
                      member.standsInFor.value + " is back for " + domain::describe(policy.after) + ", and " +
                          member.server.value + " stood in for it"};
    });
}

}

std::optional<Intent> failOver(Instant now, const Pool& pool, const domain::PoolState& belief,
                               const std::vector<ServerState>& states) {
    if (!pool.policy.failOver) return std::nullopt;
    const Members members(pool, states);
    if (auto wanted = replace(now, pool, members)) return wanted;
    return failBack(now, pool, belief, members);
}

std::optional<Instant> failOverAt(Instant now, const Pool& pool, const std::vector<ServerState>& states) {
    if (!pool.policy.failOver) return std::nullopt;
    std::optional<Instant> next;
    for (const auto& state : states) {
        if (state.functional == Functional::unknown || !state.since) continue;
        const auto due = *state.since + pool.policy.failOver->after;
        if (due > now && (!next || due < *next)) next = due;
    }
    return next;
}

}
