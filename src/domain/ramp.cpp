#include "domain/ramp.hpp"

#include <algorithm>

namespace headgate::domain {
namespace {

Duration warmUpOf(const PoolPolicy& policy, const ConnectionSettings& settings) {
    return std::max(policy.warmUp, settings.warmUp);
}

/// After that step, of 1..steps: no less than 1, and at last the whole.
int weightAt(int whole, unsigned step, unsigned steps) {
    return static_cast<int>((static_cast<unsigned>(whole) * step + steps - 1) / steps);
}

}

int joiningWeight(const PoolPolicy& policy, const ConnectionSettings& settings) {
    const bool automatic = policy.mode == PolicyMode::act || policy.mode == PolicyMode::growOnly;
    if (!automatic || warmUpOf(policy, settings) <= Duration::zero()) return settings.weight;
    return weightAt(settings.weight, 1, std::max(policy.rampSteps, 1U));
}

std::optional<WeightStep> nextWeight(const PoolPolicy& policy, const Member& member,
                                     std::optional<Instant> joined, Instant now) {
    const int has = member.connection.weight, whole = member.rampsTo;
    if (whole <= has) return std::nullopt;
    const auto warmUp = warmUpOf(policy, member.connection);
    const auto steps = policy.rampSteps;
    if (!joined || now >= *joined + warmUp) return WeightStep{whole, now};
    std::optional<WeightStep> next;
    for (unsigned step = 1; step <= steps; ++step) {
        const WeightStep one{weightAt(whole, step, steps), *joined + warmUp * (step - 1) / steps};
        if (one.weight <= has) continue;
        if (!next || one.from <= now) next = one;
    }
    return next;
}

}
