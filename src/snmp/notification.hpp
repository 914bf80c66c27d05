#pragma once

#include "snmp/credentials.hpp"
#include "snmp/endpoint.hpp"
#include "snmp/varbind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headgate::snmp {

/// A trap or inform as it came in, in the shape of SNMPv2 (v1 traps mapped as RFC 3584 §3.1 says).
struct Notification {
    enum class Version : std::uint8_t { v1, v2c, v3 };
    enum class Kind : std::uint8_t { trap, inform };

    Endpoint source; ///< where the datagram came from
    Version version = Version::v2c;
    Kind kind = Kind::trap;
    SecurityLevel level = SecurityLevel::noAuthNoPriv;
    std::string user;           ///< v3
    bool authenticated = false; ///< v3 with at least authNoPriv: the user's key signed it, in time
    CredentialsPtr credentials; ///< v3: those of what was trusted that fitted
    /// The sender's engine, of a v3 trap only. The authoritative engine of an inform is the receiver (RFC
    /// 3414 §1.5.1): who sent one is known by its credentials, as far as only one has them.
    std::string engineId;
    Oid trapOid;                             ///< snmpTrapOID.0
    std::optional<std::uint32_t> uptime;     ///< sysUpTime.0, hundredths of a second
    std::vector<Varbind> varbinds;           ///< without those two
    std::optional<std::string> agentAddress; ///< v1 agent-addr, unless 0.0.0.0
    std::optional<std::string> trapAddress;  ///< snmpTrapAddress.0: whom a relay says it comes from
    std::optional<Secret> trapCommunity;     ///< snmpTrapCommunity.0: by which community that one sent it
};

}
