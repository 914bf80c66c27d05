#pragma once

#include "simulation/appliance.hpp"
#include "simulation/random.hpp"

#include <deque>
#include <functional>

namespace headgate::simulation {

/// How badly the world behaves in one history, in permille of the commands.
struct Faults {
    int refuse = 0;     ///< the appliance says no
    int dropBefore = 0; ///< the session breaks before the command is done
    int dropAfter = 0;  ///< … after it
    int applyLate = 0;  ///< no answer in time, and it is done long afterwards, in the dropped session
    int unreachable = 0;
    int doubled = 0; ///< the reply comes twice
    int delayed = 0; ///< the reply is some seconds late
    int lost = 0;    ///< the reply never comes: southbound breaks its promise
};

/// Southbound's worker and one appliance's network, simulated: one command at a time, one session.
class Southbound {
  public:
    enum class Away { no, hung, cut };

    /// Calls back at a time: `after` runs the function then, `reply` is the channel to the controller.
    using After = std::function<void(domain::Instant, std::function<void(domain::Instant)>)>;
    using Answer = std::function<void(const transaction::Reply&)>;

    Southbound(Appliance& appliance, Random& random, Faults faults, After after, Answer answer);

    void submit(domain::Instant now, transaction::Command command);
    void stopFaults() { m_faults = {}; }
    /// Its session ends, as a broken connection does; the appliance notices at once, or after `lingering`.
    void drop(domain::Instant now, domain::Duration lingering);
    void away(domain::Instant now, Away away);
    /// What was answered is what is: nothing is done behind our back later.
    bool punctual() const { return m_punctual && m_away == Away::no; }
    bool idle() const { return !m_busy && m_queue.empty(); }
    bool cut() const { return m_away == Away::cut; }

  private:
    void start(domain::Instant now);
    void finish(domain::Instant now);
    void tryLock(domain::Instant now);
    void applyLate(domain::Instant now);
    void answerNow(domain::Instant now, transaction::Result result);
    void next(domain::Instant now);
    transaction::Result perform(domain::Instant now);
    bool holdsLocks() const { return m_session != 0 && m_lockedFor == m_current.transaction; }

    Appliance& m_appliance;
    Random& m_random;
    Faults m_faults;
    bool m_punctual;
    After m_after;
    Answer m_answer;
    std::deque<transaction::Command> m_queue;
    transaction::Command m_current;
    domain::Instant m_lockUntil{};
    bool m_busy = false;
    SessionId m_session = 0;
    domain::TransactionId m_lockedFor{};
    Away m_away = Away::no;
};

}
