#include "snmp/usm.hpp"

#include "snmp/error.hpp"
#include "snmp/usm_cipher.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <vector>

namespace headgate::snmp {

namespace {

constexpr std::int32_t usm = 3;
constexpr std::int32_t largestMessage = 65507;
constexpr std::size_t longestDigest = 48;

const std::uint8_t* raw(std::string_view octets) {
    return reinterpret_cast<const std::uint8_t*>(octets.data());
}

std::string_view view(const Salt& salt) {
    return {reinterpret_cast<const char*>(salt.data()), salt.size()};
}

std::optional<Bytes> decrypted(const V3Message& message, const LocalKeys& keys) {
    thread_local std::vector<std::uint8_t> plain;
    BerReader in(message.scoped);
    const auto cipher = in.octets();
    CipherState state{keys.privProtocol, message.boots, message.time, {}};
    if (!cipher || message.salt.size() != state.salt.size()) return std::nullopt;
    std::copy(message.salt.begin(), message.salt.end(), state.salt.begin());
    if (!decrypt(state, keys.priv, {raw(*cipher), cipher->size()}, plain)) return std::nullopt;
    return plain;
}

std::optional<ScopedView> readScoped(Bytes bytes) {
    auto inside = BerReader(bytes).enter(tag::sequence);
    if (!inside) return std::nullopt;
    const auto engineId = inside->octets();
    const auto name = inside->octets();
    if (!engineId || !name) return std::nullopt;
    return ScopedView{*engineId, *name, inside->left()};
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

/// The ScopedPDU in `out` becomes its ciphertext; the salt that goes with it.
Salt encryptScoped(BerWriter& out, const V3Header& header, const LocalKeys& keys) {
    const auto salt = saltOf(keys.privProtocol, header.boots, header.salt);
    const CipherState state{keys.privProtocol, header.boots, header.time, salt};
    const auto text = out.bytes();
    if (keys.privProtocol == PrivProtocol::des && text.size() % 8 != 0) {
        // RFC 3414 §8.1.1.2: padded at its end, with whatever.
        std::vector<std::uint8_t> padded(text.begin(), text.end());
        padded.resize((padded.size() + 7) / 8 * 8);
        encrypt(state, keys.priv, padded);
        out.clear();
        out.raw(padded);
    } else {
        encrypt(state, keys.priv, text);
    }
    out.wrap(tag::octets, 0);
    return salt;
}

/// Puts all that a message is around the PDU in `out`.
void wrapPdu(BerWriter& out, const V3Header& header, const LocalKeys& keys) {
    static constexpr std::array<char, longestDigest> zeros{};
    const bool encrypted = header.level == SecurityLevel::authPriv;
    const bool authenticated = header.level != SecurityLevel::noAuthNoPriv;
    out.octets(header.contextName);
    out.octets(header.contextEngineId);
    out.wrap(tag::sequence, 0);
    if (!out.fits()) return;
    Salt salt{};
    if (encrypted) salt = encryptScoped(out, header, keys);
    const auto digestSize = authenticated ? keys.auth.size() : 0;
    const auto security = out.mark();
    out.octets(encrypted ? view(salt) : std::string_view{});
    const auto behindDigest = out.mark();
    out.octets({zeros.data(), digestSize});
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
    keys.auth.sign(out.bytes(), out.bytes().size() - behindDigest - digestSize);
}

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

bool digestFits(const V3Message& message, const LocalKeys& keys) {
    if (keys.auth.empty() || message.digest.size() != keys.auth.size()) return false;
    return keys.auth.fits(message.datagram,
                          static_cast<std::size_t>(raw(message.digest) - message.datagram.data()));
}

std::optional<ScopedView> openScoped(const V3Message& message, const LocalKeys& keys) {
    if (message.level != SecurityLevel::authPriv) return readScoped(message.scoped);
    const auto plain = decrypted(message, keys);
    if (!plain) return std::nullopt;
    return readScoped(*plain);
}

std::optional<ScopedPdu> openScopedPdu(const V3Message& message, const LocalKeys& keys) {
    const auto scoped = openScoped(message, keys);
    if (!scoped) return std::nullopt;
    BerReader in(scoped->pdu);
    auto pdu = readPdu(in);
    if (!pdu) return std::nullopt;
    return ScopedPdu{std::string(scoped->contextEngineId), std::string(scoped->contextName), *std::move(pdu)};
}

void writeV3Message(BerWriter& out, const V3Header& header, const LocalKeys& keys, const Pdu& pdu) {
    out.clear();
    write(out, pdu);
    wrapPdu(out, header, keys);
}

void writeV3Message(BerWriter& out, const V3Header& header, const LocalKeys& keys, Bytes pdu) {
    out.clear();
    out.raw(pdu);
    wrapPdu(out, header, keys);
}

std::vector<std::int32_t> randomNumbers(std::size_t count) {
    std::vector<std::int32_t> numbers(count);
    if (RAND_bytes(reinterpret_cast<unsigned char*>(numbers.data()),
                   static_cast<int>(count * sizeof(std::int32_t))) != 1)
        throw Error("the system has no random numbers");
    return numbers;
}

std::uint64_t randomNumber() {
    std::uint64_t number = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) != 1)
        throw Error("the system has no random numbers");
    return number;
}

}
