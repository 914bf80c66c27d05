#include "domain/ramp.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::domain {
namespace {

using namespace std::chrono_literals;

struct Fixture {
    Fixture() {
        policy.warmUp = 40s;
        policy.rampSteps = 4;
        member.connection.weight = 3;
        member.rampsTo = 10;
    }
    ConnectionSettings settings(int weight) const {
        ConnectionSettings made;
        made.weight = weight;
        return made;
    }
    std::optional<WeightStep> after(Duration since) const {
        return nextWeight(policy, member, joined, joined + since);
    }
    WeightStep step(int weight, Duration since) const { return {weight, joined + since}; }
    PoolPolicy policy;
    Member member;
    const Instant joined{1'700'000'000'000ms};
};

}

BOOST_FIXTURE_TEST_SUITE(ramp, Fixture)

BOOST_AUTO_TEST_CASE(it_joins_with_a_part_of_its_weight_and_never_with_none) {
    BOOST_TEST(joiningWeight(policy, settings(10)) == 3); // a quarter, rounded up
    BOOST_TEST(joiningWeight(policy, settings(100)) == 25);
    BOOST_TEST(joiningWeight(policy, settings(2)) == 1);
    BOOST_TEST(joiningWeight(policy, settings(1)) == 1);
}

BOOST_AUTO_TEST_CASE(it_joins_with_all_of_it_where_nothing_is_to_ramp_up) {
    policy.rampSteps = 1;
    BOOST_TEST(joiningWeight(policy, settings(10)) == 10);
    policy.rampSteps = 4;
    policy.warmUp = 0s;
    BOOST_TEST(joiningWeight(policy, settings(10)) == 10);
    auto slow = settings(10);
    slow.warmUp = 1s; // its own
    BOOST_TEST(joiningWeight(policy, slow) == 3);
    // Nobody would raise it.
    for (const auto mode : {PolicyMode::off, PolicyMode::recommend}) {
        policy.mode = mode;
        BOOST_TEST(joiningWeight(policy, slow) == 10);
    }
    policy.mode = PolicyMode::growOnly;
    BOOST_TEST(joiningWeight(policy, slow) == 3);
}

BOOST_AUTO_TEST_CASE(its_weight_grows_at_equal_times_and_is_whole_before_it_is_warm) {
    BOOST_TEST((after(0s) == step(5, 10s)));
    BOOST_TEST((after(10s - 1ms) == step(5, 10s)));
    BOOST_TEST((after(10s) == step(5, 10s)));
    member.connection.weight = 5;
    BOOST_TEST((after(10s) == step(8, 20s)));
    member.connection.weight = 8;
    BOOST_TEST((after(20s) == step(10, 30s)));
    member.connection.weight = 10;
    member.rampsTo = 0;
    BOOST_TEST(!after(30s).has_value());
}

BOOST_AUTO_TEST_CASE(steps_that_were_missed_are_taken_at_once) {
    BOOST_TEST((after(25s) == step(8, 20s)));
    BOOST_TEST((after(39s) == step(10, 30s)));
    BOOST_TEST((after(40s) == step(10, 40s)));
    BOOST_TEST((after(1h) == step(10, 1h)));
    BOOST_TEST((nextWeight(policy, member, std::nullopt, joined) == step(10, 0s)));
}

BOOST_AUTO_TEST_CASE(steps_that_bring_nothing_are_passed_over) {
    member.connection.weight = 1;
    member.rampsTo = 2;
    BOOST_TEST((after(0s) == step(2, 20s)));
    policy.rampSteps = 20;
    BOOST_TEST((after(0s) == step(2, 20s)));
}

BOOST_AUTO_TEST_CASE(the_policy_may_be_another_one_meanwhile) {
    policy.rampSteps = 1;
    BOOST_TEST((after(1s) == step(10, 0s)));
    policy.rampSteps = 4;
    policy.warmUp = 4s;
    BOOST_TEST((after(5s) == step(10, 5s)));
    policy.warmUp = 400s;
    BOOST_TEST((after(5s) == step(5, 100s)));
    member.connection.warmUp = 800s; // its own is longer
    BOOST_TEST((after(5s) == step(5, 200s)));
}

BOOST_AUTO_TEST_SUITE_END()

}
