#pragma once

#include "agent/settings.hpp"

#include <optional>

namespace headgate::agent {

/// What hgsAppLevel says, with hysteresis: a level is entered at its border, left only `tolerance` beyond it,
/// and a change counts when it has held for `hold`.
class Levels {
  public:
    using Level = mib::server::Level;

    explicit Levels(const LevelSettings& settings)
        : m_settings(settings) {}

    /// Takes a utilisation (or that it is unknown) and says which level holds now. The first known one counts
    /// at once.
    Level update(base::Instant now, std::optional<int> permille);

    Level level() const { return m_level; }

    /// Goes on with other borders; what was believed stays until the next update.
    void configure(const LevelSettings& settings) { m_settings = settings; }

  private:
    Level wanted(std::optional<int> permille) const;

    LevelSettings m_settings;
    Level m_level = Level::unknown;
    Level m_coming = Level::unknown; ///< what the updates since `m_since` say
    base::Instant m_since{};
    bool m_begun = false;
};

}
