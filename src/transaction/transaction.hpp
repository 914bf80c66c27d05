#pragma once

#include "domain/event.hpp"
#include "domain/plan.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"
#include "transaction/command.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headgate::transaction {

// A transaction makes one Plan true on every appliance of a pool, or leaves no trace on any.
//
//   Started                                                   any failure, no answer, deadline
//      │                                                      in any state from gathering to confirming
//      ▼                                                                       │
//   gathering ─settings─▶ locking ─▶ checking ─▶ editing ─▶ validating         │
//   (allocate, renew)        ▲                                  │              ▼
//                            │          ═══ barrier: every appliance is ready ═══
//                            │                                  │           undoing
//                            │                                  ▼           │     │
//                            │                             committing  proved   not proved
//                            │                                  │           │     │
//                            │ leg 2: remove                    ▼           ▼     ▼
//                        draining ◀─ leg 1: drain ─ confirming ◀─ verifying │  indeterminate
//                                                       │                rolled-back
//                                                       └─▶ saving ─▶ committed
//
// Each state runs on all appliances in parallel and is left when the last one has answered. A release has two
// legs, `drain` and `remove`; between them it is `draining`: no lock is held, the member's connections are
// watched until they are gone or the deadline is over. (`draining` extends the list of the contract.)
//
// While gathering, a server may be told which data source to use: an undo tells it the former one again. A
// `renew` gathers a member's settings anew; when they are the same it is over.
//
// Appliances differ in what they can do (domain::Strategy). In `committing` those with a confirmed commit go
// first, then those with a plain commit, then those that are edited in running: each kind only when the one
// before has taken the change. Of a high-availability pair the active one is changed; the standby is checked
// before and after.
//
// Undoing follows facts, an appliance at a time, the weaker kinds first: a pending confirmed commit is
// cancelled, what was confirmed is taken back by the inverse change, then the pool is read and compared,
// within what is ours, with what it was before leg 1. What cannot be proved waits until the confirm window
// has run out (the appliance reverts by itself) and is read again before the outcome is `indeterminate`.
//
// After a restart (`Recovered`): up to `verifying` all is undone; from
// `confirming` on the persist-ids are attached to again and the transaction goes on; `undoing` begins anew.

enum class Phase {
    gathering,
    locking,
    checking,
    editing,
    validating,
    committing,
    verifying,
    confirming,
    saving,
    draining,
    undoing,
    committed,
    rolledBack,
    indeterminate
};

/// The contract's name: gathering … rolled-back | indeterminate
std::string_view toString(Phase phase);

/// Ask the candidate for its settings; the answer is a domain::Gathered.
struct Gather {
    domain::TransactionId transaction;
    domain::ServerName server;
    domain::ApplicationName application;
};

/// Tell the server which data source to use, and wait until it does: the answer is a domain::Assigned.
struct Assign {
    domain::TransactionId transaction;
    domain::ServerName server;
    domain::ApplicationName application;
    std::string dataSource;
};

/// Ask an appliance's SNMP agent what reaches the members of the pool; the answer is an Observed.
struct Observe {
    domain::TransactionId transaction;
    domain::ApplianceName appliance;
    std::string object;
};

/// Must the entry be on the disk before the commands that follow it go out? `needed`: they change what
/// outlives our session, and only this entry leads a restart back to it. `ordered`: it must survive the end
/// of the process, not that of the machine: after a power failure the commands that followed it have left no
/// trace (a lock and an edit of candidate end with the session), or an earlier entry leads to the same
/// recovery.
enum class Durability { needed, ordered };

/// To be written before the commands that follow it are sent. `view.state` is the state entered.
struct Journal {
    domain::TransactionView view;
    std::string detail; ///< one sentence: what happens now
    Durability durability = Durability::needed;
    /// What a restart goes on from, made by `toRecord`. Empty when it would go on in the same way from the
    /// one before.
    std::string record{};
    /// When it cannot be written the commands that follow it may go out all the same: an entry before leads a
    /// restart to the same end.
    bool dispensable = false;
};

using Output = std::variant<Gather, Assign, Observe, Journal, Command, domain::Event>;

/// What an appliance's SNMP agent says of a pool's members.
struct Observed {
    domain::TransactionId transaction;
    domain::ApplianceName appliance;
    bool answered = false;
    std::string reason; ///< why not
    std::vector<domain::MemberStatistics> members;
};

struct Started {};
/// The state was read from the journal of a daemon that ended: what it had in flight may have been done or
/// not.
struct Recovered {};
/// An entry could not be written: what it was to precede was not sent, and no further command may change
/// anything but back.
struct JournalFailed {
    std::string reason;
};
struct Timer {};
using Event = std::variant<Started, Recovered, JournalFailed, domain::Gathered, domain::Assigned, Observed,
                           Reply, Timer>;

/// What went wrong, and whom it accuses. `kind` is the word for an alarm: lock-held, drift, appliance-lost
/// (no session, no answer), appliance-refused, no-settings, no-data-source, not-as-asked, operators-own,
/// refused-by-name, not-verified, not-confirmed, pair-unclear, interrupted (by a restart),
/// journal-not-written.
struct Failure {
    std::string kind;
    domain::Accused accused = domain::Accused::nobody;
    std::vector<domain::ApplianceName> appliances;
    std::string reason;
};

/// Where an appliance's own way back stands.
/// `fence` takes the lock anew: whoever has it knows that no session of ours from before still does
/// something.
enum class Undo {
    notBegun,
    cancel,
    discard,
    fence,
    read,
    lock,
    edit,
    validate,
    commit,
    confirm,
    save,
    unlock,
    done
};

/// A command whose reply is awaited.
struct InFlight {
    Token token;
    Request request;
    domain::Instant sent{};
};

/// One appliance's part in a transaction: what we know of it, never what we hope.
struct Site {
    domain::ApplianceName appliance;
    std::string object; ///< the pool's native name there
    domain::Approach approach;
    bool standby = false; ///< of its pair: it is read, and changed by the active one
    bool idle = false; ///< there is nothing for this leg to change: a drain of what an operator has disabled
    bool absent = false; ///< a standby that cannot be reached: it will copy the active one when it is back
    std::string step;    ///< in words, for the view
    std::optional<InFlight> inFlight;
    std::optional<domain::Instant> wake; ///< when to try again
    unsigned attempts = 0;               ///< at what the state wants of it
    bool ready = false;                  ///< it has done what the state wants of it

    bool locked = false;         ///< an Unlock is owed: a lock may be held, or have gone with its session
    bool edited = false;         ///< candidate may hold an edit of ours
    bool touched = false;        ///< running may differ from `first`
    bool saved = false;          ///< saving: startup has it, or we gave up
    bool kept = false;           ///< a change of ours was confirmed: it stays unless it is taken back
    bool confirmUnknown = false; ///< a confirm got no answer
    bool unfenced = false;       ///< a session of ours from before may still change something, or hold a lock
    std::vector<SessionMark> sessions; ///< in which its lock was asked for
    std::vector<SessionMark> former;   ///< the same, by a daemon before this one
    std::string pending;               ///< persist-id of a commit that may await its confirmation
    domain::Instant pendingFrom{};     ///< when that commit was sent: its window cannot have begun earlier
    domain::Instant pendingUntil{};    ///< by then confirmed, cancelled, or reverted, if no timer is late
    std::optional<domain::PoolFacts> first;  ///< before leg 1: what an undo must lead back to
    std::optional<domain::PoolFacts> before; ///< before this leg, with health
    std::optional<std::vector<domain::NativeObject>>
        foreseen;                          ///< an update's: the member's own objects with its new settings
    std::optional<domain::PoolFacts> seen; ///< when last read
    domain::Instant seenFrom{};            ///< when that was asked for
    std::optional<Observed> counted;       ///< verifying: what its SNMP agent said first …
    std::optional<Observed> counts;        ///< … and last
    bool countedAgain = false;             ///< it said something more than once

    Undo undo = Undo::notBegun;
    std::optional<domain::Change> way; ///< the change that takes ours back; known before ours is made
    unsigned inverses = 0;             ///< how many of those were committed
    bool restored = false;             ///< the member was taken off and put back
    domain::Instant undoDeadline{};
    bool seenLocked = false; ///< undoing: it was read, or is being read, under our lock
    bool lastLook = false;   ///< past that deadline it was read once more
    bool proved = false;
    std::string doubt;              ///< why it is not; empty when it is
    std::vector<std::string> proof; ///< before and now, compared
};

/// A data source that the server was told to use. It is taken back with the rest.
struct Assignment {
    std::string from; ///< that it used before
    std::string to;
    bool made = false;                      ///< it says that it uses it
    bool unused = false;                    ///< it says that it does not
    bool back = false;                      ///< undoing: it was told to use the former one again
    bool ended = false;                     ///< undoing: it answered, or was given up
    std::optional<domain::Instant> until{}; ///< an answer is awaited
    bool operator==(const Assignment&) const = default;
};

/// Everything there is to know about one transaction. Made by `begin`, changed by `step` only.
struct State {
    domain::TransactionId id;
    domain::Plan plan;
    domain::Member member; ///< with the candidate's own settings, once gathered
    std::vector<domain::Operation> legs;
    std::size_t leg = 0;
    Phase phase = Phase::gathering;
    std::vector<Site> sites;
    std::optional<domain::Instant> deadline; ///< of the state
    bool late = false;                       ///< past its deadline
    std::optional<domain::Instant> poll;     ///< when to read all appliances again
    std::optional<Assignment> assignment{};
    std::optional<Failure> failure;         ///< the first one
    std::optional<domain::Outcome> outcome; ///< set when it has ended
    domain::Instant started{};
    std::optional<domain::Instant> ended;
    std::uint64_t tokens = 0;
    std::uint64_t journalled =
        0;             ///< the last token before the last entry: what is newer waited for that entry
    bool sent = false; ///< an appliance was asked for anything
};

struct Step {
    State state;
    std::vector<Output> outputs; ///< to be performed in order
};

/// What is done one after the other: add; or drain, remove.
std::vector<domain::Operation> legsOf(domain::IntentKind kind);

/// A transaction that has not started yet; feed it `Started`.
State begin(domain::TransactionId id, domain::Plan plan, domain::Instant now);

/// The state machine. Pure: the same state, time and event give the same step. Replies that nobody waits for
/// (late, doubled) change nothing.
Step step(State state, domain::Instant now, Event event);

/// When `step` wants a Timer next; empty when it only waits for replies or has ended.
std::optional<domain::Instant> nextDeadline(const State& state);

/// The change that the current leg makes.
domain::Change change(const State& state);

/// The same in the words of one appliance, whose entry may be called otherwise than our server.
domain::Change change(const State& state, const Site& site);

/// What the current leg does, in words.
std::string describeLeg(const State& state);

/// What the plan will do in order, as far as is known: with gathered settings, or those of the plan.
std::vector<domain::Change> changes(const domain::Plan& plan);

domain::TransactionView view(const State& state);

}
