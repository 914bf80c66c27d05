#pragma once

#include "snmp/error.hpp"
#include "snmp/usm.hpp"
#include "snmp/usm_peer.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

// What the tests of USM have in common: a user, and an agent that says what the test wants it to.

namespace usm_parts {

using namespace headgate;
using namespace headgate::snmp;
using namespace std::chrono_literals;

const base::Instant start{1000h};
const Pdu question{PduType::get, 77, 0, 0, {{Oid{1, 3, 6, 1}, Null{}}}};

inline std::string hex(std::string_view octets) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char octet : octets)
        text += {digits[octet >> 4], digits[octet & 15]};
    return text;
}

struct Protocols {
    AuthProtocol auth = AuthProtocol::sha256;
    PrivProtocol priv = PrivProtocol::aes128;
};

inline const std::vector<AuthProtocol> allAuth{AuthProtocol::md5,    AuthProtocol::sha1,
                                               AuthProtocol::sha224, AuthProtocol::sha256,
                                               AuthProtocol::sha384, AuthProtocol::sha512};
inline const std::vector<PrivProtocol> allPriv{PrivProtocol::des,          PrivProtocol::aes128,
                                               PrivProtocol::aes192,       PrivProtocol::aes256,
                                               PrivProtocol::aes192Reeder, PrivProtocol::aes256Reeder};

inline CredentialsPtr user(const char* name = "ape", SecurityLevel level = SecurityLevel::authPriv,
                           const char* password = "authentic-words", Protocols protocols = {},
                           const char* context = "") {
    UserCredentials given;
    given.user = name;
    given.level = level;
    given.auth = protocols.auth;
    given.priv = protocols.priv;
    given.authPassword = Secret(password);
    given.privPassword = Secret("private-words");
    given.context = context;
    return Credentials::make(std::move(given));
}

inline std::vector<std::uint8_t> bytesOf(BerWriter& out) {
    return {out.bytes().begin(), out.bytes().end()};
}

inline std::vector<std::uint8_t> encoded(const Pdu& pdu) {
    BerWriter out;
    write(out, pdu);
    return bytesOf(out);
}

/// An agent, or whoever else sends: every field of its messages is the test's.
struct Engine {
    std::string engineId = "\x80\x01\x02\x03\x04\x05";
    std::uint32_t boots = 5;
    std::uint32_t time = 1000;
    std::string context{};
    std::optional<std::string> contextEngineId{};
    CredentialsPtr credentials = user();
    BerWriter out{};

    std::vector<std::uint8_t> say(SecurityLevel level, const Pdu& pdu, std::int32_t messageId = 77) {
        V3Header header;
        header.id = messageId;
        header.level = level;
        header.engineId = engineId;
        header.boots = boots;
        header.time = time;
        if (level != SecurityLevel::noAuthNoPriv || credentials->level() == level)
            header.user = credentials->keys().user;
        header.contextEngineId = contextEngineId ? *contextEngineId : engineId;
        header.contextName = context;
        header.salt = 99;
        writeV3Message(out, header, localize(credentials->keys(), engineId), pdu);
        return bytesOf(out);
    }
    /// As its signed answer tells it now.
    EngineClock clock(base::Instant now = start) const { return {boots, time, now}; }
    std::vector<std::uint8_t> report(Report what, SecurityLevel level = SecurityLevel::noAuthNoPriv) {
        return say(level, {PduType::report, 0, 0, 0, {{counterOf(what), Counter32{1}}}});
    }
    std::vector<std::uint8_t> answer() {
        auto pdu = question;
        pdu.type = PduType::response;
        return say(credentials->keys().level, pdu);
    }
};

/// A peer that asks such an agent.
struct Talk {
    using Kind = UsmPeer::Answer::Kind;
    Engine agent;
    UsmPeer peer{user()};

    /// What it asks, as the agent reads it.
    std::vector<std::uint8_t> ask(base::Instant now = start, std::int32_t id = 77) {
        BerWriter out;
        peer.write(out, encoded(question), id, 1, now);
        return bytesOf(out);
    }
    bool asksForTheEngine(base::Instant now = start, std::int32_t id = 77) {
        const auto datagram = ask(now, id);
        return readV3Message(datagram)->engineId.empty();
    }
    UsmPeer::Answer judge(const std::vector<std::uint8_t>& datagram, base::Instant now = start) {
        const auto message = readV3Message(datagram);
        BOOST_REQUIRE(message.has_value());
        return peer.judge(*message, now);
    }
    Kind hears(const std::vector<std::uint8_t>& datagram, base::Instant now = start) {
        return judge(datagram, now).kind;
    }
    void discover() { BOOST_TEST((hears(agent.report(Report::unknownEngine)) == Kind::discovered)); }
};

}
