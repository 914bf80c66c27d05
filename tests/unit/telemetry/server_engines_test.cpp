#include "fakes.hpp"
#include "snmp/usm_peer.hpp"
#include "telemetry/interpreter.hpp"
#include "telemetry/server_engines.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

namespace {

/// Two servers that are polled over SNMPv3, and what is told of their engines.
struct Engines : Field {
    Directory directory;
    Rules rules;
    Interpreter interpreter{directory, rules, [](const auto&, const auto&) { return std::nullopt; }};
    std::vector<ServerEngines::TrapEngine> trusted; ///< as a receiver would have them
    std::vector<EngineChanged> changes;
    std::vector<SharedEngines> shared;
    ServerEngines engines{clock,
                          interpreter,
                          {[this](const auto& engine) { trusted.push_back(engine); },
                           [this](const auto& engine) {
                               const auto same = [&](const auto& had) {
                                   return had.engineId == engine.engineId && had.user == engine.user;
                               };
                               const auto found = std::find_if(trusted.begin(), trusted.end(), same);
                               BOOST_TEST_REQUIRE((found != trusted.end()));
                               trusted.erase(found);
                           },
                           [this](const auto& engine) {
                               BOOST_TEST_REQUIRE(!trusted.empty());
                               for (auto& had : trusted)
                                   if (had.engineId == engine.engineId && had.user == engine.user)
                                       had.clock = engine.clock;
                           },
                           [this](EngineChanged change) { changes.push_back(std::move(change)); },
                           [this](SharedEngines now) { shared.push_back(std::move(now)); }}};

    Engines() {
        snmp::UserCredentials user;
        user.user = "ape";
        user.authPassword = snmp::Secret("authentic-words");
        user.privPassword = snmp::Secret("private-words");
        configuration.credentials[{"lab"}] = snmp::Credentials::make(std::move(user));
        configure();
    }
    void configure() {
        poller.configure(configuration);
        directory = Directory(configuration);
        engines.configure(configuration.configuration, poller);
    }
    void learn(const char* server, const std::string& id, std::uint32_t boots = 1, std::uint32_t time = 1) {
        engines.learn(*poller.watch(domain::ServerName{server}), {id, boots, time});
    }
    void jump(const char* server) {
        snmp::EngineChange change;
        change.kind = snmp::EngineChange::Kind::timeJumped;
        change.seconds = 200;
        engines.changed({server}, change);
    }
};

}

BOOST_FIXTURE_TEST_SUITE(engines_of_servers, Engines)

BOOST_AUTO_TEST_CASE(an_engine_is_trusted_with_the_time_that_it_has_told) {
    learn("real1", "engine-1", 7, 100);
    BOOST_TEST_REQUIRE(trusted.size() == 1U);
    BOOST_TEST(trusted[0].clock.trusted());
    BOOST_TEST(trusted[0].clock.boots() == 7U);
    BOOST_TEST(trusted[0].clock.time(clock.at + 5s) == 105U);
    BOOST_TEST(engines.trusted().size() == 1U);
    learn("real1", "engine-1", 7, 100); // it is asked anew, and is as it was
    BOOST_TEST(trusted.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_agent_with_ever_new_ids_makes_nothing_grow) {
    for (int i = 0; i < 1000; ++i) {
        learn("real1", "engine" + std::to_string(i));
        BOOST_TEST_REQUIRE(trusted.size() == 1U);
        BOOST_TEST_REQUIRE(engines.trusted().size() == 1U);
    }
    BOOST_TEST(trusted[0].engineId == "engine999");
}

BOOST_AUTO_TEST_CASE(an_engine_whose_boots_or_time_went_back_is_held_to_what_it_tells_now) {
    learn("real1", "engine-1", 7, 100'000);
    snmp::EngineChange change;
    change.kind = snmp::EngineChange::Kind::bootsBack;
    change.from = change.to = "engine-1";
    change.bootsFrom = 7;
    change.bootsTo = 1;
    change.timeTo = 12;
    engines.changed({"real1"}, change);
    BOOST_TEST_REQUIRE(trusted.size() == 1U);
    BOOST_TEST(trusted[0].clock.boots() == 1U);
    BOOST_TEST(trusted[0].clock.time(clock.at) == 12U);
    change.from = "engine-1";
    change.to = "engine-2"; // with its answer it will be learned
    engines.changed({"real1"}, change);
    BOOST_TEST_REQUIRE(trusted.size() == 1U);
    BOOST_TEST(trusted[0].engineId == "engine-1");
}

BOOST_AUTO_TEST_CASE(
    an_engine_that_lost_its_boots_while_its_server_was_not_asked_is_held_to_what_it_tells_now) {
    learn("real1", "engine-1", 7, 100'000);
    configuration.configuration.servers[0].pollInterval *= 2; // it is watched anew
    configure();
    learn("real1", "engine-1", 1, 12);
    BOOST_TEST_REQUIRE(trusted.size() == 1U);
    BOOST_TEST(trusted[0].clock.boots() == 1U);
    BOOST_TEST(trusted[0].clock.time(clock.at) == 12U);
    BOOST_TEST(engines.trusted()[0].clock.boots() == 1U, "whoever hears anew is told the same");
}

BOOST_AUTO_TEST_CASE(changes_of_a_server_are_told_once_a_minute_and_counted) {
    for (int i = 0; i < 5; ++i)
        jump("real1");
    jump("real2");
    BOOST_TEST_REQUIRE(changes.size() == 2U);
    BOOST_TEST(changes[0].server.value == "real1");
    BOOST_TEST(changes[0].text == "the time of its SNMP engine has jumped by 200 s");
    BOOST_TEST(changes[1].server.value == "real2");
    clock.at += 59999ms;
    jump("real1");
    BOOST_TEST(changes.size() == 2U);
    clock.at += 1ms;
    jump("real1");
    BOOST_TEST_REQUIRE(changes.size() == 3U);
    BOOST_TEST(changes[2].text == "the time of its SNMP engine has jumped by 200 s; 5 such changes since the "
                                  "last one told were not told");
    clock.at += 60s;
    jump("real1");
    BOOST_TEST(changes.back().text == changes.front().text, "the count began anew");
}

BOOST_AUTO_TEST_CASE(which_are_shared_is_told_when_each_was_asked_and_not_sooner) {
    learn("real1", "engine-1");
    learn("real2", "engine-1");
    engines.polled({"real1"});
    clock.at += 3600s;
    engines.tick();
    BOOST_TEST(shared.empty());
    configuration.configuration.servers.push_back(configuration.configuration.servers[0]);
    configuration.configuration.servers.back().name = {"real3"}; // who comes later is not waited for
    configure();
    BOOST_TEST(shared.empty());
    engines.polled({"real2"}); // though it may have been silent
    BOOST_TEST_REQUIRE(shared.size() == 1U);
    BOOST_TEST(shared[0].engines.size() == 1U);
    engines.polled({"real2"});
    engines.tick();
    BOOST_TEST(shared.size() == 1U);
}

BOOST_AUTO_TEST_CASE(that_none_are_shared_is_told_too) {
    engines.polled({"real1"});
    BOOST_TEST(shared.empty());
    configuration.configuration.servers.pop_back(); // real2 is not waited for any more
    configure();
    BOOST_TEST_REQUIRE(shared.size() == 1U);
    BOOST_TEST(shared[0].engines.empty());
}

BOOST_AUTO_TEST_CASE(whoever_has_no_engine_is_not_waited_for) {
    configuration.credentials[{"lab"}] =
        snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("public")});
    configure();
    BOOST_TEST(shared.size() == 1U);
}

BOOST_AUTO_TEST_CASE(engines_that_are_shared_and_again_not_are_told_as_often_as_somebody_looks) {
    engines.polled({"real1"});
    engines.polled({"real2"});
    shared.clear();
    learn("real1", "engine-1");
    for (int i = 0; i < 100; ++i) {
        learn("real2", "engine-1");
        learn("real2", "engine-2");
    }
    learn("real2", "engine-1");
    BOOST_TEST(shared.empty());
    engines.tick();
    BOOST_TEST_REQUIRE(shared.size() == 1U);
    BOOST_TEST(shared[0].engines.size() == 1U);
    configuration.configuration.servers.pop_back();
    configure(); // an operator's deed is told at once
    BOOST_TEST_REQUIRE(shared.size() == 2U);
    BOOST_TEST(shared[1].engines.empty());
}

BOOST_AUTO_TEST_CASE(of_a_server_that_is_asked_otherwise_nothing_is_kept) {
    learn("real1", "engine-1");
    learn("real2", "engine-2");
    configuration.configuration.servers[1].snmpAddress = "192.0.2.3:161";
    configure();
    BOOST_TEST_REQUIRE(engines.trusted().size() == 1U);
    BOOST_TEST(engines.trusted()[0].engineId == "engine-1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(targets_of_servers, Field)

BOOST_AUTO_TEST_CASE(a_server_is_found_by_its_target_while_it_is_asked_so) {
    poller.configure(configuration);
    const auto target = poller.watch(domain::ServerName{"real2"})->target();
    BOOST_TEST(poller.watch(target)->name().value == "real2");
    BOOST_TEST(!poller.watch(snmp::makeTarget({*snmp::Endpoint::parse(two), target->credentials})));
    configuration.configuration.servers[1].snmpAddress = "192.0.2.3:161";
    poller.configure(configuration);
    BOOST_TEST(!poller.watch(target));
}

BOOST_AUTO_TEST_SUITE_END()
