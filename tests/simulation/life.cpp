// The daemon's life: it starts, is told what happens, does what its controller wants, and ends in the middle
// of that.

#include "simulation/world.hpp"

#include <algorithm>

namespace headgate::simulation {

using namespace std::chrono_literals;

void World::startDaemon() {
    note("headgated starts");
    const auto generation = ++m_generation;
    m_tickAt.reset();
    m_counted.clear();
    m_disk->processEnds();
    m_daemon = std::make_unique<Daemon>(
        *m_disk, [this](const controller::Effect& effect, bool written) { return perform(effect, written); });
    for (auto& box : m_boxes) {
        box->southbound = std::make_shared<Southbound>(
            box->appliance, m_random, box->network,
            [this](domain::Instant when, std::function<void(domain::Instant)> what) {
                at(when, std::move(what));
            },
            [this](const controller::Input& input) {
                if (const auto* reply = std::get_if<transaction::Reply>(&input)) {
                    m_ledger.reply(*reply);
                    noteReply(*reply);
                }
                give(input);
            });
        at(soon(0, 500), [raw = box->southbound](domain::Instant now) { raw->connect(now); });
    }
    m_ledger.restarted(m_now, m_daemon->found(), m_disk->doubts(), m_disk->alarms());
    m_daemon->start(m_now);
    if (generation != m_generation || !m_daemon) return;
    m_ledger.lookedAfter(m_now);
    checkDoubts();
    tickWhenDue();
    at(m_now + 1s, [this](domain::Instant) { retryDisk(); });
}

void World::endDaemon(bool power) {
    if (!m_daemon) return;
    note(power ? "the machine of headgated loses its power" : "headgated is killed");
    ++m_crashed;
    ++m_generation;
    m_endIn = -1;
    m_daemon->kill();
    m_dead.push_back(std::move(m_daemon));
    for (auto& box : m_boxes) {
        box->southbound->die(m_now);
        m_gone.push_back(std::move(box->southbound));
    }
    if (power)
        m_disk->powerFails();
    else
        m_disk->processEnds();
    at(m_random.chance(500) ? soon(0, 2000) : soon(0, 120000), [this](domain::Instant) {
        if (!m_daemon) startDaemon();
    });
}

/// Between two effects is the worst time to end.
bool World::mayEnd(const controller::Effect& effect) {
    if (m_endIn < 0 || std::holds_alternative<domain::Event>(effect)) return false;
    if (m_endIn-- > 0) return false;
    endDaemon(std::exchange(m_powerFails, false));
    return true;
}

void World::give(const controller::Input& input) {
    if (!m_daemon) return;
    m_daemon->handle(m_now, input);
    // One that was killed meanwhile is not on the stack any more.
    m_dead.clear();
    if (m_daemon) tickWhenDue();
}

bool World::perform(const controller::Effect& effect, bool written) {
    noteEffect(effect);
    if (!written) note("    (not written)");
    // What is on the disk counts, even if nobody was told.
    if (const auto* ended = std::get_if<controller::Ended>(&effect)) {
        checkEnded(*ended);
        m_ledger.effect(m_now, effect);
        if (ended->membership) reconfigure();
        return !mayEnd(effect);
    }
    if (std::holds_alternative<controller::DoubtEnded>(effect)) {
        m_ledger.effect(m_now, effect);
        return !mayEnd(effect);
    }
    if (mayEnd(effect)) return false;
    if (const auto* command = std::get_if<transaction::Command>(&effect)) checkConfirm(*command);
    m_ledger.effect(m_now, effect);
    if (std::holds_alternative<controller::Adopted>(effect) ||
        std::holds_alternative<controller::HoldChanged>(effect))
        reconfigure();
    if (const auto* command = std::get_if<transaction::Command>(&effect))
        submit(*command);
    else if (const auto* question = std::get_if<transaction::Gather>(&effect))
        gather(*question);
    else if (const auto* wish = std::get_if<transaction::Assign>(&effect))
        assign(*wish);
    else if (const auto* counting = std::get_if<transaction::Observe>(&effect))
        observe(*counting);
    return true;
}

void World::submit(const transaction::Command& command) {
    auto& box = boxOf(command.appliance);
    mayCrash(box, command.request);
    box.southbound->submit(m_now, command);
}

/// Whoever changes what is recorded is told of it like everybody else.
void World::reconfigure() {
    at(m_now, [this, generation = m_generation](domain::Instant) {
        if (generation != m_generation) return;
        checkRecorded();
        give(controller::Configured{recorded()});
    });
}

void World::retryDisk() {
    if (!m_daemon) return;
    m_daemon->retry(m_now);
    m_dead.clear();
    if (!m_daemon) return;
    checkDoubts();
    tickWhenDue();
    at(m_now + 1s, [this, generation = m_generation](domain::Instant) {
        if (generation == m_generation) retryDisk();
    });
}

void World::tickWhenDue() {
    const auto next = m_daemon->controller().nextDeadline();
    if (!next) return;
    if (m_tickAt && *m_tickAt <= *next && *m_tickAt > m_now) return;
    m_tickAt = std::max(*next, m_now);
    const auto late = m_tickLate > 0 && !m_calm ? m_random.duration(0, m_tickLate) : 0ms;
    at(*m_tickAt + late, [this, when = *m_tickAt, generation = m_generation](domain::Instant now) {
        if (generation != m_generation || m_tickAt != when) return;
        m_tickAt.reset();
        give(controller::Tick{});
        if (!m_daemon) return;
        if (const auto again = m_daemon->controller().nextDeadline(); again && *again <= now)
            violation("the controller asks for the same tick again and again");
    });
}

void World::observe(const transaction::Observe& observe) {
    at(soon(1, 200), [this, observe, generation = m_generation](domain::Instant now) {
        if (generation != m_generation) return;
        auto& box = boxOf(observe.appliance);
        transaction::Observed observed{observe.transaction, observe.appliance, !box.agentSilent, {}, {}};
        if (box.agentSilent) observed.reason = "timeout";
        const auto* record = m_ledger.open(observe.transaction);
        bool good = true;
        const auto& entries = box.appliance.running[observe.object];
        if (!box.agentSilent)
            for (const auto& entry : entries) {
                const auto* machine = machineAt(entry.address);
                const bool own = machine && record && machine->name == record->server;
                const bool up =
                    healthOf(entries, entry, now) == domain::Health::up && !(own && box.agentDoubts);
                const auto served = static_cast<std::uint64_t>((now - entry.since).count() / 100);
                observed.members.push_back(
                    {entry.address + ":" + std::to_string(entry.port), up, 3, up ? served + 1 : 0});
                if (own) good = up;
            }
        m_counted[{observe.transaction, observe.appliance}] = good;
        give(observed);
    });
}

}
