// A record of which the beginning has gone goes on with what its controller remembered then.

#include "unit/replay/recorded.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::replay::test;
using namespace std::chrono_literals;

namespace {

/// What was wrong from that segment on; empty: nothing, and something was compared.
std::string wrongFrom(Recorded& recorded, std::size_t segment = 1) {
    const auto report = recorded.replayedFrom(segment);
    if (report.decisions == 0) return "nothing was compared";
    return report.mismatches == 0 ? "" : told(report);
}

/// A policy of which what is believed settles in ten seconds.
struct Going : Recorded {
    explicit Going(int candidates = 3) {
        rig = controller::Rig(candidates);
        listen();
        rig.policy().shrinkAfter = 10s;
        rig.policy().growCooldown = 20s;
    }
    /// Time goes by, and nobody answers what was asked.
    void stall(domain::Duration time) {
        for (const auto end = rig.now + time; rig.now < end; rig.now += 1s) {
            rig.poll();
            rig.give(controller::Tick{});
        }
    }
    bool inFlight() const { return rig.controller.busy(); }
    std::string decision() const { return rig.controller.snapshot(rig.now).pools[0].decision.reason; }
};

}

BOOST_AUTO_TEST_SUITE(segments)

BOOST_AUTO_TEST_CASE(a_day_is_flown_again_from_each_of_its_segments) {
    Recorded recorded;
    recorded.every = 7s;
    day(recorded);
    BOOST_REQUIRE(recorded.segments.size() > 50U);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < recorded.segments.size(); ++i) {
        const auto report = recorded.replayedFrom(i);
        BOOST_TEST(report.mismatches == 0U, "from " << i << ": " << told(report));
        compared += report.decisions;
    }
    BOOST_TEST(compared > 5000U);
}

BOOST_AUTO_TEST_CASE(a_transaction_in_flight_goes_on) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.fill();
    recorded.stall(7s);
    rig.loads["real1"] = 1000; // it was less when the transaction began
    recorded.stall(1s);
    BOOST_REQUIRE(recorded.inFlight());
    recorded.next();
    recorded.stall(12s);
    BOOST_REQUIRE(recorded.inFlight());
    rig.runUntilEnded(1);
    rig.fill(); // of no use, by what was when it began; else it would be
    rig.run(3min);
    BOOST_REQUIRE(recorded.decision().find("last 2 additions relieved nothing") != std::string::npos);
    BOOST_TEST(wrongFrom(recorded) == "");
    const auto report = recorded.replayedFrom(1);
    BOOST_REQUIRE(!report.recorded.changes.empty());
    BOOST_TEST(report.recorded.changes[0].server.value == rig.ended[0].view.server.value);
    BOOST_TEST((report.recorded.changes[0].at == rig.ended[0].view.started));
    BOOST_TEST((report.recorded.changes[0].outcome == rig.ended[0].outcome.kind));
}

BOOST_AUTO_TEST_CASE(pools_are_deliberated_on_at_the_times_at_which_they_were) {
    Going recorded;
    auto& rig = recorded.rig;
    const auto samples = [&](int count) {
        for (; count > 0; --count) {
            rig.now += 400ms;
            rig.loads["real1"] = 500 + count % 7;
            rig.poll();
        }
    };
    rig.start();
    samples(31); // each third has figures that count
    recorded.next();
    samples(60);
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_a_transaction_has_the_next_candidate_tried) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.run(5s);
    rig.give(controller::Request{1, controller::Allocate{{"web"}, {}}, "ann"});
    recorded.next();
    recorded.stall(11s);
    domain::Gathered none;
    none.transaction = rig.asked.front().transaction;
    none.server = rig.asked.front().server;
    none.reason = "it tells nothing of web";
    rig.asked.clear();
    rig.give(none);
    rig.runUntilEnded(2);
    BOOST_TEST((rig.ended[0].outcome.accused == domain::Accused::candidate));
    BOOST_TEST((rig.ended[1].outcome.kind == domain::OutcomeKind::committed));
    rig.run(5s);
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(who_is_left_alone_is_so_still) {
    Going recorded(1);
    auto& rig = recorded.rig;
    rig.start();
    rig.fill();
    rig.boxes["citrix-1"].newHealth = domain::Health::down;
    rig.runUntilEnded(1);
    BOOST_REQUIRE(rig.told("quarantined") == 1U);
    rig.boxes["citrix-1"].newHealth = domain::Health::up;
    rig.run(10s);
    recorded.next();
    rig.run(6min);
    BOOST_TEST(rig.isMember("real3"));
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(a_pool_in_doubt_is_so_still) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    controller::Recover left;
    left.doubts.push_back(inDoubt());
    rig.boxes["citrix-1"].running.members.clear(); // a check proves nothing
    rig.give(left);
    rig.run(10s);
    recorded.next();
    rig.fill();
    rig.run(1min);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(what_a_monitor_said_is_known_still) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.policy().releaseConfigured = true;
    rig.policy().lower = 600;
    rig.start();
    rig.run(50s);
    rig.give(domain::Monitored{{"f5-1"}, {"web"}, {{{"real1"}, false, "Connection refused"}}});
    rig.run(20s);
    recorded.next();
    rig.run(2min); // it would shrink, if the monitor were not believed for a while
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(growing_in_vain_is_known_still) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.fill();
    rig.run(3min);
    BOOST_REQUIRE(recorded.decision().find("additions relieved nothing") != std::string::npos);
    recorded.next();
    rig.run(2min);
    rig.give(controller::Request{1, controller::Resume{}, "ann"});
    rig.run(20s);
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(what_one_that_has_just_joined_is_to_relieve_is_measured_all_the_same) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    recorded.next();
    rig.run(3min);
    BOOST_REQUIRE(recorded.decision().find("additions relieved nothing") != std::string::npos);
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(what_operators_did_is_no_flapping_afterwards_either) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.run(5s);
    for (std::size_t i = 1; i <= 6; i += 2) {
        rig.give(controller::Request{i, controller::Allocate{{"web"}, {{"real3"}}}, "ann"});
        rig.runUntilEnded(i);
        rig.give(controller::Request{i + 1, controller::Release{{"web"}, {"real3"}}, "ann"});
        rig.runUntilEnded(i + 1);
    }
    recorded.next();
    rig.run(12s);
    rig.fill();
    rig.run(1min);
    BOOST_TEST(rig.ended.size() > 6U);
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(who_has_been_free_the_longest_is_known_still) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.policy().failOver = domain::FailOver{};
    rig.policy().failOver->choice = domain::StandIn::firstInFirstOut;
    rig.start();
    rig.run(5s);
    std::size_t ended = 0;
    // Nobody remembers of the pool what was done to it so long ago.
    for (std::size_t i = 0; i <= domain::rememberedChanges / 2; ++i)
        for (const auto* server : {i == 0 ? "real4" : "real3"}) {
            rig.give(controller::Request{1, controller::Allocate{{"web"}, {{server}}}, "ann"});
            rig.runUntilEnded(++ended);
            rig.give(controller::Request{2, controller::Release{{"web"}, {server}}, "ann"});
            rig.runUntilEnded(++ended);
        }
    rig.loads["real4"] = 200;
    rig.loads["real5"] = 900;
    recorded.next();
    rig.run(15s);
    rig.down = {"real1"};
    rig.runUntilEnded(++ended);
    BOOST_REQUIRE(rig.isMember("real4"));
    rig.run(5s);
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(what_an_appliance_refuses_again_and_again_is_waited_for_as_long_as_then) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.boxes["citrix-1"].next("commit", controller::no(), false, 0);
    rig.fill();
    rig.runUntilEnded(3);
    recorded.next();
    rig.run(5min);
    BOOST_TEST(rig.ended.size() > 3U);
    rig.boxes["citrix-1"].obey();
    rig.run(5min);
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(an_appliance_that_is_away_is_so_still) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    controller::Recover left;
    left.alarms.push_back(lost("f5-1"));
    rig.give(left);
    rig.fill();
    rig.run(10s);
    recorded.next();
    rig.run(30s);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(wrongFrom(recorded) == "");
}

BOOST_AUTO_TEST_CASE(a_journal_that_cannot_be_written_keeps_it_from_beginning_anything) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.give(controller::JournalStatus{false, "the disk is full"});
    rig.fill();
    rig.run(10s);
    recorded.next();
    rig.run(30s);
    BOOST_TEST(wrongFrom(recorded) == "");
}

/// Of two pools on the same appliances.
BOOST_AUTO_TEST_CASE(whoever_waits_for_an_appliance_has_it_in_the_same_turn) {
    Going recorded;
    auto& rig = recorded.rig;
    auto shop = rig.configuration.pools[0];
    rig.addServer("real6", 6);
    rig.addServer("real7", 7);
    rig.loads["real6"] = rig.loads["real7"] = 500;
    shop.name = {"shop"};
    shop.members = {controller::Rig::member(6), controller::Rig::member(7)};
    rig.configuration.pools.push_back(shop);
    rig.start();
    rig.fill();
    recorded.stall(6s);
    BOOST_REQUIRE(recorded.inFlight());
    rig.loads["real6"] = 900;
    rig.give(controller::Request{1, controller::Allocate{{"shop"}, {}}, "ann"});
    recorded.stall(3s);
    recorded.next();
    recorded.stall(12s);
    BOOST_REQUIRE(rig.answers.empty());
    BOOST_REQUIRE(rig.ended.empty());
    rig.runUntilEnded(2);
    BOOST_TEST(rig.ended[1].view.pool.value == "shop");
    BOOST_TEST(rig.ended[1].by == "ann");
    rig.run(1min);
    BOOST_TEST(wrongFrom(recorded) == "");
}

/// One that is slow to leave, and cannot join; and then one that can.
BOOST_AUTO_TEST_CASE(who_is_lent_is_on_its_way_still_and_comes_back) {
    Going recorded(0);
    recorded.every = 3s;
    auto& rig = recorded.rig;
    auto shop = rig.configuration.pools[0];
    shop.name = {"shop"};
    shop.places = {{{"citrix-1"}, "shop"}};
    shop.policy.priority = 200;
    shop.policy.lend = true;
    shop.members.clear();
    rig.boxes["citrix-1"] = {};
    rig.boxes["citrix-1"].connectionsWhenDrained = 5;
    for (int i = 6; i <= 8; ++i) {
        rig.addServer("real" + std::to_string(i), i);
        rig.loads["real" + std::to_string(i)] = 340;
        shop.members.push_back(controller::Rig::member(i));
        shop.members.back().origin = domain::Origin::allocated;
        rig.boxes["citrix-1"].add("10.0.0." + std::to_string(i));
    }
    rig.configuration.pools[0].places = {{{"f5-1"}, "web"}};
    rig.configuration.pools.push_back(shop);
    rig.boxes["f5-1"].next("edit", controller::no(true));
    rig.start();
    rig.fill();
    rig.runUntilEnded(5);
    rig.run(20s);
    BOOST_REQUIRE(rig.ended.size() >= 5U);
    BOOST_REQUIRE((rig.ended[1].outcome.kind == domain::OutcomeKind::rolledBack));
    BOOST_REQUIRE(rig.ended[2].view.pool.value == "shop");
    BOOST_REQUIRE(rig.ended[4].view.pool.value == "web");
    BOOST_REQUIRE((rig.ended[4].outcome.kind == domain::OutcomeKind::committed));
    BOOST_REQUIRE(recorded.segments.size() > 10U);
    for (std::size_t i = 0; i < recorded.segments.size(); ++i) {
        const auto report = recorded.replayedFrom(i);
        BOOST_TEST(report.mismatches == 0U, "from " << i << ": " << told(report));
    }
}

/// Nothing is remembered in such a segment.
BOOST_AUTO_TEST_CASE(what_would_be_begun_for_want_of_knowledge_is_not_begun) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.policy().rateLimit = {1, 50s};
    rig.policy().quarantine = 100s;
    rig.policy().additionsWithoutBenefit = 0;
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    recorded.remembers = false;
    recorded.next();
    rig.runUntilEnded(2);
    rig.run(2min);
    BOOST_TEST(wrongFrom(recorded) == "");
    const auto report = recorded.replayedFrom(1);
    BOOST_TEST((*report.settled == report.from + 100s));
    BOOST_REQUIRE(report.recorded.changes.size() == 2U);
    BOOST_TEST((report.recorded.changes[0].outcome == domain::OutcomeKind::committed));
}

BOOST_AUTO_TEST_CASE(where_it_is_said_what_is_remembered_only_beliefs_have_to_settle) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.run(5s);
    recorded.next();
    rig.run(30s);
    BOOST_TEST((*recorded.replayedFrom(1).settled == recorded.replayedFrom(1).from + 10s));
}

BOOST_AUTO_TEST_CASE(with_the_same_policy_the_hypothesis_goes_on_too) {
    Going recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.fill();
    recorded.stall(7s);
    recorded.next();
    rig.run(2min);
    recorded.cut();
    recorded.segments.clear();
    const auto report = recorded.instead([](domain::PoolPolicy&) {});
    BOOST_REQUIRE(report.hypothesis);
    BOOST_TEST((report.hypothesis->changes == report.recorded.changes));
    BOOST_TEST(report.recorded.changes.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
