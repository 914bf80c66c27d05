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

/// A window that verification would outrun is begun anew at its half (RFC 6241 §8.4.1).
void watchWindow(const Machine& machine, Site& site) {
    if (site.pending.empty() || site.inFlight || machine.state.late) return;
    const auto half = site.pendingFrom + machine.policy().confirmWindow / 2;
    site.wake = half > machine.now ? half : machine.now + readAgain;
}

void extendWindows(Machine& machine) {
    for (auto& site : machine.state.sites)
        if (machine.awake(site)) machine.send(site, Extend{machine.policy().confirmWindow, site.pending});
}

/// A fifth of the window is kept for the confirming itself.
bool nearlyOver(const Machine& machine) {
    const auto& sites = machine.state.sites;
    return std::any_of(sites.begin(), sites.end(), [&](const Site& site) {
        return !site.pending.empty() &&
               machine.now >= site.pendingFrom + machine.policy().confirmWindow * 4 / 5;
    });
}

/// SNMP says of the member what it says of its siblings: up, and reached by connections if any of them is. An
/// agent that does not answer is no evidence against it.
std::optional<std::string> uncounted(const Machine& machine, const Site& site) {
    if (!site.approach.statistics || change(machine.state).operation != domain::Operation::add)
        return std::nullopt;
    if (!site.counts) return "its SNMP agent has not answered yet";
    if (!site.counts->answered) return std::nullopt;
    const auto& connection = machine.state.member.connection;
    const auto* entry = site.seen->member(connection.address, connection.port);
    const auto in = [](const Observed& counts, const std::string& key) {
        const auto found = std::find_if(counts.members.begin(), counts.members.end(),
                                        [&](const auto& member) { return member.key == key; });
        return found == counts.members.end() ? nullptr : &*found;
    };
    const auto* own = entry ? in(*site.counts, entry->key) : nullptr;
    if (!own) return "its SNMP agent does not know it";
    if (!own->up) return "its SNMP agent says that it is not up";
    if (own->total.value_or(own->current) > 0) return std::nullopt;
    for (const auto& member : site.counts->members) {
        const auto* was = in(*site.counted, member.key);
        if (was && member.total && was->total && *member.total > *was->total)
            return "its siblings get connections, it gets none";
    }
    return std::nullopt;
}

/// What verification still misses at one appliance, and whom that accuses.
struct Missing {
    domain::Accused accused;
    std::string what;
};

std::optional<Missing> missing(const Machine& machine, const Site& site) {
    if (site.absent) return std::nullopt;
    if (!site.ready) return Missing{domain::Accused::appliance, "it could not be read"};
    const auto what = change(machine.state);
    if (auto why = lacking(what, *site.seen)) {
        // A member that is not as committed is the appliance's doing; one that does not come up is its own.
        return Missing{holds(what, *site.seen) ? domain::Accused::candidate : domain::Accused::appliance,
                       machine.state.member.server.value + ": " + *why};
    }
    if (auto why = worseSibling(what, *site.before, *site.seen))
        return Missing{domain::Accused::candidate, *why};
    if (auto why = uncounted(machine, site))
        return Missing{domain::Accused::appliance, machine.state.member.server.value + ": " + *why};
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

/// Reads every appliance again, and asks those that count.
void lookAround(Machine& machine) {
    machine.readAll();
    const auto& state = machine.state;
    for (const auto& site : state.sites)
        if (site.approach.statistics && !site.standby)
            machine.outputs.push_back(Observe{state.id, site.appliance, site.object});
}

void tellOfSilentAgents(Machine& machine) {
    for (const auto& site : machine.state.sites)
        if (site.counts && !site.counts->answered)
            machine.tell(domain::EventSeverity::warning, "statistics-missing",
                         site.appliance.value +
                             ": confirmed without its SNMP statistics: " + site.counts->reason,
                         &site);
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
    if (site.confirmUnknown) return machine.retry(site, readAgain);
    if (++site.attempts < confirmRefusals) return machine.retry(site, confirmAgain);
    machine.fail(heard);
}

/// Sends to the next kind of appliances, the strongest first; false when there is none left.
bool commitNext(Machine& machine) {
    for (const auto strategy :
         {domain::Strategy::confirmed, domain::Strategy::candidate, domain::Strategy::direct}) {
        bool sent = false;
        for (auto& site : machine.state.sites) {
            if (site.ready || site.standby || site.approach.strategy != strategy) continue;
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

bool nobodyBusy(const Machine& machine) {
    const auto& sites = machine.state.sites;
    return std::none_of(sites.begin(), sites.end(),
                        [](const Site& site) { return site.inFlight.has_value(); });
}

/// The answer to an extension; a refusal only matters when the window runs out.
bool extensionHeard(Machine& machine, const Heard& heard) {
    if (!heard.asked<Extend>()) return false;
    if (!heard.done() && !heard.refused())
        machine.fail(heard);
    else if (heard.refused())
        machine.retry(*heard.site, readAgain);
    else
        watchWindow(machine, *heard.site);
    return true;
}

}

void enterCommitting(Machine& machine) {
    machine.enter(Phase::committing,
                  "all are ready: commit " + machine.persistId() + " on " + machine.appliances(),
                  Durability::needed);
    for (auto& site : machine.state.sites)
        site.ready = site.standby;
    commitNext(machine);
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
    if (!waiting && !commitNext(machine) && nobodyBusy(machine)) enterVerifying(machine);
}

void enterVerifying(Machine& machine) {
    machine.enter(Phase::verifying, "watching the member and its siblings on " + machine.appliances());
    machine.state.late = false;
    machine.state.deadline = machine.now + machine.policy().verifyDeadline;
    for (auto& site : machine.state.sites) {
        site.counted.reset();
        site.counts.reset();
    }
    lookAround(machine);
}

void observed(Machine& machine, const Observed& observed) {
    if (machine.state.phase != Phase::verifying) return;
    for (auto& site : machine.state.sites) {
        if (site.appliance != observed.appliance || !site.approach.statistics) continue;
        if (!site.counted && observed.answered) site.counted = observed;
        site.counts = observed;
    }
    verifying(machine, nullptr);
}

void verifying(Machine& machine, const Heard* heard) {
    auto& state = machine.state;
    if (heard && !extensionHeard(machine, *heard)) {
        // A refused read may pass; a lost session is a failure of its appliance.
        if (!heard->done() && !heard->refused()) return machine.fail(*heard);
        heard->site->ready = heard->done();
        const auto why = missing(machine, *heard->site);
        heard->site->step = why ? "waiting: " + why->what : "verified";
        watchWindow(machine, *heard->site);
    }
    if (state.failure) return;
    const bool answered = nobodyBusy(machine);
    const bool over = machine.now >= *state.deadline || nearlyOver(machine);
    const auto& sites = state.sites;
    const bool good = answered && std::none_of(sites.begin(), sites.end(), [&](const Site& site) {
                          return missing(machine, site).has_value();
                      });
    if (good && !over && !state.late) {
        tellOfSilentAgents(machine);
        return enterConfirming(machine, "every appliance shows the change");
    }
    if (answered ? over || state.late : over && state.late) return failVerifying(machine);
    if (over) {
        // What is being read just now may still decide whom the failure accuses.
        state.late = true;
        state.deadline = machine.now + std::min(clockSlack, machine.policy().confirmWindow / 10);
        for (auto& site : state.sites)
            site.wake.reset();
    }
    if (state.late) return;
    extendWindows(machine);
    if (!nobodyBusy(machine)) return;
    if (!state.poll)
        state.poll = machine.now + verifyEvery;
    else if (*state.poll <= machine.now)
        lookAround(machine);
}

void enterConfirming(Machine& machine, const std::string& detail) {
    machine.enter(Phase::confirming, detail, Durability::needed);
    for (auto& site : machine.state.sites) {
        site.ready = site.standby || !confirms(site);
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
