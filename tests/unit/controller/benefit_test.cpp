// What a member that joined relieves is measured, and growing in vain ends.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::EventSeverity;

namespace {

const std::string useless = "growth-without-benefit";

std::string why(const Rig& rig) {
    return rig.controller.snapshot(rig.now).pools[0].decision.reason;
}

Rig full(int candidates = 3) {
    Rig rig(candidates);
    rig.policy().growCooldown = 20s;
    rig.start();
    rig.fill();
    return rig;
}

/// What the store keeps of a rig's changes, and the alarms that stand.
struct Kept {
    Rig& rig;
    std::map<domain::TransactionId, std::optional<domain::Relief>> reliefs;

    explicit Kept(Rig& of)
        : rig(of) {
        rig.watches = [this](const std::vector<Effect>& effects) {
            for (const auto& effect : effects)
                if (const auto* change = std::get_if<ReliefChanged>(&effect))
                    reliefs[change->transaction] = change->relief;
        };
    }
    Rig restarted() {
        Rig after;
        after.boxes = rig.boxes;
        after.loads = rig.loads;
        after.now = after.nextPoll = rig.now;
        after.configuration = rig.controller.configuration();
        Recover left;
        for (const auto& end : rig.ended) {
            left.changes.push_back(end.view);
            if (const auto known = reliefs.find(end.view.id); known != reliefs.end())
                left.changes.back().relief = known->second;
        }
        if (rig.told(useless, EventSeverity::alarm) > 0) left.alarms.push_back(rig.last(useless));
        after.start();
        after.give(left);
        return after;
    }
};

}

BOOST_AUTO_TEST_SUITE(benefit)

BOOST_AUTO_TEST_CASE(two_members_that_relieve_nothing_are_noticed_and_no_third_joins) {
    auto rig = full();
    rig.run(10s);
    BOOST_TEST(rig.isMember("real3"));
    BOOST_TEST(rig.told("relief-measured") == 0U);
    rig.run(20s);
    BOOST_TEST_REQUIRE(rig.told("relief-measured", EventSeverity::warning) == 1U);
    BOOST_TEST(
        rig.last("relief-measured").text ==
        "pool web: real3 was to bring the fullest from 900 to 600 permille, but real1 is at 900, though "
        "the load has not grown, and real3 itself is at 100");
    BOOST_TEST(rig.told(useless) == 0U);
    rig.run(5min);
    BOOST_TEST(rig.isMember("real4"));
    BOOST_TEST(!rig.isMember("real5"));
    BOOST_TEST_REQUIRE(rig.told(useless, EventSeverity::alarm) == 1U);
    BOOST_TEST(rig.last(useless).text.find("the last 2 additions relieved nothing: real4 was to bring") !=
               std::string::npos);
    BOOST_TEST(why(rig).find("; but the last 2 additions relieved nothing: real4") != std::string::npos);
    const auto alarm = rig.controller.snapshot(rig.now).pools[0].alarm;
    BOOST_TEST(alarm.starts_with("the last 2 additions relieved nothing: real4 was to bring"), alarm);
    BOOST_TEST(why(rig).find(alarm) != std::string::npos, alarm);
}

BOOST_AUTO_TEST_CASE(when_the_pool_was_not_full_meanwhile_it_may_grow_again) {
    auto rig = full();
    rig.run(5min);
    BOOST_TEST_REQUIRE(rig.told(useless, EventSeverity::alarm) == 1U);
    rig.loads["real1"] = 500;
    rig.run(10s);
    BOOST_TEST(rig.told(useless, EventSeverity::clear) == 1U);
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm == "");
    rig.fill();
    rig.run(10s);
    BOOST_TEST(rig.isMember("real5"));
}

BOOST_AUTO_TEST_CASE(who_resumes_it_has_looked_after_it_and_it_may_grow_again) {
    auto rig = full(2);
    rig.run(5min);
    BOOST_TEST_REQUIRE(rig.told(useless, EventSeverity::alarm) == 1U);
    rig.give(Request{1, Hold{domain::PoolName{"web"}}});
    rig.run(10s);
    BOOST_TEST(rig.told(useless, EventSeverity::clear) == 0U);
    rig.give(Request{2, Resume{domain::PoolName{"web"}}});
    rig.run(3s);
    BOOST_TEST(rig.told(useless, EventSeverity::clear) == 1U);
    BOOST_TEST(rig.told("no-candidate", EventSeverity::alarm) == 1U);
}

BOOST_AUTO_TEST_CASE(what_an_operator_asks_for_is_done_in_any_case) {
    auto rig = full();
    rig.run(5min);
    rig.give(Request{1, Allocate{{"web"}, std::nullopt}});
    rig.runUntilEnded(3);
    BOOST_TEST(rig.isMember("real5"));
    BOOST_TEST(rig.told(useless, EventSeverity::clear) == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_takes_its_share_helps) {
    auto rig = full();
    rig.runUntilEnded(1);
    rig.loads["real1"] = 620;
    rig.loads["real2"] = 400;
    rig.loads["real3"] = 380;
    rig.run(30s);
    BOOST_TEST_REQUIRE(rig.told("relief-measured", EventSeverity::notice) == 1U);
    BOOST_TEST(
        rig.last("relief-measured").text ==
        "pool web: real3 relieves it: the fullest went from 900 to 620 permille, where 600 were expected");
}

BOOST_AUTO_TEST_CASE(nobody_is_praised_when_the_load_went_away) {
    auto rig = full();
    rig.runUntilEnded(1);
    rig.loads["real1"] = 100;
    rig.run(30s);
    BOOST_TEST_REQUIRE(rig.told("relief-measured", EventSeverity::notice) == 1U);
    BOOST_TEST(rig.last("relief-measured").text ==
               "pool web: what real3 relieves cannot be told: the load went from 1500 to 700 permille of all "
               "members together meanwhile");
}

BOOST_AUTO_TEST_CASE(a_crowd_that_goes_on_growing_is_no_reason_to_stop) {
    auto rig = full();
    for (std::size_t i = 1; i <= 3; ++i) {
        rig.runUntilEnded(i);
        rig.loads["real" + std::to_string(i + 2)] = 850; // as much again as there is
    }
    rig.run(30s);
    BOOST_TEST(rig.isMember("real5"));
    BOOST_TEST(rig.told(useless) == 0U);
    BOOST_TEST(
        rig.last("relief-measured").text.find("cannot be told: the load went from 3200 to 3950 permille") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_one_that_has_left_or_joined_an_idle_pool_nothing_is_told) {
    auto rig = full();
    rig.runUntilEnded(1);
    rig.loads["real1"] = 100;
    rig.give(Request{1, Release{{"web"}, {"real3"}}});
    rig.runUntilEnded(2);
    rig.run(1min);
    BOOST_TEST(rig.told("relief-measured") == 0U);
    rig.give(Request{2, Allocate{{"web"}, domain::ServerName{"real4"}}});
    rig.runUntilEnded(3);
    rig.run(1min);
    BOOST_TEST(rig.told("relief-measured") == 0U);
}

/// Of a daemon that was started anew.
BOOST_AUTO_TEST_CASE(what_was_measured_is_known_over_a_restart) {
    auto before = full();
    Kept kept(before);
    before.run(5min);
    BOOST_TEST_REQUIRE(before.told(useless, EventSeverity::alarm) == 1U);
    auto after = kept.restarted();
    after.run(1min);
    BOOST_TEST(!after.isMember("real5"));
    BOOST_TEST(after.told(useless, EventSeverity::alarm) == 1U);
    BOOST_TEST(after.told(useless, EventSeverity::clear) == 0U);
    BOOST_TEST(why(after).find("; but the last 2 additions relieved nothing: real4") != std::string::npos);
    after.loads["real1"] = 500;
    after.run(10s);
    BOOST_TEST(after.told(useless, EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(what_it_is_to_relieve_is_known_over_a_restart_and_measured_then) {
    auto before = full();
    Kept kept(before);
    before.runUntilEnded(1);
    auto after = kept.restarted();
    after.run(30s);
    BOOST_TEST_REQUIRE(after.told("relief-measured", EventSeverity::warning) == 1U);
    BOOST_TEST(after.last("relief-measured").text.find("from 900 to 600 permille") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(after_a_restart_a_pool_that_is_not_full_may_grow_again) {
    auto before = full();
    Kept kept(before);
    before.run(5min);
    before.loads["real1"] = 799;
    auto after = kept.restarted();
    after.run(1s);
    BOOST_TEST(after.told(useless, EventSeverity::clear) == 1U);
    after.fill();
    after.run(20s);
    BOOST_TEST(after.isMember("real5"));
}

BOOST_AUTO_TEST_CASE(a_policy_without_a_limit_goes_on) {
    auto rig = full();
    rig.configuration.pools[0].policy.additionsWithoutBenefit = 0;
    rig.start();
    rig.run(5min);
    BOOST_TEST(rig.isMember("real5"));
    BOOST_TEST(rig.told(useless) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

/// Two pools on appliances of their own want the only server that is spare.
BOOST_AUTO_TEST_SUITE(contention)

namespace {

struct Two : Rig {
    Two()
        : Rig(1) {
        // Nobody is free yet.
        down.insert("real3");
        addServer("real6", 6);
        addServer("real7", 7);
        loads["real6"] = loads["real7"] = 500;
        auto shop = configuration.pools[0];
        shop.name = {"shop"};
        shop.members = {member(6), member(7)};
        shop.places = {{{"citrix-1"}, "shop"}};
        configuration.pools[0].places = {{{"f5-1"}, "web"}};
        configuration.pools.push_back(shop);
        boxes["citrix-1"] = {};
        boxes["citrix-1"].add("10.0.0.6");
        boxes["citrix-1"].add("10.0.0.7");
    }
    domain::PoolPolicy& shopPolicy() { return configuration.pools[1].policy; }
    /// Both are full, shop some time after web; then one server is free.
    void contend(int web = 900, int shop = 900) {
        start();
        loads["real1"] = web;
        run(20s);
        loads["real6"] = shop;
        run(20s);
        down.erase("real3");
        runUntilEnded(1);
    }
    std::string winner() const { return ended.empty() ? "nobody" : ended[0].view.pool.value; }
    std::string loserWords(const std::string& pool) const {
        const auto snapshot = controller.snapshot(now);
        for (const auto& one : snapshot.pools)
            if (one.name.value == pool) return one.decision.reason;
        return {};
    }
};

}

BOOST_FIXTURE_TEST_CASE(the_lower_priority_comes_first, Two) {
    shopPolicy().priority = 99;
    std::string loser;
    watches = [&](const auto&) {
        for (const auto& one : controller.decided())
            if (one.pool.value == "web" && !one.hindrance.empty()) loser += one.hindrance + "\n";
    };
    contend(1800);
    BOOST_TEST(winner() == "shop");
    BOOST_TEST(loser.find("; real3 goes to pool shop, which comes first: its priority is 99, before 100") !=
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(of_one_priority_who_lacks_more_comes_first, Two) {
    contend(900, 1800);
    BOOST_TEST(winner() == "shop");
}

BOOST_FIXTURE_TEST_CASE(who_lacks_its_minimum_comes_before_who_is_full, Two) {
    shopPolicy().minimum = 3;
    contend(2800, 100);
    BOOST_TEST(winner() == "shop");
}

BOOST_FIXTURE_TEST_CASE(of_those_alike_the_first_in_turn_has_it, Two) {
    contend();
    BOOST_TEST(winner() == "web");
}

BOOST_AUTO_TEST_SUITE_END()

}
