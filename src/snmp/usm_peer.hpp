#pragma once

#include "snmp/usm.hpp"

#include <optional>

namespace headgate::snmp {

/// What we know of one agent's SNMPv3 engine, as one user: finds the engine out, keeps its time, and judges
/// its answers (RFC 3414 §3.2, §4). No socket and no clock in it.
class UsmPeer {
  public:
    explicit UsmPeer(CredentialsPtr credentials);

    bool discovered() const { return !m_engineId.empty(); }

    /// The message that asks; the one that asks for the engine while it is not known.
    void write(BerWriter& out, const Pdu& pdu, std::int32_t messageId, std::uint64_t salt, base::Instant now);

    struct Answer {
        enum class Kind : std::uint8_t {
            response,       ///< `pdu` is what the agent says
            discovered,     ///< the engine is known now, or another one: ask again
            resynchronised, ///< its time is known now: ask again
            reported,       ///< `report` says why not
            rejected,       ///< not to be believed: as if it had not come
        };
        Kind kind = Kind::rejected;
        Report report = Report::other;
        Pdu pdu;
    };

    /// For a message that came from where it was asked for, with the message id asked.
    Answer judge(const V3Message& message, base::Instant now);

    const std::string& engineId() const { return m_engineId; }
    const EngineClock& clock() const { return m_clock; }
    const UserKeys& user() const { return m_credentials->keys(); }

  private:
    Answer judgeSigned(const V3Message& message, base::Instant now);
    Answer judgeUnsigned(const V3Message& message, base::Instant now);
    Answer judgeReport(const V3Message& message, const Pdu& pdu, base::Instant now);

    CredentialsPtr m_credentials;
    std::string m_engineId;
    LocalKeys m_keys;
    EngineClock m_clock;
};

}
