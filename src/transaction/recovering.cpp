// What interrupts a transaction from our own side: the end of the daemon, and a journal that cannot be
// written.

#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

/// What the dead daemon had sent when the record was made, or just after, may have been done or not; its
/// sessions are gone, though an appliance may not have noticed yet.
void forgetSession(Machine& machine, Site& site) {
    site.inFlight.reset();
    site.wake.reset();
    site.former.insert(site.former.end(), site.sessions.begin(), site.sessions.end());
    site.sessions.clear();
    site.locked = false;
    site.edited = false;
    site.unfenced = !site.standby && machine.state.phase != Phase::gathering;
    site.undo = Undo::notBegun;
    site.lastLook = false;
    site.proved = false;
    site.doubt.clear();
    // What it watched is over.
    site.counted.reset();
    site.counts.reset();
    site.countedAgain = false;
    if (!site.pending.empty()) site.pendingUntil = std::max(site.pendingUntil, machine.now);
}

/// A commit may have left after the record was made: at the latest now.
void mayHaveCommitted(Machine& machine, Site& site, std::string persistId) {
    if (site.standby) return;
    site.touched = true;
    if (!confirms(site)) return;
    if (site.pending.empty()) site.pendingFrom = machine.now;
    site.pending = std::move(persistId);
    site.pendingUntil = machine.now + machine.policy().confirmWindow + clockSlack;
}

void undo(Machine& machine, const std::string& where) {
    machine.fail("interrupted", domain::Accused::nobody, nullptr, "headgated ended while it was " + where);
}

void goOnUndoing(Machine& machine) {
    for (auto& site : machine.state.sites)
        // The way back was recorded before its commit: that one may be waiting for its confirmation, or be
        // confirmed.
        if (site.touched && site.pending.empty()) {
            mayHaveCommitted(machine, site, inverseId(machine.state, site.inverses + 1));
            site.kept = !site.standby;
        }
    enterUndoing(machine);
}

}

void recover(Machine& machine) {
    auto& state = machine.state;
    machine.again = true;
    for (auto& site : state.sites)
        forgetSession(machine, site);
    const std::string where(toString(state.phase));
    machine.tell(domain::EventSeverity::warning, "recovered",
                 "headgated found transaction " + std::to_string(state.id.value) + " as it was " + where);
    switch (state.phase) {
    case Phase::gathering:
    case Phase::locking:
    case Phase::checking:
    case Phase::editing:
    case Phase::validating: return undo(machine, where);
    case Phase::committing:
    case Phase::verifying:
        for (auto& site : state.sites)
            mayHaveCommitted(machine, site, machine.persistId());
        return undo(machine, where);
    case Phase::confirming:
        for (auto& site : state.sites) {
            site.confirmUnknown = true;
            site.touched = !site.standby;
            if (confirms(site) && !site.standby) site.pending = machine.persistId();
        }
        return enterConfirming(machine, "attached again to " + machine.persistId() + " after a restart");
    case Phase::saving: return enterSaving(machine);
    case Phase::draining: return enterDraining(machine);
    case Phase::undoing: return goOnUndoing(machine);
    case Phase::committed:
    case Phase::rolledBack:
    case Phase::indeterminate: return;
    }
}

void journalFailed(Machine& machine, const std::string& reason) {
    auto& state = machine.state;
    // Undoing is safe to begin anew from an older record; what was confirmed stands, and only has to be
    // saved.
    if (state.phase == Phase::undoing) return;
    for (auto& site : state.sites) {
        if (!site.inFlight || (site.inFlight->token.value & 0xFFFFF) <= state.journalled) continue;
        const Heard unsent{&site, std::move(site.inFlight->request), Unreachable{"not sent"},
                           site.inFlight->sent};
        site.inFlight.reset();
        note(machine, unsent);
        if (state.phase == Phase::saving) machine.send(site, unsent.request);
    }
    if (state.phase == Phase::saving) return;
    machine.fail("journal-not-written", domain::Accused::nobody, nullptr, reason);
}

}
