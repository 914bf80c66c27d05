#include "assessment/assessment.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using domain::Level;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Level)

namespace {

struct Fixture {
    Assessment assessment;
    domain::Configuration configured = configuration({"real1", "real2"}, {"real1", "real2"});

    Fixture() {
        configured.pools[0].policy.warmUp = 30s;
        assessment.configure(configured, noon);
        assessment.joined({"shop"}, {"real2"}, noon);
    }
    const domain::PoolState& shop() const { return *assessment.pool({"shop"}); }
    std::optional<domain::Instant> warmUntil() const { return assessment.server({"real2"})->warmUntil; }
    void polls(int from, int to, int first, int second) {
        for (int i = from; i <= to; ++i) {
            assessment.observe(sample("real1", noon + i * 1s, first));
            if (second >= 0) assessment.observe(sample("real2", noon + i * 1s, second));
        }
    }
};

}

BOOST_FIXTURE_TEST_SUITE(warm_up, Fixture)

BOOST_AUTO_TEST_CASE(what_it_shows_counts_after_its_warm_up_and_not_before) {
    polls(1, 29, 500, 1000);
    BOOST_TEST((shop().level == Level::normal));
    BOOST_TEST(*shop().utilisation == 500);
    BOOST_TEST(shop().reason == "normal: 500 permille on average of 1 member, beside 1 warming up");
    BOOST_TEST((warmUntil() == noon + 30s));
    polls(30, 30, 500, 1000);
    BOOST_TEST(!warmUntil());
    BOOST_TEST(*shop().utilisation == 750);
    BOOST_TEST((shop().level == Level::full));
}

BOOST_AUTO_TEST_CASE(an_idle_new_member_makes_no_pool_under_used) {
    configured.pools[0].policy.shrinkAfter = 5s;
    assessment.configure(configured, noon);
    polls(1, 29, 400, 0);
    BOOST_TEST((shop().level == Level::normal));
    polls(30, 35, 400, 0);
    BOOST_TEST((shop().level == Level::under));
}

BOOST_AUTO_TEST_CASE(one_that_is_silent_makes_the_pool_unknown_only_when_it_should_be_warm) {
    polls(1, 29, 400, -1);
    BOOST_TEST((shop().level == Level::normal));
    assessment.tick(noon + 30s);
    BOOST_TEST((shop().level == Level::unknown));
}

BOOST_AUTO_TEST_CASE(its_end_is_a_deadline) {
    polls(1, 29, 400, 1000);
    BOOST_TEST((*assessment.nextDeadline() <= noon + 30s));
    assessment.tick(noon + 30s);
    BOOST_TEST(!warmUntil());
    BOOST_TEST((shop().level == Level::full));
}

BOOST_AUTO_TEST_CASE(it_lasts_as_long_as_the_member_says_if_that_is_longer) {
    configured.pools[0].members[1].connection.warmUp = 31s;
    assessment.configure(configured, noon);
    BOOST_TEST((warmUntil() == noon + 31s));
    configured.pools[0].members[1].connection.warmUp = 29s;
    assessment.configure(configured, noon);
    BOOST_TEST((warmUntil() == noon + 30s));
}

BOOST_AUTO_TEST_CASE(each_of_its_members_warming_up_nothing_is_known_of_the_pool) {
    assessment.joined({"shop"}, {"real1"}, noon);
    polls(1, 29, 1000, 1000);
    BOOST_TEST((shop().level == Level::unknown));
    BOOST_TEST(shop().reason == "unknown: each of its 2 members warms up");
}

BOOST_AUTO_TEST_CASE(without_a_warm_up_or_in_another_pool_it_counts_at_once) {
    configured.pools[0].policy.warmUp = 0s;
    assessment.configure(configured, noon);
    BOOST_TEST(!warmUntil());
    configured.pools[0].policy.warmUp = 30s;
    assessment.configure(configured, noon);
    assessment.joined({"elsewhere"}, {"real2"}, noon);
    BOOST_TEST(!warmUntil());
    assessment.joined({"shop"}, {"nobody"}, noon);
}

BOOST_AUTO_TEST_SUITE_END()
