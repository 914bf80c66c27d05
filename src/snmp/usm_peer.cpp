#include "snmp/usm_peer.hpp"

namespace headgate::snmp {

namespace {

constexpr std::int32_t usm = 3;
constexpr std::size_t shortestEngineId = 5; // RFC 3411 §5, SnmpEngineID

}

UsmPeer::UsmPeer(CredentialsPtr credentials)
    : m_credentials(std::move(credentials)) {}

void UsmPeer::write(BerWriter& out, const Pdu& pdu, std::int32_t messageId, std::uint64_t salt,
                    base::Instant now) {
    V3Header header;
    header.id = messageId;
    header.reportable = true;
    if (!discovered()) {
        // RFC 3414 §4: no engine, no user, no varbinds.
        writeV3Message(out, header, {}, Pdu{PduType::get, pdu.requestId, 0, 0, {}});
        return;
    }
    header.level = user().level;
    header.auth = user().auth;
    header.engineId = m_engineId;
    header.user = user().user;
    header.contextEngineId = m_engineId;
    header.contextName = user().context;
    header.salt = salt;
    if (header.level != SecurityLevel::noAuthNoPriv) {
        header.boots = m_clock.boots();
        header.time = m_clock.time(now);
    }
    writeV3Message(out, header, m_keys, pdu);
}

UsmPeer::Answer UsmPeer::judge(const V3Message& message, base::Instant now) {
    if (message.securityModel != usm) return {};
    return message.level == SecurityLevel::noAuthNoPriv ? judgeUnsigned(message, now)
                                                        : judgeSigned(message, now);
}

UsmPeer::Answer UsmPeer::judgeSigned(const V3Message& message, base::Instant now) {
    if (message.engineId != m_engineId || message.user != user().user) return {};
    if (!digestFits(message, user().auth, m_keys)) return {};
    auto scoped = openScopedPdu(message, m_keys);
    if (!scoped) return {};
    if (scoped->pdu.type == PduType::report) {
        const auto report = reportOf(scoped->pdu);
        if (report != Report::notInTimeWindow) return {Answer::Kind::reported, report, {}};
        // RFC 3414 §3.2 step 7 b would never again believe an engine whose boots went back. This report
        // carries the random message id that we have just asked with, under the user's key: it is no replay,
        // and devices that lose their boots exist.
        m_clock.set(message.boots, message.time, now);
        return {Answer::Kind::resynchronised, report, {}};
    }
    if (message.level != user().level || scoped->pdu.type != PduType::response) return {};
    if (!m_clock.accept(message.boots, message.time, now)) return {};
    return {Answer::Kind::response, Report::other, std::move(scoped->pdu)};
}

UsmPeer::Answer UsmPeer::judgeUnsigned(const V3Message& message, base::Instant now) {
    auto scoped = openScopedPdu(message, {});
    if (!scoped) return {};
    if (scoped->pdu.type == PduType::report) return judgeReport(message, scoped->pdu, now);
    const bool fits = user().level == SecurityLevel::noAuthNoPriv && message.engineId == m_engineId &&
                      message.user == user().user && scoped->pdu.type == PduType::response;
    if (!fits) return {};
    return {Answer::Kind::response, Report::other, std::move(scoped->pdu)};
}

UsmPeer::Answer UsmPeer::judgeReport(const V3Message& message, const Pdu& pdu, base::Instant now) {
    const auto report = reportOf(pdu);
    // An unsigned word about time would let anybody set our clock.
    if (report == Report::notInTimeWindow) return {};
    const bool another = message.engineId != m_engineId && message.engineId.size() >= shortestEngineId;
    if (report != Report::unknownEngine || !another) return {Answer::Kind::reported, report, {}};
    m_engineId = message.engineId;
    m_keys = localize(user(), m_engineId);
    m_clock.suppose(message.boots, message.time, now);
    return {Answer::Kind::discovered, report, {}};
}

}
