#pragma once

#include "domain/configuration.hpp"
#include "domain/event.hpp"
#include "domain/monitored.hpp"
#include "domain/netconf_session.hpp"
#include "domain/plan.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"
#include "transaction/transaction.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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
/// Nothing but these pools is another than it was, and each was there before. The same holds for them.
struct PoolsChanged {
    std::vector<domain::Pool> pools;
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
    std::optional<domain::Asked> asked{}; ///< of `server`
};
struct Release {
    domain::PoolName pool;
    domain::ServerName server;
};
/// No automatic change of this pool (of any pool) until Resume.
struct Hold {
    std::optional<domain::PoolName> pool;
};
/// Ends Hold; also clears a pool that waits for an appliance: the operator says that it has been looked
/// after. What an indeterminate transaction left is not cleared by words: a Check proves it.
struct Resume {
    std::optional<domain::PoolName> pool;
};
/// Compares what is recorded with what an appliance (or each) has; proves, or not, what was left
/// indeterminate.
struct Check {
    std::optional<domain::ApplianceName> appliance;
};
/// Leads the appliances of a pool back to what is recorded: answered when the last of its transactions ended.
struct Repair {
    domain::PoolName pool;
};
/// What would be done now, and why; no side effects.
struct PlanQuestion {
    domain::PoolName pool;
};
struct Request {
    std::uint64_t id = 0; ///< the asker's own number, given back in Answer
    std::variant<Allocate, Release, Hold, Resume, PlanQuestion, Check, Repair> what;
    std::string user{}; ///< who asks; empty: it is not known
    domain::NetconfSession session{};
};

/// A transaction that ended as indeterminate, and that no check has proved since. `state` is how it ended, or
/// was given up; none when nobody knows.
struct Doubt {
    domain::TransactionView view;
    std::shared_ptr<const transaction::State> state{};
};
/// Given once, after the first Configured: what a daemon before this one left. Nothing new begins before each
/// of its transactions has ended; what was in doubt, oldest first, still is; an alarm that stood stands until
/// a fact clears it, or is cleared at once when whatever it was about is looked at anew.
struct Recover {
    std::vector<transaction::State> transactions;
    std::vector<Doubt> doubts{};
    std::vector<domain::Event> alarms{};
    /// The latest that were committed and changed the members of a pool, of each pool at most
    /// `domain::rememberedChanges`, oldest first.
    std::vector<domain::TransactionView> changes{};
};
/// The entry of a transaction could not be written; the effects after it that are this transaction's were not
/// performed.
struct JournalFailed {
    domain::TransactionId transaction;
    std::string reason;
};
/// Can anything be written to the journal? Nothing new begins while it cannot. `reason`: a sentence for
/// operators.
struct JournalStatus {
    bool writable = true;
    std::string reason;
};
/// Somebody or something (a notification, a trap) says that an appliance's configuration or state has
/// changed: it is checked soon.
struct ApplianceChanged {
    domain::ApplianceName appliance;
    std::string reason;
};

// Of a controller that flies a record again (Options::flown), in place of the dialogue with appliances,
// beside domain::Monitored, which any other one reads there by itself:

/// How a transaction ended, and the member as it was then recorded. `failure` is transaction::Failure::kind.
struct Course {
    domain::TransactionId transaction;
    domain::Outcome outcome;
    domain::Member member;
    std::string failure{};
    bool operator==(const Course&) const = default;
};
/// DoubtEnded: a check has proved it.
struct Proved {
    domain::PoolName pool;
    bool operator==(const Proved&) const = default;
};
/// Something that is not in the record had the pools deliberated on.
struct Deliberate {
    bool operator==(const Deliberate&) const = default;
};
/// A transaction was begun that no decision of this controller is the cause of: a repair, or one that an
/// earlier daemon had begun.
struct Begun {
    domain::TransactionId transaction;
    domain::IntentKind kind = domain::IntentKind::nothing;
    domain::PoolName pool;
    domain::Member member{}; ///< as planned
    bool byOperator = false;
    unsigned round = 0;     ///< of a repair; 0: none
    bool recovered = false; ///< by an earlier daemon
    std::string reason{};
    domain::PoolName lentTo{}, lentBy{}; ///< as domain::Plan has them
    bool operator==(const Begun&) const = default;
};
struct Memory;
/// What the controller that is recorded remembered then. Given once, after Configured and what servers told
/// last.
struct Remembered {
    std::shared_ptr<const Memory> memory;
};
/// From now on nothing is begun by its own decision, but by being told (Begun), as it is recorded; or no
/// longer so.
struct Follow {
    bool follows = true;
};

using Input = std::variant<Configured, PoolsChanged, domain::Sample, domain::Gathered, domain::Assigned,
                           transaction::Observed, transaction::Reply, Tick, ApplianceStatus, Recover,
                           JournalFailed, JournalStatus, ApplianceChanged, Request, Course, Proved, Begun,
                           Deliberate, Remembered, Follow, domain::Monitored>;

/// What was decided about a pool when it was deliberated on, also to do nothing.
struct Decided {
    domain::PoolName pool;
    domain::IntentKind kind = domain::IntentKind::nothing;
    std::optional<domain::ServerName> server; ///< whom it takes or lets go, where that is known
    std::string reason;
    std::string hindrance;                            ///< why it is not done although it should be; or empty
    std::optional<domain::TransactionId> transaction; ///< that does it
    bool operator==(const Decided&) const = default;
};

/// The decisions of a while: how many, and one number that is another one if any of them was, in any word.
struct Decisions {
    std::uint64_t count = 0;
    std::uint64_t digest = 0;
    bool operator==(const Decisions&) const = default;
};

// What it wants done, in this order. A Journal (and Ended) must be durable before the effects after it.

using Gather = transaction::Gather;
using Assign = transaction::Assign;
using Observe = transaction::Observe;
using Journal = transaction::Journal;

/// What a committed transaction changed in what is recorded of a pool.
struct MembershipChange {
    domain::PoolName pool;
    std::optional<domain::Member> added;
    std::optional<domain::ServerName> removed;
    bool operator==(const MembershipChange&) const = default;
};
/// What is left of a transaction waits for appliances, and its Ended will most likely record this: time to
/// draft it. Nothing is recorded yet, and nothing depends on it.
struct Foreseen {
    MembershipChange membership;
};
/// A transaction's last journal entry together with the change of the recorded configuration: one atomic
/// write.
struct Ended {
    domain::TransactionView view;
    domain::Outcome outcome;
    std::optional<MembershipChange> membership;        ///< committed only
    std::shared_ptr<const transaction::State> doubt{}; ///< indeterminate only: to be kept until DoubtEnded
    std::string by{};                                  ///< who asked for it; empty: nobody did
    domain::NetconfSession session{};
    std::string failure{}; ///< transaction::Failure::kind; empty: none
};
/// What came of that transaction's relief (at first `Ended::view` has it), to be kept with it; empty: it says
/// nothing any more.
struct ReliefChanged {
    domain::TransactionId transaction;
    std::optional<domain::Relief> relief;
};
/// A check has proved what transactions of this pool had left in doubt.
struct DoubtEnded {
    domain::PoolName pool;
};
/// Drift that was adopted: the record follows the appliances. One revision, no transaction.
struct Adopted {
    MembershipChange membership;
    std::string reason;
};
/// An operator's hold or resume, to be recorded as Pool::held.
struct HoldChanged {
    domain::PoolName pool;
    bool held = false;
    std::string by{}; ///< Request::user
    domain::NetconfSession session{};
};

enum class AnswerKind { done, refused, rolledBack, indeterminate, planned, differs };

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

    /// Of a Check (kind differs when one of them holds differences or was not answered).
    std::vector<domain::Finding> findings;
};

using Effect = std::variant<transaction::Command, Gather, Assign, Observe, Journal, Foreseen, Ended,
                            ReliefChanged, DoubtEnded, Adopted, HoldChanged, domain::Event, Answer>;

struct Options {
    domain::TransactionId firstTransaction{1}; ///< one more than the last id in the journal
    std::size_t keptTransactions = 50;         ///< ended ones in the snapshot
    domain::Duration backoffFirst{10000}; ///< how long a pool waits for an accused appliance, doubling …
    domain::Duration backoffMost{300000}; ///< … up to this
    domain::Duration queueWait{120000};   ///< how long a request waits for an appliance that is being changed
    domain::Duration checkAfter{1000};    ///< from a hint that an appliance changed to its check
    domain::Duration monitorAfter{5000};  ///< from when a member is believed to be down, or to be functional
                                          ///< again, to asking what monitors say of it
    domain::Duration monitorAgain{30000}; ///< … and so often while they say otherwise
    bool flown = false; ///< it flies a record again: it commands nobody, and waits for each Course
};

/// The whole brain: assessment, decision, allocation and transactions in a row, without a socket, a clock or
/// a disk. One thread; the same inputs at the same times give the same effects.
class Controller {
  public:
    explicit Controller(Options options = {});
    ~Controller();
    Controller(Controller&&) noexcept;
    Controller& operator=(Controller&&) noexcept;

    std::vector<Effect> handle(domain::Instant now, Input input);
    /// These samples are given next; said of some dozen at a time, each costs less. Changes nothing.
    void expect(std::span<const domain::Sample* const> samples) const;
    /// All of these at one time, before anything is decided.
    std::vector<Effect> handle(domain::Instant now, std::vector<Input> inputs);

    /// Of the last `handle`: the decisions that are another than the pool's last, but for figures, and each
    /// that began something; and each transaction that began.
    const std::vector<Decided>& decided() const;
    const std::vector<Begun>& begun() const;
    /// And what appliances' answers said of their monitors.
    const std::vector<domain::Monitored>& monitored() const;
    /// Were all pools deliberated on in it?
    bool deliberated() const;
    /// Since this was asked for last.
    Decisions takeDecisions();
    /// What is to be told to whoever flies a record from here on.
    Memory memory() const;
    /// What is believed of a pool; null when it is not configured. Valid until the next `handle`.
    const domain::PoolState* belief(const domain::PoolName& pool) const;
    /// When to give a Tick at the latest.
    std::optional<domain::Instant> nextDeadline() const;
    domain::Snapshot snapshot(domain::Instant now) const;
    const domain::Configuration& configuration() const;
    /// Is a transaction in flight?
    bool busy() const;

  private:
    struct Brain;
    std::unique_ptr<Brain> m_brain;
};

}
