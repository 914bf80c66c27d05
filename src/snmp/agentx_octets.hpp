#pragma once

#include "snmp/varbind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::snmp::agentx {

/// Takes the elements of RFC 2741 §5 front to back. Each function is empty when the element is not there.
class Reader {
  public:
    Reader(std::string_view octets, bool bigEndian)
        : m_left(octets)
        , m_bigEndian(bigEndian) {}

    std::optional<std::uint8_t> octet();
    std::optional<std::uint16_t> half();
    std::optional<std::uint32_t> word();
    std::optional<std::uint64_t> both();
    std::optional<std::string> text();
    /// `include`: the flag that stands with it.
    std::optional<Oid> oid(bool* include = nullptr);
    std::optional<Varbind> varbind();
    bool atEnd() const { return m_left.empty(); }

  private:
    std::optional<std::uint64_t> number(std::size_t octets);
    std::optional<Value> value(std::uint16_t type);
    std::string_view m_left;
    bool m_bigEndian;
};

/// Writes them, in network byte order.
class Writer {
  public:
    void octet(std::uint8_t value) { m_octets += static_cast<char>(value); }
    void half(std::uint16_t value) { number(value, 2); }
    void word(std::uint32_t value) { number(value, 4); }
    void both(std::uint64_t value) { number(value, 8); }
    void text(std::string_view value);
    void oid(const Oid& value, bool include = false);
    void varbind(const Varbind& value);
    const std::string& octets() const { return m_octets; }

  private:
    void number(std::uint64_t value, int octets);
    std::string m_octets;
};

}
