#pragma once

#include "snmp/pdu.hpp"

#include <cstdint>
#include <string_view>

namespace headgate::snmp {

/// The reports of RFC 3414 §5, RFC 3412 §5, RFC 3413 §4.1.
enum class Report : std::uint8_t {
    unsupportedSecurityLevel,
    notInTimeWindow,
    unknownUser,
    unknownEngine,
    wrongDigest,
    decryptionError,
    unknownContext,
    other,
};

std::string_view print(Report report); ///< "usmStatsWrongDigests (wrong authentication password)"
Report reportOf(const Pdu& pdu);
Oid counterOf(Report report);

}
