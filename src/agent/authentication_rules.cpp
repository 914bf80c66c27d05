#include "agent/config_rules.hpp"

#include <algorithm>

namespace headgate::agent {

namespace {

using namespace mib::server;

/// RFC 9110 §5.6.2.
bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

/// Which key goes with which kind of authentication.
struct Belonging {
    const char* key;
    bool given;
    bool allowed;
    bool needed;
};

}

void checkAuthentication(SectionReader& in, const Settings& settings) {
    const auto& a = settings.authentication;
    const bool password = a.kind == Kind::password, token = a.kind == Kind::token;
    const bool client = a.kind == Kind::clientCertificate, server = a.kind == Kind::serverTls;
    const bool https = settings.protocol == Protocol::https;
    const bool tls = client || server || ((password || token) && https);
    const Belonging belongings[] = {
        {"user", !a.user.empty(), password, password},
        {"realm", !a.realm.empty(), password, false},
        {"secret-file", !a.secretFile.empty(), password || token, password || token},
        {"header", !a.header.empty(), token, token},
        {"certificate", !a.certificate.empty(), client, client},
        {"key-file", !a.keyFile.empty(), client, client},
        {"server-name", !a.serverName.empty(), tls, server},
        {"trust-anchor", !a.trustAnchor.empty(), tls, server},
        {"server-certificate", !a.serverCertificate.empty(), tls || https, false},
    };
    for (const auto& each : belongings) {
        if (in.has(each.key) && !each.allowed)
            in.complain(each.key, "does not go with this kind of authentication and this protocol",
                        "leave it out, or change kind or protocol");
        if (!in.has(each.key) && each.needed)
            in.complain("kind", std::string("needs ") + each.key, "give it in [authentication]");
    }
    if ((password || token) && settings.protocol == Protocol::tcp)
        in.complain("kind", "is one of HTTP, and the protocol is tcp", "say http or https");
    if ((client || server) && settings.protocol == Protocol::http)
        in.complain("kind", "is one of TLS, and the protocol is http", "say https or tcp");
    if (a.user.find(':') != std::string::npos)
        in.complain("user", "has a colon", "HTTP's basic authentication cannot carry it (RFC 7617)");
    if (!a.header.empty() && !isToken(a.header))
        in.complain("header", "is no name of a header", "write one like X-Token");
    for (const auto* key : {"secret", "password", "token", "key"})
        in.refuse(key, "puts a secret into a file that others may read",
                  "put it into a file of mode 0600 of its own, and name that as secret-file or key-file; "
                  "then change the secret");
}

}
