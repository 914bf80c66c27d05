#include "decision/decision.hpp"
#include "support/domain_values.hpp"
#include "support/seeds.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate;
using namespace headgate::support;
using decision::decide;
using domain::Functional;
using domain::Intent;
using domain::IntentKind;
using domain::Level;
using domain::Origin;

BOOST_TEST_DONT_PRINT_LOG_VALUE(IntentKind)

namespace {

constexpr unsigned seeds = 4000;

/// A pool that may be in any state, also in one that assessment would never give it.
struct Case {
    domain::Pool pool;
    domain::PoolState belief;
    std::vector<domain::ServerState> states;
    decision::History history;
    domain::Instant now = noon;

    Intent decided() const { return decide(now, pool, belief, states, history); }
    std::size_t count(Functional functional) const {
        return static_cast<std::size_t>(std::count_if(
            states.begin(), states.end(), [&](const auto& state) { return state.functional == functional; }));
    }
};

domain::ServerState anyState(Dice& dice, const std::string& name, bool calm) {
    if (calm) return functional(name, between(dice, 0, 300));
    const int kind = between(dice, 0, 9);
    if (kind == 0) return down(name);
    if (kind == 1) return unknown(name, static_cast<unsigned>(between(dice, 0, 4)));
    auto made = functional(name, between(dice, 0, 1200));
    if (kind == 2) made.utilisation.reset();
    if (kind == 3) made.unknownMetrics = {"cpu"};
    return made;
}

domain::PoolPolicy anyPolicy(Dice& dice) {
    domain::PoolPolicy made;
    made.upper = between(dice, 200, 1000);
    made.lower = between(dice, 0, made.upper - 1);
    made.tolerance = between(dice, 0, 100);
    made.minimum = static_cast<unsigned>(between(dice, 0, 4));
    made.maximum = made.minimum + static_cast<unsigned>(between(dice, 0, 4));
    made.releaseConfigured = chance(dice, 300);
    return made;
}

Case anyCase(Dice& dice) {
    Case made;
    const int size = between(dice, 0, 7);
    const bool calm = chance(dice, 400); // else hardly any of them shrinks
    made.pool = pool({});
    made.pool.policy = anyPolicy(dice);
    made.pool.held = chance(dice, 30);
    for (int i = 1; i <= size; ++i) {
        const auto name = "real" + std::to_string(i);
        made.pool.members.push_back(member(name, chance(dice, 500) ? Origin::allocated : Origin::configured));
        if (calm || !chance(dice, 50)) made.states.push_back(anyState(dice, name, calm));
    }
    constexpr Level levels[] = {Level::unknown, Level::under, Level::normal, Level::full};
    // Mostly one of those that something follows from.
    made.belief.level = chance(dice, 600) ? Level::under : levels[between(dice, 0, 3)];
    made.belief.reason = std::string(toString(made.belief.level)) + ": so it is said";
    made.history.inFlight = chance(dice, 30);
    if (chance(dice, 200)) {
        made.history.lastChange = noon - domain::Duration(between(dice, 0, 90000));
        made.history.lastKind = chance(dice, 500) ? IntentKind::allocate : IntentKind::release;
    }
    if (chance(dice, 150)) made.belief.fullAhead = "will be full: so it is said";
    return made;
}

}

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(no_decision_breaks_minimum_or_maximum) {
    unsigned grown = 0, shrunk = 0;
    forSeeds(seeds, [&](Dice& dice) {
        const auto any = anyCase(dice);
        const auto intent = any.decided();
        if (intent.kind == IntentKind::allocate) {
            ++grown;
            BOOST_TEST(any.pool.members.size() + 1 <= any.pool.policy.maximum);
        }
        if (intent.kind == IntentKind::release) {
            ++shrunk;
            BOOST_REQUIRE(intent.server);
            BOOST_REQUIRE(any.pool.member(*intent.server));
            const auto leaving = std::find_if(any.states.begin(), any.states.end(), [&](const auto& state) {
                return state.name == *intent.server;
            });
            BOOST_REQUIRE(leaving != any.states.end());
            const auto rest =
                any.count(Functional::functional) - (leaving->functional == Functional::functional ? 1U : 0U);
            BOOST_TEST(rest >= any.pool.policy.minimum);
            BOOST_TEST(rest >= 1U);
        }
    });
    // Else nothing of it has been looked at.
    if (!std::getenv("HEADGATE_SEED")) BOOST_TEST((grown > 100U && shrunk > 100U), grown << ", " << shrunk);
}

BOOST_AUTO_TEST_CASE(unknown_never_shrinks) {
    unsigned unknowns = 0;
    forSeeds(seeds, [&](Dice& dice) {
        auto any = anyCase(dice);
        if (any.decided().kind != IntentKind::release) return;
        ++unknowns;
        auto& one = any.states[static_cast<std::size_t>(between(dice, 0, int(any.states.size()) - 1))];
        switch (between(dice, 0, 2)) {
        case 0: one = unknown(one.name.value, static_cast<unsigned>(between(dice, 0, 4))); break;
        case 1:
            std::erase_if(any.states, [&, name = one.name](const auto& s) { return s.name == name; });
            break;
        default:
            if (one.functional != Functional::functional) return;
            one.utilisation.reset();
        }
        BOOST_TEST(any.decided().kind != IntentKind::release, any.decided().reason);
    });
    if (!std::getenv("HEADGATE_SEED")) BOOST_TEST(unknowns > 100U);
}

BOOST_AUTO_TEST_CASE(more_headroom_never_makes_the_decision_grow) {
    forSeeds(seeds, [&](Dice& dice) {
        auto any = anyCase(dice);
        if (any.decided().kind == IntentKind::allocate) return;
        for (auto& state : any.states)
            if (state.utilisation) *state.utilisation = between(dice, 0, *state.utilisation);
        if (any.belief.level == Level::full && chance(dice, 500)) any.belief.level = Level::normal;
        if (chance(dice, 500)) any.belief.fullAhead.clear();
        BOOST_TEST(any.decided().kind != IntentKind::allocate, any.decided().reason);
    });
}

BOOST_AUTO_TEST_CASE(more_load_never_makes_the_decision_shrink) {
    forSeeds(seeds, [&](Dice& dice) {
        auto any = anyCase(dice);
        if (any.decided().kind == IntentKind::release) return;
        for (auto& state : any.states)
            if (state.utilisation) *state.utilisation = between(dice, *state.utilisation, 1300);
        if (any.belief.level == Level::under && chance(dice, 500)) any.belief.level = Level::normal;
        if (chance(dice, 500)) any.belief.fullAhead = "will be full: so it is said";
        BOOST_TEST(any.decided().kind != IntentKind::release, any.decided().reason);
    });
}

BOOST_AUTO_TEST_CASE(a_forecast_that_expects_nothing_changes_nothing) {
    forSeeds(seeds, [&](Dice& dice) {
        auto any = anyCase(dice);
        any.belief.fullAhead.clear();
        auto with = any;
        with.pool.policy.forecast = domain::ForecastPolicy{};
        with.belief.forecast = domain::Forecast{noon + 1min, between(dice, 0, 1200), between(dice, 0, 100)};
        BOOST_TEST((with.decided() == any.decided()));
    });
}

BOOST_AUTO_TEST_CASE(one_that_expects_it_to_be_full_never_makes_it_shrink) {
    unsigned kept = 0;
    forSeeds(seeds, [&](Dice& dice) {
        auto any = anyCase(dice);
        any.belief.fullAhead.clear();
        if (any.decided().kind == IntentKind::release) ++kept;
        any.belief.fullAhead = "will be full: so it is said";
        BOOST_TEST((any.decided().kind != IntentKind::release));
    });
    if (!std::getenv("HEADGATE_SEED")) BOOST_TEST(kept > 100U);
}

BOOST_AUTO_TEST_CASE(the_order_of_members_and_states_changes_neither_decision_nor_words) {
    forSeeds(seeds, [&](Dice& dice) {
        const auto any = anyCase(dice);
        auto shuffled = any;
        shuffle(dice, shuffled.pool.members);
        shuffle(dice, shuffled.states);
        BOOST_TEST((shuffled.decided() == any.decided()),
                   any.decided().reason << " / " << shuffled.decided().reason);
    });
}

BOOST_AUTO_TEST_CASE(the_same_input_gives_the_same_words_and_always_some) {
    forSeeds(seeds, [&](Dice& dice) {
        const auto any = anyCase(dice);
        const auto copy = any;
        BOOST_TEST((copy.decided() == any.decided()));
        BOOST_TEST(!any.decided().reason.empty());
    });
}

BOOST_AUTO_TEST_SUITE_END()
