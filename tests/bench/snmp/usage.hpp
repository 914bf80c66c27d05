#pragma once

#include <chrono>
#include <cstdint>

namespace headgate::bench {

/// CPU time of this process so far, user and system, in microseconds.
double cpuUsed();

/// CLOCK_MONOTONIC.
std::chrono::milliseconds monotonic();

/// What this process has in memory, in octets, once the allocator has given back what it can.
double resident();

}
