#include "snmp/agentx_octets.hpp"

#include <algorithm>

namespace headgate::snmp::agentx {

namespace {

// RFC 2741 §5.4: the types of values.
enum : std::uint16_t {
    integerType = 2,
    octetsType = 4,
    nullType = 5,
    oidType = 6,
    addressType = 64,
    counterType = 65,
    gaugeType = 66,
    ticksType = 67,
    opaqueType = 68,
    counter64Type = 70,
    noSuchObjectType = 128,
    noSuchInstanceType = 129,
    endOfMibViewType = 130,
};

/// RFC 2741 §5.1: what a prefix stands for.
const Oid internet{1, 3, 6, 1};

struct ValueWriter {
    Writer& out;
    void operator()(const Null&) const {}
    void operator()(const Integer& value) const { out.word(static_cast<std::uint32_t>(value.value)); }
    void operator()(const Gauge& value) const { out.word(value.value); }
    void operator()(const Counter32& value) const { out.word(value.value); }
    void operator()(const Counter64& value) const { out.both(value.value); }
    void operator()(const TimeTicks& value) const { out.word(value.value); }
    void operator()(const Octets& value) const { out.text(value.value); }
    void operator()(const Opaque& value) const { out.text(value.value); }
    void operator()(const Oid& value) const { out.oid(value); }
    void operator()(const IpAddress& value) const {
        out.text({reinterpret_cast<const char*>(value.value.data()), value.value.size()});
    }
    void operator()(const NoSuchObject&) const {}
    void operator()(const NoSuchInstance&) const {}
    void operator()(const EndOfMibView&) const {}
};

std::uint16_t typeOf(const Value& value) {
    static constexpr std::uint16_t types[] = {
        nullType,         integerType,        gaugeType,       counterType, counter64Type,
        ticksType,        octetsType,         opaqueType,      oidType,     addressType,
        noSuchObjectType, noSuchInstanceType, endOfMibViewType};
    static_assert(std::size(types) == std::variant_size_v<Value>);
    return types[value.index()];
}

}

std::optional<std::uint64_t> Reader::number(std::size_t octets) {
    if (m_left.size() < octets) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < octets; ++i) {
        const auto at = m_bigEndian ? i : octets - 1 - i;
        value = value << 8 | static_cast<unsigned char>(m_left[at]);
    }
    m_left.remove_prefix(octets);
    return value;
}

std::optional<std::uint8_t> Reader::octet() {
    return number(1);
}
std::optional<std::uint16_t> Reader::half() {
    return number(2);
}
std::optional<std::uint32_t> Reader::word() {
    return number(4);
}
std::optional<std::uint64_t> Reader::both() {
    return number(8);
}

std::optional<std::string> Reader::text() {
    const auto size = word();
    if (!size || *size > m_left.size()) return std::nullopt;
    std::string value(m_left.substr(0, *size));
    const auto padded = (static_cast<std::size_t>(*size) + 3) / 4 * 4;
    if (padded > m_left.size()) return std::nullopt;
    m_left.remove_prefix(padded);
    return value;
}

std::optional<Oid> Reader::oid(bool* include) {
    const auto count = octet();
    const auto prefix = octet();
    const auto flag = octet();
    if (!count || !prefix || !flag || !octet()) return std::nullopt;
    std::vector<std::uint32_t> parts;
    if (*prefix != 0) {
        parts = internet.parts();
        parts.push_back(*prefix);
    }
    if (parts.size() + *count > Oid::most) return std::nullopt;
    for (int i = 0; i < *count; ++i) {
        const auto part = word();
        if (!part) return std::nullopt;
        parts.push_back(*part);
    }
    if (include) *include = *flag != 0;
    return Oid(std::move(parts));
}

std::optional<Varbind> Reader::varbind() {
    const auto type = half();
    if (!type || !half()) return std::nullopt;
    auto name = oid();
    if (!name) return std::nullopt;
    auto held = value(*type);
    if (!held) return std::nullopt;
    return Varbind{*std::move(name), *std::move(held)};
}

std::optional<Value> Reader::value(std::uint16_t type) {
    const auto as = [](const auto& read, auto make) -> std::optional<Value> {
        if (!read) return std::nullopt;
        return make(*read);
    };
    switch (type) {
    case integerType: return as(word(), [](auto v) { return Integer{static_cast<std::int32_t>(v)}; });
    case counterType: return as(word(), [](auto v) { return Counter32{v}; });
    case gaugeType: return as(word(), [](auto v) { return Gauge{v}; });
    case ticksType: return as(word(), [](auto v) { return TimeTicks{v}; });
    case counter64Type: return as(both(), [](auto v) { return Counter64{v}; });
    case octetsType: return as(text(), [](auto v) { return Octets{std::move(v)}; });
    case opaqueType: return as(text(), [](auto v) { return Opaque{std::move(v)}; });
    case oidType: return as(oid(), [](auto v) { return v; });
    case addressType: {
        const auto octets = text();
        if (!octets || octets->size() != 4) return std::nullopt;
        IpAddress address;
        std::copy(octets->begin(), octets->end(), address.value.begin());
        return address;
    }
    case nullType: return Null{};
    case noSuchObjectType: return NoSuchObject{};
    case noSuchInstanceType: return NoSuchInstance{};
    case endOfMibViewType: return EndOfMibView{};
    default: return std::nullopt;
    }
}

void Writer::number(std::uint64_t value, int octets) {
    for (int i = octets - 1; i >= 0; --i)
        octet(static_cast<std::uint8_t>(value >> (8 * i)));
}

void Writer::text(std::string_view value) {
    word(static_cast<std::uint32_t>(value.size()));
    m_octets += value;
    while (m_octets.size() % 4 != 0)
        octet(0);
}

void Writer::oid(const Oid& value, bool include) {
    // Without the shorter form of what is below internet: it is one a master need not be sent.
    octet(static_cast<std::uint8_t>(value.size()));
    octet(0);
    octet(include ? 1 : 0);
    octet(0);
    for (const auto part : value.parts())
        word(part);
}

void Writer::varbind(const Varbind& value) {
    half(typeOf(value.value));
    half(0);
    oid(value.name);
    std::visit(ValueWriter{*this}, value.value);
}

}
