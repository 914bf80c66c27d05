#include "northbound/monitoring.hpp"

#include "base/clock.hpp"
#include "northbound/writer.hpp"
#include "yang/error.hpp"

namespace headgate::northbound {
namespace {

const std::string state = "/ietf-netconf-monitoring:netconf-state";

const char* identity(netconf::Transport transport) {
    switch (transport) {
    case netconf::Transport::ssh: return "ietf-netconf-monitoring:netconf-ssh";
    case netconf::Transport::tls: return "ietf-netconf-monitoring:netconf-tls";
    case netconf::Transport::unixSocket: return "headgate-transport:netconf-local";
    }
    return "headgate-transport:netconf-local";
}

template <typename Counters>
void setCounters(yang::Tree& data, const std::string& path, const Counters& counters) {
    data.set(path + "/in-rpcs", std::to_string(counters.inRpcs));
    data.set(path + "/in-bad-rpcs", std::to_string(counters.inBadRpcs));
    data.set(path + "/out-rpc-errors", std::to_string(counters.outRpcErrors));
    data.set(path + "/out-notifications", std::to_string(counters.outNotifications));
}

void setSession(yang::Tree& data, const netconf::SessionInfo& session) {
    const auto path = state + "/sessions/session[session-id='" + std::to_string(session.id) + "']";
    data.set(path + "/transport", identity(session.transport));
    data.set(path + "/username", printable(session.user));
    try {
        if (!session.sourceHost.empty()) data.set(path + "/source-host", session.sourceHost);
    } catch (const yang::Error&) {
        // The leaf takes no address with a zone; it is optional.
    }
    data.set(path + "/login-time", base::rfc3339(session.loginTime));
    setCounters(data, path, session);
}

}

void fillMonitoring(yang::Tree& data, const std::vector<netconf::SessionInfo>& sessions,
                    const netconf::ServerStatistics& statistics) {
    for (const auto& session : sessions)
        setSession(data, session);
    const auto path = state + "/statistics";
    data.set(path + "/netconf-start-time", base::rfc3339(statistics.started));
    data.set(path + "/in-bad-hellos", std::to_string(statistics.inBadHellos));
    data.set(path + "/in-sessions", std::to_string(statistics.inSessions));
    data.set(path + "/dropped-sessions", std::to_string(statistics.droppedSessions));
    setCounters(data, path, statistics);
}

}
