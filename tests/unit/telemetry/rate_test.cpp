#include "fakes.hpp"
#include "telemetry/rate.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

BOOST_AUTO_TEST_SUITE(rates)

BOOST_AUTO_TEST_CASE(a_counter_gives_its_growth_over_the_time_between_two_values) {
    constexpr auto most32 = std::numeric_limits<std::uint32_t>::max();
    constexpr auto most64 = std::numeric_limits<std::uint64_t>::max();
    struct Case {
        const char* name;
        snmp::Value first, second;
        std::optional<std::uint64_t> growth;
    };
    const Case cases[] = {
        {"still", snmp::Counter32{7}, snmp::Counter32{7}, 0},
        {"grown", snmp::Counter32{7}, snmp::Counter32{107}, 100},
        {"32 bits up to the last", snmp::Counter32{most32 - 1}, snmp::Counter32{most32}, 1},
        {"32 bits wrap", snmp::Counter32{most32}, snmp::Counter32{0}, 1},
        {"32 bits wrap further", snmp::Counter32{most32 - 9}, snmp::Counter32{90}, 100},
        {"more than 32 bits hold", snmp::Counter64{most32}, snmp::Counter64{most32 + 1000ULL}, 1000},
        {"64 bits wrap", snmp::Counter64{most64}, snmp::Counter64{4}, 5},
        {"64 bits go back: reset, no wild rate", snmp::Counter64{5000}, snmp::Counter64{4999}, std::nullopt},
        {"the agent changes its mind about the width", snmp::Counter32{5}, snmp::Counter64{9}, std::nullopt},
        {"missing", snmp::NoSuchInstance{}, snmp::Counter32{9}, std::nullopt},
        {"no number", snmp::Octets{"5"}, snmp::Octets{"9"}, std::nullopt},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.name) {
            CounterTrack track;
            const base::Instant at{};
            BOOST_TEST(!track.next(one.first, at));
            const auto growth = track.next(one.second, at + 2s);
            BOOST_REQUIRE_EQUAL(growth.has_value(), one.growth.has_value());
            if (!growth) continue;
            BOOST_TEST(growth->amount == *one.growth);
            BOOST_TEST(growth->perSecond().value() == static_cast<double>(*one.growth) / 2);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_time_between_two_values_gives_no_rate) {
    CounterTrack track;
    track.next(snmp::Counter32{1}, {});
    BOOST_TEST(!track.next(snmp::Counter32{2}, {})->perSecond());
}

BOOST_AUTO_TEST_CASE(a_restart_is_told_from_the_age_of_the_agent) {
    constexpr std::uint64_t circle = 1ULL << 32;
    using Age = AgeTrack::Age;
    struct Case {
        const char* name;
        Age first, second;
        bool restarted;
    };
    const Case cases[] = {
        {"older by ten seconds", {{}, {}, 5000}, {{}, {}, 6000}, false},
        {"younger", {{}, {}, 500'000}, {{}, {}, 300}, true},
        {"497 days old, and wrapped", {{}, {}, circle - 500}, {{}, {}, 500}, false},
        {"nearly 497 days old, and restarted", {{}, {}, circle - 20'000'000}, {{}, {}, 300}, true},
        {"boots grew", {3, 100, 5000}, {4, 200, 6000}, true},
        {"boots went back: its engine was lost", {3, 100, 5000}, {1, 200, 6000}, true},
        {"same boots, engine time went back", {1, 100, 5000}, {1, 2, 200}, true},
        {"the engine does not wrap when sysUpTime does", {1, 100, circle - 500}, {1, 110, 500}, false},
        {"it says nothing", {}, {}, false},
    };
    for (const auto& one : cases) {
        AgeTrack track;
        BOOST_TEST(!track.restarted(one.first, {}));
        BOOST_TEST(track.restarted(one.second, base::Instant{} + 10s) == one.restarted, one.name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
