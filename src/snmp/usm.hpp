#pragma once

#include "base/clock.hpp"
#include "snmp/credentials.hpp"
#include "snmp/pdu.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The User-based Security Model (RFC 3414, RFC 7860, RFC 3826). Net-SNMP does the ciphers and the encodings;
// users, engines and time windows are kept by whoever uses this, an engine each, because the library's own
// are global lists that cost time with every engine known (and that one user's wrong password would spoil for
// another).

namespace headgate::snmp {

/// A user with keys in place of passwords (RFC 3414 §2.6: Ku).
struct UserKeys {
    std::string user;
    SecurityLevel level = SecurityLevel::noAuthNoPriv;
    AuthProtocol auth = AuthProtocol::sha256;
    PrivProtocol priv = PrivProtocol::aes128;
    Secret authKey;
    Secret privKey;
    std::string context;
};

/// The keys of a user at one engine (Kul).
struct LocalKeys {
    Secret auth;
    Secret priv;
};

/// Throws Error when the password is shorter than 8 octets. Takes 3 ms.
Secret keyOf(AuthProtocol protocol, const Secret& password);
LocalKeys localize(const UserKeys& keys, std::string_view engineId);

/// The reports of RFC 3414 §5, RFC 3412 §5, RFC 3413 §4.1.
enum class Report : std::uint8_t {
    unsupportedSecurityLevel,
    notInTimeWindow,
    unknownUser,
    unknownEngine,
    wrongDigest,
    decryptionError,
    unknownContext,
    other,
};

std::string_view print(Report report); ///< "usmStatsWrongDigests (wrong authentication password)"
Report reportOf(const Pdu& pdu);
Oid counterOf(Report report);

/// An SNMPv3 message, read as far as one can before its keys are known. Views point into the datagram.
struct V3Message {
    Bytes datagram;
    std::int32_t id = 0;
    bool reportable = false;
    SecurityLevel level = SecurityLevel::noAuthNoPriv;
    std::int32_t securityModel = 0;
    std::string_view engineId;
    std::uint32_t boots = 0;
    std::uint32_t time = 0;
    std::string_view user;
    std::string_view digest;
    std::string_view salt;
    Bytes scoped; ///< the ScopedPDU, or what is left of the message at its ciphertext
};

struct ScopedPdu {
    std::string contextEngineId;
    std::string contextName;
    Pdu pdu;
};

std::optional<V3Message> readV3Message(Bytes datagram);

/// RFC 3414 §6.3.2, RFC 7860 §4.2.2.
bool digestFits(const V3Message& message, AuthProtocol protocol, const LocalKeys& keys);

/// Decrypts when the level says so; empty when that gives no ScopedPDU. Check the digest first.
std::optional<ScopedPdu> openScopedPdu(const V3Message& message, const LocalKeys& keys);

/// What a message to be sent says besides its PDU.
struct V3Header {
    std::int32_t id = 0;
    bool reportable = false;
    SecurityLevel level = SecurityLevel::noAuthNoPriv;
    AuthProtocol auth = AuthProtocol::sha256;
    std::string_view engineId;
    std::uint32_t boots = 0;
    std::uint32_t time = 0;
    std::string_view user;
    std::string_view contextEngineId;
    std::string_view contextName;
    std::uint64_t salt = 0; ///< never twice with one key and engine time (RFC 3826 §3.1.4.1)
};

void writeV3Message(BerWriter& out, const V3Header& header, const LocalKeys& keys, const Pdu& pdu);

/// What is known of another, authoritative engine's time (RFC 3414 §2.3).
class EngineClock {
  public:
    /// What an unauthenticated discovery says: good for asking, not for judging.
    void suppose(std::uint32_t boots, std::uint32_t time, base::Instant now);

    /// Takes an authenticated message's word without condition.
    void set(std::uint32_t boots, std::uint32_t time, base::Instant now);

    /// RFC 3414 §3.2 step 7 b: moves forward with an authenticated message; false when it is outside the
    /// window.
    bool accept(std::uint32_t boots, std::uint32_t time, base::Instant now);

    std::uint32_t boots() const { return m_boots; }
    std::uint32_t time(base::Instant now) const;

  private:
    bool m_trusted = false;
    std::uint32_t m_boots = 0;
    std::uint32_t m_time = 0;
    std::uint32_t m_latest = 0;
    base::Instant m_at{};
};

/// Seconds that clocks may differ (RFC 3414 §2.2.3).
inline constexpr std::int64_t timeWindow = 150;

/// Numbers that nobody can guess.
std::uint64_t randomNumber();

}
