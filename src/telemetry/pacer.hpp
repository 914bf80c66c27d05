#pragma once

#include "domain/time.hpp"
#include "telemetry/directory.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace headgate::telemetry {

/// Lets something be done about each of many at once, and about the same one again only after a gap, but then
/// surely: what comes last is never lost. Its size is that of the many.
class Pacer {
  public:
    explicit Pacer(std::size_t count = 0, domain::Duration gap = domain::Duration(250))
        : m_gap(gap)
        , m_entries(count) {}

    /// True: now; else it comes out of `due`.
    bool ask(Number who, domain::Instant now) {
        auto& entry = m_entries[who];
        if (entry.waits == 1) return false;
        if (entry.last == 0 || isOver(entry, now)) {
            entry.last = milliseconds(now);
            return true;
        }
        entry.waits = 1;
        m_waiting.push_back(who);
        return false;
    }

    /// Those whose gap is over.
    std::vector<Number> due(domain::Instant now) {
        std::vector<Number> ready;
        std::erase_if(m_waiting, [&](Number who) {
            auto& entry = m_entries[who];
            if (!isOver(entry, now)) return false;
            entry.waits = 0;
            entry.last = milliseconds(now);
            ready.push_back(who);
            return true;
        });
        return ready;
    }

    bool waits() const { return !m_waiting.empty(); }

  private:
    static constexpr std::uint32_t round = 0x7fffffff; // 24 days of milliseconds
    struct Entry {
        std::uint32_t last : 31 = 0; ///< 0: never
        std::uint32_t waits : 1 = 0;
    };
    static std::uint32_t milliseconds(domain::Instant at) {
        return (static_cast<std::uint32_t>(at.time_since_epoch().count()) | 1) & round;
    }
    bool isOver(const Entry& entry, domain::Instant now) const {
        return ((milliseconds(now) - entry.last) & round) >= static_cast<std::uint32_t>(m_gap.count());
    }

    domain::Duration m_gap;
    std::vector<Entry> m_entries;
    std::vector<Number> m_waiting;
};

}
