// What the policy of a pool lets Headgate do by itself, and what is told of that.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::EventSeverity;
using domain::PolicyMode;

namespace {

const domain::PoolState& web(const domain::Snapshot& snapshot) {
    return snapshot.pools[0];
}

domain::PoolState web(const Rig& rig) {
    return web(rig.controller.snapshot(rig.now));
}

/// What the store would give after a restart: each change of `rig`, as it ended.
std::vector<domain::TransactionView> changesOf(const Rig& rig) {
    std::vector<domain::TransactionView> changes;
    for (const auto& end : rig.ended)
        changes.push_back(end.view);
    return changes;
}

Rig restarted(const Rig& before, std::vector<domain::Event> alarms = {}) {
    Rig rig;
    rig.boxes = before.boxes;
    rig.loads = before.loads;
    rig.now = rig.nextPoll = before.now;
    rig.configuration = before.controller.configuration();
    rig.start();
    rig.give(Recover{{}, {}, std::move(alarms), changesOf(before)});
    return rig;
}

/// One whose load goes to and fro quicker than its policy is patient.
Rig hasty() {
    Rig rig;
    rig.policy().growAfter = rig.policy().shrinkAfter = 1s;
    rig.policy().growCooldown = rig.policy().shrinkCooldown = 1s;
    rig.policy().additionsWithoutBenefit = 0;
    rig.start();
    rig.run(2s);
    return rig;
}

/// For its load, one after the other.
void growAndShrink(Rig& rig, int times) {
    for (int i = 0; i < times; ++i) {
        const bool grow = !rig.isMember("real3");
        rig.loads["real1"] = grow ? 900 : 100;
        rig.loads["real2"] = 100;
        rig.runUntilEnded(rig.ended.size() + 1);
    }
}

/// An operator's, one after the other.
void growAndShrinkByHand(Rig& rig, int times) {
    for (int i = 0; i < times; ++i) {
        if (!rig.isMember("real3"))
            rig.give(Request{1, Allocate{{"web"}, domain::ServerName{"real3"}}});
        else
            rig.give(Request{1, Release{{"web"}, {"real3"}}});
        rig.runUntilEnded(rig.ended.size() + 1);
    }
}

}

BOOST_AUTO_TEST_SUITE(policy)

BOOST_AUTO_TEST_CASE(off_does_nothing_and_says_so) {
    Rig rig;
    rig.policy().mode = PolicyMode::off;
    rig.start();
    rig.fill();
    rig.run(60s);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST((web(rig).level == domain::Level::full));
    BOOST_TEST(web(rig).decision.reason == "its mode is off: nothing is decided automatically");
    rig.give(Request{1, Allocate{{"web"}, {}}}); // by hand it can be changed
    rig.runUntilEnded(1);
    BOOST_TEST(rig.isMember("real3"));
}

BOOST_AUTO_TEST_CASE(recommend_tells_once_what_it_would_do_and_does_nothing) {
    Rig rig;
    rig.policy().mode = PolicyMode::recommend;
    rig.start();
    rig.run(20s);
    BOOST_TEST(rig.told("recommendation") == 0U);
    rig.fill();
    rig.run(60s);
    rig.loads["real1"] = 910; // still the same
    rig.run(60s);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(rig.told("recommendation") == 1U);
    const auto text = rig.last("recommendation").text;
    BOOST_TEST(text.starts_with("web is recommended to allocate real3: pool web is full, because real1 is: "),
               text);
    BOOST_TEST((web(rig).decision.kind == domain::IntentKind::allocate && web(rig).decision.recommended));
    rig.give(Request{1, PlanQuestion{{"web"}}});
    BOOST_TEST(rig.answers.at(0).text.starts_with(
        "only recommended, by the mode of its policy: allocate: pool web is full"));
    BOOST_TEST(rig.answers[0].plan.has_value());
    rig.loads["real1"] = 400;
    rig.run(10s);
    BOOST_TEST(rig.told("recommendation") == 2U);
    BOOST_TEST(rig.last("recommendation")
                   .text.starts_with("nothing is recommended for web any more: pool web is "
                                     "normal"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_recommended_with_what_is_in_the_way_and_no_alarm) {
    Rig rig(0);
    rig.policy().mode = PolicyMode::recommend;
    rig.start();
    rig.fill();
    rig.run(20s);
    BOOST_TEST(rig.last("recommendation").text.find("; but no server can join pool web") !=
               std::string::npos);
    BOOST_TEST(rig.told("no-candidate") == 0U);
}

BOOST_AUTO_TEST_CASE(a_recommendation_is_acted_on_when_the_mode_is_act_again) {
    Rig rig;
    rig.policy().mode = PolicyMode::recommend;
    rig.start();
    rig.fill();
    rig.run(20s);
    rig.policy().mode = PolicyMode::act;
    rig.start();
    rig.runUntilEnded(1);
    BOOST_TEST(rig.isMember("real3"));
}

BOOST_AUTO_TEST_CASE(grow_only_grows_and_keeps_what_it_has_taken) {
    Rig rig;
    rig.policy().mode = PolicyMode::growOnly;
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    for (auto& [name, load] : rig.loads)
        load = 10;
    rig.run(10min);
    BOOST_TEST(rig.ended.size() == 1U);
    BOOST_TEST(web(rig).decision.reason.ends_with("its mode is grow-only: it never shrinks by itself"));
}

BOOST_AUTO_TEST_CASE(new_settings_are_no_exception) {
    Rig rig;
    rig.configuration.pools[0].members[0].revision = 1;
    rig.policy().mode = PolicyMode::off;
    rig.start();
    rig.revisions["real1"] = 2;
    rig.run(10s);
    BOOST_TEST(rig.ended.empty());
    rig.policy().mode = PolicyMode::recommend;
    rig.start();
    rig.run(10s);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(rig.last("recommendation").text ==
               "web is recommended to renew real1: its settings have changed");
    rig.policy().mode = PolicyMode::growOnly;
    rig.start();
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).view.kind == domain::IntentKind::renew));
}

BOOST_AUTO_TEST_CASE(what_operators_did_is_no_flapping_after_a_restart_either) {
    auto before = hasty();
    for (std::uint64_t i = 1; i <= 6; i += 2) {
        before.give(Request{i, Allocate{{"web"}, {{"real3"}}}, "ann"});
        before.runUntilEnded(i);
        before.give(Request{i + 1, Release{{"web"}, {"real3"}}, "ann"});
        before.runUntilEnded(i + 1);
    }
    auto after = restarted(before);
    growAndShrink(after, 1);
    BOOST_TEST(after.ended.size() == 1U);
    BOOST_TEST(after.told("pool-flapping") == 0U);
}

BOOST_AUTO_TEST_CASE(a_maintenance_window_puts_changes_off_until_its_end) {
    Rig rig; // it begins at 22:13:20
    domain::MaintenanceWindow window;
    window.name = "backup";
    window.start = 22h;
    window.duration = 20min;
    rig.policy().maintenanceWindows = {window};
    rig.configuration.pools[0].members[0].revision = 1;
    rig.start();
    rig.revisions["real1"] = 2;
    rig.fill();
    rig.run(6min);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(web(rig).decision.reason.find("maintenance window backup is open until 22:20:00Z") !=
               std::string::npos);
    rig.runUntilEnded(2);
    BOOST_TEST(rig.ended.size() == 2U); // the settings, and a member
}

BOOST_AUTO_TEST_CASE(a_protected_member_is_not_released_before_it_is_unprotected) {
    Rig rig;
    rig.configuration.pools[0].members[1].isProtected = true;
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Release{{"web"}, {"real2"}}});
    rig.run(1s);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::refused));
    BOOST_TEST(rig.answers[0].text.starts_with(
        "pool web cannot release real2: it is protected; set its leaf protected to false first"));
    rig.configuration.pools[0].members[1].isProtected = false;
    rig.start();
    rig.give(Request{2, Release{{"web"}, {"real2"}}});
    rig.runUntilEnded(1);
    BOOST_TEST(!rig.isMember("real2"));
}

BOOST_AUTO_TEST_CASE(a_member_that_warms_up_does_not_count_and_the_pool_waits_for_it) {
    Rig rig;
    rig.policy().warmUp = 90s;
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    const auto joined = rig.now;
    rig.loads["real3"] = 990; // cold
    rig.run(60s);
    BOOST_TEST(web(rig).reason.find("because real1 is") != std::string::npos);
    BOOST_TEST(*web(rig).utilisation == 700); // of real1 and real2
    BOOST_TEST(web(rig).decision.reason.find("but real3 warms up until ") != std::string::npos);
    BOOST_TEST((rig.controller.snapshot(rig.now).servers[2].warmUntil == *rig.ended[0].view.ended + 90s));
    rig.loads["real1"] = 500;
    rig.run(10s);
    BOOST_TEST((web(rig).level == domain::Level::normal));
    rig.runUntilEnded(2);
    BOOST_TEST((rig.now - joined > 90s && rig.now - joined < 93s)); // real3 is full by then
    BOOST_TEST(rig.ended.at(1).view.cause.find("because real3 is") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(cooldowns_rate_limits_and_warm_ups_go_on_over_a_restart) {
    Rig before;
    before.policy().warmUp = 90s;
    before.policy().rateLimit = domain::RateLimit{1, 10min};
    before.start();
    before.fill();
    before.runUntilEnded(1);
    auto rig = restarted(before);
    rig.run(5s);
    BOOST_TEST((web(rig).cooldownUntil == *before.ended[0].view.ended + 30s));
    BOOST_TEST((rig.controller.snapshot(rig.now).servers[2].warmUntil == *before.ended[0].view.ended + 90s));
    rig.run(9min);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(web(rig).decision.reason.find("its rate limit is 1 change in 10 min") != std::string::npos);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).view.started - *before.ended[0].view.ended >= 10min));
}

BOOST_AUTO_TEST_CASE(what_an_operator_does_by_turns_is_no_flapping) {
    Rig rig;
    rig.start();
    rig.run(2s);
    growAndShrinkByHand(rig, 6);
    BOOST_TEST(rig.ended.size() == 6U);
    BOOST_TEST(rig.told("pool-flapping") == 0U);
}

BOOST_AUTO_TEST_CASE(a_pool_that_flaps_raises_an_alarm_that_ends_when_it_is_calm) {
    auto rig = hasty();
    growAndShrink(rig, 3);
    BOOST_TEST(rig.told("pool-flapping") == 0U);
    growAndShrink(rig, 1);
    BOOST_TEST(rig.told("pool-flapping", EventSeverity::alarm) == 1U);
    BOOST_TEST(rig.last("pool-flapping").text.find("a penalty of ") != std::string::npos);
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm == rig.last("pool-flapping").text);
    rig.give(Request{5, Resume{domain::PoolName{"web"}}});
    rig.run(25min);
    BOOST_TEST(rig.told("pool-flapping", EventSeverity::clear) == 0U);
    rig.run(5min);
    BOOST_TEST(rig.told("pool-flapping", EventSeverity::clear) == 1U);
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm == "");
}

BOOST_AUTO_TEST_CASE(the_alarm_of_a_pool_that_flaps_stands_over_a_restart_and_ends_after_it) {
    auto before = hasty();
    growAndShrink(before, 4);
    BOOST_TEST_REQUIRE(before.told("pool-flapping") == 1U);
    auto rig = restarted(before, {before.last("pool-flapping")});
    BOOST_TEST(rig.told("pool-flapping", EventSeverity::clear) == 0U);
    rig.run(30min);
    BOOST_TEST(rig.told("pool-flapping", EventSeverity::clear) == 1U);
    auto calm = restarted(Rig(), {before.last("pool-flapping")});
    BOOST_TEST(calm.told("pool-flapping", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_measured_is_forgotten_with_a_restart_and_so_is_that_it_grew_in_vain) {
    Rig before(2);
    before.policy().growCooldown = 20s;
    before.start();
    before.fill();
    before.run(5min);
    BOOST_TEST_REQUIRE(before.told("growth-without-benefit") == 1U);
    auto rig = restarted(before, {before.last("growth-without-benefit")});
    rig.run(3s);
    BOOST_TEST(rig.told("growth-without-benefit", EventSeverity::clear) == 1U);
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm.find("relieved nothing") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(damping_that_is_switched_off_ends_the_alarm) {
    auto rig = hasty();
    growAndShrink(rig, 4);
    BOOST_TEST_REQUIRE(rig.told("pool-flapping") == 1U);
    rig.configuration = rig.controller.configuration();
    rig.policy().damping = false;
    rig.start();
    BOOST_TEST(rig.told("pool-flapping", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}
