#pragma once

#include "decision/history.hpp"
#include "domain/configuration.hpp"
#include "domain/plan.hpp"
#include "domain/state.hpp"

#include <string>
#include <vector>

namespace headgate::decision {

/// Whom a pool can spare.
struct Lendable {
    std::vector<domain::Intent> releases; ///< one for each that may leave, the first to go first
    std::string why;                      ///< why nobody can be spared, where nobody can
};

/// Of a pool whose policy lends: its functional members that it would let go if it were under-used, with what
/// that demands (mode, windows, rate limit and cooldown, minimum, protection, trust in all figures, and that
/// the rest bears what the leaving one serves). A pool that is full, or about to be, or of which not enough
/// is known, spares nobody; one that only recommends neither. `states` are its members', in any order.
Lendable lendable(domain::Instant now, const domain::Pool& pool, const domain::PoolState& belief,
                  const std::vector<domain::ServerState>& states, const History& history);

}
