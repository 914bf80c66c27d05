#include "datastore/datastores.hpp"

#include "base/log.hpp"
#include "datastore/missing.hpp"
#include "datastore/refusal.hpp"
#include "yang/error.hpp"

#include <algorithm>
#include <utility>

namespace headgate::datastore {
namespace {

constexpr base::Log logger("datastore");

/// Of a tree that is not valid.
yang::RpcErrors refusalOf(const yang::Error& error, const yang::Tree& tree) {
    auto errors = yang::toRpcErrors(error).errors();
    for (auto& each : errors)
        locate(each, tree);
    return yang::RpcErrors(std::move(errors));
}

/// `mine` with what made `after` of `before`.
std::optional<yang::Tree> rebased(const yang::Tree& mine, const yang::Tree& before, const yang::Tree& after) {
    try {
        auto next = mine.duplicate();
        next.rebase(before, after);
        return next;
    } catch (const yang::Error& contradiction) {
        // It says something else of the same nodes. Whether that may be is judged when it is committed.
        logger.info("the candidate keeps what contradicts running", {{"reason", contradiction.what()}});
        return std::nullopt;
    }
}

}

Datastores::Datastores(const yang::Context& context, const Options& options, const Ports& ports)
    : m_context(context)
    , m_options(options)
    , m_ports(ports)
    , m_access(options.accessControl)
    , m_running(context)
    , m_validity(context, ports.rules)
    , m_candidate(context)
    , m_startup(context) {
    m_running.addDefaults();
    m_candidate.copy(m_running);
}

void Datastores::start() {
    const auto text = m_ports.storage ? m_ports.storage->load() : std::nullopt;
    if (!text) return;
    auto saved = yang::Tree::parse(m_context, *text, yang::Format::json);
    if (!saved.empty()) saved.validate();
    if (m_options.startup) m_startup = saved.duplicate();
    if (saved.empty()) return;
    if (m_ports.participant) m_ports.participant->apply(m_running, saved);
    m_running = std::move(saved);
    m_runningValid = true;
    m_access.follow(m_running);
    m_candidate.copy(m_running);
    logger.info("running loaded", {{"datastore", m_options.startup ? "startup" : "running"}});
}

const yang::Tree& Datastores::tree(Datastore datastore) const {
    switch (datastore) {
    case Datastore::running: return m_running;
    case Datastore::candidate: return m_candidate.tree();
    case Datastore::startup: return m_startup;
    }
    return m_running;
}

void Datastores::lock(const Session& session, Datastore datastore, base::Instant now) {
    if (const auto owner = m_locks.owner(datastore))
        throw refusal("lock-denied", std::string(toString(datastore)) + " is locked already",
                      {{"session-id", std::to_string(*owner)}});
    if (datastore == Datastore::candidate && m_candidate.modified())
        throw refusal("lock-denied", "the candidate has uncommitted changes", {{"session-id", "0"}});
    if (datastore == Datastore::running && m_pending &&
        (m_pending->ownerGone || m_pending->owner.id != session.id))
        throw refusal("lock-denied", "a confirmed commit of another session is pending",
                      {{"session-id", std::to_string(m_pending->ownerGone ? 0 : m_pending->owner.id)}});
    m_locks.take(datastore, session.id, now);
}

void Datastores::unlock(const Session& session, Datastore datastore) {
    const auto owner = m_locks.owner(datastore);
    if (!owner) throw refusal("operation-failed", std::string(toString(datastore)) + " is not locked");
    if (*owner != session.id)
        throw refusal("lock-denied", std::string(toString(datastore)) + " is locked by another session",
                      {{"session-id", std::to_string(*owner)}});
    m_locks.release(datastore);
    // RFC 6241, section 8.3.5.2: outstanding changes go with the lock.
    if (datastore == Datastore::candidate) m_candidate.discard(m_running);
}

void Datastores::requireAccess(const Session& session, Datastore datastore) const {
    if (m_locks.heldByOther(datastore, session.id))
        throw refusal("in-use", std::string(toString(datastore)) + " is locked by session " +
                                    std::to_string(*m_locks.owner(datastore)));
    if (datastore == Datastore::running && m_pending &&
        (m_pending->ownerGone || m_pending->owner.id != session.id))
        throw refusal("in-use", "a confirmed commit of another session is pending");
}

yang::Tree Datastores::validated(yang::Tree tree) const {
    try {
        m_validity.check(tree);
        return tree;
    } catch (const yang::Error& error) {
        throw refusalOf(error, tree);
    }
}

void Datastores::save(const yang::Tree& tree) const {
    if (!m_ports.storage) return;
    try {
        m_ports.storage->save(tree.print(yang::Format::json, yang::Defaults::asSet, yang::Layout::indented));
    } catch (const std::exception& error) {
        logger.error("configuration not saved", {{"reason", error.what()}});
        throw refusal("operation-failed",
                      std::string("the configuration could not be saved: ") + error.what());
    }
}

void Datastores::setRunning(const std::optional<Session>& session, yang::Tree after) {
    const auto edits = yang::differences(m_running, after);
    if (!edits.empty() && m_ports.participant) m_ports.participant->apply(m_running, after);
    m_running = std::move(after);
    m_runningValid = true;
    m_access.follow(m_running);
    if (m_candidate.modified())
        m_candidate.recountAll(m_running);
    else
        m_candidate.copy(m_running);
    if (!edits.empty() && m_ports.events) m_ports.events->configChanged(session, Datastore::running, edits);
}

void Datastores::setRunningForGood(const Session& session, yang::Tree after) {
    const bool saving = !m_options.startup && m_ports.storage;
    // Saved first: a full disk must refuse the change before it has been made.
    if (saving) save(after);
    try {
        setRunning(session, std::move(after));
    } catch (...) {
        try {
            if (saving) save(m_pending ? m_pending->before : m_running);
        } catch (const yang::RpcErrors&) {
            // Logged by save(); what the client must hear is why its change was refused.
        }
        throw;
    }
}

void Datastores::replace(const Session& session, Datastore datastore, yang::Tree after) {
    requireAccess(session, datastore);
    m_access.requireChange(session, tree(datastore), after);
    if (datastore == Datastore::candidate) {
        after.addDefaults();
        m_candidate.replace(std::move(after), m_running);
        return;
    }
    if (datastore == Datastore::running) {
        auto next = validated(std::move(after));
        if (m_pending)
            setRunning(session, std::move(next));
        else
            setRunningForGood(session, std::move(next));
        return;
    }
    auto next = after.empty() ? std::move(after) : validated(std::move(after));
    save(next);
    const auto edits = yang::differences(m_startup, next);
    m_startup = std::move(next);
    if (!edits.empty() && m_ports.events) m_ports.events->configChanged(session, Datastore::startup, edits);
}

void Datastores::requireNoLockOfOthers(const Session& session) const {
    for (const auto datastore : {Datastore::candidate, Datastore::running})
        if (m_locks.heldByOther(datastore, session.id))
            throw refusal("in-use", std::string(toString(datastore)) + " is locked by session " +
                                        std::to_string(*m_locks.owner(datastore)));
}

void Datastores::edit(const Session& session, yang::Tree part, const yang::Entries& where, Edit mode) {
    requireAccess(session, Datastore::candidate);
    part.addDefaults();
    auto former = yang::cut(m_candidate.tree(), where);
    m_candidate.change(part, where);
    const auto goBack = [&] {
        m_candidate.change(former, where);
        m_candidate.recount(m_running);
    };
    try {
        // Before anything is told of what the session may not even write: of a test too.
        m_access.requireChange(session, former, yang::cut(m_candidate.tree(), where));
        if (mode != Edit::keep) validCandidate();
    } catch (...) {
        goBack();
        throw;
    }
    if (mode == Edit::test) return goBack();
    m_candidate.recount(m_running);
}

yang::Patch Datastores::validCandidate() const {
    const auto& touched = m_candidate.touched();
    if (!m_runningValid || !touched) return {std::nullopt, validated(m_candidate.tree().duplicate())};
    try {
        return {touched, m_validity.part(m_running, m_candidate.tree(), *touched)};
    } catch (const yang::Error& error) {
        throw refusalOf(error, m_candidate.tree());
    }
}

yang::Patch Datastores::toCommit(const Session& session) {
    requireNoLockOfOthers(session);
    // RFC 8341, section 3.2.5: of what others have put there too, what differs must be allowed to this one.
    if (const auto& touched = m_candidate.touched())
        m_access.requireChange(session, yang::cut(m_running, *touched),
                               yang::cut(m_candidate.tree(), *touched));
    else
        m_access.requireChange(session, m_running, m_candidate.tree());
    return validCandidate();
}

void Datastores::follow(const std::optional<Session>& session, const yang::Patch& change) {
    const auto before = change.where ? yang::cut(m_running, *change.where) : std::move(m_running);
    change.apply(m_running);
    m_runningValid = true;
    m_access.follow(m_running);
    if (change.where)
        followPart(*change.where, before);
    else
        followWhole(before);
    const auto edits = change.where ? yang::differences(before, yang::cut(m_running, *change.where))
                                    : yang::differences(before, m_running);
    if (!edits.empty() && m_ports.events) m_ports.events->configChanged(session, Datastore::running, edits);
}

void Datastores::followWhole(const yang::Tree& before) {
    if (!m_candidate.modified() || yang::equal(m_running, m_candidate.tree()))
        return m_candidate.copy(m_running);
    if (auto next = rebased(m_candidate.tree(), before, m_running))
        m_candidate.replace(std::move(*next), m_running);
    else
        m_candidate.recountAll(m_running);
}

void Datastores::followPart(const yang::Entries& where, const yang::Tree& before) {
    const auto after = yang::cut(m_running, where);
    auto mine = yang::cut(m_candidate.tree(), where);
    if (yang::equal(mine, before) || yang::equal(mine, after))
        m_candidate.change(after, where);
    else if (auto next = rebased(mine, before, after))
        m_candidate.change(*next, where);
    m_candidate.recount(m_running, where);
}

void Datastores::committed(const yang::Patch& change) {
    const auto& touched = m_candidate.touched();
    if (!change.where || !touched) {
        auto whole = m_running.duplicate();
        change.apply(whole);
        if (yang::equal(m_candidate.tree(), whole)) m_candidate.discard(m_running);
        return;
    }
    const auto& where = *change.where;
    const bool elsewhere = !std::includes(where.begin(), where.end(), touched->begin(), touched->end());
    if (!elsewhere && yang::differing(m_candidate.tree(), change.part, where).empty())
        m_candidate.discard(m_running);
}

void Datastores::discard(const Session& session) {
    requireAccess(session, Datastore::candidate);
    m_candidate.discard(m_running);
}

}
