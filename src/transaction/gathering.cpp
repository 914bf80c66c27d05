// gathering: a candidate, or a member whose settings have changed, is asked for them, and told which data
// source to use. Nothing that serves has changed yet.

#include "domain/ramp.hpp"
#include "transaction/facts.hpp"
#include "transaction/machine.hpp"

#include <algorithm>
#include <utility>

namespace headgate::transaction {
namespace {

using namespace std::chrono_literals;

constexpr domain::Duration gatherDeadline = 30s;
/// The server's own limit on its operator's hook is shorter.
constexpr domain::Duration assignDeadline = 120s;

/// Why a candidate's settings cannot be used.
std::optional<std::string> unusable(const State& state, const domain::Gathered& gathered) {
    const auto& connection = *gathered.connection;
    if (connection.address.empty()) return "it names no address";
    if (connection.port == 0) return "it names no port";
    const auto& recorded = state.plan.member.connection;
    // The standard MIBs know of no authentication: that there is none is not said by them.
    if (state.plan.kind == domain::IntentKind::renew && gathered.revision == 0)
        return "its headgate-agent does not answer, and without it nobody knows how its port authenticates";
    const bool moved = recorded.address != connection.address || recorded.port != connection.port ||
                       recorded.protocol != connection.protocol;
    if (state.plan.kind == domain::IntentKind::renew && moved)
        return "it is at " + where(connection.address, connection.port) + " (" + connection.protocol +
               ") now, and its appliances know it at " + where(recorded.address, recorded.port) + " (" +
               recorded.protocol + "): release it, and allocate it again";
    for (const auto& member : state.plan.pool.members)
        if (member.server != state.member.server && member.connection.address == connection.address &&
            member.connection.port == connection.port)
            return where(connection.address, connection.port) + " is recorded as " + member.server.value +
                   " already";
    return std::nullopt;
}

void ask(Machine& machine) {
    auto& state = machine.state;
    state.deadline = machine.now + gatherDeadline;
    machine.outputs.push_back(Gather{state.id, state.member.server, state.plan.pool.application});
}

void tell(Machine& machine, const std::string& dataSource) {
    auto& state = machine.state;
    state.assignment->until = machine.now + assignDeadline;
    machine.outputs.push_back(Assign{state.id, state.member.server, state.plan.pool.application, dataSource});
}

/// On the disk before it is said: whoever starts next takes it back.
bool assigns(Machine& machine, const domain::Gathered& gathered) {
    auto& state = machine.state;
    const auto& wanted = state.plan.dataSource;
    if (state.assignment || wanted.empty() || gathered.revision == 0 || gathered.dataSource == wanted)
        return false;
    state.assignment = Assignment{gathered.dataSource, wanted};
    state.deadline.reset();
    machine.journal("telling " + state.member.server.value + " to use the data source " + wanted,
                    Durability::needed);
    tell(machine, wanted);
    return true;
}

void take(domain::Member& member, const domain::Gathered& gathered, int part) {
    const int weight = member.connection.weight;
    member.connection = *gathered.connection;
    // The standard MIBs know of no weight.
    if (gathered.revision == 0) member.connection.weight = weight;
    member.connection = domain::scaled(std::move(member.connection), part);
    member.authentication = gathered.authentication;
    member.revision = gathered.revision;
    member.dataSource = gathered.dataSource;
}

/// Why what the server has told is not what was asked for.
std::optional<std::string> unlikeAsked(const domain::ConnectionSettings& told, const domain::Asked& asked) {
    const auto differs = [](const char* what, const std::string& is,
                            const std::string& wanted) -> std::optional<std::string> {
        if (is == wanted) return std::nullopt;
        return std::string("its ") + what + " is " + is + ", and " + wanted + " was asked for";
    };
    std::optional<std::string> why;
    if (!why && asked.address) why = differs("address", told.address, *asked.address);
    if (!why && asked.port) why = differs("port", std::to_string(told.port), std::to_string(*asked.port));
    if (!why && asked.protocol) why = differs("protocol", told.protocol, *asked.protocol);
    if (!why && asked.weight)
        why = differs("weight", std::to_string(told.weight), std::to_string(*asked.weight));
    if (!why && asked.connectionLimit)
        why = differs("connection limit", std::to_string(told.connectionLimit),
                      std::to_string(*asked.connectionLimit));
    return why;
}

/// It joins with a part of its weight, where that ramps up, unless it was asked for with that; who ramps up
/// goes on from the part that it has.
void ramp(const State& state, domain::Member& member) {
    auto& weight = member.connection.weight;
    const int whole = weight;
    const bool asked = state.plan.asked && state.plan.asked->weight;
    if (state.plan.kind == domain::IntentKind::allocate && !asked)
        weight = domain::joiningWeight(state.plan.pool.policy, member.connection);
    else if (state.plan.member.rampsTo > 0)
        weight = std::min(whole, state.plan.member.connection.weight);
    member.rampsTo = weight < whole ? whole : 0;
}

bool sameSettings(const domain::Member& one, const domain::Member& other) {
    return one.connection == other.connection && one.rampsTo == other.rampsTo &&
           one.authentication.connectsAs(other.authentication);
}

}

void enterGathering(Machine& machine) {
    auto& state = machine.state;
    machine.enter(Phase::gathering, "asking " + state.member.server.value + " for its settings");
    ask(machine);
}

void gathering(Machine& machine, const domain::Gathered* gathered) {
    auto& state = machine.state;
    const std::string name = state.member.server.value;
    if (!gathered) {
        if (state.deadline && *state.deadline <= machine.now)
            machine.fail("no-settings", domain::Accused::candidate, nullptr,
                         name + " did not answer when asked for its settings");
        if (state.assignment && state.assignment->until && *state.assignment->until <= machine.now) {
            state.assignment->until.reset();
            machine.fail("no-data-source", domain::Accused::candidate, nullptr,
                         name + " did not say in time whether it uses the data source " +
                             state.assignment->to);
        }
        return;
    }
    if (gathered->server != state.member.server) return;
    // Told before it was told which data source to use: what counts is asked for after that.
    if (state.assignment && state.assignment->until) return;
    if (!gathered->answered || !gathered->connection) {
        const std::string what =
            gathered->answered ? " gave no settings: " : " did not answer when asked for its settings: ";
        return machine.fail("no-settings", domain::Accused::candidate, nullptr,
                            name + what + gathered->reason);
    }
    if (const auto why = unusable(state, *gathered))
        return machine.fail("no-settings", domain::Accused::candidate, nullptr,
                            "the settings of " + name + " cannot be used: " + *why);
    if (assigns(machine, *gathered)) return;
    if (state.assignment && gathered->dataSource != state.assignment->to)
        return machine.fail("no-data-source", domain::Accused::candidate, nullptr,
                            name + " says that it uses the data source " + gathered->dataSource + ", not " +
                                state.assignment->to);
    take(state.member, *gathered, state.plan.part);
    // Whoever asked is to blame, not the server.
    if (state.plan.asked)
        if (const auto why = unlikeAsked(state.member.connection, *state.plan.asked))
            return machine.fail("not-as-asked", domain::Accused::nobody, nullptr,
                                name + " tells other settings: " + *why);
    ramp(state, state.member);
    if (state.plan.kind == domain::IntentKind::renew && sameSettings(state.member, state.plan.member))
        return machine.end(domain::OutcomeKind::committed, {},
                           "the settings of " + name + " are as recorded");
    enterLocking(machine);
}

void assigned(Machine& machine, const domain::Assigned& assigned) {
    auto& state = machine.state;
    if (!state.assignment || !state.assignment->until || assigned.server != state.member.server) return;
    auto& assignment = *state.assignment;
    // Of the one before it an answer may come late.
    if (assigned.dataSource != (assignment.back ? assignment.from : assignment.to)) return;
    const std::string name = state.member.server.value;
    assignment.until.reset();
    if (state.phase == Phase::gathering) {
        assignment.made = assigned.done;
        assignment.unused = assigned.unused;
        if (!assigned.done)
            return machine.fail("no-data-source", domain::Accused::candidate, nullptr,
                                name + " cannot use the data source " + assignment.to + ": " +
                                    assigned.reason);
        // Its settings may be others now.
        return ask(machine);
    }
    if (state.phase != Phase::undoing) return;
    assignment.ended = true;
    if (!assigned.done && !assignment.unused)
        machine.tell(domain::EventSeverity::alarm, "data-source-left",
                     name + " may still use the data source " + assignment.to + " in place of " +
                         (assignment.from.empty() ? "none" : assignment.from) + ": " + assigned.reason);
    undoing(machine, nullptr);
}

bool assignmentUndone(Machine& machine) {
    auto& state = machine.state;
    if (!state.assignment || state.assignment->ended) return true;
    auto& assignment = *state.assignment;
    if (!assignment.back) {
        assignment.back = true;
        assignment.until = machine.now;
        if (!assignment.from.empty())
            tell(machine, assignment.from);
        else
            assigned(machine, {state.id, state.member.server, "", false, "it used none before"});
    } else if (assignment.until && *assignment.until <= machine.now) {
        assigned(machine, {state.id, state.member.server, assignment.from, false, "it did not answer"});
    }
    return assignment.ended;
}

}
