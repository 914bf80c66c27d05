#pragma once

#include "domain/configuration.hpp"
#include "domain/event.hpp"
#include "domain/plan.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"
#include "transaction/transaction.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headgate::controller {

// What the controller is told.

/// The whole configuration, at start and whenever it changed. It must hold the membership of the last Ended.
/// Transactions in flight go on with the plan they have.
struct Configured {
    domain::Configuration configuration;
};
/// Time went by; due at the latest at `nextDeadline`.
struct Tick {};
/// Southbound's session with an appliance came or went.
struct ApplianceStatus {
    domain::ApplianceName appliance;
    bool connected = false;
    std::string reason;
    std::vector<std::string> capabilities;
};

// What an operator asks for. Each gets exactly one Answer: Allocate and Release when their transaction ended
// (or at once when refused), the others at once.

/// Grow a pool now, by the best candidate or by the one named. A held pool may be changed by hand.
struct Allocate {
    domain::PoolName pool;
    std::optional<domain::ServerName> server;
};
struct Release {
    domain::PoolName pool;
    domain::ServerName server;
};
/// No automatic change of this pool (of any pool) until Resume.
struct Hold {
    std::optional<domain::PoolName> pool;
};
/// Ends Hold; also clears a pool that waits for an appliance or is blocked by an indeterminate transaction:
/// the operator says that its appliances have been looked after.
struct Resume {
    std::optional<domain::PoolName> pool;
};
/// What would be done now, and why; no side effects.
struct PlanQuestion {
    domain::PoolName pool;
};
struct Request {
    std::uint64_t id = 0; ///< the asker's own number, given back in Answer
    std::variant<Allocate, Release, Hold, Resume, PlanQuestion> what;
};

using Input = std::variant<Configured, domain::Sample, domain::Gathered, transaction::Reply, Tick,
                           ApplianceStatus, Request>;

// What it wants done, in this order. A Journal (and Ended) must be durable before the effects after it.

using Gather = transaction::Gather;
using Journal = transaction::Journal;

/// What a committed transaction changed in what is recorded of a pool.
struct MembershipChange {
    domain::PoolName pool;
    std::optional<domain::Member> added;
    std::optional<domain::ServerName> removed;
};
/// A transaction's last journal entry together with the change of the recorded configuration: one atomic
/// write.
struct Ended {
    domain::TransactionView view;
    domain::Outcome outcome;
    std::optional<MembershipChange> membership; ///< committed only
};
/// An operator's hold or resume, to be recorded as Pool::held.
struct HoldChanged {
    domain::PoolName pool;
    bool held = false;
};

enum class AnswerKind { done, refused, rolledBack, indeterminate, planned };

struct Answer {
    std::uint64_t request = 0;
    AnswerKind kind = AnswerKind::done;
    std::string text; ///< one sentence for the operator
    std::optional<domain::TransactionId> transaction;
    std::optional<domain::Outcome> outcome;

    // Of a PlanQuestion (kind planned; a pool that is not known is refused):
    std::optional<domain::Intent> intent;
    std::optional<domain::Plan> plan;       ///< what would be done …
    std::vector<domain::Change> changes;    ///< … on each appliance, with the settings that are expected
    std::optional<domain::Refusal> refusal; ///< … or why nothing can
};

using Effect = std::variant<transaction::Command, Gather, Journal, Ended, HoldChanged, domain::Event, Answer>;

struct Options {
    domain::TransactionId firstTransaction{1}; ///< one more than the last id in the journal
    std::size_t keptTransactions = 50;         ///< ended ones in the snapshot
    domain::Duration backoffFirst{10000}; ///< how long a pool waits for an accused appliance, doubling …
    domain::Duration backoffMost{300000}; ///< … up to this
};

/// The whole brain: assessment, decision, allocation and transactions in a row, without a socket, a clock or
/// a disk. One thread; the same inputs at the same times give the same effects.
class Controller {
  public:
    explicit Controller(Options options = {});
    ~Controller();
    Controller(Controller&&) noexcept;
    Controller& operator=(Controller&&) noexcept;

    std::vector<Effect> handle(domain::Instant now, const Input& input);
    /// When to give a Tick at the latest.
    std::optional<domain::Instant> nextDeadline() const;
    domain::Snapshot snapshot(domain::Instant now) const;
    const domain::Configuration& configuration() const;

  private:
    struct Brain;
    std::unique_ptr<Brain> m_brain;
};

}
