#include "snmp/client_impl.hpp"

#include <algorithm>
#include <unordered_map>

namespace headgate::snmp {

namespace {

constexpr base::Duration turn(10);     // between two looks while much is heard
constexpr std::size_t muchHeard = 16;  // in one turn: then turns are worth it
constexpr std::size_t littleHeard = 4; // in one turn, for `quietTurns` of them: then they are not
constexpr int quietTurns = 25;

}

void Client::Impl::listen(Socket& socket) {
    if (socket.udp) socket.watch = m_loop.whenReadable(socket.udp->descriptor(), [this] { onReadable(); });
}

void Client::Impl::hear() {
    const Holding holding(*this);
    m_heardThisTurn += receive(m_v4) + receive(m_v6);
}

void Client::Impl::onReadable() {
    const auto at = now();
    if (at - m_turnBegan >= turn) {
        m_turnBegan = at;
        m_heardThisTurn = 0;
    }
    hear();
    if (m_heardThisTurn < muchHeard || m_turns) return;
    // A wake-up for each answer would cost more than the answers.
    m_v4.watch.cancel();
    m_v6.watch.cancel();
    m_quietTurns = 0;
    m_turns = m_loop.every(turn, [this] { workInTurns(); });
}

void Client::Impl::workInTurns() {
    m_heardThisTurn = 0;
    hear();
    // There may be more: after the others on the loop have had their turn.
    if (m_heardThisTurn >= UdpSocket::mostAtOnce)
        m_more = m_loop.after(base::Duration(0), [this] { workInTurns(); });
    m_quietTurns = m_heardThisTurn < littleHeard ? m_quietTurns + 1 : 0;
    if (m_quietTurns < quietTurns) return;
    m_turns.cancel();
    listen(m_v4);
    listen(m_v6);
}

std::size_t Client::Impl::receive(Socket& socket) {
    if (!socket.udp) return 0;
    auto& udp = *socket.udp;
    const auto heard = udp.receive([this, &udp](const Endpoint& source, const Endpoint&, Bytes datagram) {
        m_arrived = udp.arrived();
        onDatagram(source, datagram);
    });
    noteErrors(udp);
    return heard;
}

void Client::Impl::noteErrors(UdpSocket& socket) {
    std::unordered_map<Endpoint, int> errors;
    socket.receiveErrors([&](const Endpoint& destination, int error) { errors[destination] = error; });
    if (errors.empty()) return;
    // Kept for the reason only: an agent that restarts is unreachable for a moment.
    for (auto& exchange : m_exchanges.all()) {
        if (exchange.id == 0) continue;
        const auto found = errors.find(exchange.target->endpoint);
        if (found != errors.end()) exchange.networkError = found->second;
    }
}

void Client::Impl::onDatagram(const Endpoint& source, Bytes datagram) {
    const auto version = messageVersion(datagram);
    if (!version) {
        ++counters.malformed;
    } else if (*version == 3) {
        if (const auto message = readV3Message(datagram))
            onV3Message(source, *message);
        else
            ++counters.malformed;
    } else {
        onCommunityMessage(source, datagram);
    }
}

std::uint32_t Client::Impl::asked(std::int32_t id, const Endpoint& source) {
    const auto place = m_exchanges.find(id);
    if (place != ExchangeTable::none && m_exchanges.at(place).target->endpoint == source) return place;
    ++counters.strays;
    return ExchangeTable::none;
}

void Client::Impl::onCommunityMessage(const Endpoint& source, Bytes datagram) {
    const auto message = readCommunityMessage(datagram);
    const auto id = message ? requestIdOf(message->pdu) : std::nullopt;
    if (!id) {
        ++counters.malformed;
        return;
    }
    const auto place = asked(*id, source);
    if (place == ExchangeTable::none) return;
    const bool response = message->pdu[0] == static_cast<std::uint8_t>(PduType::response);
    if (message->version != m_exchanges.at(place).target->credentials->version() || !response) {
        ++counters.rejected;
        return;
    }
    answered(place, message->pdu, nullptr);
}

void Client::Impl::onV3Message(const Endpoint& source, const V3Message& message) {
    const auto place = asked(message.id, source);
    if (place == ExchangeTable::none) return;
    auto& exchange = m_exchanges.at(place);
    if (!exchange.target->credentials->isV3()) {
        ++counters.rejected;
        return;
    }
    auto& peer = peerOf(exchange);
    const auto answer = peer.judge(message, m_now);
    using Kind = UsmPeer::Answer::Kind;
    switch (answer.kind) {
    case Kind::rejected: ++counters.rejected; return;
    case Kind::discovered:
        if (++exchange.discoveries <= 2) return transmit(place);
        break;
    case Kind::resynchronised:
        if (++exchange.resynchronisations <= 1) return transmit(place);
        break;
    case Kind::reported:
        if (answer.report == Report::unknownEngine && peer.discovered()) {
            // Of the engine that is known: a copy of the report that told of it, while it is asked in its own
            // name already; or another question has found it out while this one was on its way.
            if (exchange.discoveries > 0) {
                ++counters.rejected;
                return;
            }
            ++exchange.discoveries;
            return transmit(place);
        }
        break;
    case Kind::response:
        if (requestIdOf(answer.pdu) != exchange.id) {
            ++counters.rejected;
            return;
        }
        if (answer.change && m_options.onEngineChange)
            m_options.onEngineChange(exchange.sharedTarget(), *answer.change);
        return answered(place, answer.pdu, message.level == SecurityLevel::noAuthNoPriv ? nullptr : &message);
    }
    fail(place, {Failure::Kind::authentication, exchange.target->endpoint.print() + " reports " +
                                                    std::string(print(answer.report)) + ", user " +
                                                    peer.user().user});
}

void Client::Impl::answered(std::uint32_t place, Bytes pdu, const V3Message* engine) {
    if (m_exchanges.at(place).general)
        answeredGeneral(place, pdu, engine);
    else
        answeredQuestion(place, pdu, engine);
}

std::optional<std::chrono::microseconds> Client::Impl::tookOf(const Exchange& exchange) const {
    using namespace std::chrono;
    if (exchange.triesLeft != exchange.target->retries) return std::nullopt;
    const auto steady = duration_cast<microseconds>(m_now - exchange.started);
    const auto measured = microseconds((m_arrived - exchange.sentAt) / 1000);
    // Somebody may have set the wall clock in between.
    if (m_arrived == 0 || exchange.sentAt == 0 || measured.count() < 0) return steady;
    return std::min<microseconds>(measured, steady + milliseconds(1));
}

void Client::Impl::answeredQuestion(std::uint32_t place, Bytes pdu, const V3Message* engine) {
    const auto answer = m_exchanges.at(place).question->read(pdu, m_cells);
    if (!answer) {
        ++counters.malformed;
        return;
    }
    ++counters.answered;
    const auto exchange = finish(place);
    PollReply reply;
    reply.at = m_now;
    reply.took = tookOf(exchange);
    reply.requests = requestsOf(exchange);
    if (engine) {
        reply.engineId = engine->engineId;
        reply.engineBoots = engine->boots;
        reply.engineTime = engine->time;
    }
    std::optional<Failure> failure;
    if (answer->errorStatus != 0)
        failure = refusal(exchange, answer->errorStatus, answer->errorIndex);
    else if (answer->otherNames)
        failure = Failure{Failure::Kind::malformed, exchange.target->endpoint.print() +
                                                        " answers with other objects than were asked for"};
    else
        reply.cells = m_cells;
    if (failure) reply.failure = &*failure;
    exchange.listener->onPollReply(reply);
}

void Client::Impl::answeredGeneral(std::uint32_t place, Bytes pdu, const V3Message* engine) {
    BerReader in(pdu);
    auto read = readPdu(in);
    if (!read) {
        ++counters.malformed;
        return;
    }
    ++counters.answered;
    auto exchange = finish(place);
    Reply reply;
    if (engine) reply.engine = EngineState{std::string(engine->engineId), engine->boots, engine->time};
    if (read->errorStatus != 0) reply.failure = refusal(exchange, read->errorStatus, read->errorIndex);
    reply.varbinds = std::move(read->varbinds);
    reply.took = m_now - exchange.started;
    reply.requests = requestsOf(exchange);
    exchange.general->done(std::move(reply));
}

void Client::Impl::fail(std::uint32_t place, Failure failure) {
    const auto exchange = finish(place);
    if (exchange.general) {
        Reply reply;
        reply.failure = std::move(failure);
        reply.took = m_now - exchange.started;
        reply.requests = requestsOf(exchange);
        exchange.general->done(std::move(reply));
        return;
    }
    PollReply reply;
    reply.at = m_now;
    reply.requests = requestsOf(exchange);
    reply.failure = &failure;
    exchange.listener->onPollReply(reply);
}

Exchange Client::Impl::finish(std::uint32_t place) {
    m_deadlines.cancel(place);
    return m_exchanges.take(place);
}

std::uint32_t requestsOf(const Exchange& exchange) {
    const auto retries = exchange.target->retries - exchange.triesLeft;
    return 1U + static_cast<std::uint32_t>(retries) + exchange.discoveries + exchange.resynchronisations;
}

Failure refusal(const Exchange& exchange, int errorStatus, int errorIndex) {
    auto text = exchange.target->endpoint.print() + " answers " + printErrorStatus(errorStatus);
    const auto index = static_cast<std::size_t>(std::max(errorIndex, 0));
    const auto* name = static_cast<const Oid*>(nullptr);
    if (exchange.general) {
        const auto& varbinds = exchange.general->pdu.varbinds;
        if (index > 0 && index <= varbinds.size()) name = &varbinds[index - 1].name;
    } else if (const auto& names = exchange.question->names(); index > 0 && index <= names.size()) {
        name = &names[index - 1];
    }
    if (name) text += " for " + name->print();
    return {Failure::Kind::refused, text, errorStatus, index};
}

}
