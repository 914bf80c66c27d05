// A transaction whose end nobody knows keeps its pool blocked and its servers reserved, and its alarm stands,
// until a check has proved each of the pool's appliances; whoever runs headgated then.

#include "controller/brain.hpp"

#include <algorithm>
#include <utility>

namespace headgate::controller {
namespace {

/// Was this appliance left in doubt? Of a transaction that was given up nothing was proved; a standby copies
/// its active one, at any time.
bool inDoubt(const transaction::State& state, const transaction::Site& site) {
    if (state.phase != transaction::Phase::indeterminate || !site.doubt.empty()) return true;
    return site.standby &&
           std::any_of(state.sites.begin(), state.sites.end(), [&](const transaction::Site& other) {
               return !other.standby && other.approach.pair == site.approach.pair && !other.doubt.empty();
           });
}

/// Without its facts from before: may a transaction like this one have left the member draining?
bool mayDrain(const domain::TransactionView& view, const domain::Member& member,
              const domain::PoolFacts& facts) {
    const auto* is = facts.member(member.connection.address, member.connection.port);
    return view.kind == domain::IntentKind::release && view.server == member.server && is &&
           is->admin == domain::AdminState::draining;
}

bool leftDraining(const Doubt& doubt, const domain::Member& member, const domain::ApplianceName& appliance,
                  const domain::PoolFacts& facts) {
    if (!doubt.state) return mayDrain(doubt.view, member, facts);
    const auto& state = *doubt.state;
    return state.member.server == member.server &&
           std::any_of(state.sites.begin(), state.sites.end(), [&](const transaction::Site& site) {
               return site.appliance == appliance && inDoubt(state, site) && site.first &&
                      transaction::leftDraining(member, *site.first, facts);
           });
}

const transaction::Site* siteOf(const Doubt& doubt, const domain::ApplianceName& appliance) {
    if (!doubt.state) return nullptr;
    const auto& sites = doubt.state->sites;
    const auto found = std::find_if(sites.begin(), sites.end(),
                                    [&](const auto& site) { return site.appliance == appliance; });
    return found == sites.end() ? nullptr : &*found;
}

std::optional<domain::ApplianceName> firstInDoubt(const Doubt& doubt) {
    if (doubt.state)
        for (const auto& site : doubt.state->sites)
            if (inDoubt(*doubt.state, site)) return site.appliance;
    return std::nullopt;
}

}

std::vector<domain::Member> leftDraining(const std::vector<Doubt>& doubts, const domain::Pool& recorded,
                                         const domain::ApplianceName& appliance,
                                         const domain::PoolFacts& facts) {
    std::vector<domain::Member> found;
    std::copy_if(recorded.members.begin(), recorded.members.end(), std::back_inserter(found),
                 [&](const domain::Member& member) {
                     return std::any_of(doubts.begin(), doubts.end(), [&](const Doubt& doubt) {
                         return leftDraining(doubt, member, appliance, facts);
                     });
                 });
    return found;
}

std::vector<transaction::LeftRenewed> leftRenewed(const std::vector<Doubt>& doubts,
                                                  const domain::Pool& recorded,
                                                  const domain::ApplianceName& appliance,
                                                  const domain::PoolFacts& facts) {
    std::vector<transaction::LeftRenewed> found;
    for (const auto& doubt : doubts) {
        const auto* site = siteOf(doubt, appliance);
        if (!site || !domain::alters(doubt.view.kind) || !inDoubt(*doubt.state, *site)) continue;
        const auto& left = doubt.state->member;
        const auto* member = recorded.member(left.server);
        const auto& connection = left.connection;
        const auto* is = facts.member(connection.address, connection.port);
        const auto* was = site->first ? site->first->member(connection.address, connection.port) : nullptr;
        if (!member || !is || !was) continue;
        // A weight that is neither is an operator's.
        const bool raised = doubt.view.kind == domain::IntentKind::ramp && is->weight != was->weight &&
                            is->weight == connection.weight;
        const bool renewed = is->objects != was->objects;
        if (raised || renewed) found.push_back({*member, left});
    }
    return found;
}

void Controller::Brain::recover(std::vector<Doubt> doubts) {
    for (auto& doubt : doubts) {
        nextTransaction = std::max(nextTransaction, doubt.view.id.value + 1);
        const auto name = doubt.view.pool;
        const auto* pool = configuration.pool(name);
        if (!pool) {
            PoolRecord gone;
            gone.doubts.push_back(std::move(doubt));
            forget(name, std::move(gone));
            continue;
        }
        pools.at(name).doubts.push_back(std::move(doubt));
        keepDoubted(name);
        for (const auto& place : pool->places)
            checkSoon(place.appliance, "a transaction before the restart left it in doubt");
    }
}

void Controller::Brain::recover(const std::vector<domain::Event>& alarms) {
    for (auto alarm : alarms) {
        alarm.at = now;
        if (standsAgain(alarm)) continue;
        alarm.severity = domain::EventSeverity::clear;
        alarm.text = "headgated was started anew, and looks again";
        tell(std::move(alarm));
    }
    // Its end may have been written, and its alarm not.
    for (auto& [name, record] : pools)
        for (const auto& doubt : record.doubts)
            if (std::none_of(record.standing.begin(), record.standing.end(), [&](const auto& alarm) {
                    return alarm.kind == "indeterminate" &&
                           (alarm.transaction == doubt.view.id || alarm.appliance == firstInDoubt(doubt));
                }))
                raiseDoubt(record, doubt);
}

/// What was done before bounds how soon more may be, and who joined lately warms up still.
void Controller::Brain::recover(const std::vector<domain::TransactionView>& changes) {
    for (const auto& change : changes)
        if (const auto found = pools.find(change.pool); found != pools.end() && change.ended) {
            found->second.history.note(
                {*change.ended, change.kind, change.server, change.relief, change.forLoad, change.id});
            if (change.kind == domain::IntentKind::release) allocation.left(change.server, *change.ended);
        }
    for (const auto& pool : configuration.pools)
        for (const auto& member : pool.members)
            if (const auto at = pools.at(pool.name).history.joined(member.server))
                tellBeliefs(assessment.joined(pool.name, member.server, *at));
}

bool Controller::Brain::standsAgain(const domain::Event& alarm) {
    if (!alarm.pool) {
        const bool known = alarm.appliance && configuration.appliance(*alarm.appliance);
        if (alarm.kind != "appliance-lost" || !known) return false;
        auto& record = appliances[*alarm.appliance];
        // Its session says when that is over.
        if (!record.capabilities.empty()) return false;
        record.reason = "it was not before headgated was started anew";
        if (std::exchange(record.connected, false)) tell(alarm);
        return true;
    }
    const auto found = pools.find(*alarm.pool);
    if (found == pools.end()) return false;
    auto& record = found->second;
    // Found wanting already, since this start.
    if (alarm.kind == "no-candidate") return !record.noCandidate.empty();
    if (alarm.kind == "pool-flapping") {
        const auto& policy = configuration.pool(*alarm.pool)->policy;
        if (!decision::flapping(policy, record.history, now)) return false;
        raise(record, alarm);
        return true;
    }
    if (alarm.kind == "growth-without-benefit") {
        if (decision::withoutBenefit(configuration.pool(*alarm.pool)->policy, record.history).empty())
            return false;
        raise(record, alarm);
        return true;
    }
    if (alarm.kind == "indeterminate") {
        if (record.doubts.empty()) return false;
    } else if (alarm.kind != "drift" && alarm.kind != "not-saved" && alarm.kind != "lock-left" &&
               alarm.kind != "data-source-left")
        return false;
    const auto& places = configuration.pool(*alarm.pool)->places;
    if (alarm.appliance && std::none_of(places.begin(), places.end(), [&](const auto& place) {
            return place.appliance == *alarm.appliance;
        }))
        return false;
    raise(record, alarm);
    return true;
}

void Controller::Brain::raiseDoubt(PoolRecord& pool, const Doubt& doubt) {
    auto alarm = event(domain::EventSeverity::alarm, "indeterminate",
                       "transaction " + std::to_string(doubt.view.id.value) + ": " + doubt.view.reason);
    alarm.pool = doubt.view.pool;
    alarm.server = doubt.view.server;
    alarm.transaction = doubt.view.id;
    alarm.appliance = firstInDoubt(doubt);
    raise(pool, std::move(alarm));
}

/// Whatever else happens to a pool that is in doubt, its servers stay reserved: each may serve it on an
/// appliance that nobody could read.
void Controller::Brain::keepDoubted(const domain::PoolName& pool) {
    const auto found = pools.find(pool);
    if (found == pools.end()) return;
    for (const auto& doubt : found->second.doubts)
        // Who is to be taken off without ever having been recorded was promised to nobody.
        if (doubt.view.kind != domain::IntentKind::withdraw)
            (void)allocation.reserve(doubt.view.id, doubt.view.server);
}

/// To a transaction that is none of those which left the pool in doubt.
bool Controller::Brain::promisedElsewhere(const domain::PoolName& pool,
                                          const domain::ServerName& server) const {
    const auto promised = allocation.reservedFor(server);
    if (!promised) return false;
    const auto& doubts = pools.at(pool).doubts;
    return std::none_of(doubts.begin(), doubts.end(),
                        [&](const Doubt& doubt) { return doubt.view.id == *promised; });
}

void Controller::Brain::endDoubts(const domain::PoolName& name, PoolRecord& pool) {
    if (pool.doubts.empty()) return;
    for (const auto& doubt : pool.doubts)
        allocation.free(doubt.view.id);
    pool.doubts.clear();
    effects.push_back(DoubtEnded{name});
}

/// Of a pool that is not configured any more nothing can be proved, nor is anything to be changed.
void Controller::Brain::forget(const domain::PoolName& name, PoolRecord pool) {
    if (pool.standing.empty() && pool.doubts.empty()) return;
    for (const auto& doubt : pool.doubts)
        tellPool(domain::EventSeverity::warning, "doubt-forgotten", name,
                 name.value + " is not configured any more: nobody looks after what transaction " +
                     std::to_string(doubt.view.id.value) + " left in doubt: " + doubt.view.reason);
    endDoubts(name, pool);
    clear(pool, name.value + " is not configured any more", [](const auto&) { return true; });
}

void Controller::Brain::forgetAppliances() {
    std::erase_if(appliances, [this](const auto& each) {
        const auto& [name, record] = each;
        if (configuration.appliance(name)) return false;
        if (!record.connected) {
            auto told = event(domain::EventSeverity::clear, "appliance-lost",
                              name.value + " is not configured any more");
            told.appliance = name;
            tell(std::move(told));
        }
        return true;
    });
}

std::optional<transaction::Lock> Controller::Brain::fence(const domain::Pool& pool,
                                                          const domain::ApplianceName& appliance) const {
    const auto& record = pools.at(pool.name);
    std::optional<transaction::Lock> lock;
    for (const auto& doubt : record.doubts) {
        const auto* site = siteOf(doubt, appliance);
        if (doubt.state && (!site || !inDoubt(*doubt.state, *site))) continue;
        const auto role = record.roles.find(appliance);
        // Nobody changes a standby but its active one.
        if (site ? site->standby : role != record.roles.end() && role->second == domain::Role::standby)
            continue;
        if (!lock) lock = transaction::Lock{domain::Duration(0), approaches(pool).at(appliance).strategy, {}};
        if (!site) continue;
        for (const auto* sessions : {&site->former, &site->sessions})
            lock->former.insert(lock->former.end(), sessions->begin(), sessions->end());
    }
    return lock;
}

/// When each of its appliances was read, and has what is recorded, nothing is in doubt any more.
void Controller::Brain::proveAgain(const domain::PoolName& name) {
    const auto* pool = configuration.pool(name);
    auto& record = pools.at(name);
    if (!pool || record.doubts.empty() || flightOf(name)) return;
    for (const auto& place : pool->places) {
        const auto finding = record.findings.find(place.appliance);
        if (finding == record.findings.end() || !finding->second.differences.empty()) return;
    }
    const std::string why = "a check has proved that each of its appliances has what is recorded";
    endDoubts(name, record);
    stopWaiting(record, why);
    clear(record, why,
          [](const domain::Event& alarm) { return alarm.kind == "drift" || alarm.kind == "indeterminate"; });
    deliberate = true;
}

}
