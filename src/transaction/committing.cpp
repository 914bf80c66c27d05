// committing, verifying, confirming: inside the confirm window, so that an appliance which hears nothing more
// from us reverts.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration verifyEvery = 300ms;
constexpr domain::Duration confirmAgain = 500ms;
constexpr domain::Duration readAgain = 1s;
constexpr domain::Duration truthDeadline = 15s;
constexpr unsigned confirmRefusals = 3;

/// The latest time at which confirming may begin: a fifth of the window is kept for the confirming itself.
domain::Instant lastVerifying(const Machine& machine) {
    const auto window = machine.policy().confirmWindow;
    domain::Instant first = machine.now;
    for (const auto& site : machine.state.sites)
        first = std::min(first, site.pendingFrom);
    return std::min(machine.now + machine.policy().verifyDeadline, first + window * 4 / 5);
}

void enterVerifying(Machine& machine) {
    machine.enter(Phase::verifying, "watching the member and its siblings on " + machine.appliances());
    machine.state.late = false;
    machine.state.deadline = lastVerifying(machine);
    machine.readAll();
}

void enterConfirming(Machine& machine) {
    machine.enter(Phase::confirming, "every appliance shows the change");
    for (auto& site : machine.state.sites)
        site.confirmUnknown = false;
    machine.sendAll(Confirm{machine.persistId()});
}

/// What verification still misses at one appliance, and whom that accuses.
struct Missing {
    domain::Accused accused;
    std::string what;
};

std::optional<Missing> missing(const Machine& machine, const Site& site) {
    if (!site.ready) return Missing{domain::Accused::appliance, "it could not be read"};
    const auto what = change(machine.state);
    if (auto why = lacking(what, *site.seen)) {
        // A member that is not as committed is the appliance's doing; one that does not come up is its own.
        return Missing{holds(what, *site.seen) ? domain::Accused::candidate : domain::Accused::appliance,
                       machine.state.member.server.value + ": " + *why};
    }
    if (auto why = worseSibling(what, *site.before, *site.seen))
        return Missing{domain::Accused::candidate, *why};
    return std::nullopt;
}

/// Verification ran out of time. Silence or a vanished change is a graver matter than a member that is not
/// up.
void failVerifying(Machine& machine) {
    for (const auto accused : {domain::Accused::appliance, domain::Accused::candidate})
        for (const auto& site : machine.state.sites)
            if (const auto why = missing(machine, site); why && why->accused == accused)
                return machine.fail("not-verified", accused, &site,
                                    site.appliance.value + ": not verified in time: " + why->what);
    machine.fail("not-verified", domain::Accused::appliance, nullptr,
                 "the confirm window is nearly over: too late to confirm");
}

/// Refused, or no answer to, a confirm that may have been done before: what does the appliance have?
void confirmRead(Machine& machine, const Heard& heard) {
    Site& site = *heard.site;
    const auto* facts = heard.facts();
    if (!facts) {
        if (machine.now > site.pendingUntil + truthDeadline) return machine.fail(heard);
        return machine.retry(site, readAgain);
    }
    site.pending.clear();
    const auto what = change(machine.state);
    if (holds(what, facts->pool)) {
        site.kept = true;
        site.ready = true;
        site.step = "confirmed";
        return;
    }
    machine.fail("not-confirmed", domain::Accused::appliance, &site,
                 site.appliance.value + ": the commit reverted before it was confirmed");
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
    if (site.confirmUnknown && refused->tag == "invalid-value")
        return machine.send(site, Read{site.object, false});
    if (++site.attempts < confirmRefusals) return machine.retry(site, confirmAgain);
    if (!site.confirmUnknown) return machine.fail(heard);
    machine.retry(site, std::max(site.pendingUntil - machine.now, confirmAgain));
}

}

void enterCommitting(Machine& machine) {
    machine.enter(Phase::committing,
                  "all are ready: confirmed commit " + machine.persistId() + " on " + machine.appliances());
    machine.sendAll(Commit{machine.policy().confirmWindow, machine.persistId()});
}

void committing(Machine& machine, const Heard* heard) {
    if (!heard) return;
    if (!heard->done()) return machine.fail(*heard);
    heard->site->ready = true;
    if (machine.allReady()) enterVerifying(machine);
}

void verifying(Machine& machine, const Heard* heard) {
    auto& state = machine.state;
    if (heard) {
        // A refused read may pass; a lost session is a failure of its appliance.
        if (!heard->done() && !heard->refused()) return machine.fail(*heard);
        heard->site->ready = heard->done();
        const auto why = missing(machine, *heard->site);
        heard->site->step = why ? "waiting: " + why->what : "verified";
    }
    const auto& sites = state.sites;
    const bool answered =
        std::none_of(sites.begin(), sites.end(), [](const Site& site) { return site.inFlight; });
    if (!answered && machine.now >= *state.deadline && !state.late) {
        // What is being read just now may still decide whom the failure accuses.
        state.late = true;
        state.deadline = machine.now + std::min(clockSlack, machine.policy().confirmWindow / 10);
    }
    const bool good = answered && std::none_of(sites.begin(), sites.end(), [&](const Site& site) {
                          return missing(machine, site).has_value();
                      });
    if (good && machine.now < *state.deadline) return enterConfirming(machine);
    if (machine.now >= *state.deadline || (state.late && answered)) return failVerifying(machine);
    if (!answered) return;
    if (!state.poll)
        state.poll = machine.now + verifyEvery;
    else if (*state.poll <= machine.now)
        machine.readAll();
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
