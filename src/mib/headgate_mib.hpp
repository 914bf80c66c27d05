#pragma once

#include "mib/arc.hpp"

#include <array>
#include <cstdint>
#include <string_view>

/// HEADGATE-MIB by its numbers: what headgated shows an NMS, and tells it unasked. mibs/HEADGATE-MIB.txt says
/// what each object means; a test holds the two against each other. A name of an index is a text with its
/// length before it (RFC 2578 §7.7).
namespace headgate::mib::manager {

inline const snmp::Oid module = headgate + 1;
inline const snmp::Oid notifications = module + 0;
inline const snmp::Oid objects = module + 1;

inline const snmp::Oid daemonGroup = objects + 1;
enum class Daemon : std::uint32_t {
    version = 1,
    started = 2,
    asOf = 3,
    notificationEngine = 4,
};

inline const snmp::Oid summaryGroup = objects + 2;
enum class Summary : std::uint32_t {
    poolCount = 1,
    poolFullCount = 2,
    serverCount = 3,
    serverFunctionalCount = 4,
    serverFreeCount = 5,
    applianceCount = 6,
    applianceConnectedCount = 7,
    transactionOpenCount = 8,
    alarmCount = 9,
};

inline const snmp::Oid counterGroup = objects + 3;
enum class Counter : std::uint32_t {
    counterDiscontinuityTime = 1,
    transactionsBegun = 2,
    transactionsCommitted = 3,
    transactionsRolledBack = 4,
    transactionsIndeterminate = 5,
    poolsGrown = 6,
    poolsShrunk = 7,
    candidatesMissed = 8,
    samplesTaken = 9,
    pollsMissed = 10,
    notificationsSent = 11,
    notificationsMissed = 12,
};

/// hgPoolTable, index hgPoolName.
inline const snmp::Oid poolEntry = objects + snmp::Oid{4, 1};
enum class Pool : std::uint32_t {
    name = 1, ///< not accessible, index
    application = 2,
    held = 3,
    level = 4,
    utilisation = 5,
    reason = 6,
    members = 7,
    minimum = 8,
    maximum = 9,
    upper = 10,
    lower = 11,
    transaction = 12,
    cooldownUntil = 13,
    differences = 14,
    alarm = 15,
};

/// hgMemberTable, index hgMemberServer.
inline const snmp::Oid memberEntry = objects + snmp::Oid{5, 1};
enum class Member : std::uint32_t {
    server = 1, ///< not accessible, index
    pool = 2,
    origin = 3,
    addressType = 4,
    address = 5,
    port = 6,
    protocol = 7,
    weight = 8,
    connectionLimit = 9,
    authentication = 10,
    functional = 11,
    level = 12,
    utilisation = 13,
    binding = 14,
    lastSample = 15,
    reason = 16,
};

/// hgApplianceTable, index hgApplianceName.
inline const snmp::Oid applianceEntry = objects + snmp::Oid{6, 1};
enum class Appliance : std::uint32_t {
    name = 1, ///< not accessible, index
    family = 2,
    host = 3,
    port = 4,
    pair = 5,
    connected = 6,
    reason = 7,
    lastContact = 8,
    strategy = 9,
    risk = 10,
    differences = 11,
};

/// hgTransactionTable, index hgTransactionId.
inline const snmp::Oid transactionEntry = objects + snmp::Oid{7, 1};
enum class Transaction : std::uint32_t {
    id = 1, ///< not accessible, index
    pool = 2,
    kind = 3,
    server = 4,
    state = 5,
    outcome = 6,
    reason = 7,
    cause = 8,
    started = 9,
    ended = 10,
};

/// hgTransactionApplianceTable, index hgTransactionId, hgTransactionApplianceName.
inline const snmp::Oid transactionApplianceEntry = objects + snmp::Oid{8, 1};
enum class TransactionAppliance : std::uint32_t {
    name = 1, ///< not accessible, index
    strategy = 2,
    step = 3,
};

/// Accessible for notifications only.
inline const snmp::Oid eventGroup = objects + 9;
enum class Event : std::uint32_t {
    time = 1,
    severity = 2,
    kind = 3,
    pool = 4,
    server = 5,
    appliance = 6,
    transaction = 7,
    text = 8,
    count = 9,
};

/// hgServerTable, index hgServerName.
inline const snmp::Oid serverEntry = objects + snmp::Oid{10, 1};
enum class Server : std::uint32_t {
    name = 1, ///< not accessible, index
    addressType = 2,
    address = 3,
    functional = 4,
    level = 5,
    utilisation = 6,
    binding = 7,
    lastSample = 8,
    missedPolls = 9,
    pool = 10,
    reservedBy = 11,
    quarantinedUntil = 12,
    reason = 13,
};

/// hgAlarmTable, index hgAlarmIndex.
inline const snmp::Oid alarmEntry = objects + snmp::Oid{11, 1};
enum class Alarm : std::uint32_t {
    index = 1, ///< not accessible, index
    kind = 2,
    pool = 3,
    server = 4,
    appliance = 5,
    transaction = 6,
    since = 7,
    text = 8,
};

/// hgTargetTable, index hgTargetName.
inline const snmp::Oid targetEntry = objects + snmp::Oid{12, 1};
enum class Target : std::uint32_t {
    name = 1, ///< not accessible, index
    addressType = 2,
    address = 3,
    port = 4,
    type = 5,
    sent = 6,
    missed = 7,
};

inline snmp::Oid column(Transaction which) {
    return transactionEntry + static_cast<std::uint32_t>(which);
}
inline snmp::Oid scalar(Event which) {
    return eventGroup + static_cast<std::uint32_t>(which);
}

/// Each carries, in this order and with the index 0, all of Event but `count`. transactionOver carries the
/// transaction's kind and outcome besides, notTold the count.
enum class Notification : std::uint32_t {
    poolFull = 1,
    poolGrown = 2,
    poolShrunk = 3,
    transactionOver = 4,
    alarmRaised = 5,
    alarmCleared = 6,
    notTold = 7,
};
inline snmp::Oid notification(Notification which) {
    return notifications + static_cast<std::uint32_t>(which);
}

// The names of enumerations that the code has as words; the first one's number is 1.
inline constexpr std::array<std::string_view, 14> states{
    "gathering", "locking",    "checking", "draining",  "editing", "validating",  "committing",
    "verifying", "confirming", "saving",   "committed", "undoing", "rolled-back", "indeterminate"};
inline constexpr std::array<std::string_view, 3> protocols{"http", "https", "tcp"};
inline constexpr std::array<std::string_view, 2> families{"f5", "citrix"};
// What the MIB has to say where the code has no value.
inline constexpr std::int32_t strategyUnknown = 4;
inline constexpr std::int32_t outcomeOpen = 4;

}
