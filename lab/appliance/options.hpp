#pragma once

#include "appliance/ha_state.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::appliance {

/// How an SNMP manager reaches it, and whom it tells. Secrets are in files that only their owner can read.
struct SnmpOptions {
    std::string listen;
    std::vector<std::string> traps;
    std::string communityFile;                ///< SNMPv2c: the community in its first line.
    std::pair<std::string, std::string> user; ///< SNMPv3: name, and the file with auth= and priv=.
};

/// What the command line says.
struct Options {
    std::string name = "appliance";
    std::string family; ///< Or `model`.
    std::string model;
    std::string dataPlane; ///< haproxy | none
    std::vector<std::pair<std::string, std::uint16_t>> listen;
    std::string unixSocket;
    std::string hostKey;
    std::vector<std::pair<std::string, std::string>> users; ///< Name and authorized_keys file.
    std::string stateDir;
    std::string startup;
    base::Duration drainDeadline = std::chrono::seconds(5);
    std::optional<base::Duration> checkInterval;
    /// Capabilities that are not offered, out of `capabilities()`.
    std::vector<std::string> without;
    base::Duration slow{0};         ///< What every RPC takes longer.
    std::optional<HaState> haState; ///< At first; empty: it has no peer.
    std::optional<SnmpOptions> snmp;
    std::string logLevel = "info";
};

/// The words that --without takes.
const std::vector<std::string>& capabilities();

/// The options, or the exit status with which the program ends at once (help: 0; misuse, said in one line on
/// `errors`: 2).
struct Parsed {
    std::optional<Options> options;
    int status = 0;
};

Parsed parseOptions(int count, const char* const* words, std::ostream& output, std::ostream& errors);

}
