#include "adapters/authentication_rules.hpp"

#include "adapters/adapter.hpp"

#include <sstream>

namespace headgate::adapters {

using domain::AuthenticationKind;

void checkAuthentication(const std::string& family, const domain::Member& member) {
    const auto& authentication = member.authentication;
    if (!authentication.needsObjects()) return;
    const auto need = [&](const std::string& what, const char* name) {
        if (what.empty())
            throw Error(family + ": " + member.server.value + " has authentication of kind " +
                        std::string(toString(authentication.kind)) + " without a " + name);
    };
    switch (authentication.kind) {
    case AuthenticationKind::none: break;
    case AuthenticationKind::password:
        need(authentication.user, "user");
        need(authentication.secret.text, "password");
        break;
    case AuthenticationKind::token:
        need(authentication.header, "header");
        need(authentication.secret.text, "token");
        break;
    case AuthenticationKind::clientCertificate:
        need(authentication.certificate, "certificate");
        need(authentication.secret.text, "private key");
        [[fallthrough]];
    case AuthenticationKind::serverTls: need(authentication.serverName, "server name"); break;
    }
    // Who encrypts without looking whom to talks to anybody.
    if (authentication.tls() || member.connection.protocol == "https")
        need(authentication.trustAnchor, "trust anchor");
}

Request requestOf(const std::string& healthCheck) {
    Request request;
    std::istringstream(healthCheck) >> request.method >> request.path >> request.version;
    return request;
}

}
