#include "replay/figures.hpp"

namespace headgate::replay {
namespace {

constexpr domain::Duration step{1000};

/// Does it change who the recorded members are?
bool counts(domain::IntentKind kind) {
    return kind == domain::IntentKind::allocate || kind == domain::IntentKind::release;
}

}

void Figures::pass(domain::Instant now, const controller::Controller& controller,
                   const std::map<domain::PoolName, int>& upper) {
    if (!m_until) m_until = now;
    const auto steps = (now - *m_until) / step;
    if (steps <= 0) return;
    const auto time = steps * step;
    *m_until += time;
    for (const auto& pool : controller.configuration().pools) {
        auto& figures = m_course.pools[pool.name];
        figures.serverTime += time * static_cast<std::int64_t>(pool.members.size());
        const auto* belief = controller.belief(pool.name);
        const auto level = upper.find(pool.name);
        if (belief && belief->utilisation && level != upper.end() && *belief->utilisation >= level->second)
            figures.above += time;
    }
}

void Figures::begun(domain::Instant now, const controller::Begun& begun) {
    if (!counts(begun.kind)) return;
    m_open[begun.transaction] = m_course.changes.size();
    m_course.changes.push_back({now, begun.pool, begun.kind, begun.member.server, begun.reason});
}

void Figures::ended(domain::TransactionId id, domain::OutcomeKind outcome) {
    const auto open = m_open.find(id);
    if (open == m_open.end()) return;
    auto& change = m_course.changes[open->second];
    change.outcome = outcome;
    if (outcome == domain::OutcomeKind::committed) ++m_course.pools[change.pool].changes;
    m_open.erase(open);
}

}
