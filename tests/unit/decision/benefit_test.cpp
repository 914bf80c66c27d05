// Whether one more member helps, and whether the last ones did.

#include "decision/benefit.hpp"
#include "pool_fixture.hpp"

BOOST_TEST_DONT_PRINT_LOG_VALUE(headgate::decision::Benefit)

namespace headgate::decision {

namespace {

struct BenefitFixture : PoolFixture {
    BenefitFixture() {
        is(Level::full);
        states[0] = functional("real1", 900);
        add(functional("real2", 900));
    }
    /// It joined so long ago that nothing is waited for, and helped or not.
    void joined(const std::string& server, std::optional<bool> helped) {
        PastChange change{noon - 1h, IntentKind::allocate, {server}};
        change.relief = Relief{{2, 900, 1800}, true, helped, server + " was of no use"};
        history.note(std::move(change));
    }
};

}

BOOST_FIXTURE_TEST_SUITE(benefit, BenefitFixture)

BOOST_AUTO_TEST_CASE(a_full_pool_says_what_one_more_should_bring) {
    BOOST_TEST(says(reason(), "; one more should bring the fullest from 900 to 600 permille"));
    states[1] = functional("real2", 901);
    BOOST_TEST(says(reason(), "from 901 to 601 permille"));
    // Of nobody that is not functional, or not warm, anything can be said.
    states[1] = down("real2");
    BOOST_TEST(says(reason(), "from 900 to 450 permille"));
}

BOOST_AUTO_TEST_CASE(only_members_that_serve_and_are_warm_bear_the_load) {
    states[1].warmUntil = noon + 1s;
    BOOST_TEST((burdenOf(noon, states) == Burden{1, 900, 900}));
    BOOST_TEST((burdenOf(noon + 1s, states) == Burden{2, 900, 1800}));
    BOOST_TEST_REQUIRE(fullestOf(noon, states));
    BOOST_TEST(fullestOf(noon, states)->name.value == "real1");
    states[1].utilisation = 901;
    BOOST_TEST(fullestOf(noon, states)->name.value == "real1");
    BOOST_TEST(fullestOf(noon + 1s, states)->name.value == "real2");
    states[0] = unknown("real1");
    states[1] = down("real2");
    BOOST_TEST(!burdenOf(noon, states));
    BOOST_TEST(!fullestOf(noon, states));
}

BOOST_AUTO_TEST_CASE(a_quarter_of_what_was_predicted_is_a_benefit_and_less_is_none) {
    const Burden before{2, 900, 1800}; // 300 are to be relieved
    BOOST_TEST(benefitOf(before, {3, 825, 1800}) == Benefit::helped);
    BOOST_TEST(benefitOf(before, {3, 826, 1800}) == Benefit::useless);
    BOOST_TEST(benefitOf(before, {3, 990, 1979}) == Benefit::useless);
    BOOST_TEST(benefitOf(before, {3, 990, 1980}) == Benefit::unclear);
    BOOST_TEST(benefitOf(before, {3, 825, 2475}) == Benefit::helped);
}

BOOST_AUTO_TEST_CASE(load_that_is_a_tenth_less_went_away) {
    const Burden before{2, 900, 1800};
    BOOST_TEST(!loadWentAway(before, {3, 600, 1621}));
    BOOST_TEST(loadWentAway(before, {3, 600, 1620}));
}

BOOST_AUTO_TEST_CASE(a_full_pool_that_grew_in_vain_says_so_though_a_cooldown_is_not_over) {
    joined("real3", false);
    history.note({noon, IntentKind::release, {"real9"}});
    joined("real4", false);
    history.lastChange = noon;
    history.lastKind = IntentKind::allocate;
    shop.policy.additionsWithoutBenefit = 1;
    BOOST_TEST(
        says(reason(), "; but the last addition relieved nothing: real4 was of no use. Look whether "));
    BOOST_TEST(says(reason(), "It grows again once it was not full, or when it is held and resumed"));
}

BOOST_AUTO_TEST_CASE(after_two_that_relieved_nothing_a_full_pool_does_not_grow) {
    joined("real3", false);
    BOOST_TEST(kind() == IntentKind::allocate);
    joined("real4", false);
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "; but the last 2 additions relieved nothing: real4 was of no use"));
    shop.policy.additionsWithoutBenefit = 3;
    BOOST_TEST(kind() == IntentKind::allocate);
    shop.policy.additionsWithoutBenefit = 0;
    BOOST_TEST(kind() == IntentKind::allocate);
    shop.policy.additionsWithoutBenefit = 1;
    BOOST_TEST(kind() == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(one_that_helped_or_left_or_is_not_measured_lies_between) {
    for (const auto& between : {std::optional<bool>(true), std::optional<bool>()}) {
        history = {};
        joined("real3", false);
        joined("real4", between);
        joined("real5", false);
        BOOST_TEST(uselessInARow(history).size() == 1U);
    }
    joined("real6", {});
    history.recent.back().relief->measured = false; // it is passed over
    BOOST_TEST(uselessInARow(history).size() == 1U);
    history = {};
    joined("real3", false);
    shrank(noon - 30min, "real3");
    BOOST_TEST(uselessInARow(history).size() == 0U);
    joined("real4", false);
    BOOST_TEST(uselessInARow(history).size() == 1U);
}

BOOST_AUTO_TEST_CASE(below_its_minimum_a_pool_grows_in_any_case) {
    joined("real3", false);
    joined("real4", false);
    shop.policy.minimum = 3;
    BOOST_TEST(kind() == IntentKind::allocate);
}

BOOST_AUTO_TEST_CASE(it_is_looked_at_when_it_can_be_measured) {
    shop.policy.growCooldown = 10s;
    shop.policy.shrinkCooldown = 5s;
    shop.policy.warmUp = 20s;
    grew(noon, "real3");
    BOOST_TEST((measuredAt(shop.policy, history.recent[0]) == noon + 20s));
    shop.policy.growCooldown = 21s;
    BOOST_TEST((measuredAt(shop.policy, history.recent[0]) == noon + 21s));
}

BOOST_AUTO_TEST_CASE(who_is_at_the_upper_level_and_not_full_yet_may_make_its_pool_full) {
    belief.level = Level::normal;
    belief.utilisation = 799;
    auto one = functional("real1", 799);
    one.level = Level::normal;
    shop.policy.fullWhen = domain::FullWhen::anyMember;
    BOOST_TEST(!mayBecomeFull(shop.policy, belief, {one}));
    one.utilisation = 800;
    BOOST_TEST(mayBecomeFull(shop.policy, belief, {one}));
    one.level = Level::full;
    BOOST_TEST(!mayBecomeFull(shop.policy, belief, {one})); // it is, and the pool all the same is not
    one.level = Level::normal;
    shop.policy.fullWhen = domain::FullWhen::average;
    BOOST_TEST(!mayBecomeFull(shop.policy, belief, {one}));
    belief.utilisation = 800;
    BOOST_TEST(mayBecomeFull(shop.policy, belief, {one}));
}

BOOST_AUTO_TEST_CASE(a_pool_says_how_much_it_needs) {
    BOOST_TEST(asked().need == 1U); // 1800 permille fit into three below 750
    states[1] = functional("real2", 1400);
    BOOST_TEST(asked().need == 2U);
    shop.policy.minimum = 5;
    BOOST_TEST(asked().need == domain::lacksMinimum + 3);
    is(Level::normal);
    shop.policy.minimum = 1;
    BOOST_TEST(asked().need == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}
