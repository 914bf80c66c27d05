// confirming: from the first confirm on there is no way back but an inverse.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration confirmAgain = 500ms;
constexpr domain::Duration readAgain = 1s;
constexpr domain::Duration truthDeadline = 15s;
constexpr unsigned confirmRefusals = 3;

/// Refused, or no answer to, a confirm that may have been done before: what does the appliance have?
void confirmRead(Machine& machine, const Heard& heard) {
    Site& site = *heard.site;
    const auto* facts = heard.facts();
    const bool over = machine.now > site.pendingUntil + truthDeadline;
    if (!facts) return over ? machine.fail(heard) : machine.retry(site, readAgain);
    if (!holds(change(machine.state, site), facts->pool)) {
        site.pending.clear();
        return machine.fail("not-confirmed", domain::Accused::appliance, &site,
                            site.appliance.value + ": the commit reverted before it was confirmed");
    }
    if (site.pending.empty()) {
        site.kept = true;
        site.ready = true;
        site.step = "confirmed";
    } else if (!over)
        // Confirmed, or its timer is late, and it is still to revert: only the appliance knows.
        machine.send(site, Confirm{machine.persistId()});
    else
        machine.fail("not-confirmed", domain::Accused::appliance, &site,
                     site.appliance.value + ": its confirm window is over, and it does not say whether the "
                                            "commit was confirmed");
}

void confirmHeard(Machine& machine, const Heard& heard) {
    Site& site = *heard.site;
    const auto* refused = heard.refused();
    if (heard.done()) {
        site.ready = true;
        return;
    }
    if (!refused) return machine.retry(site, readAgain);
    // No commit is pending under our id any more (RFC 6241 §8.4.1): the confirm without answer was done, or
    // the window is over. The facts know which.
    if (site.confirmUnknown && refused->tag == "invalid-value") {
        site.pending.clear();
        return machine.send(site, Read{site.object, false});
    }
    if (site.confirmUnknown) return machine.retry(site, readAgain);
    if (++site.attempts < confirmRefusals) return machine.retry(site, confirmAgain);
    machine.fail(heard);
}

}

void enterConfirming(Machine& machine, const std::string& detail) {
    machine.enter(Phase::confirming, detail, Durability::needed);
    for (auto& site : machine.state.sites) {
        site.ready = passive(site) || !confirms(site);
        if (!site.ready) machine.send(site, Confirm{machine.persistId()});
    }
    if (machine.allReady()) confirming(machine, nullptr);
}

void confirming(Machine& machine, const Heard* heard) {
    if (heard && heard->asked<Read>())
        confirmRead(machine, *heard);
    else if (heard)
        confirmHeard(machine, *heard);
    if (machine.state.failure) return;
    for (auto& site : machine.state.sites) {
        if (!machine.awake(site)) continue;
        if (machine.now < site.pendingFrom + machine.policy().confirmWindow)
            machine.send(site, Confirm{machine.persistId()});
        else if (machine.now < site.pendingUntil)
            site.wake = site.pendingUntil;
        else
            machine.send(site, Read{site.object, false});
    }
    if (!machine.allReady()) return;
    if (machine.lastLeg())
        enterSaving(machine);
    else
        enterDraining(machine);
}

}
