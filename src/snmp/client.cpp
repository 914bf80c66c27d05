#include "snmp/client.hpp"

#include "snmp/client_impl.hpp"
#include "snmp/walk.hpp"

#include <algorithm>

namespace headgate::snmp {

std::string_view print(Failure::Kind kind) {
    switch (kind) {
    case Failure::Kind::timeout: return "timeout";
    case Failure::Kind::unreachable: return "unreachable";
    case Failure::Kind::authentication: return "authentication";
    case Failure::Kind::refused: return "refused";
    case Failure::Kind::malformed: return "malformed";
    }
    return "";
}

namespace {

/// RFC 3416 §4.2.1: an answer has the names asked, in their order.
void checkNames(Reply& reply, const std::vector<Oid>& names) {
    if (reply.failure) return;
    const auto same = [](const Varbind& varbind, const Oid& name) { return varbind.name == name; };
    if (std::equal(reply.varbinds.begin(), reply.varbinds.end(), names.begin(), names.end(), same)) return;
    reply.varbinds.clear();
    reply.failure =
        Failure{Failure::Kind::malformed, "the agent answers with other objects than were asked for"};
}

}

Client::Client(base::EventLoop& loop, const base::Clock& clock)
    : Client(loop, clock, Options{}) {}

Client::Client(base::EventLoop& loop, const base::Clock& clock, const Options& options)
    : m_impl(std::make_unique<Impl>(loop, clock, options)) {}

Client::~Client() = default;

void Client::get(const TargetPtr& target, std::vector<Oid> names, OnReply done) {
    Pdu pdu;
    pdu.varbinds.reserve(names.size());
    for (const auto& name : names)
        pdu.varbinds.push_back({name, Null{}});
    m_impl->ask(target, std::move(pdu), [names = std::move(names), done = std::move(done)](Reply reply) {
        checkNames(reply, names);
        done(std::move(reply));
    });
}

void Client::poll(const TargetPtr& target, const QuestionPtr& question,
                  const std::shared_ptr<PollListener>& listener) {
    m_impl->poll(target, question, listener);
}

void Client::hold() {
    m_impl->hold();
}

void Client::flush() {
    m_impl->flush();
}

void Client::walk(const TargetPtr& target, const Oid& subtree, const WalkLimits& limits, OnReply done) {
    auto ask = [impl = m_impl.get(), target](Pdu pdu, OnReply answered) {
        impl->ask(target, std::move(pdu), std::move(answered));
    };
    auto fitting = limits;
    if (target->credentials->version() == 0) fitting.repetitions = 0;
    Walk::start(
        std::move(ask), [impl = m_impl.get()] { return impl->now(); }, subtree, fitting, std::move(done));
}

void Client::set(const TargetPtr& target, std::vector<Varbind> values, OnReply done) {
    m_impl->ask(target, Pdu{PduType::set, 0, 0, 0, std::move(values)}, std::move(done));
}

void Client::inform(const TargetPtr& target, std::vector<Varbind> varbinds, OnReply done) {
    m_impl->ask(target, Pdu{PduType::inform, 0, 0, 0, std::move(varbinds)}, std::move(done));
}

const Client::Counters& Client::counters() const {
    return m_impl->counters;
}

std::size_t Client::inFlight() const {
    return m_impl->inFlight();
}

}
