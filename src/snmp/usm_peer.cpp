#include "snmp/usm_peer.hpp"

#include "snmp/hex.hpp"

#include <cstdlib>
#include <utility>

namespace headgate::snmp {

namespace {

using namespace std::chrono_literals;

constexpr std::int32_t usm = 3;
constexpr std::size_t shortestEngineId = 5; // RFC 3411 §5, SnmpEngineID
constexpr unsigned unansweredBefore = 3;    // the engine is in doubt
constexpr base::Duration pollsApart = 1s;   // questions of one poll go out together

bool isOf(Bytes pdu, PduType type) {
    return !pdu.empty() && pdu.front() == static_cast<std::uint8_t>(type);
}

}

std::string print(const EngineChange& change) {
    switch (change.kind) {
    case EngineChange::Kind::anotherEngine:
        return "its SNMP engine was " + hex(change.from) + " and is " + hex(change.to) +
               ": another agent, or one that has lost its state";
    case EngineChange::Kind::bootsBack:
        return "its SNMP engine counts " + std::to_string(change.bootsTo) + " boots, after " +
               std::to_string(change.bootsFrom) + ": it has lost its state";
    case EngineChange::Kind::timeJumped:
        return "the time of its SNMP engine has jumped by " + std::to_string(change.seconds) + " s";
    }
    return "";
}

UsmPeer::UsmPeer(CredentialsPtr credentials)
    : m_credentials(std::move(credentials)) {}

void UsmPeer::count(std::int32_t messageId, base::Instant now) {
    if (m_unanswered > 0 && (messageId == m_counted || now - m_countedAt < pollsApart)) return;
    m_counted = messageId;
    m_countedAt = now;
    if (m_unanswered >= unansweredBefore)
        m_inDoubt = true;
    else
        ++m_unanswered;
}

void UsmPeer::write(BerWriter& out, Bytes pdu, std::int32_t messageId, std::uint64_t salt,
                    base::Instant now) {
    count(messageId, now);
    V3Header header;
    header.id = messageId;
    header.reportable = true;
    if (!discovered() || m_inDoubt) {
        // RFC 3414 §4: no engine, no user, no varbinds.
        writeV3Message(out, header, {}, Pdu{PduType::get, messageId, 0, 0, {}});
        return;
    }
    header.level = user().level;
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

/// RFC 3412 §7.2 step 12: an answer is in the context that was asked.
bool UsmPeer::isOurs(const ScopedView& scoped) const {
    return scoped.contextEngineId == m_engineId && scoped.contextName == user().context;
}

UsmPeer::Answer UsmPeer::judgeSigned(const V3Message& message, base::Instant now) {
    if (message.engineId != m_engineId || message.user != user().user) return {};
    if (!digestFits(message, m_keys)) return {};
    const auto scoped = openScoped(message, m_keys);
    if (!scoped) return {};
    if (isOf(scoped->pdu, PduType::report)) {
        BerReader in(scoped->pdu);
        const auto pdu = readPdu(in);
        if (!pdu) return {};
        const auto report = reportOf(*pdu);
        if (report != Report::notInTimeWindow) return {Answer::Kind::reported, report};
        // RFC 3414 §3.2 step 7 b would never again believe an engine whose boots went back. This report
        // carries the random message id that we have just asked with, under the user's key: it is no replay,
        // and devices that lose their boots exist.
        m_clock.set(message.boots, message.time, now);
        return {Answer::Kind::resynchronised, report};
    }
    if (message.level != user().level || !isOf(scoped->pdu, PduType::response) || !isOurs(*scoped)) return {};
    if (!m_clock.accept(message.boots, message.time, now)) return {};
    return believe(message, scoped->pdu, now);
}

UsmPeer::Answer UsmPeer::judgeUnsigned(const V3Message& message, base::Instant now) {
    const auto scoped = openScoped(message, m_keys);
    if (!scoped) return {};
    if (isOf(scoped->pdu, PduType::report)) return judgeReport(message, scoped->pdu, now);
    const bool fits = discovered() && user().level == SecurityLevel::noAuthNoPriv &&
                      message.engineId == m_engineId && message.user == user().user &&
                      isOf(scoped->pdu, PduType::response) && isOurs(*scoped);
    if (!fits) return {};
    return believe(message, scoped->pdu, now);
}

UsmPeer::Answer UsmPeer::judgeReport(const V3Message& message, Bytes pdu, base::Instant now) {
    BerReader in(pdu);
    const auto read = readPdu(in);
    if (!read) return {};
    const auto report = reportOf(*read);
    // An unsigned word about time would let anybody set our clock.
    if (report == Report::notInTimeWindow) return {};
    const bool news = m_inDoubt || message.engineId != m_engineId;
    if (report != Report::unknownEngine || !news || message.engineId.size() < shortestEngineId)
        return {Answer::Kind::reported, report};
    return discover(message, now);
}

UsmPeer::Answer UsmPeer::discover(const V3Message& message, base::Instant now) {
    if (message.engineId != m_engineId) {
        if (m_believed.another == message.engineId)
            m_believed.another.clear();
        else if (m_believed.any && m_believed.another.empty())
            m_believed.another = m_engineId;
        m_engineId = message.engineId;
        m_keys = localize(user(), m_engineId);
    }
    m_clock.suppose(message.boots, message.time, now);
    m_inDoubt = false;
    m_unanswered = 0;
    return {Answer::Kind::discovered, Report::unknownEngine};
}

UsmPeer::Answer UsmPeer::believe(const V3Message& message, Bytes pdu, base::Instant now) {
    Answer answer{Answer::Kind::response, Report::other, pdu, changeTo(message, now)};
    m_unanswered = 0;
    m_inDoubt = false;
    m_believed.any = true;
    m_believed.another.clear();
    m_believed.clock = m_clock;
    return answer;
}

std::optional<EngineChange> UsmPeer::changeTo(const V3Message& message, base::Instant now) const {
    if (!m_believed.any) return std::nullopt;
    const auto& before = m_believed.clock;
    EngineChange change{EngineChange::Kind::anotherEngine, m_engineId, m_engineId, before.boots(),
                        message.boots};
    change.timeTo = message.time;
    if (!m_believed.another.empty()) {
        change.from = m_believed.another;
        return change;
    }
    // What an unsigned message says of time is nothing to go by.
    if (message.level == SecurityLevel::noAuthNoPriv || message.boots > before.boots()) return std::nullopt;
    change.kind = EngineChange::Kind::bootsBack;
    if (message.boots < before.boots()) return change;
    change.kind = EngineChange::Kind::timeJumped;
    change.seconds = static_cast<std::int64_t>(message.time) - before.time(now);
    if (std::abs(change.seconds) <= timeWindow) return std::nullopt;
    return change;
}

}
