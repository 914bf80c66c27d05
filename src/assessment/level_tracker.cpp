#include "assessment/level_tracker.hpp"

namespace headgate::assessment {

using domain::Instant;
using domain::Level;
using domain::PoolPolicy;

bool LevelTracker::isFull(Instant now, int value, const PoolPolicy& policy) {
    const bool stays = m_level == Level::full && value >= policy.upper - policy.tolerance;
    if (value < policy.upper && !stays) {
        m_risingSince.reset();
        return false;
    }
    if (!m_risingSince) m_risingSince = now;
    return isHeld(now, *m_risingSince, policy.growAfter);
}

bool LevelTracker::isUnder(Instant now, int value, Bound bound, const PoolPolicy& policy) {
    const bool low = bound == Bound::exact;
    const bool stays = m_level == Level::under && value <= policy.lower + policy.tolerance;
    if (!low || (value > policy.lower && !stays)) {
        m_fallingSince.reset();
        return false;
    }
    if (!m_fallingSince) m_fallingSince = now;
    return isHeld(now, *m_fallingSince, policy.shrinkAfter);
}

/// A policy that demands a longer time, demands it of a level that is held already, too.
bool LevelTracker::isHeld(Instant now, Instant since, domain::Duration hold) {
    if (now >= since + hold) return true;
    m_deadline = since + hold;
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
        m_fallingSince.reset();
    } else if (isUnder(now, *value, bound, policy)) {
        m_level = Level::under;
    } else {
        m_level = Level::normal;
    }
    return m_level;
}

}
