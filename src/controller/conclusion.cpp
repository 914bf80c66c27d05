#include "controller/brain.hpp"
#include "domain/leaving.hpp"

#include <algorithm>
#include <utility>

namespace headgate::controller {

void Controller::Brain::step(domain::TransactionId id, transaction::Event event) {
    if (options.flown) return; // its Course says how it ends
    const auto found = flights.find(id);
    if (found == flights.end()) return;
    const auto before = found->second.state.phase;
    auto made = transaction::step(std::move(found->second.state), now, std::move(event));
    found->second.state = std::move(made.state);
    for (const auto& output : made.outputs)
        if (const auto* told = std::get_if<domain::Event>(&output);
            told && told->severity == domain::EventSeverity::alarm)
            found->second.alarms.push_back(*told);
    for (auto& output : made.outputs)
        std::visit([&](auto& what) { effects.emplace_back(std::move(what)); }, output);
    const auto& state = found->second.state;
    if (state.outcome) return conclude(id);
    if (state.phase != before && state.phase == transaction::Phase::saving)
        if (auto change = changeBy(state)) effects.push_back(Foreseen{std::move(*change)});
}

void Controller::Brain::remember(const domain::TransactionView& view) {
    ended.push_back(std::make_shared<const domain::TransactionView>(view));
    while (ended.size() > options.keptTransactions)
        ended.pop_front();
}

void Controller::Brain::conclude(domain::TransactionId id) {
    auto node = flights.extract(id);
    const Flight& flight = node.mapped();
    const auto& state = flight.state;
    auto view = transaction::view(state);
    const bool done = state.outcome->kind == domain::OutcomeKind::committed;
    if (done && view.kind == domain::IntentKind::allocate && flight.before)
        view.relief = domain::Relief{*flight.before};
    remember(view);
    deliberate = true;
    if (const auto found = pools.find(view.pool); found != pools.end()) {
        // What was found before is not what is there now.
        found->second.findings.clear();
        found->second.deviations.clear();
    }
    outdate(view.pool, "transaction " + std::to_string(id.value) + " has changed it meanwhile");
    const bool doubtful = state.outcome->kind == domain::OutcomeKind::indeterminate;
    const auto kept = doubtful ? std::make_shared<const transaction::State>(state) : nullptr;
    effects.push_back(Ended{view, *state.outcome, done ? record(state) : std::nullopt, kept, state.plan.user,
                            state.plan.session, state.failure ? state.failure->kind : ""});
    tell(eventOf(state, domain::EventSeverity::notice, "transaction-state", view.state + ": " + view.reason));
    if (!doubtful) allocation.free(id);
    keepDoubted(view.pool);
    switch (state.outcome->kind) {
    case domain::OutcomeKind::committed: committed(flight, view); break;
    case domain::OutcomeKind::rolledBack: rolledBack(flight); break;
    case domain::OutcomeKind::indeterminate: indeterminate(flight, {view, kept}); break;
    }
    for (const auto& site : state.sites)
        if (auto& appliance = appliances[site.appliance]; std::exchange(appliance.checkPutOff, false))
            checkSoon(site.appliance, appliance.checkWhy);
    driftElsewhere(state);
    followLoan(state);
    if (flight.round > 0) return afterRepair(flight);
    answerEnd(flight);
}

std::optional<MembershipChange> Controller::Brain::changeBy(const transaction::State& state) const {
    const auto& pool = state.plan.pool.name;
    if (!configuration.pool(pool) || domain::repairs(state.plan.kind)) return std::nullopt;
    if (state.plan.kind == domain::IntentKind::release)
        return MembershipChange{pool, std::nullopt, state.member.server};
    return MembershipChange{pool, state.member, std::nullopt};
}

std::optional<MembershipChange> Controller::Brain::record(const transaction::State& state) {
    auto change = changeBy(state);
    if (!change) return change;
    auto& pool = *configuration.pool(change->pool);
    if (change->removed) domain::leave(pool, *change->removed);
    if (change->added) {
        std::erase_if(pool.members,
                      [&](const domain::Member& member) { return member.server == change->added->server; });
        pool.members.push_back(*change->added);
    }
    noteRamps(pool);
    return change;
}

void Controller::Brain::committed(const Flight& flight, const domain::TransactionView& view) {
    const auto& state = flight.state;
    if (domain::repairs(state.plan.kind)) return repaired(flight);
    if (state.plan.kind == domain::IntentKind::renew) return renewed(flight);
    if (state.plan.kind == domain::IntentKind::ramp) return ramped(flight);
    const bool grown = state.plan.kind == domain::IntentKind::allocate;
    const auto& name = state.plan.pool.name;
    if (grown)
        tellBeliefs(assessment.joined(name, state.member.server, now));
    else
        allocation.left(state.member.server, now);
    if (const auto* pool = configuration.pool(name)) tellBeliefs(assessment.configure({*pool}, now));
    tell(eventOf(state, domain::EventSeverity::notice, grown ? "pool-grown" : "pool-shrunk",
                 name.value + (grown ? " grew by " : " shrank by ") + state.member.server.value + ": " +
                     state.plan.reason));
    clearAfterCommit(flight);
    const auto found = pools.find(name);
    if (found == pools.end()) return;
    auto& record = found->second;
    record.history.note({now, state.plan.kind, state.member.server, view.relief, view.forLoad, state.id});
    record.failures = 0;
    record.wait.reset();
    if (const auto* pool = configuration.pool(name)) watchFlapping(*pool, record);
}

/// What it raised stands; whether the pool's other alarms are over, the check that follows says.
void Controller::Brain::repaired(const Flight& flight) {
    const auto& name = flight.state.plan.pool.name;
    tellPool(domain::EventSeverity::notice, "repaired", name, flight.state.outcome->reason);
    const auto found = pools.find(name);
    if (found == pools.end()) return;
    for (const auto& alarm : flight.alarms)
        found->second.standing.push_back(alarm);
    found->second.failures = 0;
    found->second.wait.reset();
}

void Controller::Brain::rolledBack(const Flight& flight) {
    const auto& state = flight.state;
    auto told =
        eventOf(state, domain::EventSeverity::warning, "rolled-back",
                "transaction " + std::to_string(state.id.value) + " left no trace: " + state.outcome->reason);
    if (!state.outcome->appliances.empty()) told.appliance = state.outcome->appliances.front();
    tell(std::move(told));
    const auto found = pools.find(state.plan.pool.name);
    if (found == pools.end()) return;
    for (auto& alarm : flight.alarms)
        found->second.standing.push_back(alarm);
    // A repair by policy is tried again whomever its failure accuses, but not at once.
    const bool again =
        flight.round > 0 && !state.plan.byOperator && state.failure->kind != "journal-not-written";
    if (state.outcome->accused == domain::Accused::appliance || again) wait(found->second, state);
    if (state.failure->kind == "drift")
        for (const auto& site : state.sites)
            checkSoon(site.appliance, "a transaction found drift");
    if (state.plan.kind == domain::IntentKind::renew) return notRenewed(flight);
    if (state.plan.kind == domain::IntentKind::ramp) return notRamped(flight);
    // Who is a member, or is nobody of ours, is no candidate to be left alone.
    if (state.outcome->accused != domain::Accused::candidate || domain::repairs(state.plan.kind)) return;
    const auto until = now + state.plan.pool.policy.quarantine;
    allocation.quarantine(state.member.server, until, state.outcome->reason);
    auto alone =
        event(domain::EventSeverity::warning, "quarantined",
              state.member.server.value + " is left alone for " +
                  domain::describe(state.plan.pool.policy.quarantine) + ": " + state.outcome->reason);
    alone.server = state.member.server;
    alone.transaction = state.id;
    tell(std::move(alone));
}

void Controller::Brain::indeterminate(const Flight& flight, Doubt doubt) {
    const auto& state = flight.state;
    if (state.outcome->accused == domain::Accused::candidate && !domain::alters(state.plan.kind))
        allocation.quarantine(state.member.server, now + state.plan.pool.policy.quarantine,
                              state.outcome->reason);
    const auto& name = state.plan.pool.name;
    const auto found = pools.find(name);
    if (found == pools.end()) {
        PoolRecord gone;
        gone.standing = flight.alarms;
        gone.doubts.push_back(std::move(doubt));
        return forget(name, std::move(gone));
    }
    for (auto& alarm : flight.alarms)
        found->second.standing.push_back(alarm);
    raiseDoubt(found->second, doubt);
    found->second.doubts.push_back(std::move(doubt));
    keepDoubted(name);
    for (const auto& site : state.sites)
        checkSoon(site.appliance, "a transaction left it in doubt");
}

domain::Duration Controller::Brain::backoff(unsigned before) const {
    auto time = options.backoffFirst;
    for (unsigned i = 0; i < before && time < options.backoffMost; ++i)
        time *= 2;
    return std::min(time, options.backoffMost);
}

void Controller::Brain::wait(PoolRecord& pool, const transaction::State& state) {
    const auto time = backoff(pool.failures++);
    const auto& outcome = *state.outcome;
    pool.wait = Wait{outcome.appliances, outcome.reason, now + time};
    auto alarm = event(domain::EventSeverity::alarm, state.failure->kind, outcome.reason);
    alarm.pool = state.plan.pool.name;
    if (!outcome.appliances.empty()) alarm.appliance = outcome.appliances.front();
    raise(pool, std::move(alarm));
    tellPool(domain::EventSeverity::warning, "pool-waiting", state.plan.pool.name,
             state.plan.pool.name.value + " waits " + domain::describe(time) + " before it tries again");
}

void Controller::Brain::answerEnd(const Flight& flight) {
    if (!flight.request) return;
    const auto& outcome = *flight.state.outcome;
    const auto* grow = std::get_if<Allocate>(&flight.request->what);
    // Whoever named no server wants any that works: the next one is tried.
    if (grow && !grow->server && outcome.kind == domain::OutcomeKind::rolledBack &&
        outcome.accused == domain::Accused::candidate)
        return queue.push_back(Queued{*flight.request, outcome, now + options.queueWait});
    // Nothing was asked of anybody: that is a refusal.
    if (flight.state.failure && flight.state.failure->kind == "journal-not-written" && !flight.state.sent)
        return answer(*flight.request, AnswerKind::refused, outcome.reason);
    static constexpr AnswerKind kinds[] = {AnswerKind::done, AnswerKind::rolledBack,
                                           AnswerKind::indeterminate};
    answer(*flight.request, kinds[static_cast<std::size_t>(outcome.kind)], outcome.reason);
    auto& made = std::get<Answer>(effects.back());
    made.transaction = flight.state.id;
    made.outcome = outcome;
}

}
