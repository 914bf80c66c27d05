// What operators do: they ask Headgate, and they change their appliances by themselves.

#include "simulation/beside.hpp"
#include "simulation/world.hpp"

#include <algorithm>

namespace headgate::simulation {

void World::planOperator() {
    const auto span = static_cast<int>((m_calmAt - m_now).count());
    for (int asked = m_random.between(0, 5); asked > 0; --asked)
        at(soon(0, span), [this](domain::Instant) { askSomething(); });
    planEdits(span);
}

void World::ask(controller::Request request) {
    if (!m_daemon) return;
    m_ledger.asked(m_now, request.id);
    give(request);
}

void World::askSomething() {
    const auto& pools = m_configuration.pools;
    const auto pick = [&](const auto& list) -> const auto& {
        return list[static_cast<std::size_t>(m_random.between(0, static_cast<int>(list.size()) - 1))];
    };
    const auto pool = pick(pools).name;
    auto server = pick(m_machines).name;
    controller::Request request{++m_requests, controller::PlanQuestion{pool}};
    switch (m_random.between(0, 8)) {
    case 0: request.what = controller::Allocate{pool, std::nullopt}; break;
    case 1: request.what = controller::Allocate{pool, server}; break;
    case 2:
        if (const auto& members = recorded().pool(pool)->members; !members.empty())
            server = pick(members).server;
        request.what = controller::Release{pool, server};
        break;
    case 3: request.what = controller::Hold{pool}; break;
    case 4: request.what = controller::Resume{}; break;
    case 5: request.what = controller::Check{}; break;
    case 6: request.what = controller::Check{m_configuration.appliances.front().name}; break;
    case 7: request.what = controller::Repair{pool}; break;
    default: break;
    }
    note("an operator asks something: " + std::to_string(request.what.index()) + " of " + pool.value);
    ask(request);
}

void World::planEdits(int span) {
    if (m_random.chance(400)) return;
    for (int edits = m_random.between(1, 12); edits > 0; --edits) {
        auto* box =
            m_boxes[static_cast<std::size_t>(m_random.between(0, static_cast<int>(m_boxes.size()) - 1))]
                .get();
        at(soon(0, span), [this, box](domain::Instant) { edit(*box, 20); });
    }
}

/// Tried again while the appliance is locked.
void World::edit(Box& box, int tries) {
    if (m_calm) return;
    if (editOnce(box)) {
        // Its notification may get lost.
        if (m_random.chance(700))
            at(soon(0, 3000), [this, name = domain::ApplianceName{box.appliance.name}](domain::Instant) {
                give(controller::ApplianceChanged{name, "somebody changed it"});
            });
    } else if (tries > 0)
        at(soon(500, 5000), [this, raw = &box, tries](domain::Instant) { edit(*raw, tries - 1); });
}

bool World::editOnce(Box& box) {
    auto& appliance = box.appliance;
    const int which = m_random.between(0, static_cast<int>(appliance.running.size()) - 1);
    const auto object = std::next(appliance.running.begin(), which)->first;
    std::string address;
    const auto change = someEdit(box, object, address);
    if (!change) return true; // nothing to do there
    const auto before = appliance.running[object].size();
    if (!appliance.edit(m_now, change)) return false;
    change(box.expected->objects);
    if (const auto* entry = find(appliance.running[object], address);
        entry && entry->admin == domain::AdminState::draining)
        box.expected->drained({object, address});
    if (appliance.running[object].size() > before) box.expected->accept({object, address}, appliance.running);
    box.expected->touched({object, address}, m_now);
    note("an operator changes " + address + " of " + object + " on " + appliance.name);
    return true;
}

/// Somebody looks at what is new, and gives it leaves of his own.
void World::adorn(const domain::ApplianceName& name, const Expected::Place& place) {
    at(soon(500, 20000), [this, name, place](domain::Instant) {
        auto& box = boxOf(name);
        const auto change = [place](Objects& in) {
            auto* entry = find(in[place.first], place.second);
            if (!entry) return;
            entry->weight = 7;
            entry->leaves["description"] = "new";
        };
        if (m_calm || !find(box.appliance.running[place.first], place.second)) return;
        if (!box.appliance.edit(m_now, change)) return;
        change(box.expected->objects);
        box.expected->touched(place, m_now);
        note("an operator describes " + place.second + " on " + name.value);
    });
}

/// Is its draining ours? Then nobody could tell an operator's from it.
bool World::inTransaction(const std::string& address) const {
    return std::any_of(m_ledger.open().begin(), m_ledger.open().end(), [&](const auto& each) {
        // Whom a repair takes off is nobody's server.
        const auto& written = each.second.written;
        if (written && written->member.connection.address == address) return true;
        const auto machine = std::find_if(m_machines.begin(), m_machines.end(),
                                          [&](const Machine& one) { return one.name == each.second.server; });
        return machine != m_machines.end() && machine->address == address;
    });
}

std::function<void(Objects&)> World::someEdit(Box& box, const std::string& object, std::string& address) {
    const auto& entries = box.appliance.running[object];
    const int kind = m_random.between(0, 9);
    if (kind == 8) {
        // Somebody's server, or one that nobody knows.
        address = m_random.chance(500) ? m_machines.back().address : "10.9.9.9";
        if (std::any_of(entries.begin(), entries.end(),
                        [&](const auto& each) { return each.address == address; }))
            return {};
        return [object, made = Entry{address, 8080, 3}](Objects& in) {
            if (!find(in[object], made.address)) in[object].push_back(made);
        };
    }
    if (entries.empty()) return {};
    const auto& entry =
        entries[static_cast<std::size_t>(m_random.between(0, static_cast<int>(entries.size()) - 1))];
    address = entry.address;
    if (kind == 9)
        // With what stands beside it, or without.
        return [object, address, all = m_random.chance(500)](Objects& in) {
            if (all) takeOff(in[object], address);
            std::erase_if(in[object], [&](const Entry& each) { return each.address == address; });
        };
    auto changed = entry;
    auto admin = static_cast<domain::AdminState>(m_random.between(0, 2));
    if (admin == domain::AdminState::draining && inTransaction(address)) admin = domain::AdminState::disabled;
    const int weight = m_random.between(1, 9);
    const auto words = std::to_string(m_random.between(1, 99));
    return [object, address, kind, admin, was = entry.admin, weight, words](Objects& in) {
        auto* each = find(in[object], address);
        if (!each) return;
        if (kind < 3)
            each->weight = weight;
        else if (kind < 6 && admin != was)
            each->admin = admin;
        else if (kind >= 6)
            each->leaves["description"] = words;
    };
}

}
