#pragma once

#include "southbound/session.hpp"
#include "southbound/southbound.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::southbound {

/// What is said with one appliance: carries commands out over a session that it opens, watches and replaces,
/// and knows whose locks the session holds. One thread.
class Conversation {
  public:
    /// Waits for at most so long; false when the waiting is in vain (stop, or nobody wants the lock any
    /// more).
    using Pause = std::function<bool(base::Duration)>;

    Conversation(Place place, Connect connect, Pause pause, std::function<void(Status)> statuses,
                 std::function<void(Notice)> notices = {});

    /// Never throws, always answers.
    transaction::Result carryOut(const transaction::Command& command) noexcept;

    bool connected() const { return m_session != nullptr; }
    // None of these throws: whatever goes wrong costs the session, and nothing else.

    /// Opens the session if there is none; false when that failed.
    bool connect() noexcept;
    /// Tells what the peer said unasked; drops the session if it has closed it, or (with a round trip) no
    /// longer answers.
    void look() noexcept;
    void heartbeat() noexcept;
    /// Closes the session, which releases its locks.
    void close();
    /// From now on there; a session with another endpoint is closed.
    void move(Place place);

    const Place& place() const { return m_place; }

  private:
    using Result = transaction::Result;

    Result dispatch(const transaction::Command& command);
    Result lock(const transaction::Command& command, domain::Duration wait);
    Result lockBoth();
    Result read(const transaction::Read& read);
    Result edit(const transaction::Command& command, const transaction::Edit& edit);
    Result validate(const transaction::Command& command);
    Result underLock(const transaction::Command& command, const std::string& operation);
    Result save();
    Result discard(const transaction::Command& command);
    Result unlock(const transaction::Command& command);
    Result simple(const std::string& operation);
    Result repeatable(const std::function<Result()>& attempt);

    std::optional<std::string> ensureSession();
    Answer call(const std::string& operation);
    Result resultOf(const Answer& answer) const;
    transaction::Refused refusalOf(const std::vector<yang::RpcError>& errors) const;
    transaction::Refused lockRefusal(std::string_view datastore,
                                     const std::vector<yang::RpcError>& errors) const;
    bool holdsLocks(const transaction::Command& command);
    bool has(std::string_view capability) const;
    std::string lacking() const;
    void listen();
    void drop(const std::string& reason);
    /// Drops the session for what should not have come up to here.
    void giveUp(const std::exception& error);
    /// False when that has been said already.
    bool report(bool connected, const std::string& reason);

    Place m_place;
    Connect m_connect;
    Pause m_pause;
    std::function<void(Status)> m_statuses;
    std::function<void(Notice)> m_notices;
    std::unique_ptr<Session> m_session;
    std::optional<domain::TransactionId> m_lockedFor; ///< this session holds both locks for it
    std::vector<domain::Change> m_edits;              ///< under these locks
    std::optional<Status> m_reported;
    bool m_broke = false; ///< the last call found the connection broken
};

}
