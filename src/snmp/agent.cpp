#include "snmp/agent.hpp"

#include "base/event_loop.hpp"
#include "snmp/error_status.hpp"
#include "snmp/local_engine.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm_authority.hpp"

#include <algorithm>

namespace headgate::snmp {

namespace {

constexpr int receiveBuffer = 1 << 20;

}

class Agent::Impl {
  public:
    Impl(base::EventLoop& loop, const base::Clock& clock, const Options& options, Look look)
        : m_clock(clock)
        , m_look(std::move(look))
        , m_communities(options.communities)
        , m_engine(options.engineFile, clock.now())
        , m_authority(m_engine, m_counters)
        , m_socket(options.listen, receiveBuffer) {
        m_authority.trust(options.users, {});
        m_watch = loop.whenReadable(m_socket.descriptor(), [this] {
            m_socket.receiveErrors([](const Endpoint&, int) {}); // of managers that have gone
            m_socket.receive([this](const Endpoint& source, const Endpoint& to, Bytes datagram) {
                onDatagram(datagram);
                if (m_out.bytes().empty() || !m_out.fits()) return;
                m_socket.send(source, m_out.bytes(), &to);
            });
        });
    }

    const LocalEngine& engine() const { return m_engine; }
    Endpoint address() const { return m_socket.local(); }

    void trap(const Endpoint& to, std::string_view community, std::vector<Varbind> varbinds) {
        m_out.clear();
        const auto id = static_cast<std::int32_t>(randomNumber() & 0x7fffffff);
        writeCommunityMessage(m_out, 1, community, {PduType::trapV2, id, 0, 0, std::move(varbinds)});
        if (m_out.fits()) m_socket.send(to, m_out.bytes());
    }

  private:
    /// Leaves the answer, if there is to be one, in m_out. Whoever may not ask hears nothing.
    void onDatagram(Bytes datagram) {
        m_out.clear();
        const auto version = messageVersion(datagram);
        if (version == 1) {
            if (const auto message = readCommunityMessage(datagram)) onCommunityMessage(*message);
        } else if (version == 3) {
            if (const auto message = readV3Message(datagram)) onV3Message(*message);
        }
    }

    void onCommunityMessage(const CommunityMessage& message) {
        const auto known = std::any_of(m_communities.begin(), m_communities.end(),
                                       [&](const Secret& one) { return one.reveal() == message.community; });
        BerReader in(message.pdu);
        const auto question = known ? readPdu(in) : std::nullopt;
        if (!question) return;
        reply(*question, [&](const Pdu& pdu) {
            m_out.clear();
            writeCommunityMessage(m_out, 1, message.community, pdu);
        });
    }

    void onV3Message(const V3Message& message) {
        auto verdict = m_authority.judge(message, m_clock.now());
        // There is one context only, that without a name (RFC 3413 §3.2).
        if (verdict.scoped && !verdict.scoped->contextName.empty()) verdict.report = Report::unknownContext;
        if (verdict.report) {
            if (message.reportable) m_authority.writeReport(m_out, message, verdict, m_clock.now());
            return;
        }
        if (!verdict.scoped) return;
        reply(verdict.scoped->pdu, [&](const Pdu& pdu) {
            m_authority.writeAnswer(m_out, message, *verdict.scoped, verdict, pdu, m_clock.now());
        });
    }

    template <typename Write>
    void reply(const Pdu& question, Write write) {
        const auto pdu = answer(m_look(), question);
        if (!pdu) return;
        write(*pdu);
        if (!m_out.fits()) write({PduType::response, question.requestId, error_status::tooBig, 0, {}});
    }

    const base::Clock& m_clock;
    Look m_look;
    std::vector<Secret> m_communities;
    NotificationReceiver::Counters m_counters;
    LocalEngine m_engine;
    UsmAuthority m_authority;
    UdpSocket m_socket;
    BerWriter m_out;
    base::EventLoop::Handle m_watch;
};

Agent::Agent(base::EventLoop& loop, const base::Clock& clock, const Options& options, Look look)
    : m_impl(std::make_unique<Impl>(loop, clock, options, std::move(look))) {}

Agent::~Agent() = default;

Endpoint Agent::address() const {
    return m_impl->address();
}

const std::string& Agent::engineId() const {
    return m_impl->engine().id();
}

void Agent::trap(const Endpoint& to, std::string_view community, std::vector<Varbind> varbinds) {
    m_impl->trap(to, community, std::move(varbinds));
}

}
