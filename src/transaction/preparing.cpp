// gathering … validating: everything that can fail for a reason of ours or of an appliance fails here, while
// nothing that serves has changed.

#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration gatherDeadline = 30s;

/// Why a candidate's settings cannot be used.
std::optional<std::string> unusable(const State& state, const domain::ConnectionSettings& connection) {
    if (connection.address.empty()) return "it names no address";
    if (connection.port == 0) return "it names no port";
    for (const auto& member : state.plan.pool.members)
        if (member.connection.address == connection.address && member.connection.port == connection.port)
            return where(connection.address, connection.port) + " is recorded as " + member.server.value +
                   " already";
    return std::nullopt;
}

void enterChecking(Machine& machine) {
    machine.enter(Phase::checking, "reading what is there, to compare it with what is recorded");
    for (auto& site : machine.state.sites)
        machine.send(site, Read{site.object, true});
}

void enterEditing(Machine& machine) {
    machine.enter(Phase::editing, domain::describe(change(machine.state)));
    for (auto& site : machine.state.sites)
        machine.send(site, Edit{site.object, change(machine.state)});
}

void enterValidating(Machine& machine) {
    machine.enter(Phase::validating, "asking each appliance whether it would take the change");
    machine.sendAll(Validate{});
}

}

void enterGathering(Machine& machine) {
    auto& state = machine.state;
    machine.enter(Phase::gathering, "asking " + state.member.server.value + " for its settings");
    state.deadline = machine.now + gatherDeadline;
    machine.outputs.push_back(Gather{state.id, state.member.server, state.plan.pool.application});
}

void gathering(Machine& machine, const domain::Gathered* gathered) {
    auto& state = machine.state;
    const std::string name = state.member.server.value;
    if (!gathered) {
        if (state.deadline && *state.deadline <= machine.now)
            machine.fail("no-settings", domain::Accused::candidate, nullptr,
                         name + " did not answer when asked for its settings");
        return;
    }
    if (gathered->server != state.member.server) return;
    if (!gathered->answered || !gathered->connection) {
        const std::string what =
            gathered->answered ? " gave no settings: " : " did not answer when asked for its settings: ";
        return machine.fail("no-settings", domain::Accused::candidate, nullptr,
                            name + what + gathered->reason);
    }
    if (const auto why = unusable(state, *gathered->connection))
        return machine.fail("no-settings", domain::Accused::candidate, nullptr,
                            "the settings of " + name + " cannot be used: " + *why);
    const int weight = state.member.connection.weight;
    state.member.connection = *gathered->connection;
    state.member.connection.weight = weight;
    state.member.authentication = gathered->authentication;
    enterLocking(machine);
}

void enterLocking(Machine& machine) {
    machine.enter(Phase::locking,
                  "on " + machine.appliances() + ", to " + domain::describe(change(machine.state)));
    machine.sendAll(Lock{machine.policy().lockWait});
}

void locking(Machine& machine, const Heard* heard) {
    if (!heard) return;
    if (!heard->done()) return machine.fail(*heard);
    heard->site->ready = true;
    if (machine.allReady()) enterChecking(machine);
}

void checking(Machine& machine, const Heard* heard) {
    if (!heard) return;
    Site& site = *heard->site;
    const auto* facts = heard->facts();
    if (!facts) return machine.fail(*heard);
    site.before = facts->pool;
    if (!site.first) site.first = facts->pool;
    const auto refuse = [&](const std::string& why) {
        site.step = "refused: " + why;
        machine.fail("drift", domain::Accused::appliance, &site, site.appliance.value + ": " + why);
    };
    if (!facts->pool.exists) return refuse("it has no pool " + site.object);
    if (const auto why = drift(machine.state.plan.pool, facts->pool))
        return refuse("its pool " + site.object + " is not as recorded: " + *why);
    site.step = "as recorded";
    site.ready = true;
    if (machine.allReady()) enterEditing(machine);
}

void editing(Machine& machine, const Heard* heard) {
    if (!heard) return;
    if (!heard->done()) return machine.fail(*heard);
    heard->site->ready = true;
    if (machine.allReady()) enterValidating(machine);
}

void validating(Machine& machine, const Heard* heard) {
    if (!heard) return;
    if (!heard->done()) return machine.fail(*heard);
    heard->site->step = "ready";
    heard->site->ready = true;
    // The barrier: the first commit goes out when the last appliance has said that it is ready.
    if (machine.allReady()) enterCommitting(machine);
}

}
