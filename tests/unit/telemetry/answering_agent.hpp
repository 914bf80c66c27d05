#pragma once

#include "base/event_loop.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "telemetry/telemetry.hpp"

#include <chrono>
#include <thread>
#include <vector>

namespace headgate::telemetry::test {

/// An agent that answers each request with values of no object, after so long, on a thread of its own.
class AnsweringAgent {
  public:
    explicit AnsweringAgent(base::Duration delay = {})
        : m_delay(delay)
        , m_watch(m_loop.whenReadable(m_socket.descriptor(),
                                      [this] {
                                          m_socket.receive(
                                              [this](const auto& source, const auto&, auto datagram) {
                                                  answer(source, datagram);
                                              });
                                      }))
        , m_thread([this] { m_loop.run(); }) {}
    ~AnsweringAgent() {
        m_loop.stop();
        m_thread.join();
    }
    std::string address() const { return m_socket.local().print(); }

  private:
    void answer(const snmp::Endpoint& source, snmp::Bytes request) {
        const auto message = snmp::readCommunityMessage(request);
        if (!message) return;
        snmp::BerReader in(message->pdu);
        auto pdu = snmp::readPdu(in);
        if (!pdu) return;
        const bool get = pdu->type == snmp::PduType::get;
        for (auto& varbind : pdu->varbinds)
            varbind.value = get ? snmp::Value(snmp::NoSuchObject{}) : snmp::Value(snmp::EndOfMibView{});
        pdu->type = snmp::PduType::response;
        pdu->errorStatus = pdu->errorIndex = 0;
        snmp::BerWriter out;
        snmp::writeCommunityMessage(out, 1, message->community, *pdu);
        const auto bytes = out.bytes();
        std::vector<std::uint8_t> datagram(bytes.begin(), bytes.end());
        m_answers.push_back(m_loop.after(
            m_delay, [this, source, datagram = std::move(datagram)] { m_socket.send(source, datagram); }));
    }

    const base::Duration m_delay;
    base::EventLoop m_loop;
    snmp::UdpSocket m_socket{*snmp::Endpoint::parse("127.0.0.1:0"), 1 << 18};
    std::vector<base::EventLoop::Handle> m_answers;
    base::EventLoop::Handle m_watch;
    std::thread m_thread;
};

/// The agent at that address is polled ten times a second.
inline Configure watching(const std::string& address) {
    Configure configuration;
    auto& c = configuration.configuration;
    domain::Server server;
    server.name = {"real1"};
    server.address = "127.0.0.1";
    server.snmpAddress = address;
    server.credential = {"lab"};
    server.profile = {"usual"};
    server.pollInterval = std::chrono::milliseconds(100);
    c.servers = {server};
    c.profiles = {{{"usual"}, domain::Combination::greatest, {{"cpu", 1000, 1, "", {}, 1}}}};
    configuration.credentials[{"lab"}] =
        snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("public")});
    return configuration;
}

}
