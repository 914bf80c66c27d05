#pragma once

#include "controller/controller.hpp"
#include "simulation/appliance.hpp"
#include "simulation/random.hpp"

#include <deque>
#include <functional>

namespace headgate::simulation {

/// How badly the world behaves in one history, in permille of the commands.
struct Faults {
    int refuse = 0;     ///< the appliance says no
    int stubborn = 0;   ///< … to what commits or confirms
    int dropBefore = 0; ///< the session breaks before the command is done
    int dropAfter = 0;  ///< … after it
    int applyLate = 0;  ///< no answer in time, and it is done long afterwards, in the dropped session
    int unreachable = 0;
    int doubled = 0; ///< the reply comes twice
    int delayed = 0; ///< the reply is some seconds late, so others overtake it
    int lost = 0;    ///< the reply never comes: southbound breaks its promise
};

enum class Away { no, hung, cut };

/// What is between a daemon and an appliance; it outlives the daemon.
struct Network {
    Faults faults;
    Away away = Away::no;
};

/// Southbound's worker and one appliance's network, simulated: one command at a time, one session. It ends
/// with its daemon; what it had sent may still arrive.
class Southbound {
  public:
    /// Calls back at a time.
    using After = std::function<void(domain::Instant, std::function<void(domain::Instant)>)>;
    /// The channel to the controller.
    using Tell = std::function<void(const controller::Input&)>;

    Southbound(Appliance& appliance, Random& random, const Network& network, After after, Tell tell);

    void submit(domain::Instant now, transaction::Command command);
    /// Connects, as it does whenever it has nothing else to do.
    void connect(domain::Instant now);
    /// Its session ends, as a broken connection does; the appliance notices at once, or after `lingering`.
    void drop(domain::Instant now, domain::Duration lingering);
    /// The daemon is no more.
    void die(domain::Instant now);

  private:
    void start(domain::Instant now);
    void finish(domain::Instant now);
    void tryLock(domain::Instant now);
    void applyLate(domain::Instant now);
    void answerNow(domain::Instant now, transaction::Result result);
    void next(domain::Instant now);
    void open(domain::Instant now);
    transaction::Result lockNow(const transaction::Lock& lock, domain::Instant now);
    bool freedFromUs();
    void report(domain::Instant now, bool connected, const std::string& reason);
    bool holdsLocks() const { return m_session != 0 && m_lockedFor == m_current.transaction; }

    Appliance& m_appliance;
    Random& m_random;
    const Network& m_network;
    After m_after;
    Tell m_tell;
    std::deque<transaction::Command> m_queue;
    transaction::Command m_current;
    domain::Instant m_lockUntil{};
    bool m_busy = false;
    bool m_dead = false;
    bool m_told = false;
    SessionId m_session = 0;
    southbound::FormerSessions m_former;
    std::optional<domain::TransactionId> m_lockedFor;
};

}
