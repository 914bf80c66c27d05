#pragma once

#include "domain/names.hpp"
#include "domain/time.hpp"
#include "snmp/value.hpp"

#include <optional>
#include <span>
#include <string_view>

// How HEADGATE-MIB writes what it shows.

namespace headgate::northbound {

/// SnmpAdminString: of more than 255 octets as many whole characters as fit.
snmp::Value mibText(std::string_view text);
template <typename Name>
snmp::Value mibName(const std::optional<Name>& name) {
    return mibText(name ? std::string_view(name->value) : std::string_view());
}

/// DateAndTime (RFC 2579) in UTC; eight zero octets for none.
snmp::Value mibTime(const std::optional<domain::Instant>& at);

/// TruthValue.
inline snmp::Value mibTruth(bool yes) {
    return snmp::Integer{yes ? 1 : 2};
}

/// An enumeration whose first name is 0 in the code and 1 in the MIB.
template <typename Enum>
snmp::Value mibEnum(Enum value) {
    return snmp::Integer{static_cast<std::int32_t>(value) + 1};
}

/// The number of a word, from 1; `otherwise` when it is none of them.
snmp::Value mibWord(std::span<const std::string_view> words, std::string_view word, std::int32_t otherwise);

/// Of what is not known, 0.
snmp::Value mibPermille(const std::optional<int>& value);

snmp::Value mibCount(std::size_t count);

/// hgTransactionId; 0 for none, and for one that has no number of 32 bits.
snmp::Value mibTransaction(const std::optional<domain::TransactionId>& id);

/// InetAddressType and InetAddress (RFC 4001) of an IP literal, with or without a port.
snmp::Value mibAddressType(std::string_view address);
snmp::Value mibAddress(std::string_view address);

}
