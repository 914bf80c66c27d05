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
