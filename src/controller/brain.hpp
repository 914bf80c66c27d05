#pragma once

#include "allocation/allocation.hpp"
#include "assessment/assessment.hpp"
#include "controller/controller.hpp"
#include "controller/memory.hpp"
#include "decision/benefit.hpp"
#include "decision/decision.hpp"
#include "decision/fail_over.hpp"
#include "decision/lending.hpp"
#include "domain/ramp.hpp"
#include "transaction/facts.hpp"

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace headgate::controller {

/// A member's certificate or secret whose end has been told.
struct Expiring {
    domain::Instant end{};
    domain::Duration told{}; ///< at how long before the end, the latest time
};

/// "ann", or "an operator" where it is not known.
std::string asker(const Request& request);

/// What the controller itself remembers of a pool.
struct PoolRecord {
    decision::History history;
    std::optional<Wait> wait;
    std::vector<domain::Event> standing; ///< alarms of this pool's transactions that nothing has cleared yet
    unsigned failures = 0;               ///< in a row that accused an appliance
    std::vector<Doubt> doubts;           ///< block the pool; oldest first
    std::optional<domain::Instant>
        wantsSince; ///< a change, but an appliance is being changed for another pool
    std::map<domain::ApplianceName, domain::Finding> findings; ///< of the latest checks
    std::map<domain::ApplianceName, transaction::Deviations> deviations;
    std::map<domain::ApplianceName, domain::Role> roles;
    /// The newest reads of checks.
    std::map<domain::ApplianceName, transaction::Token> read;
    std::set<domain::ApplianceName> monitors;   ///< whose have said anything of its members
    std::optional<domain::Instant> monitorAt{}; ///< when they are asked next …
    bool memberDown = false;                    ///< … also if they contradict nothing
    bool toMend = false; ///< its policy wants something done about drift, and something was in the way
    std::optional<domain::TransactionId> repairedBy; ///< the last round of a repair
    std::map<domain::ServerName, Renewal> renewals;
    std::map<domain::ServerName, Pace> paces;
    std::set<domain::ServerName> ramping;                    ///< members that have a part of their weight
    std::map<domain::ServerName, domain::Instant> rampsFrom; ///< not before: the last step was in vain
    bool renewedLast = false;                                ///< its latest transaction was a renewal
    std::string noCandidate;                                 ///< the alarm that was told, in words
    std::string noCandidateKey;                              ///< the same without its figures
    domain::Intent decided;                                  ///< the latest, to be shown
    /// What was recommended last, as far as it makes a difference; empty: nothing is.
    std::string recommended;
    std::string decidedKey;        ///< the last decision, without its figures
    std::optional<Loan> loan;      ///< has left the other pool, to join this one
    std::optional<Loan> comesBack; ///< was lent by this one, and could not join the other
};

/// A transaction in flight.
struct Flight {
    transaction::State state;
    std::optional<Request> request;           ///< the operator's who waits for its end
    std::vector<domain::Event> alarms{};      ///< that its steps raised
    bool recovered = false;                   ///< begun by a daemon before this one
    unsigned round = 0;                       ///< of a repair; 0: none
    std::optional<decision::Burden> before{}; ///< of its pool, when it began
};

/// An operator's request that waits for an appliance which another pool is changing.
struct Queued {
    Request request;
    std::optional<domain::Outcome> last; ///< of the candidate that was tried before
    domain::Instant until{};             ///< then it is refused
};

struct ApplianceRecord {
    bool connected = true; ///< nothing was heard: the benefit of the doubt
    std::string reason;
    std::vector<std::string> capabilities{};
    std::optional<domain::Instant> checkAt{}; ///< something may have changed there
    bool checkPutOff = false;                 ///< until what is being changed there has ended
    std::string checkWhy{};
};

enum class CheckPurpose { report, repair };

/// A check on its way: reads outside of any transaction, and what they found.
struct Checking {
    CheckPurpose purpose = CheckPurpose::report;
    std::optional<Request> request; ///< the operator's who waits for it
    std::string why;
    unsigned round = 0; ///< of a repair: which of its transactions comes next
    domain::Instant until{};
    std::map<transaction::Token, domain::Finding> open;
    std::vector<domain::Finding> found;
};

/// The controller's inside: what it knows, and one function for each thing that may happen.
struct Controller::Brain {
    Options options;
    domain::Configuration configuration;
    assessment::Assessment assessment;
    allocation::Allocation allocation;
    std::map<domain::PoolName, PoolRecord> pools;
    std::map<domain::ApplianceName, ApplianceRecord> appliances;
    std::map<domain::TransactionId, Flight> flights;
    std::deque<std::shared_ptr<const domain::TransactionView>> ended;
    std::list<Queued> queue;
    std::list<Checking> checks;
    std::uint64_t checkTokens = 0;
    std::string journalTrouble; ///< why nothing new may be begun; empty: it may
    std::uint64_t nextTransaction = 1;
    std::size_t turn = 0;               ///< the pool that is asked first: appliances that are shared go round
    bool deliberate = false;            ///< on all pools
    bool deliberatedNow = false;        ///< on all pools, in this turn
    bool following = false;             ///< Follow
    std::set<domain::PoolName> touched; ///< those of which something else is believed now
    /// Pools that nobody can join, in the deliberation that is under way.
    std::vector<std::pair<const domain::Pool*, domain::Refusal>> refusedNow;
    struct First {
        const domain::Pool* pool;
        domain::Intent wish;
        domain::ServerName server;
        std::optional<domain::Instant> since; ///< it waits
    };
    std::vector<First> begunFirst; ///< in the same deliberation
    struct Lender {
        const domain::Pool* pool;
        std::optional<int> utilisation;
        decision::Lendable lendable;
    };
    /// Pools that lend, whoever is to be asked first at first; made when needed, until something is begun.
    mutable std::optional<std::vector<Lender>> lenders;
    bool spareChanged = false;                       ///< something else is believed of a server in no pool
    std::set<domain::PoolName> wishing;              ///< whose `wantsSince` is set
    std::map<domain::PoolName, std::size_t> placeOf; ///< in the configuration
    std::optional<domain::Instant> timers;           ///< the next thing to do but for assessment's
    domain::Instant deliberated{};
    std::optional<domain::Instant> reconsider;        ///< the end of the next cooldown
    domain::Instant expiryAt{domain::Instant::max()}; ///< when to look at what ends soon
    std::map<std::pair<domain::PoolName, domain::ServerName>, Expiring> expiring;
    domain::Instant now{};
    std::vector<Effect> effects;
    std::vector<Decided> decided;             ///< of this turn
    std::vector<Begun> begun;                 ///< of this turn
    std::vector<domain::Monitored> monitored; ///< of this turn
    Decisions decisions;

    void hear(const Configured& input);
    void hear(const PoolsChanged& input);
    void hear(const domain::Sample& input);
    void hear(const domain::Gathered& input);
    void hear(const domain::Assigned& input);
    void hear(transaction::Reply&& input);
    void hear(const Tick& input);
    void hear(const ApplianceStatus& input);
    void hear(const transaction::Observed& input);
    void hear(const Recover& input);
    void hear(const JournalFailed& input);
    void hear(const JournalStatus& input);
    void hear(const ApplianceChanged& input);
    void hear(const Request& input);
    void hear(const Course& input);
    void hear(const Proved& input);
    void hear(const Begun& input);
    void hear(const Deliberate&) { deliberate = true; }
    void hear(const domain::Monitored& input);
    void hear(const Follow& input) { following = input.follows; }
    void hear(const Remembered& input);

    // remembering.cpp: what a record goes on with in its middle
    Memory memory() const;
    PoolMemory memoryOf(const domain::PoolName& name, const PoolRecord& record) const;
    void remember(const PoolMemory& memory);
    void remember(const FlightMemory& memory);
    /// Of the record that is followed: what the pool wanted it has now; whoever waits for it is who asked.
    std::optional<Request> follow(const Begun& told, const domain::Pool& pool);

    // deciding.cpp: what was decided, kept for who asks why
    void note(const Flight& flight);
    void note(Decided made);
    /// What was meant for the pool, and came to nothing.
    void notDone(const domain::Pool& pool, const domain::Intent& wish, std::string hindrance);

    // time.cpp
    /// Quiet: nothing was heard but a sample.
    /// False: nothing was due but for assessment.
    bool passTime(bool quiet);
    std::optional<domain::Instant> nextTimer() const;
    void planReconsideration();
    /// When that pool is to be looked at again, though nothing is heard of it.
    void reconsiderLater(const domain::Pool& pool);
    std::optional<domain::Instant> nextDeadline() const;

    // renewing.cpp: members whose settings have changed, or are about to end
    void noteRevisions(const domain::Sample& sample);
    std::optional<domain::Intent> renewal(const domain::Pool& pool) const;
    domain::Instant earliestRenewal(const PoolRecord& record, const domain::ServerName& server) const;
    std::vector<domain::Intent> wishes(const domain::Pool& pool, domain::Intent load) const;
    void renewed(const Flight& flight);
    void settingsTaken(PoolRecord& record, const domain::ServerName& server, const std::string& why);
    /// After a try in vain: the same settings are not asked for again at once.
    void notRenewed(const Flight& flight);
    std::optional<domain::Instant> nextRenewal() const;
    void watchExpiry();

    // ramping.cpp: members that have joined get more of their weight, step by step
    /// The pool's members may be others now.
    void noteRamps(const domain::Pool& pool);
    std::optional<domain::WeightStep> nextWeight(const domain::Pool& pool,
                                                 const domain::ServerName& server) const;
    std::optional<domain::Intent> ramp(const domain::Pool& pool) const;
    std::optional<domain::Instant> nextRamp(const domain::Pool& pool) const;
    void ramped(const Flight& flight);
    void notRamped(const Flight& flight);

    // deliberation.cpp: beliefs → intents → plans → transactions
    /// False when there was nothing to deliberate on.
    bool deliberateWhereNeeded();
    void deliberatePools(std::vector<std::size_t> order);
    std::vector<std::size_t> touchedPools();
    void serveQueue();
    bool consider(const domain::Pool& pool, std::vector<domain::ApplianceName>& claimed);
    bool pursue(const domain::Pool& pool, std::vector<domain::Intent> wishes,
                std::optional<domain::Instant> since, const std::vector<domain::ApplianceName>& claimed);
    enum class StandIns { some, none };
    decision::History historyOf(const domain::Pool& pool) const;
    domain::Intent intent(const domain::Pool& pool, StandIns standIns = StandIns::some) const;
    /// Why a pool may not begin a transaction now; empty: it may.
    std::string obstacle(const domain::Pool& pool, bool byOperator) const;
    /// The same for anything at all, a repair too.
    std::string cannotBegin(const domain::Pool& pool) const;
    /// Which of its appliances cannot be changed now, and why; empty: each can.
    std::string unreachable(const domain::Pool& pool) const;
    /// The transaction in flight on one of the pool's appliances.
    const Flight* inTheWay(const domain::Pool& pool) const;
    const Flight* flightOf(const domain::PoolName& pool) const;
    allocation::Choice choose(const domain::Intent& intent) const;
    void begin(domain::Plan plan, std::optional<Request> request, unsigned round = 0);
    std::string amongWhom(const domain::Plan& plan) const;
    std::map<domain::ApplianceName, domain::Approach> approaches(const domain::Pool& pool) const;
    std::optional<domain::Refusal> refusedAlike(const domain::Pool& pool, const domain::Intent& wish) const;
    void noCandidate(const domain::Pool& pool, const domain::Refusal& refusal);
    void candidateFound(const domain::PoolName& pool);

    // turn.cpp: whose turn it is
    /// Who of those that want the same comes first: by priority, then need, then how long it has waited.
    std::vector<std::size_t> inTurn(std::vector<std::size_t> order) const;
    /// Of those that began something in this deliberation, who took what that pool may have wanted.
    std::string whoCameFirst(const domain::Pool& pool, const domain::Intent& wish) const;
    /// It waits for an appliance, or no longer.
    void want(const domain::Pool& pool, bool wants);

    // borrowing.cpp: a server that a pool of lower priority lets go for another one
    const std::vector<Lender>& allLenders() const;
    struct Borrowing {
        std::optional<domain::Plan> release; ///< of the pool that lends
        std::string words{};                 ///< from whom, or why from nobody; empty: nobody lends
    };
    /// For a pool that nobody spare can join.
    Borrowing borrowing(const domain::Pool& pool, const domain::Intent& wish) const;
    /// True when that is decided, and begins, unless a record is followed.
    bool borrow(const domain::Pool& pool, const domain::Intent& wish,
                const std::vector<domain::ApplianceName>& claimed, std::string& words);
    /// Which server leaves another pool for this one just now; empty: none.
    std::string onItsWay(const domain::PoolName& pool) const;
    /// Who is on its way to it, or back, goes first.
    void takeUpLoans(const domain::Pool& pool, std::vector<domain::Intent>& wishes);
    /// A wish of takeUpLoans' became that plan.
    void joins(const domain::Pool& pool, domain::Plan& plan);
    /// A wish of takeUpLoans' came to nothing.
    void cannotJoin(const domain::PoolName& pool, const std::string& why);
    void comeBack(const domain::ServerName& server, const domain::PoolName& lender,
                  const domain::PoolName& borrower, const std::string& why);
    /// One that was begun elsewhere is on its way here, too.
    void takeUpLoan(const domain::Plan& plan);
    void notReturned(const domain::ServerName& server, const domain::PoolName& lender,
                     const domain::PoolName& borrower, const std::string& why);
    /// Its release, or what was to follow it, has ended.
    void followLoan(const transaction::State& state);

    // benefit.cpp: does it help that somebody joined?
    std::optional<decision::Burden> burden(const domain::PoolName& pool) const;
    /// With what that server bears already, which it will as a member, too.
    std::optional<decision::Burden> burdenWith(const domain::PoolName& pool,
                                               const domain::ServerName& server) const;
    void measureBenefit(const domain::Pool& pool, PoolRecord& record);
    void measure(const domain::Pool& pool, decision::PastChange& change, bool full);
    /// Nobody asks any more what it relieves.
    void forgetRelief(decision::PastChange& change);

    // recommending.cpp
    /// Tells what is recommended when that is something else, and takes it out: it is not to be done.
    void recommend(const domain::Pool& pool, std::vector<domain::Intent>& wishes);

    // conclusion.cpp: what a transaction's steps and its end mean
    void step(domain::TransactionId id, transaction::Event event);
    void conclude(domain::TransactionId id);
    /// What it changes of the pool that is recorded, if that still is; a repair changes nothing.
    std::optional<MembershipChange> changeBy(const transaction::State& state) const;
    std::optional<MembershipChange> record(const transaction::State& state);
    void committed(const Flight& flight, const domain::TransactionView& view);
    void repaired(const Flight& flight);
    void rolledBack(const Flight& flight);
    void indeterminate(const Flight& flight, Doubt doubt);
    void wait(PoolRecord& pool, const transaction::State& state);
    /// After how many in vain, or too soon, `before` this one?
    domain::Duration backoff(unsigned before) const;
    void answerEnd(const Flight& flight);
    void afterRepair(const Flight& flight);

    // alarms.cpp: an alarm stands until facts, or an operator, clear it
    void raise(PoolRecord& pool, domain::Event alarm);
    void clear(PoolRecord& pool, const std::string& why,
               const std::function<bool(const domain::Event&)>& which);
    void clearAfterCommit(const Flight& flight);
    void stopWaiting(PoolRecord& pool, const std::string& why);
    /// A change was made: does the pool go to and fro by now?
    void watchFlapping(const domain::Pool& pool, PoolRecord& record);
    void endFlapping(const domain::Pool& pool, PoolRecord& record);

    // doubts.cpp: what is in doubt stays so, over a restart too, until a check proves it
    void recover(std::vector<Doubt> doubts);
    void recover(const std::vector<domain::Event>& alarms);
    void recover(const std::vector<domain::TransactionView>& changes);
    /// Puts back an alarm that a fact is to clear; false when it is none of those, or about nothing that is.
    bool standsAgain(const domain::Event& alarm);
    void raiseDoubt(PoolRecord& pool, const Doubt& doubt);
    void keepDoubted(const domain::PoolName& pool);
    bool promisedElsewhere(const domain::PoolName& pool, const domain::ServerName& server) const;
    void endDoubts(const domain::PoolName& name, PoolRecord& pool);
    void forget(const domain::PoolName& name, PoolRecord pool);
    void forgetAppliances();
    /// Without it the reading of an appliance that is in doubt would prove nothing.
    std::optional<transaction::Lock> fence(const domain::Pool& pool,
                                           const domain::ApplianceName& appliance) const;
    void proveAgain(const domain::PoolName& pool);

    // checking.cpp: what is recorded, compared with what the appliances have; repairing.cpp: what follows
    void check(CheckPurpose purpose, std::optional<Request> request, const std::string& why,
               const std::vector<std::pair<domain::PoolName, domain::ApplianceName>>& places,
               unsigned round = 0);
    void checkWhenDue();
    void checkSoon(const domain::ApplianceName& appliance, const std::string& why);
    void checkAgain(const domain::ApplianceName& appliance);
    void checkHeard(const transaction::Reply& reply);
    void outdate(const domain::PoolName& pool, const std::string& why);
    void supersede(const domain::Finding& newer);
    void driftElsewhere(const transaction::State& state);
    void conclude(Checking checking);
    void found(const domain::Finding& finding);
    void actOnDrift(const domain::PoolName& pool);
    void repairNext(Checking checking);
    bool adopt(const domain::Pool& pool);
    std::optional<domain::Plan> repairPlan(const domain::Pool& pool) const;
    std::string notForUs(const domain::Pool& pool) const;
    void withPartners(const domain::Pool& pool, std::vector<domain::PoolPlace>& places) const;
    std::vector<std::pair<domain::PoolName, domain::ApplianceName>> placesOf(const domain::Pool& pool) const;

    // monitoring.cpp: what appliances' monitors say of members, held against what is believed of these
    void monitorsSay(const domain::PoolName& name, const domain::ApplianceName& appliance,
                     const domain::PoolFacts& facts);
    void monitorsSay(const transaction::Reply& ofTransaction);
    void believedOtherwise(const assessment::BeliefChange& change);
    bool contradicted(const domain::Pool& pool) const;
    void askMonitorsWhenDue();

    // requests.cpp: what operators ask for
    void ask(const Request& request, const Allocate& what);
    void ask(const Request& request, const Release& what);
    void ask(const Request& request, const Hold& what);
    void ask(const Request& request, const Resume& what);
    void ask(const Request& request, const PlanQuestion& what);
    void ask(const Request& request, const Check& what);
    void ask(const Request& request, const Repair& what);
    void enqueue(const Request& request, const domain::PoolName& pool);
    /// True when it is over: begun or answered.
    bool attempt(Queued& queued);
    void hold(const std::optional<domain::PoolName>& name, bool held, const Request& request);
    void answer(const Request& request, AnswerKind kind, std::string text);

    domain::Snapshot snapshot(domain::Instant at) const;
    void remember(const domain::TransactionView& view);

    domain::Event event(domain::EventSeverity severity, std::string kind, std::string text) const;
    /// With the transaction's pool, server and number.
    domain::Event eventOf(const transaction::State& state, domain::EventSeverity severity, std::string kind,
                          std::string text) const;
    void tell(domain::Event event) { effects.push_back(std::move(event)); }
    void tellPool(domain::EventSeverity severity, std::string kind, const domain::PoolName& pool,
                  std::string text);
    void tellBeliefs(std::vector<assessment::BeliefChange> changes);
    domain::Plan expected(domain::Plan plan) const;
};

/// The recorded members that an appliance drains, and that it may drain because one of these transactions
/// left them so.
std::vector<domain::Member> leftDraining(const std::vector<Doubt>& doubts, const domain::Pool& recorded,
                                         const domain::ApplianceName& appliance,
                                         const domain::PoolFacts& facts);

/// Those that do not have there what they had before one of these transactions, which was to renew them.
std::vector<transaction::LeftRenewed> leftRenewed(const std::vector<Doubt>& doubts,
                                                  const domain::Pool& recorded,
                                                  const domain::ApplianceName& appliance,
                                                  const domain::PoolFacts& facts);

/// What is told of it to whoever flies the record.
Begun beginningOf(const Flight& flight);

/// Is the pool on one of these?
bool shares(const domain::Pool& pool, const std::vector<domain::ApplianceName>& appliances);

/// A sentence without its figures: it is not told again because a utilisation moved a little.
std::string withoutFigures(const std::string& text);

/// A refusal as one sentence: its reason, and for each server why not that one.
std::string inWords(const domain::Refusal& refusal);

}
