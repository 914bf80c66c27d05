#include "snmp/client_impl.hpp"

#include <algorithm>
#include <cstring>

namespace headgate::snmp {

Client::Impl::Impl(base::EventLoop& loop, const base::Clock& clock, Options options)
    : m_loop(loop)
    , m_clock(clock)
    , m_options(std::move(options))
    , m_salt(randomNumber())
    , m_deadlines(clock.now()) {
    // One that cannot be had should be known at the start, not at the first question.
    socketFor(m_options.source ? m_options.source->family : Endpoint::Family::v4);
}

Client::Impl::Socket& Client::Impl::socketFor(Endpoint::Family family) {
    auto& socket = family == Endpoint::Family::v4 ? m_v4 : m_v6;
    if (socket.udp) return socket;
    Endpoint local;
    local.family = family;
    if (m_options.source && m_options.source->family == family) local = *m_options.source;
    socket.udp = std::make_unique<UdpSocket>(local, m_options.receiveBuffer, UdpSocket::Destinations::untold);
    if (!m_turns) listen(socket);
    return socket;
}

UsmPeer& Client::Impl::peerOf(const Exchange& exchange) {
    const auto target = exchange.sharedTarget();
    auto& peer = m_peers[target.get()];
    if (peer.target.lock() != target) {
        peer.target = target;
        peer.usm.emplace(target->credentials);
    }
    if (m_peers.size() > 2 * m_peersAfterSweep + 16) {
        std::erase_if(m_peers, [](const auto& entry) { return entry.second.target.expired(); });
        m_peersAfterSweep = m_peers.size();
    }
    return *peer.usm;
}

std::uint32_t Client::Impl::begin(const Target& target) {
    const auto place = m_exchanges.add();
    auto& exchange = m_exchanges.at(place);
    exchange.target = &target;
    exchange.started = m_now;
    exchange.triesLeft = static_cast<std::uint16_t>(target.retries);
    return place;
}

void Client::Impl::ask(const TargetPtr& target, Pdu pdu, OnReply done) {
    const Holding holding(*this);
    const auto place = begin(*target);
    auto& exchange = m_exchanges.at(place);
    pdu.requestId = exchange.id;
    exchange.general =
        std::make_unique<Exchange::General>(Exchange::General{target, std::move(pdu), std::move(done)});
    transmit(place);
}

void Client::Impl::poll(const TargetPtr& target, const QuestionPtr& question,
                        const std::shared_ptr<PollListener>& listener) {
    const Holding holding(*this);
    const auto place = begin(*target);
    auto& exchange = m_exchanges.at(place);
    exchange.question = question.get();
    exchange.listener = listener;
    transmit(place);
}

Client::Impl::Template& Client::Impl::templateFor(const Exchange& exchange) {
    const auto& credentials = exchange.target->credentials;
    const std::pair key(exchange.question, credentials.get());
    if (const auto known = m_templates.find(key); known != m_templates.end()) return known->second;
    if (m_templates.size() > 2 * m_templatesAfterSweep + 64) forgetTemplates();
    const auto& question = *exchange.question;
    Pdu pdu{PduType::get, Question::smallestId, 0, 0, {}};
    for (const auto& name : question.names())
        pdu.varbinds.push_back({name, Null{}});
    m_out.clear();
    writeCommunityMessage(m_out, credentials->version(), credentials->community(), pdu);
    auto& made = m_templates[key];
    made.question = exchange.question->shared_from_this();
    made.credentials = credentials;
    made.message.assign(m_out.bytes().begin(), m_out.bytes().end());
    // The PDU is the last of the message.
    made.idOffset = made.message.size() - question.pdu().size() + question.idOffset();
    return made;
}

void Client::Impl::forgetTemplates() {
    // Those that nobody but the table itself knows any more.
    std::erase_if(m_templates, [](const auto& entry) {
        return entry.second.question.use_count() == 1 || entry.second.credentials.use_count() == 1;
    });
    m_templatesAfterSweep = m_templates.size();
}

Bytes Client::Impl::encodeQuestion(const Exchange& exchange) {
    if (!exchange.target->credentials->isV3()) {
        auto& known = templateFor(exchange);
        Question::putId(known.message, known.idOffset, exchange.id);
        return known.message;
    }
    const auto& question = *exchange.question;
    m_patched.assign(question.pdu().begin(), question.pdu().end());
    Question::putId(m_patched, question.idOffset(), exchange.id);
    m_out.clear();
    peerOf(exchange).write(m_out, m_patched, exchange.id, m_salt++, m_now);
    return m_out.bytes();
}

bool Client::Impl::encode(const Exchange& exchange) {
    const auto& credentials = *exchange.target->credentials;
    m_out.clear();
    if (!credentials.isV3()) {
        writeCommunityMessage(m_out, credentials.version(), credentials.community(), exchange.general->pdu);
        return m_out.fits();
    }
    m_pduOut.clear();
    write(m_pduOut, exchange.general->pdu);
    if (!m_pduOut.fits()) return false;
    peerOf(exchange).write(m_out, m_pduOut.bytes(), exchange.id, m_salt++, m_now);
    return m_out.fits();
}

void Client::Impl::transmit(std::uint32_t place) {
    auto& exchange = m_exchanges.at(place);
    exchange.trouble.reset();
    try {
        if (exchange.general && !encode(exchange)) {
            exchange.tooLarge = true;
            exchange.triesLeft = 0;
            setDeadline(place, m_now);
            return;
        }
        const auto datagram = exchange.general ? Bytes(m_out.bytes()) : encodeQuestion(exchange);
        const auto& endpoint = exchange.target->endpoint;
        exchange.sentAt = 0;
        socketFor(endpoint.family).udp->queue(endpoint, datagram, place, &exchange.sentAt);
        ++counters.sent;
    } catch (const std::exception& error) {
        // Such as no IPv6 on this host: a try that failed, as one that the network swallowed.
        exchange.trouble = std::make_unique<std::string>(error.what());
    }
    setDeadline(place, m_now + exchange.target->timeout);
}

void Client::Impl::flush() {
    if (--m_held > 0) return;
    for (auto* socket : {&m_v4, &m_v6}) {
        if (!socket->udp) continue;
        socket->udp->flush();
        for (const auto& failed : socket->udp->failed()) {
            auto& exchange = m_exchanges.at(failed.cookie);
            if (UdpSocket::isFull(failed.error))
                exchange.trouble = std::make_unique<std::string>("this host's send buffer is full");
            else
                exchange.networkError = failed.error;
            --counters.sent;
        }
    }
}

void Client::Impl::setDeadline(std::uint32_t place, base::Instant deadline) {
    m_deadlines.set(place, deadline);
    // A timer that fires too early is armed again then: most questions are answered long before.
    if (!m_armed || deadline < *m_armed) arm();
}

void Client::Impl::arm() {
    const auto first = m_deadlines.next();
    if (!first || (m_armed && *m_armed <= *first)) return;
    m_armed = first;
    m_timer = m_loop.after(std::max(*first - now(), base::Duration(0)), [this] { onTimer(); });
}

void Client::Impl::onTimer() {
    m_armed.reset();
    const Rearm rearm{*this};
    const Holding holding(*this);
    m_deadlines.expire(m_now, [this](std::uint32_t place) { onDeadline(place); });
}

void Client::Impl::armApart() {
    // Not for each of many deadlines that are close together.
    constexpr base::Duration apart(5);
    if (const auto next = m_deadlines.next()) {
        m_armed = std::max(*next, now() + apart);
        m_timer = m_loop.after(*m_armed - now(), [this] { onTimer(); });
    }
}

void Client::Impl::onDeadline(std::uint32_t place) {
    auto& exchange = m_exchanges.at(place);
    if (exchange.triesLeft > 0) {
        --exchange.triesLeft;
        ++counters.retried;
        transmit(place);
        return;
    }
    if (!exchange.tooLarge) ++counters.timedOut;
    fail(place, silence(exchange));
}

Failure Client::Impl::silence(const Exchange& exchange) const {
    if (exchange.tooLarge) return {Failure::Kind::malformed, "the question is larger than a datagram"};
    const auto where = exchange.target->endpoint.print();
    if (exchange.trouble)
        return {Failure::Kind::unreachable, where + " cannot be asked: " + *exchange.trouble};
    if (exchange.networkError != 0)
        return {Failure::Kind::unreachable,
                where + " cannot be reached: " + std::strerror(exchange.networkError)};
    auto text = "no answer from " + where + " to " + std::to_string(exchange.target->retries + 1) + " tries";
    // An agent that cannot decrypt may be silent rather than report it.
    if (exchange.target->credentials->isV3() && exchange.discoveries > 0)
        text += ", though its SNMP engine was there: a wrong privacy password looks like this";
    return {Failure::Kind::timeout, text};
}

}
