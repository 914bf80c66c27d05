#include "snmp/walk.hpp"

#include "snmp/error_status.hpp"

#include <algorithm>

namespace headgate::snmp {

namespace {

using error_status::noSuchName;
using error_status::tooBig;

}

void Walk::start(Ask ask, Now now, const Oid& subtree, const WalkLimits& limits, OnReply done) {
    std::shared_ptr<Walk> walk(new Walk(std::move(ask), std::move(now), subtree, limits, std::move(done)));
    walk->next();
}

Walk::Walk(Ask ask, Now now, const Oid& subtree, const WalkLimits& limits, OnReply done)
    : m_ask(std::move(ask))
    , m_now(std::move(now))
    , m_subtree(subtree)
    , m_limits(limits)
    , m_done(std::move(done))
    , m_started(m_now())
    , m_last(subtree) {}

void Walk::next() {
    // One more than the limit: only then is it known that rows were left out.
    const auto wanted = m_limits.rows - m_result.varbinds.size() + 1;
    const auto repetitions =
        std::min<std::size_t>(m_limits.repetitions, wanted); // in a GETNEXT: no error index, 0
    const auto type = m_limits.repetitions == 0 ? PduType::getNext : PduType::getBulk;
    Pdu pdu{type, 0, 0, static_cast<std::int32_t>(repetitions), {{m_last, Null{}}}};
    m_ask(std::move(pdu), [self = shared_from_this()](Reply reply) { self->onReply(std::move(reply)); });
}

void Walk::onReply(Reply reply) {
    if (reply.engine) m_result.engine = std::move(reply.engine);
    m_result.requests += reply.requests;
    if (reply.failure && reply.failure->errorStatus == tooBig && m_limits.repetitions > 1) {
        m_limits.repetitions /= 2;
        next();
        return;
    }
    // RFC 1157 §4.1.3: there is nothing behind the last.
    if (reply.failure && reply.failure->errorStatus == noSuchName && m_limits.repetitions == 0)
        return finish();
    if (reply.failure) {
        m_result.failure = std::move(reply.failure);
        finish();
        return;
    }
    if (!take(std::move(reply.varbinds))) {
        finish();
    } else if (m_now() - m_started >= m_limits.time) {
        m_result.truncated = true;
        finish();
    } else {
        next();
    }
}

bool Walk::take(std::vector<Varbind> batch) {
    if (batch.empty()) return false;
    for (auto& varbind : batch) {
        if (std::holds_alternative<EndOfMibView>(varbind.value)) return false;
        // Before the subtree test: an agent that goes back would otherwise look like one at its end.
        if (varbind.name <= m_last) {
            m_result.failure =
                Failure{Failure::Kind::malformed, "the agent walks backwards at " + m_last.print()};
            return false;
        }
        if (!m_subtree.isPrefixOf(varbind.name)) return false;
        if (m_result.varbinds.size() == m_limits.rows) {
            m_result.truncated = true;
            return false;
        }
        m_last = varbind.name;
        m_result.varbinds.push_back(std::move(varbind));
    }
    return true;
}

void Walk::finish() {
    m_result.took = m_now() - m_started;
    m_result.repetitions = m_limits.repetitions;
    m_done(std::move(m_result));
}

}
