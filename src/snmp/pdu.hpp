#pragma once

#include "snmp/ber.hpp"
#include "snmp/varbind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headgate::snmp {

enum class PduType : std::uint8_t {
    get = 0xa0,
    getNext = 0xa1,
    response = 0xa2,
    set = 0xa3,
    trapV1 = 0xa4,
    getBulk = 0xa5,
    inform = 0xa6,
    trapV2 = 0xa7,
    report = 0xa8,
};

/// A PDU of RFC 3416 §3, all but the v1 trap. In a GETBULK errorStatus is non-repeaters, errorIndex
/// max-repetitions.
struct Pdu {
    PduType type = PduType::get;
    std::int32_t requestId = 0;
    std::int32_t errorStatus = 0;
    std::int32_t errorIndex = 0;
    std::vector<Varbind> varbinds;
    bool operator==(const Pdu&) const = default;
};

/// The Trap-PDU of RFC 1157 §4.1.6.
struct TrapV1 {
    Oid enterprise;
    IpAddress agent;
    std::int32_t generic = 0;
    std::int32_t specific = 0;
    std::uint32_t uptime = 0;
    std::vector<Varbind> varbinds;
};

/// Its snmpTrapOID (RFC 3584 §3.1).
Oid trapOid(const TrapV1& trap);

/// "noSuchName (2)"; the names of RFC 3416 §3.
std::string printErrorStatus(int status);

void write(BerWriter& out, const Pdu& pdu);
std::optional<Pdu> readPdu(BerReader& in);
/// Of any PDU but the v1 trap, without reading the rest of it.
std::optional<std::int32_t> requestIdOf(Bytes pdu);
std::optional<TrapV1> readTrapV1(BerReader& in);

/// A message of SNMPv1 or v2c (RFC 1157, RFC 1901), read as far as the PDU.
struct CommunityMessage {
    std::int32_t version = 1; ///< 0: v1, 1: v2c
    std::string_view community;
    Bytes pdu;
};

void writeCommunityMessage(BerWriter& out, std::int32_t version, std::string_view community, const Pdu& pdu);

/// The version field of any SNMP message; empty when it is none.
std::optional<std::int32_t> messageVersion(Bytes datagram);

std::optional<CommunityMessage> readCommunityMessage(Bytes datagram);

}
