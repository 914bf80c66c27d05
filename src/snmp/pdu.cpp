#include "snmp/pdu.hpp"

#include <iterator>

namespace headgate::snmp {

namespace {

std::optional<std::vector<Varbind>> readVarbinds(BerReader& in) {
    auto list = in.enter(tag::sequence);
    if (!list) return std::nullopt;
    std::vector<Varbind> varbinds;
    while (!list->atEnd()) {
        auto entry = list->enter(tag::sequence);
        if (!entry) return std::nullopt;
        auto name = entry->oid();
        if (!name) return std::nullopt;
        auto value = entry->value();
        if (!value) return std::nullopt;
        varbinds.push_back({*std::move(name), *std::move(value)});
    }
    return varbinds;
}

}

Oid trapOid(const TrapV1& trap) {
    static const Oid snmpTraps{1, 3, 6, 1, 6, 3, 1, 1, 5};
    if (trap.generic >= 0 && trap.generic < 6)
        return snmpTraps + static_cast<std::uint32_t>(trap.generic + 1);
    return trap.enterprise + 0U + static_cast<std::uint32_t>(trap.specific);
}

std::string printErrorStatus(int status) {
    static constexpr const char* names[] = {"noError",
                                            "tooBig",
                                            "noSuchName",
                                            "badValue",
                                            "readOnly",
                                            "genErr",
                                            "noAccess",
                                            "wrongType",
                                            "wrongLength",
                                            "wrongEncoding",
                                            "wrongValue",
                                            "noCreation",
                                            "inconsistentValue",
                                            "resourceUnavailable",
                                            "commitFailed",
                                            "undoFailed",
                                            "authorizationError",
                                            "notWritable",
                                            "inconsistentName"};
    const bool known = status >= 0 && static_cast<std::size_t>(status) < std::size(names);
    return (known ? std::string(names[status]) : std::string("error-status")) + " (" +
           std::to_string(status) + ")";
}

void write(BerWriter& out, const Pdu& pdu) {
    const auto end = out.mark();
    for (auto varbind = pdu.varbinds.rbegin(); varbind != pdu.varbinds.rend(); ++varbind) {
        const auto entry = out.mark();
        out.value(varbind->value);
        out.oid(varbind->name);
        out.wrap(tag::sequence, entry);
    }
    out.wrap(tag::sequence, end);
    out.integer(pdu.errorIndex);
    out.integer(pdu.errorStatus);
    out.integer(pdu.requestId);
    out.wrap(static_cast<std::uint8_t>(pdu.type), end);
}

std::optional<Pdu> readPdu(BerReader& in) {
    const auto type = in.peek();
    if (type < 0xa0 || type > 0xa8 || type == static_cast<std::uint8_t>(PduType::trapV1)) return std::nullopt;
    auto inside = in.enter(type);
    if (!inside) return std::nullopt;
    const auto id = inside->integer();
    const auto status = inside->integer();
    const auto index = inside->integer();
    if (!id || !status || !index) return std::nullopt;
    auto varbinds = readVarbinds(*inside);
    if (!varbinds) return std::nullopt;
    return Pdu{static_cast<PduType>(type), *id, *status, *index, *std::move(varbinds)};
}

std::optional<std::int32_t> requestIdOf(Bytes pdu) {
    BerReader in(pdu);
    const auto type = in.peek();
    if (type < 0xa0 || type > 0xa8 || type == static_cast<std::uint8_t>(PduType::trapV1)) return std::nullopt;
    auto inside = in.enter(type);
    if (!inside) return std::nullopt;
    return inside->integer();
}

std::optional<TrapV1> readTrapV1(BerReader& in) {
    auto inside = in.enter(static_cast<std::uint8_t>(PduType::trapV1));
    if (!inside) return std::nullopt;
    TrapV1 trap;
    auto enterprise = inside->oid();
    if (!enterprise) return std::nullopt;
    const auto agent = inside->value();
    const auto generic = inside->integer();
    const auto specific = inside->integer();
    const auto uptime = inside->unsignedInteger(tag::timeTicks);
    if (!agent || !std::holds_alternative<IpAddress>(*agent) || !generic || !specific || !uptime)
        return std::nullopt;
    auto varbinds = readVarbinds(*inside);
    if (!varbinds) return std::nullopt;
    return TrapV1{*std::move(enterprise), std::get<IpAddress>(*agent), *generic, *specific, *uptime,
                  *std::move(varbinds)};
}

void writeCommunityMessage(BerWriter& out, std::int32_t version, std::string_view community, const Pdu& pdu) {
    const auto end = out.mark();
    write(out, pdu);
    out.octets(community);
    out.integer(version);
    out.wrap(tag::sequence, end);
}

std::optional<std::int32_t> messageVersion(Bytes datagram) {
    auto message = BerReader(datagram).enter(tag::sequence);
    if (!message) return std::nullopt;
    return message->integer();
}

std::optional<CommunityMessage> readCommunityMessage(Bytes datagram) {
    auto message = BerReader(datagram).enter(tag::sequence);
    if (!message) return std::nullopt;
    const auto version = message->integer();
    const auto community = message->octets();
    if (!version || !community) return std::nullopt;
    return CommunityMessage{*version, *community, message->left()};
}

}
