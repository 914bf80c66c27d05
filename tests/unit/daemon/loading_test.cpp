#include "daemon/loading.hpp"
#include "lab_configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::daemon;

namespace {

struct Loading {
    domain::Configuration present = northbound::RunningConfiguration::fromFile(labFile).value();
    domain::Configuration next = present;
    domain::Pool& pool() { return next.pools.front(); }
    std::string refusal() const {
        const auto problems = notByLoading(present, next);
        return problems.empty() ? "" : problems.front().path + ": " + problems.front().rule;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(loading, Loading)

BOOST_AUTO_TEST_CASE(what_is_as_it_was_may_be_loaded_with_other_servers_and_policies) {
    BOOST_TEST(refusal() == "");
    pool().policy.upper = 700;
    pool().held = true;
    next.servers.push_back(next.servers.front());
    next.servers.back().name = {"another"};
    BOOST_TEST(refusal() == "");
}

BOOST_AUTO_TEST_CASE(members_change_by_transactions) {
    pool().members.front().connection.weight = 7;
    BOOST_TEST(refusal().starts_with("/headgate:headgate/pool[name='web']/member: "));
    pool() = present.pools.front();
    pool().members.front().authentication.user = "somebody";
    BOOST_TEST(refusal().starts_with("/headgate:headgate/pool[name='web']/member: "));
    pool() = present.pools.front();
    pool().members.clear();
    BOOST_TEST(refusal().starts_with("/headgate:headgate/pool[name='web']/member: "));
    pool() = present.pools.front();
    pool().members.push_back(memberReal2());
    BOOST_TEST(refusal().starts_with("/headgate:headgate/pool[name='web']/member: "));
}

BOOST_AUTO_TEST_CASE(a_pool_stays_on_its_appliances) {
    pool().places.pop_back();
    BOOST_TEST(refusal().starts_with("/headgate:headgate/pool[name='web']/appliance: "));
}

BOOST_AUTO_TEST_CASE(a_pool_whose_members_were_allocated_is_not_forgotten) {
    next.pools.clear();
    BOOST_TEST(refusal() == ""); // an operator wrote each of them
    present.pools.front().members.push_back(memberReal2());
    present.pools.front().members.back().origin = domain::Origin::allocated;
    BOOST_TEST(refusal().find("real2 would stay in it: first 'headgate release web real2'") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_another_configuration_has_otherwise_is_told_in_phrases) {
    const auto running = northbound::RunningConfiguration::fromFile(labFile);
    const auto told = [&](const std::string& from, const std::string& to) {
        auto text = running.text();
        text.replace(text.find(from), from.size(), to);
        const auto phrases = running.changesTo(text);
        return phrases.empty() ? std::string() : phrases.front();
    };
    BOOST_TEST(told("\"upper\": 800", "\"upper\": 900") == "pool[name='web']/policy/upper 800 -> 900");
    BOOST_TEST(told("\"maximum\": 8,", "") == "pool[name='web']/policy/maximum removed");
    BOOST_TEST(told("\"policy\": {", "\"held\": true, \"policy\": {") == "pool[name='web']/held set to true");
    BOOST_TEST(told("\"policy\": {", "\"held\": false, \"policy\": {") == ""); // as it was
    BOOST_TEST(told("web", "web") == "");
    const std::string top = "\"headgate:headgate\": {";
    BOOST_TEST(told(top, top + "\"snmp-agent\": {\"enabled\": true},") == "snmp-agent/enabled set to true");
    BOOST_TEST(told(top, top + "\"snmp-agent\": {\"enabled\": false},") == "");
    BOOST_TEST(told(top, "\"ietf-netconf-acm:nacm\": {\"exec-default\": \"deny\"}, " + top) ==
               "rules of access control changed");
    BOOST_CHECK_THROW(running.changesTo("{}}"), northbound::InvalidConfiguration);
}

BOOST_AUTO_TEST_SUITE_END()
