#include "assessment/forecast.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::support;
using assessment::Forecast;
using assessment::fullAhead;
using assessment::Trend;

namespace {

/// A value every ten seconds from noon on; the last of them at `last`.
struct Fixture {
    Trend trend{10s};
    domain::Instant last{};

    void take(std::initializer_list<int> values) {
        for (const int value : values)
            take(value);
    }
    void take(std::optional<int> value) {
        last = last == domain::Instant{} ? noon : last + 10s;
        trend.take(last, value);
    }
    void line(int from, int by, unsigned count) {
        for (unsigned i = 0; i < count; ++i)
            take(from + by * static_cast<int>(i));
    }
};

}

BOOST_FIXTURE_TEST_SUITE(forecast, Fixture)

// By hand, with level 1/2, trend 1/2, error 1/2. Ten values of 100 leave level 100, trend 0, error 0.
//   110: expected 100, error 10: level 105, trend 1/4·10/10 = 0.25 a second, mean error 1/2·10 = 5.
//   130: expected 107.5, error 22.5: level 118.75, trend 0.25 + 1/4·22.5/10 = 0.8125, mean error 13.75.
// 20 s ahead: 118.75 + 0.8125·20 = 135. Two steps: variance × (1 + 1/4 + 1/4 + 1/16) = 25/16, so a deviation
// of 1.25 · 13.75 · 5/4 = 21.484…, twice that is 42.97.
BOOST_AUTO_TEST_CASE(its_figures_are_those_of_the_book) {
    trend = Trend(10s, {0.5, 0.5, 0.5});
    line(100, 0, 10);
    take({110, 130});
    const auto expected = trend.at(last + 20s);
    BOOST_TEST_REQUIRE(expected.has_value());
    BOOST_TEST(expected->permille == 135);
    BOOST_TEST(expected->band == 43);
    BOOST_TEST((expected->at == last + 20s));
    // One step: the variance is that of one; 2 · 1.25 · 13.75 = 34.375.
    BOOST_TEST(trend.at(last + 10s)->band == 35);
    BOOST_TEST(trend.at(last + 10s)->permille == 127); // 126.875
}

BOOST_AUTO_TEST_CASE(the_first_error_is_the_mean_of_one) {
    trend = Trend(10s, {0.5, 0.5, 0});
    take({100, 110});
    // Expected 110 from here on: level 105, trend 0.25: 107.5, then the errors count for nothing.
    for (unsigned i = 0; i < 10; ++i)
        take(std::optional(110));
    BOOST_TEST(trend.at(last + 10s)->band == 25); // 2 · 1.25 · 10
}

BOOST_AUTO_TEST_CASE(eleven_values_are_not_enough_and_twelve_are) {
    line(500, 0, 11);
    BOOST_TEST(!trend.at(last + 10s));
    take({500});
    BOOST_TEST((trend.at(last + 60s) == Forecast{last + 60s, 500, 0}));
    BOOST_TEST(!trend.at(last));
}

BOOST_AUTO_TEST_CASE(a_straight_line_is_followed_and_its_band_narrows) {
    line(100, 10, 12);
    const auto wide = trend.at(last + 40s)->band;
    for (int value = 220; value <= 1000; value += 10)
        take({value});
    const auto expected = trend.at(last + 40s);
    BOOST_TEST(std::abs(expected->permille - 1040) <= 1);
    BOOST_TEST(expected->band < wide);
    BOOST_TEST(expected->band <= 3);
}

BOOST_AUTO_TEST_CASE(what_comes_too_soon_is_left_out_and_a_gap_or_the_unknown_begins_anew) {
    line(500, 0, 12);
    trend.take(last + 9999ms, 900);
    BOOST_TEST(trend.at(last + 20s)->permille == 500);
    trend.take(last + 40s, 500); // four steps
    BOOST_TEST(trend.at(last + 60s).has_value());
    trend.take(last + 80001ms, 500);
    BOOST_TEST(!trend.at(last + 100s));
    last = noon + 1h;
    line(500, 0, 12);
    BOOST_TEST(trend.at(last + 10s).has_value());
    take(std::optional<int>());
    BOOST_TEST(!trend.at(last + 10s));
    BOOST_TEST(!trend.latest());
}

BOOST_AUTO_TEST_CASE(full_ahead_is_told_by_the_lower_edge_when_the_band_is_narrow_and_not_otherwise) {
    trend = Trend(10s, {0.5, 0.5, 0.5});
    line(100, 0, 10);
    take({110, 130}); // 135 ± 43 in 20 s
    BOOST_TEST(fullAhead(trend, last, 20s, 92, 43) ==
               "will be full in 20 s: 130 permille now, 135 ± 43 at 12:02:10Z (≥ 92)");
    BOOST_TEST(fullAhead(trend, last, 20s, 93, 43) == "");
    BOOST_TEST(fullAhead(trend, last, 20s, 92, 42) == "");
    BOOST_TEST(fullAhead(Trend(10s), last, 20s, 0, 1000) == "");
}

BOOST_AUTO_TEST_SUITE_END()
