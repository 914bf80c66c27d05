#include "answering_agent.hpp"
#include "base/channel.hpp"
#include "telemetry/telemetry.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using namespace std::chrono_literals;

namespace {

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
    AnsweringAgent agent;
    base::Channel<domain::Sample> samples;
    std::atomic<std::uint64_t> seen = 0;
    Telemetry telemetry({{}, std::nullopt, {}, {}},
                        {[&](domain::Sample sample) { samples.post(std::move(sample)); },
                         [](const domain::Gathered&) {}, [](const domain::Assigned&) {},
                         [&](const NotificationSeen&) { ++seen; }, [](const std::string&) {}});
    auto configuration = watching(agent.address());
    configuration.configuration.notificationsAddresses = {"127.0.0.1:0"};
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
