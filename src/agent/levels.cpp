#include "agent/levels.hpp"

namespace headgate::agent {

Levels::Level Levels::wanted(std::optional<int> permille) const {
    if (!permille) return Level::unknown;
    const int full = m_level == Level::full ? m_settings.upper - m_settings.tolerance : m_settings.upper;
    const int idle = m_level == Level::underUsed ? m_settings.lower + m_settings.tolerance : m_settings.lower;
    if (*permille >= full) return Level::full;
    return *permille <= idle ? Level::underUsed : Level::normal;
}

Levels::Level Levels::update(base::Instant now, std::optional<int> permille) {
    const auto seen = wanted(permille);
    if (!m_begun) {
        if (seen == Level::unknown) return m_level;
        m_begun = true;
        m_level = m_coming = seen;
        return m_level;
    }
    if (seen != m_coming) {
        m_coming = seen;
        m_since = now;
    }
    if (m_coming != m_level && now - m_since >= m_settings.hold) m_level = m_coming;
    return m_level;
}

}
