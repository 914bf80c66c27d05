#include "snmp/usm_authority.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace headgate::snmp {

UsmAuthority::UsmAuthority(const LocalEngine& engine, NotificationReceiver::Counters& counters)
    : m_engine(engine)
    , m_counters(counters)
    , m_salt(randomNumber()) {}

UsmAuthority::Keys::iterator UsmAuthority::find(Keys& keys, const CredentialsPtr& user) {
    return std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.credentials == user; });
}

/// The key of before, which is not made again, and of a sender the time there: else an old trap could be
/// played again.
UsmAuthority::Key UsmAuthority::keyFrom(Keys& before, const CredentialsPtr& user, const std::string& engineId,
                                        const EngineClock& clock) {
    const auto known = find(before, user);
    if (known == before.end()) return {user, localize(user->keys(), engineId), clock};
    auto key = std::move(*known);
    key.holders = 1;
    return key;
}

void UsmAuthority::trust(const std::vector<CredentialsPtr>& users,
                         const std::vector<NotificationReceiver::TrapEngine>& engines) {
    auto usersBefore = std::exchange(m_users, {});
    for (const auto& user : users)
        if (user && user->isV3()) m_users.push_back(keyFrom(usersBefore, user, m_engine.id()));
    auto enginesBefore = std::exchange(m_engines, {});
    for (const auto& engine : engines)
        trustEngine(engine, enginesBefore[engine.engineId]);
}

void UsmAuthority::trustEngine(const NotificationReceiver::TrapEngine& engine) {
    Keys none;
    trustEngine(engine, none);
}

void UsmAuthority::trustEngine(const NotificationReceiver::TrapEngine& engine, Keys& before) {
    if (!engine.user || !engine.user->isV3() || engine.engineId.empty() || engine.engineId == m_engine.id())
        return;
    auto& keys = m_engines[engine.engineId];
    if (const auto known = find(keys, engine.user); known != keys.end())
        ++known->holders;
    else
        keys.push_back(keyFrom(before, engine.user, engine.engineId, engine.clock));
}

void UsmAuthority::forgetEngine(const NotificationReceiver::TrapEngine& engine) {
    const auto known = m_engines.find(engine.engineId);
    if (known == m_engines.end()) return;
    auto& keys = known->second;
    const auto key = find(keys, engine.user);
    if (key == keys.end() || --key->holders > 0) return;
    keys.erase(key);
    if (keys.empty()) m_engines.erase(known);
}

void UsmAuthority::setEngineTime(const NotificationReceiver::TrapEngine& engine) {
    const auto known = m_engines.find(engine.engineId);
    if (known == m_engines.end()) return;
    // Of that user only: whoever has another one's password has not told it.
    if (const auto key = find(known->second, engine.user); key != known->second.end())
        key->clock = engine.clock;
}

UsmAuthority::Verdict UsmAuthority::judge(const V3Message& message, base::Instant now) {
    if (message.securityModel != 3) {
        ++m_counters.unsupported;
        return {};
    }
    if (message.engineId == m_engine.id()) return judgeOurs(message, now);
    if (const auto engine = m_engines.find(std::string(message.engineId)); engine != m_engines.end())
        return judgeTrap(message, engine->second, now);
    ++m_counters.unknownEngine;
    Verdict verdict;
    verdict.ours = true;
    verdict.report = Report::unknownEngine;
    return verdict;
}

UsmAuthority::Key* UsmAuthority::keyFor(const V3Message& message, Keys& keys, Verdict& verdict) {
    bool known = false;
    bool levelFits = false;
    for (auto& key : keys) {
        if (key.user().user != message.user) continue;
        known = true;
        // A message with less security than its user must have is as good as anybody's.
        if (message.level != key.user().level) continue;
        levelFits = true;
        if (message.level != SecurityLevel::noAuthNoPriv && !digestFits(message, key.local)) continue;
        return &key;
    }
    if (!known) {
        ++m_counters.unknownUser;
        verdict.report = Report::unknownUser;
    } else if (!levelFits) {
        ++m_counters.unsupported;
        verdict.report = Report::unsupportedSecurityLevel;
    } else {
        ++m_counters.wrongDigest;
        verdict.report = Report::wrongDigest;
    }
    return nullptr;
}

UsmAuthority::Verdict UsmAuthority::judgeOurs(const V3Message& message, base::Instant now) {
    Verdict verdict;
    verdict.ours = true;
    const auto* key = keyFor(message, m_users, verdict);
    if (!key) return verdict;
    verdict.user = key->credentials;
    verdict.keys = &key->local;
    if (message.level != SecurityLevel::noAuthNoPriv) {
        // RFC 3414 §3.2 step 7 a: ours is the clock that counts.
        const auto difference = static_cast<std::int64_t>(message.time) - m_engine.time(now);
        const bool latched = m_engine.boots() == mostBoots;
        if (latched || message.boots != m_engine.boots() || std::abs(difference) > timeWindow) {
            ++m_counters.notInTimeWindow;
            verdict.report = Report::notInTimeWindow;
            return verdict;
        }
    }
    return open(message, *key, verdict);
}

UsmAuthority::Verdict UsmAuthority::judgeTrap(const V3Message& message, Keys& keys, base::Instant now) {
    Verdict verdict;
    auto* key = keyFor(message, keys, verdict);
    verdict.report.reset(); // only an authoritative engine reports
    if (!key) return verdict;
    // RFC 3414 §3.2 step 7 b; the first one's own word is none, it may be a replay.
    if (message.level != SecurityLevel::noAuthNoPriv &&
        (!key->clock.trusted() || !key->clock.accept(message.boots, message.time, now))) {
        ++m_counters.notInTimeWindow;
        return verdict;
    }
    verdict.user = key->credentials;
    verdict.keys = &key->local;
    verdict = open(message, *key, verdict);
    verdict.report.reset();
    return verdict;
}

UsmAuthority::Verdict UsmAuthority::open(const V3Message& message, const Key& key, Verdict verdict) {
    verdict.scoped = openScopedPdu(message, key.local);
    if (verdict.scoped) return verdict;
    if (message.level == SecurityLevel::authPriv) {
        ++m_counters.decryptionError;
        verdict.report = Report::decryptionError;
    } else {
        ++m_counters.malformed;
    }
    return verdict;
}

void UsmAuthority::writeAnswer(BerWriter& out, const V3Message& asked, const ScopedPdu& scoped,
                               const Verdict& verdict, const Pdu& pdu, base::Instant now) {
    V3Header header;
    header.id = asked.id;
    header.level = asked.level;
    header.engineId = m_engine.id();
    header.boots = m_engine.boots();
    header.time = m_engine.time(now);
    header.user = asked.user;
    header.contextEngineId = scoped.contextEngineId;
    header.contextName = scoped.contextName;
    header.salt = m_salt++;
    writeV3Message(out, header, *verdict.keys, pdu);
}

void UsmAuthority::writeReport(BerWriter& out, const V3Message& asked, const Verdict& verdict,
                               base::Instant now) {
    const auto report = *verdict.report;
    V3Header header;
    header.id = asked.id;
    header.engineId = m_engine.id();
    header.boots = m_engine.boots();
    header.time = m_engine.time(now);
    header.user = asked.user;
    header.contextEngineId = m_engine.id();
    LocalKeys none;
    const auto* keys = &none;
    if (report == Report::notInTimeWindow) {
        // Signed, so that the sender may believe our time (RFC 3414 §3.2 step 7 a).
        header.level = SecurityLevel::authNoPriv;
        keys = verdict.keys;
    }
    Pdu pdu{PduType::report, 0, 0, 0, {{counterOf(report), Counter32{++m_reports[report]}}}};
    if (asked.level == SecurityLevel::noAuthNoPriv)
        if (const auto scoped = openScopedPdu(asked, none)) pdu.requestId = scoped->pdu.requestId;
    writeV3Message(out, header, *keys, pdu);
}

}
