#include "snmp/client.hpp"

#include "base/event_loop.hpp"
#include "snmp/error.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm_peer.hpp"
#include "snmp/walk.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <unordered_map>

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

/// What is remembered of a target between questions.
struct Peer {
    std::weak_ptr<const Target> target; ///< tells a new target at an old one's place in memory
    std::optional<UsmPeer> usm;
};

/// One question on its way.
struct Exchange {
    TargetPtr target;
    Pdu pdu;
    OnReply done;
    base::Instant started{};
    base::Instant deadline{};
    int triesLeft = 0;
    int discoveries = 0;
    int resynchronisations = 0;
    int networkError = 0;
    std::string trouble; ///< why it could not be sent on our side
    bool tooLarge = false;
};

}

class Client::Impl {
  public:
    Impl(base::EventLoop& loop, const base::Clock& clock, Options options)
        : m_loop(loop)
        , m_clock(clock)
        , m_options(std::move(options))
        , m_salt(randomNumber()) {
        // One that cannot be had should be known at the start, not at the first question.
        socketFor(m_options.source ? m_options.source->family : Endpoint::Family::v4);
    }

    void ask(const TargetPtr& target, Pdu pdu, OnReply done);

    Counters counters;

    base::Instant now() const { return m_clock.now(); }

  private:
    struct Socket {
        std::unique_ptr<UdpSocket> udp;
        base::EventLoop::Handle watch;
    };

    Socket& socketFor(Endpoint::Family family);
    std::int32_t freeId();
    Peer& peerOf(const TargetPtr& target);
    void transmit(Exchange& exchange);
    void encode(const Exchange& exchange);
    void setDeadline(Exchange& exchange, base::Instant deadline);
    void arm();
    void onTimer();
    void onDeadline(std::int32_t id);
    void onReadable(UdpSocket& socket);
    void onDatagram(const Endpoint& source, Bytes datagram);
    void onCommunityMessage(const Endpoint& source, Bytes datagram);
    void onV3Message(const Endpoint& source, const V3Message& message);
    Exchange* asked(std::int32_t id, const Endpoint& source);
    void again(Exchange& exchange);
    void answered(Exchange& exchange, Pdu pdu, std::optional<EngineState> engine);
    void fail(Exchange& exchange, Failure failure);
    void finish(std::int32_t id, Reply reply);
    Failure silence(const Exchange& exchange);

    base::EventLoop& m_loop;
    const base::Clock& m_clock;
    const Options m_options;
    std::uint64_t m_salt;
    BerWriter m_out;
    Socket m_v4;
    Socket m_v6;
    std::unordered_map<std::int32_t, Exchange> m_exchanges; ///< by request id, which is the message id too
    std::unordered_map<const Target*, Peer> m_peers;
    std::size_t m_peersAfterSweep = 0;
    std::set<std::pair<base::Instant, std::int32_t>> m_deadlines;
    std::optional<base::Instant> m_armed;
    base::EventLoop::Handle m_timer;
};

Client::Impl::Socket& Client::Impl::socketFor(Endpoint::Family family) {
    auto& socket = family == Endpoint::Family::v4 ? m_v4 : m_v6;
    if (socket.udp) return socket;
    Endpoint local;
    local.family = family;
    if (m_options.source && m_options.source->family == family) local = *m_options.source;
    auto udp = std::make_unique<UdpSocket>(local, m_options.receiveBuffer);
    socket.watch = m_loop.whenReadable(udp->descriptor(), [this, heard = udp.get()] { onReadable(*heard); });
    socket.udp = std::move(udp);
    return socket;
}

std::int32_t Client::Impl::freeId() {
    // Guessing it is what somebody who cannot see the traffic must do to forge an answer.
    while (true) {
        const auto id = static_cast<std::int32_t>(randomNumber() & 0x7fffffff);
        if (id != 0 && !m_exchanges.contains(id)) return id;
    }
}

Peer& Client::Impl::peerOf(const TargetPtr& target) {
    auto& peer = m_peers[target.get()];
    if (peer.target.lock() != target) {
        peer.target = target;
        peer.usm.emplace(target->credentials);
    }
    if (m_peers.size() > 2 * m_peersAfterSweep + 16) {
        std::erase_if(m_peers, [](const auto& entry) { return entry.second.target.expired(); });
        m_peersAfterSweep = m_peers.size();
    }
    return peer;
}

void Client::Impl::ask(const TargetPtr& target, Pdu pdu, OnReply done) {
    const auto id = freeId();
    pdu.requestId = id;
    auto& exchange = m_exchanges[id];
    exchange.target = target;
    exchange.pdu = std::move(pdu);
    exchange.done = std::move(done);
    exchange.started = now();
    exchange.triesLeft = target->retries;
    transmit(exchange);
}

void Client::Impl::encode(const Exchange& exchange) {
    const auto& credentials = *exchange.target->credentials;
    m_out.clear();
    if (credentials.isV3())
        peerOf(exchange.target).usm->write(m_out, exchange.pdu, exchange.pdu.requestId, m_salt++, now());
    else
        writeCommunityMessage(m_out, 1, credentials.community(), exchange.pdu);
}

void Client::Impl::transmit(Exchange& exchange) {
    exchange.trouble.clear();
    try {
        encode(exchange);
        if (!m_out.fits()) {
            exchange.tooLarge = true;
            exchange.triesLeft = 0;
            setDeadline(exchange, now());
            return;
        }
        const auto& endpoint = exchange.target->endpoint;
        if (const int error = socketFor(endpoint.family).udp->send(endpoint, m_out.bytes()); error != 0)
            exchange.networkError = error;
        else
            ++counters.sent;
    } catch (const std::exception& error) {
        // Such as no IPv6 on this host: a try that failed, as one that the network swallowed.
        exchange.trouble = error.what();
    }
    setDeadline(exchange, now() + exchange.target->timeout);
}

void Client::Impl::setDeadline(Exchange& exchange, base::Instant deadline) {
    m_deadlines.erase({exchange.deadline, exchange.pdu.requestId});
    exchange.deadline = deadline;
    m_deadlines.emplace(deadline, exchange.pdu.requestId);
    arm();
}

void Client::Impl::arm() {
    if (m_deadlines.empty()) return;
    const auto first = m_deadlines.begin()->first;
    // A timer that fires too early is armed again then: most questions are answered long before.
    if (m_armed && *m_armed <= first) return;
    m_armed = first;
    m_timer = m_loop.after(std::max(first - now(), base::Duration(0)), [this] { onTimer(); });
}

void Client::Impl::onTimer() {
    m_armed.reset();
    const auto at = now();
    while (!m_deadlines.empty() && m_deadlines.begin()->first <= at)
        onDeadline(m_deadlines.begin()->second);
    arm();
}

void Client::Impl::onDeadline(std::int32_t id) {
    auto& exchange = m_exchanges.at(id);
    if (exchange.triesLeft > 0) {
        --exchange.triesLeft;
        ++counters.retried;
        transmit(exchange);
        return;
    }
    if (!exchange.tooLarge) ++counters.timedOut;
    fail(exchange, silence(exchange));
}

Failure Client::Impl::silence(const Exchange& exchange) {
    if (exchange.tooLarge) return {Failure::Kind::malformed, "the question is larger than a datagram"};
    const auto where = exchange.target->endpoint.print();
    if (!exchange.trouble.empty())
        return {Failure::Kind::unreachable, where + " cannot be asked: " + exchange.trouble};
    if (exchange.networkError != 0)
        return {Failure::Kind::unreachable,
                where + " cannot be reached: " + std::strerror(exchange.networkError)};
    auto text = "no answer from " + where + " to " + std::to_string(exchange.target->retries + 1) + " tries";
    // An agent that cannot decrypt may be silent rather than report it.
    if (exchange.target->credentials->isV3() && exchange.discoveries > 0)
        text += ", though its SNMP engine was there: a wrong privacy password looks like this";
    return {Failure::Kind::timeout, text};
}

void Client::Impl::onReadable(UdpSocket& socket) {
    socket.receiveErrors([this](const Endpoint& destination, int error) {
        // Kept for the reason only: an agent that restarts is unreachable for a moment.
        for (auto& [id, exchange] : m_exchanges)
            if (exchange.target->endpoint == destination) exchange.networkError = error;
    });
    socket.receive(
        [this](const Endpoint& source, const Endpoint&, Bytes datagram) { onDatagram(source, datagram); });
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

Exchange* Client::Impl::asked(std::int32_t id, const Endpoint& source) {
    const auto found = m_exchanges.find(id);
    if (found == m_exchanges.end() || found->second.target->endpoint != source) {
        ++counters.strays;
        return nullptr;
    }
    return &found->second;
}

void Client::Impl::onCommunityMessage(const Endpoint& source, Bytes datagram) {
    const auto message = readCommunityMessage(datagram);
    std::optional<Pdu> pdu;
    if (message) {
        BerReader in(message->pdu);
        pdu = readPdu(in);
    }
    if (!pdu) {
        ++counters.malformed;
        return;
    }
    auto* exchange = asked(pdu->requestId, source);
    if (!exchange) return;
    if (exchange->target->credentials->isV3() || message->version != 1 || pdu->type != PduType::response) {
        ++counters.rejected;
        return;
    }
    answered(*exchange, *std::move(pdu), std::nullopt);
}

void Client::Impl::onV3Message(const Endpoint& source, const V3Message& message) {
    auto* exchange = asked(message.id, source);
    if (!exchange) return;
    if (!exchange->target->credentials->isV3()) {
        ++counters.rejected;
        return;
    }
    auto& peer = *peerOf(exchange->target).usm;
    auto answer = peer.judge(message, now());
    using Kind = UsmPeer::Answer::Kind;
    switch (answer.kind) {
    case Kind::rejected: ++counters.rejected; return;
    case Kind::discovered:
        if (++exchange->discoveries <= 2) return again(*exchange);
        break;
    case Kind::resynchronised:
        if (++exchange->resynchronisations <= 1) return again(*exchange);
        break;
    case Kind::reported:
        // Another question of the same agent may have found out its new engine while this one was on its way.
        if (answer.report == Report::unknownEngine && peer.discovered() && ++exchange->discoveries <= 2)
            return again(*exchange);
        break;
    case Kind::response:
        if (answer.pdu.requestId != exchange->pdu.requestId) {
            ++counters.rejected;
            return;
        }
        std::optional<EngineState> engine;
        if (message.level != SecurityLevel::noAuthNoPriv)
            engine = EngineState{std::string(message.engineId), message.boots, message.time};
        return answered(*exchange, std::move(answer.pdu), std::move(engine));
    }
    fail(*exchange, {Failure::Kind::authentication, exchange->target->endpoint.print() + " reports " +
                                                        std::string(print(answer.report)) + ", user " +
                                                        peer.user().user});
}

void Client::Impl::again(Exchange& exchange) {
    transmit(exchange);
}

void Client::Impl::answered(Exchange& exchange, Pdu pdu, std::optional<EngineState> engine) {
    ++counters.answered;
    Reply reply;
    reply.engine = std::move(engine);
    if (pdu.errorStatus != 0) {
        auto text = exchange.target->endpoint.print() + " answers " + printErrorStatus(pdu.errorStatus);
        const auto index = static_cast<std::size_t>(std::max(pdu.errorIndex, 0));
        if (index > 0 && index <= exchange.pdu.varbinds.size())
            text += " for " + exchange.pdu.varbinds[index - 1].name.print();
        reply.failure = Failure{Failure::Kind::refused, text, pdu.errorStatus, index};
    }
    reply.varbinds = std::move(pdu.varbinds);
    finish(exchange.pdu.requestId, std::move(reply));
}

void Client::Impl::fail(Exchange& exchange, Failure failure) {
    Reply reply;
    reply.failure = std::move(failure);
    finish(exchange.pdu.requestId, std::move(reply));
}

void Client::Impl::finish(std::int32_t id, Reply reply) {
    auto node = m_exchanges.extract(id);
    m_deadlines.erase({node.mapped().deadline, id});
    reply.took = now() - node.mapped().started;
    node.mapped().done(std::move(reply));
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

void Client::walk(const TargetPtr& target, const Oid& subtree, const WalkLimits& limits, OnReply done) {
    auto ask = [impl = m_impl.get(), target](Pdu pdu, OnReply answered) {
        impl->ask(target, std::move(pdu), std::move(answered));
    };
    Walk::start(
        std::move(ask), [impl = m_impl.get()] { return impl->now(); }, subtree, limits, std::move(done));
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

}
