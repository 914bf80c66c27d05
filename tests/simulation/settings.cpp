// What servers tell of themselves, and what they are told: settings that change, and data sources.

#include "simulation/beside.hpp"
#include "simulation/world.hpp"

#include <algorithm>

namespace headgate::simulation {

using namespace std::chrono_literals;

namespace {

constexpr domain::Instant always = domain::Instant::max();

/// It accepts no other way of speaking to it than the one that it tells, from now on.
void settle(Machine& machine, domain::Instant now) {
    machine.accepted = presented(machine.told);
    machine.changed = now;
    machine.mistaken = false;
}

}

void World::makeSettings(Machine& machine) {
    if (m_random.chance(350)) return;
    machine.revision = static_cast<std::uint32_t>(m_random.between(1, 3));
    machine.noticedAfter = m_random.duration(100, 5000);
    if (m_random.chance(850)) {
        machine.told.kind = domain::AuthenticationKind::password;
        machine.told.user = "monitor";
        machine.told.secret.text = "sealed:v1:" + std::to_string(m_random.between(1, 999));
        if (m_random.chance(400)) machine.told.trustAnchor = "ca" + std::to_string(m_random.between(1, 2));
    }
    settle(machine, {});
    machine.dataSource = m_random.chance(100) ? "" : "db" + std::to_string(m_random.between(1, 2));
    if (m_random.chance(150)) machine.unusable.insert("db1");
    if (m_random.chance(50)) machine.unusable.insert("db2");
    machine.deafness = m_random.chance(200) ? m_random.between(1, 300) : 0;
}

/// What is recorded of a member from the beginning: what its server tells, or told once.
void World::makeRecorded(domain::Member& member, const Machine& machine) {
    member.revision = machine.revision;
    member.authentication = machine.told;
    if (machine.revision > 1 && m_random.chance(150)) member.revision = machine.revision - 1;
}

void World::planSettings(int span) {
    for (std::size_t i = 0; i < m_machines.size(); ++i)
        for (int changes = m_random.chance(400) ? m_random.between(1, 3) : 0; changes > 0; --changes)
            at(soon(0, span), [this, i](domain::Instant) { changeSettings(m_machines[i]); });
}

/// Its operator has given it another secret, trust anchor or weight, and its application takes the former one
/// for a while, or not; or nothing of that has changed, but what only people read; or he has mistyped it.
void World::changeSettings(Machine& machine) {
    if (machine.revision == 0 || m_calm) return;
    if (machine.mistaken) return tellRight(machine);
    ++machine.revision;
    const auto before = machine.accepted;
    auto& told = machine.told;
    const int what = m_random.between(0, 9);
    if (what < 2) {
        // Another certificate of the same name.
        told.fingerprint = std::to_string(machine.revision);
    } else if (what == 2) {
        told = {};
    } else {
        told.kind = domain::AuthenticationKind::password;
        told.user = "monitor";
        told.secret.text = "sealed:v1:" + std::to_string(m_random.between(1, 999));
        if (what == 3) told.trustAnchor = "ca" + std::to_string(m_random.between(1, 2));
    }
    if (m_random.chance(250)) machine.weight = m_random.between(1, 3);
    note(machine.name.value + " tells other settings, revision " + std::to_string(machine.revision));
    if (what > 3 && m_random.chance(200)) {
        machine.mistaken = true;
        if (m_random.chance(500))
            at(soon(1000, 150000), [this, raw = &machine](domain::Instant) { tellRight(*raw); });
        return;
    }
    settle(machine, m_now);
    machine.former = before;
    machine.formerUntil = m_random.chance(300) ? always : m_now + m_random.duration(0, 120000);
}

void World::tellRight(Machine& machine) {
    if (!machine.mistaken) return;
    ++machine.revision;
    machine.former = machine.accepted;
    machine.formerUntil = always;
    settle(machine, m_now);
    note(machine.name.value + " accepts what it tells, revision " + std::to_string(machine.revision));
}

Machine& World::machineOf(const domain::ServerName& name) {
    return *std::find_if(m_machines.begin(), m_machines.end(),
                         [&](const Machine& machine) { return machine.name == name; });
}

void World::gather(const transaction::Gather& gather) {
    using Gathering = Machine::Gathering;
    const auto& machine = machineOf(gather.server);
    domain::Gathered gathered;
    gathered.transaction = gather.transaction;
    gathered.server = gather.server;
    const bool silent = !machine.alive || !machine.answers || machine.gathering == Gathering::silent;
    if (silent && m_random.chance(500)) return; // nobody even says that nothing came
    gathered.answered = !silent;
    gathered.reason = silent ? "timeout" : "nginx does not listen there";
    const std::uint16_t port = machine.gathering == Gathering::wrongPort ? 81 : 8080;
    if (!silent && machine.gathering != Gathering::refuses) {
        gathered.connection = domain::ConnectionSettings{machine.address, port, "http", machine.weight, 0};
        gathered.authentication = machine.told;
        gathered.revision = machine.revision;
        gathered.dataSource = machine.dataSource;
    }
    const auto say = [this, gathered, generation = m_generation](domain::Instant) {
        if (generation == m_generation) give(gathered);
    };
    at(soon(5, 3000), say);
    if (m_random.chance(100)) at(soon(5, 9000), say);
}

/// It does one after the other; what it has not heard it never does.
void World::assign(const transaction::Assign& assign) {
    auto& machine = machineOf(assign.server);
    const bool heard =
        machine.alive && machine.answers && !m_random.chance(static_cast<int>(machine.deafness));
    if (heard)
        machine.busyUntil =
            std::max(machine.busyUntil, m_now) + m_random.duration(50, m_random.chance(100) ? 40000 : 8000);
    at(heard ? machine.busyUntil : m_now + 5s,
       [this, assign, heard, generation = m_generation](domain::Instant) {
           auto& told = machineOf(assign.server);
           domain::Assigned answer{assign.transaction, assign.server, assign.dataSource, false, "timeout"};
           if (heard && told.unusable.contains(assign.dataSource))
               answer.reason = "the hook ended with 1";
           else if (heard) {
               told.dataSource = assign.dataSource;
               answer.done = true;
               note(assign.server.value + " uses " + assign.dataSource);
           }
           if (m_random.chance(static_cast<int>(told.deafness))) {
               answer.done = false;
               answer.reason = "timeout";
               if (m_random.chance(500)) return;
           }
           const auto say = [this, answer, generation](domain::Instant) {
               if (generation == m_generation) give(answer);
           };
           at(soon(1, 1000), say);
           if (m_random.chance(100)) at(soon(1, 9000), say);
       });
}

/// Rolled back: it uses what it used before, or an alarm says that it may not. Committed: what is wanted.
void World::checkDataSource(const controller::Ended& ended) {
    const auto* record = m_ledger.open(ended.view.id);
    if (!record->written || !domain::gathers(ended.view.kind)) return;
    const auto& machine = machineOf(ended.view.server);
    const auto& assignment = record->written->assignment;
    const std::string what = "transaction " + std::to_string(ended.view.id.value) + " ended " +
                             ended.view.state + ", but " + machine.name.value + " uses the data source '" +
                             machine.dataSource + "', not '";
    if (ended.outcome.kind != domain::OutcomeKind::committed) {
        if (assignment && machine.dataSource != assignment->from && !m_ledger.sourceLeft(ended.view.id))
            violation(what + assignment->from + "'");
        return;
    }
    const auto& wanted = m_configuration.server(machine.name)->dataSources;
    if (ended.view.kind == domain::IntentKind::allocate && machine.revision > 0 && !wanted.empty() &&
        machine.dataSource != wanted.front())
        violation(what + wanted.front() + "'");
}

std::string World::notRenewed() const {
    for (const auto& pool : recorded().pools) {
        // Of a pair that failed over nobody knows what it has.
        const bool muddled = std::any_of(pool.places.begin(), pool.places.end(), [&](const auto& place) {
            return std::any_of(m_boxes.begin(), m_boxes.end(), [&](const auto& box) {
                return box->appliance.name == place.appliance.value && box->muddled;
            });
        });
        if (pool.held || muddled) continue;
        for (const auto& member : pool.members) {
            const auto machine = std::find_if(m_machines.begin(), m_machines.end(), [&](const Machine& each) {
                return each.name == member.server;
            });
            if (member.revision != 0 && machine->revision != member.revision)
                return member.server.value + " in " + pool.name.value + " tells its settings of revision " +
                       std::to_string(machine->revision) + ", recorded are those of " +
                       std::to_string(member.revision);
        }
    }
    return {};
}

}
