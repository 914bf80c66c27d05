#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headgate::agent {

/// What the kernel knows of one listening TCP port, without asking the application.
struct PortSockets {
    std::uint32_t established = 0;
    std::uint32_t listeners = 0;
    std::uint32_t waiting = 0; ///< accepted by the kernel, not yet by the application
    std::uint32_t backlog = 0; ///< how many of those the listening sockets were given
};

/// Asks the kernel by sock_diag (sock_diag(7)), which needs no privilege. `address` is 4 or 16 octets, or
/// none for any; a listener on every address counts for each. Empty, with `error` set, when the kernel does
/// not tell.
std::optional<PortSockets> portSockets(const std::string& address, std::uint16_t port, std::string& error);

/// Is this (4 or 16 octets) an address of this machine?
bool isOurs(const std::string& address);

}
