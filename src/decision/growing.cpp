#include "decision/benefit.hpp"
#include "decision/situation.hpp"

#include <algorithm>

namespace headgate::decision {

using domain::Functional;
using domain::Intent;
using domain::IntentKind;

namespace {

/// How many members the load needs so that, evenly spread, it is below upper − tolerance.
struct Need {
    long long wanted = 0; ///< members
    long long has = 0;    ///< that are functional, those that warm up too
    int target = 0;       ///< permille
};

Need needOf(const Situation& situation) {
    Need need;
    need.target = situation.policy().upper - situation.policy().tolerance;
    long long load = 0;
    for (const auto& one : situation.members) {
        if (!one.is(Functional::functional)) continue;
        ++need.has;
        if (situation.isWarm(one)) load += one.state->utilisation.value_or(0);
    }
    need.wanted = need.target > 0 ? load / need.target + 1 : need.has;
    return need;
}

/// Why the next member of a step need not wait for the one before it; empty: it has to.
std::string nextOfStep(const Situation& situation) {
    const auto& policy = situation.policy();
    const auto joined = joinedInARow(policy, situation.history);
    if (joined == 0 || joined >= policy.step) return {};
    const auto need = needOf(situation);
    if (need.has >= need.wanted) return {};
    return "; its load needs " + members(static_cast<std::size_t>(need.wanted)) + " below " +
           std::to_string(need.target) + " permille, it has " + std::to_string(need.has) + ", and " +
           std::to_string(joined) + " of a step of " + std::to_string(policy.step) + " joined";
}

/// What was done last may not have shown yet what it does.
std::string mustWait(const Situation& situation, Urgency urgency) {
    const auto* warming = situation.warming();
    if (warming && !warming->lost() && urgency == Urgency::load)
        return warming->name() + " warms up until " + domain::describe(*warming->state->warmUntil) +
               ", and what it relieves is not known before";
    return inCooldown(situation.policy(), situation.history, situation.now, IntentKind::allocate, urgency);
}

enum class Wait { needed, notNeeded };

/// "; one more should bring the fullest from 900 to 600 permille"
std::string prediction(const Situation& situation) {
    std::vector<domain::ServerState> states;
    for (const auto& one : situation.members)
        if (one.state) states.push_back(*one.state);
    const auto burden = burdenOf(situation.now, states);
    if (!burden || burden->fullest < situation.policy().upper) return {};
    return "; one more should bring the fullest from " + std::to_string(burden->fullest) + " to " +
           std::to_string(burden->fullest - predictedRelief(*burden)) + " permille";
}

Intent grow(const Situation& situation, const std::string& because, Urgency urgency, Wait wait) {
    const auto& policy = situation.policy();
    std::string but;
    if (situation.pool.members.size() >= policy.maximum)
        but = "it is at its maximum of " + members(policy.maximum);
    if (but.empty()) but = forbidden(policy, situation.now, IntentKind::allocate);
    if (but.empty()) but = rateLimited(policy, situation.history, situation.now);
    if (but.empty() && wait == Wait::needed) but = mustWait(situation, urgency);
    if (!but.empty()) return nothing(situation, because + "; but " + but);
    Intent intent{IntentKind::allocate, situation.pool.name, std::nullopt, false, because};
    // Who joins while somebody is down is whom the fail-over would take: it does not take another one then.
    if (const auto* failed = toBeReplaced(situation)) intent.inPlaceOf = failed->member->server;
    return intent;
}

Intent growForLoad(const Situation& situation, const std::string& why) {
    const auto next = nextOfStep(situation);
    const auto because = why + next;
    // Before what only takes its time, such as a cooldown: this needs somebody.
    if (const auto vain = withoutBenefit(situation.policy(), situation.history); !vain.empty())
        return nothing(situation, because + "; but " + vain);
    auto intent = grow(situation, because, Urgency::load, next.empty() ? Wait::needed : Wait::notNeeded);
    if (intent.kind == IntentKind::nothing) return intent;
    const auto need = needOf(situation);
    intent.need =
        static_cast<unsigned>(std::clamp<long long>(need.wanted - need.has, 1, domain::lacksMinimum - 1));
    intent.reason += prediction(situation);
    return intent;
}

}

std::optional<Intent> isAnybodyLost(const Situation& situation) {
    const auto lost = [](const Believed& one) { return one.lost(); };
    const auto& all = situation.members;
    const auto first = std::find_if(all.begin(), all.end(), lost);
    const auto left = all.size() - static_cast<std::size_t>(std::count_if(all.begin(), all.end(), lost));
    const auto minimum = situation.policy().minimum;
    if (left >= minimum) return std::nullopt;
    auto because = "pool " + situation.pool.name.value + " has only " + members(left) +
                   " to count on, its minimum is " + std::to_string(minimum);
    if (first != all.end()) because += ": " + first->name() + " is " + first->state->reason;
    auto intent = grow(situation, because, Urgency::minimum, Wait::needed);
    if (intent.kind != IntentKind::nothing)
        intent.need = domain::lacksMinimum + minimum - static_cast<unsigned>(left);
    return intent;
}

std::optional<Intent> isItFull(const Situation& situation) {
    if (situation.belief.level != domain::Level::full && !expectedFull(situation)) return std::nullopt;
    const auto because =
        belief(situation) + (expectedFull(situation) ? "; it " + situation.belief.fullAhead : "");
    if (!situation.belief.growthUseless.empty())
        return nothing(situation, because + "; but " + situation.belief.growthUseless);
    return growForLoad(situation, because);
}

}
