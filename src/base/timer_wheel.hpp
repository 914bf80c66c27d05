#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace headgate::base {

/// Deadlines of many things that have small numbers, one each: set, put off and taken away in constant time.
/// A hashed wheel of milliseconds; what is farther away than a round (16 s) is passed over once a round.
class TimerWheel {
  public:
    using Id = std::uint32_t;

    explicit TimerWheel(Instant start);

    /// There will be ids below `count`; more are taken as well.
    void reserve(std::size_t count) { m_nodes.reserve(count); }

    /// Replaces the one that `id` has; ids are below 0xfffffffd. One in the past is due at once.
    void set(Id id, Instant due);
    void cancel(Id id);

    /// Takes out what is due, the earliest millisecond first, and calls `each` with every id. It may set and
    /// cancel any; what it sets for now is due at the next call, and so are the others when it throws.
    template <typename Each>
    void expire(Instant now, Each&& each) {
        collect(now);
        while (m_next < m_expired.size()) {
            const auto id = m_expired[m_next++];
            if (m_nodes[id].previous != expired) continue; // cancelled or set anew meanwhile
            m_nodes[id].previous = idle;
            each(id);
        }
        m_expired.clear();
        m_next = 0;
    }

    /// No later than the first deadline; earlier only when nothing is due within a round.
    std::optional<Instant> next() const;

    bool empty() const { return m_count == 0 && m_next >= m_expired.size(); }

  private:
    static constexpr Id none = 0xffffffff;
    // In the place of `previous`, for one that is in no slot.
    static constexpr Id idle = none - 1;
    static constexpr Id expired = none - 2;
    struct Node {
        std::int64_t due = 0; ///< ticks
        Id next = none;
        Id previous = idle;
    };
    static bool isWaiting(const Node& node) { return node.previous != idle && node.previous != expired; }

    static constexpr std::size_t slots = 1 << 14;

    void collect(Instant now);
    void collectSlot(std::size_t slot, std::int64_t now);
    void unlink(Id id);
    static std::size_t slotOf(std::int64_t tick) { return static_cast<std::size_t>(tick) % slots; }

    std::vector<Node> m_nodes; ///< by id
    std::vector<Id> m_heads;
    std::array<std::uint64_t, slots / 64> m_used{}; ///< which slots have any
    std::vector<Id> m_expired;
    std::size_t m_next = 0; ///< of them
    std::int64_t m_current; ///< the tick that is looked at next
    std::size_t m_count = 0;
};

}
