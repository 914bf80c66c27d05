#pragma once

#include "decision/history.hpp"
#include "domain/configuration.hpp"
#include "domain/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::decision {

// What one more member is to relieve, and whether the last ones did. Of k members that share their load
// evenly each gives a part in k + 1 of what it serves to one more.

/// Of the members that are functional, known and warm; empty where there are none.
std::optional<Burden> burdenOf(domain::Instant now, const std::vector<domain::ServerState>& members);

/// Who is the fullest of them; null where there are none.
const domain::ServerState* fullestOf(domain::Instant now, const std::vector<domain::ServerState>& members);

/// Permille of the fullest.
int predictedRelief(const Burden& before);

/// When that one can be measured: it is warm by its pool's policy, and as long as a cooldown has gone by.
domain::Instant measuredAt(const domain::PoolPolicy& policy, const PastChange& change);

/// Is somebody, or by its policy the average, at the upper level, and what that means not known yet?
bool mayBecomeFull(const domain::PoolPolicy& policy, const domain::PoolState& belief,
                   const std::vector<domain::ServerState>& members);

enum class Benefit {
    helped,
    useless, ///< as much load as before, and the fullest has kept three quarters of what it was to lose
    unclear, ///< more load than before: a tenth and more
};
Benefit benefitOf(const Burden& before, const Burden& after);

/// Less load than before, a tenth and more: who joined is not to be praised for that.
bool loadWentAway(const Burden& before, const Burden& after);

/// Of the members that joined one after the other, the latest that relieved nothing, the last one first. One
/// that is not measured yet is passed over.
std::vector<const PastChange*> uselessInARow(const History& history);

/// Why a full pool does not grow for its load any more, what to look at, and when it does again; empty: it
/// may.
std::string withoutBenefit(const domain::PoolPolicy& policy, const History& history);

}
