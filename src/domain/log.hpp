#pragma once

#include "domain/event.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace headgate::domain {

/// What Headgate has told operators and is no event: a notification of another model, as it went out.
struct Announcement {
    std::uint64_t number = 0; ///< among announcements; from 1
    Instant at{};
    std::string content; ///< XML
    bool operator==(const Announcement&) const = default;
};

/// An event and its number in the history.
struct LoggedEvent {
    std::uint64_t number = 0;
    Event event;
    bool operator==(const LoggedEvent&) const = default;
};

/// The last numbers that were given: of events, of announcements; 0 is before the first.
struct LogEnd {
    std::uint64_t event = 0;
    std::uint64_t announcement = 0;
    bool operator==(const LogEnd&) const = default;
};

/// A stretch of what was told: after one end and not after another, and between two times, both included.
struct LogQuery {
    LogEnd after{};
    LogEnd upTo{std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max()};
    Instant from = Instant::min();
    Instant to = Instant::max();
    std::size_t limit = 100; ///< of each kind
    bool operator==(const LogQuery&) const = default;
};

/// The first ones of that stretch, each kind by its number.
struct LogPage {
    std::vector<LoggedEvent> events;
    std::vector<Announcement> announcements;
    bool operator==(const LogPage&) const = default;
};

}
