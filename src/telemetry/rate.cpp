#include "telemetry/rate.hpp"

#include <algorithm>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t circle = 1ULL << 32;       // a Counter32, and sysUpTime, begin anew there
constexpr std::uint64_t endOf64 = 1ULL << 48;      // so close to its end a Counter64 may wrap
constexpr double fastestUnasked = circle / 3600.0; // a second: RFC 2578, section 7.1.10
constexpr double faster = 2;                       // than it was, from one poll to the next
constexpr std::int64_t slack = 60'000;             // ms that an agent's clock may be behind ours
constexpr base::Duration coarse = 1s;              // below that sysUpTime's hundredths are too rough

double perSecondOf(double amount, base::Duration over) {
    return amount * 1000.0 / static_cast<double>(over.count());
}

}

std::optional<double> CounterTrack::Growth::perSecond() const {
    if (over <= base::Duration(0)) return std::nullopt;
    return perSecondOf(static_cast<double>(amount), over);
}

std::optional<std::uint64_t> CounterTrack::grown(std::uint64_t to, base::Duration since) const {
    const auto difference = to - m_value; // modulo 2^64
    if (m_width == Width::wide) {
        if (to < m_value && difference > endOf64) return std::nullopt;
        return difference;
    }
    const double fastest = std::max(faster * static_cast<double>(m_rate), fastestUnasked);
    const double most = fastest * static_cast<double>(since.count()) / 1000.0;
    if (most >= static_cast<double>(circle)) return std::nullopt;
    const auto narrow = difference & (circle - 1);
    if (m_value > to && static_cast<double>(narrow) > most) return std::nullopt;
    return narrow;
}

std::optional<CounterTrack::Growth> CounterTrack::next(const snmp::Value& value, base::Duration since) {
    const auto count = snmp::countOf(value);
    if (!count) {
        forget();
        return std::nullopt;
    }
    const auto width = std::holds_alternative<snmp::Counter64>(value) ? Width::wide : Width::narrow;
    const bool follows = m_width == width;
    if (follows && since < base::Duration(0)) return std::nullopt;
    const auto amount = follows ? grown(*count, since) : std::nullopt;
    m_value = *count;
    m_width = width;
    if (!amount) {
        m_rate = 0;
        return std::nullopt;
    }
    const Growth growth{*amount, since};
    if (const auto rate = growth.perSecond()) m_rate = static_cast<float>(*rate);
    return growth;
}

AgeTrack::Told AgeTrack::compact(const Age& age) {
    Told told;
    const auto take = [](const std::optional<std::uint64_t>& from, std::uint32_t& to, bool& has) {
        has = from.has_value();
        to = static_cast<std::uint32_t>(from.value_or(0));
    };
    take(age.boots, told.boots, told.hasBoots);
    take(age.engineTime, told.engineTime, told.hasEngineTime);
    take(age.upTime, told.upTime, told.hasUpTime);
    return told;
}

AgeTrack::Passed AgeTrack::next(const Age& age, base::Instant at) {
    const auto told = compact(age);
    if (m_at == base::Instant::min()) {
        m_last = told;
        m_at = at;
        return {};
    }
    const auto passed = at - m_at;
    // One that was overtaken by a later one: it is not compared with, and nothing is with it.
    if (passed < base::Duration(0)) return {false, passed};
    const Passed result{restarted(told, passed), since(told, passed)};
    m_last = told;
    m_at = at;
    return result;
}

/// Younger than it should be, after the time that has passed here, is an age that began anew meanwhile.
bool AgeTrack::restarted(const Told& now, base::Duration passed) const {
    if (now.hasBoots && m_last.hasBoots && now.boots != m_last.boots) return true;
    if (now.hasEngineTime && m_last.hasEngineTime)
        return now.engineTime < m_last.engineTime ||
               std::int64_t{now.engineTime} * 1000 + slack <
                   std::int64_t{m_last.engineTime} * 1000 + passed.count();
    if (!now.hasUpTime || !m_last.hasUpTime) return false;
    const auto before = std::int64_t{m_last.upTime} * 10;
    const auto told = std::int64_t{now.upTime} * 10;
    const auto expected = before + passed.count();
    constexpr auto round = static_cast<std::int64_t>(circle) * 10;
    if (told >= before) return told + slack < expected;
    // It went back: either it wrapped, and then it is where the time since takes it, or it began anew.
    const auto wrapped = told + round;
    return wrapped > expected + slack || wrapped + slack < expected;
}

base::Duration AgeTrack::since(const Told& now, base::Duration passed) const {
    if (!now.hasUpTime || !m_last.hasUpTime || passed < coarse) return passed;
    const base::Duration own{std::int64_t{now.upTime - m_last.upTime} * 10}; // modulo 2^32
    const auto off = own > passed ? own - passed : passed - own;
    return off <= passed / 2 ? own : passed;
}

}
