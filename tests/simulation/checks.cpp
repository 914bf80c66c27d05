// What must be true: when a transaction says that it has ended, when it confirms, and when all trouble is
// over.

#include "simulation/beside.hpp"
#include "simulation/world.hpp"

#include <algorithm>

namespace headgate::simulation {

using namespace std::chrono_literals;

bool World::holds(const Entries& entries, const domain::Pool& pool) {
    return entries.size() == pool.members.size() &&
           std::all_of(pool.members.begin(), pool.members.end(), [&](const domain::Member& member) {
               return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
                   return entry.address == member.connection.address && entry.port == member.connection.port;
               });
           });
}

/// What the controller believes to be recorded is.
void World::checkRecorded() {
    const auto& believed = m_daemon->controller().configuration().pools;
    const auto& disk = recorded().pools;
    for (std::size_t i = 0; i < disk.size(); ++i)
        if (disk[i].members != believed[i].members || disk[i].held != believed[i].held)
            violation("what is recorded of " + disk[i].name.value + " is not what the controller believes");
}

/// Until a check has proved it the pool changes nothing, and its servers are promised to nobody else.
void World::checkDoubts() {
    const auto doubts = m_ledger.doubted();
    if (doubts.empty()) return;
    const auto snapshot = m_daemon->controller().snapshot(m_now);
    for (const auto& pool : snapshot.pools)
        if (doubts.contains(pool.name) && !pool.alarm.starts_with("blocked by transaction "))
            violation(pool.name.value + " is in doubt, and not blocked: " + pool.alarm);
    for (const auto& [pool, servers] : doubts)
        for (const auto& server : snapshot.servers)
            if (servers.contains(server.name) && server.reservedBy.empty())
                violation(server.name.value + " is in doubt, and not reserved");
}

/// What a transaction says of its end is true at that moment already, not only in the long run.
void World::checkEnded(const controller::Ended& ended) {
    const auto* record = m_ledger.open(ended.view.id);
    if (!record) return;
    std::vector<Expected*> done;
    for (const auto& [name, part] : ended.view.appliances) {
        auto& box = boxOf(name);
        const std::string object = ended.view.pool.value + "-object";
        const auto& doubted = ended.outcome.appliances;
        const bool excused = (ended.outcome.kind == domain::OutcomeKind::indeterminate &&
                              std::find(doubted.begin(), doubted.end(), name) != doubted.end()) ||
                             m_ledger.excused(ended.view.pool, name) ||
                             m_ledger.notSaved(ended.view.pool, name, ended.view.id);
        const bool first = std::find(done.begin(), done.end(), box.expected.get()) == done.end();
        if (first) {
            done.push_back(box.expected.get());
            expectEnd(ended, box, object, excused);
        }
        if (excused || box.muddled || box.appliance.role == domain::Role::standby) continue;
        const auto difference = box.expected->difference(object, box.appliance.running);
        if (!difference.empty())
            violation("transaction " + std::to_string(ended.view.id.value) + " ended " + ended.view.state +
                      ", but on " + name.value + " " + difference);
    }
    checkDataSource(ended);
    if (m_disk->waiting()) m_unwritten.insert(ended.view.id);
}

void World::expectEnd(const controller::Ended& ended, Box& box, const std::string& object, bool excused) {
    const auto* record = m_ledger.open(ended.view.id);
    const auto state = record->written;
    if (!state) return;
    const auto& connection = state->member.connection;
    const Expected::Place place{object, connection.address};
    if (connection.address.empty()) return;
    if (excused) return box.expected->unsure(place);
    // It had ended before, but that could not be written before the daemon died: now another end may be true.
    if (m_unwritten.contains(ended.view.id)) return box.expected->accept(place, box.appliance.running);
    if (ended.view.kind == domain::IntentKind::renew) return expectRenewed(ended, box, place);
    if (ended.view.kind == domain::IntentKind::ramp) return expectRamped(ended, box, place);
    // Who adds the very member that we add cannot be told from us.
    if (domain::adds(ended.view.kind) && box.expected->touchedSince(place, record->begun)) {
        m_ledger.mayDifferAtStartup(ended.view.pool, {box.appliance.name});
        return box.expected->accept(place, box.appliance.running);
    }
    // Nor who takes off whom we are taking off.
    const bool gone = !find(box.expected->objects[object], connection.address);
    if ((gone || record->recovered) && box.expected->touchedSince(place, record->begun))
        return box.expected->accept(place, box.appliance.running);
    if (ended.outcome.kind != domain::OutcomeKind::committed) return;
    box.expected->acceptUnsure(object, box.appliance.running);
    if (box.expected->touchedSince(place, record->begun))
        return box.expected->accept(place, box.appliance.running);
    if (domain::adds(ended.view.kind)) {
        box.expected->committed(place, state->member);
        if (m_random.chance(400)) adorn({box.appliance.name}, place);
    } else
        box.expected->removed(place);
}

/// What operators do to a member meanwhile stays, whatever we do.
void World::expectRenewed(const controller::Ended& ended, Box& box, const Expected::Place& place) {
    const auto* record = m_ledger.open(ended.view.id);
    const auto& former = record->written->plan.member;
    const auto* should = find(box.expected->objects[place.first], place.second);
    const bool touched = box.expected->touchedSince(place, record->begun);
    // But who takes it off, or gives it the weight that we give it, cannot be told from us.
    const bool bare =
        !should || should->uses.empty() == (former.authentication.kind != domain::AuthenticationKind::none);
    const bool weighs = record->written->member.connection.weight != former.connection.weight;
    if (touched && (bare || weighs || record->recovered))
        return box.expected->accept(place, box.appliance.running);
    if (ended.outcome.kind != domain::OutcomeKind::committed) return;
    box.expected->acceptUnsure(place.first, box.appliance.running);
    // Its settings were as recorded: nobody was asked for anything.
    if (record->state != "gathering") box.expected->renewed(place, former, *ended.membership->added);
}

/// Who gives it the weight that we give it cannot be told from us.
void World::expectRamped(const controller::Ended& ended, Box& box, const Expected::Place& place) {
    const auto* record = m_ledger.open(ended.view.id);
    if (box.expected->touchedSince(place, record->begun))
        return box.expected->accept(place, box.appliance.running);
    if (ended.outcome.kind != domain::OutcomeKind::committed) return;
    box.expected->acceptUnsure(place.first, box.appliance.running);
    box.expected->ramped(place, ended.membership->added->connection.weight);
}

/// There is no way back from a confirm: what it is to follow must have been so.
void World::checkConfirm(const transaction::Command& command) {
    const auto* record = m_ledger.open(command.transaction);
    const bool confirms = std::holds_alternative<transaction::Confirm>(command.request);
    if (!record || !confirms || record->state != "confirming" || record->recovered) return;
    const auto& box = boxOf(command.appliance);
    const std::string what = "transaction " + std::to_string(command.transaction.value) + " confirms on " +
                             command.appliance.value;
    const auto counted = m_counted.find({command.transaction, command.appliance});
    if (counted != m_counted.end() && !counted->second && record->kind == domain::IntentKind::allocate)
        violation(what + ", but its SNMP agent said that the member is not up");
    const auto entries = box.appliance.running.find(record->pool.value + "-object");
    if (entries == box.appliance.running.end()) return;
    for (const auto& entry : entries->second) {
        const auto* machine = machineAt(entry.address);
        const bool own = machine && machine->name == record->server;
        if (own && domain::adds(record->kind) && !machine->comesUp)
            violation(what + " a member that never came up");
        if (own && entry.admin == domain::AdminState::enabled && box.appliance.pending() &&
            record->kind != domain::IntentKind::restore && record->kind != domain::IntentKind::ramp &&
            machine->refusesSince(presented(entries->second, entry)) < record->committing &&
            !machine->lets(presented(entries->second, entry), m_now))
            violation(what + ", but its server does not accept the member's settings");
        const bool well = machine && machine->alive && machine->comesUp;
        if (!own && well && entry.disturbed >= record->committing && entry.recovers > m_now &&
            m_now > record->committing + 2s)
            violation(what + ", but its sibling " + entry.address + " is down since the commit");
    }
}

/// Recorded members that are there, do not drain because of us, and are not just being put back by a repair,
/// which may take them off again.
std::size_t World::serving(const Entries& entries, const domain::Pool& pool) const {
    const auto restored = [&](const Entry& entry) {
        return std::any_of(m_ledger.open().begin(), m_ledger.open().end(), [&](const auto& each) {
            const auto* machine = machineAt(entry.address);
            return each.second.kind == domain::IntentKind::restore && each.second.pool == pool.name &&
                   machine && machine->name == each.second.server;
        });
    };
    return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        const bool ours = std::any_of(pool.members.begin(), pool.members.end(), [&](const auto& member) {
            return member.connection.address == entry.address;
        });
        const bool drains = entry.admin == domain::AdminState::draining && inTransaction(entry.address);
        return ours && !drains && !restored(entry);
    }));
}

/// A command of ours never takes a pool below its minimum.
void World::checkMinimum(Box& box, bool byCommand) {
    if (!m_disk) return;
    const bool losing = std::exchange(box.losing, false);
    for (const auto& pool : recorded().pools) {
        const auto object = pool.name.value + "-object";
        const auto now = box.appliance.running.find(object);
        if (now == box.appliance.running.end()) continue;
        auto& before = box.before[object];
        const auto left = serving(now->second, pool);
        if (byCommand && !losing && left < pool.policy.minimum && left < serving(before, pool))
            violation("a command leaves " + pool.name.value + " " + std::to_string(left) + " members on " +
                      box.appliance.name);
        before = now->second;
    }
}

void World::checkBox(Box& box) {
    const auto& appliance = box.appliance;
    if (appliance.locked()) violation(appliance.name + " is still locked");
    if (appliance.pending()) violation(appliance.name + " still has a confirmed commit pending");
    if (!appliance.clean()) violation(appliance.name + " has something left in candidate");
    if (box.muddled) return;
    const auto differing = [&](const std::string& object) {
        const auto difference = box.expected->difference(object, appliance.running);
        if (!difference.empty()) violation("at the end on " + appliance.name + " " + difference);
    };
    differing("mail");
    for (const auto& pool : recorded().pools)
        if (!m_ledger.excused(pool.name, {appliance.name})) differing(pool.name.value + "-object");
}

void World::checkTheEnd(bool repaired) {
    m_ledger.atTheEnd(m_now);
    if (!m_daemon) return violation("headgated does not run");
    checkRecorded();
    std::map<domain::ServerName, domain::PoolName> places;
    for (const auto& pool : recorded().pools) {
        checkPool(pool, repaired);
        for (const auto& member : pool.members)
            if (const auto [entry, first] = places.emplace(member.server, pool.name); !first)
                violation(member.server.value + " is a member of " + entry->second.value + " and of " +
                          pool.name.value);
    }
    for (auto& box : m_boxes)
        checkBox(*box);
    if (const auto late = notRenewed(); repaired && !late.empty()) violation(late);
}

/// Whom no operator has touched authenticates as is recorded, where no restart has lost what was not saved.
void World::checkSettings(const domain::Pool& pool, const domain::PoolPlace& place) {
    auto& box = boxOf(place.appliance);
    auto& entries = box.appliance.running[place.object];
    for (const auto& member : pool.members) {
        const auto* entry = find(entries, member.connection.address);
        const bool touched = box.expected->touchedSince({place.object, member.connection.address}, {});
        if (entry && !touched && presented(entries, *entry) != presented(member.authentication))
            violation(pool.name.value + " on " + place.appliance.value + " was repaired, and " +
                      member.server.value + " does not authenticate there as is recorded");
    }
}

/// Just checked: either it is as recorded, or an alarm says that it is not.
void World::checkPool(const domain::Pool& pool, bool repaired) {
    for (const auto& place : pool.places) {
        auto& box = boxOf(place.appliance);
        const bool as = holds(box.appliance.running[place.object], pool);
        const bool alarm = m_ledger.excused(pool.name, place.appliance);
        const std::string where = pool.name.value + " on " + place.appliance.value;
        if (!as && !alarm && !box.muddled) violation(where + " is not as recorded, and no alarm says so");
        if (as && alarm && !m_ledger.alarmed(pool.name))
            violation(where + " is as recorded, and an alarm says that it is not");
        if (!as && repaired && !box.muddled) violation(where + " was repaired, and is not as recorded");
        for (const auto& entry : box.appliance.running[place.object])
            if (entry.admin == domain::AdminState::draining && (repaired || !alarm) && !box.muddled &&
                !box.expected->drainedByOperator({place.object, entry.address}))
                violation(where + " drains " + entry.address + ", and nobody wants that");
        if (repaired && !box.muddled && !box.restarted) checkSettings(pool, place);
        if (!alarm && !box.muddled && !m_ledger.excusedAtStartup(pool.name, place.appliance) &&
            !holds(box.appliance.startup[place.object], pool))
            violation("startup of " + where + " is not as recorded");
    }
}

}
