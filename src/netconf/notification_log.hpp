#pragma once

#include "base/clock.hpp"
#include "yang/tree.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace headgate::netconf {

/// How far a stream has been sent, or read, where two logs with numbers of their own feed it: the last number
/// of each; 0 is before the first. Of one notification the other number is 0; both are 0 for one that is in
/// no log.
struct LogPlace {
    std::uint64_t first = 0;
    std::uint64_t second = 0;

    static LogPlace end() {
        return {std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max()};
    }
    /// Was the notification of that place sent when the stream had come so far?
    bool covers(const LogPlace& notification) const {
        const bool logged = notification.first != 0 || notification.second != 0;
        return logged && notification.first <= first && notification.second <= second;
    }
    void advance(const LogPlace& notification) {
        first = std::max(first, notification.first);
        second = std::max(second, notification.second);
    }
    bool operator==(const LogPlace&) const = default;
};

/// A notification as it was sent once.
struct LoggedNotification {
    base::Instant eventTime{};
    yang::Tree content;
};

/// Some of a log, in its order; `upTo` is where to read on.
struct LogPage {
    std::vector<LoggedNotification> notifications;
    LogPlace upTo{};
    bool more = false;
};

/// What is asked for in the log.
struct LogStretch {
    LogPlace after{};
    LogPlace upTo = LogPlace::end();
    base::Instant from = base::Instant::min(); ///< The first time that counts.
    base::Instant to = base::Instant::max();   ///< The last.
};

/// The notifications of the stream NETCONF that were kept: what a replay reads (RFC 5277, section 3).
class NotificationLog {
  public:
    virtual ~NotificationLog() = default;
    /// The first page of that stretch: as much as may well be in memory at once. It has everything that was
    /// broadcast before the call. Called on the sessions' threads, for several at once; may take its time.
    /// Throws std::exception when the log cannot be read.
    virtual LogPage read(const LogStretch& stretch) = 0;
};

}
