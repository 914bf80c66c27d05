#include "assessment/assessment.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using domain::FullWhen;
using domain::Level;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Level)

namespace {

const std::vector<std::string> three{"real1", "real2", "real3"};

struct Fixture {
    Assessment assessment;
    domain::Configuration configured = configuration(three, three);

    Fixture() { assessment.configure(configured, noon); }
    void fullWhen(FullWhen when) {
        configured.pools[0].policy.fullWhen = when;
        assessment.configure(configured, noon);
    }
    const domain::PoolState& shop() const { return *assessment.pool({"shop"}); }
    /// Polls every second; a negative reading is a missed poll.
    void polls(int from, int to, const std::vector<int>& connections) {
        for (int second = from; second <= to; ++second)
            for (std::size_t i = 0; i < three.size(); ++i) {
                const auto at = noon + second * 1s;
                assessment.observe(connections[i] < 0 ? missedPoll(three[i], at)
                                                      : sample(three[i], at, connections[i]));
            }
    }
};

}

BOOST_FIXTURE_TEST_SUITE(pool_, Fixture)

BOOST_AUTO_TEST_CASE(a_pool_is_full_by_its_policy) {
    const struct {
        FullWhen when;
        std::vector<int> connections;
        Level level;
    } cases[] = {
        {FullWhen::anyMember, {800, 10, 10}, Level::full},
        {FullWhen::anyMember, {799, 799, 799}, Level::normal},
        {FullWhen::anyMember, {800, -1, -1}, Level::full}, // what is known suffices
        {FullWhen::anyMember, {799, -1, 799}, Level::unknown},
        {FullWhen::allMembers, {800, 800, 799}, Level::normal},
        {FullWhen::allMembers, {800, 800, 800}, Level::full},
        {FullWhen::allMembers, {800, 800, -1}, Level::unknown},
        {FullWhen::average, {1000, 1000, 400}, Level::full},
        {FullWhen::average, {1000, 1000, 397}, Level::normal}, // 799
        {FullWhen::average, {1000, 1000, -1}, Level::unknown},
    };
    for (const auto& one : cases) {
        assessment = {};
        fullWhen(one.when);
        polls(0, 5, one.connections);
        BOOST_TEST(shop().level == one.level, int(one.when)
                                                  << ": " << one.connections[0] << " " << one.connections[1]
                                                  << " " << one.connections[2] << ": " << shop().reason);
    }
}

BOOST_AUTO_TEST_CASE(it_says_which_member_makes_it_full) {
    polls(0, 5, {10, 900, 20});
    BOOST_TEST(shop().reason ==
               "full, because real2 is: connections 900 of 1000 (900 permille ≥ 800) for 5 s");
    BOOST_TEST(shop().utilisation.value() == 310);
}

BOOST_AUTO_TEST_CASE(a_pool_speaks_once_when_it_becomes_full) {
    polls(0, 4, {10, 900, 20});
    const auto changes = assessment.observe(sample("real2", noon + 5s, 900));
    BOOST_TEST_REQUIRE(changes.size() == 2u);
    BOOST_TEST(changes[0].kind == "server-full");
    BOOST_TEST(changes[1].kind == "pool-full");
    BOOST_TEST((changes[1].pool == domain::PoolName{"shop"}));
    BOOST_TEST(changes[1].text == "pool shop is full, because real2 is: connections 900 of 1000 "
                                  "(900 permille ≥ 800) for 5 s");
    BOOST_TEST(assessment.observe(sample("real2", noon + 6s, 900)).empty());
}

BOOST_AUTO_TEST_CASE(it_is_under_used_at_an_average_of_300_held_for_a_minute) {
    polls(0, 59, {100, 200, 600});
    BOOST_TEST(shop().level == Level::normal);
    polls(60, 60, {100, 200, 600});
    BOOST_TEST(shop().level == Level::under);
    BOOST_TEST(shop().reason == "under-used: 300 permille on average of 3 members (≤ 300) for 60 s");
}

BOOST_AUTO_TEST_CASE(it_is_not_under_used_at_301) {
    polls(0, 100, {101, 202, 600});
    BOOST_TEST(shop().level == Level::normal);
}

BOOST_AUTO_TEST_CASE(with_an_unknown_member_it_is_never_under_used) {
    polls(0, 200, {0, 0, -1});
    BOOST_TEST(shop().level == Level::unknown);
    BOOST_TEST(shop().reason == "unknown, because real3 is unknown: its agent missed 3 polls in a row (no "
                                "answer within 1 s)");
}

BOOST_AUTO_TEST_CASE(with_a_metric_of_a_member_unknown_it_is_never_under_used) {
    configured.profiles[0].metrics.push_back(metric("cpu", 1000));
    assessment.configure(configured, noon);
    polls(0, 200, {0, 0, 0});
    BOOST_TEST(shop().level == Level::normal);
}

BOOST_AUTO_TEST_CASE(a_member_that_becomes_unknown_ends_under_used_at_once) {
    polls(0, 60, {0, 0, 0});
    BOOST_TEST(shop().level == Level::under);
    polls(61, 63, {0, 0, -1});
    BOOST_TEST(shop().level == Level::unknown);
    polls(64, 64, {0, 0, 0});
    BOOST_TEST(shop().level == Level::normal);
}

BOOST_AUTO_TEST_CASE(a_full_member_keeps_it_from_being_under_used) {
    fullWhen(FullWhen::allMembers);
    polls(0, 200, {0, 0, 890});
    BOOST_TEST(shop().level == Level::normal);
}

BOOST_AUTO_TEST_CASE(members_that_are_down_do_not_count_as_capacity) {
    polls(0, 5, {600, 400, 0});
    auto gone = sample("real3", noon + 6s, 0);
    gone.applications[{"web"}] = domain::ApplicationState::notRunning;
    assessment.observe(gone);
    BOOST_TEST(shop().utilisation.value() == 500);
    BOOST_TEST(shop().reason == "normal: 500 permille on average of 2 members");
}

BOOST_AUTO_TEST_CASE(without_a_functional_member_it_is_unknown) {
    for (const auto& name : three) {
        auto gone = sample(name, noon, 0);
        gone.applications[{"web"}] = domain::ApplicationState::notRunning;
        assessment.observe(gone);
    }
    BOOST_TEST(shop().level == Level::unknown);
    BOOST_TEST(shop().reason == "unknown: none of its 3 members is functional");
    configured.pools[0].members.clear();
    assessment.configure(configured, noon);
    BOOST_TEST(shop().reason == "unknown: it has no members");
}

BOOST_AUTO_TEST_CASE(a_member_that_is_no_configured_server_is_unknown) {
    configured.pools[0].members.push_back(member("stranger"));
    assessment.configure(configured, noon);
    polls(0, 100, {0, 0, 0});
    BOOST_TEST(shop().level == Level::unknown);
    const auto members = assessment.members({"shop"});
    BOOST_TEST(members.size() == 4u);
    BOOST_TEST((members[3].functional == domain::Functional::unknown));
}

// Random histories: fixed seeds, so that a failure replays.
BOOST_AUTO_TEST_CASE(the_order_of_servers_and_members_changes_no_belief) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        auto shuffled = configured;
        std::shuffle(shuffled.servers.begin(), shuffled.servers.end(), random);
        std::shuffle(shuffled.pools[0].members.begin(), shuffled.pools[0].members.end(), random);
        Assessment one, other;
        one.configure(configured, noon);
        other.configure(shuffled, noon);
        for (int second = 0; second < 90; ++second)
            for (const auto& name : three) {
                const auto value = int(random() % 1000);
                const auto at = noon + second * 1s;
                const auto heard = random() % 5 ? sample(name, at, value) : missedPoll(name, at);
                one.observe(heard);
                other.observe(heard);
                BOOST_TEST_REQUIRE((*one.pool({"shop"}) == *other.pool({"shop"})), "seed " << seed);
            }
    }
}

BOOST_AUTO_TEST_CASE(ticking_at_each_deadline_comes_to_rest_and_loses_nothing) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        Assessment eager, lazy;
        eager.configure(configured, noon);
        lazy.configure(configured, noon);
        auto now = noon;
        for (int step = 0; step < 60; ++step) {
            const auto until = now + domain::Duration(random() % 4000);
            while (const auto due = eager.nextDeadline()) {
                if (*due > until) break;
                eager.tick(*due);
                BOOST_TEST_REQUIRE((!eager.nextDeadline() || *eager.nextDeadline() > *due), "seed " << seed);
            }
            now = until;
            const auto heard = sample(three[random() % 3], now, double(random() % 3 * 450));
            eager.observe(heard);
            lazy.tick(now);
            lazy.observe(heard);
        }
        // Beliefs about facts agree; only what was held meanwhile depends on having looked.
        for (const auto& name : three) {
            BOOST_TEST((eager.server({name})->functional == lazy.server({name})->functional),
                       "seed " << seed);
            BOOST_TEST((eager.server({name})->utilisation == lazy.server({name})->utilisation));
        }
    }
}

BOOST_AUTO_TEST_CASE(pools_that_change_alone_are_judged_as_in_a_new_configuration) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        Assessment whole, part;
        auto now = noon;
        auto two = configuration(three, {"real1"});
        two.pools.push_back(two.pools[0]);
        two.pools[1].name = {"other"};
        two.pools[1].members = {member("real2")};
        whole.configure(two, now);
        part.configure(two, now);
        for (int step = 0; step < 80; ++step) {
            now += domain::Duration(random() % 3000);
            auto& changed = two.pools[random() % 2];
            if (random() % 4 == 0) changed.policy.upper = 600 + int(random() % 3) * 100;
            if (random() % 6 == 0) {
                const auto& name = three[random() % 3];
                for (auto& pool : two.pools)
                    std::erase_if(pool.members, [&](const auto& one) { return one.server.value == name; });
                if (random() % 3) changed.members.push_back(member(name));
            }
            whole.tick(now);
            part.tick(now);
            const auto told = whole.configure(two, now);
            BOOST_TEST_REQUIRE((part.configure(two.pools, now) == told), "seed " << seed);
            const auto heard = sample(three[random() % 3], now, double(random() % 3 * 450));
            BOOST_TEST_REQUIRE((whole.observe(heard) == part.observe(heard)), "seed " << seed);
            BOOST_TEST_REQUIRE((whole.servers() == part.servers()), "seed " << seed);
            for (const auto& pool : two.pools)
                BOOST_TEST_REQUIRE((*whole.pool(pool.name) == *part.pool(pool.name)), "seed " << seed);
            BOOST_TEST_REQUIRE((whole.nextDeadline() == part.nextDeadline()), "seed " << seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_its_members_could_do_for_each_other_follows_each_sample) {
    polls(0, 0, {300, 449, 740});
    const auto* real1 = shop().diagnosis.of({"real1"});
    BOOST_TEST_REQUIRE(real1);
    BOOST_TEST(real1->forIt.alone == 1u);
    BOOST_TEST(real1->forIt.together == 1u);
    BOOST_TEST(real1->margin().value() == 9);
    assessment.observe(sample("real2", noon + 1s, 450));
    BOOST_TEST(shop().diagnosis.of({"real1"})->forIt.alone == 0u);
    for (int i = 2; i < 5; ++i)
        assessment.observe(missedPoll("real2", noon + i * 1s));
    BOOST_TEST(shop().diagnosis.unknown == 1u);
}

BOOST_AUTO_TEST_CASE(what_its_members_could_do_follows_its_policy_and_its_membership) {
    polls(0, 0, {300, 449, 740});
    configured.pools[0].policy.tolerance = 51;
    assessment.configure(configured.pools, noon);
    BOOST_TEST(shop().diagnosis.of({"real1"})->forIt.alone == 0u);
    configured.pools[0].members.erase(configured.pools[0].members.begin() + 1);
    assessment.configure(configured.pools, noon);
    BOOST_TEST(!shop().diagnosis.of({"real2"}));
    configured.pools[0].members.push_back(member("stranger"));
    assessment.configure(configured, noon);
    BOOST_TEST(shop().diagnosis.of({"stranger"})->forThem.unknown == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
