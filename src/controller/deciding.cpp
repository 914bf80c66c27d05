// What was decided and why, also to do nothing: for whoever writes the flight record, and the course of what
// was begun, for a controller that flies one again.

#include "controller/brain.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace headgate::controller {
namespace {

/// FNV-1a, of 64 bits.
constexpr std::uint64_t basis = 0xcbf29ce484222325, prime = 0x100000001b3;

void add(std::uint64_t& digest, std::string_view text) {
    for (const char c : text)
        digest = (digest ^ static_cast<unsigned char>(c)) * prime;
    digest = (digest ^ 0xff) * prime; // no text has it: "ab","c" is not "a","bc"
}

transaction::Phase phaseOf(domain::OutcomeKind kind) {
    switch (kind) {
    case domain::OutcomeKind::committed: return transaction::Phase::committed;
    case domain::OutcomeKind::rolledBack: return transaction::Phase::rolledBack;
    case domain::OutcomeKind::indeterminate: break;
    }
    return transaction::Phase::indeterminate;
}

}

std::string withoutFigures(const std::string& text) {
    std::string rest;
    std::copy_if(text.begin(), text.end(), std::back_inserter(rest),
                 [](char c) { return c < '0' || c > '9'; });
    return rest;
}

void Controller::Brain::note(Decided made) {
    const auto found = pools.find(made.pool);
    if (found == pools.end()) return;
    const std::string server = made.server ? made.server->value : std::string();
    if (decisions.count++ == 0) decisions.digest = basis;
    for (const std::string_view text :
         {std::string_view(made.pool.value), toString(made.kind), std::string_view(server),
          std::string_view(made.reason), std::string_view(made.hindrance)})
        add(decisions.digest, text);
    auto key = std::string(toString(made.kind)) + '\n' + server + '\n' + withoutFigures(made.reason) + '\n' +
               withoutFigures(made.hindrance);
    if (!made.transaction && key == found->second.decidedKey) return;
    found->second.decidedKey = std::move(key);
    decided.push_back(std::move(made));
}

void Controller::Brain::notDone(const domain::Pool& pool, const domain::Intent& wish, std::string hindrance) {
    note(Decided{pool.name, wish.kind, wish.server, wish.reason, std::move(hindrance), std::nullopt});
}

Begun beginningOf(const Flight& flight) {
    const auto& state = flight.state;
    return {state.id,     state.plan.kind,  state.plan.pool.name, state.member,      state.plan.byOperator,
            flight.round, flight.recovered, state.plan.reason,    state.plan.lentTo, state.plan.lentBy};
}

void Controller::Brain::note(const Flight& flight) {
    begun.push_back(beginningOf(flight));
}

void Controller::Brain::hear(const Course& input) {
    const auto found = flights.find(input.transaction);
    if (found == flights.end()) return;
    auto& state = found->second.state;
    // Before it is asked for its settings, a plan's member has little more than its name.
    state.member = input.member;
    state.member.server = state.plan.member.server;
    state.phase = phaseOf(input.outcome.kind);
    state.outcome = input.outcome;
    state.ended = now;
    if (input.outcome.kind != domain::OutcomeKind::committed)
        state.failure = transaction::Failure{input.failure, input.outcome.accused, input.outcome.appliances,
                                             input.outcome.reason};
    conclude(input.transaction);
}

void Controller::Brain::hear(const Proved& input) {
    const auto found = pools.find(input.pool);
    if (found == pools.end() || found->second.doubts.empty()) return;
    const std::string why = "a check has proved that each of its appliances has what is recorded";
    endDoubts(input.pool, found->second);
    stopWaiting(found->second, why);
    deliberate = true;
}

void Controller::Brain::hear(const Begun& input) {
    const auto* pool = configuration.pool(input.pool);
    if (!pool) return;
    domain::Plan plan{input.kind, *pool, input.member, input.byOperator, input.reason};
    plan.lentTo = input.lentTo;
    plan.lentBy = input.lentBy;
    takeUpLoan(plan);
    const bool followed = following && input.round == 0 && !input.recovered;
    Flight flight{transaction::begin(input.transaction, std::move(plan), now),
                  followed ? follow(input, *pool) : std::nullopt,
                  {},
                  input.recovered,
                  input.round,
                  burdenWith(input.pool, input.member.server)};
    if (const auto found = pools.find(input.pool); found != pools.end())
        found->second.renewedLast = input.kind == domain::IntentKind::renew;
    nextTransaction = std::max(nextTransaction, input.transaction.value + 1);
    if (input.kind != domain::IntentKind::withdraw)
        (void)allocation.reserve(input.transaction, input.member.server);
    note(flight);
    flights.emplace(input.transaction, std::move(flight));
}

}
