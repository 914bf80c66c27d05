// Where a pool's load is heading, and whose policy wants to know.

#include "assessment/assessment.hpp"
#include "assessment/outlook.hpp"
#include "support/domain_values.hpp"
#include "support/seeds.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using assessment::Outlook;
using assessment::Trend;
using domain::Forecast;
using domain::ForecastPolicy;
using domain::Level;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Level)

namespace {

/// noon is a multiple of ten seconds.
const ForecastPolicy minute{60s, 50};

/// A pool of real1 and real2, polled each second, that looks a minute ahead in steps of ten seconds.
struct Fixture {
    Assessment assessment;
    domain::Configuration configured = configuration({"real1", "real2", "real3"}, {"real1", "real2"});
    domain::Instant now = noon;

    Fixture() {
        policy().forecast = minute;
        configure();
    }
    domain::PoolPolicy& policy() { return configured.pools[0].policy; }
    void configure() { assessment.configure(configured, now); }
    const domain::PoolState& shop() const { return *assessment.pool({"shop"}); }
    double seconds() const { return static_cast<double>((now - noon).count()) / 1000; }

    /// For so long, from the next second on; the reading of a server by the seconds since noon.
    template <typename Reading>
    void polls(domain::Duration length, const Reading& reading) {
        for (const auto end = now + length; now < end;) {
            now += 1s;
            for (const auto* name : {"real1", "real2"})
                assessment.observe(sample(name, now, reading(seconds())));
        }
    }
    /// Two permille a second.
    static double rising(double seconds) { return 300 + 2 * seconds; }
};

}

BOOST_AUTO_TEST_SUITE(outlook)

BOOST_AUTO_TEST_CASE(it_takes_what_held_at_even_times_a_sixth_of_the_horizon_apart) {
    Outlook outlook(minute, 1s);
    Trend trend(10s);
    for (int i = 0; i <= 120; ++i) {
        outlook.take(noon + i * 1s, 300 + i, 2);
        // What is told at an even time holds from then on: before it was what was told a second ago.
        if (i > 0 && i % 10 == 0) trend.take(noon + i * 1s, 299 + i);
        BOOST_TEST(outlook.forecast().has_value() == (i >= 120), i);
    }
    BOOST_TEST((outlook.forecast() == trend.at(noon + 180s)));
    BOOST_TEST((outlook.forecast()->at == noon + 180s));
    outlook.take(noon + 129999ms, 1000, 2);
    BOOST_TEST((outlook.forecast() == trend.at(noon + 180s)));
}

BOOST_AUTO_TEST_CASE(its_steps_are_no_shorter_than_the_longest_poll_interval) {
    BOOST_TEST((Outlook::step(minute, 1s) == 10s));
    BOOST_TEST((Outlook::step(minute, 10s) == 10s));
    BOOST_TEST((Outlook::step(minute, 10001ms) == 10001ms));
    BOOST_TEST((Outlook::step({1ms, 50}, 0s) == 1ms));
}

BOOST_AUTO_TEST_CASE(what_holds_without_a_word_counts_at_each_even_time) {
    Outlook outlook(minute, 1s);
    outlook.take(noon, 400, 1);
    outlook.take(noon + 119s, 400, 1);
    BOOST_TEST(!outlook.forecast());
    outlook.take(noon + 120s, 900, 1);
    BOOST_TEST((outlook.forecast() == Forecast{noon + 180s, 400, 0}));
    outlook.take(noon + 1h * 24 * 365 * 10, 900, 1); // however long that was
    BOOST_TEST(outlook.forecast()->permille == 900);
}

BOOST_AUTO_TEST_CASE(what_was_before_the_latest_counts_no_more) {
    Outlook one(minute, 1s), other(minute, 1s);
    for (int i = 0; i < 50; ++i)
        one.take(noon + i * 7s, 900 - i % 7, 2);
    const auto both = [&](domain::Instant at, int value) {
        one.take(at, value, 2);
        other.take(at, value, 2);
    };
    const auto from = noon + 10min;
    const auto memory = Outlook::memory(minute, 1s);
    BOOST_TEST((memory == 490s));
    for (auto at = from; at < from + memory - 10s; at += 3s)
        both(at, 300 + static_cast<int>((at - from).count() / 1000) % 13);
    BOOST_TEST((one.forecast() != other.forecast()));
    both(from + memory - 10s, 300);
    both(from + memory, 300);
    BOOST_TEST((one.forecast() == other.forecast()));
    BOOST_TEST(one.forecast().has_value());
}

BOOST_AUTO_TEST_CASE(other_members_and_the_unknown_begin_anew) {
    for (const bool unknown : {true, false}) {
        Outlook outlook(minute, 1s);
        outlook.take(noon, 700, 2);
        outlook.take(noon + 120s, 700, 2);
        BOOST_TEST(outlook.forecast().has_value());
        outlook.take(noon + 121s, unknown ? std::nullopt : std::optional(700), unknown ? 2 : 3);
        BOOST_TEST(!outlook.forecast());
        outlook.take(noon + 122s, 700, 3);
        outlook.take(noon + 239s, 700, 3);
        BOOST_TEST(!outlook.forecast());
        outlook.take(noon + 240s, 700, 3);
        BOOST_TEST(outlook.forecast().has_value());
    }
}

BOOST_AUTO_TEST_CASE(more_headroom_never_makes_it_full_ahead) {
    unsigned ahead = 0;
    forSeeds(400, [&](Dice& dice) {
        Outlook high({60s, between(dice, 20, 200)}, 1s);
        Outlook low = high, narrow({60s, between(dice, 1, high.policy().widestBand)}, 1s);
        const int less = between(dice, 1, 300), upper = between(dice, 500, 900);
        int value = between(dice, 300, 700);
        const int slope = between(dice, -30, 60);
        for (int i = 0; i < 30; ++i) {
            value += slope / 2 + between(dice, -5, 5);
            for (auto* one : {&high, &narrow})
                one->take(noon + i * 10s, value, 2);
            low.take(noon + i * 10s, value - less, 2);
            if (!high.fullAhead(upper).empty()) {
                ++ahead;
                continue;
            }
            BOOST_TEST(low.fullAhead(upper).empty());
            BOOST_TEST(narrow.fullAhead(upper).empty());
            BOOST_TEST(high.fullAhead(upper + less).empty());
        }
    });
    if (!std::getenv("HEADGATE_SEED")) BOOST_TEST(ahead > 100U);
}

BOOST_FIXTURE_TEST_CASE(a_pool_that_rises_is_full_ahead_when_the_lower_edge_is_and_not_before, Fixture) {
    std::optional<Forecast> before;
    while (shop().fullAhead.empty() && now < noon + 240s) {
        before = shop().forecast;
        polls(1s, rising);
    }
    const auto expected = shop().forecast;
    BOOST_REQUIRE((before && expected));
    BOOST_TEST(before->permille - before->band < 800);
    BOOST_TEST(expected->permille - expected->band >= 800);
    BOOST_TEST(expected->band <= 50);
    BOOST_TEST((now.time_since_epoch() % 10s == 0s)); // with each of its steps something else is expected
    BOOST_TEST((expected->at == now + 60s));
    BOOST_TEST((shop().level == Level::normal));
    BOOST_TEST(*shop().utilisation == static_cast<int>(rising(seconds())));
    const auto text = shop().fullAhead;
    BOOST_TEST(text == "will be full in 60 s: " + std::to_string(*shop().utilisation - 2) +
                           " permille now, " + std::to_string(expected->permille) + " ± " +
                           std::to_string(expected->band) + " at " + domain::describe(expected->at) +
                           " (≥ 800)");
    policy().upper = expected->permille - expected->band;
    configure(); // it goes on with what it knows
    BOOST_TEST((shop().forecast == expected));
    BOOST_TEST(shop().fullAhead != "");
    ++policy().upper;
    configure();
    BOOST_TEST(shop().fullAhead == "");
}

BOOST_FIXTURE_TEST_CASE(without_a_forecast_in_its_policy_nothing_is_expected, Fixture) {
    Fixture plain;
    plain.policy().forecast.reset();
    plain.configure();
    polls(220s, rising);
    plain.polls(220s, rising);
    BOOST_TEST(shop().fullAhead != "");
    auto told = shop();
    told.forecast.reset();
    told.fullAhead.clear();
    BOOST_TEST((told == plain.shop()));
    policy().forecast.reset();
    configure();
    BOOST_TEST((told == shop()));
}

BOOST_FIXTURE_TEST_CASE(one_that_is_full_already_is_not_full_ahead, Fixture) {
    policy().growAfter = 0s;
    configure();
    polls(249s, rising);
    BOOST_TEST(shop().fullAhead != "");
    polls(1s, rising);
    BOOST_TEST((shop().level == Level::full));
    BOOST_TEST(shop().fullAhead == "");
    BOOST_TEST(shop().forecast.has_value());
}

BOOST_FIXTURE_TEST_CASE(other_members_another_horizon_and_a_gap_begin_anew, Fixture) {
    const auto steady = [](double) { return 500; };
    polls(130s, steady);
    BOOST_TEST(shop().forecast.has_value());
    std::swap(configured.pools[0].members[0], configured.pools[0].members[1]);
    configure();
    BOOST_TEST(shop().forecast.has_value()); // they are the same
    auto changed = configured;
    changed.pools[0].members[1].server = {"real3"};
    auto other = std::move(assessment);
    assessment = {};
    configure();
    other.configure(changed, now);
    BOOST_TEST(!other.pool({"shop"})->forecast);
    polls(130s, steady);
    policy().forecast->horizon = 61s;
    configure();
    BOOST_TEST(!shop().forecast);
    polls(140s, steady);
    BOOST_TEST(shop().forecast.has_value());
    now += 3500ms; // nobody was heard
    assessment.tick(now);
    BOOST_TEST(!shop().forecast);
}

BOOST_FIXTURE_TEST_CASE(another_member_by_a_change_of_the_pool_alone_begins_anew, Fixture) {
    polls(130s, [](double) { return 500; });
    assessment.configure(configured.pools, now);
    BOOST_TEST(shop().forecast.has_value());
    configured.pools[0].members[1].server = {"real3"};
    assessment.observe(sample("real3", now, 500));
    assessment.configure(configured.pools, now);
    BOOST_TEST(!shop().forecast);
}

BOOST_FIXTURE_TEST_CASE(one_that_warms_up_does_not_count_and_when_it_is_warm_it_begins_anew, Fixture) {
    policy().warmUp = 150s;
    configured.pools[0].members.push_back(member("real3"));
    assessment.joined({"shop"}, {"real3"}, noon);
    configure();
    const auto idle = [&](domain::Duration length) {
        for (const auto end = now + length; now < end;) {
            assessment.observe(sample("real3", now + 1s, 0));
            polls(1s, [](double) { return 600; });
        }
    };
    idle(149s);
    BOOST_TEST((shop().forecast == Forecast{noon + 200s, 600, 0}));
    idle(1s);
    BOOST_TEST(!shop().forecast);
    idle(120s);
    BOOST_TEST(shop().forecast->permille == 400);
}

BOOST_FIXTURE_TEST_CASE(a_utilisation_that_is_a_lower_bound_is_not_forecast, Fixture) {
    configured.profiles[0].metrics.push_back(metric("cpu", 1000));
    configure();
    polls(140s, [](double) { return 500; });
    BOOST_TEST(*shop().utilisation == 500);
    BOOST_TEST(!shop().forecast);
}

BOOST_FIXTURE_TEST_CASE(growth_ahead_is_useless_behind_a_full_data_source, Fixture) {
    configured.servers.push_back(server("dbhost1"));
    for (auto& one : configured.servers)
        one.dataSources = {"db1"};
    configured.servers.back().dataSources.clear();
    configured.servers.back().applications.clear();
    configured.dataSources = {{"db1", {"dbhost1"}}};
    configure();
    while (shop().fullAhead.empty() && now < noon + 240s) {
        BOOST_TEST(shop().growthUseless.empty());
        assessment.observe(sample("dbhost1", now + 1s, 930));
        polls(1s, rising);
    }
    BOOST_TEST((shop().level == Level::normal));
    BOOST_TEST(shop().growthUseless.starts_with("the data source db1 is full: "));
    // Until grow-after, a poll interval and a step of the forecast have gone by, that is of before.
    const auto pass = [&](domain::Duration time) {
        for (const auto end = now + time; now < end;) {
            assessment.observe(sample("dbhost1", now + 1s, 700));
            polls(1s, rising);
        }
    };
    pass(16s);
    BOOST_TEST(!shop().fullAhead.empty());
    BOOST_TEST(shop().growthUseless.ends_with("would help is not known yet"));
    pass(1s);
    BOOST_TEST(!shop().fullAhead.empty());
    BOOST_TEST(shop().growthUseless.empty());
}

BOOST_AUTO_TEST_SUITE_END()
