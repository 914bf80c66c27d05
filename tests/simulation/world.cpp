#include "simulation/world.hpp"

#include "simulation/beside.hpp"

#include <algorithm>

namespace headgate::simulation {

using namespace std::chrono_literals;

namespace {

constexpr domain::Instant beginning{1'700'000'000'000ms};
constexpr domain::Duration settleAtLeast = 150s;
constexpr domain::Duration settleAtMost = 60min;
constexpr domain::Duration pollEvery = 10s;

}

World::World(std::uint64_t seed, bool trace)
    : m_random(seed)
    , m_trace(trace)
    , m_now(beginning) {
    m_calmAt = m_now + m_random.duration(60000, 400000);
    if (m_random.chance(300)) m_tickLate = m_random.between(1, 3000);
    makeServers();
    makeAppliances();
    makePools();
    makeRamps(Random(~seed));
    m_disk = std::make_unique<Disk>(m_configuration);
    planTrouble();
    planOperator();
    for (std::size_t i = 0; i < m_machines.size(); ++i)
        at(soon(0, static_cast<int>(pollEvery.count())), [this, i](domain::Instant) { poll(i); });
    at(m_calmAt, [this](domain::Instant) { calm(); });
}

void World::at(domain::Instant when, std::function<void(domain::Instant)> what) {
    m_due.push_back({std::max(when, m_now), ++m_sequence, std::move(what)});
    std::push_heap(m_due.begin(), m_due.end());
}

bool World::until(domain::Instant limit, const std::function<bool()>& holds) {
    while (!m_due.empty() && m_ledger.violations.empty()) {
        if (holds()) return true;
        if (m_due.front().at > limit) return false;
        std::pop_heap(m_due.begin(), m_due.end());
        const Due due = std::move(m_due.back());
        m_due.pop_back();
        m_now = due.at;
        for (auto& box : m_boxes)
            box->appliance.expire(m_now);
        due.what(m_now);
    }
    return false;
}

bool World::idle() const {
    return m_daemon && m_ledger.open().empty() && !m_ledger.unanswered();
}

/// Trouble, calm, then an operator who checks all, repairs what differs, and checks again.
const std::vector<std::string>& World::run() {
    startDaemon();
    const auto& violations = m_ledger.violations;
    until(m_calmAt + settleAtMost, [this] { return m_calm && m_now >= m_calmAt + settleAtLeast && idle(); });
    for (const bool repaired : {false, true}) {
        if (!violations.empty()) return violations;
        note(repaired ? "an operator repairs" : "an operator checks");
        if (repaired)
            for (const auto& pool : m_configuration.pools)
                for (int tries = 0; tries < 5 && violations.empty() && m_ledger.alarmed(pool.name); ++tries) {
                    ask({++m_requests, controller::Repair{pool.name}});
                    until(m_now + settleAtMost, [this] { return idle(); });
                }
        ask({++m_requests, controller::Check{}});
        until(m_now + settleAtMost, [this] { return idle(); });
        // Checks may lead to repairs and adoptions of their own.
        const auto from = m_now;
        until(m_now + settleAtMost, [this, from] { return m_now >= from + 30s && idle(); });
        // What was tried in vain is tried again when everything is well.
        if (repaired) until(m_now + settleAtMost, [this] { return idle() && notRenewed().empty(); });
        if (violations.empty()) checkTheEnd(repaired);
    }
    return violations;
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
        const auto& pools = recorded().pools;
        for (std::size_t i = 0; i < pools.size(); ++i)
            if (pools[i].member(machine.name))
                // While it is calm every pool is where nothing needs to be done.
                utilisation =
                    m_calm ? 500
                           : std::min(1200, m_loads[i].total / static_cast<int>(pools[i].members.size()));
        sample.readings.set("cpu", utilisation);
        sample.applications[{"web"}] =
            machine.alive ? domain::ApplicationState::running : domain::ApplicationState::notRunning;
        if (machine.revision > 0) sample.revisions[{"web"}] = machine.revision;
    }
    give(sample);
}

const Machine* World::machineAt(const std::string& address) const {
    const auto found = std::find_if(m_machines.begin(), m_machines.end(),
                                    [&](const Machine& machine) { return machine.address == address; });
    return found == m_machines.end() ? nullptr : &*found;
}

World::Box& World::boxOf(const domain::ApplianceName& name) {
    return **std::find_if(m_boxes.begin(), m_boxes.end(),
                          [&](const auto& box) { return box->appliance.name == name.value; });
}

domain::Health World::healthOf(const Entries& entries, const Entry& entry, domain::Instant now) {
    const auto* machine = machineAt(entry.address);
    if (!machine || !machine->alive || entry.port != 8080 || !machine->comesUp) return domain::Health::down;
    if (now < entry.recovers) return domain::Health::down;
    if (now >= entry.renewed + machine->noticedAfter && !machine->lets(presented(entries, entry), now))
        return domain::Health::down;
    const bool checked = entry.admin != domain::AdminState::enabled || now >= entry.since + machine->upAfter;
    return checked ? domain::Health::up : domain::Health::checking;
}

/// What it has now is what it should have; of the members of transactions nobody knows.
void World::acceptRestart(Box& box) {
    box.expected->objects = box.appliance.running;
    for (const auto& machine : m_machines)
        if (inTransaction(machine.address))
            for (const auto& [object, entries] : box.appliance.running)
                box.expected->unsure({object, machine.address});
}

void World::restart(Box& box) {
    note(box.appliance.name + " restarts from startup");
    if (box.southbound) box.southbound->drop(m_now, 0s);
    box.appliance.restart();
    box.restarted = true;
    // What had not been saved is lost, and that is nobody's wrong but its own.
    if (!box.partner) acceptRestart(box);
    box.muddled = box.muddled || box.partner;
}

/// The worst moments to restart are those around a commit.
void World::mayCrash(Box& box, const transaction::Request& request) {
    const bool commits = std::holds_alternative<transaction::Commit>(request) ||
                         std::holds_alternative<transaction::CommitNow>(request) ||
                         std::holds_alternative<transaction::Apply>(request) ||
                         std::holds_alternative<transaction::Confirm>(request);
    if (!commits || m_calm || m_crashes == 0 || !m_random.chance(m_crashes)) return;
    at(soon(0, 150), [this, raw = &box](domain::Instant) { restart(*raw); });
}

void World::copyLater(Box& active) {
    if (!active.partner || active.appliance.role != domain::Role::active || active.copying) return;
    active.copying = true;
    at(soon(200, 3000), [this, raw = &active](domain::Instant) {
        raw->copying = false;
        if (raw->appliance.role != domain::Role::active) return;
        if (!raw->partner->appliance.copy(raw->appliance)) copyLater(*raw);
    });
}

}
