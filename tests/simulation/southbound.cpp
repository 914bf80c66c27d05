#include "simulation/southbound.hpp"

#include <memory>

namespace headgate::simulation {
namespace {

using namespace std::chrono_literals;
using namespace transaction;

constexpr domain::Duration rpcTimeout = 15s;
constexpr domain::Duration connectTimeout = 5s;
constexpr domain::Duration lockAgain = 500ms;

template <typename T>
bool is(const Request& request) {
    return std::holds_alternative<T>(request);
}

bool needsLocks(const Request& request) {
    return is<Edit>(request) || is<Validate>(request) || is<Rehearse>(request) || is<Commit>(request) ||
           is<Extend>(request) || is<CommitNow>(request) || is<Apply>(request) || is<Save>(request);
}

bool commits(const Request& request) {
    return is<Commit>(request) || is<CommitNow>(request) || is<Apply>(request) || is<Confirm>(request);
}

southbound::FormerSessions::Time steady(domain::Instant at) {
    return southbound::FormerSessions::Time(at.time_since_epoch());
}

constexpr const char* user = "headgate";

bool isCapable(domain::Strategy can, domain::Strategy wanted) {
    if (can == domain::Strategy::confirmed) return wanted != domain::Strategy::direct;
    return can == wanted;
}

}

Southbound::Southbound(Appliance& appliance, Random& random, const Network& network, After after, Tell tell)
    : m_appliance(appliance)
    , m_random(random)
    , m_network(network)
    , m_after(std::move(after))
    , m_tell(std::move(tell)) {}

void Southbound::submit(domain::Instant now, Command command) {
    m_queue.push_back(std::move(command));
    if (!m_busy) next(now);
}

void Southbound::next(domain::Instant now) {
    m_busy = !m_queue.empty() && !m_dead;
    if (!m_busy) return;
    m_current = std::move(m_queue.front());
    m_queue.pop_front();
    start(now);
}

void Southbound::connect(domain::Instant now) {
    if (m_dead || m_session != 0) return;
    if (!m_busy && m_network.away == Away::no) return open(now);
    if (m_network.away == Away::cut) m_former.unreachable();
    if (m_network.away == Away::cut && !m_told) report(now, false, "connection refused");
    m_after(now + m_random.duration(250, 5000), [this](domain::Instant at) { connect(at); });
}

void Southbound::open(domain::Instant now) {
    m_session = m_appliance.open(now, user);
    m_former.opened({m_appliance.number(m_session), now}, steady(now));
    m_lockedFor.reset();
    report(now, true, {});
}

void Southbound::report(domain::Instant now, bool connected, const std::string& reason) {
    m_told = true;
    controller::ApplianceStatus status{{m_appliance.name}, connected, reason, {}};
    if (connected) status.capabilities = m_appliance.capabilities();
    m_after(now, [this, status](domain::Instant) {
        if (!m_dead) m_tell(status);
    });
}

void Southbound::drop(domain::Instant now, domain::Duration lingering) {
    const SessionId session = m_session;
    m_session = 0;
    m_lockedFor.reset();
    m_former.dropped(false);
    // An appliance that is away for as long as a restart takes is missed.
    if (session == 0) return m_former.unreachable();
    if (!m_dead) {
        report(now, false, "the session broke");
        m_after(now + m_random.duration(250, 3000), [this](domain::Instant at) { connect(at); });
    }
    if (lingering == 0s)
        m_appliance.close(session);
    else
        m_after(now + lingering, [this, session](domain::Instant) { m_appliance.close(session); });
}

void Southbound::die(domain::Instant now) {
    m_dead = true;
    m_queue.clear();
    // What was written to the socket may be read before its end is.
    if (m_busy && m_session != 0 && m_network.away == Away::no && m_random.chance(400))
        (void)m_appliance.perform(m_session, m_current.request, now);
    const bool atOnce = m_network.away == Away::no && m_random.chance(600);
    drop(now, atOnce ? 0ms : m_random.duration(0, m_random.chance(100) ? 100000 : 15000));
}

void Southbound::start(domain::Instant now) {
    if (needsLocks(m_current.request) && !holdsLocks())
        return answerNow(now, Unreachable{"session lost, locks gone"});
    if ((is<Discard>(m_current.request) || is<Unlock>(m_current.request)) && !holdsLocks())
        return answerNow(now, Done{});
    if (m_network.away == Away::cut || (m_session == 0 && m_random.chance(m_network.faults.unreachable)))
        return m_after(now + m_random.duration(1, static_cast<int>(connectTimeout.count())),
                       [this](domain::Instant at) { answerNow(at, Unreachable{"connection refused"}); });
    if (m_network.away == Away::hung)
        return m_after(now + rpcTimeout, [this](domain::Instant at) {
            m_former.dropped(true);
            drop(at, m_random.duration(0, 10000));
            answerNow(at, NoAnswer{"timed out"});
        });
    if (m_session == 0) open(now);
    if (const auto* lock = std::get_if<Lock>(&m_current.request)) m_lockUntil = now + lock->wait;
    if (m_random.chance(m_network.faults.applyLate)) return applyLate(now);
    m_after(now + m_random.duration(1, 60), [this](domain::Instant at) { finish(at); });
}

void Southbound::applyLate(domain::Instant now) {
    // The appliance goes on with the session that we gave up.
    const SessionId session = m_session;
    m_session = 0;
    m_former.dropped(true);
    m_lockedFor.reset();
    m_after(now + m_random.duration(1000, 40000),
            [this, session, request = m_current.request](domain::Instant at) {
                if (m_appliance.alive(session)) (void)m_appliance.perform(session, request, at);
                m_appliance.close(session);
            });
    m_after(now + rpcTimeout, [this](domain::Instant at) {
        answerNow(at, NoAnswer{"timed out"});
        connect(at);
    });
}

void Southbound::finish(domain::Instant now) {
    if (m_dead) return;
    const auto& faults = m_network.faults;
    if (m_session != 0 && !m_appliance.alive(m_session)) drop(now, 0s);
    if (m_session == 0) return answerNow(now, NoAnswer{"the session broke"});
    if (m_random.chance(faults.dropBefore)) {
        drop(now, m_random.duration(0, 3000));
        return answerNow(now, NoAnswer{"the session broke before"});
    }
    if (m_random.chance(faults.refuse) && !is<Discard>(m_current.request) && !is<Unlock>(m_current.request))
        return answerNow(now, Refused{"operation-failed", "injected", false, m_random.chance(300)});
    if (is<Lock>(m_current.request)) return tryLock(now);
    if (commits(m_current.request) && m_random.chance(faults.stubborn))
        return answerNow(now, Refused{"operation-failed", "not now", false, false});
    const auto* read = std::get_if<Read>(&m_current.request);
    const bool fenced = read && read->fence;
    if (fenced)
        if (auto locked = lockNow(*read->fence, now); !std::holds_alternative<Done>(locked))
            return answerNow(now, std::move(locked));
    auto result = m_appliance.perform(m_session, m_current.request, now);
    if (is<Unlock>(m_current.request)) m_lockedFor.reset();
    if (m_random.chance(faults.dropAfter)) {
        drop(now, m_random.duration(0, 3000));
        return answerNow(now, NoAnswer{"the session broke after"});
    }
    if (fenced) {
        (void)m_appliance.perform(m_session, Unlock{}, now);
        m_lockedFor.reset();
    }
    answerNow(now, std::move(result));
}

void Southbound::tryLock(domain::Instant now) {
    if (m_dead) return;
    if (m_session == 0) return answerNow(now, NoAnswer{"the session broke"});
    auto result = lockNow(std::get<Lock>(m_current.request), now);
    const auto* refused = std::get_if<Refused>(&result);
    if (!refused || !refused->lockHeldByOther || now + lockAgain > m_lockUntil)
        return answerNow(now, std::move(result));
    m_after(now + lockAgain, [this](domain::Instant at) { tryLock(at); });
}

Result Southbound::lockNow(const Lock& lock, domain::Instant now) {
    if (!isCapable(m_appliance.strategy, lock.strategy))
        return Refused{"operation-not-supported", "it lacks a capability", false, false};
    if (m_lockedFor && *m_lockedFor != m_current.transaction)
        return Refused{"lock-denied", "another transaction is not yet done", false, false};
    for (const auto& former : lock.former)
        m_former.inherited(former);
    auto result = m_appliance.lock(m_session, now);
    if (!std::holds_alternative<Done>(result) && freedFromUs()) result = m_appliance.lock(m_session, now);
    if (std::holds_alternative<Done>(result)) m_lockedFor = m_current.transaction;
    return result;
}

/// The lock may be that of a session of ours from before, as southbound::Locks finds out.
bool Southbound::freedFromUs() {
    const auto owner = m_appliance.lockOwner();
    if (owner.empty() || !m_former.has(owner) || !m_former.proven(owner, user, m_appliance.logins()))
        return false;
    m_appliance.killLockOwner();
    return true;
}

void Southbound::answerNow(domain::Instant now, Result result) {
    if (m_dead) return;
    Reply made{m_current.transaction, m_current.appliance, m_current.token, std::move(result)};
    if (!std::holds_alternative<Unreachable>(made.result)) made.session = m_former.latest();
    const auto reply = std::make_shared<const Reply>(std::move(made));
    const auto say = [this, reply](domain::Instant) {
        if (!m_dead) m_tell(*reply);
    };
    const auto& faults = m_network.faults;
    if (!m_random.chance(faults.lost)) {
        const auto later =
            m_random.chance(faults.delayed) ? m_random.duration(500, 20000) : m_random.duration(0, 2);
        m_after(now + later, say);
        if (m_random.chance(faults.doubled)) m_after(now + later + m_random.duration(0, 5000), say);
    }
    next(now);
}

}
