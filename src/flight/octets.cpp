#include "flight/octets.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <optional>

namespace headgate::flight {
namespace {

constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

constexpr std::int64_t fromZigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Whole numbers that a double has exactly, and so their differences too.
std::optional<std::int64_t> whole(double value) {
    constexpr double most = 4503599627370496; // 2^52
    if (!(std::fabs(value) < most) || std::trunc(value) != value || (value == 0 && std::signbit(value)))
        return std::nullopt;
    return static_cast<std::int64_t>(value);
}

constexpr auto crcTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t c = i;
        for (int bit = 0; bit < 8; ++bit)
            c = (c >> 1) ^ ((c & 1) ? 0xedb88320U : 0U);
        table[i] = c;
    }
    return table;
}();

// How a value follows: as it was; the difference of whole numbers; so many octets of what its bits differ in.
constexpr std::uint64_t same = 0, mostOctets = 8;

}

void Out::number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        octet(static_cast<std::uint8_t>(value | 0x80));
    octet(static_cast<std::uint8_t>(value));
}

void Out::signedNumber(std::int64_t value) {
    number(zigzag(value));
}

void Out::text(std::string_view value) {
    number(value.size());
    m_octets += value;
}

void Out::value(double value, double before) {
    const auto bits = std::bit_cast<std::uint64_t>(value) ^ std::bit_cast<std::uint64_t>(before);
    if (bits == 0) return number(same);
    const auto now = whole(value), then = whole(before);
    if (now && then) return number(zigzag(*now - *then) * 2 + 1);
    const auto count = static_cast<std::uint64_t>(std::bit_width(bits) + 7) / 8;
    number(count * 2);
    for (std::uint64_t i = 0; i < count; ++i)
        octet(static_cast<std::uint8_t>(bits >> (8 * i)));
}

std::uint8_t In::octet() {
    if (empty()) throw BadRecord("it ends in the middle of an entry");
    return static_cast<std::uint8_t>(m_octets[m_at++]);
}

std::uint64_t In::number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const std::uint64_t next = octet();
        value |= (next & 0x7f) << shift;
        if (next < 0x80) return value;
    }
    throw BadRecord("a number in it is too long");
}

std::size_t In::count() {
    const auto value = number();
    if (value > m_octets.size() - m_at) throw BadRecord("it counts more than it has");
    return static_cast<std::size_t>(value);
}

std::int64_t In::signedNumber() {
    return fromZigzag(number());
}

std::string In::text() {
    const auto size = count();
    m_at += size;
    return std::string(m_octets.substr(m_at - size, size));
}

double In::value(double before) {
    const auto how = number();
    if (how == same) return before;
    if (how % 2 == 1) {
        const auto then = whole(before);
        if (!then) throw BadRecord("a reading in it follows from none");
        // As the encoder, but for what only a damaged record can say: without overflow.
        return static_cast<double>(*then) + static_cast<double>(fromZigzag(how / 2));
    }
    if (how / 2 > mostOctets) throw BadRecord("a reading in it is too long");
    std::uint64_t bits = 0;
    for (std::uint64_t i = 0; i < how / 2; ++i)
        bits |= static_cast<std::uint64_t>(octet()) << (8 * i);
    return std::bit_cast<double>(bits ^ std::bit_cast<std::uint64_t>(before));
}

std::uint32_t checksum(std::string_view octets) {
    std::uint32_t c = 0xffffffff;
    for (const char octet : octets)
        c = crcTable[(c ^ static_cast<std::uint8_t>(octet)) & 0xff] ^ (c >> 8);
    return c ^ 0xffffffff;
}

}
