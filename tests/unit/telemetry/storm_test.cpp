#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "telemetry/telemetry.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace headgate;
using namespace headgate::telemetry;
using namespace std::chrono_literals;

namespace {

/// An agent that answers each request with values of no object, on a thread of its own.
class Agent {
  public:
    Agent()
        : m_watch(m_loop.whenReadable(m_socket.descriptor(),
                                      [this] {
                                          m_socket.receive(
                                              [this](const auto& source, const auto&, auto datagram) {
                                                  answer(source, datagram);
                                              });
                                      }))
        , m_thread([this] { m_loop.run(); }) {}
    ~Agent() {
        m_loop.stop();
        m_thread.join();
    }
    std::string address() const { return m_socket.local().print(); }

  private:
    void answer(const snmp::Endpoint& source, snmp::Bytes datagram) {
        const auto message = snmp::readCommunityMessage(datagram);
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
        m_socket.send(source, out.bytes());
    }

    base::EventLoop m_loop;
    snmp::UdpSocket m_socket{*snmp::Endpoint::parse("127.0.0.1:0"), 1 << 18};
    base::EventLoop::Handle m_watch;
    std::thread m_thread;
};

/// Sends traps, each with another value, as fast as it can until its end.
class Storm {
  public:
    Storm(const std::string& from, const std::string& to)
        : m_thread([this, from, target = *snmp::Endpoint::parse(to)] {
            snmp::UdpSocket socket(*snmp::Endpoint::parse(from, 0), 1 << 18);
            snmp::BerWriter out;
            for (std::int32_t i = 0; !m_over; ++i) {
                const snmp::Oid number{1, 3, 6, 1, 4, 1, 99999, 0, static_cast<std::uint32_t>(i % 1000)};
                const snmp::Pdu pdu{
                    snmp::PduType::trapV2,
                    i,
                    0,
                    0,
                    {{snmp::Oid::of("1.3.6.1.6.3.1.1.4.1.0"), number}, {number, snmp::Integer{i}}}};
                out.clear();
                snmp::writeCommunityMessage(out, 1, "public", pdu);
                if (socket.send(target, out.bytes()) == 0) ++m_sent;
            }
        }) {}
    ~Storm() {
        m_over = true;
        m_thread.join();
    }
    std::uint64_t sent() const { return m_sent; }

  private:
    std::atomic<bool> m_over = false;
    std::atomic<std::uint64_t> m_sent = 0;
    std::thread m_thread;
};

}

BOOST_AUTO_TEST_SUITE(storms)

BOOST_AUTO_TEST_CASE(polls_go_on_while_servers_and_strangers_send_all_that_they_can) {
    Agent agent;
    base::Channel<domain::Sample> samples;
    std::atomic<std::uint64_t> seen = 0;
    Telemetry telemetry({{}, std::nullopt, {}, {}},
                        {[&](domain::Sample sample) { samples.post(std::move(sample)); },
                         [](const domain::Gathered&) {}, [](const domain::Assigned&) {},
                         [&](const NotificationSeen&) { ++seen; }, [](const std::string&) {}});
    Configure configuration;
    auto& c = configuration.configuration;
    c.notificationsAddresses = {"127.0.0.1:0"};
    domain::Server server;
    server.name = {"real1"};
    server.address = "127.0.0.1";
    server.snmpAddress = agent.address();
    server.credential = {"lab"};
    server.profile = {"usual"};
    server.pollInterval = 100ms;
    c.servers = {server};
    c.profiles = {{{"usual"}, domain::Combination::greatest, {{"cpu", 1000, 1, "", {}, 1}}}};
    configuration.credentials[{"lab"}] =
        snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("public")});
    telemetry.post(configuration);
    const auto heard = telemetry.notificationAddresses().at(0);
    const auto poll = [&] {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (std::chrono::steady_clock::now() < end)
            if (const auto sample = samples.receiveFor(1s); sample && sample->answered) return true;
        return false;
    };
    BOOST_TEST_REQUIRE(poll());
    const auto start = std::chrono::steady_clock::now();
    Storm own("127.0.0.1", heard);
    Storm strange("127.0.0.2", heard);
    for (int i = 0; i < 20; ++i)
        BOOST_TEST_REQUIRE(poll());
    BOOST_TEST(own.sent() > 1000U);
    BOOST_TEST(strange.sent() > 1000U);
    // A minute's worth at once, then two a second; and strangers once a minute.
    const auto lasted = std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - start);
    BOOST_TEST(seen > 0U);
    BOOST_TEST(seen <= 120U + 2 * static_cast<std::uint64_t>(lasted.count()) + 2);
}

BOOST_AUTO_TEST_SUITE_END()
