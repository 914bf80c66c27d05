#include "snmp/agentx.hpp"

#include "snmp/agentx_octets.hpp"
#include "snmp/pdu.hpp"

namespace headgate::snmp::agentx {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t otherContextFlag = 0x08;
constexpr std::uint8_t bigEndianFlag = 0x10;

/// RFC 2741 §6.2.3: the priority of who asked for none.
constexpr std::uint8_t defaultPriority = 127;

std::string pdu(const Header& header, const Writer& payload) {
    Writer out;
    out.octet(version);
    out.octet(static_cast<std::uint8_t>(header.type));
    out.octet(bigEndianFlag);
    out.octet(0);
    out.word(header.session);
    out.word(header.transaction);
    out.word(header.packet);
    out.word(static_cast<std::uint32_t>(payload.octets().size()));
    return out.octets() + payload.octets();
}

Header headed(Type type, std::uint32_t session, std::uint32_t packet) {
    Header header;
    header.type = type;
    header.session = session;
    header.packet = packet;
    return header;
}

}

std::string print(Error error) {
    switch (error) {
    case Error::openFailed: return "openFailed";
    case Error::notOpen: return "notOpen";
    case Error::unsupportedContext: return "unsupportedContext";
    case Error::duplicateRegistration: return "duplicateRegistration";
    case Error::parseError: return "parseError";
    case Error::requestDenied: return "requestDenied";
    case Error::processingError: return "processingError";
    default: return printErrorStatus(static_cast<int>(error));
    }
}

std::optional<Header> readHeader(std::string_view octets) {
    if (octets.size() < headerSize || octets[0] != version) return std::nullopt;
    const auto flags = static_cast<std::uint8_t>(octets[2]);
    Header header;
    header.type = static_cast<Type>(octets[1]);
    header.bigEndian = (flags & bigEndianFlag) != 0;
    header.otherContext = (flags & otherContextFlag) != 0;
    Reader in(octets.substr(4, headerSize - 4), header.bigEndian);
    header.session = *in.word();
    header.transaction = *in.word();
    header.packet = *in.word();
    header.length = *in.word();
    return header;
}

std::optional<Request> readRequest(const Header& header, std::string_view payload) {
    Reader in(payload, header.bigEndian);
    if (header.otherContext && !in.text()) return std::nullopt;
    Request request;
    if (header.type == Type::getBulk) {
        const auto single = in.half();
        const auto repetitions = in.half();
        if (!single || !repetitions) return std::nullopt;
        request.nonRepeaters = *single;
        request.repetitions = *repetitions;
    }
    while (!in.atEnd()) {
        SearchRange range;
        auto start = in.oid(&range.inclusive);
        auto end = in.oid();
        if (!start || !end) return std::nullopt;
        range.start = *std::move(start);
        range.end = *std::move(end);
        request.ranges.push_back(std::move(range));
    }
    return request;
}

std::optional<Response> readResponse(const Header& header, std::string_view payload) {
    Reader in(payload, header.bigEndian);
    const auto uptime = in.word();
    const auto error = in.half();
    const auto index = in.half();
    if (!uptime || !error || !index) return std::nullopt;
    Response response{*uptime, static_cast<Error>(*error), *index, {}};
    while (!in.atEnd()) {
        auto varbind = in.varbind();
        if (!varbind) return std::nullopt;
        response.varbinds.push_back(*std::move(varbind));
    }
    return response;
}

std::string writeOpen(std::uint32_t packet, std::string_view description) {
    Writer out;
    out.word(0); // the master's own patience with us
    out.oid({});
    out.text(description);
    return pdu(headed(Type::open, 0, packet), out);
}

std::string writeClose(std::uint32_t session, std::uint32_t packet) {
    constexpr std::uint8_t reasonShutdown = 5; // RFC 2741 §6.2.2
    Writer out;
    out.octet(reasonShutdown);
    for (int i = 0; i < 3; ++i)
        out.octet(0);
    return pdu(headed(Type::close, session, packet), out);
}

std::string writeRegister(std::uint32_t session, std::uint32_t packet, const Oid& subtree) {
    Writer out;
    out.octet(0); // the session's patience
    out.octet(defaultPriority);
    out.octet(0); // no range
    out.octet(0);
    out.oid(subtree);
    return pdu(headed(Type::registering, session, packet), out);
}

std::string writePing(std::uint32_t session, std::uint32_t packet) {
    return pdu(headed(Type::ping, session, packet), {});
}

std::string writeResponse(const Header& asked, const Response& response) {
    Writer out;
    out.word(response.uptime);
    out.half(static_cast<std::uint16_t>(response.error));
    out.half(response.index);
    for (const auto& varbind : response.varbinds)
        out.varbind(varbind);
    auto header = asked;
    header.type = Type::response;
    return pdu(header, out);
}

std::string writeRequest(const Header& header, const Request& request) {
    Writer out;
    if (header.type == Type::getBulk) {
        out.half(request.nonRepeaters);
        out.half(request.repetitions);
    }
    for (const auto& range : request.ranges) {
        out.oid(range.start, range.inclusive);
        out.oid(range.end);
    }
    return pdu(header, out);
}

}
