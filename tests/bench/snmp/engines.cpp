#include "bench/snmp/engines.hpp"

#include "bench/snmp/agreed.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace headgate::bench {

namespace {

using snmp::SecurityLevel;

std::string engineId(std::uint32_t number) {
    // RFC 3411 §5, SnmpEngineID: an enterprise's number, a form of its own, then ours.
    std::string id("\x80\x00\xff\xff\x80", 5);
    for (const int shift : {24, 16, 8, 0})
        id += static_cast<char>(number >> shift & 0xff);
    return id + "farm";
}

}

enum class Engines::Report : std::uint8_t {
    unsupportedSecurityLevel = 1,
    notInTimeWindow,
    unknownUser,
    unknownEngine,
    wrongDigest,
};

struct Engines::Engine {
    std::string id;
    Seal seal;
    bool proven = false; ///< a message has had the digest that it should
    std::uint32_t reports = 0;
};

Engines::Engines(Answers& answers, Protection protection, std::uint32_t count)
    : m_answers(answers)
    , m_protection(std::move(protection))
    , m_count(count) {}

Engines::~Engines() = default;

Engines::Engine& Engines::engineOf(std::uint32_t server) {
    const auto number = m_count > 0 ? server % m_count : server;
    auto& engine = m_engines[number];
    if (!engine) engine.reset(new Engine{engineId(number), Seal(m_protection, engineId(number))});
    return *engine;
}

SecurityLevel Engines::level() const {
    if (m_protection.digest.empty()) return SecurityLevel::noAuthNoPriv;
    return m_protection.encrypted ? SecurityLevel::authPriv : SecurityLevel::authNoPriv;
}

bool Engines::proves(const snmp::V3Message& asked, const Engine& engine) const {
    if (asked.digest.size() != m_protection.digestSize) return false;
    std::vector<std::uint8_t> copy(asked.datagram.begin(), asked.datagram.end());
    const auto* begin = reinterpret_cast<const std::uint8_t*>(asked.digest.data());
    const auto place =
        std::span(copy).subspan(static_cast<std::size_t>(begin - asked.datagram.data()), asked.digest.size());
    std::fill(place.begin(), place.end(), std::uint8_t{0});
    std::vector<std::uint8_t> digest(place.size());
    engine.seal.sign(copy, digest);
    return std::equal(digest.begin(), digest.end(), begin);
}

bool Engines::inTime(const snmp::V3Message& asked) const {
    const auto difference = static_cast<std::int64_t>(asked.time) - m_age.engineTime();
    return asked.boots == m_age.boots() && std::abs(difference) <= 150; // RFC 3414 §2.2.3
}

bool Engines::write(Back& out, std::span<const std::uint8_t> datagram, std::uint32_t server) {
    const auto asked = snmp::readV3Message(datagram);
    if (!asked) return false;
    auto& engine = engineOf(server);
    if (asked->engineId != engine.id) return report(out, *asked, engine, Report::unknownEngine);
    if (asked->user != user) return report(out, *asked, engine, Report::unknownUser);
    if (asked->level != level()) return report(out, *asked, engine, Report::unsupportedSecurityLevel);
    if (level() != SecurityLevel::noAuthNoPriv) {
        engine.proven = engine.proven || proves(*asked, engine);
        if (!engine.proven) return report(out, *asked, engine, Report::wrongDigest);
        if (!inTime(*asked)) return report(out, *asked, engine, Report::notInTimeWindow);
    }
    return respond(out, *asked, engine);
}

/// The request id is 0: this says no more than that the PDU could not be read.
bool Engines::report(Back& out, const snmp::V3Message& asked, Engine& engine, Report what) {
    if (!asked.reportable) return false;
    out.integer(++engine.reports);
    *out.at() = snmp::tag::counter32;
    // usmStats: 1.3.6.1.6.3.15.1.1.COUNTER.0
    const std::array<std::uint8_t, 12> counter{
        snmp::tag::oid, 10, 0x2b, 6, 1, 6, 3, 15, 1, 1, static_cast<std::uint8_t>(what), 0};
    out.raw(counter);
    out.header(snmp::tag::sequence, 0);
    out.header(snmp::tag::sequence, 0);
    for (int i = 0; i < 3; ++i)
        out.integer(0);
    out.header(0xa8, 0);
    out.octets("");
    // RFC 3414 §3.2 step 7 a: signed, so that our time is believed.
    const bool signs = what == Report::notInTimeWindow;
    wrap(out, asked, engine, signs ? SecurityLevel::authNoPriv : SecurityLevel::noAuthNoPriv);
    return true;
}

std::span<const std::uint8_t> Engines::open(const snmp::V3Message& asked, const Engine& engine) {
    if (asked.level != SecurityLevel::authPriv) return asked.scoped;
    const auto octets = snmp::BerReader(asked.scoped).octets();
    if (!octets || asked.salt.size() != 8) return {};
    m_plain.assign(octets->begin(), octets->end());
    engine.seal.cipher(Seal::Way::decrypt, asked.boots, asked.time, asked.salt, m_plain);
    return m_plain;
}

bool Engines::respond(Back& out, const snmp::V3Message& asked, Engine& engine) {
    auto inside = snmp::BerReader(open(asked, engine)).enter(snmp::tag::sequence);
    if (!inside || !inside->octets()) return false;
    const auto context = inside->octets();
    if (!context || !m_answers.write(out, inside->left())) return false;
    out.octets(*context);
    wrap(out, asked, engine, asked.level);
    return true;
}

/// Around a PDU and its context: the rest of the message (RFC 3412 §6).
void Engines::wrap(Back& out, const snmp::V3Message& asked, const Engine& engine, SecurityLevel level) {
    const auto time = m_age.engineTime();
    const bool encrypted = level == SecurityLevel::authPriv;
    const bool authenticated = level != SecurityLevel::noAuthNoPriv;
    out.octets(engine.id);
    out.header(snmp::tag::sequence, 0);
    std::array<char, 8> octets{};
    std::memcpy(octets.data(), &++m_salt, octets.size());
    const std::string_view salt(octets.data(), encrypted ? octets.size() : 0);
    if (encrypted) {
        engine.seal.cipher(Seal::Way::encrypt, m_age.boots(), time, salt, out.bytes());
        out.header(snmp::tag::octets, 0);
    }
    const auto security = out.size();
    out.octets(salt);
    static constexpr std::array<char, 64> zeros{};
    const auto behind = out.size();
    out.octets({zeros.data(), authenticated ? m_protection.digestSize : 0});
    out.octets(asked.user);
    out.integer(time);
    out.integer(m_age.boots());
    out.octets(engine.id);
    out.header(snmp::tag::sequence, security);
    out.header(snmp::tag::octets, security);
    const auto global = out.size();
    out.integer(3); // the User-based Security Model
    const char flags = static_cast<char>((authenticated ? 1 : 0) | (encrypted ? 2 : 0));
    out.octets({&flags, 1});
    out.integer(65507);
    out.integer(static_cast<std::uint32_t>(asked.id));
    out.header(snmp::tag::sequence, global);
    out.integer(3);
    out.header(snmp::tag::sequence, 0);
    if (!authenticated) return;
    const auto place =
        out.bytes().subspan(out.size() - behind - m_protection.digestSize, m_protection.digestSize);
    engine.seal.sign(out.bytes(), place);
}

}
