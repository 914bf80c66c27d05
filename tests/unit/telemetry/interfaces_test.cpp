#include "fakes.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

BOOST_FIXTURE_TEST_SUITE(interfaces, Field)

BOOST_AUTO_TEST_CASE(octets_are_those_of_the_interface_named_or_else_the_busiest_but_not_the_loopback) {
    metric("octets-in", "");
    const auto counters = [&](std::uint64_t lo, std::uint64_t eth0, std::uint64_t eth1) {
        const std::uint64_t values[] = {lo, eth0, eth1};
        const char* names[] = {"lo", "eth0", "eth1"};
        for (std::uint32_t i = 0; i < 3; ++i) {
            agent()[objects::ifName + (i + 1)] = snmp::Octets{names[i]};
            agent()[objects::ifHCInOctets + (i + 1)] = snmp::Counter64{values[i]};
            agent()[objects::ifHCOutOctets + (i + 1)] = snmp::Counter64{2 * values[i]};
        }
    };
    counters(0, 0, 0);
    BOOST_TEST(!reading(poll(), "octets-in"));
    counters(90000, 1000, 5000);
    auto sample = poll();
    BOOST_TEST(reading(sample, "octets-in").value() == 500.0);
    BOOST_TEST(reading(sample, "octets-out").value() == 1000.0);
    configuration.configuration.servers[0].interface = "eth0";
    poller.configure(configuration);
    poll();
    counters(180000, 2000, 10000);
    BOOST_TEST(reading(poll(), "octets-in").value() == 100.0);
    // As Windows calls them.
    agent()[objects::ifDescr + 3U] = snmp::Octets{"Intel(R) 82574L"};
    configuration.configuration.servers[0].interface = "Intel(R) 82574L";
    poller.configure(configuration);
    poll();
    counters(270000, 3000, 20000);
    BOOST_TEST(reading(poll(), "octets-in").value() == 1000.0);
}

namespace {

void eth0(Field& field, std::uint64_t in, std::uint64_t out) {
    field.agent()[objects::ifName + 1U] = snmp::Octets{"eth0"};
    field.agent()[objects::ifHCInOctets + 1U] = snmp::Counter64{in};
    field.agent()[objects::ifHCOutOctets + 1U] = snmp::Counter64{out};
}

}

BOOST_AUTO_TEST_CASE(a_column_that_comes_late_bends_no_rate) {
    want("octets-in");
    eth0(*this, 0, 0);
    poll();
    // In 10 s so many octets came in; in the 15 s until the other column is told so many went out.
    eth0(*this, 10'000, 30'000);
    clock.at += 10s;
    poller.pollNow({"real1"});
    poller.tick();
    const auto out = std::string(one) + " walk " + objects::ifHCOutOctets.print();
    for (bool late = false; !asker.waiting.empty();) {
        if (!late && asker.asked.back() == out) clock.at += 5s, late = true;
        auto answer = std::move(asker.waiting.front());
        asker.waiting.pop_front();
        answer();
    }
    BOOST_TEST(reading(latest(), "octets-in").value() == 1000.0);
    BOOST_TEST(reading(latest(), "octets-out").value() == 2000.0);
    // 15 s after the former column in, 10 s after the one out.
    eth0(*this, 25'000, 50'000);
    const auto sample = poll();
    BOOST_TEST(reading(sample, "octets-in").value() == 1000.0);
    BOOST_TEST(reading(sample, "octets-out").value() == 2000.0);
}

BOOST_AUTO_TEST_CASE(over_a_restart_there_is_no_rate) {
    want("octets-in");
    agent()[objects::sysUpTime] = snmp::TimeTicks{100'000};
    eth0(*this, 1'000, 1'000);
    poll();
    // Younger than before, and its counters have overtaken what they were.
    agent()[objects::sysUpTime] = snmp::TimeTicks{500};
    eth0(*this, 5'000, 5'000);
    auto sample = poll();
    BOOST_TEST(sample.restarted);
    BOOST_TEST(!reading(sample, "octets-in"));
    BOOST_TEST(!reading(sample, "octets-out"));
    agent()[objects::sysUpTime] = snmp::TimeTicks{1500};
    eth0(*this, 6'000, 7'000);
    sample = poll();
    BOOST_TEST(reading(sample, "octets-in").value() == 100.0);
    BOOST_TEST(reading(sample, "octets-out").value() == 200.0);
}

BOOST_AUTO_TEST_SUITE_END()
