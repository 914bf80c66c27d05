#pragma once

#include "snmp/value.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace headgate::snmp {

using Bytes = std::span<const std::uint8_t>;

namespace tag {
inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t octets = 0x04;
inline constexpr std::uint8_t null = 0x05;
inline constexpr std::uint8_t oid = 0x06;
inline constexpr std::uint8_t sequence = 0x30;
inline constexpr std::uint8_t ipAddress = 0x40;
inline constexpr std::uint8_t counter32 = 0x41;
inline constexpr std::uint8_t gauge = 0x42;
inline constexpr std::uint8_t timeTicks = 0x43;
inline constexpr std::uint8_t opaque = 0x44;
inline constexpr std::uint8_t counter64 = 0x46;
inline constexpr std::uint8_t noSuchObject = 0x80;
inline constexpr std::uint8_t noSuchInstance = 0x81;
inline constexpr std::uint8_t endOfMibView = 0x82;
}

/// Reads BER front to back. Each function takes one element and is empty, taking nothing, when it is not
/// there. Views point into the bytes given.
class BerReader {
  public:
    explicit BerReader(Bytes bytes)
        : m_left(bytes) {}

    bool atEnd() const { return m_left.empty(); }
    std::uint8_t peek() const { return m_left.empty() ? 0 : m_left[0]; }

    std::optional<BerReader> enter(std::uint8_t tag);
    std::optional<std::int32_t> integer();
    std::optional<std::uint32_t> unsignedInteger(std::uint8_t tag);
    std::optional<std::uint64_t> counter64();
    std::optional<std::string_view> octets(std::uint8_t tag = tag::octets);
    std::optional<Oid> oid();
    std::optional<Value> value();
    /// Exactly these octets, an element or several; false: others are there.
    bool take(std::string_view octets);

    Bytes left() const { return m_left; }

  private:
    std::optional<Bytes> content(std::uint8_t tag);
    std::optional<Value> opaque();
    Bytes m_left;
};

/// Writes BER back to front into its own buffer, so that every length is known when its header is written.
class BerWriter {
  public:
    BerWriter();

    void integer(std::int64_t value);
    void unsignedInteger(std::uint32_t value, std::uint8_t tag);
    void counter64(std::uint64_t value);
    void octets(std::string_view value, std::uint8_t tag = tag::octets);
    void oid(const Oid& value);
    void null(std::uint8_t tag = tag::null);
    void value(const Value& value);
    /// What is encoded already.
    void raw(Bytes bytes);

    /// A place to give to `wrap`: what is written from now on stands before it.
    std::size_t mark() const { return m_offset; }
    /// Puts a header before all that was written since `mark`.
    void wrap(std::uint8_t tag, std::size_t mark);

    void clear() { m_offset = 0, m_fits = true; }
    bool fits() const { return m_fits; } ///< false: more than a datagram holds; the bytes are then of no use
    std::span<std::uint8_t> bytes() { return std::span(m_buffer).last(m_offset); }

  private:
    void done(int ok) { m_fits = m_fits && ok != 0; }
    std::vector<std::uint8_t> m_buffer;
    std::size_t m_offset = 0;
    bool m_fits = true;
};

}
