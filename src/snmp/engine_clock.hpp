#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>

namespace headgate::snmp {

/// Seconds that clocks may differ (RFC 3414 §2.2.3).
inline constexpr std::int64_t timeWindow = 150;

/// The largest snmpEngineBoots and snmpEngineTime. Boots that have reached it stay, and nobody believes the
/// engine any more until it gets new keys (RFC 3414 §2.2.2).
inline constexpr std::uint32_t mostBoots = 0x7fffffff;

/// What is known of another, authoritative engine's time (RFC 3414 §2.3).
class EngineClock {
  public:
    EngineClock() = default; ///< nothing is known
    /// As an authenticated message has just told it.
    EngineClock(std::uint32_t boots, std::uint32_t time, base::Instant now) { set(boots, time, now); }

    /// What an unauthenticated discovery says: good for asking, not for judging.
    void suppose(std::uint32_t boots, std::uint32_t time, base::Instant now);

    /// Takes an authenticated message's word without condition.
    void set(std::uint32_t boots, std::uint32_t time, base::Instant now);

    /// RFC 3414 §3.2 step 7 b: moves forward with an authenticated message; false when it is outside the
    /// window.
    bool accept(std::uint32_t boots, std::uint32_t time, base::Instant now);

    bool trusted() const { return m_trusted; } ///< an authenticated message told it
    std::uint32_t boots() const { return m_boots; }
    std::uint32_t time(base::Instant now) const; ///< at most mostBoots

  private:
    bool m_trusted = false;
    std::uint32_t m_boots = 0;
    std::uint32_t m_time = 0;   ///< at m_at
    std::uint32_t m_latest = 0; ///< latestReceivedEngineTime
    base::Instant m_at{};
};

}
