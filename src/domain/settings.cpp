#include "domain/settings.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
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

ConnectionSettings scaled(ConnectionSettings settings, int permille) {
    const auto part = [&](auto& value) {
        if (value > 0)
            value = std::max<std::remove_reference_t<decltype(value)>>(
                1, static_cast<std::remove_reference_t<decltype(value)>>(
                       (static_cast<std::int64_t>(value) * permille + 500) / 1000));
    };
    part(settings.weight);
    part(settings.connectionLimit);
    return settings;
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
