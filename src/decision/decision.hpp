#pragma once

#include "decision/history.hpp"
#include "decision/pace.hpp"
#include "domain/configuration.hpp"
#include "domain/plan.hpp"
#include "domain/state.hpp"

#include <vector>

namespace headgate::decision {

/// What should be done with a pool, with its reason; the reason is there for doing nothing, too.
///
/// What its fail-over wants goes first (fail_over.hpp). It allocates when fewer than `minimum` members are
/// left that are not lost (down, or silent), or when the pool is full, or expected to be (`fullAhead`),
/// unless that would relieve nothing (`growthUseless`). It releases when the pool is under-used, nothing of
/// it is unknown, everybody is trusted and warm, and each of the rest would stay below upper − tolerance −
/// margin without the leaving one: allocated ones first (configured ones only if the policy lets them go,
/// protected ones never), of them down ones first, of them the least utilised, then by name. `minimum`,
/// `maximum`, mode, maintenance windows, rate limit and cooldowns bound both; the last functional member is
/// never released.
///
/// What it wants is `recommended` where the policy's mode says so.
///
/// `members` are the states of the pool's members, in any order; a member that is missing counts as unknown.
domain::Intent decide(domain::Instant now, const domain::Pool& pool, const domain::PoolState& belief,
                      const std::vector<domain::ServerState>& members, const History& history);

}
