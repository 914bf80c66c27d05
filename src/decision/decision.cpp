#include "decision/decision.hpp"

#include "decision/situation.hpp"

#include <algorithm>
#include <utility>

namespace headgate::decision {

using domain::Intent;
using domain::IntentKind;

namespace {

std::vector<Believed> match(const domain::Pool& pool, const std::vector<domain::ServerState>& states) {
    std::vector<Believed> all;
    all.reserve(pool.members.size());
    auto at = states.begin(); // they mostly come as the pool has its members
    for (const auto& member : pool.members) {
        const auto isIts = [&](const auto& state) { return state.name == member.server; };
        if (at == states.end() || !isIts(*at)) at = std::find_if(states.begin(), states.end(), isIts);
        all.push_back({&member, at == states.end() ? nullptr : &*at});
        if (at != states.end()) ++at;
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name() < b.name(); });
    return all;
}

Intent answer(const Situation& situation) {
    if (auto left = isItNotForUs(situation)) return *left;
    const auto replacing = isAnybodyToBeReplaced(situation);
    if (replacing && replacing->kind != IntentKind::nothing) return *replacing;
    for (const auto question : {isAnybodyLost, isItFull, isItUnderUsed}) {
        const auto found = question(situation);
        // What keeps a member that is down from being replaced says more than that the others are well.
        if (found && (found->kind != IntentKind::nothing || !replacing)) return *found;
    }
    return replacing ? *replacing : nothing(situation, belief(situation));
}

}

Intent decide(domain::Instant now, const domain::Pool& pool, const domain::PoolState& believed,
              const std::vector<domain::ServerState>& states, const History& history) {
    const auto situation = situationOf(now, pool, believed, states, history);
    auto found = answer(situation);
    found.recommended =
        pool.policy.mode == domain::PolicyMode::recommend && found.kind != IntentKind::nothing;
    return found;
}

Situation situationOf(domain::Instant now, const domain::Pool& pool, const domain::PoolState& belief,
                      const std::vector<domain::ServerState>& states, const History& history) {
    return {now, pool, belief, history, match(pool, states)};
}

const Believed* Situation::member(const domain::ServerName& server) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Believed& member) { return member.member->server == server; });
    return found == members.end() ? nullptr : &*found;
}

const Believed* Situation::warming() const {
    const auto first = std::find_if(members.begin(), members.end(),
                                    [this](const Believed& member) { return !isWarm(member); });
    return first == members.end() ? nullptr : &*first;
}

std::optional<Intent> isItNotForUs(const Situation& situation) {
    if (situation.history.inFlight) return nothing(situation, "a transaction is in flight");
    if (!situation.history.heldBecause.empty()) return nothing(situation, situation.history.heldBecause);
    if (situation.pool.held) return nothing(situation, "held by an operator");
    if (situation.policy().mode == domain::PolicyMode::off)
        return nothing(situation, forbidden(situation.policy(), situation.now, IntentKind::allocate));
    return std::nullopt;
}

Intent nothing(const Situation& situation, std::string reason) {
    return {IntentKind::nothing, situation.pool.name, std::nullopt, false, std::move(reason)};
}

std::string belief(const Situation& situation) {
    return "pool " + situation.pool.name.value + " is " + situation.belief.reason;
}

bool expectedFull(const Situation& situation) {
    return !situation.belief.fullAhead.empty() && situation.belief.level != domain::Level::full;
}

std::string members(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " member" : " members");
}

}
