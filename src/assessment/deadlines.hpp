#pragma once

#include "assessment/near.hpp"
#include "domain/time.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace headgate::assessment {

/// Who has to be looked at next, and when; one deadline each, by number. One that is put off, as most are by
/// every sample, stays queued where it is until that time has come.
class Deadlines {
  public:
    void clear(std::size_t count) {
        m_entries.assign(count, {});
        m_line.clear();
        m_queue.clear();
    }

    void set(std::uint32_t who, std::optional<domain::Instant> at) {
        auto& entry = m_entries[who];
        entry.at = at.value_or(never);
        if (entry.at < entry.queued) enqueue(who);
        settle();
    }

    void bring(std::uint32_t who) const { bringNear(&m_entries[who]); }
    /// Those whose turn it is to be looked at soon.
    void bringFirst(std::size_t count) const {
        for (std::size_t i = 0; i < std::min(count, m_line.size()); ++i)
            bring(m_line[i].who);
    }

    std::optional<domain::Instant> next() const {
        if (empty()) return std::nullopt;
        return first().at;
    }

    /// Takes out those whose time has come, the earliest first, then by number; each is to be set anew.
    std::vector<std::uint32_t> takeDue(domain::Instant now) {
        std::vector<std::uint32_t> due;
        while (!empty() && first().at <= now) {
            due.push_back(first().who);
            m_entries[due.back()] = {};
            settle();
        }
        return due;
    }

  private:
    static constexpr domain::Instant never = domain::Instant::max();
    struct Entry {
        domain::Instant at = never;
        domain::Instant queued = never; ///< its earliest place in the queue
    };
    struct Place {
        domain::Instant at;
        std::uint32_t who;
    };
    static bool later(const Place& a, const Place& b) { return a.at != b.at ? a.at > b.at : a.who > b.who; }

    void enqueue(std::uint32_t who) {
        auto& entry = m_entries[who];
        entry.queued = entry.at;
        const Place place{entry.at, who};
        // Who is polled in turn has its deadlines in that order, too.
        if (m_line.empty() || later(place, m_line.back())) {
            m_line.push_back(place);
            return;
        }
        m_queue.push_back(place);
        std::push_heap(m_queue.begin(), m_queue.end(), later);
    }
    bool empty() const { return m_line.empty() && m_queue.empty(); }
    bool lineIsFirst() const {
        return m_queue.empty() || (!m_line.empty() && later(m_queue.front(), m_line.front()));
    }
    const Place& first() const { return lineIsFirst() ? m_line.front() : m_queue.front(); }
    void removeFirst() {
        if (lineIsFirst()) return m_line.pop_front();
        std::pop_heap(m_queue.begin(), m_queue.end(), later);
        m_queue.pop_back();
    }
    /// Until the first in the queue is where it belongs.
    void settle() {
        while (!empty()) {
            const auto place = first();
            auto& entry = m_entries[place.who];
            if (entry.queued == place.at && entry.at == place.at) return;
            removeFirst();
            if (entry.queued != place.at) continue; // queued earlier since
            entry.queued = never;
            if (entry.at != never) enqueue(place.who);
        }
    }

    std::vector<Entry> m_entries;
    std::deque<Place> m_line;   ///< the earliest first
    std::vector<Place> m_queue; ///< a heap of those that came out of turn, the earliest first
};

}
