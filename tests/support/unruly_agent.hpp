#pragma once

#include "base/event_loop.hpp"
#include "snmp/usm_authority.hpp"
#include "support/snmp_agent.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <functional>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace headgate::test {

/// Agents of a test's own, on a thread of theirs.
class AgentHouse {
  public:
    AgentHouse()
        : m_thread([this] { m_loop.run(); }) {}
    ~AgentHouse() {
        m_loop.stop();
        m_thread.join();
    }
    AgentHouse(const AgentHouse&) = delete;
    AgentHouse& operator=(const AgentHouse&) = delete;

    base::EventLoop& loop() { return m_loop; }

    /// On the agents' thread, and done when it returns.
    void in(const std::function<void()>& work) {
        std::promise<void> done;
        m_loop.post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

  private:
    base::EventLoop m_loop;
    std::thread m_thread;
};

/// A UDP socket on 127.0.0.1, at a port that the kernel chooses.
class LoopbackSocket {
  public:
    LoopbackSocket()
        : m_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(m_descriptor, reinterpret_cast<sockaddr*>(&any), sizeof any);
    }
    ~LoopbackSocket() { ::close(m_descriptor); }
    LoopbackSocket(const LoopbackSocket&) = delete;
    LoopbackSocket& operator=(const LoopbackSocket&) = delete;

    int descriptor() const { return m_descriptor; }
    std::string address() const {
        sockaddr_in own{};
        socklen_t size = sizeof own;
        ::getsockname(m_descriptor, reinterpret_cast<sockaddr*>(&own), &size);
        return "127.0.0.1:" + std::to_string(ntohs(own.sin_port));
    }
    void send(const sockaddr_in& to, snmp::Bytes octets) const {
        ::sendto(m_descriptor, octets.data(), octets.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                 sizeof to);
    }
    /// Empty when there is none.
    std::vector<std::uint8_t> receive(sockaddr_in& from) const {
        std::vector<std::uint8_t> octets(65536);
        socklen_t size = sizeof from;
        const auto count = ::recvfrom(m_descriptor, octets.data(), octets.size(), 0,
                                      reinterpret_cast<sockaddr*>(&from), &size);
        octets.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return octets;
    }

  private:
    int m_descriptor;
};

/// An agent with a few objects that answers as RFC 3416 wants it, over v2c as `public` and, with a user, over
/// v3; unless a test has it misbehave. Only on its house's thread, but for its address.
class UnrulyAgent {
  public:
    using Objects = std::map<snmp::Oid, snmp::Value>;
    using Datagram = std::vector<std::uint8_t>;

    /// What a PDU becomes before it is sent; empty: nothing is.
    std::function<std::optional<snmp::Pdu>(const snmp::Pdu& asked, snmp::Pdu answer)> twist;
    /// What is sent in place of an answer's datagram, in this order.
    std::function<std::vector<Datagram>(const Datagram& answer)> send;
    bool fromElsewhere = false; ///< answers from another port
    Objects objects;
    std::size_t heard = 0;
    base::Duration ahead{}; ///< of the engine's clock

    explicit UnrulyAgent(AgentHouse& house, snmp::CredentialsPtr user = nullptr)
        : m_user(std::move(user)) {
        if (m_user) boot("80007ed905aabbccdd", 1);
        house.in(
            [&] { m_watch = house.loop().whenReadable(m_socket.descriptor(), [this] { onReadable(); }); });
    }

    const std::string& address() const { return m_address; }

    /// The engine from now on: as after a start, with these boots and no time passed.
    void boot(const std::string& engineId, std::uint32_t boots) {
        const auto file = m_folder.path() / "engine";
        std::ofstream(file) << "engine-id " << engineId << "\nboots " << boots - 1 << "\n";
        ahead = {};
        m_authority.reset();
        m_engine.emplace(file, m_clock.now());
        m_authority.emplace(*m_engine, m_counters);
        m_authority->trust({m_user}, {});
    }
    void trust(const snmp::CredentialsPtr& user) {
        m_user = user;
        m_authority->trust({user}, {});
    }
    /// To who asked last.
    void say(const Datagram& datagram) const {
        (fromElsewhere ? m_elsewhere : m_socket).send(m_client, datagram);
    }

  private:
    void onReadable() {
        for (auto octets = m_socket.receive(m_client); !octets.empty(); octets = m_socket.receive(m_client)) {
            ++heard;
            m_out.clear();
            if (snmp::messageVersion(octets) == 3)
                answerV3(octets);
            else
                answerCommunity(octets);
            const auto written = m_out.bytes();
            if (written.empty()) continue;
            const Datagram answer(written.begin(), written.end());
            for (const auto& one : send ? send(answer) : std::vector<Datagram>{answer})
                say(one);
        }
    }

    void answerCommunity(snmp::Bytes octets) {
        const auto message = snmp::readCommunityMessage(octets);
        if (!message || message->community != "public") return;
        snmp::BerReader in(message->pdu);
        const auto asked = snmp::readPdu(in);
        const auto answer = asked ? answerTo(*asked) : std::nullopt;
        if (answer) snmp::writeCommunityMessage(m_out, message->version, message->community, *answer);
    }

    void answerV3(snmp::Bytes octets) {
        const auto message = snmp::readV3Message(octets);
        if (!message || !m_authority) return;
        const auto now = m_clock.now() + ahead;
        const auto verdict = m_authority->judge(*message, now);
        if (verdict.report) m_authority->writeReport(m_out, *message, verdict, now);
        if (!verdict.scoped) return;
        if (const auto answer = answerTo(verdict.scoped->pdu))
            m_authority->writeAnswer(m_out, *message, *verdict.scoped, verdict, *answer, now);
    }

    std::optional<snmp::Pdu> answerTo(const snmp::Pdu& asked) {
        snmp::Pdu answer{snmp::PduType::response, asked.requestId, 0, 0, {}};
        for (const auto& varbind : asked.varbinds)
            if (asked.type == snmp::PduType::get)
                answer.varbinds.push_back({varbind.name, get(varbind.name)});
            else
                walk(varbind.name, asked.type == snmp::PduType::getBulk ? asked.errorIndex : 1,
                     answer.varbinds);
        return twist ? twist(asked, std::move(answer)) : answer;
    }

    snmp::Value get(const snmp::Oid& name) const {
        const auto found = objects.find(name);
        return found == objects.end() ? snmp::Value(snmp::NoSuchObject{}) : found->second;
    }

    void walk(const snmp::Oid& name, int repetitions, std::vector<snmp::Varbind>& out) const {
        auto next = objects.upper_bound(name);
        for (int i = 0; i < repetitions && next != objects.end(); ++i, ++next)
            out.push_back({next->first, next->second});
        if (next == objects.end()) out.push_back({name, snmp::EndOfMibView{}});
    }

    base::SteadyWallClock m_clock;
    TemporaryFolder m_folder;
    LoopbackSocket m_socket;
    LoopbackSocket m_elsewhere;
    const std::string m_address = m_socket.address();
    snmp::CredentialsPtr m_user;
    snmp::NotificationReceiver::Counters m_counters;
    std::optional<snmp::LocalEngine> m_engine;
    std::optional<snmp::UsmAuthority> m_authority;
    snmp::BerWriter m_out;
    sockaddr_in m_client{};
    base::EventLoop::Handle m_watch;
};

}
