#pragma once

#include "assessment/or_none.hpp"
#include "domain/configuration.hpp"
#include "domain/state.hpp"

#include <optional>

namespace headgate::assessment {

/// Whether a value may be taken at its word when it is low: a lower bound may not.
enum class Bound { exact, lower };

/// Follows one utilisation past a policy's levels, with their hold times and their hysteresis.
class LevelTracker {
  public:
    /// The level from now on. An empty value is unknown, and forgets what was held.
    domain::Level update(domain::Instant now, std::optional<int> value, Bound bound,
                         const domain::PoolPolicy& policy);
    void forget() { *this = {}; }

    domain::Level level() const { return m_level; }
    /// Since when the value is at or above `upper`, or was and the level is full.
    std::optional<domain::Instant> risingSince() const { return m_risingSince; }
    /// When a hold time is over, if nothing else comes.
    std::optional<domain::Instant> nextDeadline() const { return m_deadline; }

  private:
    bool isFull(domain::Instant now, int value, const domain::PoolPolicy& policy);
    bool isUnder(domain::Instant now, int value, Bound bound, const domain::PoolPolicy& policy);
    bool isHeld(domain::Instant now, domain::Instant since, domain::Duration hold);

    domain::Level m_level = domain::Level::unknown;
    OrNone<domain::Instant> m_risingSince;
    OrNone<domain::Instant> m_fallingSince;
    OrNone<domain::Instant> m_deadline;
};

}
