#include "decision/fail_over.hpp"

#include "decision/situation.hpp"

#include <algorithm>
#include <string>

namespace headgate::decision {

using domain::Functional;
using domain::Instant;
using domain::Intent;
using domain::IntentKind;

namespace {

bool held(const Situation& situation, const Believed& one, Functional what) {
    return one.is(what) && one.state->since &&
           situation.now >= *one.state->since + situation.policy().failOver->after;
}

/// Who stands in for that one; null: nobody does.
const Believed* standIn(const Situation& situation, const Believed& one) {
    for (const auto& other : situation.members)
        if (other.member->standsInFor == one.member->server) return &other;
    return nullptr;
}

/// Whose place it has, over others who stood in there before and failed; null: nobody's.
const Believed* placeOf(const Situation& situation, const Believed& one) {
    const auto* place = inPlaceOf(situation, one);
    for (std::size_t left = situation.members.size(); place && left > 0; --left) {
        const auto* further = inPlaceOf(situation, *place);
        if (!further) break;
        place = further;
    }
    return place;
}

std::string whyNobody(const Situation& situation) {
    const auto& policy = situation.policy();
    if (situation.pool.members.size() >= policy.maximum)
        return "it is at its maximum of " + members(policy.maximum);
    if (auto why = forbidden(policy, situation.now, IntentKind::allocate); !why.empty()) return why;
    return rateLimited(policy, situation.history, situation.now);
}

/// "down for 10 s: web does not run"
std::string forSoLong(std::string reason, domain::Duration time) {
    const auto end = std::min(reason.find(':'), reason.size());
    return reason.insert(end, " for " + domain::describe(time));
}

std::optional<Intent> replace(const Situation& situation) {
    if (situation.history.nobodyStandsIn) return std::nullopt;
    for (const auto& one : situation.members) {
        // Who stands in and fails is no member of its own right: it is replaced in the same place.
        if (!held(situation, one, Functional::down) || standIn(situation, one)) continue;
        const auto because = "in the place of " + one.name() + ", which has been " +
                             forSoLong(one.state->reason, situation.policy().failOver->after);
        if (const auto why = whyNobody(situation); !why.empty())
            return nothing(situation, "pool " + situation.pool.name.value + " needs somebody " + because +
                                          "; but " + why);
        Intent intent{IntentKind::allocate, situation.pool.name, std::nullopt, false, because};
        intent.inPlaceOf = one.member->server;
        intent.need = 1;
        return intent;
    }
    return std::nullopt;
}

std::optional<Intent> failBack(const Situation& situation) {
    const auto& policy = *situation.policy().failOver;
    if (!policy.failBack || situation.belief.level == domain::Level::full || expectedFull(situation))
        return std::nullopt;
    std::optional<Intent> hindered;
    for (const auto& one : situation.members) {
        const auto* back = placeOf(situation, one);
        // Of several in one place who came last leaves first.
        if (!back || !one.state || !held(situation, *back, Functional::functional) || standIn(situation, one))
            continue;
        auto intent = letGo(situation, one,
                            back->name() + " has been back for " + domain::describe(policy.after) + ", and " +
                                one.name() + " stood in for it",
                            Cooldown::notWaitedFor);
        if (intent.kind != IntentKind::nothing) return intent;
        if (!hindered) hindered = std::move(intent);
    }
    return hindered;
}

}

const Believed* toBeReplaced(const Situation& situation) {
    if (!situation.policy().failOver || situation.history.nobodyStandsIn) return nullptr;
    const auto& all = situation.members;
    const auto found = std::find_if(all.begin(), all.end(), [&](const Believed& one) {
        return one.is(Functional::down) && !standIn(situation, one);
    });
    return found == all.end() ? nullptr : &*found;
}

const Believed* inPlaceOf(const Situation& situation, const Believed& one) {
    const auto& name = one.member->standsInFor;
    return name.value.empty() ? nullptr : situation.member(name);
}

std::optional<Intent> isAnybodyToBeReplaced(const Situation& situation) {
    if (!situation.policy().failOver) return std::nullopt;
    auto replacing = replace(situation);
    if (replacing && replacing->kind != IntentKind::nothing) return replacing;
    auto leaves = failBack(situation);
    if (leaves && (!replacing || leaves->kind != IntentKind::nothing)) return leaves;
    return replacing;
}

std::optional<Instant> failOverAt(Instant now, const domain::Pool& pool,
                                  const std::vector<domain::ServerState>& states) {
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
