#include "daemon/unreached.hpp"

#include "daemon/event_log.hpp"

#include <utility>

namespace headgate::daemon {
namespace {

constexpr auto kind = "call-home-unreachable";

}

std::optional<domain::Event> Unreached::take(const domain::CallHomeState& call, domain::Instant now) {
    if (call.failedTries >= triesBefore && m_configured.contains(call.name)) {
        // Which they are is news; that one is not reached in another way is not.
        if (!m_reasons.emplace(call.name, call.reason).second) return std::nullopt;
        return told(now);
    }
    if (!call.connected || m_reasons.erase(call.name) == 0) return std::nullopt;
    return told(now);
}

std::optional<domain::Event> Unreached::configure(const domain::NetconfServer& server, domain::Instant now) {
    m_configured.clear();
    for (const auto& client : server.callHome)
        m_configured.insert(client.name);
    if (std::erase_if(m_reasons, [&](const auto& each) { return !m_configured.contains(each.first); }) == 0)
        return std::nullopt;
    return told(now);
}

domain::Event Unreached::told(domain::Instant now) const {
    if (m_reasons.empty())
        return eventOf(now, domain::EventSeverity::clear, kind,
                       "no client that is to be called is unreached");
    std::string text;
    for (const auto& [name, reason] : m_reasons)
        text += (text.empty() ? "not reached by call home: " : "; ") + name + " (" + reason + ")";
    return eventOf(now, domain::EventSeverity::alarm, kind, std::move(text));
}

}
