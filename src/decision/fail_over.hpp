#pragma once

#include "domain/configuration.hpp"
#include "domain/state.hpp"

#include <optional>
#include <vector>

namespace headgate::decision {

// What a pool's fail-over wants, if it has one, before anything else (situation.hpp: isAnybodyToBeReplaced):
// somebody for a member that has been down for `after`, in whose place nobody stands yet; or that who stands
// in leaves, when the other one has been functional for `after`, the policy says so, and the pool is not
// full, nor about to be. Mode, maintenance windows, rate limit, minimum and maximum bound both, and who
// leaves does so only where any other one could: nobody is unknown or not trusted, and the rest bears what it
// serves. Neither waits for a cooldown: what failed has to be replaced now.

/// The next moment after `now` at which a member has been down, or back, for long enough. `states` are the
/// members', in any order.
std::optional<domain::Instant> failOverAt(domain::Instant now, const domain::Pool& pool,
                                          const std::vector<domain::ServerState>& states);

}
