#include "agent/functional.hpp"
#include "agent/levels.hpp"
#include "agent/notices.hpp"
#include "agent/utilisation.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::agent;
using namespace std::chrono_literals;
using Level = mib::server::Level;
using Notification = mib::server::Notification;

namespace {

const base::Instant start{1000s};

LevelSettings settings(base::Duration hold = 0ms) {
    LevelSettings given;
    given.upper = 800;
    given.lower = 300;
    given.tolerance = 50;
    given.hold = hold;
    return given;
}

/// Levels after one value a second.
std::vector<Level> after(Levels& levels, const std::vector<std::optional<int>>& values) {
    std::vector<Level> out;
    auto now = start;
    for (const auto& value : values)
        out.push_back(levels.update(now += 1s, value));
    return out;
}

}

BOOST_AUTO_TEST_CASE(a_level_is_entered_at_its_border_and_left_only_beyond_the_tolerance) {
    Levels levels(settings());
    const auto seen = after(levels, {500, 799, 800, 751, 750, 749, 301, 300, 350, 351});
    const std::vector<Level> expected{Level::normal,    Level::normal, Level::full,   Level::full,
                                      Level::full,      Level::normal, Level::normal, Level::underUsed,
                                      Level::underUsed, Level::normal};
    BOOST_TEST((seen == expected));
}

BOOST_AUTO_TEST_CASE(a_level_must_hold_to_the_last_millisecond) {
    Levels levels(settings(5000ms));
    levels.update(start, 500);
    levels.update(start + 1s, 900);
    BOOST_TEST((levels.update(start + 5999ms, 900) == Level::normal));
    BOOST_TEST((levels.update(start + 6000ms, 900) == Level::full));
}

BOOST_AUTO_TEST_CASE(a_short_relief_begins_the_waiting_anew) {
    Levels levels(settings(5000ms));
    levels.update(start, 500);
    levels.update(start + 1s, 900);
    levels.update(start + 4s, 500);
    levels.update(start + 5s, 900);
    BOOST_TEST((levels.update(start + 9s, 900) == Level::normal));
    BOOST_TEST((levels.update(start + 10s, 900) == Level::full));
}

BOOST_AUTO_TEST_CASE(the_first_known_figure_counts_at_once_and_the_unknown_one_must_hold) {
    Levels levels(settings(2000ms));
    BOOST_TEST((levels.update(start, std::nullopt) == Level::unknown));
    BOOST_TEST((levels.update(start + 1s, 100) == Level::underUsed));
    BOOST_TEST((levels.update(start + 2s, std::nullopt) == Level::underUsed));
    BOOST_TEST((levels.update(start + 4s, std::nullopt) == Level::unknown));
    BOOST_TEST((levels.update(start + 5s, 100) == Level::unknown));
    BOOST_TEST((levels.update(start + 7s, 100) == Level::underUsed));
}

BOOST_AUTO_TEST_CASE(from_full_it_can_fall_to_under_used_directly) {
    Levels levels(settings());
    const auto seen = after(levels, {900, 100});
    BOOST_TEST((seen == std::vector<Level>{Level::full, Level::underUsed}));
}

BOOST_AUTO_TEST_CASE(the_greatest_figure_is_the_utilisation_and_names_what_binds) {
    const auto all = combine({{"cpu", 300, ""}, {"memory", 700, ""}, {"backlog", 0, ""}}, 800);
    BOOST_TEST((all == Utilisation{700, true, "memory"}));
}

BOOST_AUTO_TEST_CASE(a_missing_figure_makes_it_unknown_unless_the_others_show_that_it_is_full) {
    BOOST_TEST(
        (combine({{"cpu", 799, ""}, {"connections", {}, "gone"}}, 800) == Utilisation{799, false, "cpu"}));
    BOOST_TEST(
        (combine({{"cpu", 800, ""}, {"connections", {}, "gone"}}, 800) == Utilisation{800, true, "cpu"}));
    BOOST_TEST((combine({{"cpu", {}, "gone"}}, 800) == Utilisation{0, false, ""}));
    BOOST_TEST((combine({{"cpu", 0, ""}}, 800) == Utilisation{0, true, "cpu"}));
    BOOST_TEST((combine({}, 800) == Utilisation{0, false, ""}));
}

BOOST_AUTO_TEST_CASE(permille_are_rounded_and_bounded) {
    BOOST_TEST((permilleOf(1, 3) == 333));
    BOOST_TEST((permilleOf(2, 3) == 667));
    BOOST_TEST((permilleOf(5, 2) == 2500));
    BOOST_TEST((permilleOf(1e9, 1) == 100000));
    BOOST_TEST((permilleOf(-1, 1) == 0));
    BOOST_TEST(!permilleOf(1, 0));
}

BOOST_AUTO_TEST_CASE(down_after_the_second_failure_in_a_row_and_not_after_the_first) {
    ProbeSettings given;
    given.fall = 2;
    given.rise = 3;
    Functional functional(given);
    const auto good = ProbeResult{true, "", "", {}}, bad = ProbeResult{false, "HTTP status 503", "", {}};
    functional.take(good);
    BOOST_TEST((functional.state() == Functional::State::up)); // the first one counts at once
    functional.take(bad);
    functional.take(good);
    functional.take(bad);
    BOOST_TEST((functional.state() == Functional::State::up));
    functional.take(bad);
    BOOST_TEST((functional.state() == Functional::State::down));
    BOOST_TEST(functional.reason() == "HTTP status 503");
    functional.take(good);
    functional.take(good);
    BOOST_TEST((functional.state() == Functional::State::down));
    functional.take(good);
    BOOST_TEST((functional.state() == Functional::State::up));
    BOOST_TEST(functional.reason() == "");
}

BOOST_AUTO_TEST_CASE(an_application_that_was_never_up_is_down_only_after_as_many_failures) {
    ProbeSettings given;
    given.fall = 2;
    Functional functional(given);
    functional.take({false, "connection refused", "", {}});
    BOOST_TEST((functional.state() == Functional::State::unknown));
    functional.take({false, "connection refused", "", {}});
    BOOST_TEST((functional.state() == Functional::State::down));
}

BOOST_AUTO_TEST_CASE(of_news_that_nobody_took_the_latest_is_told) {
    Notices notices;
    notices.add(Notification::applicationDown);
    notices.add(Notification::utilisationRisen);
    notices.add(Notification::applicationUp);
    const auto due = notices.takeDue();
    BOOST_TEST((due == std::vector{Notification::applicationUp, Notification::utilisationRisen}));
    BOOST_TEST(notices.takeDue().empty());
    notices.comeBack(Notification::applicationUp);
    BOOST_TEST((notices.takeDue() == std::vector{Notification::applicationUp}));
    notices.taken(Notification::applicationUp);
    BOOST_TEST(!notices.waiting());
}

BOOST_AUTO_TEST_CASE(news_that_comes_back_gives_way_to_newer_news) {
    Notices notices;
    notices.add(Notification::utilisationRisen);
    notices.takeDue();
    notices.add(Notification::utilisationFallen);
    BOOST_TEST(notices.takeDue().empty()); // not before the other one has arrived, or the order is lost
    notices.comeBack(Notification::utilisationRisen);
    BOOST_TEST((notices.takeDue() == std::vector{Notification::utilisationFallen}));
}

BOOST_AUTO_TEST_CASE(a_level_that_is_left_before_anybody_heard_of_it_is_not_told) {
    Notices notices;
    notices.add(Notification::utilisationRisen);
    notices.dropLevel();
    BOOST_TEST(notices.takeDue().empty());
}
