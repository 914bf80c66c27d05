#include "fakes.hpp"
#include "telemetry/agent_rows.hpp"
#include "telemetry/interpreter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using Use = NotificationSeen::Use;
using Names = std::vector<std::string>;

namespace {

const auto sessions = oid("1.3.6.1.4.1.99999.5.0");

struct Listening : Field {
    Directory directory;
    Rules rules;
    Interpreter interpreter{directory, rules, [this](const auto& server, const auto& varbinds) {
                                const auto* watch = poller.watch(server);
                                return watch ? std::optional(watch->sampleOf(varbinds)) : std::nullopt;
                            }};

    Listening() {
        configuration.credentials[{"real1-usm"}] = user("real1s-password");
        configuration.configuration.servers[0].credential = {"real1-usm"};
        metric("sessions", sessions.print());
        metric("hits", "1.3.6.1.4.1.99999.6.0", domain::ReadingKind::counter);
        configure();
        interpreter.learnEngine({"real1"}, "engine-1");
    }

    static snmp::CredentialsPtr user(const char* password, const char* name = "ape") {
        snmp::UserCredentials given;
        given.user = name;
        given.level = snmp::SecurityLevel::authNoPriv;
        given.authPassword = snmp::Secret(password);
        return snmp::Credentials::make(std::move(given));
    }

    void configure() {
        poller.configure(configuration);
        directory = Directory(configuration);
        rules = Rules(configuration.configuration.notificationRules, {}, directory);
    }

    /// mteTriggerRising as snmpd sends it.
    snmp::Notification rising(const std::string& source) {
        snmp::Notification notification;
        notification.source = *snmp::Endpoint::parse(source, 40000);
        notification.trapOid = oid("1.3.6.1.2.1.88.2.0.2");
        notification.varbinds = {{objects::mteHotOid, sessions}, {objects::mteHotValue, snmp::Integer{90}}};
        return notification;
    }

    snmp::Notification inform(const std::string& source) {
        auto notification = rising(source);
        notification.version = snmp::Notification::Version::v3;
        notification.kind = snmp::Notification::Kind::inform;
        notification.level = snmp::SecurityLevel::authPriv;
        notification.authenticated = true;
        notification.credentials = configuration.credentials[{"real1-usm"}];
        return notification;
    }

    Interpretation tell(const snmp::Notification& notification) {
        return interpreter.interpret(notification, clock.at);
    }

    /// The names of the servers that are polled because of it.
    std::vector<std::string> polled(const Interpretation& meaning) const {
        std::vector<std::string> names;
        for (const auto server : meaning.looks.servers)
            names.push_back(directory.serverName(server).value);
        return names;
    }
    std::vector<std::string> polled(const snmp::Notification& notification) {
        return polled(tell(notification));
    }
};

}

BOOST_FIXTURE_TEST_SUITE(interpreting, Listening)

BOOST_AUTO_TEST_CASE(a_signed_inform_from_the_servers_address_with_its_own_credentials_is_a_sample) {
    const auto meaning = tell(inform("192.0.2.1"));
    BOOST_REQUIRE(meaning.sample.has_value());
    BOOST_TEST(meaning.sample->server.value == "real1");
    BOOST_TEST((meaning.sample->source == domain::SampleSource::notification));
    BOOST_TEST(meaning.sample->readings.at("sessions") == 90.0);
    BOOST_TEST(meaning.looks.empty());
    BOOST_REQUIRE(meaning.seen.has_value());
    BOOST_TEST((meaning.seen->use == Use::sample));
    BOOST_TEST(meaning.seen->text == "v3 inform mteTriggerRising from real1: taken as a sample, sessions 90");
}

BOOST_AUTO_TEST_CASE(an_inform_whose_secret_others_have_too_is_a_hint) {
    const auto isHint = [this](const snmp::Notification& notification) {
        clock.at += 10s;
        const auto meaning = tell(notification);
        return !meaning.sample && polled(meaning) == Names{"real1"};
    };
    auto& c = configuration;
    auto told = inform("192.0.2.1");
    told.credentials = user("for-all-informs"); // nobody is polled with it
    BOOST_TEST(isHint(told));

    told = inform("192.0.2.1"); // real2 could have said it
    c.configuration.servers[1].credential = {"real1-usm"};
    configure();
    BOOST_TEST(isHint(told));

    c.credentials[{"real2-usm"}] = user("real1s-password", "bee"); // the same secret under another name
    c.configuration.servers[1].credential = {"real2-usm"};
    configure();
    BOOST_TEST(isHint(told));

    c.credentials[{"real2-usm"}] = user("real2s-password");
    configure();
    BOOST_TEST(tell(told).sample.has_value());
    told.credentials = c.credentials[{"real2-usm"}]; // real2 says it from a forged address
    BOOST_TEST(isHint(told));

    told = inform("192.0.2.1");
    domain::Appliance appliance;
    appliance.name = {"lb1"};
    appliance.snmpCredential = {"real1-usm"};
    c.configuration.appliances = {appliance};
    configure();
    BOOST_TEST(isHint(told));
}

BOOST_AUTO_TEST_CASE(a_signed_trap_is_a_sample_only_from_the_servers_own_engine) {
    auto trap = inform("192.0.2.1");
    trap.kind = snmp::Notification::Kind::trap;
    trap.engineId = "engine-1";
    BOOST_TEST(tell(trap).sample.has_value());
    trap.engineId = "engine-2";
    const auto other = tell(trap);
    BOOST_TEST(!other.sample.has_value());
    BOOST_TEST(other.looks.servers.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_signed_trap_of_an_engine_that_two_servers_share_is_a_hint_for_both) {
    interpreter.learnEngine({"real2"}, "engine-1");
    auto trap = inform("192.0.2.1");
    trap.kind = snmp::Notification::Kind::trap;
    trap.engineId = "engine-1";
    const auto meaning = tell(trap);
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_TEST(meaning.looks.servers.size() == 2U);
    interpreter.learnEngine({"real2"}, "engine-2");
    BOOST_TEST(tell(trap).sample.has_value());
}

BOOST_AUTO_TEST_CASE(what_a_headgate_agent_tells_is_a_sample_with_all_its_figures) {
    using App = mib::server::Application;
    const auto index = RowName{"web", ""}.index();
    const auto cell = [&](App which) { return mib::server::column(which) + index; };
    agent()[objects::sysUpTime] = snmp::TimeTicks{1};
    agent()[cell(App::state)] = snmp::Integer{2};
    clock.at += 10s;
    poller.tick();
    asker.deliver(); // from here on its row is known
    auto told = inform("192.0.2.1");
    told.trapOid = mib::server::notification(mib::server::Notification::utilisationRisen);
    told.varbinds = {{cell(App::state), snmp::Integer{2}},
                     {cell(App::utilisation), snmp::Gauge{910}},
                     {cell(App::level), snmp::Integer{4}},
                     {cell(App::connections), snmp::Gauge{73}},
                     {cell(App::settingsRevision), snmp::Gauge{18}}};
    const auto meaning = tell(told);
    BOOST_REQUIRE(meaning.sample.has_value());
    BOOST_TEST(meaning.sample->readings.at("utilisation") == 910.0);
    BOOST_TEST(meaning.sample->revisions.at({"web"}) == 18U);
    BOOST_TEST((meaning.sample->applications.at({"web"}) == domain::ApplicationState::running));
    BOOST_TEST(meaning.seen->text == "v3 inform hgsUtilisationRisen from real1: taken as a sample, web up, "
                                     "connections 73, utilisation 910");
    told.authenticated = false;
    BOOST_TEST(!tell(told).sample.has_value());
}

BOOST_AUTO_TEST_CASE(whatever_is_not_signed_is_a_hint) {
    const auto meaning = tell(rising("192.0.2.2"));
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_TEST(polled(meaning) == Names{"real2"});
    BOOST_TEST((meaning.seen->use == Use::hint));
    BOOST_TEST(meaning.seen->text == "v2c trap mteTriggerRising from real2: a hint, polled at once");
}

BOOST_AUTO_TEST_CASE(a_signed_one_without_a_figure_of_the_profile_is_a_hint) {
    auto notification = inform("192.0.2.1");
    notification.varbinds = {
        {oid("1.3.6.1.4.1.99999.6.0"), snmp::Counter32{5}}}; // a counter alone is no reading
    const auto meaning = tell(notification);
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_TEST(polled(meaning) == Names{"real1"});
}

BOOST_AUTO_TEST_CASE(one_passed_on_is_of_the_server_that_it_names_and_only_a_hint) {
    auto passed = inform("192.0.2.1"); // signed, and from a server of ours, but about another
    passed.trapAddress = "192.0.2.2";
    auto meaning = tell(passed);
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_TEST(polled(meaning) == Names{"real2"});

    auto first = rising("198.51.100.9");
    first.version = snmp::Notification::Version::v1;
    first.agentAddress = "192.0.2.1";
    meaning = tell(first);
    BOOST_TEST(polled(meaning) == Names{"real1"});
    BOOST_TEST(meaning.seen->text.find("passed on by 198.51.100.9") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(strangers_are_counted_and_told_of_once_a_minute) {
    BOOST_TEST((tell(rising("203.0.113.5")).seen->use == Use::unknownSource));
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(!tell(rising("203.0.113.6")).seen.has_value());
    clock.at += 59999ms;
    BOOST_TEST(!tell(rising("203.0.113.5")).seen.has_value());
    clock.at += 1ms;
    BOOST_TEST(tell(rising("203.0.113.5")).seen->text.find("103 such so far") != std::string::npos);
    BOOST_TEST(interpreter.unknown() == 103U);
}

BOOST_AUTO_TEST_CASE(the_same_hint_is_told_once_in_ten_seconds_and_always_acted_on) {
    BOOST_TEST(tell(rising("192.0.2.1")).seen.has_value());
    const auto again = tell(rising("192.0.2.1"));
    BOOST_TEST(!again.seen.has_value());
    BOOST_TEST(polled(again) == Names{"real1"});
    clock.at += 10s;
    BOOST_TEST(tell(rising("192.0.2.1")).seen.has_value());
}

BOOST_AUTO_TEST_CASE(a_relays_community_names_the_server_that_is_called_or_polled_so) {
    auto& c = configuration;
    c.credentials[{"own"}] = snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("only-real2")});
    c.configuration.servers[1].credential = {"own"};
    configure();
    auto passed = inform("198.51.100.9");
    passed.trapCommunity = snmp::Secret("only-real2");
    auto meaning = tell(passed);
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_TEST(polled(meaning) == Names{"real2"});
    BOOST_TEST(meaning.seen->text.find("only-real2") == std::string::npos);
    passed.trapCommunity = snmp::Secret("real1");
    BOOST_TEST(polled(passed) == Names{"real1"});
    passed.trapAddress = "192.0.2.2"; // the address says it better
    BOOST_TEST(polled(passed) == Names{"real2"});
    passed.trapAddress.reset();
    passed.trapCommunity = snmp::Secret("another");
    BOOST_TEST(polled(passed) == Names{});
}

BOOST_AUTO_TEST_CASE(a_community_that_two_servers_are_polled_with_names_neither) {
    configuration.configuration.servers[0].credential = {"lab"};
    configure();
    auto passed = rising("198.51.100.9");
    passed.trapCommunity = snmp::Secret("public");
    BOOST_TEST(polled(passed) == Names{});
    configuration.configuration.servers.pop_back();
    configure();
    BOOST_TEST(polled(passed) == Names{"real1"});
}

BOOST_AUTO_TEST_CASE(a_proxy_that_is_a_server_itself_is_not_polled_for_another) {
    auto passed = inform("192.0.2.1");
    passed.trapCommunity = snmp::Secret("real2");
    const auto meaning = tell(passed);
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_TEST(polled(meaning) == Names{"real2"});
    passed.trapCommunity = snmp::Secret("real1"); // its own word for itself
    BOOST_TEST(tell(passed).sample.has_value());
}

BOOST_AUTO_TEST_CASE(an_engine_that_two_servers_show_tells_of_either_and_proves_nothing) {
    interpreter.learnEngine({"real2"}, "engine-1");
    auto trap = inform("203.0.113.5");
    trap.kind = snmp::Notification::Kind::trap;
    trap.engineId = "engine-1";
    BOOST_TEST(!tell(trap).sample.has_value());
    auto both = polled(trap);
    std::sort(both.begin(), both.end());
    BOOST_TEST(both == (Names{"real1", "real2"}), boost::test_tools::per_element());
    interpreter.forgetEngine({"real2"});
    BOOST_TEST(tell(trap).sample.has_value());
}

BOOST_AUTO_TEST_CASE(a_flood_of_signed_values_is_two_samples_in_a_quarter_second_and_then_a_hint) {
    BOOST_TEST(tell(inform("192.0.2.1")).sample.has_value());
    BOOST_TEST(tell(inform("192.0.2.1")).sample.has_value());
    const auto third = tell(inform("192.0.2.1"));
    BOOST_TEST(!third.sample.has_value());
    BOOST_TEST(polled(third) == Names{"real1"});
    clock.at += 250ms;
    BOOST_TEST(tell(inform("192.0.2.1")).sample.has_value());
}

BOOST_AUTO_TEST_CASE(of_a_thousand_kinds_at_once_so_many_are_told_and_the_rest_is_counted) {
    std::size_t told = 0;
    auto trap = rising("192.0.2.1");
    for (std::uint32_t i = 0; i < 1000; ++i) {
        trap.trapOid = oid("1.3.6.1.4.1.99999.0") + i;
        const auto meaning = tell(trap);
        told += meaning.seen.has_value();
        BOOST_TEST_REQUIRE(polled(meaning) == Names{"real1"});
    }
    BOOST_TEST(told == 120U);
    clock.at += 10s;
    const auto next = tell(rising("192.0.2.1"));
    BOOST_TEST_REQUIRE(next.seen.has_value());
    BOOST_TEST(next.seen->text.find("880 others were not told of") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
