#include "ruling.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

BOOST_FIXTURE_TEST_SUITE(notification_rules, Ruling)

BOOST_AUTO_TEST_CASE(without_a_rule_the_sender_is_looked_at) {
    BOOST_TEST(matched() == "");
    BOOST_TEST(looked() == Words{"server real1"});
}

BOOST_AUTO_TEST_CASE(a_rule_is_for_its_number_alone_and_a_subtree_for_those_below_it) {
    own = {rule("exact", "1.3.6.1.4.1.99999.0")};
    BOOST_TEST(matched() == "");
    own[0].subtree = true;
    BOOST_TEST(matched() == "exact");
    trap.trapOid = oid("1.3.6.1.4.1.99999.0");
    BOOST_TEST(matched() == "exact");
    trap.trapOid = oid("1.3.6.1.4.1.99999");
    BOOST_TEST(matched() == "");
    trap.trapOid = oid("1.3.6.1.4.1.999990.0");
    BOOST_TEST(matched() == "");
}

BOOST_AUTO_TEST_CASE(the_longest_number_acts) {
    own = {rule("enterprise", "1.3.6.1.4.1.99999"), rule("notifications", "1.3.6.1.4.1.99999.0"),
           rule("this", trapOid.print())};
    own[0].subtree = own[1].subtree = true;
    BOOST_TEST(matched() == "this");
    own.pop_back();
    BOOST_TEST(matched() == "notifications");
    own.pop_back();
    BOOST_TEST(matched() == "enterprise");
}

BOOST_AUTO_TEST_CASE(then_the_most_conditions_then_an_operators_then_the_name) {
    own = {rule("b", trapOid.print()), rule("a", trapOid.print())};
    shipped = {rule("0", trapOid.print())};
    BOOST_TEST(matched() == "a");
    shipped[0].conditions = {domain::VarbindCondition{varbind.print()}};
    BOOST_TEST(matched() == "a"); // it has no such varbind
    says("x");
    BOOST_TEST(matched() == "0");
    own[0].conditions = {domain::VarbindCondition{varbind.print()}};
    BOOST_TEST(matched() == "b");
}

BOOST_AUTO_TEST_CASE(an_operators_rule_takes_the_place_of_the_shipped_one_of_its_name) {
    shipped = {rule("same", trapOid.print())};
    BOOST_TEST(matched() == "same");
    own = {rule("same", "1.3.6.1.4.1.99999.0.8")};
    BOOST_TEST(matched() == "");
    BOOST_TEST(rules.size() == 1U);
}

BOOST_AUTO_TEST_CASE(each_condition_must_hold) {
    own = {rule("r", trapOid.print())};
    own[0].conditions = {{varbind.print(), "down", {}}, {"1.3.6.1.4.1.99999.1.3", {}, {}}};
    says("down");
    BOOST_TEST(matched() == "");
    trap.varbinds.push_back({oid("1.3.6.1.4.1.99999.1.3.17"), snmp::Integer{1}}); // below it: an instance
    BOOST_TEST(matched() == "r");
    trap.varbinds[0].value = snmp::Octets{"downs"};
    BOOST_TEST(matched() == "");
    own[0].conditions[0] = {varbind.print(), {}, "own"};
    BOOST_TEST(matched() == "r");
    own[0].conditions[0] = {varbind.print(), {}, "up"};
    BOOST_TEST(matched() == "");
}

BOOST_AUTO_TEST_CASE(a_conditions_value_is_a_text_a_number_an_oid_or_an_address) {
    own = {rule("r", trapOid.print())};
    const std::vector<std::pair<snmp::Value, std::string>> values{
        {snmp::Octets{"up"}, "up"},
        {snmp::Integer{-3}, "-3"},
        {snmp::Gauge{7}, "7"},
        {snmp::Counter64{12345678901}, "12345678901"},
        {oid("1.3.6.1"), "1.3.6.1"},
        {snmp::IpAddress{{192, 0, 2, 1}}, "192.0.2.1"},
        {snmp::Octets{"a \"b\""}, "a \"b\""}};
    for (const auto& [value, text] : values) {
        trap.varbinds = {{varbind, value}};
        own[0].conditions = {{varbind.print(), text, {}}};
        BOOST_TEST(matched() == "r", text);
        own[0].conditions = {{varbind.print(), text + "0", {}}};
        BOOST_TEST(matched() == "", text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_ignored_or_told_looks_at_nobody) {
    own = {rule("r", trapOid.print())};
    own[0].action = Action::ignore;
    matched();
    auto meaning = interpreter.interpret(trap, clock.at);
    BOOST_TEST(meaning.looks.empty());
    BOOST_TEST(!meaning.seen.has_value());
    own[0].action = Action::tell;
    matched();
    meaning = interpreter.interpret(trap, clock.at);
    BOOST_TEST(meaning.looks.empty());
    BOOST_TEST_REQUIRE(meaning.seen.has_value());
    BOOST_TEST((meaning.seen->use == NotificationSeen::Use::told));
    BOOST_TEST(meaning.seen->rule == "r");
    BOOST_TEST(meaning.seen->text ==
               "v2c trap 1.3.6.1.4.1.99999.0.7 from real1: nothing is looked at (rule r)");
}

BOOST_AUTO_TEST_CASE(a_rule_names_servers_appliances_and_pools_beside_the_sender) {
    own = {rule("r", trapOid.print())};
    own[0].servers = {{"real2"}, {"gone"}};
    own[0].appliances = {{"lb1"}};
    own[0].pools = {{"web"}};
    BOOST_TEST(looked() == (Words{"server real2", "server real1", "appliance lb1", "pool web"}));
    own[0].sender = false;
    BOOST_TEST(looked() == (Words{"server real2", "appliance lb1", "pool web"}));
    clock.at += 10s;
    const auto seen = interpreter.interpret(trap, clock.at).seen;
    BOOST_TEST_REQUIRE(seen.has_value());
    BOOST_TEST(seen->text ==
               "v2c trap 1.3.6.1.4.1.99999.0.7 from real1: a hint, server real2 polled at once, "
               "appliance lb1 checked soon, pool web looked at (rule r)");
}

BOOST_AUTO_TEST_CASE(an_appliances_notification_has_it_checked) {
    trap.source = *snmp::Endpoint::parse("192.0.2.9:5000");
    BOOST_TEST(looked() == Words{"appliance lb1"});
    BOOST_TEST(interpreter.interpret(trap, clock.at + 10s).seen->text ==
               "v2c trap 1.3.6.1.4.1.99999.0.7 from lb1: a hint, checked soon");
    trap.source = *snmp::Endpoint::parse("192.0.2.10:5000"); // where its NETCONF is
    BOOST_TEST(looked() == Words{"appliance lb1"});
    trap.source = *snmp::Endpoint::parse("203.0.113.1:5000");
    trap.trapAddress = "192.0.2.9"; // passed on by an NMS
    BOOST_TEST(looked() == Words{"appliance lb1"});
}

BOOST_AUTO_TEST_CASE(a_varbind_names_by_address) {
    naming();
    trap.varbinds = {{varbind, snmp::IpAddress{{192, 0, 2, 2}}}};
    BOOST_TEST(looked() == Words{"server real2"});
    trap.varbinds = {{varbind, snmp::IpAddress{{192, 0, 2, 9}}}};
    BOOST_TEST(looked() == Words{"appliance lb1"});
    trap.varbinds = {{varbind, snmp::Octets{std::string("\xc0\x00\x02\x02", 4)}}}; // an InetAddress
    BOOST_TEST(looked() == Words{"server real2"});
    says("192.0.2.2");
    BOOST_TEST(looked() == Words{"server real2"});
    says("192.0.2.3");
    BOOST_TEST(looked() == Words{});
}

BOOST_AUTO_TEST_CASE(a_varbind_names_by_the_words_of_its_text) {
    naming();
    says("real2");
    BOOST_TEST(looked() == Words{"server real2"});
    says("Pool /Common/web-pool member /Common/192.0.2.2:80 monitor status down. [ /Common/http: down ]");
    BOOST_TEST(looked() == (Words{"server real2", "pool web"}));
    naming(NameKind::pool);
    BOOST_TEST(looked() == Words{"pool web"});
    naming(NameKind::server);
    BOOST_TEST(looked() == Words{"server real2"});
    naming(NameKind::appliance);
    BOOST_TEST(looked() == Words{});
    says("\"lb1\" is standby.");
    BOOST_TEST(looked() == Words{"appliance lb1"});
}

BOOST_AUTO_TEST_CASE(only_the_varbind_that_the_rule_names_counts) {
    naming();
    says("real2", varbind + 4U); // an instance of it
    BOOST_TEST(looked() == Words{"server real2"});
    says("real2", oid("1.3.6.1.4.1.99999.1.3"));
    BOOST_TEST(looked() == Words{});
    BOOST_TEST(interpreter.interpret(trap, clock.at + 10s).seen->text.find("names nobody to look at") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_stranger_is_of_use_only_for_a_rule_that_looks_beyond_the_sender) {
    trap.source = *snmp::Endpoint::parse("203.0.113.1:5000");
    own = {rule("r", trapOid.print())};
    BOOST_TEST(looked() == Words{});
    BOOST_TEST(!rules.mayLookBeyondSender());
    own[0].pools = {{"web"}};
    BOOST_TEST(looked() == Words{"pool web"});
    BOOST_TEST(rules.mayLookBeyondSender(trapOid));
    BOOST_TEST(!rules.mayLookBeyondSender(oid("1.3.6.1.4.1.99999.0.8")));
}

BOOST_AUTO_TEST_SUITE_END()
