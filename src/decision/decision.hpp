#pragma once

#include "domain/configuration.hpp"
#include "domain/plan.hpp"
#include "domain/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::decision {

/// What was done with a pool before, as far as it matters for what is done next.
struct History {
    std::optional<domain::Instant> lastChange; ///< when its last transaction ended that changed the pool
    domain::IntentKind lastKind = domain::IntentKind::nothing;
    bool inFlight = false;   ///< a transaction of this pool is not ended yet
    std::string heldBecause; ///< not empty: no automatic change, e.g. "all pools are held by an operator"
};

/// What should be done with a pool, with its reason; the reason is there for doing nothing, too.
///
/// What its fail-over wants goes first (fail_over.hpp). It allocates when fewer than `minimum` members are
/// left that are not lost (down, or silent), or when the pool is full. It releases when the pool is
/// under-used, nothing of it is unknown, and the rest would stay below upper − tolerance without the leaving
/// one: allocated ones first (configured ones only if the policy lets them go), of them down ones first, of
/// them the least utilised, then by name. `minimum`, `maximum` and the cooldowns bound both; the last
/// functional member is never released.
///
/// `members` are the states of the pool's members, in any order; a member that is missing counts as unknown.
domain::Intent decide(domain::Instant now, const domain::Pool& pool, const domain::PoolState& belief,
                      const std::vector<domain::ServerState>& members, const History& history);

/// Until when a pool neither grows (`allocate`) nor shrinks (`release`); empty when nothing was changed yet.
std::optional<domain::Instant> cooldownUntil(const domain::PoolPolicy& policy, const History& history,
                                             domain::IntentKind kind);

/// The end of the next cooldown after `now`: then `decide` may answer differently, though no belief changed.
std::optional<domain::Instant> reconsiderAt(domain::Instant now, const domain::PoolPolicy& policy,
                                            const History& history);

}
