// undoing: an appliance at a time, by facts. What an appliance holds is read, compared with what it held
// before leg 1 within what is ours, and led back until both are alike; only then is the appliance said to be
// as it was.
//
//   cancel ─▶ discard ─▶ fence ─▶ read ─alike─▶ (save ─▶) unlock ─▶ done, proved
//     ▲                            ▲  │
//     │ still pending              │  └ differs ─▶ lock ─▶ read ─▶ edit ─▶ validate ─▶ commit ─▶ confirm ┐
//     │                            ├─────────────────────────────────────────────────────────────────────┘
//     └────────────────────────────┴ whatever fails: wait, look again, until the deadline: in doubt
//
// A command without answer may still be done after a read that found nothing of it: the appliance works off a
// session that we dropped. Its locks end with it (RFC 6241 §7.5), so whoever gets the lock anew has outlived
// it: that is the fence. Where it cannot be had, what comes late reverts with its confirm window; where there
// is no window, or headgated was started anew meanwhile, the appliance is in doubt.
//
// Where nothing but us takes a change back (no confirmed commit) we begin; the others follow when that is
// done, or soon: their own windows are behind them.
//
// The deadline lies behind the end of the confirm window: an appliance that could not be reached has then
// reverted by itself. Its timer may be late, though: a window that is over by our clock proves nothing.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration grace = 20s;
constexpr domain::Duration again = 1s;
constexpr domain::Duration weakerFirst = 5s;
constexpr unsigned mostInverses = 3;
constexpr unsigned unlockRetries = 2;
constexpr unsigned saveRetries = 2;
constexpr std::string_view inverseMark = "-undo-";

bool inversePending(const Site& site) {
    return site.pending.find(inverseMark) != std::string::npos;
}

/// The change back, made by one command: where there is no confirmed commit.
bool staysAtOnce(const Heard& heard) {
    return heard.asked<CommitNow>() || heard.asked<Apply>();
}

/// Would a reading prove nothing as long as a session of ours from before may still be at work there? Where
/// no window reverts what it does; and after a restart, for it may have committed a way back that no entry
/// tells of (a full disk), and that is to revert.
bool needsFence(const Site& site) {
    return site.unfenced && site.touched && !site.standby && (!confirms(site) || !site.former.empty());
}

void finishSite(Site& site) {
    site.undo = Undo::done;
    site.ready = true;
    site.wake.reset();
    site.step = site.proved ? "as it was" : "in doubt: " + site.doubt;
}

void unlockOrFinish(Machine& machine, Site& site) {
    site.attempts = 0;
    // What was taken back by an inverse may have been saved before: by us, or by anybody who saved then.
    if (site.proved && (site.inverses > 0 || site.kept) && !site.saved) {
        site.undo = Undo::save;
        return machine.send(site, Save{});
    }
    site.undo = Undo::unlock;
    if (site.locked)
        machine.send(site, Unlock{});
    else
        finishSite(site);
}

/// A member that was left draining was made to serve again by us, and does.
bool resumed(const Machine& machine, const Site& site) {
    const auto what = change(machine.state, site);
    const auto& connection = machine.state.member.connection;
    const auto* was = site.first->member(connection.address, connection.port);
    return what.operation == domain::Operation::resume && was && was->admin == domain::AdminState::draining &&
           holds(what, *site.seen);
}

/// Before its pool was read no edit can have left: whatever it has is none of ours.
std::optional<std::string> unlikeBefore(const Machine& machine, const Site& site) {
    if (!site.first) return std::nullopt;
    if (resumed(machine, site)) return machine.state.member.server.value + " was draining and is enabled";
    if (const auto what = change(machine.state, site); what.former)
        if (auto why = notAsFormer(*what.former, what.member, *site.first, *site.seen)) return why;
    return notUndone(machine.state.member, *site.first, site.before ? *site.before : *site.first, *site.seen,
                     site.restored);
}

void prove(Machine& machine, Site& site) {
    site.proved = true;
    site.doubt.clear();
    if (site.first && site.seen)
        site.proof = comparison(machine.state.member, *site.first, *site.seen);
    else
        site.proof = {"nothing was changed there: no command that could was sent"};
    unlockOrFinish(machine, site);
}

/// Look again in a while, from `from` on; when the deadline is over, read a last time, then say what is in
/// doubt.
void lookAgain(Machine& machine, Site& site, Undo from, const std::string& doubt) {
    const bool over = machine.now >= site.undoDeadline;
    site.seenLocked = false;
    site.undo = over ? Undo::read : from;
    site.doubt = doubt;
    if (!over) return machine.retry(site, again);
    if (!site.lastLook) {
        site.lastLook = true;
        return machine.send(site, Read{site.object, false});
    }
    // Nothing was committed there: what cannot be read now has not been changed by us.
    if (!site.touched && !site.seen) return prove(machine, site);
    unlockOrFinish(machine, site);
}

/// After its end nothing can be pending any more. But a timer may be late, and a way back that is still to
/// revert looks like the proof of one: it is over when it is not what is read, and nobody can commit it any
/// more.
void forgetOldWindow(const Machine& machine, Site& site) {
    if (site.pending.empty() || machine.now < site.pendingUntil) return;
    const bool gone = !site.unfenced && site.way && !holds(*site.way, *site.seen);
    if (!inversePending(site) || gone) site.pending.clear();
}

void sendEdit(Machine& machine, Site& site) {
    site.seenLocked = false;
    if (site.approach.strategy != domain::Strategy::direct)
        return machine.send(site, Edit{site.object, *site.way});
    ++site.inverses;
    machine.send(site, Apply{site.object, *site.way});
}

void sendCommit(Machine& machine, Site& site) {
    if (!confirms(site)) return machine.send(site, CommitNow{});
    machine.send(site, Commit{machine.policy().confirmWindow, inverseId(machine.state, site.inverses)});
    site.undoDeadline = site.pendingUntil + grace;
}

/// Sends what the site's own place asks for.
void act(Machine& machine, Site& site) {
    switch (site.undo) {
    case Undo::cancel:
        if (!site.pending.empty()) return machine.send(site, Cancel{site.pending});
        site.undo = Undo::read;
        return machine.send(site, Read{site.object, false});
    case Undo::discard: return machine.send(site, Discard{});
    case Undo::fence:
        if (site.unfenced && !site.standby) return machine.lock(site);
        site.undo = Undo::read;
        return machine.send(site, Read{site.object, false});
    case Undo::read: return machine.send(site, Read{site.object, false});
    case Undo::lock: return machine.lock(site);
    case Undo::edit: return sendEdit(machine, site);
    case Undo::validate: return machine.send(site, Validate{});
    case Undo::commit: return sendCommit(machine, site);
    case Undo::confirm:
        if (!site.pending.empty()) return machine.send(site, Confirm{site.pending});
        site.undo = Undo::read;
        return machine.send(site, Read{site.object, false});
    case Undo::save: return machine.lock(site); // anew: it may have gone with a session
    case Undo::unlock: return machine.send(site, Unlock{});
    case Undo::notBegun:
    case Undo::done: return;
    }
}

void go(Machine& machine, Site& site, Undo to) {
    site.undo = to;
    act(machine, site);
}

/// With the lock, which is had at once while it is still held.
void readLocked(Machine& machine, Site& site) {
    site.seenLocked = true;
    go(machine, site, Undo::read);
}

/// A standby copies what was done on its partner.
bool mayHaveCopied(const Machine& machine, const Site& site) {
    const auto& sites = machine.state.sites;
    return site.standby && std::any_of(sites.begin(), sites.end(), [&](const Site& other) {
               return other.approach.pair == site.approach.pair && other.touched;
           });
}

/// The first step of an appliance's way back, from what is known of it.
void begin(Machine& machine, Site& site) {
    site.attempts = 0;
    site.wake.reset();
    const auto windowEnd = site.pending.empty() ? machine.now : std::max(machine.now, site.pendingUntil);
    site.undoDeadline = windowEnd + grace;
    // What stays unless it is taken back is worth waiting for an appliance that is away or locked. So is a
    // standby, which follows the active one.
    if (site.kept || site.standby || (site.touched && !confirms(site)))
        site.undoDeadline = std::max(site.undoDeadline, machine.now + machine.policy().confirmWindow + grace);
    site.seen.reset();
    site.seenLocked = false;
    const bool ours = site.touched || site.edited || site.unfenced;
    if (!ours && (site.absent || !mayHaveCopied(machine, site))) return prove(machine, site);
    if (!site.pending.empty()) return go(machine, site, Undo::cancel);
    go(machine, site, site.edited ? Undo::discard : Undo::fence);
}

/// What is read differs from what was there before: lead it back.
void leadBack(Machine& machine, Site& site, const std::string& difference) {
    site.touched = true;
    forgetOldWindow(machine, site);
    if (!site.pending.empty())
        return lookAgain(machine, site, inversePending(site) ? Undo::confirm : Undo::cancel, difference);
    // A standby has what its active one has; what was never read cannot be led back to.
    if (site.standby || !site.first) return lookAgain(machine, site, Undo::read, difference);
    // Whatever an operator does between our reading and our lock is his: the way back is made of what is
    // there under it.
    if (!site.seenLocked) return go(machine, site, Undo::lock);
    const auto& before = site.before ? *site.before : *site.first;
    const auto what = change(machine.state, site);
    const bool known = site.way && holds(what, *site.seen);
    if (what.former)
        site.way = domain::inverse(what, *site.first);
    else if (!known || site.inverses > 0)
        site.way = resumed(machine, site) ? domain::inverse(what, *site.first)
                                          : wayBack(machine.state.member, *site.first, before, *site.seen);
    if (!site.way || site.inverses >= mostInverses) return lookAgain(machine, site, Undo::read, difference);
    // What came with the member goes with it.
    const auto& connection = machine.state.member.connection;
    const auto* there = site.seen->member(connection.address, connection.port);
    const bool besides =
        site.way->operation == domain::Operation::remove || site.way->operation == domain::Operation::update;
    if (besides && there) site.way->objects = there->objects;
    site.restored = site.restored || site.way->operation == domain::Operation::restore;
    machine.journal("undoing on " + site.appliance.value + ": " + domain::describe(*site.way),
                    Durability::needed);
    go(machine, site, Undo::edit);
}

void heardRead(Machine& machine, Site& site, const Heard& heard) {
    if (!heard.facts()) {
        if (!site.touched && !heard.refused()) return prove(machine, site);
        return lookAgain(machine, site, Undo::read, "it could not be read: " + heard.inWords());
    }
    if (const auto difference = unlikeBefore(machine, site)) return leadBack(machine, site, *difference);
    // Alike, but because of a commit that is still to revert or to be confirmed? Then it proves nothing.
    if (inversePending(site))
        return lookAgain(machine, site, Undo::confirm, "the undoing commit is not confirmed");
    if (needsFence(site))
        return lookAgain(machine, site, Undo::fence,
                         "a command of ours without answer may still be done there");
    prove(machine, site);
}

void heardFence(Machine& machine, Site& site, const Heard& heard) {
    if (heard.done()) return readLocked(machine, site);
    // It may be our own way back that is in the way.
    if (inversePending(site))
        return lookAgain(machine, site, Undo::confirm, "its lock could not be had: " + heard.inWords());
    // Who cannot be fenced is read all the same: a window of its own, or the deadline, decides.
    if (!needsFence(site)) {
        site.doubt = "its lock could not be had: " + heard.inWords();
        if (machine.now < site.undoDeadline && (site.touched || heard.refused())) {
            site.undo = Undo::fence;
            return machine.retry(site, again);
        }
        return go(machine, site, Undo::read);
    }
    lookAgain(machine, site, Undo::fence, "its lock could not be had: " + heard.inWords());
}

void heardSave(Machine& machine, Site& site, const Heard& heard) {
    if (heard.asked<Lock>() && heard.done()) return machine.send(site, Save{});
    if (!heard.done() && ++site.attempts <= saveRetries) return machine.retry(site, again);
    if (!heard.done())
        machine.tell(domain::EventSeverity::alarm, "not-saved",
                     site.appliance.value + ": it is as it was, but may not be after a restart: " +
                         std::string(toString(heard.request)) + " " + heard.inWords(),
                     &site);
    site.saved = true;
    unlockOrFinish(machine, site);
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
    if (heard.done()) return go(machine, site, staysAtOnce(heard) ? Undo::read : next);
    if (heard.asked<Commit>() && inversePending(site))
        return lookAgain(machine, site, Undo::confirm, "undoing there got no answer");
    const Undo from = site.edited ? Undo::discard : Undo::fence;
    lookAgain(machine, site, from,
              "undoing there failed: " + std::string(toString(heard.request)) + " " + heard.inWords());
}

void heardConfirm(Machine& machine, Site& site, const Heard& heard) {
    // Nothing pending under this id (RFC 6241 §8.4.1): confirmed already, or reverted. The facts know, as
    // soon as no session of ours from before can still commit it.
    if (heard.refused() && heard.refused()->tag == "invalid-value") {
        if (site.unfenced) return lookAgain(machine, site, Undo::fence, "undoing there got no answer");
        site.pending.clear();
    }
    if (site.pending.empty()) return go(machine, site, Undo::read);
    lookAgain(machine, site, Undo::confirm, "undoing there failed: confirm " + heard.inWords());
}

/// One reply of an appliance that is on its way back.
void follow(Machine& machine, Site& site, const Heard& heard) {
    switch (site.undo) {
    case Undo::cancel:
        // No session of ours from before can still commit, and none is pending under our id (RFC 6241
        // §8.4.1): nothing is left to wait for.
        if (heard.refused() && heard.refused()->tag == "invalid-value" && !site.unfenced)
            site.pending.clear();
        // Refused: none is pending (then it has reverted, or was confirmed), or it really was refused. Read.
        if (heard.done() || heard.refused()) return go(machine, site, Undo::discard);
        return lookAgain(machine, site, Undo::cancel, "cancel got " + heard.inWords());
    case Undo::discard: return go(machine, site, Undo::fence);
    case Undo::fence:
        if (heard.asked<Read>()) return heardRead(machine, site, heard);
        return heardFence(machine, site, heard);
    case Undo::read: return heardRead(machine, site, heard);
    case Undo::lock:
        if (heard.done()) return readLocked(machine, site);
        return heardInverse(machine, site, heard, Undo::edit);
    case Undo::edit: return heardInverse(machine, site, heard, Undo::validate);
    case Undo::validate: ++site.inverses; return heardInverse(machine, site, heard, Undo::commit);
    case Undo::commit: return heardInverse(machine, site, heard, Undo::confirm);
    case Undo::confirm: return heardConfirm(machine, site, heard);
    case Undo::save: return heardSave(machine, site, heard);
    case Undo::unlock: return heardUnlock(machine, site, heard);
    case Undo::notBegun: return;
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

/// May this one begin? What is in flight is waited for: an appliance does one thing at a time, and its answer
/// is a fact.
bool mayBegin(const Machine& machine, const Site& site) {
    if (site.undo != Undo::notBegun || site.inFlight) return false;
    const auto& state = machine.state;
    if (!confirms(site) || state.late) return true;
    return std::none_of(state.sites.begin(), state.sites.end(), [](const Site& other) {
        return !confirms(other) && other.touched && other.undo != Undo::done;
    });
}

}

void enterUndoing(Machine& machine) {
    machine.enter(Phase::undoing, machine.state.failure->reason, Durability::needed);
    machine.state.deadline = machine.now + weakerFirst;
    undoing(machine, nullptr);
}

void undoing(Machine& machine, const Heard* heard) {
    if (heard) follow(machine, *heard->site, *heard);
    auto& state = machine.state;
    for (auto& site : state.sites)
        if (machine.awake(site)) act(machine, site);
    if (state.deadline && machine.now >= *state.deadline) {
        state.late = true;
        state.deadline.reset();
    }
    // The first of them to end may be what another one waits for.
    for (std::size_t i = 0; i < state.sites.size(); ++i)
        for (auto& site : state.sites)
            if (mayBegin(machine, site)) begin(machine, site);
    const bool told = assignmentUndone(machine);
    if (told && machine.allReady() && !machine.state.outcome) finish(machine);
}

}
