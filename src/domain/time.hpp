#pragma once

#include <chrono>
#include <string>

namespace headgate::domain {

using Duration = std::chrono::milliseconds;

/// UTC, in milliseconds. The pure rooms are told the time, they never ask for it.
using Instant = std::chrono::sys_time<Duration>;

/// In an operator's words: "250 ms", "5 s", "1.5 s", "90 s", "5 min", "7 h", "30 days".
std::string describe(Duration duration);

/// The time of day, to the second, rounded up so that "until" is never too early: "12:41:17Z".
std::string describe(Instant at);

}
