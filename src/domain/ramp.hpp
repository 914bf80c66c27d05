#pragma once

#include "domain/configuration.hpp"

#include <optional>

namespace headgate::domain {

/// The weight that a member with these settings joins with: a part of its own where that ramps up, which it
/// does over its warm-up, in `rampSteps` steps, by a policy that has pools changed automatically.
int joiningWeight(const PoolPolicy& policy, const ConnectionSettings& settings);

/// A weight, and from when on a member is to have it.
struct WeightStep {
    int weight = 0; ///< more than it has, 1..100
    Instant from{}; ///< no later than now where it is due
    bool operator==(const WeightStep&) const = default;
};

/// What follows of a member's ramp; empty when it has its whole weight. Steps that were missed are taken at
/// once. `joined`: empty when nobody remembers, so long ago is it.
std::optional<WeightStep> nextWeight(const PoolPolicy& policy, const Member& member,
                                     std::optional<Instant> joined, Instant now);

}
