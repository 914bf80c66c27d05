#include "domain/time.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate::domain;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(time_)

BOOST_AUTO_TEST_CASE(a_duration_is_said_as_an_operator_would) {
    const struct {
        Duration duration;
        const char* words;
    } cases[] = {{0ms, "0 ms"},   {250ms, "250 ms"}, {1s, "1 s"},     {1500ms, "1.5 s"},
                 {35s, "35 s"},   {90s, "90 s"},     {119s, "119 s"}, {120s, "2 min"},
                 {121s, "121 s"}, {5min, "5 min"},   {3050ms, "3 s"}};
    for (const auto& one : cases)
        BOOST_TEST(describe(one.duration) == one.words);
}

BOOST_AUTO_TEST_CASE(until_is_never_said_too_early) {
    const Instant day{Duration{1795348800000}};
    BOOST_TEST(describe(day + 9h + 5min + 3s) == "21:05:03Z");
    BOOST_TEST(describe(day + 9h + 5min + 3s + 1ms) == "21:05:04Z");
    BOOST_TEST(describe(day + 11h + 59min + 59s + 1ms) == "00:00:00Z");
}

BOOST_AUTO_TEST_SUITE_END()
