#pragma once

#include "domain/configuration.hpp"
#include "domain/state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace headgate::allocation {

/// Who could stand in for a member that is down.
struct StandInCandidate {
    const domain::Server& server;
    const domain::ServerState& state;         ///< its utilisation is known
    std::optional<domain::Instant> freeSince; ///< when it left its last pool; empty: not since we know it
};

using Rank = std::tuple<std::uint64_t, int, int, domain::ServerName>;

/// How far back it stands in the order of that fail-over: the least is taken.
Rank standInRank(const domain::FailOver& failOver, const domain::ServerName& inPlaceOf,
                 const StandInCandidate& candidate);

/// Which of its resources is used too far for that; empty: none. A metric that is not known forbids nothing.
/// `profile` says what a metric's limit is; null: there is none.
std::string beyondLimits(const domain::FailOver& failOver, const domain::Profile* profile,
                         const domain::ServerState& state);

}
