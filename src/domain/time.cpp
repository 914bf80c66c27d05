#include "domain/time.hpp"

#include <cstdint>

namespace headgate::domain {
namespace {

std::string twoDigits(std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

}

std::string describe(Duration duration) {
    const auto milliseconds = duration.count();
    if (milliseconds < 1000) return std::to_string(milliseconds) + " ms";
    constexpr std::int64_t hour = 3600000;
    if (milliseconds >= 48 * hour) return std::to_string(milliseconds / (24 * hour)) + " days";
    if (milliseconds >= 5 * hour) return std::to_string(milliseconds / hour) + " h";
    if (milliseconds >= 120000 && milliseconds % 60000 == 0)
        return std::to_string(milliseconds / 60000) + " min";
    const auto tenths = milliseconds % 1000 / 100;
    return std::to_string(milliseconds / 1000) + (tenths ? "." + std::to_string(tenths) : "") + " s";
}

std::string describe(Instant at) {
    const auto second = std::chrono::ceil<std::chrono::seconds>(at);
    const std::chrono::hh_mm_ss time(second - std::chrono::floor<std::chrono::days>(second));
    return twoDigits(time.hours().count()) + ":" + twoDigits(time.minutes().count()) + ":" +
           twoDigits(time.seconds().count()) + "Z";
}

}
