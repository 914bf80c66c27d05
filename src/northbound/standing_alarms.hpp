#pragma once

#include "domain/event.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace headgate::northbound {

/// The alarms that stand, each with a number of its own; what is told twice or cleared without having stood
/// changes nothing.
class StandingAlarms {
  public:
    struct Alarm {
        std::uint32_t number = 0; ///< from 1, in the order raised
        domain::Event event;      ///< its time is when it was raised, its text what was told last
        bool operator==(const Alarm&) const = default;
    };
    /// What an event means for them.
    enum class News { none, raised, cleared };
    struct Heard {
        News news = News::none;
        domain::Event event; ///< to be told: of a clear the subject is the alarm's own
    };

    /// `standing` have been told already.
    explicit StandingAlarms(std::vector<domain::Event> standing = {});

    Heard hear(const domain::Event& event);
    const std::vector<Alarm>& all() const { return m_alarms; } ///< ascending by number

  private:
    std::vector<Alarm> m_alarms;
    std::uint32_t m_last = 0;
};

}
