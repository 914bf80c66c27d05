#include "snmp/endpoint.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace headgate::snmp {

namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// RFC 4007 §11.2: an interface by its name, or by its number; 0 when it is neither.
std::uint32_t zoneOf(const std::string& text) {
    if (const auto index = ::if_nametoindex(text.c_str()); index != 0) return index;
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    return error == std::errc() && end == text.data() + text.size() ? index : 0;
}

bool parseV6(std::string text, Endpoint& endpoint) {
    if (const auto percent = text.find('%'); percent != std::string::npos) {
        endpoint.scope = zoneOf(text.substr(percent + 1));
        if (endpoint.scope == 0) return false;
        text.resize(percent);
    }
    in6_addr raw{};
    if (::inet_pton(AF_INET6, text.c_str(), &raw) != 1) return false;
    endpoint.family = Endpoint::Family::v6;
    std::memcpy(endpoint.address.data(), &raw, sizeof raw);
    if (std::equal(mapped.begin(), mapped.end(), endpoint.address.begin())) {
        if (endpoint.scope != 0) return false; // RFC 4007 §11: IPv4 has no zones
        std::array<std::uint8_t, 16> inner{};
        std::copy(endpoint.address.begin() + 12, endpoint.address.end(), inner.begin());
        endpoint.address = inner;
        endpoint.family = Endpoint::Family::v4;
    }
    return true;
}

bool parseV4(const std::string& text, Endpoint& endpoint) {
    in_addr raw{};
    if (::inet_pton(AF_INET, text.c_str(), &raw) != 1) return false;
    std::memcpy(endpoint.address.data(), &raw, sizeof raw);
    return true;
}

bool parsePort(std::string_view text, std::uint16_t& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}

std::optional<Endpoint> Endpoint::parse(std::string_view text, std::uint16_t port) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt; // what C takes as its end
    Endpoint endpoint;
    endpoint.port = port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        const auto rest = text.substr(close + 1);
        if (!rest.empty() && (rest[0] != ':' || !parsePort(rest.substr(1), endpoint.port)))
            return std::nullopt;
        if (!parseV6(std::string(text.substr(1, close - 1)), endpoint)) return std::nullopt;
        return endpoint;
    }
    if (std::count(text.begin(), text.end(), ':') > 1) {
        if (!parseV6(std::string(text), endpoint)) return std::nullopt;
        return endpoint;
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && !parsePort(text.substr(colon + 1), endpoint.port))
        return std::nullopt;
    if (!parseV4(std::string(text.substr(0, colon)), endpoint)) return std::nullopt;
    return endpoint;
}

std::string Endpoint::printAddress() const {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(family == Family::v4 ? AF_INET : AF_INET6, address.data(), text, sizeof text);
    std::string printed = text;
    if (scope == 0) return printed;
    char name[IF_NAMESIZE] = {};
    return printed + "%" + (::if_indextoname(scope, name) ? name : std::to_string(scope));
}

std::string Endpoint::print() const {
    const auto text = printAddress();
    return (family == Family::v4 ? text : "[" + text + "]") + ":" + std::to_string(port);
}

}
