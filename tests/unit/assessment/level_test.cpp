#include "assessment/level_tracker.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::support;
using assessment::Bound;
using assessment::LevelTracker;
using domain::Level;

namespace {

struct Fixture {
    domain::PoolPolicy policy{}; // 800, 300, tolerance 50, 5 s, 60 s
    LevelTracker tracker;
    Level at(domain::Duration after, std::optional<int> value, Bound bound = Bound::exact) {
        return tracker.update(noon + after, value, bound, policy);
    }
};

}

BOOST_TEST_DONT_PRINT_LOG_VALUE(Level)

BOOST_FIXTURE_TEST_SUITE(level, Fixture)

BOOST_AUTO_TEST_CASE(full_is_800_held_for_five_seconds) {
    BOOST_TEST(at(0s, 800) == Level::normal);
    BOOST_TEST((tracker.nextDeadline() == noon + 5s));
    BOOST_TEST(at(4999ms, 800) == Level::normal);
    BOOST_TEST(at(5s, 800) == Level::full);
    BOOST_TEST(!tracker.nextDeadline());
}

BOOST_AUTO_TEST_CASE(not_full_at_799_however_long) {
    for (int second = 0; second < 100; ++second)
        BOOST_TEST(at(second * 1s, 799) == Level::normal);
    BOOST_TEST(!tracker.nextDeadline());
}

BOOST_AUTO_TEST_CASE(one_lower_value_begins_the_wait_anew) {
    at(0s, 900);
    at(4s, 799);
    BOOST_TEST(at(5s, 900) == Level::normal);
    BOOST_TEST(at(9999ms, 900) == Level::normal);
    BOOST_TEST(at(10s, 900) == Level::full);
}

BOOST_AUTO_TEST_CASE(full_is_left_below_750_only) {
    at(0s, 800);
    BOOST_TEST(at(5s, 800) == Level::full);
    BOOST_TEST(at(6s, 750) == Level::full);
    BOOST_TEST(at(7s, 749) == Level::normal);
    BOOST_TEST(at(8s, 790) == Level::normal);
}

BOOST_AUTO_TEST_CASE(under_used_is_300_held_for_a_minute_and_left_above_350_only) {
    BOOST_TEST(at(0s, 300) == Level::normal);
    BOOST_TEST(at(59999ms, 300) == Level::normal);
    BOOST_TEST(at(60s, 300) == Level::under);
    BOOST_TEST(at(61s, 350) == Level::under);
    BOOST_TEST(at(62s, 351) == Level::normal);
    for (int second = 63; second < 200; ++second)
        BOOST_TEST(at(second * 1s, 301) == Level::normal);
}

BOOST_AUTO_TEST_CASE(a_lower_bound_makes_full_and_never_under_used) {
    BOOST_TEST(at(0s, 100, Bound::lower) == Level::normal);
    BOOST_TEST(at(100s, 100, Bound::lower) == Level::normal);
    at(200s, 800, Bound::lower);
    BOOST_TEST(at(205s, 800, Bound::lower) == Level::full);
    at(206s, 100);
    BOOST_TEST(at(266s, 100) == Level::under);
    BOOST_TEST(at(267s, 100, Bound::lower) == Level::normal);
}

BOOST_AUTO_TEST_CASE(who_is_to_be_under_used_longer_has_to_be_so_long) {
    at(0s, 300);
    BOOST_TEST(at(60s, 300) == Level::under);
    policy.shrinkAfter = 600s;
    BOOST_TEST(at(61s, 300) == Level::normal);
    BOOST_TEST(at(599999ms, 300) == Level::normal);
    BOOST_TEST(at(600s, 300) == Level::under);
    policy.shrinkAfter = 5s;
    BOOST_TEST(at(601s, 350) == Level::under);
}

BOOST_AUTO_TEST_CASE(who_is_to_be_full_longer_has_to_be_so_long) {
    at(0s, 800);
    BOOST_TEST(at(5s, 800) == Level::full);
    policy.growAfter = 30s;
    BOOST_TEST(at(6s, 800) == Level::normal);
    BOOST_TEST((tracker.nextDeadline() == noon + 30s));
    BOOST_TEST(at(30s, 800) == Level::full);
}

BOOST_AUTO_TEST_CASE(unknown_forgets_what_was_held) {
    at(0s, 900);
    BOOST_TEST(at(4s, std::nullopt) == Level::unknown);
    BOOST_TEST(!tracker.nextDeadline());
    BOOST_TEST(at(5s, 900) == Level::normal);
    BOOST_TEST(at(10s, 900) == Level::full);
}

BOOST_AUTO_TEST_CASE(constant_input_never_oscillates) {
    for (int value = 0; value <= 1200; value += 25) {
        tracker.forget();
        int changes = 0;
        auto last = at(0s, value);
        for (int second = 1; second < 300; ++second) {
            const auto now = at(second * 1s, value);
            changes += now != last;
            last = now;
        }
        BOOST_TEST(changes <= 1, "at " << value);
    }
}

BOOST_AUTO_TEST_CASE(what_swings_within_the_tolerance_does_not_oscillate) {
    at(0s, 800);
    at(5s, 800);
    for (int second = 6; second < 100; ++second)
        BOOST_TEST(at(second * 1s, second % 2 ? 751 : 799) == Level::full);
}

BOOST_AUTO_TEST_SUITE_END()
