#include "snmp/notification_receiver.hpp"

#include "base/event_loop.hpp"
#include "snmp/local_engine.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm_authority.hpp"

#include <algorithm>
#include <deque>

namespace headgate::snmp {

namespace {

const Oid sysUpTime{1, 3, 6, 1, 2, 1, 1, 3, 0};
const Oid snmpTrapOid{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
const Oid snmpTrapAddress{1, 3, 6, 1, 6, 3, 18, 1, 3, 0};

constexpr std::size_t informsRemembered = 256;

/// Takes the first two varbinds of RFC 3416 §4.2.6 out; false when there is no snmpTrapOID.
bool takeHead(Notification& notification) {
    bool named = false;
    std::erase_if(notification.varbinds, [&](const Varbind& varbind) {
        if (const auto* ticks = std::get_if<TimeTicks>(&varbind.value); ticks && varbind.name == sysUpTime) {
            notification.uptime = ticks->value;
            return true;
        }
        if (const auto* oid = std::get_if<Oid>(&varbind.value); oid && varbind.name == snmpTrapOid) {
            notification.trapOid = *oid;
            named = true;
            return true;
        }
        return false;
    });
    return named;
}

void findTrapAddress(Notification& notification) {
    if (const auto* value = find(notification.varbinds, snmpTrapAddress))
        if (std::holds_alternative<IpAddress>(*value)) notification.trapAddress = print(*value);
}

}

class NotificationReceiver::Impl {
  public:
    Impl(base::EventLoop& loop, const base::Clock& clock, const Options& options, OnNotification heard)
        : m_clock(clock)
        , m_heard(std::move(heard))
        , m_engine(options.engineFile, clock.now())
        , m_authority(m_engine, m_counters) {
        for (const auto& address : options.listen) {
            auto& socket = m_sockets.emplace_back();
            socket.udp = std::make_unique<UdpSocket>(address, options.receiveBuffer);
            m_addresses.push_back(socket.udp->local());
            socket.watch = loop.whenReadable(socket.udp->descriptor(), [this, udp = socket.udp.get()] {
                udp->receiveErrors(
                    [](const Endpoint&, int) {}); // of our answers: nobody waits for them any more
                udp->receive([this, udp](const Endpoint& source, const Endpoint& to, Bytes datagram) {
                    m_at = {udp, source, to};
                    onDatagram(datagram);
                });
            });
        }
    }

    void trust(Trusted trusted) {
        m_authority.trust(trusted.users, trusted.trapEngines);
        m_communities = std::move(trusted.communities);
    }

    UsmAuthority& authority() { return m_authority; }
    const LocalEngine& engine() const { return m_engine; }
    const std::vector<Endpoint>& addresses() const { return m_addresses; }
    const Counters& counters() const { return m_counters; }

  private:
    struct Socket {
        std::unique_ptr<UdpSocket> udp;
        base::EventLoop::Handle watch;
    };
    /// Where the datagram in hand came in, and so where an answer goes out.
    struct Arrival {
        UdpSocket* socket = nullptr;
        Endpoint source;
        Endpoint to;
    };
    struct Inform {
        Endpoint source;
        std::int32_t requestId = 0;
        std::string user;
        bool operator==(const Inform&) const = default;
    };

    void onDatagram(Bytes datagram);
    void onCommunityMessage(Bytes datagram);
    void onTrapV1(const CommunityMessage& message);
    void onV3Message(const V3Message& message);
    void onNotification(Notification notification, Pdu pdu);
    bool communityIsTrusted(std::string_view community) const;
    void answer() {
        if (m_out.fits()) m_at.socket->send(m_at.source, m_out.bytes(), &m_at.to);
    }

    const base::Clock& m_clock;
    OnNotification m_heard;
    Counters m_counters;
    LocalEngine m_engine;
    UsmAuthority m_authority;
    std::vector<Secret> m_communities;
    std::vector<Endpoint> m_addresses;
    std::deque<Inform> m_informs;
    BerWriter m_out;
    Arrival m_at;
    std::vector<Socket> m_sockets;
};

void NotificationReceiver::Impl::onDatagram(Bytes datagram) {
    ++m_counters.received;
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
    if (message->version == 0) return onTrapV1(*message);
    BerReader in(message->pdu);
    auto pdu = readPdu(in);
    if (!pdu) {
        ++m_counters.malformed;
        return;
    }
    if (pdu->type == PduType::inform) {
        m_out.clear();
        auto response = *pdu;
        response.type = PduType::response;
        writeCommunityMessage(m_out, message->version, message->community, response);
        answer();
    }
    onNotification({}, *std::move(pdu));
}

void NotificationReceiver::Impl::onTrapV1(const CommunityMessage& message) {
    BerReader in(message.pdu);
    auto trap = readTrapV1(in);
    if (!trap) {
        ++m_counters.malformed;
        return;
    }
    Notification notification;
    notification.version = Notification::Version::v1;
    notification.source = m_at.source;
    notification.trapOid = trapOid(*trap);
    notification.uptime = trap->uptime;
    notification.varbinds = std::move(trap->varbinds);
    if (trap->agent != IpAddress{}) notification.agentAddress = print(trap->agent);
    findTrapAddress(notification);
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
    }
    Notification notification;
    notification.version = Notification::Version::v3;
    notification.level = message.level;
    notification.user = message.user;
    notification.authenticated = message.level != SecurityLevel::noAuthNoPriv;
    if (!verdict.ours) notification.engineId = message.engineId;
    onNotification(std::move(notification), std::move(pdu));
}

void NotificationReceiver::Impl::onNotification(Notification notification, Pdu pdu) {
    if (pdu.type != PduType::trapV2 && pdu.type != PduType::inform) {
        ++m_counters.unsupported;
        return;
    }
    notification.source = m_at.source;
    notification.kind = pdu.type == PduType::inform ? Notification::Kind::inform : Notification::Kind::trap;
    notification.varbinds = std::move(pdu.varbinds);
    if (notification.kind == Notification::Kind::inform) {
        Inform inform{m_at.source, pdu.requestId, notification.user};
        if (std::find(m_informs.begin(), m_informs.end(), inform) != m_informs.end()) {
            ++m_counters.repeated;
            return;
        }
        m_informs.push_back(std::move(inform));
        if (m_informs.size() > informsRemembered) m_informs.pop_front();
    }
    if (!takeHead(notification)) {
        ++m_counters.malformed;
        return;
    }
    findTrapAddress(notification);
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

const std::vector<Endpoint>& NotificationReceiver::addresses() const {
    return m_impl->addresses();
}

const std::string& NotificationReceiver::engineId() const {
    return m_impl->engine().id();
}

std::uint32_t NotificationReceiver::engineBoots() const {
    return m_impl->engine().boots();
}

const NotificationReceiver::Counters& NotificationReceiver::counters() const {
    return m_impl->counters();
}

}
