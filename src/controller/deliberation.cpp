#include "controller/brain.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace headgate::controller {
namespace {

/// A refusal as one sentence, without most of the servers where they are many.
std::string inShort(const domain::Refusal& refusal) {
    constexpr std::size_t most = 8;
    if (refusal.servers.size() <= most) return inWords(refusal);
    domain::Refusal some{refusal.reason, {refusal.servers.begin(), refusal.servers.begin() + most}};
    return inWords(some) + "; and others";
}

void claim(std::vector<domain::ApplianceName>& claimed, const domain::Pool& pool) {
    for (const auto& place : pool.places)
        claimed.push_back(place.appliance);
}

const char* deed(domain::IntentKind kind) {
    if (kind == domain::IntentKind::renew) return " shall have its new settings in ";
    if (kind == domain::IntentKind::ramp) return " shall have more of its weight in ";
    return domain::adds(kind) ? " shall join " : " shall leave ";
}

const char* kindOfBeginning(domain::IntentKind kind) {
    if (kind == domain::IntentKind::renew) return "renewal-begun";
    if (kind == domain::IntentKind::ramp) return "ramp-begun";
    return domain::repairs(kind) ? "repair-begun" : "candidate-chosen";
}

std::string onlyRecommended(const domain::Intent& wish) {
    return wish.recommended ? "it is only recommended, by the mode of its policy" : "";
}

const domain::PoolName& poolOf(const Request& request) {
    if (const auto* grow = std::get_if<Allocate>(&request.what)) return grow->pool;
    return std::get<Release>(request.what).pool;
}

}

bool shares(const domain::Pool& pool, const std::vector<domain::ApplianceName>& appliances) {
    return std::any_of(pool.places.begin(), pool.places.end(), [&](const domain::PoolPlace& place) {
        return std::find(appliances.begin(), appliances.end(), place.appliance) != appliances.end();
    });
}

/// What changes one pool's belief has only that pool looked at, and those that wait for an appliance. All are
/// when anything else may have changed, and now and then because of figures that change no belief.
bool Controller::Brain::deliberateWhereNeeded() {
    const bool all = std::exchange(deliberate, false);
    deliberatedNow = all;
    if (!all && touched.empty() && !spareChanged) return false;
    serveQueue();
    std::vector<std::size_t> order;
    if (all) {
        for (const auto& pool : configuration.pools)
            if (pools.at(pool.name).toMend) actOnDrift(pool.name);
        for (std::size_t i = 0; i < configuration.pools.size(); ++i)
            order.push_back(i);
    } else {
        order = touchedPools();
    }
    touched.clear();
    spareChanged = false;
    deliberatePools(order);
    refusedNow.clear();
    if (all)
        planReconsideration();
    else
        for (const auto place : order)
            reconsiderLater(configuration.pools[place]);
    return true;
}

std::vector<std::size_t> Controller::Brain::touchedPools() {
    touched.insert(wishing.begin(), wishing.end());
    if (spareChanged)
        for (const auto& [name, record] : pools)
            if (!record.noCandidate.empty()) touched.insert(name);
    std::vector<std::size_t> order;
    for (const auto& name : touched)
        if (const auto known = placeOf.find(name); known != placeOf.end()) order.push_back(known->second);
    return order;
}

/// Whoever waits for an appliance keeps those behind from taking the others that it needs; an operator comes
/// before all.
void Controller::Brain::deliberatePools(std::vector<std::size_t> order) {
    for (const auto index : order) {
        const auto& pool = configuration.pools[index];
        auto& record = pools.at(pool.name);
        endFlapping(pool, record);
        measureBenefit(pool, record);
        if (!flightOf(pool.name)) record.decided = intent(pool);
    }
    std::vector<domain::ApplianceName> claimed;
    for (const auto& queued : queue)
        if (const auto* pool = configuration.pool(poolOf(queued.request))) claim(claimed, *pool);
    begunFirst.clear();
    lenders.reset();
    for (const auto index : inTurn(std::move(order)))
        if (consider(configuration.pools[index], claimed)) turn = index + 1;
    begunFirst.clear();
    lenders.reset();
}

void Controller::Brain::serveQueue() {
    std::vector<domain::ApplianceName> claimed;
    for (auto it = queue.begin(); it != queue.end();) {
        const auto* pool = configuration.pool(poolOf(it->request));
        const bool behind = pool && now < it->until && shares(*pool, claimed);
        if (!behind && attempt(*it)) {
            it = queue.erase(it);
            continue;
        }
        if (pool) claim(claimed, *pool);
        ++it;
    }
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

decision::History Controller::Brain::historyOf(const domain::Pool& pool) const {
    auto history = pools.at(pool.name).history;
    history.inFlight = flightOf(pool.name) != nullptr;
    if (pool.held) history.heldBecause = "it is held by an operator";
    return history;
}

domain::Intent Controller::Brain::intent(const domain::Pool& pool, StandIns standIns) const {
    const auto belief = assessment.poolInBrief(pool.name);
    auto history = historyOf(pool);
    history.nobodyStandsIn = standIns == StandIns::none;
    return decision::decide(now, pool, belief ? *belief : domain::PoolState{},
                            assessment.membersInBrief(pool.name), history);
}

std::string Controller::Brain::obstacle(const domain::Pool& pool, bool byOperator) const {
    const auto& record = pools.at(pool.name);
    if (!record.doubts.empty())
        return "blocked by transaction " + std::to_string(record.doubts.back().view.id.value) + ": " +
               record.doubts.back().view.reason + " (headgate check proves the state; headgate repair " +
               pool.name.value + " leads it back)";
    if (!byOperator && record.wait && !record.wait->over) return "waiting: " + record.wait->reason;
    return cannotBegin(pool);
}

std::string Controller::Brain::cannotBegin(const domain::Pool& pool) const {
    if (!journalTrouble.empty()) return journalTrouble;
    for (const auto& [id, flight] : flights)
        if (flight.recovered)
            return "transaction " + std::to_string(id.value) +
                   ", begun before the restart, has not ended yet";
    if (pool.places.empty()) return "it is on no appliance";
    return unreachable(pool);
}

std::string Controller::Brain::unreachable(const domain::Pool& pool) const {
    const auto away = [&](const domain::ApplianceName& name) {
        const auto known = appliances.find(name);
        return known != appliances.end() && !known->second.connected;
    };
    for (const auto& place : pool.places) {
        const auto known = appliances.find(place.appliance);
        if (known == appliances.end()) continue;
        const auto* own = configuration.appliance(place.appliance);
        const bool covered =
            own && !own->pair.empty() &&
            std::any_of(pool.places.begin(), pool.places.end(), [&](const auto& other) {
                const auto* partner = configuration.appliance(other.appliance);
                return partner && partner != own && partner->pair == own->pair && !away(other.appliance);
            });
        if (!known->second.connected && !covered)
            return place.appliance.value + " is not connected: " + known->second.reason;
        if (known->second.connected && !known->second.capabilities.empty() &&
            !domain::strategyFor(known->second.capabilities))
            return place.appliance.value +
                   " can be changed in no safe way: it has neither candidate nor writable-running with "
                   "rollback-on-error";
    }
    return {};
}

std::map<domain::ApplianceName, domain::Approach>
Controller::Brain::approaches(const domain::Pool& pool) const {
    std::map<domain::ApplianceName, domain::Approach> made;
    for (const auto& place : pool.places) {
        auto& approach = made[place.appliance];
        const auto known = appliances.find(place.appliance);
        if (known != appliances.end())
            approach.strategy =
                domain::strategyFor(known->second.capabilities).value_or(domain::Strategy::confirmed);
        const auto* own = configuration.appliance(place.appliance);
        if (!own) continue;
        approach.statistics = !own->snmpAddress.empty();
        const bool together = std::any_of(pool.places.begin(), pool.places.end(), [&](const auto& other) {
            const auto* partner = configuration.appliance(other.appliance);
            return partner && partner != own && partner->pair == own->pair;
        });
        // A pool that is on one of them only knows no standby.
        if (together) approach.pair = own->pair;
    }
    return made;
}

allocation::Choice Controller::Brain::choose(const domain::Intent& intent) const {
    auto servers = assessment.spareServers();
    // Who is lent is no spare one yet.
    if (intent.from && intent.server)
        if (const auto* state = assessment.server(*intent.server)) servers.assign(1, *state);
    return allocation.choose(now, configuration, intent, servers, assessment.dataSources());
}

bool Controller::Brain::consider(const domain::Pool& pool, std::vector<domain::ApplianceName>& claimed) {
    auto& record = pools.at(pool.name);
    const bool busy = inTheWay(pool) != nullptr || shares(pool, claimed);
    if (busy && flightOf(pool.name)) {
        notDone(pool, {domain::IntentKind::nothing, pool.name, {}, false, "a transaction is in flight"}, {});
        return false;
    }
    if (const auto why = onItsWay(pool.name); !why.empty()) {
        notDone(pool, record.decided, why);
        return false;
    }
    auto wishes = this->wishes(pool, record.decided);
    recommend(pool, wishes);
    takeUpLoans(pool, wishes);
    if (busy) {
        const auto why = wishes.empty() ? onlyRecommended(record.decided) : obstacle(pool, false);
        if (wishes.empty() || !why.empty()) {
            notDone(pool, wishes.empty() ? record.decided : wishes.front(), why);
            want(pool, false);
            return false;
        }
        notDone(pool, wishes.front(), "its appliances are being changed, or waited for, for another pool");
        want(pool, true);
        claim(claimed, pool);
        return false;
    }
    const auto since = record.wantsSince;
    want(pool, false);
    const auto grows = [](const domain::Intent& wish) { return wish.kind == domain::IntentKind::allocate; };
    if (std::none_of(wishes.begin(), wishes.end(), grows)) candidateFound(pool.name);
    if (wishes.empty()) {
        notDone(pool, record.decided, onlyRecommended(record.decided));
        if (record.wait && record.wait->over) stopWaiting(record, "no change is wanted any more");
        return false;
    }
    if (const auto why = obstacle(pool, false); !why.empty()) {
        notDone(pool, wishes.front(), why);
        return false;
    }
    return pursue(pool, std::move(wishes), since, claimed);
}

/// The first of them that can be had is begun.
bool Controller::Brain::pursue(const domain::Pool& pool, std::vector<domain::Intent> wishes,
                               std::optional<domain::Instant> since,
                               const std::vector<domain::ApplianceName>& claimed) {
    bool instead = false; // somebody was to stand in, and nobody can
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        const auto wish = wishes[i];
        const bool grows = wish.kind == domain::IntentKind::allocate;
        const auto alike = refusedAlike(pool, wish);
        auto choice = alike ? allocation::Choice(*alike) : choose(wish);
        if (const auto* refusal = std::get_if<domain::Refusal>(&choice)) {
            std::string lending; // how somebody could be borrowed, or why nobody can
            if (borrow(pool, wish, claimed, lending)) return !following;
            notDone(pool, wish, inShort(*refusal) + lending + whoCameFirst(pool, wish));
            if (wish.from) {
                cannotJoin(pool.name, refusal->reason);
                return false;
            }
            if (!grows || instead) continue;
            noCandidate(pool, *refusal);
            if (!wish.inPlaceOf) {
                if (!alike) refusedNow.push_back({&pool, *refusal});
                continue;
            }
            // What the others need does not wait for somebody who is nowhere to be had.
            instead = true;
            if (auto other = intent(pool, StandIns::none); other.kind != domain::IntentKind::nothing)
                wishes.push_back(std::move(other));
            continue;
        }
        if (grows) candidateFound(pool.name);
        auto plan = std::get<domain::Plan>(std::move(choice));
        note(Decided{pool.name,
                     wish.kind,
                     plan.member.server,
                     wish.reason,
                     {},
                     domain::TransactionId{nextTransaction}});
        if (following) return false;
        if (wish.from) joins(pool, plan);
        if (grows) begunFirst.push_back({&pool, wish, plan.member.server, since});
        begin(std::move(plan), std::nullopt);
        return true;
    }
    return false;
}

/// Whom nobody of one pool's like can have, this one cannot have either: it is told so without going through
/// all servers again, until something has been begun. What a candidate lacks depends on itself, the pool's
/// application and policy, and the data sources, which are the same for all pools.
std::optional<domain::Refusal> Controller::Brain::refusedAlike(const domain::Pool& pool,
                                                               const domain::Intent& wish) const {
    if (wish.kind != domain::IntentKind::allocate || wish.inPlaceOf || wish.from) return std::nullopt;
    for (const auto& [other, refusal] : refusedNow) {
        if (other->application != pool.application || other->policy != pool.policy) continue;
        auto own = refusal;
        const auto named = own.reason.find(other->name.value + ": ");
        if (named != std::string::npos) own.reason.replace(named, other->name.value.size(), pool.name.value);
        return own;
    }
    return std::nullopt;
}

/// New settings go first, but not twice in a row: a server that changes its settings all the time does not
/// keep its pool from growing.
std::vector<domain::Intent> Controller::Brain::wishes(const domain::Pool& pool, domain::Intent load) const {
    std::vector<domain::Intent> all;
    if (auto renew = renewal(pool)) all.push_back(std::move(*renew));
    if (load.kind != domain::IntentKind::nothing) all.push_back(std::move(load));
    if (all.size() == 2 && pools.at(pool.name).renewedLast) std::swap(all.front(), all.back());
    if (auto more = ramp(pool)) all.push_back(std::move(*more));
    return all;
}

/// Who would have been next, or why nobody, now that the chosen one is promised.
std::string Controller::Brain::amongWhom(const domain::Plan& plan) const {
    if (plan.kind != domain::IntentKind::allocate || !plan.lentBy.value.empty() || !plan.lentTo.value.empty())
        return {};
    const auto load = [this](const domain::ServerName& name) {
        const auto* state = assessment.server(name);
        return name.value +
               (state && state->utilisation ? " (" + std::to_string(*state->utilisation) + " permille)" : "");
    };
    domain::Intent again{domain::IntentKind::allocate, plan.pool.name, {}, plan.byOperator, plan.reason};
    if (!plan.member.standsInFor.value.empty()) again.inPlaceOf = plan.member.standsInFor;
    const auto next = choose(again);
    if (const auto* other = std::get_if<domain::Plan>(&next))
        return "; chosen: " + load(plan.member.server) + ", before " + load(other->member.server);
    return "; chosen: " + load(plan.member.server) +
           ", which is reserved now; there is no other one: " + std::get<domain::Refusal>(next).reason;
}

void Controller::Brain::begin(domain::Plan plan, std::optional<Request> request, unsigned round) {
    const domain::TransactionId id{nextTransaction++};
    refusedNow.clear();
    lenders.reset();
    plan.approaches = approaches(plan.pool);
    if (const auto found = pools.find(plan.pool.name); found != pools.end())
        found->second.renewedLast = plan.kind == domain::IntentKind::renew;
    // Chosen just now, so it is free; a plan for a server that is promised elsewhere would be a bug of ours.
    // Who is to leave without ever having been recorded is promised to nobody.
    [[maybe_unused]] const bool free =
        plan.kind == domain::IntentKind::withdraw || allocation.reserve(id, plan.member.server);
    assert(free);
    auto told = event(domain::EventSeverity::notice, kindOfBeginning(plan.kind),
                      plan.member.server.value + deed(plan.kind) + plan.pool.name.value + ": " + plan.reason +
                          amongWhom(plan));
    told.server = plan.member.server;
    told.pool = plan.pool.name;
    told.transaction = id;
    tell(std::move(told));
    const auto before = burdenWith(plan.pool.name, plan.member.server);
    const auto made = flights.emplace(
        id,
        Flight{transaction::begin(id, std::move(plan), now), std::move(request), {}, false, round, before});
    note(made.first->second);
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
