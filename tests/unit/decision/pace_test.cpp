#include "decision/damping.hpp"
#include "pool_fixture.hpp"

namespace headgate::decision {

using domain::Duration;

BOOST_FIXTURE_TEST_SUITE(pace, PoolFixture)

BOOST_AUTO_TEST_CASE(what_is_remembered_is_bounded) {
    for (std::size_t i = 0; i < domain::rememberedChanges; ++i)
        grew(noon + 1ms * int(i), "real" + std::to_string(i));
    BOOST_TEST((history.joined({"real0"}) == noon));
    shrank(noon + 1h, "real0");
    BOOST_TEST(history.recent.size() == domain::rememberedChanges);
    BOOST_TEST(!history.joined({"real0"}));
    BOOST_TEST((history.lastKind == IntentKind::release));
    BOOST_TEST((history.lastChange == noon + 1h));
}

BOOST_AUTO_TEST_CASE(the_rate_limit_lets_three_pass_in_an_hour_and_not_four) {
    is(Level::full);
    shop.policy.rateLimit = domain::RateLimit{3, 1h};
    grew(noon - 59min, "a");
    grew(noon - 40min, "b");
    BOOST_TEST(kind() == IntentKind::allocate);
    shrank(noon - 20min, "b");
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "; but its rate limit is 3 changes in 60 min, which are made: none until "
                              "12:01:00Z"));
    BOOST_TEST((reconsiderAt(noon, shop.policy, history) == noon + 1min));
    BOOST_TEST(kind(noon + 1min - 1ms) == IntentKind::nothing);
    BOOST_TEST(kind(noon + 1min) == IntentKind::allocate);
    is(Level::under);
    add(functional("real2", 0));
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(kind(noon + 1min) == IntentKind::release);
}

BOOST_AUTO_TEST_CASE(a_pool_below_its_minimum_keeps_to_the_rate_limit_too) {
    states[0] = down("real1");
    shop.policy.rateLimit = domain::RateLimit{1, 10min};
    grew(noon - 5min, "a");
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(kind(noon + 5min) == IntentKind::allocate);
}

BOOST_AUTO_TEST_CASE(a_full_pool_takes_as_many_as_its_load_needs_up_to_its_step_without_waiting) {
    is(Level::full);
    shop.policy.step = 3;
    states[0] = functional("real1", 3100); // needs 5 below 750
    grew(noon - 1s, "real2");
    add(functional("real2", 0));
    BOOST_TEST(kind() == IntentKind::allocate);
    BOOST_TEST(says(reason(), "; its load needs 5 members below 750 permille, it has 2, and 1 of a step of 3 "
                              "joined"));
    grew(noon, "real3");
    add(functional("real3", 0));
    BOOST_TEST(kind() == IntentKind::allocate);
    grew(noon, "real4");
    add(functional("real4", 0));
    BOOST_TEST(kind() == IntentKind::nothing); // a step is made
    BOOST_TEST(says(reason(), "cooldown until 12:00:30Z after it grew"));
    BOOST_TEST(kind(noon + 30s) == IntentKind::allocate);
    grew(noon + 30s, "real5"); // it has waited: the next step
    BOOST_TEST(kind(noon + 30s) == IntentKind::allocate);
}

BOOST_AUTO_TEST_CASE(a_step_ends_when_the_load_needs_no_more) {
    is(Level::full);
    shop.policy.step = 8;
    add(functional("real2", 0));
    grew(noon, "real2");
    states[0] = functional("real1", 1500); // two at 750 are not below it
    BOOST_TEST(kind() == IntentKind::allocate);
    states[0] = functional("real1", 1499);
    BOOST_TEST(kind() == IntentKind::nothing);
    shop.policy.step = 1;
    states[0] = functional("real1", 9000);
    BOOST_TEST(kind() == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(the_members_of_a_step_need_not_be_warm_and_keep_to_the_rate_limit) {
    is(Level::full);
    shop.policy.step = 2;
    states[0] = functional("real1", 3000);
    add(functional("real2", 900));
    states[1].warmUntil = noon + 60s; // what it shows does not count
    grew(noon, "real2");
    BOOST_TEST(kind() == IntentKind::allocate);
    BOOST_TEST(says(reason(), "needs 5 members"));
    shop.policy.rateLimit = domain::RateLimit{1, 1h};
    BOOST_TEST(kind() == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(each_turn_costs_a_penalty_that_halves_every_quarter_of_an_hour) {
    grew(noon, "a");
    grew(noon, "b");
    BOOST_TEST(penalty(history, noon) == 0);
    shrank(noon, "b");
    BOOST_TEST(penalty(history, noon) == 1000);
    shrank(noon, "a");
    BOOST_TEST(penalty(history, noon) == 1000);
    BOOST_TEST(penalty(history, noon + penaltyHalfLife / 2) == 750);
    BOOST_TEST(penalty(history, noon + penaltyHalfLife) == 500);
    grew(noon + penaltyHalfLife, "a");
    BOOST_TEST(penalty(history, noon + penaltyHalfLife) == 1500);
    BOOST_TEST(penalty(history, noon + 3 * penaltyHalfLife) == 375);
    BOOST_TEST(penalty(history, noon + 2000h) == 0);
}

BOOST_AUTO_TEST_CASE(it_never_rises_by_itself) {
    for (int i = 0; i < 10; ++i)
        i % 2 ? shrank(noon, "a") : grew(noon, "a");
    int before = penalty(history, noon);
    BOOST_TEST(before == 9000);
    for (auto age = Duration(0); age < 10h; age += 7s) {
        const int now = penalty(history, noon + age);
        BOOST_TEST(now <= before);
        before = now;
    }
}

BOOST_AUTO_TEST_CASE(cooldowns_are_longer_from_2000_on_and_not_below_up_to_eight_times) {
    BOOST_TEST((lengthened(30s, 1999) == 30s));
    BOOST_TEST((lengthened(30s, 2000) == 60s));
    BOOST_TEST((lengthened(30s, 2500) == 90s));
    BOOST_TEST((lengthened(30s, 3000) == 120s));
    BOOST_TEST((lengthened(30s, 4000) == 240s));
    BOOST_TEST((lengthened(30s, 99000) == 240s));
}

BOOST_AUTO_TEST_CASE(a_pool_that_flaps_waits_longer_either_way_and_says_why) {
    grew(noon - 1s, "a");
    shrank(noon - 1s, "a");
    grew(noon, "a");
    BOOST_TEST((cooldownUntil(shop.policy, history, IntentKind::allocate) == noon + 30s)); // 1999
    shrank(noon, "a");
    grew(noon, "a");
    is(Level::full);
    BOOST_TEST(flapping(shop.policy, history, noon));
    BOOST_TEST(kind(noon + 30s) == IntentKind::nothing);
    BOOST_TEST(says(reason(noon + 30s),
                    "after it grew, the longer because it is flapping: a penalty of 3999, not "
                    "below 2000"));
    BOOST_TEST(says(reason(noon), "cooldown until 12:04:00Z")); // 30 s, eight times but for the last ms
    BOOST_TEST(kind(noon + 240s) == IntentKind::allocate);
    is(Level::under);
    add(functional("real2", 0));
    BOOST_TEST(kind(noon + 240s) == IntentKind::nothing);
    BOOST_TEST(kind(noon + 480s) == IntentKind::release);
    shop.policy.damping = false;
    BOOST_TEST(kind(noon + 60s) == IntentKind::release);
    BOOST_TEST(!flapping(shop.policy, history, noon));
}

BOOST_AUTO_TEST_CASE(a_pool_below_its_minimum_does_not_wait_for_its_penalty) {
    for (int i = 0; i < 9; ++i)
        i % 2 ? shrank(noon, "a") : grew(noon, "a");
    states[0] = down("real1");
    BOOST_TEST(kind(noon + 30s - 1ms) == IntentKind::nothing);
    BOOST_TEST(kind(noon + 30s) == IntentKind::allocate);
    BOOST_TEST((reconsiderAt(noon, shop.policy, history) == noon + 30s));
}

BOOST_AUTO_TEST_CASE(flapping_is_over_below_750_and_that_is_waited_for) {
    grew(noon, "a");
    shrank(noon, "a");
    grew(noon, "a"); // 2000; 750 is not reached before 1000 + half of what is between 1000 and 500
    const auto calm = calmAt(history, noon);
    BOOST_TEST((calm > noon + penaltyHalfLife * 3 / 2 && calm < noon + penaltyHalfLife * 3 / 2 + 2s));
    BOOST_TEST(flapping(shop.policy, history, calm - 1ms));
    BOOST_TEST(!flapping(shop.policy, history, calm));
    BOOST_TEST((reconsiderAt(noon + 10min, shop.policy, history) == calm));
    BOOST_TEST(!reconsiderAt(calm, shop.policy, history));
    grew(calm, "b"); // and no turn
    BOOST_TEST(!flapping(shop.policy, history, calm));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_warm_up_is_waited_for) {
    shop.policy.warmUp = 90s;
    grew(noon, "a");
    BOOST_TEST((reconsiderAt(noon + 60s, shop.policy, history) == noon + 90s));
    BOOST_TEST(!reconsiderAt(noon + 90s, shop.policy, history));
}

BOOST_AUTO_TEST_SUITE_END()

}
