#pragma once

#include "mib/arc.hpp"

#include <cstdint>

/// HEADGATE-SERVER-MIB by its numbers: what headgate-agent offers on a real server, and headgated asks for.
/// mibs/HEADGATE-SERVER-MIB.txt says what each object means; a test holds the two against each other.
namespace headgate::mib::server {

inline const snmp::Oid module = headgate + 2;
inline const snmp::Oid notifications = module + 0;
inline const snmp::Oid objects = module + 1;

/// hgsAppTable, index hgsAppName, hgsAppInstance: each a text with its length before it (RFC 2578 §7.7).
inline const snmp::Oid applicationEntry = objects + snmp::Oid{1, 1};
enum class Application : std::uint32_t {
    name = 1,     ///< not accessible, index
    instance = 2, ///< not accessible, index; usually empty
    version = 3,
    addressType = 4,
    address = 5,
    port = 6,
    transport = 7,
    protocol = 8,
    weight = 9,
    connectionLimit = 10,
    warmUp = 11, ///< seconds
    healthCheck = 12,
    state = 13,
    stateReason = 14,
    utilisation = 15, ///< permille
    upperLevel = 16,  ///< permille
    lowerLevel = 17,  ///< permille
    level = 18,
    binding = 19,
    connections = 20,
    authenticated = 21,    ///< TruthValue: hgsAuthKind is not none; in every view, unlike hgsAuthTable
    settingsRevision = 22, ///< changes whenever a setting of either table does; over restarts too
    dataSource = 23,
    dataSourceWanted = 24, ///< writable, by authPriv only
    dataSourceState = 25,
    dataSourceReason = 26,
};

/// hgsAuthTable, the same index.
inline const snmp::Oid authenticationEntry = objects + snmp::Oid{2, 1};
enum class Authentication : std::uint32_t {
    kind = 1,
    user = 2,
    realm = 3,
    serverName = 4,
    fingerprint = 5, ///< SHA-256 of the server's certificate, 32 octets, or none
    trustAnchor = 6, ///< PEM
    certificate = 7, ///< PEM: the client's
    header = 8,
    secret = 9,
    notAfter = 10, ///< DateAndTime; eight zero octets for never
};

inline snmp::Oid column(Application which) {
    return applicationEntry + static_cast<std::uint32_t>(which);
}
inline snmp::Oid column(Authentication which) {
    return authenticationEntry + static_cast<std::uint32_t>(which);
}

// The values of the enumerations, as in the MIB.
enum class Transport : std::int32_t { tcp = 1, udp = 2 };
enum class Protocol : std::int32_t { http = 1, https = 2, tcp = 3 };
enum class State : std::int32_t { unknown = 1, up = 2, down = 3 };
enum class Level : std::int32_t { unknown = 1, underUsed = 2, normal = 3, full = 4 };
enum class Kind : std::int32_t { none = 1, password = 2, clientCertificate = 3, serverTls = 4, token = 5 };
enum class DataSourceState : std::int32_t { idle = 1, working = 2, done = 3, failed = 4 };

/// hgsApplicationUp … hgsSettingsChanged, below `notifications`. Each carries, in this order and with the
/// row's index: state, stateReason, utilisation, upperLevel, lowerLevel, level, binding, connections,
/// settingsRevision.
enum class Notification : std::uint32_t {
    applicationUp = 1,
    applicationDown = 2,
    utilisationRisen = 3,
    utilisationFallen = 4,
    settingsChanged = 5,
};
inline snmp::Oid notification(Notification which) {
    return notifications + static_cast<std::uint32_t>(which);
}

}
