#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {
namespace {

using domain::EventSeverity;
using domain::IntentKind;
using domain::OutcomeKind;

/// real3 would join with weight 10; it warms up for 40 s.
struct RampRig : Rig {
    RampRig() {
        revisions["real3"] = 1;
        weights["real3"] = 10;
        policy().warmUp = 40s;
        policy().growCooldown = 10min;
    }
    /// real1 is full, and real3 joins.
    void grow() {
        start();
        fill();
        runUntilEnded(1);
        BOOST_TEST_REQUIRE(ended.size() == 1U);
        BOOST_TEST_REQUIRE(isMember("real3"));
        joined = *ended[0].view.ended;
    }
    void runTo(domain::Duration since) { run(joined + since - now); }
    const domain::Member& real3() const { return *controller.configuration().pools[0].member({"real3"}); }
    /// On each appliance, and as recorded; 0: they differ.
    int weight() const {
        const int recorded = real3().connection.weight;
        for (const auto& [name, box] : boxes) {
            const auto* there = box.running.member("10.0.0.3", 80);
            if (!there || there->weight != recorded) return 0;
        }
        return recorded;
    }
    domain::Instant joined{};
};

}

BOOST_AUTO_TEST_SUITE(ramping)

BOOST_AUTO_TEST_CASE(a_new_member_joins_with_a_part_of_its_weight_and_has_all_of_it_when_it_is_warm) {
    RampRig rig;
    rig.grow();
    BOOST_TEST(rig.weight() == 3);
    BOOST_TEST(rig.real3().rampsTo == 10);
    rig.runTo(9s);
    BOOST_TEST(rig.weight() == 3);
    rig.runTo(12s);
    BOOST_TEST(rig.weight() == 5);
    rig.runTo(22s);
    BOOST_TEST(rig.weight() == 8);
    rig.runTo(32s);
    BOOST_TEST(rig.weight() == 10);
    BOOST_TEST(rig.real3().rampsTo == 0);
    BOOST_TEST_REQUIRE(rig.ended.size() == 4U);
    BOOST_TEST((rig.ended[1].view.kind == IntentKind::ramp));
    BOOST_TEST((rig.ended[1].outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.ended[1].view.cause == "it warms up, and its weight grows from 3 to 5 of 10");
    BOOST_TEST(rig.ended[1].membership->added->connection.weight == 5);
    BOOST_TEST(rig.told("weight-raised", EventSeverity::notice) == 3U);
    BOOST_TEST(rig.last("weight-raised").text == "real3 has the weight 10 in web, which is all of it");
    // A ramp is no growth: it begins no cooldown, and is no change of who is in the pool.
    BOOST_TEST(rig.told("pool-grown") == 1U);
    BOOST_TEST((rig.controller.snapshot(rig.now).pools[0].cooldownUntil == rig.joined + 10min));
    rig.run(5min);
    BOOST_TEST(rig.ended.size() == 4U);
}

BOOST_AUTO_TEST_CASE(without_a_ramp_it_has_all_of_it_at_once) {
    RampRig rig;
    rig.policy().rampSteps = 1;
    rig.grow();
    BOOST_TEST(rig.weight() == 10);
    rig.run(1min);
    BOOST_TEST(rig.ended.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_down_or_full_with_what_it_has_is_given_no_more) {
    RampRig rig;
    rig.grow();
    rig.down = {"real3"};
    rig.runTo(11s);
    BOOST_TEST(rig.weight() == 3);
    rig.down.clear();
    rig.run(2s);
    BOOST_TEST(rig.weight() == 5);
    rig.loads["real3"] = 950; // for so long that it is full before the next step
    rig.runTo(1min);
    BOOST_TEST(rig.weight() == 5);
    rig.loads["real3"] = 100;
    rig.run(5s);
    BOOST_TEST(rig.weight() == 10); // what was missed, at once
    BOOST_TEST(rig.ended.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_pool_that_is_held_or_in_a_window_waits) {
    RampRig rig;
    rig.grow();
    rig.give(Request{1, Hold{domain::PoolName{"web"}}});
    rig.runTo(15s);
    BOOST_TEST(rig.weight() == 3);
    rig.give(Request{2, Resume{domain::PoolName{"web"}}});
    rig.run(1s);
    BOOST_TEST(rig.weight() == 5);
    domain::MaintenanceWindow window;
    window.name = "backup";
    window.start = std::chrono::duration_cast<domain::Duration>(
        rig.now - std::chrono::floor<std::chrono::days>(rig.now));
    window.duration = 5min;
    auto pool = rig.controller.configuration().pools[0];
    pool.policy.maintenanceWindows = {window};
    rig.give(PoolsChanged{{pool}});
    rig.runTo(3min);
    BOOST_TEST(rig.weight() == 5);
    rig.runTo(6min);
    BOOST_TEST(rig.weight() == 10);
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_with_it) {
    RampRig before;
    before.grow();
    before.runTo(12s);
    BOOST_TEST_REQUIRE(before.weight() == 5);
    RampRig rig;
    rig.boxes = before.boxes;
    rig.loads = before.loads;
    rig.now = rig.nextPoll = before.now;
    rig.joined = before.joined;
    rig.configuration = before.controller.configuration();
    rig.start();
    rig.give(Recover{{}, {}, {}, {before.ended[0].view}});
    rig.runTo(18s);
    BOOST_TEST(rig.weight() == 5);
    rig.runTo(22s);
    BOOST_TEST(rig.weight() == 8);
    rig.runTo(32s);
    BOOST_TEST(rig.weight() == 10);
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_leaves_the_weight_as_it_was_everywhere_and_is_tried_again) {
    RampRig rig;
    rig.grow();
    rig.boxes["citrix-1"].next("commit", no(), false, 0);
    rig.runTo(15s);
    BOOST_TEST_REQUIRE(rig.ended.size() >= 2U);
    BOOST_TEST((rig.ended[1].outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(rig.weight() == 3);
    rig.boxes["citrix-1"].obey();
    rig.run(2min);
    BOOST_TEST(rig.weight() == 10);
    BOOST_TEST((rig.ended.back().outcome.kind == OutcomeKind::committed));
}

// f5-1, which knows no confirmed commit, took the step and was then gone.
BOOST_AUTO_TEST_CASE(a_step_in_doubt_is_no_operators_weight_and_a_repair_takes_it_back) {
    RampRig rig;
    rig.grow();
    rig.give(ApplianceStatus{{"f5-1"}, true, "", {"urn:ietf:params:netconf:capability:candidate:1.0"}});
    auto& f5 = rig.boxes["f5-1"];
    while (rig.ended.size() < 2 && f5.running.members[2].weight == 3)
        rig.run(1ms);
    for (const auto* verb : {"read", "lock"})
        f5.next(verb, transaction::Unreachable{"no route"}, false, 0);
    rig.runUntilEnded(2, 10min);
    f5.obey();
    BOOST_TEST_REQUIRE((rig.ended.at(1).outcome.kind == OutcomeKind::indeterminate));
    BOOST_TEST(f5.running.members[2].weight == 5);
    rig.give(Request{1, Check{}});
    rig.run(1min);
    BOOST_TEST(rig.last("drift").text ==
               "f5-1: web is not as recorded: it has real3 at 10.0.0.3:80 with other "
               "settings, as a transaction in doubt left it");
    BOOST_TEST(rig.doubtsEnded == 0U);
    rig.give(Request{2, Repair{{"web"}}});
    rig.runUntilEnded(3);
    BOOST_TEST((rig.ended.at(2).view.kind == IntentKind::restore));
    BOOST_TEST(f5.running.members[2].weight == 3);
    rig.run(2min);
    BOOST_TEST(rig.doubtsEnded == 1U);
    BOOST_TEST(rig.weight() == 10);
}

BOOST_AUTO_TEST_CASE(a_weight_that_an_operator_has_set_on_an_appliance_stays) {
    RampRig rig;
    rig.grow();
    rig.boxes["f5-1"].running.members[2].weight = 1;
    rig.runTo(15s);
    BOOST_TEST_REQUIRE(rig.ended.size() == 2U);
    BOOST_TEST((rig.ended[1].outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(rig.ended[1].outcome.reason.find("an operator has given real3 at 10.0.0.3:80 the weight 1") !=
               std::string::npos);
    BOOST_TEST(rig.boxes["f5-1"].running.members[2].weight == 1);
    BOOST_TEST(rig.boxes["citrix-1"].running.members[2].weight == 3);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::alarm) == 1U);
    BOOST_TEST(rig.told("quarantined") == 0U);
    rig.run(rig.policy().quarantine - 30s);
    BOOST_TEST(rig.ended.size() == 2U);
    rig.boxes["f5-1"].running.members[2].weight = 3;
    rig.run(1min);
    BOOST_TEST(rig.weight() == 10);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(a_ramp_that_an_operator_ends_is_over_and_so_is_its_alarm) {
    RampRig rig;
    rig.grow();
    rig.boxes["f5-1"].running.members[2].weight = 1;
    rig.runTo(15s);
    BOOST_TEST_REQUIRE(rig.told("settings-refused", EventSeverity::alarm) == 1U);
    auto pool = rig.controller.configuration().pools[0];
    pool.members[2].rampsTo = 0;
    rig.give(PoolsChanged{{pool}});
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 1U);
    rig.run(5min);
    BOOST_TEST(rig.ended.size() == 2U);
}

BOOST_AUTO_TEST_CASE(new_settings_that_were_refused_are_not_taken_because_its_weight_grows) {
    RampRig rig;
    rig.grow();
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::down;
    rig.revisions["real3"] = 2;
    rig.authentications["real3"].kind = domain::AuthenticationKind::password;
    rig.run(35s);
    BOOST_TEST_REQUIRE(rig.told("settings-refused", EventSeverity::alarm) == 1U);
    rig.run(30s);
    BOOST_TEST(rig.weight() == 10);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 0U);
}

BOOST_AUTO_TEST_CASE(new_settings_meanwhile_change_what_it_ramps_up_to) {
    RampRig rig;
    rig.grow();
    rig.weights["real3"] = 20;
    rig.revisions["real3"] = 2;
    rig.runTo(9s);
    BOOST_TEST_REQUIRE(rig.ended.size() == 3U);
    BOOST_TEST((rig.ended[1].view.kind == IntentKind::renew));
    BOOST_TEST(rig.ended[1].membership->added->connection.weight == 3);
    BOOST_TEST(rig.weight() == 5); // the first step of that
    BOOST_TEST(rig.real3().rampsTo == 20);
    rig.runTo(12s);
    BOOST_TEST(rig.weight() == 10);
    rig.runTo(45s);
    BOOST_TEST(rig.weight() == 20);
}

BOOST_AUTO_TEST_CASE(what_it_relieves_is_measured_when_it_has_all_of_its_weight) {
    RampRig rig;
    rig.policy().growCooldown = 1s;
    rig.policy().maximum = 3;
    rig.grow();
    rig.boxes["citrix-1"].next("commit", no(), false, 0);
    rig.loads["real1"] = 600;
    rig.runTo(50s);
    BOOST_TEST(rig.weight() == 3);
    BOOST_TEST(rig.told("relief-measured") == 0U);
    rig.boxes["citrix-1"].obey();
    rig.run(5min);
    BOOST_TEST(rig.weight() == 10);
    BOOST_TEST(rig.told("relief-measured") == 1U);
}

BOOST_AUTO_TEST_CASE(a_member_whose_committed_weight_is_asked_for_has_it_at_once) {
    RampRig rig;
    rig.start();
    rig.run(2s);
    domain::Asked asked;
    asked.weight = 10;
    Allocate what{{"web"}, domain::ServerName{"real3"}};
    what.asked = asked;
    rig.give(Request{1, what});
    rig.runUntilEnded(1);
    BOOST_TEST(rig.weight() == 10);
    BOOST_TEST(rig.real3().rampsTo == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}
