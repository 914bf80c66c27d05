#include "snmp/usm.hpp"

#include "snmp/error.hpp"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace headgate::snmp {

namespace {

constexpr std::int32_t usm = 3;
constexpr std::int32_t largestMessage = 65507;
constexpr std::size_t aesKey = 16;

struct Algorithm {
    int type;
    std::size_t digest; ///< octets that a message carries of it
};

Algorithm algorithm(AuthProtocol protocol) {
    switch (protocol) {
    case AuthProtocol::sha1: return {NETSNMP_USMAUTH_HMACSHA1, 12};
    case AuthProtocol::sha224: return {NETSNMP_USMAUTH_HMAC128SHA224, 16};
    case AuthProtocol::sha256: return {NETSNMP_USMAUTH_HMAC192SHA256, 24};
    case AuthProtocol::sha384: return {NETSNMP_USMAUTH_HMAC256SHA384, 32};
    case AuthProtocol::sha512: return {NETSNMP_USMAUTH_HMAC384SHA512, 48};
    }
    throw Error("no such authentication protocol");
}

struct AlgorithmOid {
    const ::oid* parts;
    std::size_t size;
};

AlgorithmOid oidOf(AuthProtocol protocol) {
    std::size_t size = 0;
    const ::oid* parts = sc_get_auth_oid(algorithm(protocol).type, &size);
    if (!parts) throw Error("Net-SNMP was built without this authentication protocol");
    return {parts, size};
}

AlgorithmOid aesOid() {
    std::size_t size = 0;
    const ::oid* parts = sc_get_priv_oid(USM_CREATE_USER_PRIV_AES, &size);
    if (!parts) throw Error("Net-SNMP was built without AES");
    return {parts, size};
}

const u_char* raw(std::string_view octets) {
    return reinterpret_cast<const u_char*>(octets.data());
}

bool computeDigest(AuthProtocol protocol, const LocalKeys& keys, Bytes message,
                   std::span<std::uint8_t> digest) {
    const auto oid = oidOf(protocol);
    const auto key = keys.auth.reveal();
    std::size_t size = digest.size();
    return sc_generate_keyed_hash(oid.parts, oid.size, raw(key), static_cast<u_int>(key.size()),
                                  message.data(), static_cast<u_int>(message.size()), digest.data(),
                                  &size) == SNMPERR_SUCCESS &&
           size == digest.size();
}

/// RFC 3826 §3.1.2.1: boots, time and the salt, each most significant octet first.
std::array<std::uint8_t, 16> initialVector(std::uint32_t boots, std::uint32_t time, std::string_view salt) {
    std::array<std::uint8_t, 16> vector{};
    for (unsigned i = 0; i < 4; ++i) {
        vector[i] = static_cast<std::uint8_t>(boots >> (24 - 8 * i));
        vector[4 + i] = static_cast<std::uint8_t>(time >> (24 - 8 * i));
    }
    std::copy_n(salt.begin(), std::min<std::size_t>(salt.size(), 8), vector.begin() + 8);
    return vector;
}

std::string saltOctets(std::uint64_t salt) {
    std::string octets(8, '\0');
    for (unsigned i = 0; i < 8; ++i)
        octets[i] = static_cast<char>(salt >> (56 - 8 * i));
    return octets;
}

std::string encrypt(const V3Header& header, const LocalKeys& keys, Bytes plain) {
    const auto oid = aesOid();
    std::string key(keys.priv.reveal().substr(0, aesKey));
    auto vector = initialVector(header.boots, header.time, saltOctets(header.salt));
    std::string cipher(plain.size(), '\0');
    std::size_t size = cipher.size();
    const int error =
        sc_encrypt(oid.parts, oid.size, reinterpret_cast<u_char*>(key.data()), static_cast<u_int>(key.size()),
                   vector.data(), static_cast<u_int>(vector.size()), plain.data(),
                   static_cast<u_int>(plain.size()), reinterpret_cast<u_char*>(cipher.data()), &size);
    OPENSSL_cleanse(key.data(), key.size());
    if (error != SNMPERR_SUCCESS) throw Error("a message could not be encrypted");
    cipher.resize(size);
    return cipher;
}

std::optional<std::string> decrypt(const V3Message& message, const LocalKeys& keys) {
    BerReader in(message.scoped);
    const auto cipher = in.octets();
    if (!cipher || cipher->empty() || message.salt.size() != 8 || keys.priv.reveal().size() < aesKey)
        return std::nullopt;
    const auto oid = aesOid();
    std::string key(keys.priv.reveal().substr(0, aesKey));
    auto vector = initialVector(message.boots, message.time, message.salt);
    std::string plain(cipher->size(), '\0');
    std::size_t size = plain.size();
    const int error =
        sc_decrypt(oid.parts, oid.size, reinterpret_cast<u_char*>(key.data()), static_cast<u_int>(key.size()),
                   vector.data(), static_cast<u_int>(vector.size()), const_cast<u_char*>(raw(*cipher)),
                   static_cast<u_int>(cipher->size()), reinterpret_cast<u_char*>(plain.data()), &size);
    OPENSSL_cleanse(key.data(), key.size());
    if (error != SNMPERR_SUCCESS || size > plain.size()) return std::nullopt;
    plain.resize(size);
    return plain;
}

std::optional<ScopedPdu> readScopedPdu(Bytes bytes) {
    auto inside = BerReader(bytes).enter(tag::sequence);
    if (!inside) return std::nullopt;
    const auto engineId = inside->octets();
    const auto name = inside->octets();
    if (!engineId || !name) return std::nullopt;
    auto pdu = readPdu(*inside);
    if (!pdu) return std::nullopt;
    return ScopedPdu{std::string(*engineId), std::string(*name), *std::move(pdu)};
}

bool readSecurityParameters(std::string_view octets, V3Message& message) {
    auto in = BerReader({raw(octets), octets.size()}).enter(tag::sequence);
    if (!in) return false;
    const auto engineId = in->octets();
    const auto boots = in->integer();
    const auto time = in->integer();
    const auto user = in->octets();
    const auto digest = in->octets();
    const auto salt = in->octets();
    if (!engineId || !boots || *boots < 0 || !time || *time < 0 || !user || !digest || !salt) return false;
    if (engineId->size() > 32 || user->size() > 32) return false;
    message.engineId = *engineId;
    message.boots = static_cast<std::uint32_t>(*boots);
    message.time = static_cast<std::uint32_t>(*time);
    message.user = *user;
    message.digest = *digest;
    message.salt = *salt;
    return true;
}

const Oid usmStats{1, 3, 6, 1, 6, 3, 15, 1, 1};

struct ReportWords {
    Report report;
    Oid counter;
    std::string_view words;
};

const std::array<ReportWords, 7> reports{{
    {Report::unsupportedSecurityLevel, usmStats + Oid{1, 0},
     "usmStatsUnsupportedSecLevels (the agent has no such security level for this user)"},
    {Report::notInTimeWindow, usmStats + Oid{2, 0},
     "usmStatsNotInTimeWindows (its clock and ours do not agree)"},
    {Report::unknownUser, usmStats + Oid{3, 0},
     "usmStatsUnknownUserNames (the agent does not know this user)"},
    {Report::unknownEngine, usmStats + Oid{4, 0}, "usmStatsUnknownEngineIDs (its engine id keeps changing)"},
    {Report::wrongDigest, usmStats + Oid{5, 0},
     "usmStatsWrongDigests (wrong authentication password or protocol)"},
    {Report::decryptionError, usmStats + Oid{6, 0},
     "usmStatsDecryptionErrors (wrong privacy password or protocol)"},
    {Report::unknownContext, Oid{1, 3, 6, 1, 6, 3, 12, 1, 5, 0},
     "snmpUnknownContexts (the agent has no such context)"},
}};

}

Secret keyOf(AuthProtocol protocol, const Secret& password) {
    const auto text = password.reveal();
    if (text.size() < 8) throw Error("an SNMPv3 password has at least 8 octets (RFC 3414 §11.2)");
    const auto oid = oidOf(protocol);
    std::string key(EVP_MAX_MD_SIZE, '\0');
    std::size_t size = key.size();
    if (generate_Ku(oid.parts, static_cast<u_int>(oid.size), raw(text), text.size(),
                    reinterpret_cast<u_char*>(key.data()), &size) != SNMPERR_SUCCESS)
        throw Error("no key could be made of an SNMPv3 password");
    key.resize(size);
    return Secret(std::move(key));
}

LocalKeys localize(const UserKeys& keys, std::string_view engineId) {
    const auto one = [&](const Secret& key) {
        if (key.empty() || engineId.empty()) return Secret();
        const auto oid = oidOf(keys.auth);
        std::string local(EVP_MAX_MD_SIZE, '\0');
        std::size_t size = local.size();
        if (generate_kul(oid.parts, static_cast<u_int>(oid.size), raw(engineId), engineId.size(),
                         raw(key.reveal()), key.reveal().size(), reinterpret_cast<u_char*>(local.data()),
                         &size) != SNMPERR_SUCCESS)
            throw Error("an SNMPv3 key could not be localized");
        local.resize(size);
        return Secret(std::move(local));
    };
    return {one(keys.authKey), one(keys.privKey)};
}

std::string_view print(Report report) {
    for (const auto& known : reports)
        if (known.report == report) return known.words;
    return "a report of a kind not known";
}

Report reportOf(const Pdu& pdu) {
    for (const auto& known : reports)
        if (!pdu.varbinds.empty() && pdu.varbinds.front().name == known.counter) return known.report;
    return Report::other;
}

Oid counterOf(Report report) {
    for (const auto& known : reports)
        if (known.report == report) return known.counter;
    return usmStats + Oid{1, 0};
}

std::optional<V3Message> readV3Message(Bytes datagram) {
    auto message = BerReader(datagram).enter(tag::sequence);
    if (!message) return std::nullopt;
    const auto version = message->integer();
    if (!version || *version != 3) return std::nullopt;
    auto global = message->enter(tag::sequence);
    if (!global) return std::nullopt;
    const auto id = global->integer();
    const auto maxSize = global->integer();
    const auto flags = global->octets();
    const auto model = global->integer();
    if (!id || *id < 0 || !maxSize || *maxSize < 484 || !flags || flags->size() != 1 || !model)
        return std::nullopt;
    V3Message read;
    read.datagram = datagram;
    read.id = *id;
    read.securityModel = *model;
    const auto bits = static_cast<unsigned char>((*flags)[0]);
    if ((bits & 3) == 2) return std::nullopt; // RFC 3412 §7.2 step 5 d: privacy without authentication
    read.level = static_cast<SecurityLevel>((bits & 1) + ((bits & 2) >> 1));
    read.reportable = (bits & 4) != 0;
    const auto security = message->octets();
    if (!security || (*model == usm && !readSecurityParameters(*security, read))) return std::nullopt;
    read.scoped = message->left();
    return read;
}

bool digestFits(const V3Message& message, AuthProtocol protocol, const LocalKeys& keys) {
    const auto size = algorithm(protocol).digest;
    if (message.digest.size() != size || keys.auth.empty()) return false;
    // The digest is that of the message with zeros in the digest's place.
    std::vector<std::uint8_t> copy(message.datagram.begin(), message.datagram.end());
    const auto place = raw(message.digest) - message.datagram.data();
    std::fill_n(copy.begin() + place, size, std::uint8_t{0});
    std::array<std::uint8_t, 64> digest{};
    return computeDigest(protocol, keys, copy, std::span(digest).first(size)) &&
           CRYPTO_memcmp(digest.data(), message.digest.data(), size) == 0;
}

std::optional<ScopedPdu> openScopedPdu(const V3Message& message, const LocalKeys& keys) {
    if (message.level != SecurityLevel::authPriv) return readScopedPdu(message.scoped);
    const auto plain = decrypt(message, keys);
    if (!plain) return std::nullopt;
    return readScopedPdu({raw(*plain), plain->size()});
}

void writeV3Message(BerWriter& out, const V3Header& header, const LocalKeys& keys, const Pdu& pdu) {
    out.clear();
    write(out, pdu);
    out.octets(header.contextName);
    out.octets(header.contextEngineId);
    out.wrap(tag::sequence, 0);
    const bool encrypted = header.level == SecurityLevel::authPriv;
    if (encrypted && out.fits()) {
        const auto cipher = encrypt(header, keys, out.bytes());
        out.clear();
        out.octets(cipher);
    }
    const bool authenticated = header.level != SecurityLevel::noAuthNoPriv;
    const auto digestSize = authenticated ? algorithm(header.auth).digest : 0;
    const auto security = out.mark();
    out.octets(encrypted ? saltOctets(header.salt) : "");
    const auto behindDigest = out.mark();
    out.octets(std::string(digestSize, '\0'));
    out.octets(header.user);
    out.integer(header.time);
    out.integer(header.boots);
    out.octets(header.engineId);
    out.wrap(tag::sequence, security);
    out.wrap(tag::octets, security);
    const auto global = out.mark();
    out.integer(usm);
    const char flags =
        static_cast<char>((authenticated ? 1 : 0) | (encrypted ? 2 : 0) | (header.reportable ? 4 : 0));
    out.octets({&flags, 1});
    out.integer(largestMessage);
    out.integer(header.id);
    out.wrap(tag::sequence, global);
    out.integer(usm);
    out.wrap(tag::sequence, 0);
    if (!authenticated || !out.fits()) return;
    const auto message = out.bytes();
    std::array<std::uint8_t, 64> digest{};
    if (!computeDigest(header.auth, keys, message, std::span(digest).first(digestSize)))
        throw Error("a message could not be signed");
    std::copy_n(digest.begin(), digestSize,
                message.begin() + static_cast<std::ptrdiff_t>(message.size() - behindDigest - digestSize));
}

void EngineClock::suppose(std::uint32_t boots, std::uint32_t time, base::Instant now) {
    set(boots, time, now);
    m_trusted = false;
}

void EngineClock::set(std::uint32_t boots, std::uint32_t time, base::Instant now) {
    m_trusted = true;
    m_boots = boots;
    m_time = m_latest = time;
    m_at = now;
}

bool EngineClock::accept(std::uint32_t boots, std::uint32_t time, base::Instant now) {
    constexpr std::uint32_t latched = std::numeric_limits<std::int32_t>::max();
    if (!m_trusted || boots > m_boots || (boots == m_boots && time > m_latest)) set(boots, time, now);
    if (m_boots == latched || boots < m_boots) return false;
    return static_cast<std::int64_t>(time) >= static_cast<std::int64_t>(this->time(now)) - timeWindow;
}

std::uint32_t EngineClock::time(base::Instant now) const {
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - m_at).count();
    return m_time + static_cast<std::uint32_t>(std::max<std::int64_t>(passed, 0));
}

std::uint64_t randomNumber() {
    std::uint64_t number = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) != 1)
        throw Error("the system has no random numbers");
    return number;
}

}
