#include "appliance/session_state.hpp"

namespace headgate::appliance {

void addSessionState(yang::Tree& data, const std::vector<netconf::SessionInfo>& sessions) {
    for (const auto& session : sessions) {
        const auto at = "/ietf-netconf-monitoring:netconf-state/sessions/session[session-id='" +
                        std::to_string(session.id) + "']/";
        // RFC 6022 has no identity for a UNIX socket.
        if (session.transport == netconf::Transport::ssh)
            data.set(at + "transport", "ietf-netconf-monitoring:netconf-ssh");
        if (session.transport == netconf::Transport::tls)
            data.set(at + "transport", "ietf-netconf-monitoring:netconf-tls");
        data.set(at + "username", session.user);
        if (!session.sourceHost.empty()) data.set(at + "source-host", session.sourceHost);
        data.set(at + "login-time", base::rfc3339(session.loginTime));
        data.set(at + "in-rpcs", std::to_string(session.inRpcs));
        data.set(at + "in-bad-rpcs", std::to_string(session.inBadRpcs));
        data.set(at + "out-rpc-errors", std::to_string(session.outRpcErrors));
        data.set(at + "out-notifications", std::to_string(session.outNotifications));
    }
    const std::string stream = "/nc-notifications:netconf/streams/stream[name='NETCONF']/";
    data.set(stream + "description", "Every notification of this server");
    data.set(stream + "replaySupport", "false");
}

}
