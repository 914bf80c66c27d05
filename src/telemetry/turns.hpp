#pragma once

#include "base/clock.hpp"
#include "domain/polling.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace headgate::telemetry {

/// Allows so many a second, evenly, a tenth of a second's worth at once (the generic cell rate algorithm).
class Pace {
  public:
    explicit Pace(unsigned perSecond = 0)
        : m_perSecond(perSecond) {}

    /// When one more may begin: `now`, or later.
    base::Instant next(base::Instant now) const;
    /// So many began, perhaps more than may: then the next ones wait, at the most ten seconds.
    void spend(std::uint64_t count, base::Instant now);

  private:
    unsigned m_perSecond;    ///< 0: any number
    std::int64_t m_next = 0; ///< microseconds: when the next is due, were all as early as they may
};

/// Who waits to be polled, and whose turn it is: hints first, but of four one that is none, so that hints
/// starve nobody; in turns over the subnets that have room, where subnets have limits; and never more a
/// second than the limits allow. Whoever went away meanwhile still gets a turn, which is let pass.
class Turns {
  public:
    using Number = std::uint32_t;
    enum class Urgency : std::uint8_t { hinted, usual };

    explicit Turns(const domain::Polling& limits) { limit(limits); }
    /// Nobody waits any more, and nothing is under way.
    void limit(const domain::Polling& limits);

    /// `subnet` is any number that stands for it.
    void push(Number number, std::uint32_t subnet, Urgency urgency);

    /// Subnets that had no room may have some by now.
    void wake(base::Instant now);

    struct Turn {
        Number number = 0;
        Urgency urgency = Urgency::usual;
    };
    /// Empty: nobody waits, or none of them may begin yet.
    std::optional<Turn> take(base::Instant now);

    enum class Patience : std::uint8_t { answers, suspect };
    /// Is there a place for one more that may hold it for long? The others keep three of four.
    bool hasRoomForSuspect(std::uint32_t subnet);
    void begin(Turn turn, std::uint32_t subnet, Patience patience, base::Instant now);
    void end(std::uint32_t subnet, Patience patience);
    /// One is under way, and was before this knew of it.
    void resume(std::uint32_t subnet, Patience patience);

    /// So many requests went out besides those that began.
    void spend(std::uint64_t count, base::Instant now) { m_pace.spend(count, now); }
    void spendIn(std::uint32_t subnet, std::uint64_t count, base::Instant now);

    /// Does anybody wait whose subnet may have room?
    bool waiting() const { return !m_urgent.empty() || !m_usual.empty(); }
    /// When `take` may have one again; empty: not before something is pushed or ended.
    std::optional<base::Instant> nextDue(base::Instant now) const;

  private:
    /// First in, first out, in one piece of memory.
    class Queue {
      public:
        bool empty() const { return m_first == m_numbers.size(); }
        void push(Number number) { m_numbers.push_back(number); }
        Number pop();

      private:
        std::vector<Number> m_numbers;
        std::size_t m_first = 0;
    };
    /// Those of one subnet, or of all where subnets have no limits.
    struct Line {
        Queue hinted, usual;
        Pace pace{};
        std::uint32_t inFlight = 0;
        std::uint32_t suspects = 0; ///< of which
        std::uint8_t hintsInRow = 0;
        bool inUrgent = false, inUsual = false;
        bool rests = false; ///< in m_resting
    };

    bool bySubnet() const { return m_limits.maxPerSecondPerSubnet > 0 || m_limits.maxInFlightPerSubnet > 0; }
    Line& lineOf(std::uint32_t subnet);
    void offer(Line& line);
    bool hasRoom(Line& line, base::Instant now);

    domain::Polling m_limits;
    Pace m_pace;
    Line m_all;
    std::unordered_map<std::uint32_t, Line> m_subnets;
    // Lines of which somebody waits, each at most once: for those with hints, and with others.
    std::deque<Line*> m_urgent;
    std::deque<Line*> m_usual;
    std::multimap<base::Instant, Line*> m_resting; ///< those without room, until their pace has some
    std::uint8_t m_hintsInRow = 0;
};

}
