#include "telemetry/rate.hpp"

#include <limits>
#include <utility>

namespace headgate::telemetry {

std::optional<double> CounterTrack::Growth::perSecond() const {
    if (over <= base::Duration(0)) return std::nullopt;
    return static_cast<double>(amount) * 1000.0 / static_cast<double>(over.count());
}

std::optional<CounterTrack::Growth> CounterTrack::next(const snmp::Value& value, base::Instant at) {
    const auto count = snmp::countOf(value);
    if (!count) return std::nullopt;
    const bool wide = std::holds_alternative<snmp::Counter64>(value);
    const auto before = std::exchange(m_last, Reading{*count, wide, at});
    if (!before || before->wide != wide) return std::nullopt;
    const auto difference = *count - before->value;
    if (wide) {
        // Modulo 2^64; nothing grows by half of that between two polls.
        if (difference > std::numeric_limits<std::uint64_t>::max() / 2) return std::nullopt;
        return Growth{difference, at - before->at};
    }
    return Growth{difference & std::numeric_limits<std::uint32_t>::max(), at - before->at};
}

bool AgeTrack::restarted(const Age& age, base::Instant at) {
    const auto before = std::exchange(m_last, age);
    const auto passed = at - std::exchange(m_at, at);
    if (!before) return false;
    if (age.boots && before->boots && *age.boots != *before->boots) return true;
    if (age.engineTime && before->engineTime) return *age.engineTime < *before->engineTime;
    if (!age.upTime || !before->upTime || *age.upTime >= *before->upTime) return false;
    // It went back: either it wrapped, and then it is where the time since takes it, or it began anew.
    constexpr std::uint64_t circle = 1ULL << 32;
    const auto expected = *before->upTime + static_cast<std::uint64_t>(passed.count() / 10);
    constexpr std::uint64_t slack = 6000; // a minute
    return expected + slack < circle || *age.upTime > expected + slack - circle;
}

}
