#pragma once

#include "transaction/command.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::simulation {

using SessionId = std::uint64_t; ///< 0: nobody

/// A member as configured.
struct Entry {
    std::string address;
    std::uint16_t port = 0;
    int weight = 1;
    domain::AdminState admin = domain::AdminState::enabled;
    domain::Instant since{}; ///< when running got it, or when it began to drain
    bool same(const Entry& other) const {
        return address == other.address && port == other.port && weight == other.weight &&
               admin == other.admin;
    }
};

using Objects = std::map<std::string, std::vector<Entry>>;

bool sameObjects(const Objects& a, const Objects& b);

/// An appliance in memory, with the semantics of RFC 6241: candidate, running, startup, locks by session,
/// confirmed commit with persist-id, cancel and a timer. Time is an argument; what is due happens first.
class Appliance {
  public:
    std::string name;
    Objects running;
    Objects candidate;
    Objects startup;
    /// What the data plane sees of a member.
    std::function<domain::Health(const Entry&, domain::Instant)> health;
    std::function<std::uint64_t(const Entry&, domain::Instant)> connections;
    /// Running has just changed.
    std::function<void(domain::Instant)> changed;

    SessionId open() { return ++m_sessions; }
    /// A restart ends every session.
    bool alive(SessionId session) const { return session > m_sessionsBeforeRestart; }
    /// Its locks go, and what it left in candidate; a confirmed commit with persist-id stays.
    void close(SessionId session);
    void restart(domain::Instant now);
    /// The timer of the confirmed commit.
    void expire(domain::Instant now);

    transaction::Result lock(SessionId session, domain::Instant now);
    transaction::Result perform(SessionId session, const transaction::Request& request, domain::Instant now);

    bool locked() const { return m_lock != 0; }
    bool pending() const { return m_pending.has_value(); }
    bool clean() const { return !m_modified; }
    std::optional<domain::Instant> revertsAt() const;
    domain::PoolFacts facts(const std::string& object, bool operational, domain::Instant now) const;

  private:
    struct Pending {
        Objects before;
        SessionId owner;
        std::string persist;
        domain::Instant deadline;
    };

    transaction::Result edit(SessionId session, const transaction::Edit& edit, domain::Instant now);
    transaction::Result commit(SessionId session, const transaction::Commit& commit, domain::Instant now);
    transaction::Result confirm(SessionId session, const std::string& persist, domain::Instant now);
    transaction::Result cancel(SessionId session, const std::string& persist, domain::Instant now);
    bool lockedByOther(SessionId session) const { return m_lock != 0 && m_lock != session; }
    void setRunning(Objects objects, domain::Instant now);

    SessionId m_sessions = 0;
    SessionId m_sessionsBeforeRestart = 0;
    SessionId m_lock = 0; ///< of candidate and running together
    bool m_modified = false;
    std::optional<Pending> m_pending;
};

}
