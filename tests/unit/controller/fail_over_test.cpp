// A member that is down is replaced, and who stood in leaves when it is back.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

namespace {

/// real1's application has stopped: its agent says so.
struct Failing : Rig {
    Failing() {
        policy().failOver = domain::FailOver{};
        policy().failOver->after = 10s;
        policy().growCooldown = 1h; // it is waited for by nobody
        policy().shrinkCooldown = 1h;
        start();
        run(5s);
    }
    const domain::Member* member(const std::string& name) const {
        return controller.configuration().pools[0].member({name});
    }
};

}

BOOST_AUTO_TEST_SUITE(fail_over)

BOOST_AUTO_TEST_CASE(a_member_that_is_down_is_replaced_and_who_stood_in_leaves_when_it_is_back) {
    Failing rig;
    rig.down = {"real1"};
    rig.run(9s);
    BOOST_TEST(rig.journal.empty());
    rig.runUntilEnded(1);
    BOOST_REQUIRE(rig.member("real3"));
    BOOST_TEST(rig.member("real3")->standsInFor.value == "real1");
    BOOST_TEST(rig.member("real1")); // it stays recorded
    BOOST_TEST(rig.last("candidate-chosen").text.find("in the place of real1, which has been down for ") !=
               std::string::npos);
    rig.loads["real3"] = 200;
    rig.run(5min);
    BOOST_TEST(rig.ended.size() == 1U);
    rig.down.clear();
    rig.run(9s);
    BOOST_TEST(rig.ended.size() == 1U);
    rig.runUntilEnded(2);
    BOOST_TEST(!rig.member("real3"));
    BOOST_TEST(rig.member("real1"));
    BOOST_TEST(
        rig.ended.back().view.cause.starts_with("real1 has been back for 10 s, and real3 stood in for it"),
        rig.ended.back().view.cause);
}

BOOST_AUTO_TEST_CASE(a_member_that_left_while_somebody_stood_in_for_it_is_replaced_when_it_fails_again) {
    Failing rig;
    rig.down = {"real1"};
    rig.runUntilEnded(1);
    BOOST_REQUIRE(rig.member("real3"));
    rig.give(Request{1, Release{{"web"}, {"real1"}}});
    rig.runUntilEnded(2);
    BOOST_REQUIRE(!rig.member("real1"));
    BOOST_TEST(rig.member("real3")->standsInFor.value == "");
    rig.down.clear();
    rig.run(5s);
    rig.give(Request{2, Allocate{{"web"}, {{"real1"}}}});
    rig.runUntilEnded(3);
    BOOST_REQUIRE(rig.member("real1"));
    rig.down = {"real1"};
    rig.runUntilEnded(4);
    BOOST_TEST(rig.member("real4"));
}

BOOST_AUTO_TEST_CASE(below_its_minimum_one_joins_and_not_another_one_for_the_fail_over) {
    Failing rig;
    rig.policy().minimum = 2;
    rig.policy().growCooldown = 1s;
    rig.start();
    rig.down = {"real1"};
    rig.run(2min);
    BOOST_TEST(rig.ended.size() == 1U);
    BOOST_REQUIRE(rig.member("real3"));
    BOOST_TEST(rig.member("real3")->standsInFor.value == "real1");
}

BOOST_AUTO_TEST_CASE(a_full_pool_does_not_wait_for_somebody_who_is_nowhere_to_be_had) {
    Failing rig;
    rig.policy().growCooldown = 1s;
    rig.policy().failOver->limits = {{"connections", 50}}; // all use more
    rig.start();
    rig.down = {"real1"};
    rig.run(30s);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(rig.told("no-candidate", domain::EventSeverity::alarm) == 1U);
    rig.loads["real2"] = 900;
    rig.runUntilEnded(1, 30s);
    BOOST_REQUIRE(rig.member("real3"));
    BOOST_TEST(rig.member("real3")->standsInFor.value == "");
}

BOOST_AUTO_TEST_CASE(who_has_been_free_the_longest_is_known_after_a_restart) {
    Failing rig;
    rig.policy().failOver->choice = domain::StandIn::lastInFirstOut;
    rig.start();
    Recover left;
    for (const auto* name : {"real4", "real5", "real3"}) {
        domain::TransactionView change;
        change.pool = {"web"};
        change.kind = domain::IntentKind::release;
        change.server = {name};
        change.ended = rig.now - (name == std::string("real5") ? 1h : 2h);
        left.changes.push_back(change);
    }
    rig.give(left);
    rig.down = {"real1"};
    rig.runUntilEnded(1);
    BOOST_TEST(rig.member("real5"));
}

BOOST_AUTO_TEST_SUITE_END()

}
