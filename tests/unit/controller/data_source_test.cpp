#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::EventSeverity;

namespace {

/// Every server can work with db1 and db2; real1 and real2 use db1, and what polls say of both is their
/// servers' load.
struct SourceRig : Rig {
    SourceRig() {
        for (auto& server : configuration.servers)
            server.dataSources = {"db1", "db2"};
        for (const auto* name : {"dbhost1", "dbhost2"}) {
            addServer(name, 9);
            configuration.servers.back().applications.clear();
        }
        configuration.dataSources = {{"db1", {"dbhost1"}, 800}, {"db2", {"dbhost2"}, 800}};
        for (const auto* name : {"real3", "real4", "real5"}) {
            dataSources[name] = "db1";
            revisions[name] = 1;
        }
    }
    const domain::PoolState state() const { return controller.snapshot(now).pools.at(0); }
    Answer plan() {
        give(Request{77, PlanQuestion{{"web"}}});
        return answers.back();
    }
};

}

BOOST_AUTO_TEST_SUITE(data_sources)

BOOST_AUTO_TEST_CASE(a_full_pool_behind_full_data_sources_does_not_grow_and_says_why) {
    SourceRig rig;
    rig.loads["dbhost1"] = 930;
    rig.loads["dbhost2"] = 800;
    rig.start();
    rig.run(10s);
    rig.fill();
    rig.run(2min);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(rig.told("no-candidate") == 0U);
    const std::string why = "the data source db1 is full: connections 930 of 1000 (930 permille ≥ 800) for "
                            "5 s; more servers in front of it would not help";
    BOOST_TEST(rig.plan().text.find("nothing: pool web is full, because real1 is: ") == 0U);
    BOOST_TEST(rig.plan().text.ends_with("; but " + why));
    BOOST_TEST(rig.state().alarm == why);
    BOOST_TEST(rig.controller.snapshot(rig.now).dataSources.at(1).utilisation.value() == 800);
    // An alarm a data source, once.
    BOOST_TEST(rig.told("data-source-full", EventSeverity::alarm) == 2U);
}

BOOST_AUTO_TEST_CASE(it_grows_when_its_data_source_is_full_no_more) {
    SourceRig rig;
    rig.loads["dbhost1"] = rig.loads["dbhost2"] = 800;
    rig.start();
    rig.fill();
    rig.run(1min);
    BOOST_TEST(rig.ended.empty());
    rig.loads["dbhost1"] = 749;
    rig.runUntilEnded(1);
    BOOST_TEST_REQUIRE(rig.ended.size() == 1U);
    BOOST_TEST(rig.told("data-source-full", EventSeverity::clear) == 1U);
    BOOST_TEST((rig.last("data-source-full").server == domain::ServerName{"dbhost1"}));
    BOOST_TEST(rig.state().growthUseless.empty());
}

BOOST_AUTO_TEST_CASE(a_new_member_is_told_the_least_utilised_data_source_which_is_recorded) {
    SourceRig rig;
    rig.loads["dbhost1"] = 930;
    rig.loads["dbhost2"] = 200;
    rig.start();
    rig.run(10s);
    rig.fill();
    rig.runUntilEnded(1);
    BOOST_TEST_REQUIRE(rig.ended.size() == 1U);
    BOOST_TEST_REQUIRE(rig.ended[0].membership.has_value());
    const auto added = *rig.ended[0].membership->added;
    BOOST_TEST(rig.dataSources[added.server.value] == "db2");
    BOOST_TEST(added.dataSource == "db2");
    BOOST_TEST(rig.ended[0].view.cause.ends_with(
        "; it is to use the data source db2, the least utilised one, at 200 permille"));
    // Now one of the members is not behind the full one.
    const auto servers = rig.controller.snapshot(rig.now).servers;
    for (const auto& server : servers)
        if (server.pool)
            BOOST_TEST(server.dataSource == (server.name == added.server ? "db2" : "db1"),
                       server.name.value << " uses " << server.dataSource);
}

BOOST_AUTO_TEST_CASE(an_operator_is_refused_a_server_behind_a_full_data_source) {
    SourceRig rig;
    rig.loads["dbhost1"] = rig.loads["dbhost2"] = 930;
    rig.start();
    rig.run(10s);
    rig.give(Request{1, Allocate{{"web"}, domain::ServerName{"real3"}}});
    BOOST_TEST((rig.answers.back().kind == AnswerKind::refused));
    BOOST_TEST(rig.answers.back().text.find("its data source db1 is full: connections 930 of 1000") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(after_a_restart_the_alarm_is_over_until_it_is_found_full_again) {
    SourceRig rig;
    rig.loads["dbhost1"] = 930;
    rig.start();
    rig.run(10s);
    const auto alarm = rig.last("data-source-full");
    Rig next;
    next.configuration = rig.configuration;
    next.start();
    next.give(Recover{{}, {}, {alarm}});
    BOOST_TEST(next.told("data-source-full", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}
