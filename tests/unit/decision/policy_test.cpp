#include "pool_fixture.hpp"

namespace headgate::decision {

using domain::PolicyMode;
using domain::Trust;

BOOST_FIXTURE_TEST_SUITE(policy, PoolFixture)

BOOST_AUTO_TEST_CASE(off_decides_nothing_and_says_so) {
    shop.policy.mode = PolicyMode::off;
    for (const auto level : {Level::full, Level::under, Level::normal}) {
        is(level);
        BOOST_TEST(kind() == IntentKind::nothing);
        BOOST_TEST(reason() == "its mode is off: nothing is decided automatically");
    }
    states[0] = down("real1");
    BOOST_TEST(kind() == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(grow_only_grows_and_never_shrinks) {
    shop.policy.mode = PolicyMode::growOnly;
    add(functional("real2", 100));
    is(Level::under);
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "; but its mode is grow-only: it never shrinks by itself"));
    is(Level::full);
    BOOST_TEST(kind() == IntentKind::allocate);
}

BOOST_AUTO_TEST_CASE(recommend_wants_the_same_and_says_that_it_is_only_that) {
    add(functional("real2", 100));
    for (const auto level : {Level::full, Level::under, Level::normal}) {
        is(level);
        shop.policy.mode = PolicyMode::act;
        auto acting = asked();
        BOOST_TEST(!acting.recommended);
        shop.policy.mode = PolicyMode::recommend;
        acting.recommended = level != Level::normal;
        BOOST_TEST((asked() == acting));
    }
}

BOOST_AUTO_TEST_CASE(low_trust_forbids_shrinking_with_its_reason) {
    is(Level::under);
    add(functional("real2", 100));
    BOOST_TEST(kind() == IntentKind::release);
    for (const auto trust : {Trust::doubtful, Trust::stale, Trust::contradictory, Trust::silent})
        for (auto& state : states) {
            state.contact.trust = trust;
            state.contact.trustReason = "so it is";
            BOOST_TEST(kind() == IntentKind::nothing);
            BOOST_TEST(says(reason(), "; but " + state.name.value + " is " + std::string(toString(trust)) +
                                          ": so it is, and low trust forbids shrinking"));
            state.contact.trust = Trust::trusted;
        }
}

BOOST_AUTO_TEST_CASE(low_trust_never_turns_growing_into_something_else) {
    is(Level::full);
    states[0].contact.trust = Trust::contradictory;
    BOOST_TEST(kind() == IntentKind::allocate);
    states[0] = down("real1");
    states[0].contact.trust = Trust::stale;
    is(Level::unknown);
    BOOST_TEST(kind() == IntentKind::allocate); // below its minimum
}

BOOST_AUTO_TEST_CASE(the_margin_is_kept_by_the_rest_650_is_too_much_and_649_is_not) {
    is(Level::under);
    shop.policy.shrinkMargin = 100;
    states[0] = functional("real1", 400);
    add(functional("real2", 249));
    BOOST_TEST(kind() == IntentKind::release);
    states[1] = functional("real2", 250);
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "without real2 the rest would be at 650 permille, not below 650 (with a margin "
                              "of 100)"));
    shop.policy.shrinkMargin = 0;
    BOOST_TEST(kind() == IntentKind::release);
    shop.policy.shrinkMargin = 800; // more than there is: nobody can
    states = {functional("real1", 0), functional("real2", 0)};
    BOOST_TEST(kind() == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(each_companion_has_to_bear_its_share_whatever_the_average_is) {
    is(Level::under);
    states[0] = functional("real1", 700);
    add(functional("real2", 120), Origin::configured);
    add(functional("real3", 99)); // 50 for each
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "without real3 real1 would be at 750 permille, not below 750"));
    states[2] = functional("real3", 98);
    BOOST_TEST(kind() == IntentKind::release);
    // By their weights: of 98 now 66 for real1.
    shop.members[0].connection.weight = 2;
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "real1 would be at 766 permille"));
    states[2] = down("real3"); // serves nobody: nothing to share
    BOOST_TEST(kind() == IntentKind::release);
}

BOOST_AUTO_TEST_CASE(a_protected_member_is_never_let_go_and_the_next_one_is) {
    is(Level::under);
    add(functional("real2", 10));
    add(functional("real3", 20));
    BOOST_TEST(asked().server->value == "real2");
    shop.members[1].isProtected = true;
    BOOST_TEST(asked().server->value == "real3");
    states[1] = down("real2");
    BOOST_TEST(asked().server->value == "real3");
    shop.members[2].isProtected = true;
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "; but each member that its policy lets go is protected, as real2 is"));
}

BOOST_AUTO_TEST_CASE(nothing_is_decided_while_a_new_member_warms_up) {
    add(functional("real2", 0));
    states[1].warmUntil = noon + 10s;
    is(Level::full);
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "; but real2 warms up until 12:00:10Z, and what it relieves is not known"));
    BOOST_TEST(kind(noon + 9999ms) == IntentKind::nothing);
    BOOST_TEST(kind(noon + 10s) == IntentKind::allocate);
    is(Level::under);
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "; but real2 warms up until 12:00:10Z, and what it takes over is not known"));
    BOOST_TEST(kind(noon + 10s) == IntentKind::release);
}

BOOST_AUTO_TEST_CASE(who_is_lost_is_replaced_while_a_new_member_warms_up) {
    shop.policy.minimum = 2;
    states[0] = down("real1");
    add(functional("real2", 0));
    states[1].warmUntil = noon + 10s;
    BOOST_TEST(kind() == IntentKind::allocate);
}

BOOST_AUTO_TEST_SUITE_END()

}
