// What a history is made of.

#include "simulation/beside.hpp"
#include "simulation/world.hpp"

namespace headgate::simulation {

using namespace std::chrono_literals;

void World::makeServers() {
    domain::Application application{{"web"}, "nginx", 8080, "http"};
    domain::Profile profile{{"cpu"}, domain::Combination::greatest, {{"cpu", 1000, 1, "", {}, 1}}};
    m_configuration.applications.push_back(application);
    m_configuration.profiles.push_back(profile);
    const int count = m_random.between(5, 9);
    for (int i = 0; i < count; ++i) {
        Machine machine;
        machine.name = {"real" + std::to_string(i + 1)};
        machine.address = "10.0.0." + std::to_string(i + 1);
        machine.upAfter = m_random.duration(100, m_random.chance(100) ? 15000 : 4000);
        machine.drainsIn = m_random.duration(0, 15000);
        machine.own = m_random.between(10, 400);
        machine.comesUp = !m_random.chance(120);
        if (m_random.chance(150)) machine.gathering = static_cast<Machine::Gathering>(m_random.between(1, 3));
        makeSettings(machine);
        m_machines.push_back(machine);
        domain::Server server;
        server.name = machine.name;
        server.address = machine.address;
        server.applications = {application.name};
        server.profile = profile.name;
        if (m_random.chance(600)) server.dataSources = {"db" + std::to_string(m_random.between(1, 2))};
        m_configuration.servers.push_back(server);
    }
}

Faults World::makeFaults() {
    Faults faults;
    if (m_random.chance(300)) return faults; // an appliance that behaves
    const auto some = [&](int most) { return m_random.chance(500) ? m_random.between(1, most) : 0; };
    faults.refuse = some(60);
    faults.stubborn = m_random.chance(150) ? m_random.between(50, 700) : 0;
    faults.dropBefore = some(40);
    faults.dropAfter = some(40);
    faults.applyLate = some(25);
    faults.unreachable = some(60);
    faults.doubled = some(200);
    faults.delayed = some(60);
    faults.lost = some(6);
    return faults;
}

Lies World::makeLies() {
    Lies lies;
    const auto some = [&](int most) { return m_random.chance(150) ? m_random.between(1, most) : 0; };
    lies.ignored = some(300);
    lies.forgotten = some(300);
    lies.partial = some(500);
    lies.disturbing = m_random.chance(250) ? m_random.between(1, 500) : 0;
    lies.timerLate = m_random.chance(300) ? m_random.between(1, 1800) : some(30000);
    return lies;
}

void World::makeAppliances() {
    const int count = m_random.between(2, 3);
    const bool mixed = m_random.chance(400);
    for (int i = 0; i < count; ++i) {
        auto box = std::make_unique<Box>(m_random);
        auto* raw = box.get();
        auto& appliance = raw->appliance;
        appliance.name = "lb" + std::to_string(i + 1);
        if (mixed) appliance.strategy = static_cast<domain::Strategy>(m_random.between(0, 2));
        appliance.lies = makeLies();
        appliance.drainsInState = m_random.chance(500);
        appliance.listsSessions = m_random.chance(800);
        appliance.killed = [this, raw](const std::string& user) {
            note("headgated ends a session of " + user + " on " + raw->appliance.name);
            if (user != "headgate") violation("headgated ended somebody else's session");
        };
        appliance.health = [this](const Entries& entries, const Entry& entry, domain::Instant now) {
            return healthOf(entries, entry, now);
        };
        appliance.connections = [this](const Entry& entry, domain::Instant now) -> std::uint64_t {
            const auto* machine = machineAt(entry.address);
            const bool over = entry.admin != domain::AdminState::enabled && machine &&
                              now >= entry.since + machine->drainsIn;
            return over ? 0 : 7;
        };
        raw->expected = std::make_shared<Expected>();
        raw->network.faults = makeFaults();
        domain::Appliance configured;
        configured.name = {appliance.name};
        if (m_random.chance(400)) configured.snmpAddress = "192.0.2.1:161";
        raw->agentSilent = m_random.chance(150);
        raw->agentDoubts = m_random.chance(50);
        m_configuration.appliances.push_back(configured);
        m_boxes.push_back(std::move(box));
    }
    if (m_random.chance(200)) makePair();
}

/// The first two: one is active, the other copies it.
void World::makePair() {
    auto& active = *m_boxes[0];
    auto& standby = *m_boxes[1];
    active.partner = &standby;
    standby.partner = &active;
    active.appliance.role = domain::Role::active;
    standby.appliance.role = domain::Role::standby;
    standby.appliance.strategy = active.appliance.strategy;
    standby.appliance.drainsInState = active.appliance.drainsInState;
    standby.expected = active.expected;
    // They are of one make.
    standby.appliance.lies = active.appliance.lies = {};
    for (auto i : {0U, 1U})
        m_configuration.appliances[i].pair = "pair";
}

void World::makePolicy(domain::PoolPolicy& policy) {
    policy.growAfter = 5s;
    policy.shrinkAfter = 15s;
    policy.growCooldown = 5s;
    policy.shrinkCooldown = 15s;
    policy.drainDeadline = 10s;
    policy.quarantine = 90s;
    policy.maximum = 5;
    policy.minimum = static_cast<unsigned>(m_random.between(1, 2));
    policy.confirmWindow = m_random.chance(600) ? 60s : std::chrono::seconds(m_random.between(20, 59));
    policy.verifyDeadline = std::min<domain::Duration>(20s, policy.confirmWindow * 2 / 3);
    policy.releaseConfigured = m_random.chance(500);
    policy.drift = static_cast<domain::DriftPolicy>(m_random.between(0, 2));
}

/// Its numbers are its own: histories without a ramp are those that they were.
void World::makeRamps(Random own) {
    bool any = false;
    for (auto& pool : m_configuration.pools) {
        if (!own.chance(300)) continue;
        pool.policy.warmUp = own.duration(5000, 60000);
        pool.policy.rampSteps = static_cast<unsigned>(own.between(2, 6));
        any = true;
    }
    for (auto& machine : m_machines)
        if (any && machine.revision > 0 && own.chance(600)) machine.weight = own.between(2, 9);
}

void World::makePools() {
    const int count = m_random.between(2, 3);
    std::size_t next = 0;
    for (int i = 0; i < count; ++i) {
        domain::Pool pool;
        pool.name = {"pool" + std::to_string(i + 1)};
        pool.application = {"web"};
        makePolicy(pool.policy);
        const int members = m_random.between(1, 2);
        for (int j = 0; j < members && next < m_machines.size() - 1; ++j, ++next) {
            // What serves already did come up once.
            m_machines[next].comesUp = true;
            pool.members.push_back({m_machines[next].name,
                                    {m_machines[next].address, 8080, "http", m_random.between(1, 2), 0},
                                    {},
                                    domain::Origin::configured});
            makeRecorded(pool.members.back(), m_machines[next]);
        }
        for (auto& box : m_boxes) {
            const bool paired = box->partner != nullptr;
            if (!paired && m_boxes.size() > 2 && !m_random.chance(700) && box != m_boxes.back()) continue;
            pool.places.push_back({{box->appliance.name}, pool.name.value + "-object"});
            auto& entries = box->appliance.running[pool.name.value + "-object"];
            for (const auto& member : pool.members) {
                entries.push_back({member.connection.address, 8080, member.connection.weight});
                // What an operator gave it before.
                if (m_random.chance(500)) entries.back().weight = m_random.between(1, 9);
                if (m_random.chance(500)) entries.back().leaves["description"] = "ours";
                use(entries, entries.back(), member.authentication);
            }
        }
        m_loads.push_back({m_random.between(50, 2500)});
        m_configuration.pools.push_back(std::move(pool));
    }
    if (m_boxes[0]->partner) m_boxes[1]->appliance.running = m_boxes[0]->appliance.running;
    for (auto& box : m_boxes) {
        auto& appliance = box->appliance;
        appliance.running["mail"].push_back({"10.1.0.1", 25});
        appliance.candidate = appliance.startup = appliance.running;
        box->expected->objects = appliance.running;
        appliance.changed = [this, raw = box.get()](bool byCommand) {
            copyLater(*raw);
            checkMinimum(*raw, byCommand);
        };
        appliance.lost = [this, raw = box.get()](const std::string& object, const std::string& address) {
            raw->losing = true;
            // A transaction must lead its own member back.
            if (!inTransaction(address)) raw->expected->removed({object, address});
        };
    }
}

}
