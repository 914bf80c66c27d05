#include "base/timer_wheel.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <stdexcept>

using namespace headgate::base;
using namespace std::chrono_literals;

namespace {

struct Wheel {
    Instant now = Instant{} + 1000h;
    TimerWheel wheel{now};
    std::vector<TimerWheel::Id> due(Duration later = Duration(0)) {
        now += later;
        std::vector<TimerWheel::Id> ids;
        wheel.expire(now, [&](TimerWheel::Id id) { ids.push_back(id); });
        return ids;
    }
    using Ids = std::vector<TimerWheel::Id>;
};

}

BOOST_FIXTURE_TEST_SUITE(timer_wheel, Wheel)

BOOST_AUTO_TEST_CASE(a_deadline_is_due_at_its_millisecond_and_not_before) {
    wheel.set(7, now + 10ms);
    BOOST_TEST((wheel.next() == now + 10ms));
    BOOST_TEST((due(9ms) == Ids{}));
    BOOST_TEST((due(1ms) == Ids{7}));
    BOOST_TEST((due(1s) == Ids{}));
    BOOST_TEST(!wheel.next().has_value());
}

BOOST_AUTO_TEST_CASE(one_in_the_past_or_now_is_due_at_once) {
    due(5ms);
    wheel.set(1, now - 1h);
    wheel.set(2, now);
    BOOST_TEST((wheel.next() == now));
    BOOST_TEST(due().size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_farther_away_than_a_round_waits_for_its_own) {
    wheel.set(1, now + 60s);
    Duration waited(0);
    for (; due().empty(); waited = waited + 1ms) {
        BOOST_REQUIRE((wheel.next() && *wheel.next() <= now + (60s - waited)));
        now += 1ms;
        BOOST_REQUIRE(waited <= 60s);
    }
    BOOST_TEST((waited == 60s));
}

BOOST_AUTO_TEST_CASE(who_waits_as_long_as_it_says_gets_on) {
    wheel.set(1, now + 60s);
    wheel.set(2, now + 60s + 16384ms);
    int looks = 0;
    for (; !wheel.empty() && looks < 100; ++looks) {
        now = *wheel.next();
        due();
    }
    BOOST_TEST(looks < 10);
}

BOOST_AUTO_TEST_CASE(a_pause_longer_than_a_round_loses_nothing) {
    wheel.set(1, now + 1ms);
    wheel.set(2, now + 16383ms);
    wheel.set(3, now + 16384ms);
    wheel.set(4, now + 100s);
    BOOST_TEST(due(99s).size() == 3U);
    BOOST_TEST((due(1s) == Ids{4}));
}

BOOST_AUTO_TEST_CASE(what_is_set_or_cancelled_from_inside_counts) {
    for (TimerWheel::Id id = 0; id < 4; ++id)
        wheel.set(id, now + 5ms);
    Ids ids;
    now += 5ms;
    wheel.expire(now, [&](TimerWheel::Id id) {
        if (ids.empty()) {
            for (TimerWheel::Id other = 0; other < 4; ++other)
                if (other != id) wheel.cancel(other);
            wheel.set(id, now);
        }
        ids.push_back(id);
    });
    BOOST_TEST(ids.size() == 1U);
    BOOST_TEST((due() == ids));
    BOOST_TEST(wheel.empty());
}

BOOST_AUTO_TEST_CASE(who_throws_keeps_nobody_from_being_due) {
    for (TimerWheel::Id id = 0; id < 4; ++id)
        wheel.set(id, now + 5ms);
    now += 5ms;
    int calls = 0;
    const auto fail = [&](TimerWheel::Id) {
        if (++calls == 2) throw std::runtime_error("no");
    };
    BOOST_CHECK_THROW(wheel.expire(now, fail), std::runtime_error);
    BOOST_TEST(!wheel.empty());
    BOOST_TEST((wheel.next() == now));
    BOOST_TEST(due().size() == 2U);
    BOOST_TEST(wheel.empty());
}

BOOST_AUTO_TEST_CASE(it_agrees_with_a_sorted_map_whatever_is_done) {
    std::mt19937 random(7);
    std::map<TimerWheel::Id, Instant> model;
    const auto pick = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
    for (int step = 0; step < 20000; ++step) {
        const auto id = static_cast<TimerWheel::Id>(pick(64));
        if (pick(3) > 0) {
            const auto at = now + Duration(pick(pick(2) ? 100 : 40000));
            wheel.set(id, at);
            model[id] = at;
        } else {
            wheel.cancel(id);
            model.erase(id);
        }
        now += Duration(pick(20) ? pick(50) : pick(40000));
        Ids expected;
        for (const auto& [known, at] : model)
            if (at <= now) expected.push_back(known);
        std::erase_if(model, [&](const auto& entry) { return entry.second <= now; });
        auto told = due();
        std::sort(told.begin(), told.end());
        BOOST_REQUIRE(told == expected);
        if (!model.empty()) {
            const auto first = std::min_element(
                model.begin(), model.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
            BOOST_REQUIRE((wheel.next() && *wheel.next() <= first->second));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
