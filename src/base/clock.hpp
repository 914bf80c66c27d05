#pragma once

#include <chrono>
#include <string>

namespace headgate::base {

using Duration = std::chrono::milliseconds;

/// A point in time, UTC, in milliseconds. The pure rooms use the same type under their own name.
using Instant = std::chrono::sys_time<Duration>;

/// Tells the time; a fake one stands in for it in tests.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

/// Wall time at its construction plus monotonic time since: it never jumps when somebody sets the clock.
class SteadyWallClock final : public Clock {
  public:
    SteadyWallClock();
    Instant now() const override;

  private:
    Instant m_start;
    std::chrono::steady_clock::time_point m_steadyStart;
};

/// RFC 3339 in UTC with milliseconds, e.g. 2026-11-22T12:22:25.123Z.
std::string rfc3339(Instant at);

}
