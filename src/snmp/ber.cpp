#include "snmp/ber.hpp"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace headgate::snmp {

namespace {

constexpr std::size_t largestDatagram = 65507;

// The library's parsers take what they do not change as non-const.
u_char* raw(Bytes bytes) {
    return const_cast<u_char*>(bytes.data());
}

}

std::optional<Bytes> BerReader::content(std::uint8_t expected) {
    if (peek() != expected) return std::nullopt;
    std::size_t length = m_left.size();
    u_char type = 0;
    const u_char* begin = asn_parse_header(raw(m_left), &length, &type);
    if (!begin || type != expected) return std::nullopt;
    const auto header = static_cast<std::size_t>(begin - m_left.data());
    if (header > m_left.size() || length > m_left.size() - header) return std::nullopt;
    const auto inside = m_left.subspan(header, length);
    m_left = m_left.subspan(header + length);
    return inside;
}

std::optional<BerReader> BerReader::enter(std::uint8_t expected) {
    const auto inside = content(expected);
    if (!inside) return std::nullopt;
    return BerReader(*inside);
}

std::optional<std::int32_t> BerReader::integer() {
    if (peek() != tag::integer) return std::nullopt;
    std::size_t length = m_left.size();
    u_char type = 0;
    long value = 0;
    const u_char* next = asn_parse_int(raw(m_left), &length, &type, &value, sizeof value);
    if (!next || value < std::numeric_limits<std::int32_t>::min() ||
        value > std::numeric_limits<std::int32_t>::max())
        return std::nullopt;
    m_left = m_left.subspan(static_cast<std::size_t>(next - m_left.data()));
    return static_cast<std::int32_t>(value);
}

std::optional<std::uint32_t> BerReader::unsignedInteger(std::uint8_t expected) {
    if (peek() != expected) return std::nullopt;
    std::size_t length = m_left.size();
    u_char type = 0;
    u_long value = 0;
    const u_char* next = asn_parse_unsigned_int(raw(m_left), &length, &type, &value, sizeof value);
    if (!next || value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    m_left = m_left.subspan(static_cast<std::size_t>(next - m_left.data()));
    return static_cast<std::uint32_t>(value);
}

std::optional<std::uint64_t> BerReader::counter64() {
    if (peek() != tag::counter64) return std::nullopt;
    std::size_t length = m_left.size();
    u_char type = 0;
    struct counter64 value {};
    const u_char* next = asn_parse_unsigned_int64(raw(m_left), &length, &type, &value, sizeof value);
    if (!next) return std::nullopt;
    m_left = m_left.subspan(static_cast<std::size_t>(next - m_left.data()));
    return (std::uint64_t{value.high} << 32) | (value.low & 0xffffffffU);
}

std::optional<std::string_view> BerReader::octets(std::uint8_t expected) {
    const auto inside = content(expected);
    if (!inside) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(inside->data()), inside->size());
}

bool BerReader::take(std::string_view octets) {
    if (m_left.size() < octets.size() || std::memcmp(m_left.data(), octets.data(), octets.size()) != 0)
        return false;
    m_left = m_left.subspan(octets.size());
    return true;
}

std::optional<Oid> BerReader::oid() {
    if (peek() != tag::oid) return std::nullopt;
    std::size_t length = m_left.size();
    u_char type = 0;
    ::oid parts[Oid::most];
    std::size_t count = Oid::most;
    const u_char* next = asn_parse_objid(raw(m_left), &length, &type, parts, &count);
    if (!next || count > Oid::most) return std::nullopt;
    m_left = m_left.subspan(static_cast<std::size_t>(next - m_left.data()));
    // 06 00, which is no BER, but said by agents that mean zeroDotZero.
    if (count < 2) return Oid{0, 0};
    std::vector<std::uint32_t> copied(count);
    std::transform(parts, parts + count, copied.begin(),
                   [](::oid part) { return static_cast<std::uint32_t>(part); });
    return Oid(std::move(copied));
}

std::optional<Value> BerReader::opaque() {
    // asn_parse_header looks into an Opaque and takes off the wrapping of a float; asn_parse_string does not.
    std::vector<std::uint8_t> copy(m_left.size());
    std::size_t length = m_left.size();
    std::size_t size = copy.size();
    u_char type = 0;
    const u_char* next = asn_parse_string(raw(m_left), &length, &type, copy.data(), &size);
    if (!next) return std::nullopt;
    m_left = m_left.subspan(static_cast<std::size_t>(next - m_left.data()));
    return Opaque{std::string(copy.begin(), copy.begin() + static_cast<std::ptrdiff_t>(size))};
}

std::optional<Value> BerReader::value() {
    const auto as = [](auto read, auto make) -> std::optional<Value> {
        if (!read) return std::nullopt;
        return Value(make(*read));
    };
    switch (peek()) {
    case tag::integer: return as(integer(), [](auto v) { return Integer{v}; });
    case tag::octets: return as(octets(), [](auto v) { return Octets{std::string(v)}; });
    case tag::oid: return as(oid(), [](auto v) { return v; });
    case tag::counter32: return as(unsignedInteger(tag::counter32), [](auto v) { return Counter32{v}; });
    case tag::gauge: return as(unsignedInteger(tag::gauge), [](auto v) { return Gauge{v}; });
    case tag::timeTicks: return as(unsignedInteger(tag::timeTicks), [](auto v) { return TimeTicks{v}; });
    case tag::counter64: return as(counter64(), [](auto v) { return Counter64{v}; });
    case tag::opaque: return opaque();
    case tag::null: return as(content(tag::null), [](auto) { return Null{}; });
    case tag::noSuchObject: return as(content(tag::noSuchObject), [](auto) { return NoSuchObject{}; });
    case tag::noSuchInstance: return as(content(tag::noSuchInstance), [](auto) { return NoSuchInstance{}; });
    case tag::endOfMibView: return as(content(tag::endOfMibView), [](auto) { return EndOfMibView{}; });
    case tag::ipAddress: {
        const auto read = octets(tag::ipAddress);
        if (!read || read->size() != 4) return std::nullopt;
        IpAddress address;
        std::copy(read->begin(), read->end(), address.value.begin());
        return address;
    }
    default: return std::nullopt;
    }
}

BerWriter::BerWriter()
    : m_buffer(largestDatagram) {}

void BerWriter::integer(std::int64_t value) {
    u_char* buffer = m_buffer.data();
    std::size_t size = m_buffer.size();
    const long copy = value;
    done(asn_realloc_rbuild_int(&buffer, &size, &m_offset, 0, tag::integer, &copy, sizeof copy));
}

void BerWriter::unsignedInteger(std::uint32_t value, std::uint8_t type) {
    u_char* buffer = m_buffer.data();
    std::size_t size = m_buffer.size();
    const u_long copy = value;
    done(asn_realloc_rbuild_unsigned_int(&buffer, &size, &m_offset, 0, type, &copy, sizeof copy));
}

void BerWriter::counter64(std::uint64_t value) {
    u_char* buffer = m_buffer.data();
    std::size_t size = m_buffer.size();
    const struct counter64 copy { value >> 32, value & 0xffffffffU };
    done(asn_realloc_rbuild_unsigned_int64(&buffer, &size, &m_offset, 0, tag::counter64, &copy, sizeof copy));
}

void BerWriter::octets(std::string_view value, std::uint8_t type) {
    u_char* buffer = m_buffer.data();
    std::size_t size = m_buffer.size();
    const auto* data = reinterpret_cast<const u_char*>(value.data());
    done(asn_realloc_rbuild_string(&buffer, &size, &m_offset, 0, type, data, value.size()));
}

void BerWriter::oid(const Oid& value) {
    u_char* buffer = m_buffer.data();
    std::size_t size = m_buffer.size();
    ::oid parts[Oid::most];
    const auto count = std::min(value.size(), Oid::most);
    std::copy_n(value.parts().begin(), count, parts);
    done(asn_realloc_rbuild_objid(&buffer, &size, &m_offset, 0, tag::oid, parts, count));
}

void BerWriter::null(std::uint8_t type) {
    u_char* buffer = m_buffer.data();
    std::size_t size = m_buffer.size();
    done(asn_realloc_rbuild_null(&buffer, &size, &m_offset, 0, type));
}

void BerWriter::wrap(std::uint8_t type, std::size_t mark) {
    u_char* buffer = m_buffer.data();
    std::size_t size = m_buffer.size();
    done(asn_realloc_rbuild_header(&buffer, &size, &m_offset, 0, type, m_offset - mark));
}

void BerWriter::raw(Bytes bytes) {
    if (bytes.size() > m_buffer.size() - m_offset) {
        m_fits = false;
        return;
    }
    m_offset += bytes.size();
    std::copy(bytes.begin(), bytes.end(), m_buffer.end() - static_cast<std::ptrdiff_t>(m_offset));
}

void BerWriter::value(const Value& given) {
    struct Visitor {
        BerWriter& out;
        void operator()(const Null&) const { out.null(); }
        void operator()(const Integer& v) const { out.integer(v.value); }
        void operator()(const Gauge& v) const { out.unsignedInteger(v.value, tag::gauge); }
        void operator()(const Counter32& v) const { out.unsignedInteger(v.value, tag::counter32); }
        void operator()(const Counter64& v) const { out.counter64(v.value); }
        void operator()(const TimeTicks& v) const { out.unsignedInteger(v.value, tag::timeTicks); }
        void operator()(const Octets& v) const { out.octets(v.value); }
        void operator()(const Opaque& v) const { out.octets(v.value, tag::opaque); }
        void operator()(const Oid& v) const { out.oid(v); }
        void operator()(const IpAddress& v) const {
            out.octets({reinterpret_cast<const char*>(v.value.data()), v.value.size()}, tag::ipAddress);
        }
        void operator()(const NoSuchObject&) const { out.null(tag::noSuchObject); }
        void operator()(const NoSuchInstance&) const { out.null(tag::noSuchInstance); }
        void operator()(const EndOfMibView&) const { out.null(tag::endOfMibView); }
    };
    std::visit(Visitor{*this}, given);
}

}
