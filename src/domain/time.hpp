#pragma once

#include <chrono>

namespace headgate::domain {

using Duration = std::chrono::milliseconds;

/// UTC, in milliseconds. The pure rooms are told the time, they never ask for it.
using Instant = std::chrono::sys_time<Duration>;

}
