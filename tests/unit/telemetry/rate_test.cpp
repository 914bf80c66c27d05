#include "fakes.hpp"
#include "telemetry/rate.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using snmp::Counter32;
using snmp::Counter64;

namespace {

constexpr std::uint64_t circle = 1ULL << 32;
constexpr auto most32 = std::numeric_limits<std::uint32_t>::max();
constexpr auto most64 = std::numeric_limits<std::uint64_t>::max();

/// What is told of the growth from one value to the next.
std::optional<std::uint64_t> growth(const snmp::Value& first, const snmp::Value& second,
                                    base::Duration since = 10s) {
    CounterTrack track;
    BOOST_TEST(!track.next(first, 0s));
    const auto grown = track.next(second, since);
    if (!grown) return std::nullopt;
    BOOST_TEST((grown->over == since));
    return grown->amount;
}

using Age = AgeTrack::Age;

AgeTrack::Passed passed(const Age& first, const Age& second, base::Duration later) {
    AgeTrack track;
    const auto begun = track.next(first, base::Instant{} + 1h);
    BOOST_TEST(!begun.restarted);
    BOOST_TEST((begun.since == 0s));
    return track.next(second, base::Instant{} + 1h + later);
}

}

BOOST_AUTO_TEST_SUITE(rates)

BOOST_AUTO_TEST_CASE(a_counter_gives_its_growth_over_the_time_between_two_values) {
    struct Case {
        const char* name;
        snmp::Value first, second;
        std::optional<std::uint64_t> growth;
    };
    const Case cases[] = {
        {"still", Counter32{7}, Counter32{7}, 0},
        {"grown", Counter32{7}, Counter32{107}, 100},
        {"32 bits up to the last", Counter32{most32 - 1}, Counter32{most32}, 1},
        {"32 bits wrap", Counter32{most32}, Counter32{0}, 1},
        {"32 bits wrap further", Counter32{most32 - 9}, Counter32{90}, 100},
        {"more than 32 bits hold", Counter64{most32}, Counter64{most32 + 1000ULL}, 1000},
        {"64 bits wrap", Counter64{most64}, Counter64{4}, 5},
        {"64 bits go back: reset, no wild rate", Counter64{5000}, Counter64{4999}, std::nullopt},
        {"64 bits go back from far up", Counter64{most64 - (1ULL << 48)}, Counter64{0}, std::nullopt},
        {"64 bits wrap from where they may", Counter64{most64 - (1ULL << 48) + 1}, Counter64{0}, 1ULL << 48},
        {"the agent changes its mind about the width", Counter32{5}, Counter64{9}, std::nullopt},
        {"missing", snmp::NoSuchInstance{}, Counter32{9}, std::nullopt},
        {"no number", snmp::Octets{"5"}, snmp::Octets{"9"}, std::nullopt},
    };
    for (const auto& one : cases)
        BOOST_TEST((growth(one.first, one.second) == one.growth), one.name);
}

BOOST_AUTO_TEST_CASE(a_rate_is_the_growth_of_a_second) {
    CounterTrack track;
    track.next(Counter32{100}, 0s);
    BOOST_TEST(track.next(Counter32{125}, 2500ms)->perSecond().value() == 10.0);
    BOOST_TEST(!track.next(Counter32{126}, 0s)->perSecond(), "no time, no rate");
}

BOOST_AUTO_TEST_CASE(a_counter32_that_was_set_back_is_no_wrap_but_where_that_is_plausible) {
    // Once round in an hour is 1193046.47 a second (RFC 2578, section 7.1.10): 11930464 in ten.
    BOOST_TEST((growth(Counter32{most32 - 11'930'463}, Counter32{0}) == 11'930'464U));
    BOOST_TEST(!growth(Counter32{most32 - 11'930'464}, Counter32{0}));
    BOOST_TEST(!growth(Counter32{5000}, Counter32{4999}));
    BOOST_TEST(!growth(Counter32{4'000'000'000}, Counter32{10}));
}

BOOST_AUTO_TEST_CASE(a_counter32_that_is_faster_than_it_should_be_wraps_at_twice_its_last_rate_at_most) {
    constexpr std::uint32_t step = 1'000'000'000; // in ten seconds: 100 million a second
    const auto after = [&](std::uint32_t wrapped) {
        CounterTrack track;
        track.next(Counter32{most32 - step}, 0s);
        BOOST_TEST(track.next(Counter32{most32}, 10s)->amount == step);
        return track.next(Counter32{wrapped - 1}, 10s);
    };
    BOOST_TEST(after(step)->amount == step);
    BOOST_TEST(after(2 * step)->amount == 2 * step);
    BOOST_TEST(!after(2 * step + 1));
}

BOOST_AUTO_TEST_CASE(missed_polls_make_a_counter32_unknown_when_it_may_have_gone_round_twice) {
    BOOST_TEST((growth(Counter32{1000}, Counter32{3000}, 59min + 59s) == 2000U));
    BOOST_TEST(!growth(Counter32{1000}, Counter32{3000}, 1h));
    BOOST_TEST((growth(Counter64{1000}, Counter64{3000}, 24h) == 2000U), "64 bits hold for ages");
    // 100 million a second, doubled, are a round in 21.47 s.
    for (const auto& [gap, known] : {std::pair{21470ms, true}, {21480ms, false}}) {
        CounterTrack track;
        track.next(Counter32{0}, 0s);
        track.next(Counter32{1'000'000'000}, 10s);
        BOOST_TEST(track.next(Counter32{1'000'000'500}, gap).has_value() == known, gap.count());
    }
}

BOOST_AUTO_TEST_CASE(after_what_is_unknown_the_next_growth_is_known) {
    CounterTrack track;
    track.next(Counter32{5000}, 0s);
    BOOST_TEST(!track.next(Counter32{10}, 10s)); // set back
    BOOST_TEST(track.next(Counter32{110}, 10s)->amount == 100U);
    BOOST_TEST(!track.next(Counter32{210}, 2h)); // a gap
    BOOST_TEST(track.next(Counter32{310}, 10s)->amount == 100U);
    track.forget();
    BOOST_TEST(!track.next(Counter32{410}, 10s)); // a restart
    BOOST_TEST(track.next(Counter32{510}, 10s)->amount == 100U);
    BOOST_TEST(!track.next(snmp::NoSuchInstance{}, 10s)); // not shown once
    BOOST_TEST(!track.next(Counter32{710}, 10s), "the value before is of nobody knows when");
    BOOST_TEST(track.next(Counter32{810}, 10s)->amount == 100U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_overtaken_by_a_later_one_is_passed_over) {
    CounterTrack track;
    track.next(Counter32{100}, 0s);
    BOOST_TEST(track.next(Counter32{300}, 10s)->amount == 200U);
    BOOST_TEST(!track.next(Counter32{200}, -5s));
    BOOST_TEST(track.next(Counter32{400}, 10s)->amount == 100U, "from 300, not from 200");

    AgeTrack age;
    age.next({{}, {}, 1000}, base::Instant{} + 10s);
    age.next({{}, {}, 2000}, base::Instant{} + 20s);
    const auto late = age.next({{}, {}, 1500}, base::Instant{} + 15s);
    BOOST_TEST(!late.restarted);
    BOOST_TEST((late.since == -5s));
    const auto next = age.next({{}, {}, 3000}, base::Instant{} + 30s);
    BOOST_TEST(!next.restarted);
    BOOST_TEST((next.since == 10s));
}

BOOST_AUTO_TEST_CASE(a_restart_is_told_from_the_age_of_the_agent) {
    constexpr std::uint64_t minute = 6000;
    struct Case {
        const char* name;
        Age first, second;
        bool restarted;
    };
    const Case cases[] = {
        {"older by ten seconds", {{}, {}, 5000}, {{}, {}, 6000}, false},
        {"younger", {{}, {}, 500'000}, {{}, {}, 300}, true},
        {"younger by a hair", {{}, {}, 500'000}, {{}, {}, 499'999}, true},
        {"497 days old, and wrapped", {{}, {}, circle - 500}, {{}, {}, 500}, false},
        {"wrapped, its clock a minute ahead", {{}, {}, circle - 500}, {{}, {}, 500 + minute}, false},
        {"and a hair more", {{}, {}, circle - 500}, {{}, {}, 501 + minute}, true},
        {"wrapped, and its clock behind", {{}, {}, circle - 500}, {{}, {}, 0}, false},
        {"a minute before the wrap, and restarted", {{}, {}, circle - 1001 - minute}, {{}, {}, 0}, true},
        {"nearly 497 days old, and restarted", {{}, {}, circle - 20'000'000}, {{}, {}, 300}, true},
        {"boots grew", {3, 100, 5000}, {4, 200, 6000}, true},
        {"boots went back: its engine was lost", {3, 100, 5000}, {1, 200, 6000}, true},
        {"same boots, engine time went back", {1, 100, 5000}, {1, 2, 200}, true},
        {"the engine does not wrap when sysUpTime does", {1, 100, circle - 500}, {1, 110, 500}, false},
        {"it says nothing", {}, {}, false},
    };
    for (const auto& one : cases)
        BOOST_TEST(passed(one.first, one.second, 10s).restarted == one.restarted, one.name);
}

BOOST_AUTO_TEST_CASE(a_restart_between_missed_polls_is_told_although_the_agent_is_older_again) {
    // Ten minutes without an answer; a clock may be a minute behind.
    BOOST_TEST(!passed({{}, {}, 10'000}, {{}, {}, 64'000}, 10min).restarted);
    BOOST_TEST(passed({{}, {}, 10'000}, {{}, {}, 63'999}, 10min).restarted);
    BOOST_TEST(!passed({1, 100, {}}, {1, 640, {}}, 10min).restarted);
    BOOST_TEST(passed({1, 100, {}}, {1, 639, {}}, 10min).restarted);
    BOOST_TEST(!passed({1, 100, {}}, {1, 86'400, {}}, 10min).restarted, "it was our clock that stood");
}

BOOST_AUTO_TEST_CASE(the_time_between_two_values_is_the_agents_where_that_one_is_sane) {
    struct Case {
        const char* name;
        Age first, second;
        base::Duration ours, since;
    };
    const Case cases[] = {
        {"the answer was late by two seconds", {{}, {}, 1000}, {{}, {}, 2000}, 12s, 10s},
        {"it says nothing", {1, 1, {}}, {1, 11, {}}, 12s, 12s},
        {"over its wrap", {{}, {}, circle - 400}, {{}, {}, 600}, 11s, 10s},
        {"half of ours", {{}, {}, 1000}, {{}, {}, 1500}, 10s, 5s},
        {"less than half of ours: it stood", {{}, {}, 1000}, {{}, {}, 1499}, 10s, 10s},
        {"half as much again", {{}, {}, 1000}, {{}, {}, 2500}, 10s, 15s},
        {"more: it was set", {{}, {}, 1000}, {{}, {}, 2501}, 10s, 10s},
        {"of a second its hundredths are good enough", {{}, {}, 1000}, {{}, {}, 1090}, 1s, 900ms},
        {"of less they are not", {{}, {}, 1000}, {{}, {}, 1090}, 999ms, 999ms},
    };
    for (const auto& one : cases)
        BOOST_TEST((passed(one.first, one.second, one.ours).since == one.since), one.name);
}

BOOST_AUTO_TEST_CASE(a_late_answer_does_not_bend_a_rate) {
    Field field;
    field.metric("hits", "1.3.6.1.4.1.99999.4.0", domain::ReadingKind::counter);
    const auto answer = [&](std::uint32_t age, std::uint32_t hits, base::Duration late) {
        field.agent()[objects::sysUpTime] = snmp::TimeTicks{age};
        field.agent()[oid("1.3.6.1.4.1.99999.4.0")] = Counter32{hits};
        return field.poll(late);
    };
    answer(100'000, 0, 10s);
    BOOST_TEST(answer(101'000, 1000, 12s).readings.at("hits") == 100.0);
    BOOST_TEST(answer(102'000, 2000, 8s).readings.at("hits") == 100.0);
}

BOOST_AUTO_TEST_SUITE_END()
