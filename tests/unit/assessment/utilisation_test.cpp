#include "assessment/utilisation.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace headgate;
using assessment::utilisation;
using domain::Combination;

namespace {

domain::Profile profile(Combination combination) {
    return {{"p"}, combination, {support::metric("cpu", 1000, 3), support::metric("connections", 40)}};
}

}

BOOST_AUTO_TEST_SUITE(utilisation_)

BOOST_AUTO_TEST_CASE(the_greatest_binds_and_is_named) {
    const auto used = utilisation(profile(Combination::greatest), {{"cpu", 120}, {"connections", 35}});
    BOOST_TEST(used.permille.value() == 875);
    BOOST_TEST(used.binding == "connections");
    BOOST_TEST(used.words == "connections 35 of 40");
    BOOST_TEST(used.unknown.empty());
}

BOOST_AUTO_TEST_CASE(the_first_of_two_equal_ones_binds) {
    BOOST_TEST(utilisation(profile(Combination::greatest), {{"cpu", 500}, {"connections", 20}}).binding ==
               "cpu");
}

BOOST_AUTO_TEST_CASE(a_missing_reading_is_unknown_and_not_zero) {
    const auto used = utilisation(profile(Combination::greatest), {{"connections", 10}});
    BOOST_TEST(used.permille.value() == 250);
    BOOST_TEST(used.unknown == std::vector<std::string>{"cpu"}, boost::test_tools::per_element());
    const auto none = utilisation(profile(Combination::greatest), {});
    BOOST_TEST(!none.permille);
    BOOST_TEST(none.unknown.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_weighted_sum_needs_them_all) {
    const auto used = utilisation(profile(Combination::weightedSum), {{"cpu", 400}, {"connections", 40}});
    BOOST_TEST(used.permille.value() == 550); // (3·400 + 1·1000) / 4
    BOOST_TEST(used.binding == "cpu");
    BOOST_TEST(!utilisation(profile(Combination::weightedSum), {{"cpu", 400}}).permille);
}

BOOST_AUTO_TEST_CASE(a_weighted_sum_within_limits_is_no_less_than_a_reading_at_its_limit) {
    const auto within = profile(Combination::weightedSumWithinLimits);
    BOOST_TEST(utilisation(within, {{"cpu", 400}, {"connections", 39}}).permille.value() == 544);
    const auto at = utilisation(within, {{"cpu", 400}, {"connections", 40}});
    BOOST_TEST(at.permille.value() == 1000);
    BOOST_TEST(at.binding == "connections");
    BOOST_TEST(at.words == "connections 40 of 40");
    const auto both = utilisation(within, {{"cpu", 1200}, {"connections", 60}});
    BOOST_TEST(both.permille.value() == 1500);
    BOOST_TEST(!utilisation(within, {{"connections", 39}}).permille);
    const auto enough = utilisation(within, {{"connections", 50}});
    BOOST_TEST(enough.permille.value() == 1250, "whatever cpu is");
    BOOST_TEST(enough.unknown == std::vector<std::string>{"cpu"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(readings_that_no_metric_names_do_not_count) {
    BOOST_TEST(!utilisation(profile(Combination::greatest), {{"load", 99}}).permille);
}

BOOST_AUTO_TEST_CASE(odd_figures_do_no_harm) {
    auto odd = profile(Combination::greatest);
    BOOST_TEST(utilisation(odd, {{"cpu", -5}}).permille.value() == 0);
    BOOST_TEST(!utilisation(odd, {{"cpu", NAN}}).permille);
    BOOST_TEST(!utilisation(odd, {{"cpu", INFINITY}}).permille);
    BOOST_TEST(utilisation(odd, {{"cpu", 1e300}}).permille.value() > 1000);
    odd.metrics[0].limit = 0;
    BOOST_TEST(!utilisation(odd, {{"cpu", 1}}).permille);
    auto weightless = profile(Combination::weightedSum);
    for (auto& metric : weightless.metrics)
        metric.weight = 0;
    BOOST_TEST(!utilisation(weightless, {{"cpu", 1}, {"connections", 1}}).permille);
}

BOOST_AUTO_TEST_CASE(each_share_of_a_limit_is_exact) {
    const domain::Profile forty{{"p"}, Combination::greatest, {support::metric("connections", 40)}};
    for (int connections = 0; connections <= 80; ++connections)
        BOOST_TEST(utilisation(forty, {{"connections", connections}}).permille.value() == connections * 25);
}

BOOST_AUTO_TEST_SUITE_END()
