#include "snmp/engine_clock.hpp"

#include <algorithm>

namespace headgate::snmp {

void EngineClock::suppose(std::uint32_t boots, std::uint32_t time, base::Instant now) {
    set(boots, time, now);
    m_trusted = false;
}

void EngineClock::set(std::uint32_t boots, std::uint32_t time, base::Instant now) {
    m_trusted = true;
    m_boots = boots;
    m_time = m_latest = time;
    m_at = now;
}

bool EngineClock::accept(std::uint32_t boots, std::uint32_t time, base::Instant now) {
    if (!m_trusted || boots > m_boots || (boots == m_boots && time > m_latest)) set(boots, time, now);
    if (m_boots == mostBoots || boots < m_boots) return false;
    return static_cast<std::int64_t>(time) >= static_cast<std::int64_t>(this->time(now)) - timeWindow;
}

std::uint32_t EngineClock::time(base::Instant now) const {
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - m_at).count();
    const auto time = static_cast<std::int64_t>(m_time) + std::max<std::int64_t>(passed, 0);
    return static_cast<std::uint32_t>(std::min<std::int64_t>(time, mostBoots));
}

}
