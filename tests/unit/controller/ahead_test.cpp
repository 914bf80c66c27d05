// A pool grows by a forecast, though no belief has changed.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

namespace {

/// Its members get two permille more each second.
struct Rising : Rig {
    int load = 300;

    explicit Rising(bool forecast) {
        if (forecast) policy().forecast = domain::ForecastPolicy{};
        start();
    }
    const domain::PoolState& state() const { return *controller.belief({"web"}); }
    void second() {
        load += 2;
        loads["real1"] = loads["real2"] = load;
        run(1s);
    }
};

}

BOOST_AUTO_TEST_SUITE(ahead)

BOOST_AUTO_TEST_CASE(a_forecast_that_crosses_has_the_pool_looked_at_within_a_second) {
    Rising rig(true);
    std::size_t told = 0;
    while (rig.state().fullAhead.empty() && rig.load < 790) {
        BOOST_TEST(rig.journal.empty());
        told = rig.events.size();
        rig.second();
    }
    BOOST_TEST(rig.load < 750);
    rig.second();
    BOOST_REQUIRE(!rig.journal.empty());
    // Nothing was told of it but what is done.
    BOOST_TEST(rig.events.at(told).kind == "candidate-chosen");
    rig.runUntilEnded(1);
    BOOST_REQUIRE(rig.ended.size() == 1U);
    const auto& cause = rig.ended[0].view.cause;
    BOOST_TEST(cause.starts_with("pool web is normal: "), cause);
    BOOST_TEST(cause.find("; it will be full in 60 s: ") != std::string::npos, cause);
    BOOST_TEST(!rig.state().forecast); // other members: it is learned anew
}

BOOST_AUTO_TEST_CASE(without_one_it_grows_when_it_is_full) {
    Rising rig(false);
    while (rig.load < 796)
        rig.second();
    BOOST_TEST(rig.journal.empty());
    rig.second();
    rig.second();
    rig.runUntilEnded(1, 10s);
    BOOST_REQUIRE(rig.ended.size() == 1U);
    BOOST_TEST(rig.ended[0].view.cause.starts_with("pool web is full"));
}

BOOST_AUTO_TEST_CASE(what_is_expected_is_in_the_snapshot) {
    Rising rig(true);
    for (int i = 0; i < 150; ++i)
        rig.second();
    const auto pools = rig.controller.snapshot(rig.now).pools;
    BOOST_REQUIRE(pools.at(0).forecast);
    BOOST_TEST((*pools[0].forecast == *rig.state().forecast));
}

BOOST_AUTO_TEST_SUITE_END()

}
