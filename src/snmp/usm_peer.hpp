#pragma once

#include "snmp/usm.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace headgate::snmp {

/// What has changed at an agent's engine that no restart explains. Told once, when an answer has proved it
/// (by the user's key, where the user has one).
struct EngineChange {
    enum class Kind : std::uint8_t {
        anotherEngine, ///< another engine id: a new agent, or one that has lost its state
        bootsBack,     ///< fewer boots than before, though each start counts one more
        timeJumped,    ///< the same boot, but its time is more than the time window from what it was to be
    };
    Kind kind = Kind::anotherEngine;
    std::string from; ///< engine ids, octets
    std::string to;   ///< the same one, unless anotherEngine
    std::uint32_t bootsFrom = 0;
    std::uint32_t bootsTo = 0;
    std::int64_t seconds = 0; ///< timeJumped: how far; negative: back
    std::uint32_t timeTo = 0; ///< of the answer that proved it, seconds
};

/// One sentence for operators.
std::string print(const EngineChange& change);

/// What we know of one agent's SNMPv3 engine, as one user: finds the engine out, keeps its time, and judges
/// its answers (RFC 3414 §3.2, §4; RFC 3412 §7.2). Who is not answered, or not believed, three times asks for
/// the engine anew: whatever the agent has become, it is not lost. No socket and no clock in it. An engine
/// that is known takes about 1 KiB.
class UsmPeer {
  public:
    explicit UsmPeer(CredentialsPtr credentials);

    bool discovered() const { return !m_engineId.empty(); }

    /// The message that asks; the one that asks for the engine while it is not known, or is in doubt. `pdu`:
    /// encoded, not in `out`, its request id the same as the message's. A retry has the same id. `salt`:
    /// never the same twice.
    void write(BerWriter& out, Bytes pdu, std::int32_t messageId, std::uint64_t salt, base::Instant now);

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
        /// Begins with a Response-PDU, not read yet. Good as long as the datagram, and until the next call of
        /// any peer on this thread.
        Bytes pdu{};
        std::optional<EngineChange> change{};
    };

    /// For a message that came from where it was asked for, with the message id asked.
    Answer judge(const V3Message& message, base::Instant now);

    const std::string& engineId() const { return m_engineId; }
    const EngineClock& clock() const { return m_clock; }
    const UserKeys& user() const { return m_credentials->keys(); }

  private:
    /// The engine as the last answer that was believed told it.
    struct Believed {
        std::string another; ///< its engine id, while that is not m_engineId
        EngineClock clock;
        bool any = false;
    };

    Answer judgeSigned(const V3Message& message, base::Instant now);
    Answer judgeUnsigned(const V3Message& message, base::Instant now);
    Answer judgeReport(const V3Message& message, Bytes pdu, base::Instant now);
    Answer discover(const V3Message& message, base::Instant now);
    Answer believe(const V3Message& message, Bytes pdu, base::Instant now);
    std::optional<EngineChange> changeTo(const V3Message& message, base::Instant now) const;
    bool isOurs(const ScopedView& scoped) const;
    void count(std::int32_t messageId, base::Instant now);

    CredentialsPtr m_credentials;
    std::string m_engineId;
    LocalKeys m_keys;
    EngineClock m_clock;
    Believed m_believed;
    base::Instant m_countedAt{};
    std::int32_t m_counted = 0; ///< the message id
    std::uint8_t m_unanswered = 0;
    bool m_inDoubt = false;
};

}
