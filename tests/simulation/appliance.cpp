#include "simulation/appliance.hpp"

#include <algorithm>

namespace headgate::simulation {
namespace {

using transaction::Done;
using transaction::Refused;
using transaction::Result;

Entry* find(std::vector<Entry>& entries, const domain::ConnectionSettings& connection) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        return entry.address == connection.address && entry.port == connection.port;
    });
    return found == entries.end() ? nullptr : &*found;
}

Result inUse() {
    return Refused{"in-use", "locked by another session", true, false};
}

}

bool sameObjects(const Objects& a, const Objects& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.first == y.first &&
               std::equal(x.second.begin(), x.second.end(), y.second.begin(), y.second.end(),
                          [](const Entry& p, const Entry& q) { return p.same(q); });
    });
}

void Appliance::close(SessionId session) {
    if (session == 0 || m_lock != session) return;
    m_lock = 0;
    candidate = running;
    m_modified = false;
}

void Appliance::restart(domain::Instant now) {
    m_lock = 0;
    m_sessionsBeforeRestart = m_sessions;
    m_pending.reset();
    setRunning(startup, now);
    candidate = running;
    m_modified = false;
}

void Appliance::expire(domain::Instant now) {
    if (!m_pending || now < m_pending->deadline) return;
    auto before = std::move(m_pending->before);
    m_pending.reset();
    setRunning(std::move(before), now);
}

std::optional<domain::Instant> Appliance::revertsAt() const {
    return m_pending ? std::optional(m_pending->deadline) : std::nullopt;
}

void Appliance::setRunning(Objects objects, domain::Instant now) {
    running = std::move(objects);
    if (!m_modified) candidate = running;
    if (changed) changed(now);
}

Result Appliance::lock(SessionId session, domain::Instant now) {
    expire(now);
    if (m_lock == session) return Done{};
    if (m_lock != 0)
        return Refused{"lock-denied", "locked by session " + std::to_string(m_lock), true, false};
    if (m_modified) return Refused{"lock-denied", "candidate has uncommitted changes", true, false};
    if (m_pending && m_pending->owner != session)
        return Refused{"lock-denied", "a confirmed commit of another session is pending", true, false};
    m_lock = session;
    return Done{};
}

Result Appliance::perform(SessionId session, const transaction::Request& request, domain::Instant now) {
    expire(now);
    if (std::holds_alternative<transaction::Lock>(request)) return lock(session, now);
    if (const auto* read = std::get_if<transaction::Read>(&request))
        return transaction::Facts{facts(read->object, read->operational, now)};
    if (const auto* what = std::get_if<transaction::Edit>(&request)) return edit(session, *what, now);
    if (std::holds_alternative<transaction::Validate>(request)) return Done{};
    if (const auto* what = std::get_if<transaction::Commit>(&request)) return commit(session, *what, now);
    if (const auto* what = std::get_if<transaction::Confirm>(&request))
        return confirm(session, what->persistId, now);
    if (const auto* what = std::get_if<transaction::Cancel>(&request))
        return cancel(session, what->persistId, now);
    if (std::holds_alternative<transaction::Save>(request)) {
        startup = running;
        return Done{};
    }
    if (lockedByOther(session)) return inUse();
    candidate = running;
    m_modified = false;
    if (std::holds_alternative<transaction::Unlock>(request)) m_lock = 0;
    return Done{};
}

Result Appliance::edit(SessionId session, const transaction::Edit& edit, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    auto& entries = candidate[edit.object];
    const auto& connection = edit.change.member.connection;
    Entry* entry = find(entries, connection);
    if (edit.change.operation == domain::Operation::add) {
        if (entry) return Refused{"data-exists", connection.address + " exists", false, true};
        entries.push_back(
            {connection.address, connection.port, connection.weight, domain::AdminState::enabled, now});
    } else if (!entry)
        return Refused{"data-missing", connection.address + " does not exist", false, true};
    else if (edit.change.operation == domain::Operation::remove)
        entries.erase(entries.begin() + (entry - entries.data()));
    else if (edit.change.operation == domain::Operation::drain) {
        entry->admin = domain::AdminState::draining;
        entry->since = now;
    } else if (edit.change.operation == domain::Operation::resume)
        entry->admin = domain::AdminState::enabled;
    else
        entry->weight = connection.weight;
    m_modified = true;
    return Done{};
}

Result Appliance::commit(SessionId session, const transaction::Commit& commit, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    if (m_pending) return Refused{"in-use", "a confirmed commit is pending", true, false};
    m_pending = Pending{running, session, commit.persistId, now + commit.window};
    m_modified = false;
    setRunning(candidate, now);
    return Done{};
}

Result Appliance::confirm(SessionId session, const std::string& persist, domain::Instant now) {
    if (lockedByOther(session)) return inUse();
    if (!m_pending || m_pending->persist != persist)
        return Refused{"invalid-value", "persist-id does not belong to a pending confirmed commit", false,
                       false};
    m_pending.reset();
    m_modified = false;
    setRunning(candidate, now);
    return Done{};
}

Result Appliance::cancel(SessionId session, const std::string& persist, domain::Instant now) {
    if (!m_pending || m_pending->persist != persist)
        return Refused{"invalid-value", "persist-id does not belong to a pending confirmed commit", false,
                       false};
    if (lockedByOther(session)) return inUse();
    auto before = std::move(m_pending->before);
    m_pending.reset();
    setRunning(std::move(before), now);
    return Done{};
}

domain::PoolFacts Appliance::facts(const std::string& object, bool operational, domain::Instant now) const {
    domain::PoolFacts made;
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
        if (operational) {
            member.health = health(entry, now);
            member.connections = connections(entry, now);
        }
        made.members.push_back(std::move(member));
    }
    return made;
}

}
