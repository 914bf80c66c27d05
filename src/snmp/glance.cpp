#include "snmp/glance.hpp"

#include <algorithm>

namespace headgate::snmp {

namespace {

using namespace std::string_view_literals;

// As X.690 §8.19 encodes them.
constexpr auto sysUpTime = "\x2b\x06\x01\x02\x01\x01\x03\x00"sv;
constexpr auto snmpTrapOid = "\x2b\x06\x01\x06\x03\x01\x01\x04\x01\x00"sv;
constexpr auto snmpTrapAddress = "\x2b\x06\x01\x06\x03\x12\x01\x03\x00"sv;
constexpr auto snmpTrapCommunity = "\x2b\x06\x01\x06\x03\x12\x01\x04\x00"sv;
constexpr auto snmpTraps = "\x2b\x06\x01\x06\x03\x01\x01\x05"sv;

std::string_view textOf(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// X.690 §8.19.2: seven bits an octet, all but the last with the first bit set.
void append(std::string& octets, std::uint32_t part) {
    int shift = 28;
    while (shift > 0 && part >> shift == 0)
        shift -= 7;
    for (; shift >= 0; shift -= 7)
        octets += static_cast<char>(((part >> shift) & 0x7f) | (shift > 0 ? 0x80 : 0));
}

std::optional<Endpoint> originOf(std::string_view address) {
    if (address.size() != 4 || address == "\0\0\0\0"sv) return std::nullopt;
    Endpoint origin;
    std::copy(address.begin(), address.end(), origin.address.begin());
    return origin;
}

/// Reads what counts of the varbinds; false when they are malformed.
bool readVarbinds(BerReader list, Glance& glance) {
    glance.content = textOf(list.left());
    for (bool first = true; !list.atEnd(); first = false) {
        auto entry = list.enter(tag::sequence);
        const auto name = entry ? entry->octets(tag::oid) : std::nullopt;
        if (!name || entry->atEnd()) return false;
        if (*name == sysUpTime) {
            if (first) glance.content = textOf(list.left());
        } else if (*name == snmpTrapOid) {
            if (const auto value = entry->octets(tag::oid)) glance.trapOid = *value;
        } else if (*name == snmpTrapAddress) {
            if (const auto value = entry->octets(tag::ipAddress))
                if (const auto origin = originOf(*value)) glance.origin = origin;
        } else if (*name == snmpTrapCommunity) {
            glance.originCommunity = entry->octets();
        }
    }
    return true;
}

}

std::optional<Oid> Glance::readTrapOid() const {
    std::string encoded{static_cast<char>(tag::oid), static_cast<char>(trapOid.size())};
    if (trapOid.empty() || trapOid.size() > 127) return std::nullopt;
    encoded += trapOid;
    return BerReader({reinterpret_cast<const std::uint8_t*>(encoded.data()), encoded.size()}).oid();
}

std::optional<Glance> Glancer::look(const CommunityMessage& message, const Endpoint& source) {
    auto glance = message.version == 0 ? lookV1(message) : lookV2(message);
    if (!glance || glance->trapOid.empty()) return std::nullopt;
    glance->source = source;
    glance->community = message.community;
    return glance;
}

std::optional<Glance> Glancer::lookV1(const CommunityMessage& message) {
    auto inside = BerReader(message.pdu).enter(static_cast<std::uint8_t>(PduType::trapV1));
    if (!inside) return std::nullopt;
    const auto enterprise = inside->octets(tag::oid);
    const auto agent = inside->octets(tag::ipAddress);
    const auto generic = inside->integer();
    const auto specific = inside->integer();
    const auto uptime = inside->unsignedInteger(tag::timeTicks);
    const auto list = inside->enter(tag::sequence);
    if (!enterprise || !agent || agent->size() != 4 || !generic || !specific || !uptime || !list)
        return std::nullopt;
    Glance glance;
    glance.origin = originOf(*agent);
    if (!readVarbinds(*list, glance)) return std::nullopt;
    const bool own = *generic < 0 || *generic > 5; // else one of the standard's
    m_trapOid = own ? *enterprise : snmpTraps;
    if (own) append(m_trapOid, 0);
    append(m_trapOid, static_cast<std::uint32_t>(own ? *specific : *generic + 1));
    glance.trapOid = m_trapOid;
    return glance;
}

std::optional<Glance> Glancer::lookV2(const CommunityMessage& message) {
    const auto type = BerReader(message.pdu).peek();
    auto inside = BerReader(message.pdu).enter(type);
    if (!inside) return std::nullopt;
    const auto id = inside->integer();
    const auto status = inside->integer();
    const auto index = inside->integer();
    const auto list = inside->enter(tag::sequence);
    if (!id || !status || !index || !list) return std::nullopt;
    Glance glance;
    glance.requestId = *id;
    const bool inform = type == static_cast<std::uint8_t>(PduType::inform);
    glance.kind = inform ? Notification::Kind::inform : Notification::Kind::trap;
    if (!readVarbinds(*list, glance)) return std::nullopt;
    return glance;
}

}
