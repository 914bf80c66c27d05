#include "netconf/server.hpp"
#include "yang/context.hpp"

namespace headgate::netconf {

const char* toString(EndReason reason) noexcept {
    switch (reason) {
    case EndReason::closed: return "closed";
    case EndReason::killed: return "killed";
    case EndReason::dropped: return "dropped";
    case EndReason::timeout: return "timeout";
    case EndReason::other: return "other";
    case EndReason::badHello: return "bad-hello";
    }
    return "other";
}

void Handler::permit(const SessionInfo&, const lyd_node*) {}
void Handler::sessionStarted(const SessionInfo&) {}
void Handler::sessionEnded(const SessionInfo&, const SessionEnd&) {}
void Handler::called(const CallState&) {}

void loadServerModules(yang::Context& context) {
    context.load("ietf-netconf", std::nullopt,
                 {"candidate", "confirmed-commit", "rollback-on-error", "validate", "startup", "xpath"});
    for (const char* module : {"ietf-netconf-monitoring", "ietf-netconf-with-defaults", "notifications",
                               "nc-notifications", "ietf-netconf-notifications"})
        context.load(module);
}

}
