#include "simulation/appliance.hpp"

#include "simulation/beside.hpp"

#include <algorithm>

namespace headgate::simulation {
namespace {

using transaction::Done;
using transaction::Refused;
using transaction::Result;

Result inUse() {
    return Refused{"in-use", "locked by another session", true, false};
}

Result nonePending() {
    return Refused{"invalid-value", "persist-id does not belong to a pending confirmed commit", false, false};
}

std::map<std::string, std::string> leavesOf(const Entry& entry) {
    auto leaves = entry.leaves;
    leaves["weight"] = std::to_string(entry.weight);
    leaves["admin"] = std::to_string(static_cast<int>(entry.admin));
    for (const auto& path : entry.uses)
        leaves["uses " + path] = path;
    return leaves;
}

/// A member that is put back has each leaf that it had.
void takeLeaves(Entry& entry, std::map<std::string, std::string> leaves) {
    if (const auto node = leaves.extract("weight")) entry.weight = std::stoi(node.mapped());
    if (const auto node = leaves.extract("admin"))
        entry.admin = static_cast<domain::AdminState>(std::stoi(node.mapped()));
    std::erase_if(leaves, [&](const auto& leaf) {
        if (!leaf.first.starts_with("uses ")) return false;
        entry.uses.push_back(leaf.second);
        return true;
    });
    entry.leaves = std::move(leaves);
}

}

Entry* find(Entries& entries, const std::string& address) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.address == address; });
    return found == entries.end() ? nullptr : &*found;
}

std::vector<std::string> Appliance::capabilities() const {
    const std::string prefix = "urn:ietf:params:netconf:capability:";
    switch (strategy) {
    case domain::Strategy::confirmed:
        return {prefix + "candidate:1.0", prefix + "confirmed-commit:1.1", prefix + "startup:1.0"};
    case domain::Strategy::candidate: return {prefix + "candidate:1.0", prefix + "startup:1.0"};
    case domain::Strategy::direct:
        return {prefix + "writable-running:1.0", prefix + "rollback-on-error:1.0", prefix + "startup:1.0"};
    }
    return {};
}

SessionId Appliance::open(domain::Instant now, const std::string& user) {
    m_open[++m_sessions] = {user, now};
    return m_sessions;
}

southbound::Logins Appliance::logins() const {
    southbound::Logins logins;
    if (!listsSessions) return logins;
    for (const auto& [session, login] : m_open)
        logins[number(session)] = login;
    return logins;
}

void Appliance::killLockOwner() {
    if (m_lock == 0) return;
    killed(m_open.at(m_lock).user);
    close(m_lock);
}

void Appliance::close(SessionId session) {
    m_open.erase(session);
    if (session == 0 || m_lock != session) return;
    m_lock = 0;
    candidate = running;
    m_modified = false;
}

void Appliance::restart() {
    m_lock = 0;
    m_open.clear();
    m_sessionsBeforeRestart = m_sessions;
    m_pending.reset();
    m_modified = false;
    setRunning(startup);
}

void Appliance::setRunning(Objects objects) {
    running = std::move(objects);
    if (!m_modified) candidate = running;
    if (changed) changed(m_performing);
}

Result Appliance::lock(SessionId session, domain::Instant now) {
    expire(now);
    if (m_lock == session) return Done{};
    if (m_lock != 0) return Refused{"lock-denied", "locked by session " + lockOwner(), true, false};
    if (m_modified) return Refused{"lock-denied", "candidate has uncommitted changes", true, false};
    if (m_pending && m_pending->owner != session)
        return Refused{"lock-denied", "a confirmed commit of another session is pending", true, false};
    m_lock = session;
    return Done{};
}

Result Appliance::perform(SessionId session, const transaction::Request& request, domain::Instant now) {
    expire(now);
    m_performing = true;
    auto result = carryOut(session, request, now);
    m_performing = false;
    return result;
}

namespace {

/// What southbound adds to the answer.
Result foreseeing(Result result, const domain::Change& change) {
    auto* done = std::get_if<transaction::Done>(&result);
    if (!done || change.operation != domain::Operation::update) return result;
    done->foreseen.emplace();
    for (const auto& [path, value] : needed(change.member.connection.address, change.member.authentication))
        done->foreseen->push_back({path, {{"is", value}}});
    return result;
}

}

Result Appliance::carryOut(SessionId session, const transaction::Request& request, domain::Instant now) {
    using namespace transaction;
    if (std::holds_alternative<Lock>(request)) return lock(session, now);
    if (const auto* what = std::get_if<Read>(&request))
        return Facts{facts(what->object, what->operational, now)};
    if (const auto* what = std::get_if<Edit>(&request))
        return foreseeing(edit(session, *what, now), what->change);
    if (const auto* what = std::get_if<Apply>(&request)) return apply(session, *what, now);
    if (const auto* what = std::get_if<Rehearse>(&request)) {
        Objects rehearsal = running;
        return foreseeing(change(rehearsal, what->object, what->change, now), what->change);
    }
    if (std::holds_alternative<Validate>(request)) {
        validate();
        return Done{};
    }
    if (const auto* what = std::get_if<Commit>(&request)) return commit(session, *what, now);
    if (const auto* what = std::get_if<Extend>(&request)) return extend(session, *what, now);
    if (std::holds_alternative<CommitNow>(request)) return commitNow(session, now);
    if (const auto* what = std::get_if<Confirm>(&request)) return confirm(session, what->persistId);
    if (const auto* what = std::get_if<Cancel>(&request)) return cancel(session, what->persistId);
    if (std::holds_alternative<Save>(request)) {
        startup = running;
        return Done{};
    }
    if (lockedByOther(session)) return inUse();
    candidate = running;
    m_modified = false;
    if (std::holds_alternative<Unlock>(request)) m_lock = 0;
    return Done{};
}

Result Appliance::change(Objects& in, const std::string& object, const domain::Change& change,
                         domain::Instant now) {
    using domain::Operation;
    auto& entries = in[object];
    const auto& connection = change.member.connection;
    Entry* entry = find(entries, connection.address);
    if (change.operation == Operation::add || change.operation == Operation::restore) {
        if (entry) return Refused{"data-exists", connection.address + " exists", false, true};
        Entry made{connection.address, connection.port, connection.weight, {}, {}, now, {}, {}};
        if (change.operation == Operation::restore)
            takeLeaves(made, change.leaves);
        else
            use(entries, made, change.member.authentication);
        if (change.operation == Operation::restore)
            for (const auto& native : change.objects)
                entries.beside[native.path] = native.leaves.at("is");
        entries.push_back(std::move(made));
        return Done{};
    }
    if (!entry) return Refused{"data-missing", connection.address + " does not exist", false, true};
    switch (change.operation) {
    case Operation::remove:
        entries.erase(entries.begin() + (entry - entries.data()));
        for (const auto& native : change.objects)
            entries.beside.erase(native.path);
        break;
    case Operation::drain:
        if (drainsInState || entry->admin == domain::AdminState::enabled)
            entry->admin = domain::AdminState::draining;
        entry->since = now;
        break;
    case Operation::resume:
        if (drainsInState || entry->admin == domain::AdminState::draining)
            entry->admin = domain::AdminState::enabled;
        break;
    case Operation::setWeight: entry->weight = connection.weight; break;
    case Operation::update:
        update(entries, *entry, change);
        entry->renewed = now;
        break;
    case Operation::add:
    case Operation::restore: break;
    }
    return Done{};
}

Result Appliance::edit(SessionId session, const transaction::Edit& edit, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    if (m_random.chance(lies.ignored)) return Done{};
    const auto result = change(candidate, edit.object, edit.change, now);
    m_modified = m_modified || std::holds_alternative<Done>(result);
    return result;
}

Result Appliance::apply(SessionId session, const transaction::Apply& apply, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    if (m_random.chance(lies.ignored)) return Done{};
    auto changedTo = running;
    auto result = change(changedTo, apply.object, apply.change, now);
    if (!std::holds_alternative<Done>(result)) return result;
    disturb(changedTo, now);
    setRunning(std::move(changedTo));
    return result;
}

void Appliance::validate() {
    if (!m_modified || !m_random.chance(lies.forgotten)) return;
    candidate = running;
    m_modified = false;
}

/// Each member of the pools that differ is checked anew.
void Appliance::disturb(Objects& objects, domain::Instant now) {
    if (!m_random.chance(lies.disturbing)) return;
    const auto recovers = now + m_random.duration(500, 90000);
    for (auto& [object, entries] : objects) {
        const auto before = running.find(object);
        if (before != running.end() && before->second.same(entries)) continue;
        for (auto& entry : entries) {
            if (health(entries, entry, now) == domain::Health::up) entry.disturbed = now;
            entry.recovers = std::max(entry.recovers, recovers);
        }
    }
}

domain::Instant Appliance::deadline(domain::Instant now, domain::Duration window) {
    return now + window + (lies.timerLate > 0 ? m_random.duration(0, lies.timerLate) : domain::Duration(0));
}

Result Appliance::commit(SessionId session, const transaction::Commit& commit, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    if (m_pending) return Refused{"in-use", "a confirmed commit is pending", true, false};
    m_pending = Pending{running, session, commit.persistId, deadline(now, commit.window)};
    m_modified = false;
    disturb(candidate, now);
    setRunning(candidate);
    return Done{};
}

Result Appliance::extend(SessionId session, const transaction::Extend& extend, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    if (!m_pending || m_pending->persist != extend.persistId) return nonePending();
    m_pending->deadline = deadline(now, extend.window);
    return Done{};
}

Result Appliance::commitNow(SessionId session, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    if (m_pending) return Refused{"in-use", "a confirmed commit is pending", true, false};
    m_modified = false;
    disturb(candidate, now);
    setRunning(candidate);
    return Done{};
}

Result Appliance::confirm(SessionId session, const std::string& persist) {
    if (lockedByOther(session)) return inUse();
    if (!m_pending || m_pending->persist != persist) return nonePending();
    m_pending.reset();
    m_modified = false;
    setRunning(candidate);
    return Done{};
}

Result Appliance::cancel(SessionId session, const std::string& persist) {
    if (!m_pending || m_pending->persist != persist) return nonePending();
    if (lockedByOther(session)) return inUse();
    revert();
    return Done{};
}

void Appliance::revert() {
    auto before = std::move(m_pending->before);
    m_pending.reset();
    if (m_random.chance(lies.partial)) {
        const bool losing = m_random.chance(500);
        for (auto& [object, entries] : before) {
            auto& present = running[object];
            if (entries.same(present) || entries.empty()) continue;
            if (!losing) {
                entries = present;
                continue;
            }
            const auto victim = entries.begin() + m_random.between(0, static_cast<int>(entries.size()) - 1);
            const auto address = victim->address;
            takeOff(entries, address);
            lost(object, address);
        }
    }
    setRunning(std::move(before));
}

bool Appliance::edit(domain::Instant now, const std::function<void(Objects&)>& change) {
    expire(now);
    if (m_lock != 0 || m_pending || m_modified || role == domain::Role::standby) return false;
    change(startup);
    change(running);
    setRunning(running);
    return true;
}

bool Appliance::copy(const Appliance& active) {
    if (m_pending || m_lock != 0) return false;
    m_modified = false;
    startup = active.running;
    setRunning(active.running);
    return true;
}

domain::PoolFacts Appliance::facts(const std::string& object, bool operational, domain::Instant now) const {
    domain::PoolFacts made;
    made.role = role;
    const auto found = running.find(object);
    if (found == running.end()) return made;
    made.exists = true;
    made.members.reserve(found->second.size());
    for (const auto& entry : found->second) {
        domain::MemberFacts member;
        member.key = entry.address + ":" + std::to_string(entry.port);
        member.address = entry.address;
        member.port = entry.port;
        member.weight = entry.weight;
        member.admin = entry.admin;
        member.leaves = leavesOf(entry);
        member.objects = servingAlone(found->second, entry);
        if (operational) {
            member.health = health(found->second, entry, now);
            member.connections = connections(entry, now);
        }
        made.members.push_back(std::move(member));
    }
    return made;
}

}
