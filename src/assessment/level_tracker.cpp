#include "assessment/level_tracker.hpp"

namespace headgate::assessment {

using domain::Instant;
using domain::Level;
using domain::PoolPolicy;

bool LevelTracker::isFull(Instant now, int value, const PoolPolicy& policy) {
    if (m_level == Level::full && value >= policy.upper - policy.tolerance) return true;
    if (value < policy.upper) {
        m_risingSince.reset();
        return false;
    }
    if (!m_risingSince) m_risingSince = now;
    if (now >= *m_risingSince + policy.growAfter) return true;
    m_deadline = *m_risingSince + policy.growAfter;
    return false;
}

bool LevelTracker::isUnder(Instant now, int value, Bound bound, const PoolPolicy& policy) {
    const bool low = bound == Bound::exact;
    if (m_level == Level::under && low && value <= policy.lower + policy.tolerance) return true;
    if (!low || value > policy.lower) {
        m_fallingSince.reset();
        return false;
    }
    if (!m_fallingSince) m_fallingSince = now;
    if (now >= *m_fallingSince + policy.shrinkAfter) return true;
    m_deadline = *m_fallingSince + policy.shrinkAfter;
    return false;
}

Level LevelTracker::update(Instant now, std::optional<int> value, Bound bound, const PoolPolicy& policy) {
    if (!value) {
        forget();
        return m_level;
    }
    m_deadline.reset();
    if (isFull(now, *value, policy)) {
        m_level = Level::full;
        m_risingSince.reset();
        m_fallingSince.reset();
    } else if (isUnder(now, *value, bound, policy)) {
        m_level = Level::under;
        m_fallingSince.reset();
    } else {
        m_level = Level::normal;
    }
    return m_level;
}

}
