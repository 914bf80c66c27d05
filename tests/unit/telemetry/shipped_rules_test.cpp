// Each notification that a shipped rule is for, as its sender sends it, and who is looked at then. What they
// mean and carry: RFC 2981 and RFC 3418; of an F5 its message, node and port; of a NetScaler what its
// varbinds name.

#include "northbound/notification_rules.hpp"
#include "ruling.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

namespace {

struct Case {
    std::string trapOid;
    std::string rule;
    Words looked; ///< nobody: it is told
};

struct Shipped : Ruling {
    std::set<std::string> tried;

    Shipped() { shipped = northbound::shippedNotificationRules(); }

    void fromAppliance(std::vector<snmp::Varbind> varbinds) {
        trap.source = *snmp::Endpoint::parse("192.0.2.9:5000");
        trap.varbinds = std::move(varbinds);
    }
    void tries(const Case& expected) {
        trap.trapOid = oid(expected.trapOid.c_str());
        BOOST_TEST(matched() == expected.rule, expected.trapOid);
        BOOST_TEST(looked() == expected.looked, expected.rule);
        clock.at += 10s; // what is like one that was told is told again
        const auto seen = interpreter.interpret(trap, clock.at).seen;
        BOOST_TEST_REQUIRE(seen.has_value(), expected.rule);
        BOOST_TEST((seen->use == NotificationSeen::Use::told) == expected.looked.empty(), expected.rule);
        tried.insert(expected.rule);
    }
    /// All shipped rules whose number begins like this.
    std::set<std::string> below(const std::string& number) const {
        std::set<std::string> names;
        for (const auto& rule : shipped)
            if (oid(number.c_str()).isPrefixOf(oid(rule.trapOid.c_str()))) names.insert(rule.name);
        return names;
    }
    void haveAllBeenTried(const std::string& number) {
        BOOST_TEST(!tried.empty());
        BOOST_TEST(tried == below(number), boost::test_tools::per_element());
    }
};

}

BOOST_FIXTURE_TEST_SUITE(shipped_rules, Shipped)

BOOST_AUTO_TEST_CASE(of_disman_events_what_a_trigger_saw_has_the_server_polled) {
    const std::string events = "1.3.6.1.2.1.88.2.0";
    const Case cases[] = {{events + ".1", "event-trigger", {"server real1"}}, // mteTriggerFired
                          {events + ".2", "event-trigger", {"server real1"}}, // …Rising
                          {events + ".3", "event-trigger", {"server real1"}}, // …Falling
                          {events + ".4", "event-trigger-failure", {}},
                          {events + ".5", "event-set-failure", {}}};
    for (const auto& expected : cases)
        tries(expected);
    haveAllBeenTried(events);
}

BOOST_AUTO_TEST_CASE(of_snmps_own_a_start_has_the_server_polled) {
    const std::string standard = "1.3.6.1.6.3.1.1.5";
    const Case cases[] = {{standard + ".1", "cold-start", {"server real1"}},
                          {standard + ".2", "warm-start", {"server real1"}},
                          {standard + ".5", "authentication-failure", {}}};
    for (const auto& expected : cases)
        tries(expected);
    haveAllBeenTried(standard);
}

BOOST_AUTO_TEST_CASE(of_an_f5_what_a_monitor_saw_has_the_pool_and_the_member_looked_at) {
    const auto objects = oid("1.3.6.1.4.1.3375.2.4.1");
    const std::string traps = "1.3.6.1.4.1.3375.2.4.0";
    const Words all{"server real2", "appliance lb1", "pool web"};
    const auto carries = [&](const std::string& message) {
        fromAppliance({{objects + 1U, snmp::Octets{message}},
                       {objects + 2U, snmp::Octets{"/Common/192.0.2.2"}},
                       {objects + 3U, snmp::Integer{80}}});
    };
    carries("Pool /Common/web-pool member /Common/192.0.2.2:80 monitor status down. [ /Common/http: down ]");
    for (const Case& expected : {Case{traps + ".10", "f5-service-down", all},
                                 {traps + ".11", "f5-service-up", all},
                                 {traps + ".131", "f5-member-rate", all}})
        tries(expected);
    carries("Node /Common/192.0.2.2 address 192.0.2.2 monitor status down.");
    const Words node{"server real2", "appliance lb1"};
    for (const Case& expected :
         {Case{traps + ".12", "f5-node-down", node}, {traps + ".13", "f5-node-up", node}})
        tries(expected);
    // The message names the virtual server: no pool of ours is known by it.
    fromAppliance({{objects + 1U, snmp::Octets{"Virtual /Common/web-vs has become unavailable"}}});
    const Words itself{"appliance lb1"};
    for (const Case& expected : {Case{traps + ".14", "f5-standby", itself},
                                 {traps + ".15", "f5-active", itself},
                                 {traps + ".135", "f5-virtual-available", itself},
                                 {traps + ".136", "f5-virtual-unavailable", itself}})
        tries(expected);
    haveAllBeenTried(traps);
}

BOOST_AUTO_TEST_CASE(of_a_netscaler_what_its_varbinds_name_is_looked_at) {
    const auto objects = oid("1.3.6.1.4.1.5951.4.1");
    const std::string traps = "1.3.6.1.4.1.5951.1.1.0";
    const Words all{"server real2", "appliance lb1", "pool web"};
    fromAppliance({{objects + 10U, snmp::Octets{"/Common/web-pool"}},
                   {objects + 11U, snmp::IpAddress{{192, 0, 2, 2}}},
                   {oid("1.3.6.1.2.1.1.6.0"), snmp::Octets{"real1"}}}); // sysLocation is none of theirs
    for (const Case& expected : {Case{traps + ".8", "netscaler-entity-down", all},
                                 {traps + ".9", "netscaler-entity-up", all},
                                 {traps + ".26", "netscaler-most-clients", all},
                                 {traps + ".27", "netscaler-clients-normal", all},
                                 {traps + ".49", "netscaler-member-most-clients", all},
                                 {traps + ".78", "netscaler-probe-failed", all}})
        tries(expected);
    fromAppliance({{objects + 1U, snmp::Integer{97}}});
    for (const Case& expected :
         {Case{traps + ".3", "netscaler-cpu", {}}, {traps + ".11", "netscaler-cpu-normal", {}}})
        tries(expected);
    fromAppliance(
        {{objects + 2U, snmp::Octets{"nsroot"}}, {objects + 3U, snmp::Octets{"bind servicegroup"}}});
    tries({traps + ".25", "netscaler-configuration-changed", {"appliance lb1"}});
    haveAllBeenTried(traps);
}

BOOST_AUTO_TEST_CASE(no_shipped_rule_is_left_out_here) {
    std::size_t known = 0;
    for (const auto* number :
         {"1.3.6.1.2.1.88.2.0", "1.3.6.1.6.3.1.1.5", "1.3.6.1.4.1.3375", "1.3.6.1.4.1.5951"})
        known += below(number).size();
    BOOST_TEST(known == shipped.size());
}

BOOST_AUTO_TEST_SUITE_END()
