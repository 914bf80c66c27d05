#pragma once

#include "snmp/oid.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace headgate::snmp {

// The types of RFC 2578 §7.1 and the exceptions of RFC 3416 §3, each its own type.

struct Null {
    auto operator<=>(const Null&) const = default;
};
struct Integer {
    std::int32_t value = 0;
    auto operator<=>(const Integer&) const = default;
};
/// Gauge32, Unsigned32.
struct Gauge {
    std::uint32_t value = 0;
    auto operator<=>(const Gauge&) const = default;
};
struct Counter32 {
    std::uint32_t value = 0;
    auto operator<=>(const Counter32&) const = default;
};
struct Counter64 {
    std::uint64_t value = 0;
    auto operator<=>(const Counter64&) const = default;
};
/// Hundredths of a second.
struct TimeTicks {
    std::uint32_t value = 0;
    auto operator<=>(const TimeTicks&) const = default;
};
struct Octets {
    std::string value;
    auto operator<=>(const Octets&) const = default;
};
struct Opaque {
    std::string value;
    auto operator<=>(const Opaque&) const = default;
};
struct IpAddress {
    std::array<std::uint8_t, 4> value{};
    auto operator<=>(const IpAddress&) const = default;
};
struct NoSuchObject {
    auto operator<=>(const NoSuchObject&) const = default;
};
struct NoSuchInstance {
    auto operator<=>(const NoSuchInstance&) const = default;
};
struct EndOfMibView {
    auto operator<=>(const EndOfMibView&) const = default;
};

using Value = std::variant<Null, Integer, Gauge, Counter32, Counter64, TimeTicks, Octets, Opaque, Oid,
                           IpAddress, NoSuchObject, NoSuchInstance, EndOfMibView>;

/// An object that does not exist: noSuchObject, noSuchInstance, endOfMibView; and null.
bool isMissing(const Value& value);

/// Any of the numeric types; empty for every other and for a missing object.
std::optional<std::int64_t> numberOf(const Value& value);

/// The non-negative ones of them, whole 64 bits.
std::optional<std::uint64_t> countOf(const Value& value);

/// Octets only.
std::optional<std::string> textOf(const Value& value);

/// For people: "42", "\"text\"" or "0x00ff", "1.3.6", "192.0.2.1", "noSuchObject".
std::string print(const Value& value);

}
