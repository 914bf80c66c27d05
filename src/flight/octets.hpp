#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace headgate::flight {

/// A record that cannot be read: cut, damaged, of another version, or none at all. One sentence.
struct BadRecord : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// It was begun, and nothing of it was written whole.
struct TornRecord : BadRecord {
    using BadRecord::BadRecord;
};

/// Writes numbers as octets: small ones in few (LEB128), negative ones between the others (zigzag).
class Out {
  public:
    void octet(std::uint8_t value) { m_octets += static_cast<char>(value); }
    void number(std::uint64_t value);
    void signedNumber(std::int64_t value);
    void text(std::string_view value);
    /// Exactly this number, in few octets where it is near `before` as people write numbers.
    void value(double value, double before);
    void octets(std::string_view value) { m_octets += value; }

    std::size_t size() const { return m_octets.size(); }
    std::string take() { return std::exchange(m_octets, {}); }
    const std::string& view() const { return m_octets; }
    void clear() { m_octets.clear(); }

  private:
    std::string m_octets;
};

/// Reads what Out has written. Throws BadRecord where there is no more, or what cannot be.
class In {
  public:
    explicit In(std::string_view octets)
        : m_octets(octets) {}

    bool empty() const { return m_at == m_octets.size(); }
    std::size_t at() const { return m_at; }
    std::string_view from(std::size_t begin) const { return m_octets.substr(begin, m_at - begin); }
    std::uint8_t octet();
    std::uint64_t number();
    /// One that counts things of which each takes an octet at least.
    std::size_t count();
    std::int64_t signedNumber();
    std::string text();
    double value(double before);

  private:
    std::string_view m_octets;
    std::size_t m_at = 0;
};

/// CRC-32 (ISO 3309).
std::uint32_t checksum(std::string_view octets);

}
