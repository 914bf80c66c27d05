#include "northbound/configuration.hpp"
#include "northbound/recorded.hpp"
#include "unit/northbound/support.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;

namespace {

std::string refusal(const std::string& policies) {
    const TemporaryFolder folder;
    RecordedConfigurations configurations;
    try {
        configurations.takePolicies(folder.write("policy.json", policies));
    } catch (const InvalidConfiguration& error) {
        return error.problems().front().rule;
    }
    return {};
}

}

BOOST_AUTO_TEST_CASE(what_is_recorded_of_a_configuration_is_all_that_decides_and_nothing_secret) {
    const RecordedConfigurations configurations;
    for (const char* file : {"valid/headgate-lab.json", "valid/headgate-authentication.json"}) {
        const auto running = RunningConfiguration::fromFile(instanceData(file));
        const auto text = running.forRecord();
        for (const char* word :
             {"sealed:", "secret", "credential", "certificate", "trust-anchor", "nacm", "_file"})
            BOOST_TEST(text.find(word) == std::string::npos, word << " is in " << text);
        const auto back = configurations.read(text);
        auto was = running.value();
        for (auto& server : was.servers)
            server.credential.value.clear();
        for (auto& pool : was.pools)
            for (auto& member : pool.members)
                member.authentication = {};
        BOOST_TEST((back.applications == was.applications));
        BOOST_TEST((back.profiles == was.profiles));
        BOOST_TEST((back.servers == was.servers));
        BOOST_TEST((back.pools == was.pools));
        BOOST_TEST(back.appliances.size() == was.appliances.size());
        BOOST_TEST(back.shippedProfiles.all->size() == was.shippedProfiles.all->size());
    }
}

BOOST_AUTO_TEST_CASE(a_pool_is_recorded_alone) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-lab.json"));
    const RecordedConfigurations configurations;
    const auto back = configurations.read(running.forRecord({"web"}));
    BOOST_TEST(back.servers.empty());
    BOOST_REQUIRE_EQUAL(back.pools.size(), 1U);
    BOOST_TEST((back.pools[0] == *running.value().pool({"web"})));
    BOOST_TEST(configurations.read(running.forRecord({"nobody"})).pools.empty());
}

BOOST_AUTO_TEST_CASE(a_pool_is_recorded_with_the_templates_that_its_policy_inherits) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-policy.json"));
    const RecordedConfigurations configurations;
    for (const auto& text : {running.forRecord(), running.forRecord({"web"})}) {
        const auto back = configurations.read(text);
        BOOST_TEST((back.pool({"web"})->policy == running.value().pool({"web"})->policy));
    }
}

BOOST_AUTO_TEST_CASE(another_policy_takes_the_place_of_what_it_says_and_leaves_the_rest) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-lab.json"));
    const TemporaryFolder folder;
    RecordedConfigurations configurations;
    configurations.takePolicies(folder.write(
        "policy.json", R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"upper": 950}}, )"
                       R"({"name": "other", "policy": {"upper": 960}}]}})"));
    BOOST_TEST((configurations.policyPools() == std::set<domain::PoolName>{{"web"}, {"other"}}));
    for (const auto& text : {running.forRecord(), running.forRecord({"web"})}) {
        const auto pools = configurations.readWithPolicies(text).pools;
        BOOST_REQUIRE_EQUAL(pools.size(), 1U);
        auto was = *running.value().pool({"web"});
        was.policy.upper = 950;
        BOOST_TEST((pools[0] == was));
        BOOST_TEST(configurations.read(text).pools[0].policy.upper == 800);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_policy_is_refused) {
    const std::string none = "is no policy: a replay takes pools with name and policy, and nothing else";
    BOOST_TEST(refusal(R"({"headgate:headgate": {"pool": [{"name": "web", "held": true}]}})") == none);
    BOOST_TEST(refusal(R"({"headgate:headgate": {"server": [{"name": "real1"}]}})") == none);
    BOOST_TEST(refusal("{}").starts_with("has no pool"));
    BOOST_TEST(
        !refusal(R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"uper": 1}}]}})").empty());
    BOOST_TEST(!refusal("nonsense").empty());
    BOOST_TEST(refusal(R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"upper": 1}}]}})") ==
               "");
}

BOOST_AUTO_TEST_CASE(levels_of_which_the_lower_is_not_less_are_refused) {
    const auto running = RunningConfiguration::fromFile(instanceData("valid/headgate-lab.json"));
    const TemporaryFolder folder;
    RecordedConfigurations configurations;
    configurations.takePolicies(folder.write(
        "policy.json", R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"upper": 300}}]}})"));
    BOOST_CHECK_THROW(configurations.readWithPolicies(running.forRecord()), InvalidConfiguration);
    BOOST_CHECK_THROW(configurations.read("{\"headgate:headgate\": {\"future\": 1}}"), InvalidConfiguration);
}
