#pragma once

#include "base/clock.hpp"
#include "snmp/value.hpp"

#include <cstdint>
#include <optional>

namespace headgate::telemetry {

/// Turns a counter's values into its growth. It is told how long ago the value before was read, and keeps no
/// time itself: it is fed with each answer, also with one that has no such counter.
///
/// A Counter32 goes round in an hour at the fastest (RFC 2578, section 7.1.10), or in the time that twice its
/// last rate takes. So its growth is unknown when that was long enough for a whole round: it may be more than
/// one. And a value less than the one before is a wrap only where that makes it no faster than that: else it
/// was set back. A Counter64 wraps only close to its end. The first value after the start, a restart, a gap
/// or a reset gives no growth.
class CounterTrack {
  public:
    struct Growth {
        std::uint64_t amount = 0;
        base::Duration over{0};
        /// Empty when no time has passed.
        std::optional<double> perSecond() const;
    };

    /// `since`: how long before this value the one before was read; not used for the first. An older value
    /// than the one before (`since` is negative) says nothing and is not kept; neither is kept anything of
    /// one that is no count, and then nothing is known of the growth to the next one either.
    std::optional<Growth> next(const snmp::Value& value, base::Duration since);

    /// The agent restarted: what was before says nothing about what comes.
    void forget() { *this = {}; }

  private:
    enum class Width : std::uint8_t { unknown, narrow, wide };

    std::optional<std::uint64_t> grown(std::uint64_t to, base::Duration since) const;

    std::uint64_t m_value = 0;
    float m_rate = 0; ///< the last one, a second; of a Counter32
    Width m_width = Width::unknown;
};
static_assert(sizeof(CounterTrack) == 16, "there are a million of them");

/// Tells a restart of an agent (or its machine), and how much time has passed there, from what it says of its
/// age.
class AgeTrack {
  public:
    struct Age {
        std::optional<std::uint64_t> boots;      ///< snmpEngineBoots
        std::optional<std::uint64_t> engineTime; ///< seconds
        std::optional<std::uint64_t> upTime;     ///< sysUpTime, hundredths; wraps after 497 days
    };

    struct Passed {
        bool restarted = false;
        /// Between the last two answers: by the agent's own clock, which a slow or late answer does not
        /// disturb, or by ours where that one says nothing or something odd. 0 at the first; negative when
        /// this answer is older than the one before.
        base::Duration since{0};
    };

    /// `at`: when the answer came. The first call says nothing.
    Passed next(const Age& age, base::Instant at);

  private:
    /// The age that it told, in a few octets.
    struct Told {
        std::uint32_t boots = 0, engineTime = 0, upTime = 0;
        bool hasBoots = false, hasEngineTime = false, hasUpTime = false;
    };

    static Told compact(const Age& age);
    bool restarted(const Told& now, base::Duration passed) const;
    base::Duration since(const Told& now, base::Duration passed) const;

    Told m_last;
    base::Instant m_at = base::Instant::min(); ///< of the last; min: there was none
};
static_assert(sizeof(AgeTrack) == 24, "there are a hundred thousand of them");

}
