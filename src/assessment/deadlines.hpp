#pragma once

#include "domain/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace headgate::assessment {

/// Who has to be looked at next, and when; one deadline each, by number. One that is put off, as most are by
/// every sample, stays queued where it is until that time has come.
class Deadlines {
  public:
    void clear(std::size_t count) {
        m_entries.assign(count, {});
        m_queue.clear();
    }

    void set(std::uint32_t who, std::optional<domain::Instant> at) {
        auto& entry = m_entries[who];
        entry.at = at.value_or(never);
        if (entry.at < entry.queued) enqueue(who);
        settle();
    }

    std::optional<domain::Instant> next() const {
        if (m_queue.empty()) return std::nullopt;
        return m_queue.front().at;
    }

    /// Takes out those whose time has come, the earliest first, then by number; each is to be set anew.
    std::vector<std::uint32_t> takeDue(domain::Instant now) {
        std::vector<std::uint32_t> due;
        while (!m_queue.empty() && m_queue.front().at <= now) {
            due.push_back(m_queue.front().who);
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
        m_queue.push_back({entry.at, who});
        std::push_heap(m_queue.begin(), m_queue.end(), later);
    }
    /// Until the first in the queue is where it belongs.
    void settle() {
        while (!m_queue.empty()) {
            const auto first = m_queue.front();
            auto& entry = m_entries[first.who];
            if (entry.queued == first.at && entry.at == first.at) return;
            std::pop_heap(m_queue.begin(), m_queue.end(), later);
            m_queue.pop_back();
            if (entry.queued != first.at) continue; // queued earlier since
            entry.queued = never;
            if (entry.at != never) enqueue(first.who);
        }
    }

    std::vector<Entry> m_entries;
    std::vector<Place> m_queue; ///< a heap, the earliest first
};

}
