#include "assessment/data_source_belief.hpp"

#include <algorithm>

namespace headgate::assessment {

using domain::Functional;
using domain::Level;

namespace {

domain::PoolPolicy levelsOf(const domain::DataSource& source) {
    domain::PoolPolicy levels;
    levels.upper = source.upper;
    levels.lower = -1; // it is never under-used
    levels.tolerance = std::min(levels.tolerance, source.upper - 1);
    return levels;
}

/// Why nothing can be said; empty: something can.
std::string unknownBecause(const domain::DataSource& source, const ServerBelief* server) {
    if (source.server.value.empty()) return "it has no server that it is measured by";
    if (!server) return "its server " + source.server.value + " is not configured";
    const auto& verdict = server->verdict();
    const auto& name = source.server.value;
    if (verdict.functional != Functional::functional) return "its server " + name + " is " + server->reason();
    if (!verdict.utilisation) return "the utilisation of its server " + name + " is not known";
    return {};
}

}

void DataSourceBelief::judgeBy(const domain::DataSource& source) {
    if (m_source.server != source.server) {
        m_tracker.forget();
        m_state = {};
        m_easedAt.reset();
    }
    m_source = source;
    m_state.name = source.name;
}

void DataSourceBelief::assess(domain::Instant now, const ServerBelief* server) {
    if (const auto why = unknownBecause(m_source, server); !why.empty()) {
        m_tracker.forget();
        m_easedAt.reset();
        m_state = {m_source.name, Level::unknown, std::nullopt, {}, "unknown: " + why};
        return;
    }
    const auto& verdict = server->verdict();
    const auto levels = levelsOf(m_source);
    const bool exact = verdict.complete;
    const bool wasPressed = isPressed();
    m_state.utilisation = verdict.utilisation;
    m_state.binding = server->binding()->name;
    m_state.level = m_tracker.update(now, verdict.utilisation, exact ? Bound::exact : Bound::lower, levels);
    if (!exact && m_state.level != Level::full) m_state.level = Level::unknown;
    if (isPressed())
        m_easedAt.reset();
    else if (wasPressed)
        m_easedAt = now;
    m_state.reason = std::string(toString(m_state.level)) + ": " + describe(server->usageWords(), levels);
    if (exact) return;
    m_state.reason += "; not known:";
    for (const auto& metric : server->unknownMetrics())
        m_state.reason += " " + metric;
}

std::string DataSourceBelief::describe(const std::string& words, const domain::PoolPolicy& levels) const {
    const int permille = *m_state.utilisation;
    const auto upper = std::to_string(levels.upper);
    const auto amount = words + " (" + std::to_string(permille) + " permille";
    if (m_state.level == Level::full && permille < levels.upper)
        return amount + ", full until below " + std::to_string(levels.upper - levels.tolerance) + ")";
    if (m_state.level == Level::full)
        return amount + " ≥ " + upper + ") for " + domain::describe(levels.growAfter);
    if (const auto since = m_tracker.risingSince())
        return amount + " ≥ " + upper + " since " + domain::describe(*since) + ", full after " +
               domain::describe(levels.growAfter) + ")";
    return amount + ", full at " + upper + ")";
}

}
