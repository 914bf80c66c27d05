#include "appliance/mib.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate::appliance;
using namespace headgate;
using namespace std::chrono_literals;

namespace {

using Health = MemberStatus::Health;

Member member(const std::string& name, const std::string& address, std::uint16_t port = 80) {
    Member out;
    out.name = name;
    out.address = address;
    out.port = port;
    return out;
}

MemberStatus status(Health health, Admin admin = Admin::enabled) {
    MemberStatus out;
    out.health = health;
    out.admin = admin;
    out.connections = 3;
    out.totalConnections = 5000000000ULL;
    out.totalRequests = 6000000000ULL;
    return out;
}

/// A pool of one member, in one state.
snmp::Objects shown(const char* family, const std::string& pool, const Member& one,
                    const MemberStatus& state) {
    View view;
    view.configuration.pools = {Pool{pool, Balance::roundRobin, {}, {one}}};
    view.configuration.virtuals = {Virtual{"vs", "192.0.2.1", 80, pool}};
    view.status[{pool, one.name}] = state;
    view.address = "192.0.2.1";
    view.started = base::Instant(1s);
    view.now = base::Instant(4s);
    snmp::Objects objects;
    makeMib(family)->show(objects, view);
    return objects;
}

std::string at(const snmp::Objects& objects, const snmp::Oid& name) {
    const auto found = objects.values.find(name);
    return found == objects.values.end() ? "nothing" : snmp::print(found->second);
}

}

BOOST_AUTO_TEST_CASE(f5_colours_and_counts_a_member) {
    const snmp::Oid states = snmp::Oid::of("1.3.6.1.4.1.3375.2.2.5.6.2.1");
    const snmp::Oid statistics = snmp::Oid::of("1.3.6.1.4.1.3375.2.2.5.4.3.1");
    const snmp::Oid pools = snmp::Oid::of("1.3.6.1.4.1.3375.2.2.5.1.2.1");
    const auto index = snmp::indexOf("/Common/web") + snmp::indexOf("/Common/real1") + 80U;
    struct Row {
        MemberStatus status;
        const char *colour, *enabled, *active;
    };
    for (const auto& [state, colour, enabled, active] :
         {Row{status(Health::up), "1", "1", "1"}, Row{status(Health::down), "3", "1", "0"},
          Row{status(Health::checking), "4", "1", "0"}, Row{status(Health::unchecked), "4", "1", "0"},
          Row{status(Health::up, Admin::draining), "1", "2", "0"},
          Row{status(Health::up, Admin::disabled), "3", "2", "0"}}) {
        const auto objects = shown("f5", "/Common/web", member("/Common/real1:80", "192.0.2.7"), state);
        BOOST_TEST(at(objects, states + 5U + index) == colour);
        BOOST_TEST(at(objects, states + 6U + index) == enabled);
        BOOST_TEST(at(objects, statistics + 11U + index) == "3");
        BOOST_TEST(at(objects, statistics + 10U + index) == "5000000000");
        BOOST_TEST(at(objects, statistics + 19U + index) == "6000000000");
        BOOST_TEST(at(objects, pools + 8U + snmp::indexOf("/Common/web")) == active);
        BOOST_TEST(at(objects, pools + 23U + snmp::indexOf("/Common/web")) == "1");
    }
}

BOOST_AUTO_TEST_CASE(f5_knows_the_node_of_a_member_with_an_ipv6_name) {
    const auto objects = shown("f5", "/Common/web", member("/Common/2001:db8::1.8080", "2001:db8::1", 8080),
                               status(Health::up));
    const auto index = snmp::indexOf("/Common/web") + snmp::indexOf("/Common/2001:db8::1") + 8080U;
    BOOST_TEST(at(objects, snmp::Oid::of("1.3.6.1.4.1.3375.2.2.5.6.2.1.2") + index) == "2");
    BOOST_TEST(at(objects, snmp::Oid::of("1.3.6.1.4.1.3375.2.2.5.6.2.1.3") + index) ==
               "0x20010db8000000000000000000000001");
}

BOOST_AUTO_TEST_CASE(citrix_numbers_a_members_state_and_its_virtual_server) {
    const snmp::Oid members = snmp::Oid::of("1.3.6.1.4.1.5951.4.1.2.7.1");
    const snmp::Oid virtuals = snmp::Oid::of("1.3.6.1.4.1.5951.4.1.3.1.1");
    const auto index = snmp::indexOf("web") + snmp::indexOf("web?192.0.2.7?80");
    struct Row {
        MemberStatus status;
        const char *number, *serving;
    };
    for (const auto& [state, number, serving] :
         {Row{status(Health::up), "7", "1"}, Row{status(Health::unchecked), "7", "1"},
          Row{status(Health::down), "1", "0"}, Row{status(Health::checking), "2", "0"},
          Row{status(Health::up, Admin::draining), "5", "0"},
          Row{status(Health::down, Admin::draining), "8", "0"},
          Row{status(Health::up, Admin::disabled), "4", "0"}}) {
        const auto objects = shown("citrix", "web", member("192.0.2.7:80", "192.0.2.7"), state);
        BOOST_TEST(at(objects, members + 6U + index) == number);
        BOOST_TEST(at(objects, members + 10U + index) == "3");
        BOOST_TEST(at(objects, members + 31U + index) == "300");
        BOOST_TEST(at(objects, virtuals + 41U + snmp::indexOf("vs")) == serving);
        BOOST_TEST(at(objects, virtuals + 5U + snmp::indexOf("vs")) == (*serving == '1' ? "7" : "1"));
    }
}

BOOST_AUTO_TEST_CASE(traps_say_what_happened_to_whom) {
    const MemberChange change{"/Common/web", member("/Common/real1:80", "192.0.2.7"), status(Health::up),
                              status(Health::up, Admin::disabled), 3700s};
    const auto down = makeMib("f5")->memberWentDown(change);
    BOOST_TEST(down.name.print() == "1.3.6.1.4.1.3375.2.4.0.10");
    BOOST_REQUIRE(down.varbinds.size() == 3);
    BOOST_TEST(
        snmp::textOf(down.varbinds[0].value).value() ==
        "Pool /Common/web member /Common/real1:80 monitor status forced down. [ Forced down ]  [ was up for "
        "1hr:1mins:40sec ]");
    BOOST_TEST(snmp::textOf(down.varbinds[1].value).value() == "/Common/real1");
    BOOST_TEST(snmp::print(down.varbinds[2].value) == "80");
    BOOST_TEST(makeMib("citrix")->memberWentUp(change).name.print() == "1.3.6.1.4.1.5951.1.1.0.9");
    BOOST_TEST(!makeMib("f5")->configurationChanged({}, {}));
    BOOST_TEST(makeMib("f5")->failedOver(HaState::standby)->name.print() == "1.3.6.1.4.1.3375.2.4.0.14");
    BOOST_TEST(makeMib("f5")->failedOver(HaState::active)->name.print() == "1.3.6.1.4.1.3375.2.4.0.15");
    BOOST_TEST(!makeMib("citrix")->failedOver(HaState::active));

    const ConfigurationChange edited{"", "", std::vector<std::string>(100, "merge /a/b")};
    const auto told = makeMib("citrix")->configurationChanged(edited, {});
    BOOST_TEST(told->name.print() == "1.3.6.1.4.1.5951.1.1.0.25");
    BOOST_TEST(snmp::textOf(told->varbinds[0].value).value() == "system");
    BOOST_TEST(snmp::textOf(told->varbinds[1].value).value().size() == 255U);
}
