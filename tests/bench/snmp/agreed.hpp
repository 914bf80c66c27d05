#pragma once

#include "snmp/credentials.hpp"
#include "snmp/oid.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the farm and who asks it have agreed upon. For benchmarks on loopback: its secrets are none.
namespace headgate::bench {

inline constexpr std::string_view community = "bench";
inline constexpr std::string_view user = "bench";
inline constexpr std::string_view authPassword = "bench-auth-password";
inline constexpr std::string_view privPassword = "bench-priv-password";

/// How many servers can have an address of their own.
inline constexpr std::uint32_t mostServers = 64U * 256 * 254;

/// The IPv4 address of a server, in host order: 127.64.0.1, 127.64.0.2, …
std::uint32_t addressOf(std::uint32_t server);
std::uint32_t serverAt(std::uint32_t address);
std::string printAddress(std::uint32_t address);

/// Which of them never answer: always the same ones, evenly spread.
bool isSilent(std::uint32_t server, std::uint32_t permille);

/// The nine figures that are asked for beside sysUpTime, snmpEngineBoots and snmpEngineTime.
struct Figure {
    std::string_view name;
    snmp::Oid oid;
    bool counter = false;
};
const std::vector<Figure>& figures();

/// All twelve, in the order in which they are asked for.
std::vector<snmp::Oid> objects();

/// `auth` is sha-1 | sha-224 | sha-256 | sha-384 | sha-512 | none, `priv` is aes | none. Throws snmp::Error
/// for any other.
snmp::CredentialsPtr userCredentials(std::string_view auth, std::string_view priv);

}
