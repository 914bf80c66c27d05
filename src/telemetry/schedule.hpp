#pragma once

#include "base/timer_wheel.hpp"
#include "domain/polling.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <unordered_map>
#include <vector>

namespace headgate::telemetry {

/// Allows so many a second, evenly, a tenth of a second's worth at once. Who comes too early is told when to
/// come again, and has that moment to itself (the generic cell rate algorithm).
class Pace {
  public:
    explicit Pace(unsigned perSecond = 0)
        : m_perSecond(perSecond) {}

    /// The moment at which one more may begin: `now`, or later.
    base::Instant reserve(base::Instant now);
    /// So many began without asking.
    void spend(std::uint64_t count, base::Instant now);

  private:
    unsigned m_perSecond;    ///< 0: any number
    std::int64_t m_next = 0; ///< microseconds: when the next is due, were all as early as they may
};

/// Whom to ask next and when: each server once an interval at a moment of its own, so that no moment has
/// many; hints first; the silent ones ever more rarely; and never more than the limits allow. Pure, but for a
/// dice.
class Schedule {
  public:
    using Number = std::uint32_t;

    Schedule(base::Instant now, const domain::Polling& limits);

    /// There will be numbers below `count`; more are taken as well.
    void reserve(std::size_t count);

    /// `subnet` is any number that stands for it.
    void add(Number server, base::Duration interval, std::uint32_t subnet, base::Instant now);
    void remove(Number server);
    base::Duration interval(Number server) const { return base::Duration(m_entries[server].interval); }
    void limit(const domain::Polling& limits);

    /// What polls ask besides their first question (tables, retries), and what others ask, counts as well:
    /// all that was sent so far, and how much is under way.
    void note(std::uint64_t sent, std::size_t inFlight, base::Instant now);

    /// Before all others; at once, unless it was polled less than a quarter second ago: then when it is.
    void pollNow(Number server, base::Instant now);

    /// The next one to be polled now, which is under way then; empty when there is none, or no more may be.
    std::optional<Number> next(base::Instant now);
    /// When something is to be done because of it: when its next poll is due, or now, because it made room.
    base::Instant done(Number server, bool answered, base::Instant now);

    /// When `next` may have one again; empty: not before a poll is done, or one is added.
    std::optional<base::Instant> nextDue(base::Instant now) const;

    struct Counters {
        std::uint64_t begun = 0;
        std::uint64_t overruns = 0; ///< begun later than a whole interval after they were due
        std::size_t inFlight = 0;
        std::size_t silent = 0; ///< servers that missed three polls or more in a row
    };
    const Counters& counters() const { return m_counters; }

    static constexpr unsigned patient = 3; ///< missed polls at the usual pace, before they get rarer

  private:
    struct Entry {
        base::Instant due{};     ///< of the poll to come; of the one under way, when it was
        base::Instant started{}; ///< of the last
        std::uint32_t subnet = 0;
        std::uint32_t interval = 0; ///< milliseconds
        std::uint32_t phase = 0;    ///< its moment in the interval
        std::uint16_t missed = 0;
        bool polling : 1 = false;
        bool queued : 1 = false; ///< among the hinted or the ready
        bool again : 1 = false;  ///< a hint came while a poll was under way: that one may have been too early
        bool granted : 1 = false; ///< it waited for its turn, and has it
    };
    static_assert(sizeof(Entry) == 32, "there are a hundred thousand of them");

    void collect(base::Instant now);
    bool mayBegin(Number server, bool hinted, base::Instant now);
    void begin(Number server, base::Instant now);
    void wait(Number server, base::Instant due);
    base::Instant inRhythm(const Entry& entry, base::Instant earliest) const;
    base::Duration pause(const Entry& entry);
    base::Instant nextOf(const Entry& entry, base::Instant now);
    bool isFull() const;
    bool isSuspect(const Entry& entry) const { return entry.missed > 0; }

    domain::Polling m_limits;
    base::TimerWheel m_wheel; ///< those that wait for their moment
    std::vector<Entry> m_entries;
    std::deque<Number> m_hinted;
    std::deque<Number> m_ready;
    Pace m_pace;
    std::unordered_map<std::uint32_t, Pace> m_subnets;
    std::size_t m_suspectsInFlight = 0;
    std::size_t m_requestsInFlight = 0; ///< at the last `note`, and one for each poll begun since
    std::uint64_t m_sentNoted = 0;
    std::uint64_t m_begunNoted = 0;
    bool m_heldBack = false; ///< somebody was due and there was no room
    std::uint64_t m_added = 0;
    Counters m_counters;
    std::minstd_rand m_dice{1};
};

}
