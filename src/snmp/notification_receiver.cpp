#include "snmp/notification_receiver.hpp"

#include "base/event_loop.hpp"
#include "snmp/error.hpp"
#include "snmp/local_engine.hpp"
#include "snmp/notification_content.hpp"
#include "snmp/pdu.hpp"
#include "snmp/recent.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm_authority.hpp"

#include <algorithm>

namespace headgate::snmp {

namespace {

constexpr unsigned informsRemembered = 14; // bits: 16,384 of them
// An informer gives up sooner; its request ids come again later (RFC 3414's window is as good as any).
constexpr base::Duration informsApart = std::chrono::seconds(150);

}

class NotificationReceiver::Impl {
  public:
    Impl(base::EventLoop& loop, const base::Clock& clock, const Options& options, OnNotification heard)
        : m_loop(loop)
        , m_clock(clock)
        , m_heard(std::move(heard))
        , m_filter(options.filter)
        , m_receiveBuffer(options.receiveBuffer)
        , m_engine(options.engineFile, clock.now())
        , m_authority(m_engine, m_counters) {
        for (const auto& address : options.listen)
            open(address);
    }

    std::vector<std::string> listen(const std::vector<Endpoint>& addresses);

    void trust(Trusted trusted) {
        m_authority.trust(trusted.users, trusted.trapEngines);
        m_communities = std::move(trusted.communities);
    }

    UsmAuthority& authority() { return m_authority; }
    const LocalEngine& engine() const { return m_engine; }
    const std::vector<Endpoint>& addresses() const { return m_addresses; }
    const Counters& counters() const { return m_counters; }
    Sizes sizes() const { return {m_authority.users(), m_authority.engines(), m_informs.places()}; }

  private:
    struct Socket {
        Endpoint wanted;
        std::unique_ptr<UdpSocket> udp;
        base::EventLoop::Handle watch;
    };
    /// Where the datagram in hand came in, and so where an answer goes out.
    struct Arrival {
        UdpSocket* socket = nullptr;
        Endpoint source;
        Endpoint to;
    };

    void open(const Endpoint& address);
    void onReadable(UdpSocket& socket);
    void onDatagram(Bytes datagram);
    void onCommunityMessage(Bytes datagram);
    void onTrapV1(const CommunityMessage& message);
    void onV3Message(const V3Message& message);
    void onNotification(Notification notification, Pdu pdu);
    bool wants(const CommunityMessage& message, Bytes datagram);
    void answerInform(Bytes datagram, Bytes pdu);
    std::uint64_t contentOf(const Pdu& pdu);
    bool isRepeated(std::int32_t requestId, std::string_view user, std::uint64_t content);
    bool communityIsTrusted(std::string_view community) const;
    void answer() {
        if (m_out.fits()) m_at.socket->send(m_at.source, m_out.bytes(), &m_at.to);
    }

    base::EventLoop& m_loop;
    const base::Clock& m_clock;
    OnNotification m_heard;
    const Filter m_filter;
    const int m_receiveBuffer;
    Counters m_counters;
    LocalEngine m_engine;
    UsmAuthority m_authority;
    std::vector<Secret> m_communities;
    std::vector<Endpoint> m_addresses;
    const std::uint64_t m_seed = randomNumber();
    Recent m_informs{informsRemembered};
    Glancer m_glancer;
    BerWriter m_out;
    BerWriter m_content;
    std::vector<std::uint8_t> m_answer;
    Arrival m_at;
    std::vector<Socket> m_sockets;
};

void NotificationReceiver::Impl::open(const Endpoint& address) {
    auto udp = std::make_unique<UdpSocket>(address, m_receiveBuffer);
    auto watch = m_loop.whenReadable(udp->descriptor(), [this, socket = udp.get()] { onReadable(*socket); });
    m_addresses.push_back(udp->local());
    m_sockets.push_back({address, std::move(udp), std::move(watch)});
}

std::vector<std::string> NotificationReceiver::Impl::listen(const std::vector<Endpoint>& addresses) {
    const auto has = [](const auto& list, const Endpoint& one) {
        return std::find(list.begin(), list.end(), one) != list.end();
    };
    // First those that go: one of them may be in the way of one that comes (0.0.0.0 and one of its own).
    std::vector<Endpoint> open;
    std::erase_if(m_sockets, [&](const Socket& socket) { return !has(addresses, socket.wanted); });
    m_addresses.clear();
    for (const auto& socket : m_sockets) {
        open.push_back(socket.wanted);
        m_addresses.push_back(socket.udp->local());
    }
    std::vector<std::string> troubles;
    for (const auto& address : addresses) {
        if (has(open, address)) continue;
        open.push_back(address);
        try {
            this->open(address);
        } catch (const Error& error) {
            troubles.emplace_back(error.what());
        }
    }
    return troubles;
}

void NotificationReceiver::Impl::onReadable(UdpSocket& socket) {
    socket.receiveErrors([](const Endpoint&, int) {}); // of our answers: nobody waits for them any more
    socket.receive([this, &socket](const Endpoint& source, const Endpoint& to, Bytes datagram) {
        m_at = {&socket, source, to};
        onDatagram(datagram);
    });
    if (m_filter.turnEnded) m_filter.turnEnded();
}

void NotificationReceiver::Impl::onDatagram(Bytes datagram) {
    ++m_counters.received;
    if (m_filter.admit && !m_filter.admit(m_at.source)) {
        ++m_counters.notAdmitted;
        return;
    }
    const auto version = messageVersion(datagram);
    if (version && *version == 3) {
        if (const auto message = readV3Message(datagram))
            onV3Message(*message);
        else
            ++m_counters.malformed;
    } else if (version && (*version == 0 || *version == 1)) {
        onCommunityMessage(datagram);
    } else {
        ++m_counters.malformed;
    }
}

bool NotificationReceiver::Impl::communityIsTrusted(std::string_view community) const {
    return m_communities.empty() ||
           std::any_of(m_communities.begin(), m_communities.end(),
                       [&](const Secret& known) { return known.reveal() == community; });
}

void NotificationReceiver::Impl::onCommunityMessage(Bytes datagram) {
    const auto message = readCommunityMessage(datagram);
    if (!message) {
        ++m_counters.malformed;
        return;
    }
    if (!communityIsTrusted(message->community)) {
        ++m_counters.unknownCommunity;
        return;
    }
    if (!wants(*message, datagram)) return;
    if (message->version == 0) return onTrapV1(*message);
    BerReader in(message->pdu);
    auto pdu = readPdu(in);
    if (!pdu) {
        ++m_counters.malformed;
        return;
    }
    onNotification({}, *std::move(pdu));
}

/// Counts what it says no to, and answers an inform.
bool NotificationReceiver::Impl::wants(const CommunityMessage& message, Bytes datagram) {
    BerReader in(message.pdu);
    const auto type = static_cast<PduType>(in.peek());
    const bool inform = message.version == 1 && type == PduType::inform;
    if (!inform && type != (message.version == 0 ? PduType::trapV1 : PduType::trapV2)) {
        ++(message.version == 1 && readPdu(in) ? m_counters.unsupported : m_counters.malformed);
        return false;
    }
    const auto glance = m_glancer.look(message, m_at.source);
    if (!glance) {
        ++m_counters.malformed;
        return false;
    }
    if (inform) {
        answerInform(datagram, message.pdu);
        if (isRepeated(glance->requestId, glance->community, std::hash<std::string_view>()(glance->content)))
            return false;
    }
    const bool wanted = !m_filter.wants || m_filter.wants(*glance);
    if (!wanted) ++m_counters.passedOver;
    return wanted;
}

/// RFC 3416 §4.2.7: the same, as a Response-PDU.
void NotificationReceiver::Impl::answerInform(Bytes datagram, Bytes pdu) {
    const auto before = static_cast<std::size_t>(pdu.data() - datagram.data());
    m_answer.assign(datagram.data(), pdu.data() + pdu.size());
    m_answer[before] = static_cast<std::uint8_t>(PduType::response);
    m_at.socket->send(m_at.source, m_answer, &m_at.to);
}

/// The number alone does not tell a retry: an agent that was started anew may count from 1 again.
std::uint64_t NotificationReceiver::Impl::contentOf(const Pdu& pdu) {
    m_content.clear();
    write(m_content, pdu);
    const auto octets = m_content.bytes();
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

/// An inform sent again because our answer was lost: the same from the same.
bool NotificationReceiver::Impl::isRepeated(std::int32_t requestId, std::string_view user,
                                            std::uint64_t content) {
    Fingerprint inform(m_seed);
    inform.add(std::hash<Endpoint>()(m_at.source)).add(static_cast<std::uint32_t>(requestId)).add(user);
    if (m_informs.meet(inform.add(content).value(), m_clock.now(), informsApart) == 0) return false;
    ++m_counters.repeated;
    return true;
}

void NotificationReceiver::Impl::onTrapV1(const CommunityMessage& message) {
    BerReader in(message.pdu);
    auto trap = readTrapV1(in);
    if (!trap) {
        ++m_counters.malformed;
        return;
    }
    auto notification = notificationOf(*std::move(trap));
    notification.source = m_at.source;
    ++m_counters.heard;
    m_heard(notification);
}

void NotificationReceiver::Impl::onV3Message(const V3Message& message) {
    auto verdict = m_authority.judge(message, m_clock.now());
    if (verdict.report && message.reportable) {
        m_authority.writeReport(m_out, message, verdict, m_clock.now());
        answer();
    }
    if (!verdict.scoped) return;
    auto& pdu = verdict.scoped->pdu;
    // An inform is to our engine, a trap is from the sender's (RFC 3414 §1.5.1).
    if (verdict.ours != (pdu.type == PduType::inform)) {
        ++m_counters.unsupported;
        return;
    }
    if (verdict.ours) {
        auto response = pdu;
        response.type = PduType::response;
        m_authority.writeAnswer(m_out, message, *verdict.scoped, verdict, response, m_clock.now());
        answer();
        if (isRepeated(pdu.requestId, message.user, contentOf(pdu))) return;
    }
    Notification notification;
    notification.version = Notification::Version::v3;
    notification.level = message.level;
    notification.user = message.user;
    notification.authenticated = message.level != SecurityLevel::noAuthNoPriv;
    notification.credentials = verdict.user;
    if (!verdict.ours) notification.engineId = message.engineId;
    onNotification(std::move(notification), std::move(pdu));
}

void NotificationReceiver::Impl::onNotification(Notification notification, Pdu pdu) {
    if (pdu.type != PduType::trapV2 && pdu.type != PduType::inform) {
        ++m_counters.unsupported;
        return;
    }
    notification.source = m_at.source;
    if (!take(std::move(pdu), notification)) {
        ++m_counters.malformed;
        return;
    }
    ++m_counters.heard;
    m_heard(notification);
}

NotificationReceiver::NotificationReceiver(base::EventLoop& loop, const base::Clock& clock,
                                           const Options& options, OnNotification heard)
    : m_impl(std::make_unique<Impl>(loop, clock, options, std::move(heard))) {}

NotificationReceiver::~NotificationReceiver() = default;

void NotificationReceiver::trust(Trusted trusted) {
    m_impl->trust(std::move(trusted));
}

void NotificationReceiver::trustEngine(const TrapEngine& engine) {
    m_impl->authority().trustEngine(engine);
}

void NotificationReceiver::forgetEngine(const TrapEngine& engine) {
    m_impl->authority().forgetEngine(engine);
}

void NotificationReceiver::setEngineTime(const TrapEngine& engine) {
    m_impl->authority().setEngineTime(engine);
}

const std::vector<Endpoint>& NotificationReceiver::addresses() const {
    return m_impl->addresses();
}

const std::string& NotificationReceiver::engineId() const {
    return m_impl->engine().id();
}

std::uint32_t NotificationReceiver::engineBoots() const {
    return m_impl->engine().boots();
}

std::vector<std::string> NotificationReceiver::listen(const std::vector<Endpoint>& addresses) {
    return m_impl->listen(addresses);
}

NotificationReceiver::Sizes NotificationReceiver::sizes() const {
    return m_impl->sizes();
}

const NotificationReceiver::Counters& NotificationReceiver::counters() const {
    return m_impl->counters();
}

}
