#include "base/backoff.hpp"

#include <algorithm>

namespace headgate::base {

Backoff::Backoff(Duration first, Duration most, std::uint64_t seed)
    : m_first(first)
    , m_most(most)
    , m_current(first)
    , m_random(seed * 2 + 1) {}

Duration Backoff::next() {
    m_random = m_random * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto quarter = m_current.count() / 4;
    const auto less =
        quarter > 0 ? static_cast<Duration::rep>((m_random >> 33) % static_cast<std::uint64_t>(quarter)) : 0;
    const Duration wait = std::max(m_current - Duration(less), Duration(1));
    m_current = std::min(m_current * 2, m_most);
    return wait;
}

void Backoff::reset() {
    m_current = m_first;
}

}
