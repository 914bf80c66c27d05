#pragma once

#include "datastore/access_control.hpp"
#include "datastore/candidate.hpp"
#include "datastore/locks.hpp"
#include "datastore/ports.hpp"
#include "datastore/service.hpp"
#include "datastore/validity.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace headgate::datastore {

/// Running, candidate and startup, and the rules for changing them: locks, validation, the participant's
/// consent, confirmed commits. Refusals are thrown as yang::RpcErrors and change nothing.
class Datastores {
  public:
    Datastores(const yang::Context& context, const Options& options, const Ports& ports);

    void start();

    const yang::Tree& tree(Datastore datastore) const;
    const Locks& locks() const noexcept { return m_locks; }
    AccessControl& access() noexcept { return m_access; }
    const AccessControl& access() const noexcept { return m_access; }

    void lock(const Session& session, Datastore datastore, base::Instant now);
    void unlock(const Session& session, Datastore datastore);
    /// in-use when somebody else holds the lock.
    void requireAccess(const Session& session, Datastore datastore) const;

    /// The same, valid and with its default nodes.
    yang::Tree validated(yang::Tree tree) const;

    /// Replaces a datastore's content. Running and startup must be valid; the candidate may be anything.
    void replace(const Session& session, Datastore datastore, yang::Tree after);
    /// The candidate's entries `where` become what they are in `part`, as far as nothing speaks against that.
    enum class Edit { keep, test, testAndKeep };
    void edit(const Session& session, yang::Tree part, const yang::Entries& where, Edit mode);
    void discard(const Session& session);

    void commit(const Session& session, const CommitRequest& request, base::Instant now);
    /// For an owner who makes running what the candidate is, and says so by `follow`: what the candidate has
    /// otherwise than running, valid; or a refusal because of a lock or of what is in it. Nothing changes.
    yang::Patch toCommit(const Session& session);
    /// Running has become this, as a fact, and is valid: neither locks nor the participant are asked. A
    /// candidate that was modified keeps its modifications, where they do not contradict that.
    void follow(const std::optional<Session>& session, const yang::Patch& change);
    /// What `toCommit` gave has become running, as far as it goes: the candidate is running again, unless it
    /// was edited meanwhile.
    void committed(const yang::Patch& change);
    void cancel(const Session& session, const std::optional<std::string>& persistId);
    void sessionEnded(SessionId session, base::Instant now);
    std::optional<base::Instant> deadline() const;
    void expire(base::Instant now);

  private:
    /// A confirmed commit that waits for its confirmation.
    struct Pending {
        yang::Tree before; ///< What running goes back to.
        Session owner;
        bool ownerGone = false;
        std::optional<std::string> persist;
        base::Instant deadline;
    };

    void requireNoLockOfOthers(const Session& session) const;
    void requireOwn(const Session& session, const std::optional<std::string>& persistId,
                    const char* verb) const;
    yang::Patch validCandidate() const;
    void followWhole(const yang::Tree& before);
    void followPart(const yang::Entries& where, const yang::Tree& before);
    void setRunning(const std::optional<Session>& session, yang::Tree after);
    void setRunningForGood(const Session& session, yang::Tree after);
    void confirm(const Session& session, yang::Tree after);
    void revert(const std::optional<Session>& session, ConfirmedCommit event);
    void save(const yang::Tree& tree) const;
    void tell(const std::optional<Session>& session, ConfirmedCommit event,
              std::optional<std::chrono::seconds> timeout = std::nullopt) const;

    const yang::Context& m_context;
    Options m_options;
    Ports m_ports;
    Locks m_locks;
    AccessControl m_access;
    yang::Tree m_running;
    Validity m_validity;
    bool m_runningValid = false; ///< Not before somebody said what it is.
    Candidate m_candidate;
    yang::Tree m_startup;
    std::optional<Pending> m_pending;
};

}
