// undoing: an appliance at a time, by facts. What an appliance holds is read, compared with what it held
// before leg 1, and led back until both are alike; only then is the appliance said to be as it was.
//
//   cancel ─▶ discard ─▶ read ─alike─▶ unlock ─▶ done, proved
//     ▲                  ▲  │
//     │ still pending    │  └ differs ─▶ lock ─▶ edit ─▶ validate ─▶ commit ─▶ confirm ─▶ read
//     └──────────────────┴── whatever fails: wait, then look again, until the deadline: done, in doubt
//
// The deadline lies behind the end of the confirm window: an appliance that could not be reached has then
// reverted by itself.
//
// A commit without answer may still be done after the read that found nothing of it (the appliance works off
// a session that we dropped). Nobody will confirm it, so it reverts with its window; until then the appliance
// refuses its locks to the next transaction, whose pool waits.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration grace = 20s;
constexpr domain::Duration again = 1s;
constexpr unsigned mostInverses = 3;
constexpr unsigned unlockRetries = 2;
constexpr std::string_view inverseMark = "-undo-";

bool inversePending(const Site& site) {
    return site.pending.find(inverseMark) != std::string::npos;
}

void finishSite(Site& site) {
    site.undo = Undo::done;
    site.ready = true;
    site.wake.reset();
    site.step = site.proved ? "as it was" : "in doubt: " + site.doubt;
}

void unlockOrFinish(Machine& machine, Site& site) {
    site.attempts = 0;
    site.undo = Undo::unlock;
    if (site.locked)
        machine.send(site, Unlock{});
    else
        finishSite(site);
}

void prove(Machine& machine, Site& site) {
    site.proved = true;
    unlockOrFinish(machine, site);
}

/// Look again in a while, from `from` on; when the deadline is over, read a last time, then say what is in
/// doubt.
void lookAgain(Machine& machine, Site& site, Undo from, const std::string& doubt) {
    const bool over = machine.now >= site.undoDeadline;
    site.undo = over ? Undo::read : from;
    site.doubt = doubt;
    if (!over) return machine.retry(site, again);
    if (!site.lastLook) {
        site.lastLook = true;
        return machine.send(site, Read{site.object, false});
    }
    // Nothing was committed there: what cannot be read now has not been changed by us.
    site.proved = !site.touched && !site.seen;
    unlockOrFinish(machine, site);
}

/// After its end nothing can be pending any more.
void forgetOldWindow(const Machine& machine, Site& site) {
    if (!site.pending.empty() && machine.now >= site.pendingUntil) site.pending.clear();
}

/// Sends what the site's own place asks for.
void act(Machine& machine, Site& site) {
    const std::string inverseId = "headgate-" + std::to_string(machine.state.id.value) +
                                  std::string(inverseMark) + std::to_string(site.inverses);
    forgetOldWindow(machine, site);
    switch (site.undo) {
    case Undo::cancel:
        if (!site.pending.empty()) return machine.send(site, Cancel{site.pending});
        site.undo = Undo::read;
        return machine.send(site, Read{site.object, false});
    case Undo::discard: return machine.send(site, Discard{});
    case Undo::read: return machine.send(site, Read{site.object, false});
    case Undo::lock: return machine.send(site, Lock{machine.policy().lockWait});
    case Undo::edit: return machine.send(site, Edit{site.object, *site.way});
    case Undo::validate: return machine.send(site, Validate{});
    case Undo::commit:
        machine.send(site, Commit{machine.policy().confirmWindow, inverseId});
        site.undoDeadline = site.pendingUntil + grace;
        return;
    case Undo::confirm:
        if (!site.pending.empty()) return machine.send(site, Confirm{site.pending});
        site.undo = Undo::read;
        return machine.send(site, Read{site.object, false});
    case Undo::unlock: return machine.send(site, Unlock{});
    case Undo::notBegun:
    case Undo::done: return;
    }
}

void go(Machine& machine, Site& site, Undo to) {
    site.undo = to;
    act(machine, site);
}

/// The first step of an appliance's way back, from what is known of it.
void begin(Machine& machine, Site& site) {
    site.attempts = 0;
    site.wake.reset();
    const auto windowEnd = site.pending.empty() ? machine.now : std::max(machine.now, site.pendingUntil);
    site.undoDeadline = windowEnd + grace;
    // What stays unless it is taken back is worth waiting for an appliance that is away or locked.
    if (site.kept)
        site.undoDeadline = std::max(site.undoDeadline, machine.now + machine.policy().confirmWindow + grace);
    site.seen.reset();
    if (!site.touched && !site.edited) return prove(machine, site);
    if (!site.pending.empty()) return go(machine, site, Undo::cancel);
    go(machine, site, site.edited ? Undo::discard : Undo::read);
}

/// What is read differs from what was there before: lead it back.
void leadBack(Machine& machine, Site& site, const std::string& difference) {
    site.touched = true;
    forgetOldWindow(machine, site);
    if (!site.pending.empty())
        return lookAgain(machine, site, inversePending(site) ? Undo::confirm : Undo::cancel, difference);
    site.way = wayBack(machine.state.member, *site.first, *site.seen);
    if (!site.way || site.inverses >= mostInverses) return lookAgain(machine, site, Undo::read, difference);
    machine.journal("undoing on " + site.appliance.value + ": " + domain::describe(*site.way));
    go(machine, site, Undo::lock); // done at once while the lock is still held
}

void heardRead(Machine& machine, Site& site, const Heard& heard) {
    if (!heard.facts()) {
        if (!site.touched && !heard.refused()) return prove(machine, site);
        return lookAgain(machine, site, Undo::read, "it could not be read: " + heard.inWords());
    }
    const auto found = unlike(*site.first, *site.seen);
    // Alike, but because of a commit that is still to revert or to be confirmed? Then it proves nothing.
    if (found.empty() && inversePending(site))
        return lookAgain(machine, site, Undo::confirm, "the undoing commit is not confirmed");
    if (found.empty()) return prove(machine, site);
    leadBack(machine, site, found.front());
}

void heardUnlock(Machine& machine, Site& site, const Heard& heard) {
    if (heard.refused() && ++site.attempts <= unlockRetries) return machine.retry(site, again);
    if (heard.refused())
        machine.tell(domain::EventSeverity::alarm, "lock-left",
                     site.appliance.value + ": unlock " + heard.inWords(), &site);
    finishSite(site);
}

/// A step of the inverse change: forward, or look at the facts again.
void heardInverse(Machine& machine, Site& site, const Heard& heard, Undo next) {
    if (heard.done()) return go(machine, site, next);
    if (heard.asked<Commit>() && inversePending(site))
        return lookAgain(machine, site, Undo::confirm, "undoing there got no answer");
    const Undo from = site.edited ? Undo::discard : Undo::read;
    lookAgain(machine, site, from,
              "undoing there failed: " + std::string(toString(heard.request)) + " " + heard.inWords());
}

void heardConfirm(Machine& machine, Site& site, const Heard& heard) {
    // Nothing pending under this id (RFC 6241 §8.4.1): confirmed already, or reverted. The facts know.
    if (heard.refused() && heard.refused()->tag == "invalid-value") site.pending.clear();
    if (site.pending.empty()) return go(machine, site, Undo::read);
    lookAgain(machine, site, Undo::confirm, "undoing there failed: confirm " + heard.inWords());
}

/// One reply of an appliance that is on its way back.
void follow(Machine& machine, Site& site, const Heard& heard) {
    switch (site.undo) {
    case Undo::cancel:
        // Refused: none is pending (then it has reverted, or was confirmed), or it really was refused. Read.
        if (heard.done() || heard.refused()) return go(machine, site, Undo::discard);
        return lookAgain(machine, site, Undo::cancel, "cancel got " + heard.inWords());
    case Undo::discard: return go(machine, site, Undo::read);
    case Undo::read: return heardRead(machine, site, heard);
    case Undo::lock: return heardInverse(machine, site, heard, Undo::edit);
    case Undo::edit: return heardInverse(machine, site, heard, Undo::validate);
    case Undo::validate: ++site.inverses; return heardInverse(machine, site, heard, Undo::commit);
    case Undo::commit: return heardInverse(machine, site, heard, Undo::confirm);
    case Undo::confirm: return heardConfirm(machine, site, heard);
    case Undo::unlock: return heardUnlock(machine, site, heard);
    case Undo::notBegun: return begin(machine, site);
    case Undo::done: return;
    }
}

void finish(Machine& machine) {
    std::vector<domain::ApplianceName> doubted;
    std::string doubts;
    for (const auto& site : machine.state.sites) {
        if (site.proved) continue;
        doubted.push_back(site.appliance);
        doubts += "; " + site.appliance.value + " may not be as it was: " + site.doubt;
    }
    const auto& failure = *machine.state.failure;
    if (doubted.empty())
        return machine.end(domain::OutcomeKind::rolledBack, failure.appliances, failure.reason);
    machine.end(domain::OutcomeKind::indeterminate, doubted, failure.reason + doubts);
}

}

void enterUndoing(Machine& machine) {
    machine.enter(Phase::undoing, machine.state.failure->reason);
    // What is in flight is waited for first: an appliance does one thing at a time, and its answer is a fact.
    for (auto& site : machine.state.sites)
        if (!site.inFlight) begin(machine, site);
    if (machine.allReady()) finish(machine);
}

void undoing(Machine& machine, const Heard* heard) {
    if (heard) follow(machine, *heard->site, *heard);
    for (auto& site : machine.state.sites)
        if (machine.awake(site)) act(machine, site);
    if (machine.allReady()) finish(machine);
}

}
