#include "decision/maintenance.hpp"
#include "pool_fixture.hpp"

#include <algorithm>

namespace headgate::decision {

using domain::Duration;
using domain::Forbids;
using domain::Instant;
using domain::MaintenanceWindow;

namespace {

constexpr std::size_t monday = 0, friday = 4, saturday = 5, sunday = 6;
const Instant midnight = noon - 12h; ///< of 2026-11-22, which is a Sunday

MaintenanceWindow window(Duration start, Duration duration, std::vector<std::size_t> days = {}) {
    MaintenanceWindow made;
    made.name = "nightly";
    made.start = start;
    made.duration = duration;
    for (const auto day : days)
        made.days.set(day);
    return made;
}

}

BOOST_AUTO_TEST_SUITE(maintenance)

BOOST_AUTO_TEST_CASE(it_is_open_from_its_beginning_and_not_any_more_at_its_end) {
    const auto two = window(2h, 90min);
    BOOST_TEST(!endOf(two, midnight + 2h - 1ms));
    BOOST_TEST((endOf(two, midnight + 2h) == midnight + 210min));
    BOOST_TEST((endOf(two, midnight + 210min - 1ms) == midnight + 210min));
    BOOST_TEST(!endOf(two, midnight + 210min));
    BOOST_TEST((endOf(two, midnight + 27h) == midnight + 24h + 210min)); // each day again
}

BOOST_AUTO_TEST_CASE(it_goes_on_over_midnight) {
    const auto late = window(23h, 2h, {saturday});
    BOOST_TEST((endOf(late, midnight - 1h) == midnight + 1h)); // Saturday
    BOOST_TEST((endOf(late, midnight + 1h - 1ms) == midnight + 1h));
    BOOST_TEST(!endOf(late, midnight + 1h));
    BOOST_TEST(!endOf(late, midnight + 23h)); // Sunday
}

BOOST_AUTO_TEST_CASE(it_goes_on_over_the_week_s_end) {
    const auto weekend = window(22h, 56h, {friday}); // until Monday 06:00
    const Instant end = midnight + 30h;
    BOOST_TEST(!endOf(weekend, midnight - 26h - 1ms));
    for (const auto at : {midnight - 26h, midnight, midnight + 24h, end - 1ms})
        BOOST_TEST((endOf(weekend, at) == end));
    BOOST_TEST(!endOf(weekend, end));
    const auto first = window(0h, 1h, {monday});
    BOOST_TEST(!endOf(first, midnight));
    BOOST_TEST((endOf(first, midnight + 24h) == midnight + 25h));
}

BOOST_AUTO_TEST_CASE(a_week_long_it_never_closes) {
    const auto always = window(5h, 168h, {sunday});
    for (auto at = midnight; at < midnight + 336h; at += 1h)
        BOOST_TEST(endOf(always, at).has_value());
    BOOST_TEST((endOf(always, midnight + 5h) == midnight + 173h)); // of the one that has just begun
    BOOST_TEST((endOf(always, midnight + 5h - 1ms) == midnight + 5h));
}

BOOST_AUTO_TEST_CASE(its_clock_may_be_another_than_utc) {
    auto east = window(1h, 1h, {monday});
    east.utcOffset = 330min; // +05:30: Sunday 19:30 in UTC
    BOOST_TEST(!endOf(east, midnight + 1170min - 1ms));
    BOOST_TEST((endOf(east, midnight + 1170min) == midnight + 1230min));
    auto west = window(23h, 1h, {saturday});
    west.utcOffset = -3h; // Sunday 02:00 in UTC
    BOOST_TEST((endOf(west, midnight + 2h) == midnight + 3h));
    BOOST_TEST(!endOf(west, midnight + 3h));
}

BOOST_AUTO_TEST_CASE(before_1970_there_were_days_too) {
    BOOST_TEST((endOf(window(0h, 24h), Instant(Duration(-1))) == Instant(Duration(0))));
}

BOOST_AUTO_TEST_CASE(of_those_that_forbid_the_change_the_one_that_ends_last_is_named) {
    auto shrinking = window(11h, 3h);
    shrinking.name = "day";
    shrinking.forbids = Forbids::shrink;
    const std::vector windows{window(11h, 2h), shrinking, window(11h, 1h)};
    BOOST_TEST((forbiddenBy(windows, noon, IntentKind::release) == OpenWindow{"day", noon + 2h}));
    BOOST_TEST((forbiddenBy(windows, noon, IntentKind::allocate) == OpenWindow{"nightly", noon + 1h}));
    BOOST_TEST((forbiddenBy(windows, noon, IntentKind::renew) == OpenWindow{"nightly", noon + 1h}));
    BOOST_TEST(!forbiddenBy(windows, noon + 1h, IntentKind::allocate));
}

BOOST_FIXTURE_TEST_CASE(while_it_is_open_nothing_is_changed_and_its_end_is_waited_for, PoolFixture) {
    is(Level::full);
    shop.policy.maintenanceWindows = {window(11h, 2h)};
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(reason() == "pool shop is full: so it is said; but maintenance window nightly is open until "
                           "13:00:00Z");
    BOOST_TEST((reconsiderAt(noon, shop.policy, history) == noon + 1h));
    BOOST_TEST(kind(noon + 1h - 1ms) == IntentKind::nothing);
    BOOST_TEST(kind(noon + 1h) == IntentKind::allocate);
    shop.policy.maintenanceWindows[0].forbids = Forbids::shrink;
    BOOST_TEST(kind() == IntentKind::allocate);
    is(Level::under);
    add(functional("real2", 100));
    BOOST_TEST(kind() == IntentKind::nothing);
    BOOST_TEST(kind(noon + 1h) == IntentKind::release);
}

BOOST_AUTO_TEST_SUITE_END()

}
