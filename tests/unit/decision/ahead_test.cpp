// What is done because of a forecast, and what is not.

#include "pool_fixture.hpp"

namespace headgate::decision {

namespace {

const std::string soon = "will be full in 60 s: 720 permille now, 840 ± 20 at 12:01:00Z (≥ 800)";

struct Ahead : PoolFixture {
    Ahead() {
        shop.policy.forecast = domain::ForecastPolicy{};
        belief.fullAhead = soon;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(ahead, Ahead)

BOOST_AUTO_TEST_CASE(a_pool_that_is_expected_to_be_full_grows_and_says_both) {
    for (const auto level : {Level::normal, Level::under}) {
        is(level);
        const auto intent = asked();
        BOOST_TEST(intent.kind == IntentKind::allocate);
        BOOST_TEST(intent.reason ==
                   "pool shop is " + std::string(toString(level)) + ": so it is said; it " + soon);
    }
    is(Level::normal);
    belief.fullAhead.clear();
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(reason() == "pool shop is normal: so it is said");
}

BOOST_AUTO_TEST_CASE(one_that_is_full_says_that_alone) {
    is(Level::full);
    BOOST_TEST(reason() == "pool shop is full: so it is said");
}

BOOST_AUTO_TEST_CASE(the_same_holds_it_back_as_one_that_is_full) {
    shop.policy.maximum = 1;
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), "; it " + soon + "; but it is at its maximum of 1 member"));
    shop.policy.maximum = 2;
    BOOST_TEST(kind() == IntentKind::allocate);
    belief.growthUseless = "the data source db1 is full: cpu 930 of 1000";
    BOOST_TEST(reason() == "pool shop is normal: so it is said; it " + soon +
                               "; but the data source db1 is full: cpu 930 of 1000");
    belief.growthUseless.clear();
    shop.policy.rateLimit = {1, 1h};
    history.recent = {{noon - 1h + 1ms, IntentKind::release, {"real9"}}};
    BOOST_TEST(says(reason(), "; but its rate limit is 1 change in "));
    history.recent[0].at -= 1ms;
    BOOST_TEST(kind() == IntentKind::allocate);
    history.lastChange = noon;
    BOOST_TEST(kind(noon + 29999ms) == IntentKind::nothing);
    BOOST_TEST(says(reason(noon + 29999ms), "; but cooldown until 12:00:30Z"));
    BOOST_TEST(kind(noon + 30s) == IntentKind::allocate);
    shop.policy.mode = domain::PolicyMode::recommend;
    BOOST_TEST(asked(noon + 30s).recommended);
    shop.policy.mode = domain::PolicyMode::off;
    BOOST_TEST(kind(noon + 30s) == IntentKind::nothing);
    shop.policy.mode = domain::PolicyMode::act;
    domain::MaintenanceWindow window;
    window.name = "nightly";
    window.start = 12h;
    window.duration = 1h;
    shop.policy.maintenanceWindows = {window};
    BOOST_TEST(says(reason(noon + 30s), "; but maintenance window nightly is open until "));
    shop.held = true;
    BOOST_TEST(reason() == "held by an operator");
}

BOOST_AUTO_TEST_CASE(it_does_not_shrink_though_it_is_under_used) {
    add(functional("real2", 50));
    is(Level::under);
    shop.policy.maximum = 2;
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(says(reason(), soon));
    belief.fullAhead.clear();
    BOOST_TEST(kind() == IntentKind::release);
}

BOOST_AUTO_TEST_CASE(who_stands_in_stays_while_it_is_expected_to_be_full) {
    shop.policy.failOver = domain::FailOver{};
    shop.policy.maximum = 2;
    states[0].since = noon - 1h;
    add(functional("real2", 50));
    shop.members[1].standsInFor = {"real1"};
    BOOST_TEST(kind() == IntentKind::nothing);
    belief.fullAhead.clear();
    BOOST_TEST(kind() == IntentKind::release);
}

BOOST_AUTO_TEST_SUITE_END()

}
