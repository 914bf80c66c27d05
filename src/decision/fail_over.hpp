#pragma once

#include "domain/configuration.hpp"
#include "domain/plan.hpp"
#include "domain/state.hpp"

#include <optional>
#include <vector>

namespace headgate::decision {

/// What a pool's fail-over wants, if it has one: somebody for a member that has been down for `after`, in
/// whose place nobody stands yet; or that who stands in leaves, when the other one has been functional and
/// trusted for `after`, the policy says so, and the pool is not full. Empty: nothing. It waits for no
/// cooldown: what failed has to be replaced now. `states` are the members', in any order.
std::optional<domain::Intent> failOver(domain::Instant now, const domain::Pool& pool,
                                       const domain::PoolState& belief,
                                       const std::vector<domain::ServerState>& states);

/// The next moment after `now` at which a member has been down, or back, for long enough.
std::optional<domain::Instant> failOverAt(domain::Instant now, const domain::Pool& pool,
                                          const std::vector<domain::ServerState>& states);

}
