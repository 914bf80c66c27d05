#include "base/clock.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace headgate::base {

using std::chrono::duration_cast;

SteadyWallClock::SteadyWallClock()
    : m_start(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()))
    , m_steadyStart(std::chrono::steady_clock::now()) {}

Instant SteadyWallClock::now() const {
    return m_start + duration_cast<Duration>(std::chrono::steady_clock::now() - m_steadyStart);
}

std::string rfc3339(Instant at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const std::time_t time = std::chrono::system_clock::to_time_t(seconds);
    std::tm broken{};
    gmtime_r(&time, &broken);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", broken.tm_year + 1900,
                  broken.tm_mon + 1, broken.tm_mday, broken.tm_hour, broken.tm_min, broken.tm_sec,
                  static_cast<int>((at - seconds).count()));
    return text.data();
}

}
