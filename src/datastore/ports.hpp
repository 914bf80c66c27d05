#pragma once

#include "base/clock.hpp"
#include "datastore/locks.hpp"
#include "yang/entries.hpp"
#include "yang/tree.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headgate::datastore {

/// Whose request it is. Id 0 is the process itself.
struct Session {
    SessionId id = 0;
    std::string user;
    std::string host;     ///< Its address; empty where it has none (a UNIX socket).
    bool trusted = false; ///< A recovery session (RFC 8341): access control does not hold for it.
};

/// What really changes when the running datastore does.
class Participant {
  public:
    virtual ~Participant() = default;
    /// Called with validated trees before running is replaced by `after`: on commit, revert, a change of
    /// running. Throws yang::RpcErrors to refuse: running then stays `before` and the client gets those
    /// errors. It must itself undo what it had done so far.
    virtual void apply(const yang::Tree& before, const yang::Tree& after) = 0;
};

/// What makes a configuration valid beside what its modules say.
class Rules {
  public:
    virtual ~Rules() = default;
    /// Of a tree that its modules call valid. Throws yang::Error.
    virtual void check(const yang::Tree& tree) const = 0;
    /// `after` differs from `before`, for which they hold, in those entries alone. True when it is certain
    /// that they hold for it too.
    virtual bool stillHold(const yang::Tree& before, const yang::Tree& after,
                           const yang::Entries& where) const = 0;
};

/// Adds state (config false) for <get>.
class Operational {
  public:
    virtual ~Operational() = default;
    /// `data` holds running; add state nodes to it.
    virtual void fill(yang::Tree& data) = 0;

    /// May a <get>'s filter select something of the top-level node `name` of that module?
    using Asks = std::function<bool(const char* module, const char* name)>;
    /// After that: what is worth its cost only where it was asked for.
    virtual void fillAsked(yang::Tree& data, const Asks& asks);
};

/// Where the startup datastore (or running, where there is no startup) outlives the process.
class Storage {
  public:
    virtual ~Storage() = default;
    /// Instance data in JSON; nothing when none was ever saved.
    virtual std::optional<std::string> load() = 0;
    /// Durable when it returns. Throws std::exception when it cannot.
    virtual void save(const std::string& json) = 0;
};

enum class ConfirmedCommit { start, cancel, timeout, extend, complete };
const char* toString(ConfirmedCommit event) noexcept;

/// What others may want to tell the world (RFC 6470). `session` is empty for what the server did by itself.
class Events {
  public:
    virtual ~Events() = default;
    virtual void configChanged(const std::optional<Session>& session, Datastore datastore,
                               const std::vector<yang::Difference>& edits) = 0;
    /// `timeout` has a value for start and extend.
    virtual void confirmedCommit(const std::optional<Session>& session, ConfirmedCommit event,
                                 std::optional<std::chrono::seconds> timeout) = 0;
};

/// Ends other sessions for kill-session.
class SessionKiller {
  public:
    virtual ~SessionKiller() = default;
    /// False when there is no such session. The service hears of the end by `sessionEnded`.
    virtual bool kill(SessionId session) = 0;
};

}
