#pragma once

#include "snmp/varbind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The PDUs of AgentX (RFC 2741) that a subagent to read from needs, as values. No socket in it.
namespace headgate::snmp::agentx {

/// RFC 2741 §6.1, h.type.
enum class Type : std::uint8_t {
    open = 1,
    close = 2,
    registering = 3,
    get = 5,
    getNext = 6,
    getBulk = 7,
    testSet = 8,
    commitSet = 9,
    undoSet = 10,
    cleanupSet = 11,
    ping = 13,
    response = 18,
};

/// RFC 2741 §6.2.16, res.error; those of RFC 3416 have their own numbers.
enum class Error : std::uint16_t {
    none = 0,
    genErr = 5,
    notWritable = 17,
    openFailed = 256,
    notOpen = 257,
    unsupportedContext = 262,
    duplicateRegistration = 263,
    parseError = 266,
    requestDenied = 267,
    processingError = 268,
};

std::string print(Error error);

inline constexpr std::size_t headerSize = 20;

/// RFC 2741 §6.1.
struct Header {
    Type type = Type::response;
    bool bigEndian = true;
    bool otherContext = false; ///< NON_DEFAULT_CONTEXT
    std::uint32_t session = 0;
    std::uint32_t transaction = 0;
    std::uint32_t packet = 0;
    std::uint32_t length = 0; ///< of what follows it, in octets
    bool operator==(const Header&) const = default;
};

/// A range of names that is asked for (RFC 2741 §5.2).
struct SearchRange {
    Oid start;
    bool inclusive = false;
    Oid end; ///< not part of it; empty: none
    bool operator==(const SearchRange&) const = default;
};

/// A question of the master's.
struct Request {
    std::vector<SearchRange> ranges;
    std::uint16_t nonRepeaters = 0; ///< of GETBULK
    std::uint16_t repetitions = 0;
    bool operator==(const Request&) const = default;
};

/// RFC 2741 §6.2.16.
struct Response {
    std::uint32_t uptime = 0; ///< the master's sysUpTime, where it is the master's; hundredths of a second
    Error error = Error::none;
    std::uint16_t index = 0;
    std::vector<Varbind> varbinds;
    bool operator==(const Response&) const = default;
};

/// Of 20 octets; empty when they are no header of a version that we speak.
std::optional<Header> readHeader(std::string_view octets);
/// Of a get, getNext or getBulk; empty when it is none.
std::optional<Request> readRequest(const Header& header, std::string_view payload);
std::optional<Response> readResponse(const Header& header, std::string_view payload);

/// Whole PDUs, in network byte order.
std::string writeOpen(std::uint32_t packet, std::string_view description);
std::string writeClose(std::uint32_t session, std::uint32_t packet);
std::string writeRegister(std::uint32_t session, std::uint32_t packet, const Oid& subtree);
std::string writePing(std::uint32_t session, std::uint32_t packet);
/// `asked`: what it answers.
std::string writeResponse(const Header& asked, const Response& response);
/// What a master says; for tests.
std::string writeRequest(const Header& header, const Request& request);

}
