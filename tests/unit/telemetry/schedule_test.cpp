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

/// A schedule whose polls take no time, unless their server is silent or slow.
struct Sweep {
    base::Instant now = base::Instant{} + 1000h;
    domain::Polling limits;
    Schedule schedule{now, limits};
    std::map<Number, base::Duration> silent;   ///< how long their polls take, in vain
    std::map<Number, base::Duration> sluggish; ///< the same, answered
    std::multimap<base::Instant, Number> open;
    std::map<Number, std::size_t> openIn; ///< by subnet
    std::size_t mostOpenIn = 0;           ///< any of them
    std::map<Number, std::vector<base::Instant>> begun;
    std::vector<base::Instant> all;
    std::uint32_t requests = 1; ///< that a poll takes
    std::uint64_t sent = 0;
    std::size_t othersInFlight = 0;

    void add(Number count, base::Duration interval = 10s) {
        for (Number server = 0; server < count; ++server)
            schedule.add(server, interval, server / 256, now);
    }
    void limit(domain::Polling given) { schedule.limit(limits = given); }

    void step() {
        for (; !open.empty() && open.begin()->first <= now; open.erase(open.begin())) {
            const auto server = open.begin()->second;
            --openIn[server / 256];
            schedule.done(server, !silent.contains(server), requests, now);
        }
        schedule.note(sent, othersInFlight, now);
        while (const auto server = schedule.next(now)) {
            sent += requests;
            begun[*server].push_back(now);
            all.push_back(now);
            const auto takes = [&, server = *server](const auto& those) {
                const auto found = those.find(server);
                if (found == those.end()) return false;
                open.emplace(now + found->second, server);
                mostOpenIn = std::max(mostOpenIn, ++openIn[server / 256]);
                return true;
            };
            if (!takes(silent) && !takes(sluggish)) schedule.done(*server, true, requests, now);
        }
    }
    /// The same, and these are hinted at four times a second.
    void passHinting(base::Duration span, Number from, Number to) {
        for (const auto end = now + span; now < end; pass(250ms))
            for (auto server = from; server < to; ++server)
                schedule.pollNow(server, now);
    }
    std::size_t pollsOf(Number from, Number to) const {
        std::size_t polls = 0;
        for (auto each = begun.lower_bound(from); each != begun.end() && each->first < to; ++each)
            polls += each->second.size();
        return polls;
    }
    void pass(base::Duration span) {
        for (const auto end = now + span; now < end; now += 1ms)
            step();
    }
    /// The most that began within any such time, from then on.
    std::size_t greatestBurst(base::Instant from, base::Duration within = 100ms) const {
        std::size_t most = 0;
        for (auto first = std::lower_bound(all.begin(), all.end(), from); first != all.end(); ++first) {
            const auto last = std::lower_bound(first, all.end(), *first + within);
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
    schedule.done(99, true, 1, now);
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
    pass(101ms);
    BOOST_TEST(begun[999].size() == before + 1, "at the first moment at which any may begin");
}

BOOST_AUTO_TEST_CASE(hints_close_behind_a_poll_or_during_it_go_first_too) {
    domain::Polling few;
    few.maxPerSecond = 10;
    limit(few);
    add(1000);
    pass(20s);
    schedule.pollNow(999, now);
    pass(101ms);
    const auto before = begun[999].size();
    schedule.pollNow(999, now); // less than a quarter second after it
    pass(400ms);
    BOOST_TEST(begun[999].size() == before + 1);
    sluggish[999] = 300ms;
    pass(300ms);
    schedule.pollNow(999, now);
    pass(150ms);
    BOOST_REQUIRE_EQUAL(begun[999].size(), before + 2);
    schedule.pollNow(999, now); // while it lasts
    pass(400ms);
    BOOST_TEST(begun[999].size() == before + 3);
}

BOOST_AUTO_TEST_CASE(hints_keep_within_the_pace_of_their_subnet_and_leave_the_others_a_quarter_of_it) {
    domain::Polling thin;
    thin.maxPerSecondPerSubnet = 1;
    limit(thin);
    add(20, 60s);
    pass(60s);
    const auto before = pollsOf(0, 20);
    const auto beforeOthers = pollsOf(3, 20);
    passHinting(60s, 0, 3);
    BOOST_TEST(pollsOf(0, 20) - before <= 61U);
    BOOST_TEST(pollsOf(0, 20) - before >= 58U);
    BOOST_TEST(pollsOf(3, 20) - beforeOthers >= 14U);
    const auto after = pollsOf(3, 20);
    pass(20s);
    BOOST_TEST(pollsOf(3, 20) - after >= 4U, "the flood has left no debt");
    BOOST_TEST(schedule.counters().overruns == 0U);
}

BOOST_AUTO_TEST_CASE(a_storm_of_hints_does_not_starve_the_sweep) {
    domain::Polling few;
    few.maxPerSecond = 200;
    limit(few);
    add(1300);
    pass(30s);
    const auto before = all.size();
    passHinting(60s, 0, 1000);
    BOOST_TEST(all.size() - before <= 60U * 200 + 21);
    for (Number server = 1000; server < 1300; ++server) {
        const auto& times = begun[server];
        const auto polls =
            std::count_if(times.begin(), times.end(), [&](auto at) { return at >= now - 60s; });
        BOOST_REQUIRE_MESSAGE(polls >= 5, server << ": " << polls);
    }
    const auto hinted = pollsOf(0, 1000);
    passHinting(10s, 0, 1000);
    BOOST_TEST(pollsOf(0, 1000) - hinted >= 1490U, "three of four are theirs");
}

BOOST_AUTO_TEST_CASE(a_hint_goes_before_what_is_due_in_other_subnets_too) {
    domain::Polling few;
    few.maxPerSecond = 10;
    few.maxPerSecondPerSubnet = 1000;
    limit(few);
    for (Number server = 0; server < 1000; ++server)
        schedule.add(server, 10s, server, now); // each in one of its own
    pass(20s);
    const auto before = begun[7].size();
    schedule.pollNow(7, now);
    pass(101ms);
    BOOST_TEST(begun[7].size() == before + 1);
}

BOOST_AUTO_TEST_CASE(polls_of_a_slow_agent_that_are_skipped_are_counted_and_it_is_not_asked_at_once_again) {
    add(1, 1s);
    sluggish[0] = 1500ms;
    pass(21s);
    const auto overruns = schedule.counters().overruns;
    BOOST_TEST(overruns >= 9U);
    BOOST_TEST(overruns <= 10U);
    for (std::size_t i = 3; i < begun[0].size(); ++i)
        BOOST_TEST((begun[0][i] - begun[0][i - 1] == 2s));
    sluggish[0] = 3500ms;
    pass(21s);
    BOOST_TEST(schedule.counters().overruns - overruns >= 14U, "three of four");
}

BOOST_AUTO_TEST_CASE(one_that_does_not_answer_misses_its_moments_and_they_are_no_overruns) {
    add(1, 1s);
    silent[0] = 2s;
    pass(8s);
    BOOST_TEST(schedule.counters().silent == 1U, "soon known");
    BOOST_TEST(schedule.counters().overruns == 0U);
}

BOOST_AUTO_TEST_CASE(many_that_do_not_answer_wait_for_each_other_and_that_is_no_overrun_either) {
    domain::Polling few;
    few.maxInFlight = 400; // a hundred of those that do not answer: each has a turn in thirty seconds
    limit(few);
    add(1000);
    for (Number server = 0; server < 500; ++server)
        silent[server] = 6s;
    for (int i = 0; i < 3; ++i) {
        pass(60s);
        BOOST_TEST(schedule.counters().overruns == 0U);
    }
    BOOST_TEST(schedule.counters().silent == 500U);
}

BOOST_AUTO_TEST_CASE(what_was_asked_without_a_question_stops_polls_for_ten_seconds_at_the_most) {
    domain::Polling few;
    few.maxPerSecond = 10;
    limit(few);
    add(20, 1s);
    pass(5s);
    sent += 100'000;
    step();
    const auto before = all.size();
    pass(9s);
    BOOST_TEST(all.size() <= before + 1);
    pass(2s);
    BOOST_TEST(all.size() >= before + 10);
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

BOOST_AUTO_TEST_CASE(those_that_went_silent_together_do_not_come_back_together) {
    domain::Polling any;
    any.maxInFlight = 1'000'000;
    limit(any);
    add(1000);
    for (Number server = 0; server < 1000; ++server)
        silent[server] = 6s;
    pass(600s);
    const auto mean = 1000 / 60U; // a second: each once a minute
    BOOST_TEST(pollsOf(0, 1000) >= 10'000U);
    BOOST_TEST(greatestBurst(now - 60s, 1s) <= 3 * mean);
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

BOOST_AUTO_TEST_CASE(what_could_not_be_sent_after_all_stops_nothing) {
    add(20, 1s);
    sent = 1000;
    pass(5s);
    sent -= 100;
    const auto before = all.size();
    pass(2s);
    BOOST_TEST(all.size() == before + 40);
}

BOOST_AUTO_TEST_CASE(all_requests_of_a_poll_count_for_its_subnet) {
    domain::Polling thin;
    thin.maxPerSecondPerSubnet = 20;
    limit(thin);
    add(256); // 25 polls a second, of four requests each
    requests = 4;
    pass(20s);
    const auto before = pollsOf(0, 256);
    pass(40s);
    BOOST_TEST(pollsOf(0, 256) - before <= 40U * 5 + 2);
    BOOST_TEST(pollsOf(0, 256) - before >= 40U * 5 - 5);
}

BOOST_AUTO_TEST_CASE(a_subnet_has_so_many_under_way_and_not_one_more) {
    domain::Polling thin;
    thin.maxInFlightPerSubnet = 3;
    limit(thin);
    add(260); // four of them in the second subnet
    for (Number server = 0; server < 260; ++server)
        sluggish[server] = 200ms;
    pass(20s);
    BOOST_TEST(mostOpenIn == 3U);
    BOOST_TEST(pollsOf(0, 256) >= 19U * 15, "and no fewer");
    const auto before = pollsOf(256, 260);
    pass(10s);
    BOOST_TEST(pollsOf(256, 260) - before == 4U, "others are as fast as ever");
}

BOOST_AUTO_TEST_CASE(a_subnet_whose_pace_has_room_again_waits_for_the_others_all_the_same) {
    domain::Polling thin;
    thin.maxInFlight = 2;
    thin.maxPerSecondPerSubnet = 10;
    limit(thin);
    add(256);
    for (Number server = 0; server < 256; ++server)
        sluggish[server] = 1s;
    pass(20s);
    BOOST_TEST(mostOpenIn == 2U);
    BOOST_TEST(all.size() >= 36U);
}

BOOST_AUTO_TEST_CASE(an_end_of_a_poll_tells_that_its_subnet_has_room) {
    domain::Polling thin;
    thin.maxInFlightPerSubnet = 1;
    limit(thin);
    add(2);
    now += 5s; // both are due
    const auto first = schedule.next(now);
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(!schedule.next(now).has_value());
    BOOST_TEST((!schedule.nextDue(now) || *schedule.nextDue(now) > now), "nobody is to look before");
    BOOST_TEST((schedule.done(*first, true, 1, now) == now));
    BOOST_TEST(schedule.next(now).has_value());
}

BOOST_AUTO_TEST_CASE(dead_servers_leave_the_others_of_their_subnet_room) {
    domain::Polling thin;
    thin.maxInFlightPerSubnet = 4;
    limit(thin);
    add(100);
    for (Number server = 0; server < 20; ++server)
        silent[server] = 6s;
    pass(60s);
    const auto before = pollsOf(20, 100);
    pass(60s);
    BOOST_TEST(pollsOf(20, 100) - before >= 80U * 6 - 5);
}

BOOST_AUTO_TEST_CASE(limits_that_change_hold_for_those_that_wait_and_those_under_way) {
    domain::Polling thin;
    thin.maxPerSecondPerSubnet = 1;
    limit(thin);
    add(100);
    for (Number server = 0; server < 100; ++server)
        sluggish[server] = 1s;
    pass(20s);
    BOOST_TEST(pollsOf(0, 100) <= 21U);
    thin.maxPerSecondPerSubnet = 0;
    thin.maxInFlightPerSubnet = 1;
    const auto under = open.size();
    BOOST_REQUIRE_EQUAL(under, 1U);
    limit(thin);
    step();
    BOOST_TEST(open.size() == 1U);
    limit({});
    step();
    BOOST_TEST(open.size() > 50U);
}

BOOST_AUTO_TEST_CASE(one_that_is_in_another_subnet_now_waits_for_that_ones_turn) {
    domain::Polling thin;
    thin.maxInFlightPerSubnet = 1;
    limit(thin);
    add(2);
    now += 5s;
    const auto first = schedule.next(now).value();
    const auto second = 1 - first;
    BOOST_TEST(!schedule.next(now).has_value());
    schedule.move(first, 99);
    BOOST_TEST((schedule.next(now) == second), "its old one has room");
    schedule.done(first, true, 1, now);
    schedule.move(second, 99);
    schedule.pollNow(first, now += 1s);
    BOOST_TEST(!schedule.next(now).has_value(), "its new one has none");
    schedule.done(second, true, 1, now);
    BOOST_TEST((schedule.next(now) == first));
}

BOOST_AUTO_TEST_CASE(one_that_is_removed_while_it_is_polled_is_no_longer_counted) {
    add(1);
    pass(1s);
    schedule.pollNow(0, now);
    BOOST_TEST((schedule.next(now) == Number{0}));
    BOOST_TEST(schedule.counters().inFlight == 1U);
    schedule.remove(0);
    BOOST_TEST(schedule.counters().inFlight == 0U);
    schedule.done(0, true, 1, now);
    pass(30s);
    BOOST_TEST(begun[0].size() == 1U);
    BOOST_TEST(!schedule.nextDue(now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
