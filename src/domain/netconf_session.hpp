#pragma once

#include <cstdint>
#include <string>

namespace headgate::domain {

/// The NETCONF session in which something was asked for. Id 0: in none, Headgate did it by itself.
struct NetconfSession {
    std::uint32_t id = 0; ///< counted from 1 since headgated was started
    std::string host{};   ///< where its client is: an address, or "local" for the UNIX socket
    bool operator==(const NetconfSession&) const = default;
};

}
