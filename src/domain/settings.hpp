#pragma once

#include <cstdint>
#include <string>

namespace headgate::domain {

/// How clients' traffic reaches a real server. `address` is an IPv4 or IPv6 literal, `port` 1..65535,
/// `protocol` http | https | tcp, `weight` 1..100, `connectionLimit` 0 for none.
struct ConnectionSettings {
    std::string address;
    std::uint16_t port = 0;
    std::string protocol = "http";
    int weight = 1;
    std::uint32_t connectionLimit = 0;
    bool operator==(const ConnectionSettings&) const = default;
};

enum class AuthenticationKind { none };

/// How a real server's port authenticates whoever connects to it.
struct Authentication {
    AuthenticationKind kind = AuthenticationKind::none;
    bool operator==(const Authentication&) const = default;
};

}
