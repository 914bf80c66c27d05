#include "decision/situation.hpp"

#include <algorithm>
#include <tuple>

namespace headgate::decision {

using domain::Functional;
using domain::Intent;
using domain::IntentKind;

namespace {

/// What keeps a pool from shrinking because it is not known; empty when all is known.
std::string unknownIn(const Situation& situation) {
    for (const auto& one : situation.members) {
        if (!one.state) return "nothing is known of " + one.name();
        if (one.is(Functional::unknown)) return one.name() + " is " + one.state->reason;
        if (one.is(Functional::functional) && (!one.state->utilisation || !one.state->unknownMetrics.empty()))
            return "the utilisation of " + one.name() + " is not fully known";
    }
    return {};
}

/// The same because what is known is not to be relied on yet.
std::string doubtfulIn(const Situation& situation) {
    if (const auto unknown = unknownIn(situation); !unknown.empty())
        return unknown + ", and unknown is no reason to shrink";
    for (const auto& one : situation.members) {
        const auto& contact = one.state->contact;
        if (contact.trust == domain::Trust::trusted) continue;
        return one.name() + " is " + std::string(toString(contact.trust)) +
               (contact.trustReason.empty() ? "" : ": " + contact.trustReason) +
               ", and low trust forbids shrinking";
    }
    if (const auto* warming = situation.warming())
        return warming->name() + " warms up until " + domain::describe(*warming->state->warmUntil) +
               ", and what it takes over is not known before";
    return {};
}

/// Whom the policy lets go, if need be.
bool mayLeave(const Situation& situation, const Believed& one) {
    return one.member->origin == domain::Origin::allocated || situation.policy().releaseConfigured;
}

/// It is there for a member that is still lost.
bool needed(const Situation& situation, const Believed& one) {
    const auto* other = situation.policy().failOver ? inPlaceOf(situation, one) : nullptr;
    return other && other->lost();
}

/// Those who would have to take over what the leaving one serves.
struct Companions {
    std::vector<const Believed*> all;
    long long load = 0;    ///< permille of all of them and of the leaving one
    long long weights = 0; ///< of all of them

    long long spread() const {
        const auto count = static_cast<long long>(all.size());
        return (load + count - 1) / count;
    }
};

Companions companionsOf(const Situation& situation, const Believed& one) {
    Companions found;
    for (const auto& other : situation.members) {
        if (!other.is(Functional::functional)) continue;
        found.load += *other.state->utilisation;
        if (&other == &one) continue;
        found.all.push_back(&other);
        found.weights += std::max(1, other.member->connection.weight);
    }
    return found;
}

/// Why they could not: all together, or one of them when each gets its share, by its weight.
std::string overloaded(const Situation& situation, const Believed& one, const Companions& rest) {
    const auto& policy = situation.policy();
    const auto most = policy.upper - policy.tolerance - policy.shrinkMargin;
    const auto tooMuch = [&](const std::string& who, long long permille) {
        return "without " + one.name() + " " + who + " would be at " + std::to_string(permille) +
               " permille, not below " + std::to_string(most) +
               (policy.shrinkMargin > 0 ? " (with a margin of " + std::to_string(policy.shrinkMargin) + ")"
                                        : "");
    };
    if (rest.spread() >= most) return tooMuch("the rest", rest.spread());
    if (!one.is(Functional::functional)) return {};
    for (const auto* other : rest.all) {
        const auto weight = std::max(1, other->member->connection.weight);
        const auto share = (*one.state->utilisation * weight + rest.weights - 1) / rest.weights;
        const auto then = *other->state->utilisation + share;
        if (then >= most) return tooMuch(other->name(), then);
    }
    return {};
}

/// What keeps that one from being let go now; empty: nothing does.
std::string notNow(const Situation& situation, const Believed& one, const Companions& rest,
                   Cooldown cooldown) {
    const auto& policy = situation.policy();
    if (rest.all.size() < std::max(policy.minimum, 1U))
        return "it is at its minimum of " + members(policy.minimum);
    if (auto why = overloaded(situation, one, rest); !why.empty()) return why;
    if (auto why = forbidden(policy, situation.now, IntentKind::release); !why.empty()) return why;
    if (auto why = rateLimited(policy, situation.history, situation.now); !why.empty()) return why;
    if (cooldown == Cooldown::notWaitedFor) return {};
    return inCooldown(policy, situation.history, situation.now, IntentKind::release, Urgency::load);
}

Intent shrink(const Situation& situation, const std::string& because) {
    const auto but = [&](const std::string& why) { return nothing(situation, because + "; but " + why); };
    if (const auto why = doubtfulIn(situation); !why.empty()) return but(why);
    const auto all = inOrderOfLeaving(situation);
    if (all.empty()) return but(whyNobodyLeaves(situation));
    return letGo(situation, *all.front(), because, Cooldown::waitedFor);
}

}

std::vector<const Believed*> inOrderOfLeaving(const Situation& situation) {
    std::vector<const Believed*> all;
    for (const auto& one : situation.members)
        if (mayLeave(situation, one) && !one.member->isProtected && !needed(situation, one))
            all.push_back(&one);
    const auto rank = [](const Believed& one) {
        return std::tuple(one.member->origin == domain::Origin::configured, !one.is(Functional::down),
                          one.state ? one.state->utilisation.value_or(0) : 0, one.member->server);
    };
    std::sort(all.begin(), all.end(), [&](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
    return all;
}

std::string whyNobodyLeaves(const Situation& situation) {
    for (const auto& one : situation.members) {
        if (!mayLeave(situation, one)) continue;
        if (needed(situation, one))
            return "of those that its policy lets go each is protected or stands in for somebody, as " +
                   one.name() + " does for " + one.member->standsInFor.value;
    }
    for (const auto& one : situation.members)
        if (mayLeave(situation, one))
            return "each member that its policy lets go is protected, as " + one.name() + " is";
    return "its policy keeps configured members";
}

Intent letGo(const Situation& situation, const Believed& one, const std::string& because, Cooldown cooldown) {
    const auto but = [&](const std::string& why) { return nothing(situation, because + "; but " + why); };
    if (const auto why = doubtfulIn(situation); !why.empty()) return but(why);
    if (one.member->isProtected) return but(one.name() + " is protected");
    const auto rest = companionsOf(situation, one);
    if (const auto why = notNow(situation, one, rest, cooldown); !why.empty()) return but(why);
    const auto load =
        one.state->utilisation ? " at " + std::to_string(*one.state->utilisation) + " permille" : "";
    return {IntentKind::release, situation.pool.name, one.member->server, false,
            because + "; without " + one.name() + ", which is " +
                std::string(toString(one.state->functional)) + load + ", the rest would be at " +
                std::to_string(rest.spread()) + " permille"};
}

std::optional<Intent> isItUnderUsed(const Situation& situation) {
    if (situation.belief.level != domain::Level::under) return std::nullopt;
    return shrink(situation, belief(situation));
}

}
