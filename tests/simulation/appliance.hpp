#pragma once

#include "simulation/datastore.hpp"
#include "simulation/random.hpp"
#include "southbound/former_sessions.hpp"
#include "transaction/command.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::simulation {

using SessionId = std::uint64_t; ///< never the same twice, unlike the number that is told; 0: nobody

/// How an appliance deceives, in permille of the occasions.
struct Lies {
    int ignored = 0;    ///< an edit is answered ok and not done
    int forgotten = 0;  ///< validate answers ok and loses the edit
    int partial = 0;    ///< a revert leaves the change as it is, or loses a member that was there before
    int disturbing = 0; ///< a commit resets the health of each member of the pool
    int timerLate = 0;  ///< most milliseconds that the timer of a confirmed commit is late
};

/// An appliance in memory, with the semantics of RFC 6241: candidate, running, startup, locks by session,
/// confirmed commit with persist-id, cancel and a timer; or less, by `strategy`. Time is an argument; what is
/// due happens first.
class Appliance {
  public:
    explicit Appliance(Random& random)
        : m_random(random) {}

    std::string name;
    domain::Strategy strategy = domain::Strategy::confirmed;
    domain::Role role = domain::Role::alone;
    Lies lies;
    /// A drain is kept in the very leaf of an operator's "disabled", and so overwrites it; or in one beside
    /// it.
    bool drainsInState = false;
    bool listsSessions = true;
    Objects running;
    Objects candidate;
    Objects startup;
    /// What the data plane sees of a member.
    std::function<domain::Health(const Entries&, const Entry&, domain::Instant)> health;
    std::function<std::uint64_t(const Entry&, domain::Instant)> connections;
    /// Running has just changed; `byCommand`: because a session asked for it.
    std::function<void(bool byCommand)> changed;
    /// A lie just lost this member.
    std::function<void(const std::string& object, const std::string& address)> lost;

    std::vector<std::string> capabilities() const;

    /// Somebody ended a session of this user.
    std::function<void(const std::string& user)> killed;

    SessionId open(domain::Instant now, const std::string& user);
    /// The session-id of its hello: after a restart they are counted anew.
    std::string number(SessionId session) const { return std::to_string(session - m_sessionsBeforeRestart); }
    /// A restart ends every session.
    bool alive(SessionId session) const { return m_open.contains(session); }
    /// Its locks go, and what it left in candidate; a confirmed commit with persist-id stays.
    void close(SessionId session);
    /// Empty where no such list is kept.
    southbound::Logins logins() const;
    /// The number of the session that holds the locks.
    std::string lockOwner() const { return m_lock == 0 ? "" : number(m_lock); }
    /// kill-session of the locks' owner: what is in process there is aborted (RFC 6241, section 7.9).
    void killLockOwner();
    void restart();
    /// The timer of the confirmed commit.
    void expire(domain::Instant now) {
        if (m_pending && now >= m_pending->deadline) revert();
    }

    transaction::Result lock(SessionId session, domain::Instant now);
    transaction::Result perform(SessionId session, const transaction::Request& request, domain::Instant now);
    /// Somebody else changes and saves it, all at once; false when a lock or a pending commit forbids it.
    bool edit(domain::Instant now, const std::function<void(Objects&)>& change);
    /// The standby of a pair gets what the active one has; false: it cannot take it now.
    bool copy(const Appliance& active);

    bool locked() const { return m_lock != 0; }
    bool pending() const { return m_pending.has_value(); }
    bool clean() const { return !m_modified; }
    domain::PoolFacts facts(const std::string& object, bool operational, domain::Instant now) const;

  private:
    struct Pending {
        Objects before;
        SessionId owner;
        std::string persist;
        domain::Instant deadline;
    };

    transaction::Result carryOut(SessionId session, const transaction::Request& request, domain::Instant now);
    transaction::Result change(Objects& in, const std::string& object, const domain::Change& change,
                               domain::Instant now);
    transaction::Result edit(SessionId session, const transaction::Edit& edit, domain::Instant now);
    transaction::Result apply(SessionId session, const transaction::Apply& apply, domain::Instant now);
    transaction::Result commit(SessionId session, const transaction::Commit& commit, domain::Instant now);
    transaction::Result extend(SessionId session, const transaction::Extend& extend, domain::Instant now);
    transaction::Result commitNow(SessionId session, domain::Instant now);
    transaction::Result confirm(SessionId session, const std::string& persist);
    transaction::Result cancel(SessionId session, const std::string& persist);
    domain::Instant deadline(domain::Instant now, domain::Duration window);
    void revert();
    void disturb(Objects& objects, domain::Instant now);
    bool lockedByOther(SessionId session) const { return m_lock != 0 && m_lock != session; }
    void setRunning(Objects objects);
    void validate();

    Random& m_random;
    SessionId m_sessions = 0;
    SessionId m_sessionsBeforeRestart = 0;
    std::map<SessionId, southbound::Login> m_open;
    SessionId m_lock = 0; ///< of candidate and running together
    bool m_modified = false;
    bool m_performing = false;
    std::optional<Pending> m_pending;
};

}
