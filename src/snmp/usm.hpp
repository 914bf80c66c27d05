#pragma once

#include "snmp/engine_clock.hpp"
#include "snmp/pdu.hpp"
#include "snmp/usm_keys.hpp"
#include "snmp/usm_report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Messages of the User-based Security Model (RFC 3414, RFC 7860, RFC 3826): written, read, signed and
// encrypted. Users, engines and time windows are kept by whoever uses this, an engine each, because
// Net-SNMP's own are global lists that cost time with every engine known (and that one user's wrong password
// would spoil for another).

namespace headgate::snmp {

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

/// A ScopedPDU (RFC 3412 §6), its PDU not read yet.
struct ScopedView {
    std::string_view contextEngineId;
    std::string_view contextName;
    Bytes pdu; ///< begins with it
};

struct ScopedPdu {
    std::string contextEngineId;
    std::string contextName;
    Pdu pdu;
};

std::optional<V3Message> readV3Message(Bytes datagram);

/// RFC 3414 §6.3.2, RFC 7860 §4.2.2.
bool digestFits(const V3Message& message, const LocalKeys& keys);

/// Decrypts when the level says so; empty when that gives no ScopedPDU. Check the digest first. The views are
/// good until the datagram goes, or until this is called again on this thread: what was encrypted is in a
/// buffer of the thread's.
std::optional<ScopedView> openScoped(const V3Message& message, const LocalKeys& keys);

/// The same, with the PDU read.
std::optional<ScopedPdu> openScopedPdu(const V3Message& message, const LocalKeys& keys);

/// What a message to be sent says besides its PDU.
struct V3Header {
    std::int32_t id = 0;
    bool reportable = false;
    SecurityLevel level = SecurityLevel::noAuthNoPriv;
    std::string_view engineId;
    std::uint32_t boots = 0;
    std::uint32_t time = 0;
    std::string_view user;
    std::string_view contextEngineId;
    std::string_view contextName;
    std::uint64_t salt = 0; ///< never twice with one key and engine time (RFC 3826 §3.1.4.1)
};

/// Replaces what is in `out`. Throws Error when `keys` are not those that the level needs.
void writeV3Message(BerWriter& out, const V3Header& header, const LocalKeys& keys, const Pdu& pdu);

/// The same of an encoded PDU, which is not in `out`.
void writeV3Message(BerWriter& out, const V3Header& header, const LocalKeys& keys, Bytes pdu);

/// Numbers that nobody can guess.
std::uint64_t randomNumber();
std::vector<std::int32_t> randomNumbers(std::size_t count);

}
