#include "unit/northbound/rig.hpp"

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;

namespace {

domain::Server real1(const RunningConfiguration& running) {
    return *running.value().server({"real1"});
}

Problem refusal(const std::string& file) {
    try {
        (void)RunningConfiguration::fromFile(instanceData("rules/headgate-" + file + ".json"));
    } catch (const InvalidConfiguration& refused) {
        return refused.problems().at(0);
    }
    return {};
}

}

BOOST_AUTO_TEST_SUITE(shares)

BOOST_AUTO_TEST_CASE(a_server_with_shares_is_a_member_of_each_of_its_pools) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-shares.json"));
    const std::vector<domain::Share> expected{{{"web"}, 400}, {{"web2"}, 600}};
    BOOST_TEST((real1(running).shares == expected));
    for (const auto* pool : {"web", "web2"})
        BOOST_TEST(running.value().pool({pool})->member({"real1"}));
    BOOST_TEST(real1(running).partFor({"web2"}) == 600);
    BOOST_TEST(running.value().server({"real2"})->partFor({"web2"}) == 1000);
}

BOOST_AUTO_TEST_CASE(shares_are_no_more_than_the_whole) {
    const auto problem = refusal("shares-beyond-whole");
    BOOST_TEST(problem.path == "/headgate:headgate/server[name='real1']");
    BOOST_TEST(problem.rule == "Its shares are 1001 permille together; all of it is 1000.");
    BOOST_TEST(problem.line > 1U);
}

BOOST_AUTO_TEST_CASE(a_server_with_shares_is_a_member_of_no_other_pool) {
    const auto problem = refusal("member-without-share");
    BOOST_TEST(problem.path == "/headgate:headgate/pool[name='web2']/member[server='real1']");
    BOOST_TEST(problem.rule == "The server shares itself among other pools: give it a share for this one.");
    BOOST_TEST(problem.line > 1U);
}

BOOST_AUTO_TEST_SUITE_END()
