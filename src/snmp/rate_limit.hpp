#pragma once

#include "base/clock.hpp"

#include <algorithm>

namespace headgate::snmp {

/// Lets so many through in a minute, all at once where there were none before; the last quarter is for what
/// is urgent.
class RateLimit {
  public:
    explicit RateLimit(unsigned perMinute)
        : m_most(std::max(perMinute, 1U))
        , m_left(m_most) {}

    bool take(base::Instant now, bool urgent) {
        refill(now);
        if (m_left < 1 || (!urgent && m_left < 1 + reserve())) return false;
        m_left -= 1;
        return true;
    }

    /// Until something that is not urgent is let through; at least 1 ms.
    base::Duration wait(base::Instant now) {
        refill(now);
        const double missing = std::max(0.0, 1 + reserve() - m_left);
        return base::Duration(static_cast<base::Duration::rep>(missing / m_most * 60000) + 1);
    }

    void change(unsigned perMinute) {
        m_most = std::max(perMinute, 1U);
        m_left = std::min(m_left, m_most);
    }

  private:
    /// Never all that there is.
    double reserve() const { return std::min(m_most / 4, m_most - 1); }

    void refill(base::Instant now) {
        if (m_at != base::Instant{})
            m_left = std::min(m_most, m_left + m_most * static_cast<double>((now - m_at).count()) / 60000);
        m_at = now;
    }

    double m_most;
    double m_left;
    base::Instant m_at{};
};

}
