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
    return is<Edit>(request) || is<Validate>(request) || is<Commit>(request);
}

}

Southbound::Southbound(Appliance& appliance, Random& random, Faults faults, After after, Answer answer)
    : m_appliance(appliance)
    , m_random(random)
    , m_faults(faults)
    , m_punctual(faults.applyLate == 0)
    , m_after(std::move(after))
    , m_answer(std::move(answer)) {}

void Southbound::submit(domain::Instant now, Command command) {
    m_queue.push_back(std::move(command));
    if (!m_busy) next(now);
}

void Southbound::next(domain::Instant now) {
    m_busy = !m_queue.empty();
    if (!m_busy) return;
    m_current = std::move(m_queue.front());
    m_queue.pop_front();
    start(now);
}

void Southbound::drop(domain::Instant now, domain::Duration lingering) {
    const SessionId session = m_session;
    m_session = 0;
    m_lockedFor = {};
    if (session == 0) return;
    if (lingering == 0s)
        m_appliance.close(session);
    else
        m_after(now + lingering, [this, session](domain::Instant) { m_appliance.close(session); });
}

void Southbound::away(domain::Instant now, Away away) {
    m_away = away;
    if (away == Away::cut) drop(now, m_random.duration(0, 20000));
}

void Southbound::start(domain::Instant now) {
    if (needsLocks(m_current.request) && !holdsLocks())
        return answerNow(now, Unreachable{"session lost, locks gone"});
    if ((is<Discard>(m_current.request) || is<Unlock>(m_current.request)) && !holdsLocks())
        return answerNow(now, Done{});
    if (m_away == Away::cut || (m_session == 0 && m_random.chance(m_faults.unreachable)))
        return m_after(now + m_random.duration(1, static_cast<int>(connectTimeout.count())),
                       [this](domain::Instant at) { answerNow(at, Unreachable{"connection refused"}); });
    if (m_away == Away::hung)
        return m_after(now + rpcTimeout, [this](domain::Instant at) {
            drop(at, m_random.duration(0, 10000));
            answerNow(at, NoAnswer{"timed out"});
        });
    if (m_session == 0) m_session = m_appliance.open();
    if (const auto* lock = std::get_if<Lock>(&m_current.request)) m_lockUntil = now + lock->wait;
    if (m_random.chance(m_faults.applyLate)) return applyLate(now);
    m_after(now + m_random.duration(1, 60), [this](domain::Instant at) { finish(at); });
}

void Southbound::applyLate(domain::Instant now) {
    // The appliance goes on with the session that we gave up.
    const SessionId session = m_session;
    m_session = 0;
    m_lockedFor = {};
    m_after(now + m_random.duration(1000, 40000),
            [this, session, request = m_current.request](domain::Instant at) {
                if (m_appliance.alive(session)) (void)m_appliance.perform(session, request, at);
                m_appliance.close(session);
            });
    m_after(now + rpcTimeout, [this](domain::Instant at) { answerNow(at, NoAnswer{"timed out"}); });
}

void Southbound::finish(domain::Instant now) {
    if (m_session == 0) return answerNow(now, NoAnswer{"the session broke"});
    if (m_random.chance(m_faults.dropBefore)) {
        drop(now, m_random.duration(0, 3000));
        return answerNow(now, NoAnswer{"the session broke before"});
    }
    if (m_random.chance(m_faults.refuse) && !is<Discard>(m_current.request) && !is<Unlock>(m_current.request))
        return answerNow(now, Refused{"operation-failed", "injected", false, m_random.chance(300)});
    if (is<Lock>(m_current.request)) return tryLock(now);
    auto result = m_appliance.perform(m_session, m_current.request, now);
    if (is<Unlock>(m_current.request)) m_lockedFor = {};
    if (m_random.chance(m_faults.dropAfter)) {
        drop(now, m_random.duration(0, 3000));
        return answerNow(now, NoAnswer{"the session broke after"});
    }
    answerNow(now, std::move(result));
}

void Southbound::tryLock(domain::Instant now) {
    if (m_session == 0) return answerNow(now, NoAnswer{"the session broke"});
    auto result = m_appliance.lock(m_session, now);
    if (std::holds_alternative<Done>(result)) {
        m_lockedFor = m_current.transaction;
        return answerNow(now, result);
    }
    if (now + lockAgain > m_lockUntil) return answerNow(now, result);
    m_after(now + lockAgain, [this](domain::Instant at) { tryLock(at); });
}

void Southbound::answerNow(domain::Instant now, Result result) {
    const auto reply = std::make_shared<const Reply>(
        Reply{m_current.transaction, m_current.appliance, m_current.token, std::move(result)});
    if (!m_random.chance(m_faults.lost)) {
        const auto later =
            m_random.chance(m_faults.delayed) ? m_random.duration(500, 20000) : m_random.duration(0, 2);
        m_after(now + later, [this, reply](domain::Instant) { m_answer(*reply); });
        if (m_random.chance(m_faults.doubled))
            m_after(now + later + m_random.duration(0, 5000),
                    [this, reply](domain::Instant) { m_answer(*reply); });
    }
    next(now);
}

}
