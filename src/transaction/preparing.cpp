// locking … validating: everything that can fail for a reason of ours or of an appliance fails here, while
// nothing that serves has changed.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

#include <map>

namespace headgate::transaction {
namespace {

/// A standby that is away has what its partner had, and will copy what is done there.
void assumeFirst(State& state) {
    for (auto& standby : state.sites)
        for (const auto& site : state.sites)
            if (standby.absent && !standby.first && !site.standby &&
                site.approach.pair == standby.approach.pair)
                standby.first = site.first;
}

/// Why the change cannot start from what the appliance has. A repair starts from drift: only the place of its
/// own member counts, and only where it is changed.
std::optional<std::string> unready(const State& state, const Site& site, const domain::PoolFacts& facts) {
    if (!domain::repairs(state.plan.kind)) return drift(state.plan.pool, facts);
    if (site.standby) return std::nullopt;
    const auto& connection = state.member.connection;
    const auto* there = facts.member(connection.address, connection.port);
    const bool drains = there && there->admin == domain::AdminState::draining;
    if ((there != nullptr) != domain::adds(state.plan.kind)) return std::nullopt;
    if ((drains || state.plan.left) && state.plan.kind == domain::IntentKind::restore) return std::nullopt;
    return where(connection.address, connection.port) + (there ? " is there already" : " is gone already");
}

void enterChecking(Machine& machine) {
    machine.enter(Phase::checking, "reading what is there, to compare it with what is recorded");
    for (auto& site : machine.state.sites)
        if (site.absent)
            site.ready = true;
        else
            machine.send(site, Read{site.object, true});
}

void enterValidating(Machine& machine) {
    machine.enter(Phase::validating, "asking each appliance whether it would take the change");
    for (auto& site : machine.state.sites)
        if (site.standby)
            site.ready = true;
        else if (site.approach.strategy == domain::Strategy::direct)
            machine.send(site, Rehearse{site.object, change(machine.state, site)});
        else
            machine.send(site, Validate{});
}

void enterEditing(Machine& machine) {
    bool weaker = false;
    for (auto& site : machine.state.sites) {
        if (site.standby) continue;
        // Known, and recorded, before it is needed: where no confirmed commit does it, this is the way back.
        site.way = domain::inverse(change(machine.state, site), *site.before);
        // An operator's "disabled" is left as it is: it drains, and more.
        site.idle = !site.way && change(machine.state).operation == domain::Operation::drain;
        weaker = weaker || (!confirms(site) && !site.idle);
    }
    machine.enter(Phase::editing, describeLeg(machine.state),
                  weaker ? Durability::needed : Durability::ordered);
    for (auto& site : machine.state.sites)
        if (passive(site) || site.approach.strategy == domain::Strategy::direct)
            site.ready = true;
        else
            machine.send(site, Edit{site.object, change(machine.state, site)});
    if (machine.allReady()) enterValidating(machine);
}

/// With what the member will have the way back may be another one.
void foresee(Machine& machine, const Heard& heard) {
    const auto* done = std::get_if<Done>(&heard.result);
    if (!done || !done->foreseen) return;
    auto& site = *heard.site;
    site.foreseen = done->foreseen;
    site.way = domain::inverse(change(machine.state, site), *site.before);
}

/// Of each pair one appliance must be the active one, or nobody knows whom a change would reach.
bool pairsAreClear(Machine& machine) {
    std::map<std::string, std::vector<const Site*>> pairs;
    for (const auto& site : machine.state.sites)
        if (!site.approach.pair.empty()) pairs[site.approach.pair].push_back(&site);
    for (const auto& [name, both] : pairs) {
        const auto actives =
            std::count_if(both.begin(), both.end(), [](const Site* site) { return !site->standby; });
        if (actives == 1) continue;
        machine.fail("pair-unclear", domain::Accused::appliance, both.front(),
                     "of the pair " + name + ", " + std::to_string(actives) +
                         " appliances say that they are active");
        return false;
    }
    return true;
}

}

void enterLocking(Machine& machine) {
    machine.enter(Phase::locking,
                  "on " + machine.appliances() + ", to " + domain::describe(change(machine.state)));
    for (auto& site : machine.state.sites)
        // Whose turn it is may have changed since the last leg.
        if (site.approach.pair.empty())
            machine.lock(site);
        else
            machine.send(site, Read{site.object, true});
}

void locking(Machine& machine, const Heard* heard) {
    if (!heard) return;
    Site& site = *heard->site;
    if (!heard->done() && heard->asked<Read>() && !heard->refused() && !site.touched) {
        // A pair is there so that one of them may be away: the other one then must be the active one.
        site.standby = site.absent = true;
        machine.tell(domain::EventSeverity::warning, "standby-absent",
                     site.appliance.value + " of the pair " + site.approach.pair +
                         " is not checked: " + heard->inWords(),
                     &site);
    } else if (!heard->done())
        return machine.fail(*heard);
    if (const auto* facts = heard->facts()) {
        site.standby = facts->pool.role == domain::Role::standby;
        site.absent = false;
        site.step = std::string(toString(facts->pool.role)) + " of " + site.approach.pair;
        if (!site.standby) return machine.lock(site);
    }
    site.ready = true;
    if (machine.allReady() && pairsAreClear(machine)) enterChecking(machine);
}

void checking(Machine& machine, const Heard* heard) {
    if (!heard) return;
    Site& site = *heard->site;
    const auto* facts = heard->facts();
    if (!facts) return machine.fail(*heard);
    site.before = facts->pool;
    if (!site.first) site.first = facts->pool;
    const auto refuse = [&](const char* kind, domain::Accused accused, const std::string& why) {
        site.step = "refused: " + why;
        machine.fail(kind, accused, &site, site.appliance.value + ": " + why);
    };
    if (!facts->pool.exists)
        return refuse("drift", domain::Accused::appliance, "it has no pool " + site.object);
    if (const auto why = unready(machine.state, site, facts->pool))
        return refuse("drift", domain::Accused::appliance,
                      "its pool " + site.object + " is not as recorded: " + *why);
    if (machine.state.plan.kind == domain::IntentKind::renew && !site.standby)
        // The appliance is as it should be, and the pool need not wait.
        if (const auto why = overwritten(machine.state.plan.member, machine.state.member, facts->pool))
            return refuse("operators-own", domain::Accused::candidate, *why);
    if (machine.state.plan.kind == domain::IntentKind::ramp && !site.standby)
        if (const auto why = otherWeight(*change(machine.state).former, facts->pool))
            return refuse("operators-own", domain::Accused::candidate, *why);
    site.step = "as recorded";
    site.ready = true;
    if (!machine.allReady()) return;
    assumeFirst(machine.state);
    enterEditing(machine);
}

void editing(Machine& machine, const Heard* heard) {
    if (!heard) return;
    if (!heard->done()) return machine.fail(*heard);
    foresee(machine, *heard);
    heard->site->ready = true;
    if (machine.allReady()) enterValidating(machine);
}

void validating(Machine& machine, const Heard* heard) {
    if (!heard) return;
    if (!heard->done()) return machine.fail(*heard);
    foresee(machine, *heard);
    heard->site->step = "ready";
    heard->site->ready = true;
    // The barrier: the first commit goes out when the last appliance has said that it is ready.
    if (machine.allReady()) enterCommitting(machine);
}

}
