#include "simulation/world.hpp"

#include <algorithm>
#include <cstdio>

namespace headgate::simulation {

using namespace std::chrono_literals;

namespace {

constexpr domain::Instant beginning{1'700'000'000'000ms};
constexpr domain::Duration settleAtLeast = 150s;
constexpr domain::Duration settleAtMost = 30min;
constexpr domain::Duration pollEvery = 10s;

}

World::World(std::uint64_t seed, bool trace)
    : m_random(seed)
    , m_trace(trace)
    , m_now(beginning)
    , m_controller(controller::Options{{1}, 5, 10s, 300s}) {
    m_calmAt = m_now + m_random.duration(60000, 400000);
    makeServers();
    makeAppliances();
    makePools();
    planTrouble();
    planOperator();
    for (std::size_t i = 0; i < m_machines.size(); ++i)
        at(soon(0, static_cast<int>(pollEvery.count())), [this, i](domain::Instant) { poll(i); });
    at(m_calmAt, [this](domain::Instant) { calm(); });
}

void World::note(const std::string& text) const {
    if (m_trace)
        std::printf("%9.3f  %s\n", static_cast<double>((m_now - beginning).count()) / 1000.0, text.c_str());
}

void World::noteReply(const transaction::Reply& reply) const {
    if (!m_trace) return;
    std::string text = "done";
    if (const auto* facts = std::get_if<transaction::Facts>(&reply.result)) {
        text = "facts";
        for (const auto& member : facts->pool.members)
            text += " " + member.key + "=" + std::string(toString(member.admin)) + "," +
                    std::string(toString(member.health));
    }
    if (const auto* no = std::get_if<transaction::Refused>(&reply.result))
        text = "refused " + no->tag + ": " + no->message;
    if (const auto* no = std::get_if<transaction::NoAnswer>(&reply.result)) text = "no answer: " + no->reason;
    if (const auto* no = std::get_if<transaction::Unreachable>(&reply.result))
        text = "unreachable: " + no->reason;
    note("    T" + std::to_string(reply.transaction.value) + " " + reply.appliance.value + " says " + text);
}

void World::at(domain::Instant when, std::function<void(domain::Instant)> what) {
    m_due.push_back({std::max(when, m_now), ++m_sequence, std::move(what)});
    std::push_heap(m_due.begin(), m_due.end());
}

const std::vector<std::string>& World::run() {
    give(controller::Configured{m_configuration});
    const auto busy = [this] {
        if (!m_calm || m_now < m_calmAt + settleAtLeast) return true;
        const auto snapshot = m_controller.snapshot(m_now);
        const bool flying = std::any_of(snapshot.pools.begin(), snapshot.pools.end(),
                                        [](const auto& pool) { return pool.transaction.has_value(); });
        return flying && m_now < m_calmAt + settleAtMost;
    };
    while (!m_due.empty() && m_ledger.violations.empty() && busy()) {
        std::pop_heap(m_due.begin(), m_due.end());
        const Due due = std::move(m_due.back());
        m_due.pop_back();
        m_now = due.at;
        for (auto& box : m_boxes)
            box->appliance.expire(m_now);
        due.what(m_now);
    }
    if (m_ledger.violations.empty()) checkTheEnd();
    return m_ledger.violations;
}

/// From now on nothing fails, and no pool has a reason to change.
void World::calm() {
    note("calm");
    m_calm = true;
    for (std::size_t i = 0; i < m_boxes.size(); ++i) {
        m_boxes[i]->southbound->stopFaults();
        m_boxes[i]->southbound->away(m_now, Southbound::Away::no);
        tellStatus(i);
    }
    for (auto& load : m_loads)
        load.total = 0;
}

void World::tellStatus(std::size_t index) {
    auto& box = *m_boxes[index];
    const bool connected = !box.southbound->cut();
    if (connected == box.told) return;
    box.told = connected;
    // Southbound finds out when its heartbeat fails, or when it connects again.
    at(soon(0, 10000), [this, index, connected](domain::Instant) {
        give(controller::ApplianceStatus{
            {m_boxes[index]->appliance.name}, connected, connected ? "" : "connection refused", {}});
    });
}

void World::give(const controller::Input& input) {
    const auto effects = m_controller.handle(m_now, input);
    for (const auto& effect : effects) {
        m_ledger.effect(m_now, effect);
        perform(effect);
    }
    for (const auto& effect : effects)
        if (const auto* ended = std::get_if<controller::Ended>(&effect)) checkEnded(*ended);
    tickWhenDue();
}

void World::tickWhenDue() {
    const auto next = m_controller.nextDeadline();
    if (!next) return;
    if (*next <= m_now && m_tickAt == m_now)
        m_ledger.violation(m_now, "the controller asks for the same tick again and again");
    if (m_tickAt && *m_tickAt <= *next && *m_tickAt > m_now) return;
    m_tickAt = std::max(*next, m_now);
    at(*m_tickAt, [this, when = *m_tickAt](domain::Instant) {
        if (m_tickAt == when) give(controller::Tick{});
    });
}

void World::perform(const controller::Effect& effect) {
    if (const auto* command = std::get_if<transaction::Command>(&effect)) {
        note("  T" + std::to_string(command->transaction.value) + " " + command->appliance.value + " " +
             std::string(toString(command->request)));
        for (auto& box : m_boxes)
            if (box->appliance.name == command->appliance.value) {
                mayCrash(*box, command->request);
                box->southbound->submit(m_now, *command);
            }
    } else if (const auto* what = std::get_if<transaction::Gather>(&effect))
        gather(*what);
    else if (!m_trace)
        return;
    else if (const auto* event = std::get_if<domain::Event>(&effect))
        note(std::string(toString(event->severity)) + " " + event->kind + ": " + event->text);
    else if (const auto* journal = std::get_if<transaction::Journal>(&effect))
        note("  T" + std::to_string(journal->view.id.value) + " journal " + journal->view.state + ": " +
             journal->detail);
    else if (const auto* ended = std::get_if<controller::Ended>(&effect))
        note("T" + std::to_string(ended->view.id.value) + " ended " + ended->view.state + ": " +
             ended->outcome.reason);
    else if (const auto* answer = std::get_if<controller::Answer>(&effect))
        note("answer " + std::to_string(answer->request) + ": " + answer->text);
}

void World::restart(Box& box) {
    note(box.appliance.name + " restarts from startup");
    box.southbound->drop(m_now, 0s);
    box.appliance.restart(m_now);
}

/// The worst moments to restart are those around a commit.
void World::mayCrash(Box& box, const transaction::Request& request) {
    const bool commits = std::holds_alternative<transaction::Commit>(request) ||
                         std::holds_alternative<transaction::Confirm>(request);
    if (!commits || m_calm || m_crashes == 0 || !m_random.chance(m_crashes)) return;
    at(soon(0, 150), [this, raw = &box](domain::Instant) { restart(*raw); });
}

void World::gather(const transaction::Gather& gather) {
    const auto found = std::find_if(m_machines.begin(), m_machines.end(),
                                    [&](const Machine& machine) { return machine.name == gather.server; });
    domain::Gathered gathered;
    gathered.transaction = gather.transaction;
    gathered.server = gather.server;
    const bool silent = !found->alive || !found->answers || found->gathering == Gathering::silent;
    if (silent && m_random.chance(500)) return; // nobody even says that nothing came
    gathered.answered = !silent;
    gathered.reason = silent ? "timeout" : "nginx does not listen there";
    if (!silent && found->gathering != Gathering::refuses)
        gathered.connection = domain::ConnectionSettings{
            found->address, static_cast<std::uint16_t>(found->gathering == Gathering::wrongPort ? 81 : 8080),
            "http", 1, 0};
    at(soon(5, 3000), [this, gathered](domain::Instant) { give(gathered); });
    if (m_random.chance(100)) at(soon(5, 9000), [this, gathered](domain::Instant) { give(gathered); });
}

void World::poll(std::size_t index) {
    at(m_now + (m_calm ? 3 * pollEvery : pollEvery), [this, index](domain::Instant) { poll(index); });
    const auto& machine = m_machines[index];
    domain::Sample sample;
    sample.server = machine.name;
    sample.at = m_now;
    sample.answered = machine.answers;
    sample.failure = machine.answers ? "" : "timeout";
    if (machine.answers) {
        int utilisation = machine.own;
        const auto& pools = m_controller.configuration().pools;
        for (std::size_t i = 0; i < pools.size(); ++i)
            if (pools[i].member(machine.name))
                // While it is calm every pool is where nothing needs to be done.
                utilisation =
                    m_calm ? 500
                           : std::min(1200, m_loads[i].total / static_cast<int>(pools[i].members.size()));
        sample.readings["cpu"] = utilisation;
        sample.applications[{"web"}] =
            machine.alive ? domain::ApplicationState::running : domain::ApplicationState::notRunning;
    }
    give(sample);
}

World::Machine* World::machineAt(const std::string& address) {
    const auto found = std::find_if(m_machines.begin(), m_machines.end(),
                                    [&](const Machine& machine) { return machine.address == address; });
    return found == m_machines.end() ? nullptr : &*found;
}

domain::Health World::healthOf(const Entry& entry, domain::Instant now) {
    const auto* machine = machineAt(entry.address);
    if (!machine || !machine->alive || entry.port != 8080 || !machine->comesUp) return domain::Health::down;
    const bool checked = entry.admin != domain::AdminState::enabled || now >= entry.since + machine->upAfter;
    return checked ? domain::Health::up : domain::Health::checking;
}

void World::checkMinimum(const Box& box, domain::Instant now) {
    for (const auto& pool : m_configuration.pools)
        for (const auto& place : pool.places) {
            if (place.appliance.value != box.appliance.name) continue;
            const auto& entries = box.appliance.running.at(place.object);
            const auto enabled = std::count_if(entries.begin(), entries.end(), [](const Entry& entry) {
                return entry.admin == domain::AdminState::enabled;
            });
            const auto least = std::min<std::size_t>(pool.policy.minimum, pool.members.size());
            if (static_cast<std::size_t>(enabled) < least && !m_ledger.excused(pool.name, place.appliance))
                m_ledger.violation(now, pool.name.value + " has " + std::to_string(enabled) +
                                            " members left on " + place.appliance.value);
        }
}

void World::checkTheEnd() {
    m_ledger.atTheEnd(m_now);
    std::map<domain::ServerName, domain::PoolName> places;
    for (const auto& pool : m_controller.configuration().pools) {
        checkPool(pool);
        for (const auto& member : pool.members)
            if (const auto [entry, first] = places.emplace(member.server, pool.name); !first)
                m_ledger.violation(m_now, member.server.value + " is a member of " + entry->second.value +
                                              " and of " + pool.name.value);
    }
    for (const auto& box : m_boxes) {
        const auto& appliance = box->appliance;
        if (appliance.locked()) m_ledger.violation(m_now, appliance.name + " is still locked");
        if (appliance.pending())
            m_ledger.violation(m_now, appliance.name + " still has a confirmed commit pending");
        if (!appliance.clean())
            m_ledger.violation(m_now, appliance.name + " has something left in candidate");
    }
}

bool World::holds(const std::vector<Entry>& entries, const domain::Pool& pool) {
    return entries.size() == pool.members.size() &&
           std::all_of(pool.members.begin(), pool.members.end(), [&](const domain::Member& member) {
               return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
                   return entry.same({member.connection.address,
                                      member.connection.port,
                                      member.connection.weight,
                                      domain::AdminState::enabled,
                                      {}});
               });
           });
}

/// What a transaction says of its end is true at that moment already, not only in the long run.
void World::checkEnded(const controller::Ended& ended) {
    const auto* pool = m_controller.configuration().pool(ended.view.pool);
    if (ended.outcome.kind == domain::OutcomeKind::indeterminate) return;
    for (const auto& place : pool->places)
        for (auto& box : m_boxes) {
            if (box->appliance.name != place.appliance.value || !box->southbound->punctual()) continue;
            if (m_ledger.excused(pool->name, place.appliance)) continue;
            const std::string what = "transaction " + std::to_string(ended.view.id.value) + " ended " +
                                     ended.view.state + ", but ";
            if (!holds(box->appliance.running[place.object], *pool))
                m_ledger.violation(m_now, what + place.appliance.value + " has other members");
        }
}

void World::checkPool(const domain::Pool& pool) {
    for (const auto& place : pool.places) {
        if (m_ledger.excused(pool.name, place.appliance)) continue;
        const auto box = std::find_if(m_boxes.begin(), m_boxes.end(), [&](const auto& entry) {
            return entry->appliance.name == place.appliance.value;
        });
        auto& appliance = (*box)->appliance;
        if (!holds(appliance.running[place.object], pool))
            m_ledger.violation(m_now,
                               appliance.name + " does not have the recorded members of " + pool.name.value);
        if (!holds(appliance.startup[place.object], pool))
            m_ledger.violation(m_now, "startup of " + appliance.name +
                                          " does not have the recorded members of " + pool.name.value);
    }
}

}
