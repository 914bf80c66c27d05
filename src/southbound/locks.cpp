#include "southbound/locks.hpp"

#include "base/backoff.hpp"
#include "base/log.hpp"
#include "southbound/answers.hpp"
#include "southbound/operations.hpp"

#include <algorithm>

namespace headgate::southbound {
namespace {

using namespace transaction;
using domain::Strategy;
using SteadyClock = std::chrono::steady_clock;

constexpr base::Log log("southbound");

/// Candidate, then running: everybody who keeps that order meets no deadlock.
std::vector<std::string_view> datastoresOf(Strategy strategy) {
    if (strategy == Strategy::direct) return {"running"};
    return {"candidate", "running"};
}

std::vector<std::string_view> capabilitiesOf(Strategy strategy) {
    switch (strategy) {
    case Strategy::confirmed: return {"candidate:1.0", "confirmed-commit:1.1"};
    case Strategy::candidate: return {"candidate:1.0"};
    case Strategy::direct: return {"writable-running:1.0", "rollback-on-error:1.0"};
    }
    return {};
}

}

Locks::Locks(Line& line, Pause pause)
    : m_line(line)
    , m_pause(std::move(pause)) {}

const Locks::Held* Locks::held() const {
    return m_held && m_held->session == m_line.number() ? &*m_held : nullptr;
}

bool Locks::heldFor(domain::TransactionId transaction) const {
    return held() && held()->transaction == transaction;
}

Result Locks::take(const Command& command, const Lock& lock) {
    if (heldFor(command.transaction) && m_held->strategy == lock.strategy) return Done{};
    if (held())
        return Refused{"lock-denied", "transaction " + std::to_string(m_held->transaction.value) +
                                          " is not yet done with " + m_line.name()};
    for (const auto& session : lock.former)
        m_line.former().inherited(session);
    const auto deadline = SteadyClock::now() + lock.wait;
    base::Backoff backoff(base::Duration(50), base::Duration(1000), command.token.value);
    while (true) {
        const bool warm = m_line.connected();
        auto result = takeAll(lock.strategy);
        if (warm && m_line.broke() && std::holds_alternative<NoAnswer>(result))
            result = takeAll(lock.strategy);
        if (std::holds_alternative<Done>(result)) {
            m_held = {command.transaction, lock.strategy, m_line.number()};
            return result;
        }
        const auto* refused = std::get_if<Refused>(&result);
        const auto left = std::chrono::ceil<base::Duration>(deadline - SteadyClock::now());
        if (!refused || !mayPass(refused->tag) || left <= base::Duration(0)) return result;
        if (!m_pause(std::min(backoff.next(), left))) return result;
    }
}

/// None is kept while another is waited for. Candidate is not discarded to get its lock: what is in it then
/// is somebody else's, since our own edits ended with our lock (RFC 6241, sections 7.5 and 8.3.5.2).
Result Locks::takeAll(Strategy strategy) {
    if (auto reason = m_line.ensure()) return Unreachable{*reason};
    if (const auto lacking = missing(strategy); !lacking.empty())
        return Refused{"operation-not-supported", lacking};
    std::vector<std::string_view> taken;
    for (const auto datastore : datastoresOf(strategy)) {
        const auto answer = lockOne(datastore);
        const auto* rejected = std::get_if<Rejected>(&answer);
        if (!rejected && !std::holds_alternative<Accepted>(answer)) return resultOf(answer);
        if (!rejected) {
            taken.push_back(datastore);
            continue;
        }
        auto refused = refusal(datastore, rejected->errors);
        for (const auto given : taken)
            if (std::holds_alternative<Rejected>(m_line.call(unlockOf(given))))
                m_line.drop(std::string(given) + " could not be unlocked");
        return refused;
    }
    return Done{};
}

Answer Locks::lockOne(std::string_view datastore) {
    auto answer = m_line.call(lockOf(datastore));
    if (const auto* rejected = std::get_if<Rejected>(&answer))
        if (const auto& error = worst(rejected->errors);
            mayPass(error.tag) && killed(infoOf(error, "session-id")))
            answer = m_line.call(lockOf(datastore));
    return answer;
}

/// What we dropped and the appliance still holds is ended by us (RFC 6241, section 7.9): our right to it is
/// clear as long as it is proven ours.
bool Locks::killed(const std::string& owner) {
    const auto& former = std::as_const(m_line).former();
    if (owner.empty() || !former.has(owner)) return false;
    const auto answer = m_line.call(loginsOf(owner, former.current()));
    const auto* accepted = std::get_if<Accepted>(&answer);
    if (!m_line.connected()) return false;
    if (!former.proven(owner, m_line.place().endpoint.user,
                       accepted ? loginsIn(accepted->content) : Logins())) {
        log.info("the lock is held by a session of a number that was ours; that it still is cannot be proved",
                 {{"appliance", m_line.name()}, {"session", owner}});
        return false;
    }
    const auto killed = m_line.call(killOf(owner));
    log.warning("our own dead session still held a lock and was ended",
                {{"appliance", m_line.name()},
                 {"session", owner},
                 {"accepted", std::holds_alternative<Accepted>(killed) ? "yes" : "no"}});
    return std::holds_alternative<Accepted>(killed);
}

Refused Locks::refusal(std::string_view datastore, const std::vector<yang::RpcError>& errors) const {
    const auto& error = worst(errors);
    Refused refused{error.tag, {}, mayPass(error.tag), false};
    const auto owner = infoOf(error, "session-id");
    std::string& text = refused.message;
    text = std::string(datastore) + " of " + m_line.name();
    if (owner == "0")
        text += " is held by somebody outside NETCONF (session-id 0), or has uncommitted changes";
    else if (m_line.former().has(owner))
        text += " is locked by our own session " + owner +
                ", which was dropped and which the appliance still holds (or by somebody who has its number)";
    else if (!owner.empty())
        text += " is locked by session " + owner;
    else
        text += " cannot be locked";
    text += ": " + wordsOf(error);
    return refused;
}

std::string Locks::missing(Strategy strategy) const {
    std::string names;
    for (const auto needed : capabilitiesOf(strategy))
        if (!m_line.has(needed)) names += (names.empty() ? ":" : " and :") + std::string(needed);
    if (names.empty()) return {};
    return m_line.name() + " lacks the capability " + names + " that the strategy " +
           std::string(toString(strategy)) + " needs";
}

Result Locks::release(domain::TransactionId transaction) {
    if (!heldFor(transaction)) return Done{};
    auto datastores = datastoresOf(m_held->strategy);
    m_held.reset();
    std::reverse(datastores.begin(), datastores.end());
    for (const auto datastore : datastores) {
        const auto answer = m_line.call(unlockOf(datastore));
        if (const auto* rejected = std::get_if<Rejected>(&answer)) {
            log.warning("an unlock was refused, the session is closed",
                        {{"appliance", m_line.name()},
                         {"datastore", std::string(datastore)},
                         {"message", wordsOf(worst(rejected->errors))}});
            m_line.drop(std::string(datastore) + " could not be unlocked");
        }
        if (!m_line.connected()) break;
    }
    return Done{};
}

void Locks::unlockRunning() {
    if (std::holds_alternative<Rejected>(m_line.call(unlockOf("running"))))
        m_line.drop("running could not be unlocked");
}

void Locks::lockRunningAgain() {
    if (held() && std::holds_alternative<Rejected>(m_line.call(lockOf("running"))))
        m_line.drop("running was locked by somebody else meanwhile");
}

}
