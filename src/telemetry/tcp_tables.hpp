#pragma once

#include "snmp/oid.hpp"
#include "snmp/varbind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// A row of tcpListenerTable: somebody waits for connections.
struct Listener {
    std::string address; ///< IP literal; 0.0.0.0 or :: for all
    std::uint16_t port = 0;
    std::uint64_t process = 0; ///< 0: the agent does not tell
    bool operator==(const Listener&) const = default;

    /// Does it take connections to `address`?
    bool serves(const std::string& to) const;
};

/// The rows of a walk of tcpListenerProcess; what cannot be read is left out.
std::vector<Listener> readListeners(const std::vector<snmp::Varbind>& rows);

/// The subtrees of tcpConnectionState that hold the connections to this address and port: for an IPv4 address
/// also where they are when the listener is an IPv6 socket (::ffff:a.b.c.d). Empty when the address is no IP
/// literal.
std::vector<snmp::Oid> connectionSubtrees(const std::string& address, std::uint16_t port);

/// How many of these rows of tcpConnectionState are established.
std::size_t countEstablished(const std::vector<snmp::Varbind>& rows);

}
