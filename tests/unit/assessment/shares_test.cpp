// A server that serves several pools at a time.

#include "assessment/assessment.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using domain::Level;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Level)

namespace {

/// real1 serves shop, which is full at 800 permille, and archive, which is at 400; real2 serves archive.
struct Fixture {
    Assessment assessment;
    domain::Configuration configured = configuration({"real1", "real2"}, {"real1"});

    Fixture() {
        configured.servers[0].shares = {{{"archive"}, 300}, {{"shop"}, 700}};
        auto archive = pool({"real1", "real2"});
        archive.name = {"archive"};
        archive.policy.upper = 400;
        archive.policy.lower = 100;
        configured.pools.push_back(archive);
        assessment.configure(configured, noon);
    }
    void polls(int from, int to, int first, int second = 50) {
        for (int at = from; at <= to; ++at) {
            assessment.observe(sample("real1", noon + at * 1s, first));
            assessment.observe(sample("real2", noon + at * 1s, second));
        }
    }
    Level level(const char* name) const { return assessment.pool({name})->level; }
    Level levelOfReal1In(const char* name) const { return assessment.members({name}).at(0).level; }
    std::size_t spare(const std::string& name) const {
        const auto all = assessment.spareServers();
        return static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.name.value == name; }));
    }
};

}

BOOST_FIXTURE_TEST_SUITE(shares, Fixture)

BOOST_AUTO_TEST_CASE(in_each_pool_it_is_judged_by_that_one_s_levels) {
    polls(0, 6, 500);
    BOOST_TEST(levelOfReal1In("archive") == Level::full);
    BOOST_TEST(levelOfReal1In("shop") == Level::normal);
    BOOST_TEST(level("archive") == Level::full);
    BOOST_TEST(level("shop") == Level::normal);
    polls(7, 14, 900);
    BOOST_TEST(level("shop") == Level::full);
}

BOOST_AUTO_TEST_CASE(it_is_shown_with_all_its_pools) {
    const auto* state = assessment.server({"real1"});
    BOOST_TEST_REQUIRE(state);
    BOOST_TEST(state->pool->value == "archive");
    BOOST_TEST((state->otherPools == std::vector<domain::PoolName>{{"shop"}}));
    BOOST_TEST(assessment.poolsOf({"real1"}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(it_may_join_until_it_is_in_each_of_its_pools) {
    BOOST_TEST(spare("real1") == 0U);
    BOOST_TEST(spare("real2") == 0U);
    auto shop = configured.pools[0];
    shop.members.clear();
    assessment.configure({shop}, noon);
    BOOST_TEST(spare("real1") == 1U);
    BOOST_TEST(assessment.server({"real1"})->otherPools.empty());
}

BOOST_AUTO_TEST_CASE(a_level_that_a_pool_has_reached_is_not_lost_when_it_joins_or_leaves_another) {
    auto archive = configured.pools[1];
    auto without = archive;
    without.members.erase(without.members.begin());
    assessment.configure({without}, noon);
    polls(0, 6, 900);
    BOOST_TEST(level("shop") == Level::full);
    // "archive" comes first by name, and takes its place there.
    assessment.configure({archive}, noon + 6s);
    BOOST_TEST(level("shop") == Level::full);
    BOOST_TEST(levelOfReal1In("archive") == Level::normal); // for a moment only
    BOOST_TEST((assessment.members({"archive"}).at(0).functional == domain::Functional::functional));
    polls(7, 12, 900);
    BOOST_TEST(level("archive") == Level::full);
    assessment.configure({without}, noon + 12s);
    BOOST_TEST(level("shop") == Level::full);
    BOOST_TEST(level("archive") != Level::full);
    polls(13, 14, 100);
    BOOST_TEST(level("shop") == Level::normal);
}

BOOST_AUTO_TEST_CASE(it_warms_up_only_where_it_joined) {
    auto archive = configured.pools[1];
    archive.policy.warmUp = 60s;
    auto without = archive;
    without.members.erase(without.members.begin());
    assessment.configure({without}, noon);
    polls(0, 6, 900);
    assessment.joined({"archive"}, {"real1"}, noon + 6s);
    assessment.configure({archive}, noon + 6s);
    polls(7, 14, 900);
    BOOST_TEST(level("archive") != Level::full);
    BOOST_TEST(level("shop") == Level::full);
    polls(15, 72, 900);
    BOOST_TEST(level("archive") == Level::full);
}

/// Nobody may configure that; whoever did all the same finds no pool that counts what has gone.
BOOST_AUTO_TEST_CASE(without_shares_in_two_pools_it_is_counted_in_each_too) {
    configured.servers[0].shares.clear();
    assessment.configure(configured, noon);
    polls(0, 6, 900);
    BOOST_TEST(level("shop") == Level::full);
    auto archive = configured.pools[1];
    archive.members.erase(archive.members.begin());
    assessment.configure({archive}, noon + 6s);
    polls(7, 8, 100);
    BOOST_TEST(level("shop") == Level::normal);
    BOOST_TEST(levelOfReal1In("shop") == Level::normal);
}

BOOST_AUTO_TEST_CASE(what_a_monitor_says_of_it_counts_in_that_monitor_s_pool) {
    polls(0, 6, 200);
    assessment.hear({{"lb1"}, {"shop"}, {{{"real1"}, false, "Connection refused"}}}, noon + 6s);
    BOOST_TEST((assessment.members({"shop"}).at(0).contact.trust == domain::Trust::doubtful));
    BOOST_TEST((assessment.members({"archive"}).at(0).contact.trust == domain::Trust::trusted));
}

BOOST_AUTO_TEST_CASE(a_configuration_anew_keeps_what_is_known_of_it_in_each_pool) {
    polls(0, 6, 900);
    configured.servers[1].priority = 7;
    assessment.configure(configured, noon + 6s);
    BOOST_TEST(level("shop") == Level::full);
    BOOST_TEST(level("archive") == Level::full);
    configured.servers[0].shares.clear();
    configured.pools.pop_back();
    assessment.configure(configured, noon + 6s);
    BOOST_TEST(level("shop") == Level::full);
    BOOST_TEST(assessment.server({"real1"})->pool->value == "shop");
}

BOOST_AUTO_TEST_SUITE_END()
