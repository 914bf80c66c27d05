#pragma once

#include "snmp/oid.hpp"

#include <array>

/// The objects that telemetry reads: standard MIBs and UCD-SNMP-MIB, by their numbers.
namespace headgate::telemetry::objects {

using snmp::Oid;

inline const Oid sysUpTime{1, 3, 6, 1, 2, 1, 1, 3, 0};              // SNMPv2-MIB
inline const Oid snmpEngineBoots{1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0}; // SNMP-FRAMEWORK-MIB
inline const Oid snmpEngineTime{1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0};

// UCD-SNMP-MIB, systemStats: what the processor did, in ticks. Idle and waiting first: the rest is busy.
inline const Oid ssCpuRawIdle{1, 3, 6, 1, 4, 1, 2021, 11, 53, 0};
inline const Oid ssCpuRawWait{1, 3, 6, 1, 4, 1, 2021, 11, 54, 0};
inline const std::array<Oid, 7> ssCpuRawBusy{
    Oid{1, 3, 6, 1, 4, 1, 2021, 11, 50, 0}, // user
    Oid{1, 3, 6, 1, 4, 1, 2021, 11, 51, 0}, // nice
    Oid{1, 3, 6, 1, 4, 1, 2021, 11, 52, 0}, // system
    Oid{1, 3, 6, 1, 4, 1, 2021, 11, 55, 0}, // kernel
    Oid{1, 3, 6, 1, 4, 1, 2021, 11, 56, 0}, // interrupt
    Oid{1, 3, 6, 1, 4, 1, 2021, 11, 61, 0}, // soft interrupt
    Oid{1, 3, 6, 1, 4, 1, 2021, 11, 64, 0}, // steal
};
inline const Oid memTotalReal{1, 3, 6, 1, 4, 1, 2021, 4, 5, 0}; // kB
inline const Oid memAvailReal{1, 3, 6, 1, 4, 1, 2021, 4, 6, 0};
inline const Oid memBuffer{1, 3, 6, 1, 4, 1, 2021, 4, 14, 0};
inline const Oid memCached{1, 3, 6, 1, 4, 1, 2021, 4, 15, 0};
inline const Oid dskPercent{1, 3, 6, 1, 4, 1, 2021, 9, 1, 9};    // by disk of snmpd's configuration
inline const Oid laLoadInt{1, 3, 6, 1, 4, 1, 2021, 10, 1, 5, 1}; // of one minute, in hundredths

inline const Oid hrProcessorLoad{1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 2}; // HOST-RESOURCES-MIB, percent a processor
inline const Oid hrStorageType{1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 2};   // by storage area
inline const Oid hrStorageSize{1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 5};   // both in units of the area's own
inline const Oid hrStorageUsed{1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 6};
inline const Oid hrStorageRam{1, 3, 6, 1, 2, 1, 25, 2, 1, 2}; // HOST-RESOURCES-TYPES
inline const Oid hrStorageFixedDisk{1, 3, 6, 1, 2, 1, 25, 2, 1, 4};
inline const Oid hrSWRunName{1, 3, 6, 1, 2, 1, 25, 4, 2, 1, 2}; // by process number

inline const Oid tcpConnectionState{1, 3, 6, 1, 2, 1, 6, 19, 1, 7}; // TCP-MIB (RFC 4022), by both ends
inline const Oid tcpListenerProcess{1, 3, 6, 1, 2, 1, 6, 20, 1, 4}; // by local address and port
inline const Oid ifName{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1};          // IF-MIB
inline const Oid ifHCInOctets{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6};
inline const Oid ifHCOutOctets{1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10};
inline const Oid ifDescr{1, 3, 6, 1, 2, 1, 2, 2, 1, 2};

inline const Oid mteHotOid{1, 3, 6, 1, 2, 1, 88, 2, 1, 4, 0}; // DISMAN-EVENT-MIB (RFC 2981)
inline const Oid mteHotValue{1, 3, 6, 1, 2, 1, 88, 2, 1, 5, 0};

}
