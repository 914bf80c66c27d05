#include "telemetry/in_turn.hpp"

#include <algorithm>
#include <utility>

namespace headgate::telemetry {

namespace {

constexpr base::Duration longest(10'000);

}

void InTurn::begin() {
    m_failure.reset();
    m_requests = 0;
    m_end = m_clock.now() + longest;
}

void InTurn::get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) {
    auto ask = [this, target, names = std::move(names)](snmp::OnReply answered) {
        m_asker.get(target, names, std::move(answered));
    };
    add({std::move(ask), std::move(done)}, target);
}

void InTurn::walk(const snmp::TargetPtr& target, const snmp::Oid& subtree, const snmp::WalkLimits& limits,
                  snmp::OnReply done) {
    auto ask = [this, target, subtree, limits](snmp::OnReply answered) {
        auto fitting = limits;
        fitting.time = std::min(limits.time, m_end - m_clock.now());
        fitting.repetitions = std::min(limits.repetitions, m_repetitions);
        m_asker.walk(target, subtree, fitting,
                     [this, asked = fitting.repetitions, answered = std::move(answered)](snmp::Reply reply) {
                         // By GETNEXT there is none.
                         if (reply.repetitions > 0 && reply.repetitions < asked)
                             m_repetitions = reply.repetitions;
                         answered(std::move(reply));
                     });
    };
    add({std::move(ask), std::move(done)}, target);
}

void InTurn::add(Question question, const snmp::TargetPtr& target) {
    m_waiting.push_back(std::move(question));
    // While one of this poll is being answered, it is for that one's end to go on.
    if (!m_asked) next(target);
}

void InTurn::next(const snmp::TargetPtr& target) {
    while (!m_waiting.empty()) {
        const auto question = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_asked = true;
        if (!m_failure && m_clock.now() >= m_end)
            m_failure = {snmp::Failure::Kind::timeout, "its tables take longer than ten seconds", 0, 0};
        if (!m_failure)
            return question.ask([this, target, done = question.done](snmp::Reply reply) {
                take(reply);
                done(std::move(reply));
                next(target);
            });
        snmp::Reply reply;
        reply.failure = m_failure;
        question.done(std::move(reply));
    }
    m_asked = false;
}

void InTurn::take(const snmp::Reply& reply) {
    using Kind = snmp::Failure::Kind;
    m_requests += reply.requests;
    if (reply.failure && (reply.failure->kind == Kind::timeout || reply.failure->kind == Kind::unreachable))
        m_failure = reply.failure;
}

}
