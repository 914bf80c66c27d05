#include "fakes.hpp"
#include "telemetry/agent_rows.hpp"
#include "telemetry/interpreter.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using Use = NotificationSeen::Use;

namespace {

const auto sessions = oid("1.3.6.1.4.1.99999.5.0");

struct Hearing : Field {
    Interpreter interpreter;

    Hearing() {
        metric("sessions", sessions.print());
        metric("hits", "1.3.6.1.4.1.99999.6.0", domain::ReadingKind::counter);
        poller.configure(configuration);
        interpreter.learnEngine({"real1"}, "engine-1");
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
        return notification;
    }

    Interpretation tell(const snmp::Notification& notification) {
        return interpreter.interpret(notification, poller.watches(), clock.at);
    }
};

}

BOOST_FIXTURE_TEST_SUITE(interpreting, Hearing)

BOOST_AUTO_TEST_CASE(a_signed_inform_from_the_servers_own_address_is_a_sample) {
    const auto meaning = tell(inform("192.0.2.1"));
    BOOST_REQUIRE(meaning.sample.has_value());
    BOOST_TEST(meaning.sample->server.value == "real1");
    BOOST_TEST((meaning.sample->source == domain::SampleSource::notification));
    BOOST_TEST(meaning.sample->readings.at("sessions") == 90.0);
    BOOST_TEST(meaning.hints.empty());
    BOOST_REQUIRE(meaning.seen.has_value());
    BOOST_TEST((meaning.seen->use == Use::sample));
    BOOST_TEST(meaning.seen->text == "v3 inform mteTriggerRising from real1: taken as a sample, sessions 90");
}

BOOST_AUTO_TEST_CASE(a_signed_trap_is_a_sample_only_from_the_servers_own_engine) {
    auto trap = inform("192.0.2.1");
    trap.kind = snmp::Notification::Kind::trap;
    trap.engineId = "engine-1";
    BOOST_TEST(tell(trap).sample.has_value());
    trap.engineId = "engine-2";
    const auto other = tell(trap);
    BOOST_TEST(!other.sample.has_value());
    BOOST_TEST(other.hints.size() == 1U);
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
    BOOST_REQUIRE_EQUAL(meaning.hints.size(), 1U);
    BOOST_TEST(meaning.hints[0].value == "real2");
    BOOST_TEST((meaning.seen->use == Use::hint));
    BOOST_TEST(meaning.seen->text == "v2c trap mteTriggerRising from real2: a hint, polled at once");
}

BOOST_AUTO_TEST_CASE(a_signed_one_without_a_figure_of_the_profile_is_a_hint) {
    auto notification = inform("192.0.2.1");
    notification.varbinds = {
        {oid("1.3.6.1.4.1.99999.6.0"), snmp::Counter32{5}}}; // a counter alone is no reading
    const auto meaning = tell(notification);
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_TEST(meaning.hints.size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_passed_on_is_of_the_server_that_it_names_and_only_a_hint) {
    auto passed = inform("192.0.2.1"); // signed, and from a server of ours, but about another
    passed.trapAddress = "192.0.2.2";
    auto meaning = tell(passed);
    BOOST_TEST(!meaning.sample.has_value());
    BOOST_REQUIRE_EQUAL(meaning.hints.size(), 1U);
    BOOST_TEST(meaning.hints[0].value == "real2");

    auto first = rising("198.51.100.9");
    first.version = snmp::Notification::Version::v1;
    first.agentAddress = "192.0.2.1";
    meaning = tell(first);
    BOOST_REQUIRE_EQUAL(meaning.hints.size(), 1U);
    BOOST_TEST(meaning.hints[0].value == "real1");
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
    BOOST_TEST(again.hints.size() == 1U);
    clock.at += 10s;
    BOOST_TEST(tell(rising("192.0.2.1")).seen.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
