#include "fakes.hpp"
#include "telemetry/agent_rows.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::telemetry::test {
namespace {

using App = mib::server::Application;
using domain::ApplicationState;
using snmp::Gauge;
using snmp::Integer;
using snmp::Octets;

/// A server with snmpd and a headgate-agent beside it, polled.
struct PolledField : Field {
    RowName row{"web", ""};

    PolledField() {
        configuration.configuration.profiles[0].metrics = {{"utilisation", 1000, 1, "", {}, 1}};
        agent()[objects::sysUpTime] = snmp::TimeTicks{100};
        listen("192.0.2.1", 42, "nginx");
        connection("1.4.192.0.2.1.8080", 50001, 5);
    }
    template <typename Column>
    void put(Column which, snmp::Value value) {
        agent()[mib::server::column(which) + row.index()] = std::move(value);
    }
    void offer(int state = 2) {
        put(App::state, Integer{state});
        put(App::stateReason, Octets{state == 3 ? "GET /health: 503" : ""});
        put(App::utilisation, Gauge{815});
        put(App::level, Integer{4});
        put(App::connections, Gauge{65});
        put(App::settingsRevision, Gauge{17});
    }
    void nothingListens() {
        std::erase_if(agent(),
                      [](const auto& cell) { return objects::tcpListenerProcess.isPrefixOf(cell.first); });
    }
    const domain::Sample& poll() {
        samples.clear();
        poller.pollNow({"real1"});
        clock.at += 11s;
        poller.tick();
        asker.deliver();
        const auto found = std::find_if(samples.begin(), samples.end(),
                                        [](const auto& each) { return each.server.value == "real1"; });
        BOOST_REQUIRE(found != samples.end());
        return *found;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(polling_an_agent, PolledField)

BOOST_AUTO_TEST_CASE(its_figures_are_in_the_very_first_sample) {
    offer();
    poller.configure(configuration);
    const auto& sample = poll();
    BOOST_TEST((sample.agent == std::optional(true)));
    BOOST_TEST(sample.readings.at("utilisation") == 815);
    BOOST_TEST(sample.readings.at("connections") == 65); // its own, and not the 1 of TCP-MIB
    BOOST_TEST(print(sample.readings.find("connections")->origin) == "headgate-agent");
    BOOST_TEST((sample.applications.at({"web"}) == ApplicationState::running));
    BOOST_TEST(sample.revisions.at({"web"}) == 17U);
}

BOOST_AUTO_TEST_CASE(its_probe_knows_better_than_who_only_listens) {
    offer(3);
    poller.configure(configuration);
    const auto& sample = poll();
    BOOST_TEST((sample.applications.at({"web"}) == ApplicationState::notRunning));
    BOOST_TEST(sample.reasons.at({"web"}) == "headgate-agent: GET /health: 503");
}

BOOST_AUTO_TEST_CASE(what_listens_and_does_not_work_is_no_contradiction) {
    offer();
    poller.configure(configuration);
    poll();
    offer(3);
    BOOST_TEST(poll().contradicted.empty());
}

BOOST_AUTO_TEST_CASE(what_it_says_to_run_and_listens_no_more_is_a_contradiction) {
    offer();
    poller.configure(configuration);
    BOOST_TEST(poll().contradicted.empty());
    listen("192.0.2.1", 43, "docker-proxy");
    BOOST_TEST(poll().contradicted.at({"web"}) == "headgate-agent says that web runs, while docker-proxy "
                                                  "listens on port 8080, not nginx");
    nothingListens();
    const auto& sample = poll();
    BOOST_TEST((sample.applications.at({"web"}) == ApplicationState::running), "its probe is believed");
    BOOST_TEST(sample.contradicted.at({"web"}) ==
               "headgate-agent says that web runs, while nothing listens on port 8080");
    listen("192.0.2.1", 44, "nginx");
    BOOST_TEST(poll().contradicted.empty());
    nothingListens();
    offer(3);
    BOOST_TEST(poll().contradicted.empty(), "they agree");
}

BOOST_AUTO_TEST_CASE(a_process_table_that_has_never_shown_it_contradicts_nothing) {
    offer();
    listen("192.0.2.1", 43, "docker-proxy");
    poller.configure(configuration);
    poll();
    BOOST_TEST(poll().contradicted.empty());
    listen("192.0.2.1", 42, "nginx");
    poll();
    agent()[objects::sysUpTime] = snmp::TimeTicks{10};
    listen("192.0.2.1", 43, "docker-proxy");
    BOOST_TEST(poll().contradicted.empty(), "nor one that began anew");
}

BOOST_AUTO_TEST_CASE(a_level_that_is_not_known_is_no_utilisation) {
    offer();
    put(App::level, Integer{1});
    put(App::utilisation, Gauge{0});
    poller.configure(configuration);
    BOOST_TEST(!poll().readings.contains("utilisation"));
}

BOOST_AUTO_TEST_CASE(a_server_without_one_is_known_by_the_standard_mibs_and_asked_again_later) {
    poller.configure(configuration);
    const auto first = poll();
    BOOST_TEST((first.agent == std::optional(false)));
    BOOST_TEST(first.readings.at("connections") == 1);
    BOOST_TEST(print(first.readings.find("connections")->origin) == "TCP-MIB");
    const auto walks = [&] {
        const auto walk = std::string(one) + " walk " + mib::server::column(App::state).print();
        return std::count(asker.asked.begin(), asker.asked.end(), walk);
    };
    poll();
    BOOST_TEST(walks() == 1);
    offer();
    clock.at += 60s;
    BOOST_TEST((poll().agent == std::optional(true)));
    BOOST_TEST(walks() == 2);
}

BOOST_AUTO_TEST_CASE(a_row_that_has_gone_is_looked_for_at_once) {
    offer();
    poller.configure(configuration);
    poll();
    std::erase_if(agent(),
                  [](const auto& entry) { return mib::server::applicationEntry.isPrefixOf(entry.first); });
    row.instance = "b";
    offer();
    BOOST_TEST(poll().readings.at("utilisation") == 815);
}

BOOST_AUTO_TEST_SUITE_END()

}
