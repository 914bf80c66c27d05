#include "transaction/transaction.hpp"

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

/// Southbound answers every command by itself; a command without an answer after this is taken for lost.
constexpr domain::Duration guard = 120s;

domain::Instant overdue(const InFlight& command) {
    const auto* lock = std::get_if<Lock>(&command.request);
    return command.sent + guard + (lock ? lock->wait : 0s);
}

void dispatch(Machine& machine, const Heard* heard) {
    switch (machine.state.phase) {
    case Phase::gathering: return gathering(machine, nullptr);
    case Phase::locking: return locking(machine, heard);
    case Phase::checking: return checking(machine, heard);
    case Phase::editing: return editing(machine, heard);
    case Phase::validating: return validating(machine, heard);
    case Phase::committing: return committing(machine, heard);
    case Phase::verifying: return verifying(machine, heard);
    case Phase::confirming: return confirming(machine, heard);
    case Phase::saving: return saving(machine, heard);
    case Phase::draining: return draining(machine, heard);
    case Phase::undoing: return undoing(machine, heard);
    case Phase::committed:
    case Phase::rolledBack:
    case Phase::indeterminate: return;
    }
}

void hear(Machine& machine, Site& site, Result result) {
    const Heard heard{&site, std::move(site.inFlight->request), std::move(result), site.inFlight->sent};
    site.inFlight.reset();
    note(machine, heard);
    dispatch(machine, &heard);
}

void onStarted(Machine& machine) {
    // Else what is recorded are its settings.
    if (domain::gathers(machine.state.plan.kind))
        enterGathering(machine);
    else
        enterLocking(machine);
}

void onTimer(Machine& machine) {
    for (auto& site : machine.state.sites)
        if (site.inFlight && overdue(*site.inFlight) <= machine.now)
            hear(machine, site, NoAnswer{"nothing was heard of the command for two minutes"});
    dispatch(machine, nullptr);
}

}

std::string_view toString(Phase phase) {
    switch (phase) {
    case Phase::gathering: return "gathering";
    case Phase::locking: return "locking";
    case Phase::checking: return "checking";
    case Phase::editing: return "editing";
    case Phase::validating: return "validating";
    case Phase::committing: return "committing";
    case Phase::verifying: return "verifying";
    case Phase::confirming: return "confirming";
    case Phase::saving: return "saving";
    case Phase::draining: return "draining";
    case Phase::undoing: return "undoing";
    case Phase::committed: return "committed";
    case Phase::rolledBack: return "rolled-back";
    case Phase::indeterminate: return "indeterminate";
    }
    return "?";
}

std::vector<domain::Operation> legsOf(domain::IntentKind kind) {
    if (kind == domain::IntentKind::renew) return {domain::Operation::update};
    if (kind == domain::IntentKind::ramp) return {domain::Operation::setWeight};
    if (domain::adds(kind)) return {domain::Operation::add};
    return {domain::Operation::drain, domain::Operation::remove};
}

State begin(domain::TransactionId id, domain::Plan plan, domain::Instant now) {
    State state;
    state.id = id;
    state.member = plan.member;
    state.started = now;
    state.legs = legsOf(plan.kind);
    for (const auto& place : plan.pool.places) {
        Site site;
        site.appliance = place.appliance;
        site.object = place.object;
        if (const auto known = plan.approaches.find(place.appliance); known != plan.approaches.end())
            site.approach = known->second;
        site.step = "waiting";
        state.sites.push_back(std::move(site));
    }
    state.plan = std::move(plan);
    // Of the other members only who they are counts; their certificates would be most of a record.
    for (auto& member : state.plan.pool.members)
        member.authentication = {};
    return state;
}

Step step(State state, domain::Instant now, Event event) {
    Machine machine{std::move(state), now, {}};
    if (!machine.state.outcome) {
        if (std::holds_alternative<Started>(event))
            onStarted(machine);
        else if (std::holds_alternative<Recovered>(event))
            recover(machine);
        else if (const auto* failed = std::get_if<JournalFailed>(&event))
            journalFailed(machine, failed->reason);
        else if (const auto* counts = std::get_if<Observed>(&event))
            observed(machine, *counts);
        else if (const auto* gathered = std::get_if<domain::Gathered>(&event)) {
            if (machine.state.phase == Phase::gathering) gathering(machine, gathered);
        } else if (const auto* told = std::get_if<domain::Assigned>(&event))
            assigned(machine, *told);
        else if (auto* reply = std::get_if<Reply>(&event)) {
            if (Site* site = machine.waitingFor(reply->token)) {
                if (reply->session && std::holds_alternative<Lock>(site->inFlight->request))
                    noteSession(*site, *reply->session);
                hear(machine, *site, std::move(reply->result));
            }
        } else
            onTimer(machine);
    }
    return {std::move(machine.state), std::move(machine.outputs)};
}

std::optional<domain::Instant> nextDeadline(const State& state) {
    if (state.outcome) return std::nullopt;
    std::optional<domain::Instant> next = state.deadline;
    const auto earlier = [&](const std::optional<domain::Instant>& other) {
        if (other && (!next || *other < *next)) next = other;
    };
    earlier(state.poll);
    if (state.assignment) earlier(state.assignment->until);
    for (const auto& site : state.sites) {
        earlier(site.wake);
        if (site.inFlight) earlier(overdue(*site.inFlight));
    }
    return next;
}

namespace {

/// Of who ramps up the plan has what it is to be.
domain::Member formerOf(const State& state) {
    const auto& plan = state.plan;
    const auto* recorded =
        plan.kind == domain::IntentKind::ramp ? plan.pool.member(plan.member.server) : nullptr;
    return recorded ? *recorded : plan.member;
}

}

domain::Change change(const State& state) {
    domain::Change made{state.legs[state.leg], state.member, state.plan.pool.policy.drainDeadline};
    if (domain::alters(state.plan.kind)) made.former = formerOf(state);
    return made;
}

domain::Change change(const State& state, const Site& site) {
    auto made = change(state);
    const auto& connection = state.member.connection;
    const auto* there = site.before ? site.before->member(connection.address, connection.port) : nullptr;
    if (!there) return made;
    made.key = there->key;
    // Where the member that is to be led back has not gone, it only has to serve again, or has other
    // settings.
    if (state.plan.kind == domain::IntentKind::restore) {
        made.operation = state.plan.left ? domain::Operation::update : domain::Operation::resume;
        made.former = state.plan.left;
    }
    if (made.operation == domain::Operation::remove || made.operation == domain::Operation::update)
        made.objects = there->objects;
    // It may have lost the change before this one, and have by that what it is to have.
    if (made.operation == domain::Operation::update && site.foreseen && hasForeseen(*there, *site.foreseen))
        made.former->authentication = made.member.authentication;
    return made;
}

std::string describeLeg(const State& state) {
    auto said = change(state);
    const auto led = state.plan.left ? domain::Operation::update : domain::Operation::resume;
    const bool there = std::all_of(state.sites.begin(), state.sites.end(), [&](const Site& site) {
        return site.standby || change(state, site).operation == led;
    });
    if (there) said.operation = led;
    return domain::describe(said);
}

std::vector<domain::Change> changes(const domain::Plan& plan) {
    State state = begin({}, plan, {});
    std::vector<domain::Change> all;
    for (state.leg = 0; state.leg < state.legs.size(); ++state.leg)
        all.push_back(change(state));
    return all;
}

domain::TransactionView view(const State& state) {
    domain::TransactionView view;
    view.id = state.id;
    view.pool = state.plan.pool.name;
    view.kind = state.plan.kind;
    view.server = state.member.server;
    view.state = toString(state.phase);
    view.cause = state.plan.reason;
    view.reason = state.failure ? state.failure->reason : state.plan.reason;
    if (state.outcome) {
        view.outcome = state.outcome->kind;
        view.reason = state.outcome->reason;
    }
    view.started = state.started;
    view.ended = state.ended;
    view.forLoad =
        !state.plan.byOperator && state.member.standsInFor.value.empty() && state.plan.lentTo.value.empty();
    for (const auto& site : state.sites)
        view.appliances[site.appliance] = {site.step, site.approach.strategy, site.proof};
    return view;
}

}
