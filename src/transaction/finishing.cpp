// saving, draining: what follows when every appliance has confirmed.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration drainEvery = 500ms;
constexpr domain::Duration again = 1s;
constexpr unsigned saveRetries = 3;
constexpr unsigned unlockRetries = 2;

/// An Unlock that is refused is tried again, then told: the appliance will not take our next change.
/// True when there is nothing more to do.
bool unlocked(Machine& machine, const Heard& heard) {
    Site& site = *heard.site;
    if (!heard.refused()) return true;
    if (++site.attempts <= unlockRetries) {
        machine.retry(site, again);
        return false;
    }
    machine.tell(domain::EventSeverity::alarm, "lock-left",
                 site.appliance.value + ": unlock " + heard.inWords(), &site);
    return true;
}

void finish(Machine& machine) {
    machine.end(domain::OutcomeKind::committed, {},
                describeLeg(machine.state) + " on " + machine.appliances());
}

void afterSave(Machine& machine, Site& site) {
    site.saved = true;
    site.attempts = 0;
    if (site.locked)
        machine.send(site, Unlock{});
    else
        site.ready = true;
}

/// A restart between confirm and save would have saved what was before: what was saved is read. Before it is
/// tried again the lock is had anew: it may have gone with a session, in which a save may still be under way.
void savingHeard(Machine& machine, const Heard& heard) {
    Site& site = *heard.site;
    const auto what = change(machine.state, site);
    if (!heard.done()) {
        if (++site.attempts <= saveRetries) return machine.retry(site, again * (1 << (site.attempts - 1)));
        machine.tell(domain::EventSeverity::alarm, "not-saved",
                     site.appliance.value + ": the change serves, but would be lost at a restart: " +
                         std::string(toString(heard.request)) + " " + heard.inWords(),
                     &site);
    } else if (heard.asked<Lock>())
        return machine.send(site, Save{});
    else if (!heard.facts())
        return machine.send(site, Read{site.object, false});
    else if (!holds(what, *site.seen))
        machine.tell(domain::EventSeverity::alarm, "drift",
                     site.appliance.value +
                         " lost the change after it was confirmed: " + domain::describe(what),
                     &site);
    afterSave(machine, site);
}

}

void enterSaving(Machine& machine) {
    machine.enter(Phase::saving, "running to startup");
    for (auto& site : machine.state.sites)
        site.saved = false;
    for (auto& site : machine.state.sites)
        if (site.standby)
            site.ready = true;
        else if (site.locked)
            machine.send(site, Save{});
        else
            machine.lock(site);
}

void saving(Machine& machine, const Heard* heard) {
    if (heard && heard->asked<Unlock>()) {
        if (unlocked(machine, *heard)) heard->site->ready = true;
    } else if (heard)
        savingHeard(machine, *heard);
    for (auto& site : machine.state.sites) {
        if (!machine.awake(site)) continue;
        if (site.saved)
            machine.send(site, Unlock{});
        else
            machine.lock(site);
    }
    if (machine.allReady()) finish(machine);
}

void enterDraining(Machine& machine) {
    machine.enter(Phase::draining,
                  "waiting for the connections of " + machine.state.member.server.value + " to end");
    machine.state.deadline = machine.now + machine.policy().drainDeadline;
    for (auto& site : machine.state.sites)
        if (site.standby)
            site.ready = true;
        else if (site.locked)
            machine.send(site, Unlock{});
        else
            machine.send(site, Read{site.object, true});
}

void draining(Machine& machine, const Heard* heard) {
    auto& state = machine.state;
    if (heard && heard->asked<Unlock>())
        unlocked(machine, *heard);
    else if (heard && heard->facts()) {
        const auto& connection = state.member.connection;
        const auto* member = heard->site->seen->member(connection.address, connection.port);
        const auto left = member ? member->connections.value_or(1) : 0;
        heard->site->ready = left == 0 || heard->site->standby;
        heard->site->step = left == 0 ? "drained" : "draining, " + std::to_string(left) + " connections left";
    }
    for (auto& site : state.sites)
        if (machine.awake(site)) machine.send(site, Unlock{});
    if (state.deadline && machine.now >= *state.deadline) {
        state.late = true;
        state.deadline.reset();
    }
    for (const auto& site : state.sites)
        if (site.inFlight || site.wake) return;
    if (machine.allReady() || state.late) {
        ++state.leg;
        return enterLocking(machine);
    }
    if (!state.poll)
        state.poll = machine.now + drainEvery;
    else if (*state.poll <= machine.now)
        machine.readAll();
}

}
