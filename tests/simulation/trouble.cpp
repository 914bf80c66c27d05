// What shall go wrong in a history, and the end of all trouble.

#include "simulation/world.hpp"

namespace headgate::simulation {

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
    for (auto& box : m_boxes)
        planTrouble(*box, span);
    for (std::size_t i = 0; i < m_loads.size(); ++i)
        for (int changes = m_random.between(1, 3); changes > 0; --changes)
            at(soon(0, span), [this, i](domain::Instant) { m_loads[i].total = m_random.between(50, 4000); });
    planDaemon(span);
    planSettings(span);
}

void World::planTrouble(Box& box, int span) {
    auto* raw = &box;
    if (m_random.chance(350)) {
        const auto from = soon(0, span);
        const auto how = m_random.chance(500) ? Away::hung : Away::cut;
        at(from, [this, raw, how](domain::Instant now) {
            note(raw->appliance.name + (how == Away::hung ? " hangs" : " is cut off"));
            raw->network.away = how;
            if (how == Away::cut && raw->southbound) raw->southbound->drop(now, m_random.duration(0, 20000));
        });
        at(from + m_random.duration(500, 90000), [this, raw](domain::Instant) {
            note(raw->appliance.name + " is back");
            raw->network.away = Away::no;
        });
    }
    for (int crashes = m_random.chance(300) ? m_random.between(1, 2) : 0; crashes > 0; --crashes)
        at(soon(0, span), [this, raw](domain::Instant) { restart(*raw); });
    for (int kills = m_random.chance(150) ? m_random.between(1, 4) : 0; kills > 0; --kills)
        at(soon(0, span), [this, raw](domain::Instant now) {
            note("somebody ends our session with " + raw->appliance.name);
            if (raw->southbound) raw->southbound->drop(now, domain::Duration(0));
        });
    if (m_random.chance(250))
        at(soon(0, span), [this, raw](domain::Instant now) {
            const auto session = raw->appliance.open(now, "ann");
            (void)raw->appliance.lock(session, now);
            note("somebody else locks " + raw->appliance.name);
            at(now + m_random.duration(1000, 40000),
               [raw, session](domain::Instant) { raw->appliance.close(session); });
        });
    planFailover(box, span);
}

void World::planFailover(Box& box, int span) {
    if (!box.partner || !m_random.chance(300)) return;
    at(soon(0, span), [this, raw = &box](domain::Instant) {
        auto& first = raw->appliance;
        auto& second = raw->partner->appliance;
        std::swap(first.role, second.role);
        note("failover: now " + (first.role == domain::Role::active ? first.name : second.name) +
             " is active");
        // What the one had not got from the other yet may be lost.
        raw->muddled = raw->partner->muddled = true;
    });
}

/// The daemon, its machine and its disk.
void World::planDaemon(int span) {
    for (int ends = m_random.chance(500) ? m_random.between(1, 4) : 0; ends > 0; --ends) {
        const bool power = m_random.chance(250);
        const int effects = m_random.chance(200) ? -1 : m_random.between(0, 60);
        at(soon(0, span), [this, power, effects](domain::Instant) {
            if (effects < 0) return endDaemon(power);
            m_endIn = effects;
            m_powerFails = power;
        });
    }
    for (int full = m_random.chance(200) ? m_random.between(1, 3) : 0; full > 0; --full) {
        const auto from = soon(0, span);
        at(from, [this](domain::Instant) {
            note("the disk is full");
            m_disk->full = true;
        });
        at(from + m_random.duration(1, 60000), [this](domain::Instant) {
            note("the disk has room again");
            m_disk->full = false;
        });
    }
}

/// From now on nothing fails, and no pool has a reason to change.
void World::calm() {
    note("calm");
    m_calm = true;
    m_disk->full = false;
    m_endIn = -1;
    for (auto& box : m_boxes) {
        box->network = {};
        box->appliance.lies = {};
        box->agentSilent = box->agentDoubts = false;
    }
    for (auto& machine : m_machines) {
        // A pool below its minimum, with candidates that never come up, would try one after the other for
        // ever.
        machine.alive = machine.answers = machine.comesUp = true;
        machine.gathering = Machine::Gathering::honest;
        machine.deafness = 0;
        machine.unusable.clear();
        tellRight(machine);
        machine.upAfter = std::min(machine.upAfter, domain::Duration(4000));
    }
    for (auto& load : m_loads)
        load.total = 0;
}

}
