#pragma once

#include "base/clock.hpp"
#include "datastore/access_control.hpp"
#include "datastore/locks.hpp"
#include "datastore/ports.hpp"
#include "yang/context.hpp"
#include "yang/rpc_error.hpp"
#include "yang/tree.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct lyd_node;

namespace headgate::datastore {

/// Which of RFC 6241's optional capabilities are offered.
struct Options {
    bool candidate = true;
    bool confirmedCommit = true; ///< Needs candidate.
    bool writableRunning = false;
    bool startup = true;
    bool validate = true;
    bool rollbackOnError = true;
    bool xpath = true;
    bool nmda = false;          ///< get-data, edit-data (RFC 8526).
    bool accessControl = false; ///< By the rules in /nacm (RFC 8341).
};

/// Neighbours of the service; each may be null. They must outlive it.
struct Ports {
    Participant* participant = nullptr;
    Operational* operational = nullptr;
    Storage* storage = nullptr;
    Events* events = nullptr;
    SessionKiller* killer = nullptr;
    const Rules* rules = nullptr;
};

/// The parameters of <commit> (RFC 6241, section 8.4.5).
struct CommitRequest {
    bool confirmed = false;
    std::chrono::seconds timeout{600};
    std::optional<std::string> persist{};
    std::optional<std::string> persistId{};
};

/// Nothing means <ok/>; otherwise the operation's node with its output, as nc_server_reply_data() takes it.
using Answer = std::optional<yang::Tree>;

/// NETCONF's operations on one set of datastores (RFC 6241, 6243, 6022's get-schema). Confined to one thread
/// by its owner; nothing here blocks except what the ports do.
class Service {
  public:
    /// The context must implement ietf-netconf (see `loadModules`), and outlive the service, as must the
    /// clock.
    Service(const yang::Context& context, Options options, Ports ports, const base::Clock& clock);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Loads what a NETCONF server of these options implements: ietf-netconf with the features,
    /// -with-defaults, -monitoring, -notifications, and, with access control, -acm.
    static void loadModules(yang::Context& context, const Options& options);
    /// The capability URIs that a hello must add for these options (base ones and modules are the server's).
    static std::vector<std::string> capabilities(const Options& options);

    /// What the server's hello says, for /netconf-state/capabilities (RFC 6022, section 2.1.1).
    void setCapabilities(std::vector<std::string> told);

    /// Loads startup from the storage and makes it running, by way of the participant. Throws yang::Error for
    /// a file that is not valid, yang::RpcErrors when the participant refuses; running is then empty.
    void start();

    /// One <rpc> as libyang parsed it (LYD_TYPE_RPC_NETCONF): the operation's node, or an action's.
    /// Throws yang::RpcErrors for a refusal. What it does not know goes to the handlers, then it is
    /// operation-not-supported.
    Answer handle(const Session& session, const lyd_node* rpc);

    /// Handles further RPCs and actions by schema path, e.g. "/lab-fault:inject-fault" or "/m:a/b/run"
    /// (libyang's data path without keys; prefixes only where the module changes). The node given is the
    /// operation's own.
    using Handler = std::function<Answer(const Session&, const lyd_node* operation)>;
    void addHandler(std::string path, Handler handler);
    /// May the session do it at all? Throws yang::RpcErrors: access-denied. For an owner who does operations
    /// himself; `handle` asks too.
    void authorize(const Session& session, const lyd_node* operation);
    /// By the rules that hold now.
    AccessControl::MayHear mayHear() const;

    /// Called before each operation; a throw of yang::RpcErrors refuses it (access control, fault injection).
    void addGuard(std::function<void(const Session&, const lyd_node* operation)> guard);

    /// Releases its locks, reverts its confirmed commit that has no persist token.
    void sessionEnded(SessionId session);

    /// When `expire` must be called; nothing when no confirmed commit is pending.
    std::optional<base::Instant> nextDeadline() const;
    /// Reverts a confirmed commit whose time is up. `handle` does the same first, so that no traffic starves
    /// it.
    void expire(base::Instant now);

    const yang::Tree& running() const noexcept;
    const yang::Tree& candidate() const noexcept;
    const yang::Tree& startup() const noexcept;
    /// Who holds a datastore's lock.
    std::optional<SessionId> lockOwner(Datastore datastore) const;

    /// Validates `after`, lets the participant apply it and makes it running. For the process itself: it
    /// needs no candidate, but respects others' locks and pending confirmed commits. Throws yang::RpcErrors.
    void change(const Session& session, yang::Tree after);

    /// What a <commit> says. Throws yang::RpcErrors for what does not go together.
    static CommitRequest commitRequest(const lyd_node* operation, const Options& options);
    /// Datastores::toCommit, ::follow and ::committed, for an owner who lets others make its changes.
    yang::Patch toCommit(const Session& session);
    void follow(const std::optional<Session>& session, const yang::Patch& change);
    void committed(const yang::Patch& change);

    const yang::Context& context() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The operation's node alone, to hang output on: reply.setOutput(...) or lyd_new_* with output = 1. For an
/// action with what leads to it.
yang::Tree outputFor(const lyd_node* operation);

}
