#pragma once

#include "base/clock.hpp"
#include "snmp/value.hpp"

#include <cstdint>
#include <optional>

namespace headgate::telemetry {

/// Turns a counter's values into its growth. A Counter32 may wrap once between two values; a Counter64 that
/// goes back was reset. The first value after the start, a restart or a reset gives no growth.
class CounterTrack {
  public:
    struct Growth {
        std::uint64_t amount = 0;
        base::Duration over{0};
        /// Empty when no time has passed.
        std::optional<double> perSecond() const;
    };

    /// Empty also for a value that is no count.
    std::optional<Growth> next(const snmp::Value& value, base::Instant at);

    /// The agent restarted: what was before says nothing about what comes.
    void forget() { m_last.reset(); }

  private:
    struct Reading {
        std::uint64_t value;
        bool wide;
        base::Instant at;
    };
    std::optional<Reading> m_last;
};

/// Tells a restart of an agent (or its machine) from what it says of its age.
class AgeTrack {
  public:
    struct Age {
        std::optional<std::uint64_t> boots;      ///< snmpEngineBoots
        std::optional<std::uint64_t> engineTime; ///< seconds
        std::optional<std::uint64_t> upTime;     ///< sysUpTime, hundredths; wraps after 497 days
    };

    /// True when it restarted since the last call. The first call says nothing.
    bool restarted(const Age& age, base::Instant at);

  private:
    std::optional<Age> m_last;
    base::Instant m_at{};
};

}
