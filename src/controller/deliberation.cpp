#include "controller/brain.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace headgate::controller {
namespace {

/// A sentence without its figures: an alarm is not told again because a utilisation moved a little.
std::string withoutFigures(const std::string& text) {
    std::string rest;
    std::copy_if(text.begin(), text.end(), std::back_inserter(rest),
                 [](char c) { return c < '0' || c > '9'; });
    return rest;
}

}

void Controller::Brain::deliberatePools() {
    const std::size_t count = configuration.pools.size();
    const std::size_t first = turn;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t index = (first + i) % count;
        if (consider(configuration.pools[index])) turn = index + 1;
    }
}

void Controller::Brain::serveQueue() {
    for (auto it = queue.begin(); it != queue.end();)
        it = attempt(*it) ? queue.erase(it) : std::next(it);
}

const Flight* Controller::Brain::flightOf(const domain::PoolName& pool) const {
    for (const auto& [id, flight] : flights)
        if (flight.state.plan.pool.name == pool) return &flight;
    return nullptr;
}

const Flight* Controller::Brain::inTheWay(const domain::Pool& pool) const {
    for (const auto& [id, flight] : flights)
        for (const auto& site : flight.state.sites)
            for (const auto& place : pool.places)
                if (place.appliance == site.appliance) return &flight;
    return nullptr;
}

domain::Intent Controller::Brain::intent(const domain::Pool& pool) const {
    const auto* belief = assessment.pool(pool.name);
    auto history = pools.at(pool.name).history;
    history.inFlight = flightOf(pool.name) != nullptr;
    if (pool.held) history.heldBecause = "it is held by an operator";
    return decision::decide(now, pool, belief ? *belief : domain::PoolState{}, assessment.members(pool.name),
                            history);
}

std::string Controller::Brain::obstacle(const domain::Pool& pool, bool byOperator) const {
    const auto& record = pools.at(pool.name);
    if (record.indeterminate)
        return "blocked by transaction " + std::to_string(record.indeterminate->value) + ": " +
               record.blocked + " (look after the appliances, then: headgate resume " + pool.name.value + ")";
    if (!byOperator && record.wait && !record.wait->over) return "waiting: " + record.wait->reason;
    for (const auto& place : pool.places) {
        const auto known = appliances.find(place.appliance);
        if (known != appliances.end() && !known->second.connected)
            return place.appliance.value + " is not connected: " + known->second.reason;
    }
    if (pool.places.empty()) return "it is on no appliance";
    return {};
}

allocation::Choice Controller::Brain::choose(const domain::Intent& intent) const {
    return allocation.choose(now, configuration, intent, assessment.servers());
}

bool Controller::Brain::consider(const domain::Pool& pool) {
    if (inTheWay(pool)) return false;
    const auto wanted = intent(pool);
    if (wanted.kind != domain::IntentKind::allocate) candidateFound(pool.name);
    if (wanted.kind == domain::IntentKind::nothing) {
        auto& record = pools.at(pool.name);
        if (record.wait && record.wait->over) stopWaiting(record, "no change is wanted any more");
        return false;
    }
    if (!obstacle(pool, false).empty()) return false;
    auto choice = choose(wanted);
    if (const auto* refusal = std::get_if<domain::Refusal>(&choice)) {
        if (wanted.kind == domain::IntentKind::allocate) noCandidate(pool, *refusal);
        return false;
    }
    candidateFound(pool.name);
    begin(std::get<domain::Plan>(std::move(choice)), std::nullopt);
    return true;
}

void Controller::Brain::begin(domain::Plan plan, std::optional<Request> request) {
    const domain::TransactionId id{nextTransaction++};
    // Chosen just now, so it is free; a plan for a server that is promised elsewhere would be a bug of ours.
    [[maybe_unused]] const bool free = allocation.reserve(id, plan.member.server);
    assert(free);
    const bool grows = plan.kind == domain::IntentKind::allocate;
    auto told = event(domain::EventSeverity::notice, "candidate-chosen",
                      plan.member.server.value + (grows ? " shall join " : " shall leave ") +
                          plan.pool.name.value + ": " + plan.reason);
    told.server = plan.member.server;
    told.pool = plan.pool.name;
    told.transaction = id;
    tell(std::move(told));
    flights.emplace(id, Flight{transaction::begin(id, std::move(plan), now), std::move(request)});
    step(id, transaction::Started{});
}

void Controller::Brain::noCandidate(const domain::Pool& pool, const domain::Refusal& refusal) {
    auto& record = pools.at(pool.name);
    const std::string text = inWords(refusal);
    const std::string key = withoutFigures(text);
    record.noCandidate = text;
    if (key == record.noCandidateKey) return;
    record.noCandidateKey = key;
    tellPool(domain::EventSeverity::alarm, "no-candidate", pool.name,
             "nothing can join " + pool.name.value + ": " + text);
}

void Controller::Brain::candidateFound(const domain::PoolName& pool) {
    auto& record = pools.at(pool);
    if (record.noCandidate.empty()) return;
    record.noCandidate.clear();
    record.noCandidateKey.clear();
    tellPool(domain::EventSeverity::clear, "no-candidate", pool, pool.value + " lacks no candidate any more");
}

}
