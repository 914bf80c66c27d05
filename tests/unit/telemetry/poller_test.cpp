#include "fakes.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

namespace {

struct Rhythm : Field {
    Rhythm() { poller.configure(configuration); }

    /// Lets the time pass as a loop would, and answers come in at once.
    void pass(base::Duration span) {
        const auto end = clock.at + span;
        while (poller.nextDue() && *poller.nextDue() <= end) {
            clock.at = std::max(clock.at, *poller.nextDue());
            poller.tick();
            asker.deliver();
        }
        clock.at = end;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(rhythm, Rhythm)

BOOST_AUTO_TEST_CASE(each_server_is_polled_every_interval_and_not_at_the_same_time) {
    pass(95s);
    BOOST_TEST(asker.polls(one) == 10U);
    BOOST_TEST(asker.polls(two) == 10U);
    BOOST_TEST((samples[0].at != samples[1].at));
}

BOOST_AUTO_TEST_CASE(a_hint_polls_at_once_and_a_flood_of_hints_polls_rarely) {
    pass(5s);
    const auto before = asker.polls(one);
    for (int i = 0; i < 1000; ++i) {
        poller.pollNow({"real1"});
        pass(1ms);
    }
    const auto more = asker.polls(one) - before;
    BOOST_TEST(more >= 4U);
    BOOST_TEST(more <= 5U);
    BOOST_TEST(asker.polls(two) == 1U);
}

BOOST_AUTO_TEST_CASE(a_hint_during_a_poll_makes_one_more_after_it) {
    clock.at += 3s;
    poller.tick();
    poller.pollNow({"real1"});
    asker.deliver();
    BOOST_TEST(asker.polls(one) == 1U);
    pass(1s);
    BOOST_TEST(asker.polls(one) == 2U);
}

BOOST_AUTO_TEST_CASE(a_silent_server_is_asked_less_often_and_the_others_as_ever) {
    asker.agents.erase(one);
    pass(600s);
    BOOST_TEST(asker.polls(one) >= 10U);
    BOOST_TEST(asker.polls(one) <= 16U);
    BOOST_TEST(asker.polls(two) >= 59U);
    const auto missed =
        std::count_if(samples.begin(), samples.end(), [](const auto& s) { return !s.answered; });
    BOOST_TEST(static_cast<std::size_t>(missed) == asker.polls(one));
    const auto silent = asker.polls(one);
    asker.agents[one] = {};
    pass(100s);
    BOOST_TEST(asker.polls(one) >= silent + 5, "back at the usual pace after one answer");
}

BOOST_AUTO_TEST_CASE(an_unanswered_poll_keeps_nobody_waiting) {
    clock.at += 3s;
    poller.tick(); // both asked; the answers do not come
    const auto firstAnswer = std::move(asker.waiting.front());
    asker.waiting.pop_front();
    asker.deliver();
    clock.at += 60s;
    poller.tick();
    BOOST_TEST(asker.polls(one) == 1U);
    BOOST_TEST(asker.polls(two) == 2U);
    firstAnswer();
    asker.deliver();
    BOOST_TEST(samples.back().answered);
}

BOOST_AUTO_TEST_CASE(a_new_configuration_keeps_the_rhythm_of_those_that_stay_and_forgets_those_that_go) {
    pass(5s);
    auto& servers = configuration.configuration.servers;
    clock.at += 2500ms;
    poller.pollNow({"real2"});
    poller.tick(); // real2 is being polled while it goes
    servers.pop_back();
    poller.configure(configuration);
    const auto told = samples.size();
    asker.deliver();
    BOOST_TEST(samples.size() == told);
    pass(2400ms);
    BOOST_TEST(asker.polls(one) == 1U);
    pass(2s);
    BOOST_TEST(asker.polls(one) == 2U);
    BOOST_TEST(!poller.watch({"real2"}));
}

BOOST_AUTO_TEST_CASE(all_that_a_poll_asks_counts_for_its_subnet) {
    configuration.configuration.polling.maxPerSecondPerSubnet = 1;
    poller.configure(configuration);
    pass(50s);
    const auto asked = asker.asked.size();
    poller.pollNow({"real1"});
    while (asker.asked.size() == asked)
        pass(100ms);
    const auto requests = asker.asked.size() - asked; // tables, too
    BOOST_REQUIRE(requests >= 3U);
    BOOST_REQUIRE(requests <= 9U);
    const auto polls = asker.polls(two);
    poller.pollNow({"real2"});
    pass(base::Duration((requests - 1) * 1000) - 300ms);
    BOOST_TEST(asker.polls(two) == polls);
    pass(1300ms);
    BOOST_TEST(asker.polls(two) == polls + 1);
}

BOOST_AUTO_TEST_CASE(another_length_of_a_subnets_prefix_is_for_those_that_are_known_too) {
    configuration.configuration.polling.maxInFlightPerSubnet = 1;
    poller.configure(configuration);
    clock.at += 5s; // both are due, in one subnet
    poller.tick();
    BOOST_TEST(poller.counters().inFlight == 1U);
    asker.deliver();
    poller.tick();
    asker.deliver();
    configuration.configuration.polling.subnetPrefixV4 = 32;
    poller.configure(configuration);
    clock.at += 20s;
    poller.tick();
    BOOST_TEST(poller.counters().inFlight == 2U);
}

BOOST_AUTO_TEST_CASE(servers_with_ipv6_are_in_subnets_too) {
    const auto inFlight = [&](const char* second, std::uint8_t prefix) {
        auto& c = configuration.configuration;
        c.servers[0].snmpAddress = "[2001:db8::1]:161";
        c.servers[1].snmpAddress = second;
        c.polling.maxInFlightPerSubnet = 1;
        c.polling.subnetPrefixV6 = prefix;
        poller.configure(configuration);
        clock.at += 20s; // both are due
        poller.tick();
        const auto most = poller.counters().inFlight;
        asker.deliver();
        pass(1s);
        return most;
    };
    BOOST_TEST(inFlight("[2001:db8::2]:161", 64) == 1U);
    BOOST_TEST(inFlight("[2001:db8::2]:161", 128) == 2U);
    BOOST_TEST(inFlight("[2001:db8:0:1::1]:161", 64) == 2U, "its /64 is another one");
    BOOST_TEST(inFlight("[2001:db8:0:1::1]:161", 63) == 1U);
    BOOST_TEST(inFlight("[2001:db8::2]:161", 0) == 1U);
}

BOOST_AUTO_TEST_CASE(a_server_without_usable_credential_or_address_is_not_watched) {
    configuration.configuration.servers[0].credential = {"gone"};
    configuration.configuration.servers[1].snmpAddress = "real2.example";
    poller.configure(configuration);
    BOOST_TEST(!poller.nextDue().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
