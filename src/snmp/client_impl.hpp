#pragma once

#include "base/event_loop.hpp"
#include "base/timer_wheel.hpp"
#include "snmp/client.hpp"
#include "snmp/exchange.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm_peer.hpp"

#include <map>
#include <unordered_map>

namespace headgate::snmp {

/// The sockets, the questions on their way and their deadlines. client_send.cpp sends, client_receive.cpp
/// hears.
class Client::Impl {
  public:
    Impl(base::EventLoop& loop, const base::Clock& clock, Options options);

    void ask(const TargetPtr& target, Pdu pdu, OnReply done);
    void poll(const TargetPtr& target, const QuestionPtr& question,
              const std::shared_ptr<PollListener>& listener);
    void hold() {
        if (m_held++ == 0) m_now = now();
    }
    void flush();

    Counters counters;

    base::Instant now() const { return m_clock.now(); }
    std::size_t inFlight() const { return m_exchanges.size(); }

  private:
    /// From its beginning to its end what is asked is kept, also when somebody throws.
    class Holding {
      public:
        explicit Holding(Impl& impl)
            : m_impl(impl) {
            m_impl.hold();
        }
        ~Holding() { m_impl.flush(); }
        Holding(const Holding&) = delete;
        Holding& operator=(const Holding&) = delete;

      private:
        Impl& m_impl;
    };
    struct Rearm {
        Impl& impl;
        ~Rearm() { impl.armApart(); }
    };
    struct Socket {
        std::unique_ptr<UdpSocket> udp;
        base::EventLoop::Handle watch;
    };
    /// What is remembered of an SNMPv3 target between questions.
    struct Peer {
        std::weak_ptr<const Target> target; ///< tells a new target at an old one's place in memory
        std::optional<UsmPeer> usm;
    };
    /// A message of v1 or v2c to all who are asked the same with the same community.
    struct Template {
        QuestionPtr question;
        CredentialsPtr credentials;
        std::vector<std::uint8_t> message;
        std::size_t idOffset = 0;
    };

    // client_send.cpp
    Socket& socketFor(Endpoint::Family family);
    UsmPeer& peerOf(const Exchange& exchange);
    std::uint32_t begin(const Target& target);
    void transmit(std::uint32_t place);
    bool encode(const Exchange& exchange);
    Bytes encodeQuestion(const Exchange& exchange);
    Template& templateFor(const Exchange& exchange);
    void forgetTemplates();
    void setDeadline(std::uint32_t place, base::Instant deadline);
    void arm();
    void armApart();
    void onTimer();
    void onDeadline(std::uint32_t place);
    Failure silence(const Exchange& exchange) const;

    // client_receive.cpp
    void listen(Socket& socket);
    void hear();
    void onReadable();
    void workInTurns();
    std::size_t receive(Socket& socket);
    void noteErrors(UdpSocket& socket);
    void onDatagram(const Endpoint& source, Bytes datagram);
    void onCommunityMessage(const Endpoint& source, Bytes datagram);
    void onV3Message(const Endpoint& source, const V3Message& message);
    std::uint32_t asked(std::int32_t id, const Endpoint& source);
    void answered(std::uint32_t place, Bytes pdu, const V3Message* engine);
    void answeredQuestion(std::uint32_t place, Bytes pdu, const V3Message* engine);
    void answeredGeneral(std::uint32_t place, Bytes pdu, const V3Message* engine);
    std::optional<std::chrono::microseconds> tookOf(const Exchange& exchange) const;
    void fail(std::uint32_t place, Failure failure);
    Exchange finish(std::uint32_t place);

    base::EventLoop& m_loop;
    const base::Clock& m_clock;
    const Options m_options;
    std::uint64_t m_salt;
    BerWriter m_out;
    BerWriter m_pduOut;
    Socket m_v4;
    Socket m_v6;
    std::int64_t m_arrived = 0; ///< of the datagram in hand
    ExchangeTable m_exchanges;
    base::TimerWheel m_deadlines; ///< by place in the table
    std::unordered_map<const Target*, Peer> m_peers;
    std::size_t m_peersAfterSweep = 0;
    std::map<std::pair<const Question*, const Credentials*>, Template> m_templates;
    std::size_t m_templatesAfterSweep = 0;
    std::vector<Cell> m_cells;
    std::vector<std::uint8_t> m_patched;
    int m_held = 0;
    base::Instant m_now{}; ///< while held: the time is the same for all that goes out together
    std::optional<base::Instant> m_armed;
    base::EventLoop::Handle m_timer;
    // While answers come by the thousand a second the sockets are looked at every few milliseconds.
    base::EventLoop::Handle m_turns;
    base::EventLoop::Handle m_more;
    base::Instant m_turnBegan{};
    std::size_t m_heardThisTurn = 0;
    int m_quietTurns = 0;
};

/// How many requests were sent for it.
std::uint32_t requestsOf(const Exchange& exchange);

/// "192.0.2.1:161 answers noSuchName (2) for 1.3.6.1…".
Failure refusal(const Exchange& exchange, int errorStatus, int errorIndex);

}
