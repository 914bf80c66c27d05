#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::snmp {

/// An IP address literal and a UDP port. An IPv4-mapped IPv6 address is its IPv4 address.
struct Endpoint {
    enum class Family : std::uint8_t { v4, v6 };

    Family family = Family::v4;
    std::uint16_t port = 0;
    std::uint32_t scope = 0;                ///< of a link-local IPv6 address
    std::array<std::uint8_t, 16> address{}; ///< IPv4 uses the first four

    /// "192.0.2.1:161", "[2001:db8::1]:161", "192.0.2.1", "2001:db8::1", "fe80::1%eth0", "fe80::1%2"; `port`
    /// where the text names none. Empty for anything else: no names are resolved.
    static std::optional<Endpoint> parse(std::string_view text, std::uint16_t port = 161);

    std::string print() const;        ///< as parsed, always with the port
    std::string printAddress() const; ///< without it

    bool sameAddress(const Endpoint& other) const {
        return family == other.family && address == other.address;
    }
    auto operator<=>(const Endpoint&) const = default;
};

}

template <>
struct std::hash<headgate::snmp::Endpoint> {
    std::size_t operator()(const headgate::snmp::Endpoint& endpoint) const noexcept {
        std::size_t value = 1469598103934665603U ^ endpoint.port;
        for (const auto byte : endpoint.address)
            value = (value ^ byte) * 1099511628211U;
        return value;
    }
};
