// What a history is made of, and what shall go wrong in it.

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
        machine.upAfter = m_random.duration(100, 4000);
        machine.drainsIn = m_random.duration(0, 15000);
        machine.own = m_random.between(10, 400);
        machine.comesUp = !m_random.chance(120);
        if (m_random.chance(150)) machine.gathering = static_cast<Gathering>(m_random.between(1, 3));
        m_machines.push_back(machine);
        domain::Server server;
        server.name = machine.name;
        server.address = machine.address;
        server.applications = {application.name};
        server.profile = profile.name;
        m_configuration.servers.push_back(server);
    }
}

void World::makeAppliances() {
    const int count = m_random.between(2, 3);
    for (int i = 0; i < count; ++i) {
        auto box = std::make_unique<Box>();
        auto* raw = box.get();
        raw->appliance.name = "lb" + std::to_string(i + 1);
        raw->appliance.health = [this](const Entry& entry, domain::Instant now) {
            return healthOf(entry, now);
        };
        raw->appliance.connections = [this](const Entry& entry, domain::Instant now) -> std::uint64_t {
            const auto* machine = machineAt(entry.address);
            const bool over = entry.admin != domain::AdminState::enabled && machine &&
                              now >= entry.since + machine->drainsIn;
            return over ? 0 : 7;
        };
        raw->southbound = std::make_unique<Southbound>(
            raw->appliance, m_random, makeFaults(),
            [this](domain::Instant when, std::function<void(domain::Instant)> what) {
                at(when, std::move(what));
            },
            [this](const transaction::Reply& reply) {
                m_ledger.reply(reply);
                noteReply(reply);
                give(reply);
            });
        domain::Appliance appliance;
        appliance.name = {raw->appliance.name};
        m_configuration.appliances.push_back(appliance);
        m_boxes.push_back(std::move(box));
    }
}

void World::makePools() {
    const int count = m_random.between(2, 3);
    std::size_t next = 0;
    for (int i = 0; i < count; ++i) {
        domain::Pool pool;
        pool.name = {"pool" + std::to_string(i + 1)};
        pool.application = {"web"};
        pool.policy.growAfter = 5s;
        pool.policy.shrinkAfter = 15s;
        pool.policy.growCooldown = 5s;
        pool.policy.shrinkCooldown = 15s;
        pool.policy.drainDeadline = 10s;
        pool.policy.quarantine = 90s;
        pool.policy.maximum = 5;
        pool.policy.releaseConfigured = m_random.chance(500);
        const int members = m_random.between(1, 2);
        for (int j = 0; j < members && next < m_machines.size() - 1; ++j, ++next) {
            // What serves already did come up once.
            m_machines[next].comesUp = true;
            pool.members.push_back({m_machines[next].name,
                                    {m_machines[next].address, 8080, "http", m_random.between(1, 2), 0},
                                    {},
                                    domain::Origin::configured});
        }
        for (std::size_t box = 0; box < m_boxes.size(); ++box)
            if (m_boxes.size() == 2 || m_random.chance(700) || box + 2 >= m_boxes.size())
                pool.places.push_back({{m_boxes[box]->appliance.name}, pool.name.value + "-object"});
        for (const auto& place : pool.places)
            for (auto& box : m_boxes)
                if (box->appliance.name == place.appliance.value) {
                    auto& entries = box->appliance.running[place.object];
                    for (const auto& member : pool.members)
                        entries.push_back(
                            {member.connection.address, 8080, member.connection.weight, {}, {}});
                }
        m_loads.push_back({m_random.between(200, 2500)});
        m_configuration.pools.push_back(std::move(pool));
    }
    for (auto& box : m_boxes) {
        box->appliance.candidate = box->appliance.startup = box->appliance.running;
        auto* raw = box.get();
        raw->appliance.changed = [this, raw](domain::Instant now) { checkMinimum(*raw, now); };
    }
}

Faults World::makeFaults() {
    Faults faults;
    if (m_random.chance(300)) return faults; // an appliance that behaves
    const auto some = [&](int most) { return m_random.chance(500) ? m_random.between(1, most) : 0; };
    faults.refuse = some(60);
    faults.dropBefore = some(40);
    faults.dropAfter = some(40);
    faults.applyLate = some(25);
    faults.unreachable = some(60);
    faults.doubled = some(200);
    faults.delayed = some(60);
    faults.lost = some(6);
    return faults;
}

void World::planTrouble() {
    const auto span = static_cast<int>((m_calmAt - m_now).count());
    if (m_random.chance(150)) m_crashes = m_random.between(20, 300);
    for (std::size_t i = 0; i < m_machines.size(); ++i) {
        if (!m_random.chance(150)) continue;
        const bool agentOnly = m_random.chance(400);
        at(soon(0, span), [this, i, agentOnly](domain::Instant) {
            (agentOnly ? m_machines[i].answers : m_machines[i].alive) = false;
            note(m_machines[i].name.value + (agentOnly ? " falls silent" : " dies"));
        });
    }
    for (auto& box : m_boxes) {
        auto* raw = box.get();
        const std::size_t index = static_cast<std::size_t>(&box - m_boxes.data());
        if (m_random.chance(350)) {
            const auto from = soon(0, span);
            const auto how = m_random.chance(500) ? Southbound::Away::hung : Southbound::Away::cut;
            at(from, [this, raw, how, index](domain::Instant now) {
                note(raw->appliance.name + (how == Southbound::Away::hung ? " hangs" : " is cut off"));
                raw->southbound->away(now, how);
                tellStatus(index);
            });
            at(from + m_random.duration(500, 90000), [this, raw, index](domain::Instant now) {
                note(raw->appliance.name + " is back");
                raw->southbound->away(now, Southbound::Away::no);
                tellStatus(index);
            });
        }
        for (int crashes = m_random.chance(300) ? m_random.between(1, 2) : 0; crashes > 0; --crashes)
            at(soon(0, span), [this, raw](domain::Instant) { restart(*raw); });
        if (m_random.chance(250))
            at(soon(0, span), [this, raw](domain::Instant now) {
                const auto session = raw->appliance.open();
                (void)raw->appliance.lock(session, now);
                note("somebody else locks " + raw->appliance.name);
                at(now + m_random.duration(1000, 40000),
                   [raw, session](domain::Instant) { raw->appliance.close(session); });
            });
    }
    for (std::size_t i = 0; i < m_loads.size(); ++i)
        for (int changes = m_random.between(1, 3); changes > 0; --changes)
            at(soon(0, span), [this, i](domain::Instant) { m_loads[i].total = m_random.between(50, 4000); });
}

void World::planOperator() {
    const auto span = static_cast<int>((m_calmAt - m_now).count());
    for (int asked = m_random.between(0, 4); asked > 0; --asked)
        at(soon(0, span), [this](domain::Instant) {
            const auto& pools = m_configuration.pools;
            const auto pool =
                pools[static_cast<std::size_t>(m_random.between(0, static_cast<int>(pools.size()) - 1))].name;
            const auto server = m_machines[static_cast<std::size_t>(
                                               m_random.between(0, static_cast<int>(m_machines.size()) - 1))]
                                    .name;
            controller::Request request{++m_requests, controller::PlanQuestion{pool}};
            switch (m_random.between(0, 5)) {
            case 0: request.what = controller::Allocate{pool, std::nullopt}; break;
            case 1: request.what = controller::Allocate{pool, server}; break;
            case 2: request.what = controller::Release{pool, server}; break;
            case 3: request.what = controller::Hold{pool}; break;
            case 4: request.what = controller::Resume{}; break;
            default: break;
            }
            m_ledger.asked(request.id);
            give(request);
        });
}

}
