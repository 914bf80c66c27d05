#include "fakes.hpp"
#include "northbound/notification_rules.hpp"
#include "telemetry/interpreter.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using Action = domain::NotificationRule::Action;
using NameKind = domain::NamingVarbind::Names;
using Words = std::vector<std::string>;

namespace {

const auto trapOid = oid("1.3.6.1.4.1.99999.0.7");
const auto varbind = oid("1.3.6.1.4.1.99999.1.2");

/// Two servers, an appliance with an SNMP agent and a pool on it, and what rules say to a notification.
struct Ruling : Field {
    std::vector<domain::NotificationRule> own;
    std::vector<domain::NotificationRule> shipped;
    Directory directory;
    Rules rules;
    Interpreter interpreter{directory, rules,
                            [](const auto&, const auto&) { return std::optional<domain::Sample>(); }};
    snmp::Notification trap;

    Ruling() {
        auto& c = configuration.configuration;
        domain::Appliance appliance;
        appliance.name = {"lb1"};
        appliance.host = "192.0.2.10";
        appliance.snmpAddress = "192.0.2.9:161";
        c.appliances = {appliance};
        domain::Pool pool;
        pool.name = {"web"};
        pool.places = {{{"lb1"}, "/Common/web-pool"}};
        c.pools = {pool};
        trap.source = *snmp::Endpoint::parse("192.0.2.1:40000");
        trap.trapOid = trapOid;
    }

    domain::NotificationRule rule(const std::string& name, const std::string& number) {
        domain::NotificationRule made;
        made.name = name;
        made.trapOid = number;
        return made;
    }

    std::string matched() {
        directory = Directory(configuration);
        rules = Rules(own, shipped, directory);
        const auto* found = rules.match(trap);
        return found ? found->name : "";
    }

    /// Who is looked at because of the trap: "server real1", "appliance lb1", "pool web".
    Words looked() {
        matched();
        const auto looks = interpreter.interpret(trap, clock.at).looks;
        Words all;
        for (const auto server : looks.servers)
            all.push_back("server " + directory.serverName(server).value);
        for (const auto appliance : looks.appliances)
            all.push_back("appliance " + directory.applianceName(appliance).value);
        for (const auto pool : looks.pools)
            all.push_back("pool " + directory.poolName(pool).value);
        return all;
    }

    void says(const std::string& text, const snmp::Oid& name = varbind) {
        trap.varbinds = {{name, snmp::Octets{text}}};
    }

    /// One rule, which looks only at whom that varbind names.
    domain::NotificationRule& naming(NameKind names = NameKind::any) {
        own = {rule("naming", trapOid.print())};
        own[0].sender = false;
        own[0].varbinds = {{varbind.print(), names}};
        return own[0];
    }
};

}

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

BOOST_AUTO_TEST_CASE(the_shipped_rules_are_read_and_act) {
    shipped = northbound::shippedNotificationRules();
    trap.trapOid = oid("1.3.6.1.2.1.88.2.0.2");
    BOOST_TEST(matched() == "event-trigger");
    BOOST_TEST(looked() == Words{"server real1"});
    for (const auto* start : {"1.3.6.1.6.3.1.1.5.1", "1.3.6.1.6.3.1.1.5.2"}) {
        trap.trapOid = oid(start);
        BOOST_TEST(looked() == Words{"server real1"}, start);
    }
    trap.trapOid = oid("1.3.6.1.6.3.1.1.5.5");
    BOOST_TEST(matched() == "authentication-failure");
    BOOST_TEST(looked() == Words{});
}

BOOST_AUTO_TEST_CASE(the_shipped_rules_of_an_f5_look_at_the_pool_and_the_member) {
    shipped = northbound::shippedNotificationRules();
    trap.source = *snmp::Endpoint::parse("192.0.2.9:5000");
    const auto objects = oid("1.3.6.1.4.1.3375.2.4.1");
    trap.varbinds = {{objects + 1U,
                      snmp::Octets{"Pool /Common/web-pool member /Common/192.0.2.2:80 monitor status down."}},
                     {objects + 2U, snmp::Octets{"/Common/192.0.2.2"}},
                     {objects + 3U, snmp::Integer{80}}};
    for (const std::uint32_t number : {10U, 11U}) {
        trap.trapOid = oid("1.3.6.1.4.1.3375.2.4.0") + number;
        BOOST_TEST(looked() == (Words{"server real2", "appliance lb1", "pool web"}), number);
    }
    trap.trapOid = oid("1.3.6.1.4.1.3375.2.4.0.12");
    BOOST_TEST(looked() == (Words{"server real2", "appliance lb1"}));
    trap.trapOid = oid("1.3.6.1.4.1.3375.2.4.0.15");
    BOOST_TEST(looked() == Words{"appliance lb1"});
}

BOOST_AUTO_TEST_CASE(the_shipped_rule_of_a_netscaler_that_was_configured_has_it_checked_for_drift) {
    shipped = northbound::shippedNotificationRules();
    trap.source = *snmp::Endpoint::parse("192.0.2.9:5000");
    trap.trapOid = oid("1.3.6.1.4.1.5951.1.1.0.25");
    BOOST_TEST(matched() == "netscaler-configuration-changed");
    BOOST_TEST(looked() == Words{"appliance lb1"});
}

BOOST_AUTO_TEST_SUITE_END()
