#include "unit/replay/recorded.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::replay::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_day_is_flown_again_with_every_decision_as_it_was) {
    Recorded recorded;
    day(recorded);
    BOOST_TEST(recorded.rig.ended.size() >= 4U);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(report.decisions > 400U);
    BOOST_TEST(report.samples > 2000U);
    std::size_t committed = 0;
    for (const auto& change : report.recorded.changes)
        if (change.outcome == domain::OutcomeKind::committed) ++committed;
    BOOST_TEST(committed >= 4U);
    BOOST_TEST(report.recorded.changes.front().reason.starts_with("pool web is full"));
}

BOOST_AUTO_TEST_CASE(what_monitors_said_is_flown_again_and_keeps_the_pool_from_shrinking_as_it_did) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().releaseConfigured = true;
    rig.start();
    rig.run(5s);
    auto& member = rig.boxes["f5-1"].running.members[0];
    member.health = domain::Health::down;
    rig.give(controller::ApplianceChanged{{"f5-1"}, "a trap"});
    for (auto& [name, load] : rig.loads)
        load = 100;
    rig.run(4min);
    BOOST_TEST(rig.ended.empty(), "a contradiction forbids it");
    member.health = domain::Health::up;
    rig.runUntilEnded(1);
    BOOST_TEST_REQUIRE(rig.ended.size() == 1U);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(report.decisions > 200U);
    std::size_t words = 0;
    flight::Decoder::read(recorded.octets, [&](const flight::Turn& turn) {
        for (const auto& entry : turn.entries) {
            const auto* said = std::get_if<domain::Monitored>(&entry);
            if (!said) continue;
            for (const auto& word : said->members)
                if (!word.up) ++words;
        }
    });
    BOOST_TEST(words >= 8U, "each time that it was asked");
    const auto instead = recorded.instead([](auto&) {});
    BOOST_TEST(instead.mismatches == 0U);
    BOOST_TEST_REQUIRE(instead.hypothesis.has_value());
    BOOST_TEST(instead.hypothesis->changes.size() == instead.recorded.changes.size(),
               "the hypothesis hears of it, too");
}

BOOST_AUTO_TEST_CASE(transactions_that_are_rolled_back_or_not_known_to_have_ended_are_flown_again) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.boxes["citrix-1"].next("commit", controller::no());
    rig.fill();
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended[0].outcome.kind != domain::OutcomeKind::committed));
    rig.run(3min);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(report.recorded.changes.size() >= 2U);
}

BOOST_AUTO_TEST_CASE(a_decision_that_would_be_another_one_is_told) {
    Recorded recorded;
    day(recorded);
    const auto report = recorded.replayed([](domain::PoolPolicy& policy) { policy.upper = 901; });
    BOOST_TEST(report.mismatches > 0U);
    BOOST_REQUIRE(!report.first.empty());
    BOOST_TEST(report.first.size() <= 20U);
}

BOOST_AUTO_TEST_CASE(a_figure_that_would_be_another_one_in_a_decision_to_do_nothing_is_told) {
    Recorded recorded;
    recorded.rig.start();
    recorded.rig.run(30s);
    const auto one = recorded.replayed();
    BOOST_TEST(one.mismatches == 0U, told(one));
    recorded.configurations[0].profiles[0].metrics[0].limit = 1010;
    const auto other = recorded.replayed();
    BOOST_TEST(other.mismatches > 0U);
}

BOOST_AUTO_TEST_CASE(seconds_in_which_nothing_is_told_are_no_differences) {
    Recorded recorded;
    recorded.rig.start();
    recorded.rig.run(10s);
    for (int second = 0; second < 3; ++second)
        recorded.scribe.sum(recorded.rig.controller);
    recorded.rig.run(10s);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
}

BOOST_AUTO_TEST_CASE(with_another_policy_it_is_told_what_would_have_been) {
    Recorded recorded;
    day(recorded);
    const auto report = recorded.instead([](domain::PoolPolicy& policy) { policy.maximum = 2; });
    BOOST_REQUIRE(report.hypothesis);
    const auto& was = report.recorded.pools.at({"web"});
    const auto& would = report.hypothesis->pools.at({"web"});
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(would.changes < was.changes);
    BOOST_TEST(would.serverTime.count() < was.serverTime.count());
    for (const auto& change : report.hypothesis->changes)
        BOOST_TEST((change.kind != domain::IntentKind::allocate || change.at > report.from));
}

BOOST_AUTO_TEST_CASE(with_the_same_policy_the_hypothesis_is_what_was) {
    Recorded recorded;
    day(recorded);
    const auto report = recorded.instead([](domain::PoolPolicy&) {});
    BOOST_TEST((report.hypothesis->pools == report.recorded.pools));
    BOOST_TEST(report.hypothesis->changes.size() == report.recorded.changes.size());
}

BOOST_AUTO_TEST_CASE(the_load_of_a_pool_that_would_have_grown_is_spread_over_more_servers) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().maximum = 2;
    rig.start();
    rig.loads["real1"] = rig.loads["real2"] = 900;
    rig.run(2min);
    const auto report = recorded.instead([](domain::PoolPolicy& policy) { policy.maximum = 3; });
    BOOST_TEST(report.recorded.changes.empty());
    BOOST_REQUIRE_EQUAL(report.hypothesis->changes.size(), 1U);
    BOOST_TEST((report.hypothesis->changes[0].outcome == domain::OutcomeKind::committed));
    const auto& was = report.recorded.pools.at({"web"});
    const auto& would = report.hypothesis->pools.at({"web"});
    // 1800 permille on three are 600 each: below the level once the third has joined, five and ten seconds
    // on.
    BOOST_TEST((was.above >= 118s));
    BOOST_TEST((would.above <= 20s));
    BOOST_TEST((would.above >= 14s));
    BOOST_TEST((would.serverTime - was.serverTime >= 100s));
}

BOOST_AUTO_TEST_CASE(the_same_record_and_policy_give_the_same_report) {
    Recorded recorded;
    day(recorded);
    const auto wider = [](domain::PoolPolicy& policy) { policy.shrinkAfter = 10s; };
    const auto one = recorded.instead(wider);
    const auto other = recorded.instead(wider);
    BOOST_TEST((one.hypothesis == other.hypothesis));
    BOOST_TEST((one.recorded == other.recorded));
}

namespace {

/// What is replayed of a record whose beginning is gone.
replay::Report fromTheMiddle(domain::Duration quarantine) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().quarantine = quarantine;
    rig.start();
    rig.run(30s);
    recorded.cut();
    recorded.octets.clear();
    rig.configuration = rig.controller.configuration();
    recorded.encoder.begin({"0.1.0", rig.now, 2, true, 5});
    recorded.encoder.add(recorded.write(rig.configuration));
    recorded.encoder.recall();
    rig.run(90s);
    rig.fill();
    rig.run(60s);
    auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_REQUIRE(report.settled);
    return report;
}

}

BOOST_AUTO_TEST_CASE(a_record_whose_beginning_is_gone_is_compared_once_it_has_settled) {
    const auto report = fromTheMiddle(100s);
    BOOST_TEST((*report.settled == report.from + 100s));
    BOOST_TEST(report.decisions > 20U);
    BOOST_TEST(!report.recorded.changes.empty());
}

BOOST_AUTO_TEST_CASE(it_has_not_settled_while_a_monitor_that_spoke_before_may_be_believed) {
    const auto report = fromTheMiddle(60s);
    BOOST_TEST((*report.settled == report.from + 90s));
}

BOOST_AUTO_TEST_CASE(what_a_daemon_before_left_is_flown_again) {
    Recorded before;
    before.rig.start();
    before.rig.fill();
    before.rig.run(6s); // in the middle of it
    BOOST_REQUIRE(!before.rig.journal.empty());
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.start();
    controller::Recover left;
    left.transactions.push_back(transaction::begin({5},
                                                   {domain::IntentKind::allocate,
                                                    rig.configuration.pools[0],
                                                    controller::Rig::member(3),
                                                    false,
                                                    "it was full",
                                                    {}},
                                                   rig.now));
    left.doubts.push_back(inDoubt());
    left.alarms.push_back(lost("f5-1"));
    rig.give(left);
    rig.fill();
    rig.run(20s);
    rig.give(controller::ApplianceStatus{
        {"f5-1"}, true, "", {"urn:ietf:params:netconf:capability:candidate:1.0"}});
    rig.run(2min);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(report.decisions > 100U);
}

/// What was changed before bounds what may be done, and who joined lately warms up still.
BOOST_AUTO_TEST_CASE(what_a_daemon_before_had_changed_is_flown_again) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().rateLimit = {1, 90s};
    rig.policy().warmUp = 40s;
    rig.policy().shrinkMargin = 50;
    rig.start();
    controller::Recover left;
    domain::TransactionView change;
    change.pool = {"web"};
    change.server = {"real2"};
    change.ended = rig.now - 10s;
    left.changes.push_back(change);
    rig.give(left);
    rig.fill();
    rig.run(60s);
    BOOST_TEST(rig.ended.empty());
    rig.run(60s);
    BOOST_TEST(rig.ended.size() == 1U);
    rig.run(2min);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(report.recorded.changes.size() == rig.ended.size());
}

BOOST_AUTO_TEST_CASE(a_policy_with_all_that_it_may_say_is_flown_again) {
    Recorded recorded;
    auto& policy = recorded.rig.policy();
    policy.rateLimit = {3, 2min};
    policy.warmUp = 20s;
    policy.shrinkMargin = 50;
    policy.step = 2;
    domain::MaintenanceWindow window;
    window.name = "nightly";
    window.duration = 1min;
    window.start = std::chrono::duration_cast<domain::Duration>(
        recorded.rig.now - std::chrono::floor<std::chrono::days>(recorded.rig.now) + 2min);
    policy.maintenanceWindows = {window};
    day(recorded);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
}

BOOST_AUTO_TEST_CASE(a_ramp_is_flown_again_also_from_the_middle_of_it) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().warmUp = 2min;
    rig.revisions["real3"] = 1;
    rig.weights["real3"] = 100;
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    rig.boxes["f5-1"].running.members[2].weight = 1; // an operator's: it is not raised for a while
    rig.runUntilEnded(2);
    recorded.next();
    rig.boxes["f5-1"].running.members[2].weight = 25;
    rig.run(7min);
    BOOST_TEST(rig.controller.configuration().pools[0].member({"real3"})->connection.weight == 100);
    for (const auto& report : {recorded.replayedFrom(0), recorded.replayedFrom(1)}) {
        BOOST_TEST(report.mismatches == 0U, told(report));
        BOOST_TEST(report.decisions > 100U);
    }
}

BOOST_AUTO_TEST_CASE(a_fail_over_is_flown_again) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().failOver = domain::FailOver{};
    rig.start();
    rig.run(10s);
    rig.down = {"real1"};
    rig.runUntilEnded(1);
    rig.run(2min);
    rig.down.clear();
    rig.runUntilEnded(2);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(report.recorded.changes.size() == 2U);
}

BOOST_AUTO_TEST_CASE(growth_ahead_is_flown_again_also_from_the_middle_of_a_record) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().quarantine = 60s;
    rig.policy().forecast = domain::ForecastPolicy{12s, 50}; // steps of 2 s, 49 of which count
    rig.policy().growAfter = rig.policy().shrinkAfter = 60s;
    int load = 300;
    const auto seconds = [&](int count, int more) {
        for (int i = 0; i < count; ++i) {
            load += more;
            rig.loads["real1"] = rig.loads["real2"] = load + i % 3;
            rig.run(1s);
        }
    };
    rig.start();
    seconds(51, 2);
    recorded.cut();
    recorded.octets.clear();
    rig.configuration = rig.controller.configuration();
    recorded.encoder.begin({"0.1.0", rig.now, 2, true, 5});
    recorded.encoder.add(recorded.write(rig.configuration));
    recorded.encoder.recall();
    seconds(100, 0);
    seconds(80, 5);
    rig.runUntilEnded(1);
    rig.run(5s);
    const auto report = recorded.replayed();
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_REQUIRE(report.settled);
    BOOST_TEST((*report.settled == report.from + 98s));
    BOOST_REQUIRE(report.recorded.changes.size() == 1U);
    BOOST_TEST(report.recorded.changes[0].reason.find("; it will be full in 12 s: ") != std::string::npos,
               report.recorded.changes[0].reason);
}

BOOST_AUTO_TEST_CASE(what_is_recommended_is_flown_again_and_compared_with_acting) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.policy().mode = domain::PolicyMode::recommend;
    rig.start();
    rig.fill();
    rig.run(2min);
    const auto report =
        recorded.instead([](domain::PoolPolicy& policy) { policy.mode = domain::PolicyMode::act; });
    BOOST_TEST(report.mismatches == 0U, told(report));
    BOOST_TEST(report.recorded.changes.empty());
    BOOST_TEST(!report.hypothesis->changes.empty());
}

BOOST_AUTO_TEST_CASE(a_segment_that_follows_goes_on_and_one_that_is_missing_is_noticed) {
    Recorded recorded;
    auto& rig = recorded.rig;
    rig.start();
    rig.run(20s);
    replay::Replay replay(recorded.read());
    const auto segment = [&](std::uint64_t number) {
        recorded.fly(replay);
        recorded.octets.clear();
        recorded.encoder.begin({"0.1.0", rig.now, number, true, 5});
        recorded.encoder.add(recorded.write(rig.controller.configuration()));
        recorded.encoder.recall();
    };
    segment(2);
    rig.fill();
    rig.run(30s);
    segment(3);
    rig.run(10s);
    segment(5);
    BOOST_TEST(!replay.report().settled);
    BOOST_TEST(replay.report().mismatches == 0U, told(replay.report()));
    recorded.fly(replay);
    BOOST_TEST(replay.report().settled.has_value());
}
