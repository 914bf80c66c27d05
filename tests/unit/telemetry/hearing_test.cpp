#include "fakes.hpp"
#include "snmp/notification_content.hpp"
#include "support/memory.hpp"
#include "telemetry/hearing.hpp"
#include "telemetry/not_taken.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

namespace {

const auto number = oid("1.3.6.1.4.1.99999.0.7");
const auto another = oid("1.3.6.1.4.1.99999.0.8");
const auto snmpTrapAddress = oid("1.3.6.1.6.3.18.1.3.0");
const auto snmpTrapCommunity = oid("1.3.6.1.6.3.18.1.4.0");

snmp::Endpoint at(const std::string& address) {
    return *snmp::Endpoint::parse(address, 40000);
}

/// Datagrams as a receiver would hand them over, and what came of them.
struct Stormy : Field {
    std::vector<std::string> polled;
    std::vector<NotificationSeen> seen;
    std::vector<ApplianceHint> checked;
    std::vector<PoolHint> pools;
    Hearing hearing{clock,
                    {},
                    {[](const auto&, const auto&) { return std::optional<domain::Sample>(); },
                     [this](const domain::ServerName& server) { polled.push_back(server.value); },
                     [](const domain::Sample&) {},
                     [this](NotificationSeen told) { seen.push_back(std::move(told)); },
                     [this](ApplianceHint hint) { checked.push_back(std::move(hint)); },
                     [this](PoolHint hint) { pools.push_back(std::move(hint)); }}};
    snmp::Glancer glancer;
    snmp::BerWriter out;

    Stormy() {
        auto& c = configuration.configuration;
        domain::Appliance appliance;
        appliance.name = {"lb1"};
        appliance.snmpAddress = "192.0.2.9:161";
        c.appliances = {appliance};
        c.notificationRateLimit = 10;
        hearing.configure(configuration);
    }

    /// A v2c trap; true: it was read.
    bool arrives(const std::string& source, std::int32_t value = 0, const snmp::Oid& trapOid = number) {
        return arrives(source, {{number, snmp::Integer{value}}}, trapOid);
    }
    bool arrives(const std::string& source, std::vector<snmp::Varbind> more,
                 const snmp::Oid& trapOid = number) {
        std::vector<snmp::Varbind> all{{objects::sysUpTime, snmp::TimeTicks{7}},
                                       {oid("1.3.6.1.6.3.1.1.4.1.0"), trapOid}};
        all.insert(all.end(), more.begin(), more.end());
        out.clear();
        snmp::writeCommunityMessage(out, 1, "public", {snmp::PduType::trapV2, 1, 0, 0, all});
        return reads(source);
    }
    /// A trap of v1 with that agent-addr.
    bool arrivesOf(snmp::IpAddress agent, const std::string& source) {
        out.clear();
        const auto end = out.mark();
        out.wrap(snmp::tag::sequence, out.mark()); // no varbinds
        out.unsignedInteger(9, snmp::tag::timeTicks);
        out.integer(7);
        out.integer(6);
        out.value(agent);
        out.oid(oid("1.3.6.1.4.1.99999"));
        out.wrap(static_cast<std::uint8_t>(snmp::PduType::trapV1), end);
        out.octets("public");
        out.integer(0);
        out.wrap(snmp::tag::sequence, end);
        return reads(source);
    }
    /// What is in `out`, as a receiver would.
    bool reads(const std::string& source) {
        if (!hearing.admit(at(source))) return false;
        const auto message = snmp::readCommunityMessage(out.bytes()).value();
        if (!hearing.wants(glancer.look(message, at(source)).value())) return false;
        snmp::BerReader in(message.pdu);
        snmp::Notification notification;
        if (message.version == 0)
            notification = snmp::notificationOf(snmp::readTrapV1(in).value());
        else
            BOOST_TEST_REQUIRE(snmp::take(snmp::readPdu(in).value(), notification));
        notification.source = at(source);
        hearing.hear(notification);
        return true;
    }
    /// The one that is told of in this minute: from now on nobody is read for that alone.
    void strangerComes() {
        BOOST_TEST_REQUIRE(arrives("203.0.113.4", 0, another));
        BOOST_TEST_REQUIRE(!arrives("203.0.113.5", 0, another));
        BOOST_TEST_REQUIRE(polled.empty());
    }
    void later(domain::Duration pause) {
        clock.at += pause;
        if (hearing.nextDue() && *hearing.nextDue() <= clock.at) hearing.tick();
    }
};

}

BOOST_FIXTURE_TEST_SUITE(hearing_of_notifications, Stormy)

BOOST_AUTO_TEST_CASE(a_source_is_let_through_as_often_as_the_rate_limit_says) {
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(hearing.admit(at("192.0.2.1")));
    BOOST_TEST(!hearing.admit(at("192.0.2.1")));
    BOOST_TEST(!hearing.admit(*snmp::Endpoint::parse("192.0.2.1:1"))); // from whatever port
    BOOST_TEST(hearing.admit(at("192.0.2.2")));
    clock.at += 99ms;
    BOOST_TEST(!hearing.admit(at("192.0.2.1")));
    clock.at += 1ms;
    BOOST_TEST(hearing.admit(at("192.0.2.1")));
    BOOST_TEST(!hearing.admit(at("192.0.2.1")));
    BOOST_TEST(hearing.counters().limited == 4U);
}

BOOST_AUTO_TEST_CASE(a_storm_in_which_each_says_something_else_takes_no_memory) {
    configuration.configuration.notificationRateLimit = 1'000'000;
    hearing.configure(configuration);
    // A hundred thousand a second: of servers, of an appliance, of strangers, and passed on for some that
    // nobody knows.
    std::size_t read = 0;
    const auto storm = [&](std::int32_t from, std::int32_t to) {
        const std::string sources[] = {"192.0.2.1", "192.0.2.2", "192.0.2.9", ""};
        for (auto i = from; i < to; ++i) {
            const auto made = std::to_string(i / 250 % 250) + "." + std::to_string(i % 250);
            const auto& source = sources[static_cast<std::size_t>(i % 4)];
            if (i % 5 == 0)
                read += arrives("192.0.2.1",
                                {{number, snmp::Integer{i}}, {snmpTrapCommunity, snmp::Octets{made}}});
            else
                read += arrives(source.empty() ? "10.7." + made : source, i,
                                number + static_cast<std::uint32_t>(i % 1000));
            if (i % 100 == 0) later(1ms);
        }
        seen = {};
        polled = {};
        checked = {};
    };
    storm(0, 50'000);
    const auto memory = headgate::test::memoryInUse();
    storm(50'000, 250'000);
    BOOST_TEST(headgate::test::memoryInUse() <= memory + 16'384);
    BOOST_TEST(read > 100'000U, "they were not passed over unread");
}

BOOST_AUTO_TEST_CASE(strangers_share_ten_times_that_and_take_nothing_from_those_that_are_known) {
    std::size_t admitted = 0;
    for (int i = 0; i < 250; ++i)
        for (int j = 0; j < 250; ++j) // made-up sources, each once
            admitted += hearing.admit(at("10.7." + std::to_string(i) + "." + std::to_string(j)));
    BOOST_TEST(admitted == 100U);
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(hearing.admit(at("192.0.2.1")));
        BOOST_TEST(hearing.admit(at("192.0.2.9")));
    }
}

BOOST_AUTO_TEST_CASE(one_stranger_alone_is_let_through_as_often_as_anybody) {
    std::size_t admitted = 0;
    for (int i = 0; i < 1000; ++i)
        admitted += hearing.admit(at("2001:db8::7"));
    BOOST_TEST(admitted == 10U);
    BOOST_TEST(hearing.admit(at("2001:db8::8")));
}

BOOST_AUTO_TEST_CASE(a_strangers_trap_is_counted_before_it_is_read_and_told_of_once) {
    BOOST_TEST(arrives("203.0.113.5")); // read, to be told of
    for (int i = 1; i < 100; ++i)
        BOOST_TEST(!arrives("203.0.113." + std::to_string(100 + i), i));
    BOOST_TEST(hearing.counters().strange == 99U);
    BOOST_TEST(hearing.interpreter().unknown() == 100U);
    BOOST_TEST(seen.size() == 1U);
    BOOST_TEST(polled.empty());
    clock.at += 60s;
    BOOST_TEST(arrives("203.0.113.5"));
    BOOST_TEST(seen.back().text.find("101 such so far") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_stranger_passes_on_for_a_server_that_is_known_is_no_strangers) {
    auto& c = configuration.configuration;
    c.servers[1].credential = {"own"};
    configuration.credentials[{"own"}] =
        snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("of-real2")});
    hearing.configure(configuration);
    strangerComes();
    const auto polls = [&](bool read) {
        BOOST_TEST(read);
        later(1s); // another look at the same is not so soon
        return std::exchange(polled, {});
    };
    using Servers = std::vector<std::string>;
    const auto relay = "203.0.113.6";
    BOOST_TEST(polls(arrives(relay, {{snmpTrapAddress, snmp::IpAddress{{192, 0, 2, 1}}}})) ==
               Servers{"real1"});
    BOOST_TEST(polls(arrivesOf({{192, 0, 2, 2}}, relay)) == Servers{"real2"});
    BOOST_TEST(polls(arrives(relay, {{snmpTrapCommunity, snmp::Octets{"real1"}}})) == Servers{"real1"});
    BOOST_TEST(polls(arrives(relay, {{snmpTrapCommunity, snmp::Octets{"of-real2"}}})) == Servers{"real2"});
    // Nor is it of anybody that is known.
    BOOST_TEST(!arrives(relay, {{snmpTrapAddress, snmp::IpAddress{{192, 0, 2, 77}}}}));
    BOOST_TEST(!arrivesOf({{192, 0, 2, 77}}, relay));
    BOOST_TEST(!arrives(relay, {{snmpTrapCommunity, snmp::Octets{"real77"}}}));
}

BOOST_AUTO_TEST_CASE(what_says_the_same_again_is_passed_over_and_the_last_word_is_acted_on) {
    BOOST_TEST(arrives("192.0.2.1"));
    BOOST_TEST(polled.size() == 1U);
    BOOST_TEST(arrives("192.0.2.1"));
    BOOST_TEST(!arrives("192.0.2.1"));
    BOOST_TEST(!arrives("192.0.2.1"));
    BOOST_TEST(hearing.counters().repeated == 2U);
    BOOST_TEST(polled.size() == 1U);
    later(249ms);
    BOOST_TEST(!arrives("192.0.2.1"));
    BOOST_TEST(polled.size() == 1U);
    later(1ms);
    BOOST_TEST(polled.size() == 2U); // later than all of them
    BOOST_TEST(!hearing.nextDue().has_value());
    later(10s);
    BOOST_TEST(polled.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_different_words_makes_one_poll_in_a_quarter_second) {
    configuration.configuration.notificationRateLimit = 100'000;
    hearing.configure(configuration);
    std::int32_t value = 0;
    for (int i = 0; i < 1000; ++i) {
        for (int j = 0; j < 10; ++j)
            BOOST_TEST(arrives("192.0.2.1", ++value));
        later(1ms);
    }
    later(1s);
    BOOST_TEST(polled.size() >= 4U);
    BOOST_TEST(polled.size() <= 5U);
}

BOOST_AUTO_TEST_CASE(an_appliance_is_told_of_at_once_and_once_more_at_the_end) {
    for (int i = 0; i < 10; ++i)
        arrives("192.0.2.9", i);
    BOOST_TEST_REQUIRE(checked.size() == 1U);
    BOOST_TEST(checked[0].appliance.value == "lb1");
    BOOST_TEST(checked[0].text == "v2c trap 1.3.6.1.4.1.99999.0.7 from lb1: a hint, checked soon");
    later(250ms);
    BOOST_TEST(checked.size() == 2U);
    later(1s);
    BOOST_TEST(checked.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_new_configuration_forgets_nobody_who_was_to_be_looked_at) {
    arrives("192.0.2.1", 1);
    arrives("192.0.2.1", 2);
    BOOST_TEST(polled.size() == 1U);
    hearing.configure(configuration);
    BOOST_TEST(polled.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_pool_is_named_by_a_rule) {
    domain::Pool pool;
    pool.name = {"web"};
    configuration.configuration.pools = {pool};
    configuration.configuration.notificationRules = {{"r", number.print()}};
    configuration.configuration.notificationRules[0].pools = {{"web"}};
    hearing.configure(configuration);
    strangerComes();
    BOOST_TEST(arrives("203.0.113.5")); // another one, by an operator's will
    BOOST_TEST_REQUIRE(pools.size() == 1U);
    BOOST_TEST(pools[0].pool.value == "web");
    BOOST_TEST(pools[0].text ==
               "v2c trap 1.3.6.1.4.1.99999.0.7 from 203.0.113.5:40000, which is no server of "
               "ours: a hint, pool web looked at (rule r)");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(directories)

BOOST_AUTO_TEST_CASE(what_is_not_taken_is_told_by_its_reasons_and_once) {
    NotTaken notTaken;
    snmp::NotificationReceiver::Counters received;
    Hearing::Counters heard;
    received.received = received.heard = 10;
    heard.repeated = 5; // the same was taken a moment before
    BOOST_TEST(notTaken.since(received, heard) == "");
    heard.limited = 7;
    received.unknownEngine = 100'000;
    BOOST_TEST(notTaken.since(received, heard) == "limited=7 unknown-engine=100000");
    BOOST_TEST(notTaken.since(received, heard) == "");
    heard.limited = 8;
    BOOST_TEST(notTaken.since(received, heard) == "limited=1");
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_servers_are_found_by_address_and_by_name) {
    Configure configuration;
    constexpr Number count = 100'000;
    for (Number i = 0; i < count; ++i) {
        domain::Server server;
        server.name = {"server" + std::to_string(i)};
        server.address = "10." + std::to_string(i >> 16) + "." + std::to_string((i >> 8) & 255) + "." +
                         std::to_string(i & 255);
        server.snmpAddress = server.address + ":161";
        configuration.configuration.servers.push_back(server);
    }
    configuration.configuration.servers[7].snmpAddress = "[2001:db8::7]:161";
    const Directory directory(configuration);
    for (Number i = 0; i < count; i += 997) {
        const auto& server = configuration.configuration.servers[i];
        BOOST_TEST((directory.at(at(server.address)) == Directory::Found{{i}, {}}));
        BOOST_TEST(directory.server(server.name.value).value_or(count) == i);
        BOOST_TEST((directory.serverName(i) == server.name));
    }
    BOOST_TEST((directory.at(at("2001:db8::7")) == Directory::Found{{7}, {}}));
    BOOST_TEST((directory.at(at("10.0.0.7")) == Directory::Found{{7}, {}}));
    BOOST_TEST(directory.at(at("10.9.0.0")).empty());
    BOOST_TEST(!directory.place(at("10.9.0.0")).has_value());
    BOOST_TEST(!directory.server("server100000").has_value());
}

BOOST_AUTO_TEST_CASE(of_servers_behind_one_address_so_many_are_known_by_it) {
    Configure configuration;
    for (int i = 0; i < 10'000; ++i) {
        domain::Server server;
        server.name = {"server" + std::to_string(i)};
        server.address = "192.0.2.1";
        server.snmpAddress = "192.0.2.1:" + std::to_string(10'000 + i);
        configuration.configuration.servers.push_back(server);
    }
    const Directory directory(configuration);
    BOOST_TEST(directory.at(at("192.0.2.1")).servers.size() == Directory::mostAtOneAddress);
}

BOOST_AUTO_TEST_CASE(an_appliance_is_at_its_agents_address_and_at_its_hosts_unless_a_server_is_there) {
    Configure configuration;
    auto& c = configuration.configuration;
    domain::Server server;
    server.name = {"real1"};
    server.address = "192.0.2.1";
    c.servers = {server};
    domain::Appliance appliance;
    appliance.name = {"lb1"};
    appliance.host = "192.0.2.1";
    appliance.snmpAddress = "192.0.2.9:161";
    auto second = appliance;
    second.name = {"lb2"};
    second.host = "192.0.2.8";
    second.snmpAddress = "";
    c.appliances = {appliance, second};
    const Directory directory(configuration);
    BOOST_TEST((directory.at(at("192.0.2.9")) == Directory::Found{{}, 0}));
    BOOST_TEST((directory.at(at("192.0.2.8")) == Directory::Found{{}, 1}));
    BOOST_TEST((directory.at(at("192.0.2.1")) == Directory::Found{{0}, {}}));
}

BOOST_AUTO_TEST_SUITE_END()
