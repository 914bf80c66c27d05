#include "daemon/engine_twins.hpp"

#include "daemon/event_log.hpp"

#include <algorithm>

namespace headgate::daemon {
namespace {

constexpr auto kind = "duplicate-engine-id";
constexpr std::size_t mostNamed = 8;

std::string words(const telemetry::SharedEngines& shared) {
    std::string text =
        "agents share an SNMP engine id, and what they send unasked is only a hint until each has "
        "its own: ";
    std::size_t engines = 0;
    for (const auto& [id, servers] : shared.engines) {
        if (engines++ == mostNamed)
            return text + "; and " + std::to_string(shared.engines.size() - mostNamed) + " more engine ids";
        text += (engines > 1 ? "; " : "") + id + " of ";
        for (std::size_t i = 0; i < std::min(servers.size(), mostNamed); ++i)
            text += (i > 0 ? ", " : "") + servers[i].value;
        if (servers.size() > mostNamed)
            text += " and " + std::to_string(servers.size() - mostNamed) + " more";
    }
    return text;
}

}

EngineTwins::EngineTwins(const std::vector<domain::Event>& standing) {
    const auto found =
        std::find_if(standing.begin(), standing.end(), [](const auto& event) { return event.kind == kind; });
    if (found != standing.end()) m_standing = *found;
}

std::optional<domain::Event> EngineTwins::take(const telemetry::SharedEngines& shared, domain::Instant now) {
    using enum domain::EventSeverity;
    if (shared.engines.empty()) {
        if (!m_standing) return std::nullopt;
        m_standing.reset();
        return eventOf(now, clear, kind, "each agent has an SNMP engine id of its own");
    }
    auto event = eventOf(now, alarm, kind, words(shared));
    if (m_standing && m_standing->text == event.text) return std::nullopt;
    m_standing = event;
    return event;
}

}
