#include "assessment/assessment.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using assessment::BeliefChange;
using domain::EventSeverity;
using domain::Level;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Level)
BOOST_TEST_DONT_PRINT_LOG_VALUE(EventSeverity)

namespace {

/// Pool shop (real1, real2) in front of db1, measured by dbhost1; db2 is measured by dbhost2.
struct Fixture {
    Assessment assessment;
    domain::Configuration configured = configuration({"real1", "real2", "real3"}, {"real1", "real2"});
    std::vector<BeliefChange> told;

    Fixture() {
        for (auto& server : configured.servers)
            server.dataSources = {"db1"};
        for (const auto* name : {"dbhost1", "dbhost2"}) {
            configured.servers.push_back(server(name));
            configured.servers.back().applications.clear();
        }
        configured.dataSources = {{"db1", {"dbhost1"}, 800}, {"db2", {"dbhost2"}, 800}};
        configure();
    }
    void keep(const std::vector<BeliefChange>& changes) {
        for (const auto& change : changes)
            if (change.kind == "data-source-full") told.push_back(change);
    }
    void configure() { keep(assessment.configure(configured, noon)); }
    /// Polls them every second.
    void polls(const std::map<std::string, int>& connections, int seconds = 5, int from = 0) {
        for (int second = from; second <= from + seconds; ++second)
            for (const auto& [name, number] : connections)
                keep(assessment.observe(sample(name, noon + second * 1s, number)));
    }
    void polls(const std::string& name, int connections, int seconds = 5, int from = 0) {
        polls(std::map<std::string, int>{{name, connections}}, seconds, from);
    }
    const domain::PoolState& shop() const { return *assessment.pool({"shop"}); }
    domain::DataSourceState source(const std::string& name) const {
        const auto all = assessment.dataSources();
        return *std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    }
};

const std::string fullDb1 =
    "the data source db1 is full: connections 930 of 1000 (930 permille ≥ 800) for 5 s";

}

BOOST_FIXTURE_TEST_SUITE(data_source, Fixture)

BOOST_AUTO_TEST_CASE(it_is_full_at_800_permille_held_for_5_s_and_until_below_750) {
    polls("dbhost1", 800, 4);
    BOOST_TEST(source("db1").level == Level::normal);
    BOOST_TEST(source("db1").reason == "normal: connections 800 of 1000 (800 permille ≥ 800 since "
                                       "12:00:00Z, full after 5 s)");
    BOOST_TEST((assessment.nextDeadline() <= noon + 5s));
    keep(assessment.tick(noon + 5s));
    BOOST_TEST(source("db1").level == Level::full);
    BOOST_TEST(source("db1").utilisation.value() == 800);
    BOOST_TEST(source("db1").binding == "connections");
    polls("dbhost1", 750, 1, 6);
    BOOST_TEST(source("db1").level == Level::full);
    BOOST_TEST(source("db1").reason == "full: connections 750 of 1000 (750 permille, full until below 750)");
    polls("dbhost1", 749, 1, 8);
    BOOST_TEST(source("db1").level == Level::normal);
    BOOST_TEST(source("db1").reason == "normal: connections 749 of 1000 (749 permille, full at 800)");
    BOOST_TEST(source("db2").level == Level::unknown);
}

BOOST_AUTO_TEST_CASE(never_full_at_799_nor_below_its_own_upper_level) {
    polls("dbhost1", 799, 60);
    BOOST_TEST(source("db1").level == Level::normal);
    configured.dataSources[0].upper = 900;
    configure();
    polls("dbhost1", 899, 60, 61);
    BOOST_TEST(source("db1").level == Level::normal);
    polls("dbhost1", 900, 5, 122);
    BOOST_TEST(source("db1").level == Level::full);
    polls("dbhost1", 0, 200, 130);
    BOOST_TEST(source("db1").level == Level::normal); // never under-used
    BOOST_TEST(told.size() == 2u);
}

BOOST_AUTO_TEST_CASE(one_with_a_tiny_upper_level_becomes_normal_again) {
    configured.dataSources[0].upper = 1;
    configure();
    polls("dbhost1", 1);
    BOOST_TEST(source("db1").level == Level::full);
    polls("dbhost1", 0, 1, 6);
    BOOST_TEST(source("db1").level == Level::normal);
}

BOOST_AUTO_TEST_CASE(what_is_not_measured_is_unknown_and_says_why) {
    BOOST_TEST(source("db1").reason ==
               "unknown: its server dbhost1 is unknown: there is no sample of it yet");
    configured.dataSources[0].server = {};
    configured.dataSources[1].server = {"nobody"};
    configure();
    BOOST_TEST(source("db1").reason == "unknown: it has no server that it is measured by");
    BOOST_TEST(source("db2").reason == "unknown: its server nobody is not configured");
}

BOOST_AUTO_TEST_CASE(a_lower_bound_is_enough_for_full_and_not_for_normal) {
    configured.profiles[0].metrics.push_back(metric("cpu", 1000));
    configure();
    polls("dbhost1", 100);
    BOOST_TEST(source("db1").level == Level::unknown);
    BOOST_TEST(source("db1").reason ==
               "unknown: connections 100 of 1000 (100 permille, full at 800); not known: cpu");
    polls("dbhost1", 900, 5, 6);
    BOOST_TEST(source("db1").level == Level::full);
}

BOOST_AUTO_TEST_CASE(an_alarm_names_it_once_and_is_cleared) {
    polls("dbhost1", 930, 20);
    BOOST_TEST_REQUIRE(told.size() == 1u);
    BOOST_TEST(told[0].severity == EventSeverity::alarm);
    BOOST_TEST((told[0].server == domain::ServerName{"dbhost1"}));
    BOOST_TEST(!told[0].pool);
    BOOST_TEST(told[0].text == fullDb1 + "; more servers in front of it would not help");
    polls("dbhost1", 700, 0, 21);
    BOOST_TEST_REQUIRE(told.size() == 2u);
    BOOST_TEST(told[1].severity == EventSeverity::clear);
    BOOST_TEST((told[1].server == told[0].server));
    BOOST_TEST(told[1].text ==
               "the data source db1 is normal: connections 700 of 1000 (700 permille, full at 800)");
}

BOOST_AUTO_TEST_CASE(its_silent_agent_ends_the_alarm_because_nothing_is_known_any_more) {
    polls("dbhost1", 930);
    for (int second = 6; second <= 8; ++second)
        keep(assessment.observe(missedPoll("dbhost1", noon + second * 1s)));
    BOOST_TEST(source("db1").level == Level::unknown);
    BOOST_TEST_REQUIRE(told.size() == 2u);
    BOOST_TEST(told[1].severity == EventSeverity::clear);
}

BOOST_AUTO_TEST_CASE(the_alarm_ends_when_it_is_gone_or_measured_elsewhere) {
    polls("dbhost1", 930);
    configured.dataSources[0].server = {"dbhost2"};
    configured.dataSources[1].server = {"dbhost1"};
    configure();
    BOOST_TEST(source("db1").level == Level::unknown);
    BOOST_TEST_REQUIRE(told.size() == 2u);
    BOOST_TEST(told[1].text == "the data source db1 is measured by another server now");
    BOOST_TEST((told[1].server == domain::ServerName{"dbhost1"}));
    polls("dbhost2", 930, 5, 6);
    configured.dataSources.clear();
    configure();
    BOOST_TEST(told.back().text == "the data source db1 is not configured any more");
    BOOST_TEST((told.back().server == domain::ServerName{"dbhost2"}));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_stays_keeps_what_is_believed) {
    polls("dbhost1", 930);
    configure();
    configure();
    BOOST_TEST(source("db1").level == Level::full);
    BOOST_TEST(told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(growth_waits_until_it_is_known_whether_the_data_source_is_full) {
    polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 700}}, 2);
    polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}}, 2, 3);
    BOOST_TEST(shop().level == Level::full);
    BOOST_TEST(source("db1").level == Level::normal);
    BOOST_TEST(shop().growthUseless ==
               "the data source db1 is normal: connections 930 of 1000 (930 permille ≥ 800 since "
               "12:00:03Z, full after 5 s); whether more servers in front of it would help is not "
               "known yet");
    polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}}, 3, 6);
    BOOST_TEST(shop().growthUseless.ends_with("; more servers in front of it would not help"));
}

BOOST_AUTO_TEST_CASE(growth_is_useless_while_the_pool_and_its_data_source_are_full) {
    polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}}, 4);
    BOOST_TEST(shop().level == Level::normal);
    BOOST_TEST(shop().growthUseless.empty());
    polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}}, 0, 5);
    BOOST_TEST(shop().growthUseless == fullDb1 + "; more servers in front of it would not help");
    BOOST_TEST(shop().diagnosis.bottlenecks.size() == 2u);
    BOOST_TEST(shop().diagnosis.bottlenecks[1].resource == "its data source db1 (connections)");
    polls("dbhost1", 700, 0, 6);
    BOOST_TEST(shop().diagnosis.bottlenecks.size() == 1u);
}

BOOST_AUTO_TEST_CASE(growth_waits_for_the_members_readings_after_their_data_source_was_full) {
    const std::string yet = "; whether more servers in front of it would help is not known yet";
    for (const bool wasFull : {true, false}) {
        assessment = {};
        configure();
        if (wasFull) polls({{"dbhost1", 930}});
        polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}}, 4, wasFull ? 6 : 16);
        const int second = wasFull ? 11 : 21;
        polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 700}}, 0, second);
        BOOST_TEST(shop().level == Level::full);
        BOOST_TEST(
            shop().growthUseless ==
            "the data source db1 is normal: connections 700 of 1000 (700 permille, full at 800), since "
            "12:00:" +
                std::to_string(second) + "Z" + yet);
        // As long as grow-after and a poll interval.
        polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 700}}, 4, second + 1);
        BOOST_TEST(shop().growthUseless.ends_with(yet));
        polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 700}}, 0, second + 6);
        BOOST_TEST(shop().level == Level::full);
        BOOST_TEST(shop().growthUseless.empty());
    }
}

BOOST_AUTO_TEST_CASE(it_is_not_useless_in_a_pool_that_is_not_full) {
    polls({{"real1", 790}, {"real2", 100}, {"dbhost1", 930}});
    BOOST_TEST(source("db1").level == Level::full);
    BOOST_TEST(shop().growthUseless.empty());
}

BOOST_AUTO_TEST_CASE(growth_helps_while_another_data_source_can_be_used) {
    configured.servers[2].dataSources = {"db1", "db2"};
    configure();
    polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}, {"dbhost2", 799}});
    BOOST_TEST(shop().level == Level::full);
    BOOST_TEST(shop().growthUseless.empty());
    polls("dbhost2", 850, 0, 6);
    BOOST_TEST(shop().growthUseless == fullDb1 + "; more servers in front of it would not help");
}

BOOST_AUTO_TEST_CASE(growth_helps_while_a_member_or_a_spare_is_said_to_use_none_or_another_one) {
    const struct {
        std::size_t server;
        std::vector<std::string> uses;
    } cases[] = {{2, {}}, {1, {}}, {1, {"db2"}}};
    for (const auto& one : cases) {
        configured.servers[1].dataSources = configured.servers[2].dataSources = {"db1"};
        configured.servers[one.server].dataSources = one.uses;
        assessment = {};
        configure();
        polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}});
        BOOST_TEST(source("db1").level == Level::full);
        BOOST_TEST(shop().level == Level::full);
        BOOST_TEST(shop().growthUseless.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_member_uses_what_its_agent_told_and_else_the_first_that_fits) {
    configured.servers[0].dataSources = {"db1", "db2"};
    configured.pools[0].members[1].dataSource = "db2";
    configure();
    BOOST_TEST(assessment.server({"real1"})->dataSource == "db1");
    BOOST_TEST(assessment.server({"real2"})->dataSource == "db2");
    BOOST_TEST(assessment.server({"real3"})->dataSource == "db1");
    BOOST_TEST(assessment.server({"dbhost1"})->dataSource.empty());
    configured.pools[0].members[0].dataSource = "db2";
    assessment.configure(configured.pools, noon);
    BOOST_TEST(assessment.server({"real1"})->dataSource == "db2");
}

BOOST_AUTO_TEST_CASE(two_full_data_sources_are_both_named) {
    configured.servers[1].dataSources = {"db2"};
    configure();
    polls({{"real1", 900}, {"real2", 100}, {"dbhost1", 930}, {"dbhost2", 860}});
    BOOST_TEST(shop().growthUseless ==
               fullDb1 + "; the data source db2 is full: connections 860 of 1000 (860 permille ≥ 800) for 5 s"
                         "; more servers in front of them would not help");
}

BOOST_AUTO_TEST_SUITE_END()
