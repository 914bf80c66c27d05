#include "telemetry/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <vector>

using namespace headgate;
using namespace headgate::telemetry;
using namespace std::chrono_literals;

namespace {

using Number = Schedule::Number;

/// A schedule whose polls take no time, unless their server is silent.
struct Sweep {
    base::Instant now = base::Instant{} + 1000h;
    domain::Polling limits;
    Schedule schedule{now, limits};
    std::map<Number, base::Duration> silent; ///< how long their polls take, in vain
    std::multimap<base::Instant, Number> open;
    std::map<Number, std::vector<base::Instant>> begun;
    std::vector<base::Instant> all;
    std::uint64_t requests = 1; ///< that a poll takes
    std::uint64_t sent = 0;
    std::size_t othersInFlight = 0;

    void add(Number count, base::Duration interval = 10s) {
        for (Number server = 0; server < count; ++server)
            schedule.add(server, interval, server / 256, now);
    }
    void limit(domain::Polling given) { schedule.limit(limits = given); }

    void step() {
        for (; !open.empty() && open.begin()->first <= now; open.erase(open.begin()))
            schedule.done(open.begin()->second, false, now);
        schedule.note(sent, othersInFlight, now);
        while (const auto server = schedule.next(now)) {
            sent += requests;
            begun[*server].push_back(now);
            all.push_back(now);
            if (const auto found = silent.find(*server); found != silent.end())
                open.emplace(now + found->second, *server);
            else
                schedule.done(*server, true, now);
        }
    }
    void pass(base::Duration span) {
        for (const auto end = now + span; now < end; now += 1ms)
            step();
    }
    /// The most that began within any tenth of a second, from then on.
    std::size_t greatestBurst(base::Instant from) const {
        std::size_t most = 0;
        for (auto first = std::lower_bound(all.begin(), all.end(), from); first != all.end(); ++first) {
            const auto last = std::lower_bound(first, all.end(), *first + 100ms);
            most = std::max(most, static_cast<std::size_t>(last - first));
        }
        return most;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(schedule, Sweep)

BOOST_AUTO_TEST_CASE(a_sweep_is_spread_evenly_over_the_interval) {
    add(10'000);
    const auto start = now;
    pass(40s);
    const auto inTenth = 10'000 / 100;
    BOOST_TEST(greatestBurst(start + 20s) <= inTenth * 11U / 10);
    // Not at the beginning either, when all is to be known soon.
    BOOST_TEST(greatestBurst(start) <= inTenth * 2U);
    for (const auto& [server, times] : begun) {
        BOOST_REQUIRE(times.size() >= 4U);
        for (std::size_t i = times.size() - 2; i < times.size(); ++i)
            BOOST_REQUIRE((times[i] - times[i - 1] == 10s));
    }
    BOOST_TEST(schedule.counters().overruns == 0U);
}

BOOST_AUTO_TEST_CASE(a_few_servers_are_all_known_after_two_seconds) {
    add(20, 60s);
    pass(2s);
    BOOST_TEST(begun.size() == 20U);
}

BOOST_AUTO_TEST_CASE(servers_that_come_later_leave_the_others_at_their_moments) {
    add(100);
    pass(30s);
    const auto last = begun[7].back();
    for (Number server = 100; server < 200; ++server)
        schedule.add(server, 10s, 0, now);
    pass(10s);
    BOOST_TEST((begun[7].back() - last == 10s));
    BOOST_TEST(begun.size() == 200U);
    const auto settled = now + 10s;
    pass(20s);
    BOOST_TEST(greatestBurst(settled) <= 4U);
}

BOOST_AUTO_TEST_CASE(a_hint_goes_before_all_that_is_due) {
    domain::Polling one;
    one.maxInFlight = 1;
    limit(one);
    add(100);
    now += 5s; // half of them are due
    schedule.pollNow(99, now);
    BOOST_TEST((schedule.next(now) == Number{99}));
    BOOST_TEST(!schedule.next(now).has_value(), "no more than one at a time");
    schedule.done(99, true, now);
    BOOST_TEST(schedule.next(now).has_value());
}

BOOST_AUTO_TEST_CASE(a_hint_does_not_wait_in_the_line_of_those_that_are_too_many) {
    domain::Polling slow;
    slow.maxPerSecond = 10;
    limit(slow);
    add(1000);
    pass(20s);
    const auto before = begun[999].size();
    schedule.pollNow(999, now);
    step();
    BOOST_TEST(begun[999].size() == before + 1);
}

BOOST_AUTO_TEST_CASE(one_that_goes_while_it_is_waited_for_leaves_its_place_to_others) {
    domain::Polling one;
    one.maxInFlight = 1;
    limit(one);
    add(2, 1s);
    silent[0] = 1h;
    pass(3s);
    BOOST_TEST(!schedule.nextDue(now).has_value());
    schedule.remove(0);
    BOOST_TEST(schedule.nextDue(now).has_value());
    pass(2s);
    BOOST_TEST(begun[1].size() >= 2U);
}

BOOST_AUTO_TEST_CASE(dead_servers_are_asked_ever_more_rarely_and_cost_the_others_nothing) {
    domain::Polling few;
    few.maxInFlight = 40;
    limit(few);
    add(1000);
    for (Number server = 0; server < 1000; server += 10)
        silent[server] = 6s;
    pass(600s);
    for (Number server = 0; server < 1000; ++server) {
        const auto polls = begun[server].size();
        if (silent.contains(server))
            BOOST_REQUIRE_MESSAGE(polls >= 8 && polls <= 20, server << " silent, " << polls);
        else
            BOOST_REQUIRE_MESSAGE(polls >= 58 && polls <= 61, server << ", " << polls);
    }
    BOOST_TEST(schedule.counters().silent == 100U);
    // Those that went silent together do not come back together.
    BOOST_TEST(greatestBurst(now - 100s) <= 2 * 1000 / 100 + 10U);
}

BOOST_AUTO_TEST_CASE(no_more_than_so_many_a_second_and_what_is_late_is_counted_and_not_piled_up) {
    domain::Polling slow;
    slow.maxPerSecond = 50; // of the 100 that are wanted
    limit(slow);
    add(1000);
    pass(20s);
    BOOST_TEST(all.size() <= 20U * 50 + 6);
    BOOST_TEST(all.size() >= 20U * 50 - 6);
    pass(60s);
    BOOST_TEST(greatestBurst(now - 50s) <= 6U);
    BOOST_TEST(schedule.counters().overruns > 100U);
    for (const auto& [server, times] : begun)
        BOOST_REQUIRE(times.size() <= 6U); // one of twenty seconds' worth each, however late
    limit({});
    pass(20s);
    const auto overruns = schedule.counters().overruns;
    pass(30s);
    BOOST_TEST(schedule.counters().overruns == overruns, "it has caught up");
}

BOOST_AUTO_TEST_CASE(what_a_poll_asks_besides_its_first_question_counts_too) {
    domain::Polling slow;
    slow.maxPerSecond = 100;
    limit(slow);
    add(1000); // 100 a second, of four requests each
    requests = 4;
    pass(40s);
    const auto before = sent; // whose turn was promised before it was known what a poll takes had it
    pass(40s);
    BOOST_TEST(sent - before <= 41U * 100);
    BOOST_TEST(sent - before >= 38U * 100);
}

BOOST_AUTO_TEST_CASE(while_much_is_under_way_no_more_is_begun_but_one) {
    domain::Polling few;
    few.maxInFlight = 10;
    limit(few);
    add(100, 1s);
    othersInFlight = 10;
    now += 500ms;
    schedule.note(0, othersInFlight, now);
    BOOST_TEST(schedule.next(now).has_value(), "nobody else would tell when there is room");
    BOOST_TEST(!schedule.next(now).has_value());
    BOOST_TEST(!schedule.nextDue(now).has_value());
}

BOOST_AUTO_TEST_CASE(a_subnet_has_a_pace_of_its_own) {
    domain::Polling slow;
    slow.maxPerSecondPerSubnet = 10;
    limit(slow);
    add(512); // two subnets of 256
    for (Number server = 512; server < 522; ++server)
        schedule.add(server, 1s, 99, now);
    pass(20s);
    const auto inFirst =
        std::count_if(begun.begin(), begun.end(), [](const auto& e) { return e.first < 256; });
    std::size_t polls = 0;
    for (const auto& [server, times] : begun)
        if (server < 256) polls += times.size();
    BOOST_TEST(inFirst > 150);
    BOOST_TEST(polls <= 20U * 10 + 2);
    for (Number server = 512; server < 522; ++server)
        BOOST_TEST(begun[server].size() >= 19U, "others are as fast as ever");
}

BOOST_AUTO_TEST_CASE(one_that_is_removed_while_it_is_polled_is_no_longer_counted) {
    add(1);
    pass(1s);
    schedule.pollNow(0, now);
    BOOST_TEST((schedule.next(now) == Number{0}));
    BOOST_TEST(schedule.counters().inFlight == 1U);
    schedule.remove(0);
    BOOST_TEST(schedule.counters().inFlight == 0U);
    schedule.done(0, true, now);
    pass(30s);
    BOOST_TEST(begun[0].size() == 1U);
    BOOST_TEST(!schedule.nextDue(now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
