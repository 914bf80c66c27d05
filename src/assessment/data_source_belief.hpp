#pragma once

#include "assessment/level_tracker.hpp"
#include "assessment/server_belief.hpp"
#include "domain/configuration.hpp"
#include "domain/state.hpp"

#include <optional>
#include <string>

namespace headgate::assessment {

/// The belief in one shared data source, which follows from that in the server that it is measured by.
///
/// It is full once its utilisation was at or above its `upper` for 5 s, until it is 50 permille below that;
/// normal below; unknown while nobody measures it, its server is not functional, or a metric of it is missing
/// (a lower bound is enough to call it full).
class DataSourceBelief {
  public:
    DataSourceBelief() = default;
    explicit DataSourceBelief(const domain::DataSource& source) { judgeBy(source); }

    /// Another server is another machine: what was known is forgotten.
    void judgeBy(const domain::DataSource& source);
    /// `server` is null where there is none.
    void assess(domain::Instant now, const ServerBelief* server);

    const domain::DataSource& source() const { return m_source; }
    const domain::DataSourceState& state() const { return m_state; }
    bool isFull() const { return m_state.level == domain::Level::full; }
    /// It is full, or at its level and not yet for so long that it is.
    bool isPressed() const { return isFull() || m_tracker.risingSince(); }
    /// Since when it is that no longer; empty: it is, or was not as far as is known.
    std::optional<domain::Instant> easedAt() const { return m_easedAt; }
    std::optional<domain::Instant> nextDeadline() const { return m_tracker.nextDeadline(); }

  private:
    std::string describe(const std::string& words, const domain::PoolPolicy& levels) const;

    domain::DataSource m_source;
    LevelTracker m_tracker;
    domain::DataSourceState m_state;
    std::optional<domain::Instant> m_easedAt;
};

}
