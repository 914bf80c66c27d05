#include "base/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace headgate::base {

namespace {

std::int64_t tickOf(Instant at) {
    return at.time_since_epoch().count();
}

}

TimerWheel::TimerWheel(Instant start)
    : m_heads(slots, none)
    , m_current(std::max<std::int64_t>(tickOf(start), 0)) {}

void TimerWheel::set(Id id, Instant due) {
    if (id >= m_nodes.size()) m_nodes.resize(id + 1);
    cancel(id);
    auto& node = m_nodes[id];
    node.due = std::max(tickOf(due), m_current);
    const auto slot = slotOf(node.due);
    auto& head = m_heads[slot];
    node.next = head;
    node.previous = none;
    if (head != none) m_nodes[head].previous = id;
    head = id;
    m_used[slot / 64] |= std::uint64_t{1} << (slot % 64);
    ++m_count;
}

void TimerWheel::cancel(Id id) {
    if (id >= m_nodes.size()) return;
    if (isWaiting(m_nodes[id])) unlink(id);
    m_nodes[id].previous = idle;
}

void TimerWheel::unlink(Id id) {
    const auto& node = m_nodes[id];
    if (node.next != none) m_nodes[node.next].previous = node.previous;
    if (node.previous != none) {
        m_nodes[node.previous].next = node.next;
    } else {
        const auto slot = slotOf(node.due);
        m_heads[slot] = node.next;
        if (node.next == none) m_used[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    }
    --m_count;
}

void TimerWheel::collect(Instant now) {
    const auto until = tickOf(now);
    if (until < m_current) return;
    // After a long pause each slot is looked at once, not once for every round that passed.
    const auto first = std::max(m_current, until - static_cast<std::int64_t>(slots) + 1);
    for (auto tick = first; tick <= until; ++tick) {
        const auto slot = slotOf(tick);
        if ((m_used[slot / 64] >> (slot % 64)) & 1) collectSlot(slot, until);
    }
    m_current = until;
}

void TimerWheel::collectSlot(std::size_t slot, std::int64_t now) {
    for (auto id = m_heads[slot]; id != none;) {
        const auto next = m_nodes[id].next;
        if (m_nodes[id].due <= now) {
            unlink(id);
            m_nodes[id].previous = expired;
            m_expired.push_back(id);
        }
        id = next;
    }
}

std::optional<Instant> TimerWheel::next() const {
    if (m_next < m_expired.size()) return Instant(Duration(m_current));
    if (m_count == 0) return std::nullopt;
    // What is in the current slot and not due now is of a later round: the other slots come first.
    for (auto id = m_heads[slotOf(m_current)]; id != none; id = m_nodes[id].next)
        if (m_nodes[id].due <= m_current) return Instant(Duration(m_current));
    const auto first = slotOf(m_current + 1);
    auto word = first / 64;
    auto bits = m_used[word] & (~std::uint64_t{0} << (first % 64));
    while (bits == 0) {
        word = (word + 1) % m_used.size();
        bits = m_used[word];
    }
    const auto slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    const auto away = 1 + (slot + slots - first) % slots;
    return Instant(Duration(m_current + static_cast<std::int64_t>(away)));
}

}
