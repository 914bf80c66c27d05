#include "answering_agent.hpp"
#include "base/channel.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(whole_telemetry)

BOOST_AUTO_TEST_CASE(polls_that_fall_behind_are_told_as_overruns) {
    AnsweringAgent agent(350ms); // polled every 100 ms
    base::Channel<domain::PollingState> told;
    Options options;
    options.tellPollingEvery = 50ms;
    Telemetry telemetry(options,
                        {[](const domain::Sample&) {}, [](const domain::Gathered&) {},
                         [](const domain::Assigned&) {}, [](const NotificationSeen&) {},
                         [](const std::string&) {}, [](const Observation&) {}, [](const ApplianceHint&) {},
                         [](const PoolHint&) {}, [&](domain::PollingState state) { told.post(state); }});
    telemetry.post(watching(agent.address()));
    domain::PollingState state;
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (state.answered < 3 && std::chrono::steady_clock::now() < end)
        state = told.receiveFor(1s).value_or(state);
    BOOST_TEST_REQUIRE(state.answered >= 3U);
    BOOST_TEST(state.overruns > state.answered, "three more are due while one is answered");
    BOOST_TEST(state.sent >= state.answered);
    BOOST_TEST(state.silent == 0U);
    BOOST_TEST(state.inFlight <= 1U);
}

BOOST_AUTO_TEST_SUITE_END()
