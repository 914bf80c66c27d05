#include "decision/decision.hpp"
#include "decision/fail_over.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <utility>

using namespace headgate;
using namespace headgate::support;
using decision::decide;
using domain::Intent;
using domain::IntentKind;
using domain::Level;
using domain::Origin;
using domain::ServerState;

BOOST_TEST_DONT_PRINT_LOG_VALUE(IntentKind)

namespace {

ServerState since(ServerState state, domain::Instant at) {
    state.since = at;
    state.contact.trust = domain::Trust::trusted;
    return state;
}

/// real1 has been down since noon; real2 serves.
struct Failing {
    domain::Pool shop = pool({"real1", "real2"});
    std::vector<ServerState> states{since(down("real1"), noon), since(functional("real2", 500), noon)};
    domain::PoolState belief;
    decision::History history;

    Failing() {
        shop.policy.failOver = domain::FailOver{};
        shop.policy.failOver->after = 10s;
        belief.level = Level::normal;
        belief.reason = "normal: so it is said";
    }
    /// real3 was taken in the place of real1.
    void replaced() {
        shop.members.push_back(member("real3", Origin::allocated));
        shop.members.back().standsInFor = {"real1"};
        states.push_back(since(functional("real3", 400), noon));
    }
    Intent asked(domain::Instant now) const { return decide(now, shop, belief, states, history); }
};

}

BOOST_FIXTURE_TEST_SUITE(fail_over, Failing)

BOOST_AUTO_TEST_CASE(a_member_that_is_down_for_long_enough_is_replaced) {
    BOOST_TEST(asked(noon + 9999ms).kind == IntentKind::nothing);
    const auto intent = asked(noon + 10s);
    BOOST_TEST(intent.kind == IntentKind::allocate);
    BOOST_TEST((intent.inPlaceOf == domain::ServerName{"real1"}));
    BOOST_TEST(intent.reason == "in the place of real1, which has been down for 10 s: web does not run");
    BOOST_TEST((decision::failOverAt(noon, shop, states) == noon + 10s));
    BOOST_TEST(!decision::failOverAt(noon + 10s, shop, states));
}

BOOST_AUTO_TEST_CASE(who_joins_for_the_minimum_or_the_load_meanwhile_is_in_its_place) {
    shop.policy.minimum = 2;
    BOOST_TEST((asked(noon).inPlaceOf == domain::ServerName{"real1"}));
    shop.policy.minimum = 1;
    belief.level = Level::full;
    BOOST_TEST(asked(noon).kind == IntentKind::allocate);
    BOOST_TEST((asked(noon).inPlaceOf == domain::ServerName{"real1"}));
    replaced();
    BOOST_TEST(asked(noon).kind == IntentKind::allocate);
    BOOST_TEST(!asked(noon).inPlaceOf);
}

BOOST_AUTO_TEST_CASE(where_nobody_can_stand_in_it_is_decided_without) {
    history.nobodyStandsIn = true;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::nothing);
    belief.level = Level::full;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::allocate);
    BOOST_TEST(!asked(noon + 10s).inPlaceOf);
}

BOOST_AUTO_TEST_CASE(it_waits_for_no_cooldown_but_an_operator_may_hold_it) {
    history.lastChange = noon;
    history.lastKind = IntentKind::allocate;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::allocate);
    shop.held = true;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(without_it_or_with_somebody_in_its_place_already_nobody_is_taken) {
    auto policy = std::exchange(shop.policy.failOver, std::nullopt);
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
    shop.policy.failOver = policy;
    replaced();
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(who_is_unknown_is_not_replaced) {
    states[0] = since(unknown("real1", 3), noon);
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(who_stands_in_and_fails_is_replaced_itself) {
    replaced();
    states[2] = since(down("real3"), noon);
    const auto intent = asked(noon + 10s);
    BOOST_TEST(intent.kind == IntentKind::allocate);
    BOOST_TEST((intent.inPlaceOf == domain::ServerName{"real3"}));
}

BOOST_AUTO_TEST_CASE(at_its_maximum_a_pool_says_that_nobody_can_be_taken) {
    shop.policy.maximum = 2;
    const auto intent = asked(noon + 10s);
    BOOST_TEST(intent.kind == IntentKind::nothing);
    BOOST_TEST(
        intent.reason ==
        "pool shop needs somebody in the place of real1, which has been down for 10 s: web does not run; but "
        "it is at its maximum of 2 members");
}

BOOST_AUTO_TEST_CASE(when_the_member_is_back_for_long_enough_who_stands_in_leaves) {
    replaced();
    states[0] = since(functional("real1", 100), noon);
    BOOST_TEST(asked(noon + 9999ms).kind == IntentKind::nothing);
    const auto intent = asked(noon + 10s);
    BOOST_TEST(intent.kind == IntentKind::release);
    BOOST_TEST((intent.server == domain::ServerName{"real3"}));
    BOOST_TEST(intent.reason ==
               "real1 has been back for 10 s, and real3 stood in for it; without real3, which is "
               "functional at 400 permille, the rest would be at 500 permille");
    history.lastChange = noon; // it waits for no cooldown
    history.lastKind = IntentKind::allocate;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::release);
}

BOOST_AUTO_TEST_CASE(who_stands_in_leaves_only_where_the_others_bear_its_load_and_nobody_is_unknown) {
    replaced();
    states[0] = since(functional("real1", 100), noon);
    states[1].utilisation = 549; // real3's 400 are shared with real1
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::release);
    states[1].utilisation = 550;
    BOOST_TEST(
        asked(noon + 10s).reason ==
        "real1 has been back for 10 s, and real3 stood in for it; but without real3 real2 would be at 750 "
        "permille, not below 750");
    states[1] = since(unknown("real2", 1), noon);
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(the_mode_says_whether_somebody_joins_and_leaves_again) {
    shop.policy.mode = domain::PolicyMode::off;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::nothing);
    shop.policy.mode = domain::PolicyMode::recommend;
    BOOST_TEST(asked(noon + 10s).recommended);
    BOOST_TEST((asked(noon + 10s).inPlaceOf == domain::ServerName{"real1"}));
    shop.policy.mode = domain::PolicyMode::growOnly;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::allocate);
    replaced();
    states[0] = since(functional("real1", 100), noon);
    BOOST_TEST(asked(noon + 10s).reason ==
               "real1 has been back for 10 s, and real3 stood in for it; but its mode is "
               "grow-only: it never shrinks by itself");
}

BOOST_AUTO_TEST_CASE(a_maintenance_window_or_the_rate_limit_keeps_it_from_both) {
    domain::MaintenanceWindow window;
    window.name = "shop-hours";
    window.duration = 24h;
    shop.policy.maintenanceWindows = {window};
    BOOST_TEST(asked(noon + 10s).reason.find("; but maintenance window shop-hours is open until") !=
               std::string::npos);
    shop.policy.maintenanceWindows[0].forbids = domain::Forbids::shrink;
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::allocate);
    shop.policy.rateLimit = {1, 1h};
    history.note({noon, IntentKind::release, {"real9"}});
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::nothing);
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::allocate);
    replaced();
    states[0] = since(functional("real1", 100), noon);
    BOOST_TEST(asked(noon + 1h).reason.find("shop-hours") != std::string::npos);
    shop.policy.maintenanceWindows.clear();
    BOOST_TEST(asked(noon + 10s).kind == IntentKind::nothing);
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::release);
}

BOOST_AUTO_TEST_CASE(who_is_protected_stays_though_the_member_is_back) {
    replaced();
    states[0] = since(functional("real1", 100), noon);
    shop.members.back().isProtected = true;
    BOOST_TEST(asked(noon + 10s).reason ==
               "real1 has been back for 10 s, and real3 stood in for it; but real3 is protected");
}

BOOST_AUTO_TEST_CASE(of_several_who_stand_in_in_one_place_each_leaves_who_came_last_first) {
    replaced();
    states[2] = since(down("real3"), noon);
    shop.members.push_back(member("real4", Origin::allocated));
    shop.members.back().standsInFor = {"real3"};
    states.push_back(since(functional("real4", 100), noon));
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
    states[0] = since(functional("real1", 100), noon);
    BOOST_TEST((asked(noon + 1h).server == domain::ServerName{"real4"}));
    shop.members.pop_back();
    states.pop_back();
    states[2] = since(functional("real3", 100), noon);
    BOOST_TEST((asked(noon + 1h).server == domain::ServerName{"real3"}));
    shop.members.front().standsInFor = {"real3"}; // nonsense in a configuration ends nothing
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
}

BOOST_AUTO_TEST_CASE(it_stays_by_policy_or_while_the_pool_is_full_or_the_other_one_is_not_trusted) {
    replaced();
    states[0] = since(functional("real1", 100), noon);
    states[0].contact.trust = domain::Trust::contradictory;
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
    states[0].contact.trust = domain::Trust::trusted;
    shop.policy.failOver->failBack = false;
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
    shop.policy.failOver->failBack = true;
    belief.level = Level::full;
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::allocate);
}

BOOST_AUTO_TEST_CASE(an_under_used_pool_lets_nobody_go_who_stands_in_for_one_that_is_down) {
    replaced();
    belief.level = Level::under;
    states[1].utilisation = states[2].utilisation = 10;
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::nothing);
    shop.policy.failOver.reset();
    BOOST_TEST(asked(noon + 1h).kind == IntentKind::release);
}

BOOST_AUTO_TEST_CASE(the_order_of_members_and_states_changes_nothing) {
    shop.members.push_back(member("real0"));
    states.push_back(since(down("real0"), noon));
    const auto first = asked(noon + 10s);
    BOOST_TEST((first.inPlaceOf == domain::ServerName{"real0"}));
    std::reverse(shop.members.begin(), shop.members.end());
    std::reverse(states.begin(), states.end());
    BOOST_TEST((asked(noon + 10s) == first));
}

BOOST_AUTO_TEST_SUITE_END()
