// committing: each kind of appliance when the stronger ones have taken the change; and the confirm windows
// that are open from here on.

#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration extendAgain = 1s;

/// Sends to the next kind of appliances, the strongest first; false when there is none left.
bool commitNext(Machine& machine) {
    for (const auto strategy :
         {domain::Strategy::confirmed, domain::Strategy::candidate, domain::Strategy::direct}) {
        bool sent = false;
        for (auto& site : machine.state.sites) {
            if (site.ready || passive(site) || site.approach.strategy != strategy) continue;
            sent = true;
            if (strategy == domain::Strategy::confirmed)
                machine.send(site, Commit{machine.policy().confirmWindow, machine.persistId()});
            else if (strategy == domain::Strategy::candidate)
                machine.send(site, CommitNow{});
            else
                machine.send(site, Apply{site.object, change(machine.state, site)});
        }
        if (sent) return true;
    }
    return false;
}

}

void watchWindow(const Machine& machine, Site& site) {
    if (site.pending.empty() || site.inFlight || machine.state.late) return;
    const auto half = site.pendingFrom + machine.policy().confirmWindow / 2;
    site.wake = half > machine.now ? half : machine.now + extendAgain;
}

void extendWindows(Machine& machine) {
    for (auto& site : machine.state.sites)
        if (machine.awake(site)) machine.send(site, Extend{machine.policy().confirmWindow, site.pending});
}

bool extensionHeard(Machine& machine, const Heard& heard) {
    if (!heard.asked<Extend>()) return false;
    if (!heard.done() && !heard.refused())
        machine.fail(heard);
    else if (heard.refused() && !machine.state.late)
        machine.retry(*heard.site, extendAgain);
    else
        watchWindow(machine, *heard.site);
    return true;
}

void enterCommitting(Machine& machine) {
    machine.enter(Phase::committing,
                  "all are ready: commit " + machine.persistId() + " on " + machine.appliances(),
                  Durability::needed);
    for (auto& site : machine.state.sites)
        site.ready = passive(site);
    if (!commitNext(machine)) enterVerifying(machine);
}

void committing(Machine& machine, const Heard* heard) {
    if (heard && !extensionHeard(machine, *heard)) {
        if (!heard->done()) return machine.fail(*heard);
        heard->site->ready = true;
        watchWindow(machine, *heard->site);
    }
    if (machine.state.failure) return;
    extendWindows(machine);
    const auto& sites = machine.state.sites;
    const bool waiting = std::any_of(sites.begin(), sites.end(),
                                     [](const Site& site) { return !site.ready && site.inFlight; });
    if (!waiting && !commitNext(machine) && machine.nobodyBusy()) enterVerifying(machine);
}

}
