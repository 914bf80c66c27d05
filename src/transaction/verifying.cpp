// verifying: evidence from outside the commit, inside the confirm window, so that an appliance which hears
// nothing more from us reverts.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration verifyEvery = 300ms;

/// A fifth of the window is kept for the confirming itself.
bool nearlyOver(const Machine& machine) {
    const auto& sites = machine.state.sites;
    return std::any_of(sites.begin(), sites.end(), [&](const Site& site) {
        return !site.pending.empty() &&
               machine.now >= site.pendingFrom + machine.policy().confirmWindow * 4 / 5;
    });
}

const domain::MemberStatistics* in(const Observed& counts, const std::string& key) {
    const auto found = std::find_if(counts.members.begin(), counts.members.end(),
                                    [&](const auto& member) { return member.key == key; });
    return found == counts.members.end() ? nullptr : &*found;
}

/// SNMP says of the member what it says of its siblings: up, and reached by connections if any of them is:
/// that takes two looks, so one that counts none is looked at again. An agent that does not answer is no
/// evidence against it.
std::optional<std::string> uncounted(const Machine& machine, const Site& site) {
    if (!site.approach.statistics || site.standby || machine.state.plan.outdated ||
        change(machine.state, site).operation != domain::Operation::add)
        return std::nullopt;
    if (!site.counts) return "its SNMP agent has not answered yet";
    if (!site.counts->answered) return std::nullopt;
    const auto& connection = machine.state.member.connection;
    const auto* entry = site.seen->member(connection.address, connection.port);
    const auto* own = entry ? in(*site.counts, entry->key) : nullptr;
    if (!own) return "its SNMP agent does not know it";
    if (!own->up) return "its SNMP agent says that it is not up";
    if (own->total.value_or(own->current) > 0) return std::nullopt;
    if (!site.countedAgain) return "its SNMP agent has counted no connection yet";
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

/// A standby may have had before what its active one was given now: after a failover, or a copy that came
/// late.
bool hasCopied(const Machine& machine, const Site& standby) {
    const auto& connection = machine.state.member.connection;
    const auto objectsOf = [&](const Site& site) {
        const auto* member = site.seen ? site.seen->member(connection.address, connection.port) : nullptr;
        return member ? &member->objects : nullptr;
    };
    const auto* own = objectsOf(standby);
    const auto& sites = machine.state.sites;
    return standby.standby && own && std::any_of(sites.begin(), sites.end(), [&](const Site& site) {
               const auto* others = objectsOf(site);
               return !site.standby && site.approach.pair == standby.approach.pair && others &&
                      *others == *own;
           });
}

std::optional<Missing> missing(const Machine& machine, const Site& site) {
    if (site.absent) return std::nullopt;
    if (!site.ready) return Missing{domain::Accused::appliance, "it could not be read"};
    auto what = change(machine.state, site);
    if (what.operation == domain::Operation::update && hasCopied(machine, site))
        what.former->authentication = what.member.authentication;
    // In a repair a standby may never have had whom the active one drains.
    const auto& connection = machine.state.member.connection;
    const bool nobody = site.standby && what.operation == domain::Operation::drain &&
                        !site.before->member(connection.address, connection.port);
    const bool there = nobody || (machine.state.plan.outdated && holds(what, *site.seen));
    if (auto why = there ? std::nullopt : lacking(what, *site.seen)) {
        // A member that is not as committed is the appliance's doing; one that does not come up is its own.
        return Missing{holds(what, *site.seen) ? domain::Accused::candidate : domain::Accused::appliance,
                       machine.state.member.server.value + ": " + *why};
    }
    // Its health may still be of a check with the settings from before; and what was read meanwhile too,
    // where another appliance is slow to answer.
    const auto watched = std::min<domain::Duration>(6s, machine.policy().verifyDeadline / 2);
    if (what.operation == domain::Operation::update && !machine.state.late &&
        site.seenFrom + machine.policy().verifyDeadline < *machine.state.deadline + watched)
        return Missing{domain::Accused::appliance, "its health is watched for " + domain::describe(watched)};
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

/// What the SNMP agents said, for people: a pool without clients has nothing to count, and that is said.
std::string evidence(const Machine& machine) {
    const auto& connection = machine.state.member.connection;
    std::string text = "every appliance shows the change";
    for (const auto& site : machine.state.sites) {
        const auto* entry = site.seen ? site.seen->member(connection.address, connection.port) : nullptr;
        const auto* own =
            site.counts && site.counts->answered && entry ? in(*site.counts, entry->key) : nullptr;
        if (!own || change(machine.state, site).operation != domain::Operation::add) continue;
        const auto count = own->total.value_or(own->current);
        text += "; the SNMP agent of " + site.appliance.value + ": " + (own->up ? "up, " : "not up, ") +
                (count == 0   ? "no connection yet, nor a new one to its siblings"
                 : count == 1 ? "1 connection"
                              : std::to_string(count) + " connections");
    }
    return text;
}

void tellOfSilentAgents(Machine& machine) {
    for (const auto& site : machine.state.sites)
        if (site.counts && !site.counts->answered)
            machine.tell(domain::EventSeverity::warning, "statistics-missing",
                         site.appliance.value +
                             ": confirmed without its SNMP statistics: " + site.counts->reason,
                         &site);
}

}

void enterVerifying(Machine& machine) {
    machine.enter(Phase::verifying, "watching the member and its siblings on " + machine.appliances());
    machine.state.deadline = machine.now + machine.policy().verifyDeadline;
    for (auto& site : machine.state.sites) {
        site.counted.reset();
        site.counts.reset();
        site.countedAgain = false;
    }
    lookAround(machine);
}

void observed(Machine& machine, const Observed& observed) {
    if (machine.state.phase != Phase::verifying) return;
    for (auto& site : machine.state.sites) {
        if (site.appliance != observed.appliance || !site.approach.statistics) continue;
        if (site.counted && observed.answered) site.countedAgain = true;
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
    const bool answered = machine.nobodyBusy();
    const bool over = machine.now >= *state.deadline || nearlyOver(machine);
    const auto& sites = state.sites;
    const bool good = answered && std::none_of(sites.begin(), sites.end(), [&](const Site& site) {
                          return missing(machine, site).has_value();
                      });
    if (good && !over && !state.late) {
        tellOfSilentAgents(machine);
        return enterConfirming(machine, evidence(machine));
    }
    if (answered ? over || state.late : over && state.late) return failVerifying(machine);
    if (over) {
        // What is being read just now may still decide whom the failure accuses.
        state.late = true;
        state.deadline = machine.now + std::min(clockSlack, machine.policy().confirmWindow / 10);
        state.poll.reset();
        for (auto& site : state.sites)
            site.wake.reset();
    }
    if (state.late) return;
    extendWindows(machine);
    // An appliance may be busy for longer than until the next look: that one begins when it has answered.
    if (!machine.nobodyBusy()) return state.poll.reset();
    if (!state.poll)
        state.poll = machine.now + verifyEvery;
    else if (*state.poll <= machine.now)
        lookAround(machine);
}

}
