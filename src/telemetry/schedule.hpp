#pragma once

#include "base/timer_wheel.hpp"
#include "telemetry/turns.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace headgate::telemetry {

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
    /// It is in another subnet from now on.
    void move(Number server, std::uint32_t subnet);
    base::Duration interval(Number server) const { return base::Duration(m_entries[server].interval); }
    void limit(const domain::Polling& limits);

    /// What polls ask besides their first question (tables, retries), and what others ask, counts as well:
    /// all that was sent so far, and how much is under way.
    void note(std::uint64_t sent, std::size_t inFlight, base::Instant now);

    /// Before the others, if not before all of them for ever; at once where the limits let it, unless it was
    /// polled less than a quarter second ago: then when it is.
    void pollNow(Number server, base::Instant now);

    /// The next one to be polled now, which is under way then; empty when there is none, or no more may be.
    std::optional<Number> next(base::Instant now);
    /// `requests`: all that it took, with retries. When something is to be done because of it: when its next
    /// poll is due, or sooner, because it made room.
    base::Instant done(Number server, bool answered, std::uint32_t requests, base::Instant now);

    /// When `next` may have one again; empty: not before a poll is done, or one is added.
    std::optional<base::Instant> nextDue(base::Instant now) const;

    struct Counters {
        std::uint64_t begun = 0;
        /// Whole intervals that polls of who answers began late, or that had none.
        std::uint64_t overruns = 0;
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
        bool queued : 1 = false; ///< it waits for its turn
        bool again : 1 = false;  ///< a hint came while a poll was under way: that one may have been too early
        bool hinted : 1 = false; ///< its next poll is because of a hint
    };
    static_assert(sizeof(Entry) == 32, "there are a hundred thousand of them");

    void enqueue(Number server);
    bool mayBegin(Turns::Turn turn, base::Instant now);
    void begin(Turns::Turn turn, base::Instant now);
    void wait(Number server, base::Instant due);
    base::Instant inRhythm(const Entry& entry, base::Instant earliest) const;
    base::Duration pause(const Entry& entry);
    base::Instant nextOf(Entry& entry, bool answered, base::Instant now);
    bool isFull() const;
    void end(const Entry& entry);
    static Turns::Urgency urgencyOf(const Entry& entry) {
        return entry.hinted ? Turns::Urgency::hinted : Turns::Urgency::usual;
    }
    static Turns::Patience patienceOf(const Entry& entry) {
        return entry.missed > 0 ? Turns::Patience::suspect : Turns::Patience::answers;
    }

    domain::Polling m_limits;
    base::TimerWheel m_wheel; ///< those that wait for their moment
    std::vector<Entry> m_entries;
    Turns m_turns; ///< of those that are due
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
