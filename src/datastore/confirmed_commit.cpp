// <commit>, <cancel-commit> and what ends a confirmed commit (RFC 6241, sections 8.3.4 and 8.4).
//
//             commit confirmed            commit confirmed: extend
//     idle ────────────────────> pending ──────────────────────────> pending
//       ^                          │ │
//       │   commit: complete       │ │  cancel-commit, owner's end (no persist), time is up: revert
//       └──────────────────────────┘ └──> idle, or, when the participant refuses the revert, tried again

#include "base/log.hpp"
#include "datastore/datastores.hpp"
#include "datastore/refusal.hpp"

namespace headgate::datastore {
namespace {

using namespace std::chrono_literals;

constexpr base::Log logger("datastore");
constexpr auto revertAgainAfter = 5s;

}

const char* toString(ConfirmedCommit event) noexcept {
    switch (event) {
    case ConfirmedCommit::start: return "start";
    case ConfirmedCommit::cancel: return "cancel";
    case ConfirmedCommit::timeout: return "timeout";
    case ConfirmedCommit::extend: return "extend";
    case ConfirmedCommit::complete: return "complete";
    }
    return "start";
}

void Datastores::requireOwn(const Session& session, const std::optional<std::string>& persistId,
                            const char* verb) const {
    const bool matches = m_pending && m_pending->persist && persistId && *m_pending->persist == *persistId;
    if (persistId && !matches)
        throw refusal("invalid-value", "persist-id does not belong to a pending confirmed commit",
                      {{"bad-element", "persist-id"}});
    if (!m_pending || matches) return;
    if (m_pending->persist)
        throw refusal("in-use", std::string("a persistent confirmed commit is pending: ") + verb +
                                    " needs its persist-id");
    if (m_pending->owner.id != session.id)
        throw refusal("in-use",
                      "a confirmed commit of session " + std::to_string(m_pending->owner.id) + " is pending");
}

void Datastores::commit(const Session& session, const CommitRequest& request, base::Instant now) {
    requireNoLockOfOthers(session);
    requireOwn(session, request.persistId, "commit");
    m_access.requireChange(session, m_running, m_candidate.tree());
    auto after = validated(m_candidate.tree().duplicate());
    if (!request.confirmed) return confirm(session, std::move(after));

    const auto event = m_pending ? ConfirmedCommit::extend : ConfirmedCommit::start;
    auto before = m_pending ? m_pending->before.duplicate() : m_running.duplicate();
    setRunning(session, std::move(after));
    // From here on nothing can refuse: a refused confirmed commit leaves nothing to cancel.
    m_pending = Pending{std::move(before), session, false, request.persist, now + request.timeout};
    m_candidate.discard(m_running);
    tell(session, event, request.timeout);
}

void Datastores::confirm(const Session& session, yang::Tree after) {
    setRunningForGood(session, std::move(after));
    const bool completes = m_pending.has_value();
    m_pending.reset();
    m_candidate.discard(m_running);
    if (completes) tell(session, ConfirmedCommit::complete);
}

void Datastores::cancel(const Session& session, const std::optional<std::string>& persistId) {
    requireOwn(session, persistId, "cancel-commit");
    if (!m_pending) throw refusal("operation-failed", "no confirmed commit is pending");
    if (m_locks.heldByOther(Datastore::running, session.id))
        throw refusal("in-use",
                      "running is locked by session " + std::to_string(*m_locks.owner(Datastore::running)));
    revert(session, ConfirmedCommit::cancel);
}

void Datastores::revert(const std::optional<Session>& session, ConfirmedCommit event) {
    setRunning(session, m_pending->before.duplicate());
    m_pending.reset();
    logger.info("confirmed commit reverted", {{"reason", toString(event)}});
    tell(session, event);
}

void Datastores::sessionEnded(SessionId session, base::Instant now) {
    if (m_pending && m_pending->owner.id == session && !m_pending->ownerGone) {
        m_pending->ownerGone = true;
        if (!m_pending->persist) {
            try {
                revert(m_pending->owner, ConfirmedCommit::cancel);
            } catch (const yang::RpcErrors& refused) {
                logger.error("revert refused, running keeps the unconfirmed commit",
                             {{"reason", refused.what()}});
                m_pending->deadline = now + revertAgainAfter;
            }
        }
    }
    for (const auto datastore : {Datastore::running, Datastore::candidate, Datastore::startup}) {
        if (m_locks.owner(datastore) != session) continue;
        m_locks.release(datastore);
        if (datastore == Datastore::candidate) m_candidate.discard(m_running);
    }
}

std::optional<base::Instant> Datastores::deadline() const {
    return m_pending ? std::optional(m_pending->deadline) : std::nullopt;
}

void Datastores::expire(base::Instant now) {
    if (!m_pending || now < m_pending->deadline) return;
    try {
        revert(std::nullopt, ConfirmedCommit::timeout);
    } catch (const yang::RpcErrors& refused) {
        // The facts: running still is what was committed. It is asked for again until it is granted.
        logger.error("revert refused, running keeps the unconfirmed commit", {{"reason", refused.what()}});
        m_pending->deadline = now + revertAgainAfter;
    }
}

void Datastores::tell(const std::optional<Session>& session, ConfirmedCommit event,
                      std::optional<std::chrono::seconds> timeout) const {
    if (m_ports.events) m_ports.events->confirmedCommit(session, event, timeout);
}

}
