#include "decision/lending.hpp"
#include "pool_fixture.hpp"

namespace headgate::decision {

namespace {

/// Pool shop of three that are neither full nor idle, of which the policy lends all but real1.
struct Lending : PoolFixture {
    Lending() {
        shop.policy.lend = true;
        states[0] = functional("real1", 300);
        add(functional("real2", 400));
        add(functional("real3", 350));
    }
    Lendable found(domain::Instant now = noon) const { return lendable(now, shop, belief, states, history); }
    std::string why() const { return found().releases.empty() ? found().why : "somebody is lent"; }
};

}

BOOST_FIXTURE_TEST_SUITE(lending, Lending)

BOOST_AUTO_TEST_CASE(whom_it_would_let_go_first_is_lent_first_though_it_is_not_idle) {
    const auto all = found().releases;
    BOOST_TEST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].server->value == "real3");
    BOOST_TEST(all[1].server->value == "real2");
    BOOST_TEST(all[0].reason ==
               "pool shop is normal: so it is said; without real3, which is functional at 350 "
               "permille, the rest would be at 525 permille");
}

BOOST_AUTO_TEST_CASE(it_lends_nobody_unless_its_policy_says_so) {
    shop.policy.lend = false;
    BOOST_TEST(why() == "its policy does not lend");
}

BOOST_AUTO_TEST_CASE(the_rest_has_to_bear_what_the_lent_one_serves) {
    // Half of real3's 350 goes to each: 749 is below 800 - 50, 750 is not.
    states[0] = functional("real1", 574);
    BOOST_TEST(found().releases.size() == 1U);
    states[0] = functional("real1", 575);
    BOOST_TEST(says(why(), "without real3 real1 would be at 750 permille, not below 750"));
}

BOOST_AUTO_TEST_CASE(a_full_pool_and_one_of_which_too_little_is_known_lend_nobody) {
    is(Level::full);
    BOOST_TEST(says(why(), "pool shop is full"));
    is(Level::unknown);
    BOOST_TEST(says(why(), "pool shop is unknown"));
    is(Level::under);
    BOOST_TEST(found().releases.size() == 2U);
    belief.fullAhead = "is expected to be full";
    is(Level::normal);
    BOOST_TEST(!found().why.empty());
}

BOOST_AUTO_TEST_CASE(minimum_mode_hold_cooldown_and_trust_bound_it_as_a_shrink) {
    shop.policy.minimum = 3;
    BOOST_TEST(says(why(), "it is at its minimum of 3 members"));
    shop.policy.minimum = 2;
    BOOST_TEST(found().releases.size() == 2U);
    for (const auto mode :
         {domain::PolicyMode::growOnly, domain::PolicyMode::recommend, domain::PolicyMode::off}) {
        shop.policy.mode = mode;
        BOOST_TEST(found().releases.empty());
    }
    shop.policy.mode = domain::PolicyMode::act;
    shop.held = true;
    BOOST_TEST(says(why(), "held"));
    shop.held = false;
    grew(noon, "real3");
    BOOST_TEST(found(noon + 60s - 1ms).releases.empty());
    BOOST_TEST(found(noon + 60s).releases.size() == 2U);
    history = {};
    states[0].contact.trust = domain::Trust::doubtful;
    BOOST_TEST(says(why(), "low trust forbids shrinking"));
}

BOOST_AUTO_TEST_CASE(who_is_down_protected_or_kept_by_the_policy_is_not_lent) {
    states[2] = down("real3");
    BOOST_TEST_REQUIRE(found().releases.size() == 1U);
    BOOST_TEST(found().releases[0].server->value == "real2");
    shop.members[1].isProtected = true;
    BOOST_TEST(found().releases.empty());
    BOOST_TEST(!found().why.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}
