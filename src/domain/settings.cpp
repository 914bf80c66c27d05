#include "domain/settings.hpp"

#include <array>
#include <utility>

namespace headgate::domain {
namespace {

constexpr std::array<std::pair<AuthenticationKind, std::string_view>, 5> names{
    {{AuthenticationKind::none, "none"},
     {AuthenticationKind::password, "password"},
     {AuthenticationKind::clientCertificate, "client-certificate"},
     {AuthenticationKind::serverTls, "server-tls"},
     {AuthenticationKind::token, "token"}}};

}

bool Authentication::connectsAs(const Authentication& other) const {
    const auto shown = [](Authentication settings) {
        settings.realm.clear();
        settings.fingerprint.clear();
        settings.notAfter.reset();
        if (!settings.tls()) settings.serverName.clear();
        return settings;
    };
    return shown(*this) == shown(other);
}

std::string_view toString(AuthenticationKind kind) {
    for (const auto& [each, name] : names)
        if (each == kind) return name;
    return "?";
}

std::optional<AuthenticationKind> toAuthenticationKind(std::string_view text) {
    for (const auto& [kind, name] : names)
        if (name == text) return kind;
    return std::nullopt;
}

}
