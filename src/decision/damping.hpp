#pragma once

#include "decision/history.hpp"

#include <optional>

namespace headgate::decision {

// Flapping is damped as BGP damps routes that flap (RFC 2439): each time a pool goes back on its way, by
// growing after it shrank or shrinking after it grew, costs a penalty, which halves over time. What an
// operator wanted, or a fail-over, does not count (a restart forgets who wanted what).

inline constexpr int penaltyOfTurn = 1000;
inline constexpr int flapsFrom = 2000;   ///< a pool is flapping from this penalty on (RFC 2439's cutoff) ...
inline constexpr int flapsUntil = 750;   ///< ... until it is below this one (its reuse threshold)
inline constexpr int mostPenalty = 4000; ///< that a cooldown is lengthened by
inline constexpr domain::Duration penaltyHalfLife{15 * 60 * 1000};

/// Of the changes up to `now`. Between two half-lives it falls evenly.
int penalty(const History& history, domain::Instant now);

/// How long a cooldown is that begins with that penalty: doubled at `flapsFrom`, and doubled again with each
/// `penaltyOfTurn` beyond it, up to eight times at `mostPenalty`. Below `flapsFrom` it is as it was.
domain::Duration lengthened(domain::Duration cooldown, int penalty);

/// When a pool that is flapping now is not any more, if it is left alone.
domain::Instant calmAt(const History& history, domain::Instant now);

}
