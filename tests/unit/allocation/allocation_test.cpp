#include "allocation/allocation.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace headgate;
using namespace headgate::support;
using allocation::Allocation;
using domain::Intent;
using domain::IntentKind;
using domain::Plan;
using domain::Refusal;
using domain::ServerState;

namespace {

struct Fixture {
    Allocation allocation;
    domain::Configuration configured = configuration({"real1", "real2", "real3"}, {"real1"});
    std::vector<ServerState> states{functional("real1", 900), functional("real2", 200),
                                    functional("real3", 100)};
    Intent grow{IntentKind::allocate, {"shop"}, std::nullopt, false, "it is full"};

    allocation::Choice choose(const Intent& intent, domain::Instant now = noon) const {
        return allocation.choose(now, configured, intent, states);
    }
    /// Who is chosen, or "-".
    std::string chosen(domain::Instant now = noon) const {
        const auto choice = choose(grow, now);
        const auto* plan = std::get_if<Plan>(&choice);
        return plan ? plan->member.server.value : "-";
    }
    Refusal refused(const Intent& intent) const {
        const auto choice = choose(intent);
        BOOST_TEST_REQUIRE(std::holds_alternative<Refusal>(choice));
        return std::get<Refusal>(choice);
    }
    /// Why one server is no candidate.
    std::string why(const std::string& server) const {
        auto named = grow;
        named.server = domain::ServerName{server};
        const auto refusal = refused(named);
        BOOST_TEST_REQUIRE(refusal.servers.size() == 1u);
        return refusal.servers[0].second;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(allocation_, Fixture)

BOOST_AUTO_TEST_CASE(the_least_utilised_is_chosen_and_the_plan_says_why) {
    configured.pools[0].members[0].connection.weight = 5;
    const auto choice = choose(grow);
    BOOST_TEST_REQUIRE(std::holds_alternative<Plan>(choice));
    const auto& plan = std::get<Plan>(choice);
    BOOST_TEST((plan.kind == IntentKind::allocate));
    BOOST_TEST(plan.member.server.value == "real3");
    BOOST_TEST((plan.member.origin == domain::Origin::allocated));
    BOOST_TEST(plan.member.connection.weight == 5); // as its siblings
    BOOST_TEST((plan.pool == configured.pools[0]));
    BOOST_TEST(plan.reason == "it is full");
}

BOOST_AUTO_TEST_CASE(a_new_member_gets_the_weight_that_most_have_or_the_lower_of_two) {
    const struct {
        std::vector<int> weights;
        int expected;
    } cases[] = {{{}, 1}, {{7}, 7}, {{9, 3}, 3}, {{2, 5, 5}, 5}};
    for (const auto& one : cases) {
        configured.pools[0].members.clear();
        for (const int weight : one.weights) {
            configured.pools[0].members.push_back(member("other" + std::to_string(weight)));
            configured.pools[0].members.back().connection.weight = weight;
        }
        const auto choice = choose(grow);
        BOOST_TEST_REQUIRE(std::holds_alternative<Plan>(choice));
        BOOST_TEST(std::get<Plan>(choice).member.connection.weight == one.expected);
    }
}

BOOST_AUTO_TEST_CASE(equals_are_told_apart_by_priority_and_then_by_name) {
    states[1].utilisation = 100;
    BOOST_TEST(chosen() == "real2");
    configured.servers[2].priority = 50;
    BOOST_TEST(chosen() == "real3");
    states[1].utilisation = 99; // utilisation comes before priority
    BOOST_TEST(chosen() == "real2");
}

BOOST_AUTO_TEST_CASE(each_reason_against_a_server_is_said) {
    auto& server = configured.servers[2];
    auto& state = states[2];
    const auto fine = state;

    BOOST_TEST(why("real1") == "it is a member already");
    server.applications = {{"mail"}};
    BOOST_TEST(why("real3") == "it is not said to have web");
    server.applications = {{"web"}};
    state = down("real3");
    BOOST_TEST(why("real3") == "it is down: web does not run");
    state = unknown("real3");
    BOOST_TEST(why("real3") == "it is unknown: its agent is quiet");
    state = fine;
    state.applications = {{{"web"}, false}, {{"mail"}, true}};
    BOOST_TEST(why("real3") == "web does not run there");
    state.applications.clear();
    BOOST_TEST(why("real3") == "whether web runs there is not known");
    state = fine;
    state.utilisation.reset();
    BOOST_TEST(why("real3") == "its utilisation is not known");
    state = fine;
    BOOST_TEST(allocation.reserve({7}, {"real3"}));
    BOOST_TEST(why("real3") == "it is reserved for transaction 7");
    allocation.free({7});
    allocation.quarantine({"real3"}, noon + 5min, "it never came up");
    BOOST_TEST(why("real3") == "it is quarantined until 12:05:00Z: it never came up");
    allocation.acquit({"real3"});
    states.pop_back();
    BOOST_TEST(why("real3") == "nothing is known of it");
}

BOOST_AUTO_TEST_CASE(a_member_of_another_pool_is_not_free) {
    auto other = pool({"real3"});
    other.name = {"office"};
    configured.pools.push_back(other);
    BOOST_TEST(why("real3") == "it is a member of pool office");
    BOOST_TEST(chosen() == "real2");
}

BOOST_AUTO_TEST_CASE(a_server_with_shares_joins_those_pools_with_its_part_whatever_else_it_serves) {
    auto other = pool({"real3"});
    other.name = {"other"};
    configured.pools.push_back(other);
    configured.servers[2].shares = {{{"other"}, 600}};
    BOOST_TEST(why("real3") == "it serves only pool other (600 permille), by its shares");
    configured.servers[2].shares = {{{"other"}, 600}, {{"shop"}, 400}};
    const auto choice = choose(grow);
    BOOST_TEST_REQUIRE(std::holds_alternative<Plan>(choice));
    const auto& plan = std::get<Plan>(choice);
    BOOST_TEST(plan.member.server.value == "real3");
    BOOST_TEST(plan.part == 400);
    BOOST_TEST(plan.reason == "it is full; 400 permille of it serve this pool, by its shares");
    configured.pools[0].members.push_back(member("real3"));
    BOOST_TEST(why("real3") == "it is a member already");
    const auto renewed = choose({IntentKind::renew, {"shop"}, domain::ServerName{"real3"}, false, ""});
    BOOST_TEST(std::get<Plan>(renewed).part == 400);
}

BOOST_AUTO_TEST_CASE(who_ramps_up_is_given_more_and_at_last_all_of_its_weight) {
    auto& one = configured.pools[0].members[0];
    one.connection.weight = 3;
    one.rampsTo = 8;
    Intent wish{IntentKind::ramp, {"shop"}, one.server, false, "it warms up"};
    wish.weight = 5;
    auto plan = std::get<Plan>(choose(wish));
    BOOST_TEST(plan.member.connection.weight == 5);
    BOOST_TEST(plan.member.rampsTo == 8);
    BOOST_TEST(plan.pool.members[0].connection.weight == 3);
    wish.weight = 9; // it has told less since
    plan = std::get<Plan>(choose(wish));
    BOOST_TEST(plan.member.connection.weight == 8);
    BOOST_TEST(plan.member.rampsTo == 0);
    one.rampsTo = 0;
    BOOST_TEST(std::get<Refusal>(choose(wish)).reason == "pool shop has nobody whose weight ramps up");
}

BOOST_AUTO_TEST_CASE(the_usual_weight_is_that_of_those_who_are_warm) {
    for (auto& one : configured.pools[0].members) {
        one.connection.weight = 2;
        one.rampsTo = 8;
    }
    BOOST_TEST(std::get<Plan>(choose(grow)).member.connection.weight == 8);
}

BOOST_AUTO_TEST_CASE(who_is_promised_to_a_pool_is_nobody_else_s) {
    allocation.promise({"real3"}, {"other"});
    BOOST_TEST(chosen() == "real2");
    BOOST_TEST(why("real3") == "it is on its way to pool other, which borrows it");
    allocation.promise({"real3"}, {"shop"});
    BOOST_TEST(chosen() == "real3");
    allocation.endPromise({"real3"});
    BOOST_TEST(chosen() == "real3");
}

BOOST_AUTO_TEST_CASE(a_candidate_is_below_the_upper_level) {
    states.erase(states.begin() + 1);
    configured.servers.erase(configured.servers.begin() + 1);
    states[1].utilisation = 799;
    BOOST_TEST(chosen() == "real3");
    states[1].utilisation = 800;
    BOOST_TEST(chosen() == "-");
    BOOST_TEST(why("real3") == "it is at 800 permille itself, not below 800");
}

BOOST_AUTO_TEST_CASE(when_there_is_none_it_says_why_for_each) {
    states[1] = down("real2");
    allocation.quarantine({"real3"}, noon + 1s, "it never came up");
    const auto refusal = refused(grow);
    BOOST_TEST(refusal.reason ==
               "no server can join pool shop: of 3, 1 is down, 1 is in a pool already, 1 is quarantined");
    BOOST_TEST(refusal.servers.size() == 3u);
    configured.servers.clear();
    BOOST_TEST(refused(grow).reason == "no server can join pool shop: none is configured");
}

BOOST_AUTO_TEST_CASE(an_operator_gets_the_server_named_or_the_reason) {
    grow.server = domain::ServerName{"real2"};
    grow.byOperator = true;
    const auto choice = choose(grow);
    BOOST_TEST_REQUIRE(std::holds_alternative<Plan>(choice));
    BOOST_TEST(std::get<Plan>(choice).member.server.value == "real2"); // though real3 is less utilised
    BOOST_TEST(std::get<Plan>(choice).byOperator);
    states[1] = down("real2");
    BOOST_TEST(refused(grow).reason == "server real2 cannot join pool shop: it is down: web does not run");
    grow.server = domain::ServerName{"real9"};
    BOOST_TEST(refused(grow).reason == "there is no server real9: see 'headgate servers'");
    grow.pool = {"nowhere"};
    BOOST_TEST(refused(grow).reason == "there is no pool nowhere");
}

BOOST_AUTO_TEST_CASE(a_pool_at_its_maximum_is_refused_even_to_an_operator) {
    configured.pools[0].policy.maximum = 1;
    grow.byOperator = true;
    BOOST_TEST(refused(grow).reason == "pool shop is at its maximum of 1 members");
}

BOOST_AUTO_TEST_CASE(a_server_is_never_promised_twice) {
    BOOST_TEST(allocation.reserve({1}, {"real3"}));
    BOOST_TEST(!allocation.reserve({2}, {"real3"}));
    BOOST_TEST(allocation.reserve({1}, {"real3"})); // it has it already
    BOOST_TEST((allocation.reservedFor({"real3"}) == domain::TransactionId{1}));
    BOOST_TEST(chosen() == "real2");
    allocation.free({2});
    BOOST_TEST(chosen() == "real2");
    allocation.free({1});
    BOOST_TEST(chosen() == "real3");
}

BOOST_AUTO_TEST_CASE(an_operator_who_names_a_server_takes_it_out_of_quarantine) {
    allocation.quarantine({"real3"}, noon + 60s, "it never came up");
    auto named = grow;
    named.server = domain::ServerName{"real3"};
    BOOST_TEST(std::holds_alternative<Refusal>(choose(named)));
    named.byOperator = true;
    BOOST_TEST(std::holds_alternative<Plan>(choose(named)));
    named.server.reset(); // any that works, as Headgate would take it
    BOOST_TEST((std::get<Plan>(choose(named)).member.server == domain::ServerName{"real2"}));
}

BOOST_AUTO_TEST_CASE(a_quarantine_is_over_at_its_end_and_not_before) {
    allocation.quarantine({"real3"}, noon + 60s, "it never came up");
    allocation.quarantine({"real3"}, noon + 30s, "a shorter one does not replace a longer one");
    BOOST_TEST((allocation.nextDeadline() == noon + 60s));
    BOOST_TEST(chosen(noon + 59999ms) == "real2");
    BOOST_TEST(chosen(noon + 60s) == "real3");
    BOOST_TEST(allocation.tick(noon + 59999ms).empty());
    BOOST_TEST((allocation.quarantinedUntil({"real3"}) == noon + 60s));
    BOOST_TEST(allocation.tick(noon + 60s).size() == 1u);
    BOOST_TEST(!allocation.quarantinedUntil({"real3"}));
    BOOST_TEST(!allocation.nextDeadline());
}

BOOST_AUTO_TEST_CASE(a_release_is_planned_for_the_member_as_it_is) {
    configured.pools[0].members.push_back(member("real2", domain::Origin::allocated));
    configured.pools[0].members[1].connection.port = 8080;
    const Intent release{IntentKind::release, {"shop"}, domain::ServerName{"real2"}, true, "asked for"};
    const auto choice = choose(release);
    BOOST_TEST_REQUIRE(std::holds_alternative<Plan>(choice));
    BOOST_TEST((std::get<Plan>(choice).kind == IntentKind::release));
    BOOST_TEST((std::get<Plan>(choice).member == configured.pools[0].members[1]));
    BOOST_TEST(allocation.reserve({3}, {"real2"}));
    BOOST_TEST(refused(release).reason == "pool shop cannot release real2: it is reserved for transaction 3");
}

BOOST_AUTO_TEST_CASE(a_protected_member_is_released_by_nobody) {
    configured.pools[0].members.push_back(member("real2"));
    configured.pools[0].members.back().isProtected = true;
    const Intent release{IntentKind::release, {"shop"}, domain::ServerName{"real2"}, true, "asked for"};
    BOOST_TEST(refused(release).reason ==
               "pool shop cannot release real2: it is protected; set its leaf protected to false first");
    configured.pools[0].members.back().isProtected = false;
    BOOST_TEST(std::holds_alternative<Plan>(choose(release)));
}

BOOST_AUTO_TEST_CASE(a_release_that_cannot_be_is_refused) {
    Intent release{IntentKind::release, {"shop"}, domain::ServerName{"real2"}, true, "asked for"};
    BOOST_TEST(refused(release).reason == "pool shop has no member real2: see 'headgate pools shop'");
    release.server = domain::ServerName{"real1"};
    BOOST_TEST(refused(release).reason ==
               "pool shop cannot release real1: it is at its minimum of 1; allocate "
               "another one first, or lower the minimum");
    release.server.reset();
    BOOST_TEST(refused(release).reason == "pool shop can release nobody: no member was named");
    release.kind = IntentKind::nothing;
    BOOST_TEST(refused(release).reason == "there is nothing to do: asked for");
}

// Random fleets: fixed seeds, so that a failure replays.
BOOST_AUTO_TEST_CASE(random_fleets_give_a_true_candidate_or_a_reason_for_each) {
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::mt19937 random(seed);
        allocation = {};
        configured = configuration({}, {});
        states.clear();
        for (unsigned i = 0, count = random() % 8; i < count; ++i) {
            const auto name = "real" + std::to_string(i);
            configured.servers.push_back(server(name, int(random() % 3)));
            if (random() % 4 == 0) configured.pools[0].members.push_back(member(name));
            if (random() % 5 == 0) allocation.quarantine({name}, noon + (random() % 2) * 1s, "seed");
            if (random() % 5 == 0) BOOST_TEST(allocation.reserve({i + 1}, {name}));
            const auto what = random() % 6;
            states.push_back(what == 0   ? unknown(name)
                             : what == 1 ? down(name)
                                         : functional(name, int(random() % 10) * 100));
        }
        const auto choice = choose(grow);
        auto permuted = *this;
        std::shuffle(permuted.configured.servers.begin(), permuted.configured.servers.end(), random);
        std::shuffle(permuted.states.begin(), permuted.states.end(), random);
        BOOST_TEST(permuted.chosen() == chosen(), "seed " << seed);
        if (const auto* refusal = std::get_if<Refusal>(&choice)) {
            BOOST_TEST(refusal->servers.size() == configured.servers.size(), "seed " << seed);
            continue;
        }
        const auto name = std::get<Plan>(choice).member.server;
        BOOST_TEST(!configured.pools[0].member(name), "seed " << seed);
        BOOST_TEST(!allocation.reservedFor(name), "seed " << seed);
        BOOST_TEST((!allocation.quarantinedUntil(name) || *allocation.quarantinedUntil(name) <= noon));
        for (const auto& state : states)
            if (state.name == name) BOOST_TEST(state.utilisation.value() < 800, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(of_a_hundred_servers_each_is_named_and_of_more_a_hundred_that_it_might_have_been) {
    const auto fill = [&](int servers) {
        configured.servers.clear();
        states.clear();
        for (int i = 1; i <= servers; ++i) {
            configured.servers.push_back(server("real" + std::to_string(i)));
            states.push_back(down("real" + std::to_string(i)));
        }
    };
    fill(100);
    BOOST_TEST(refused(grow).servers.size() == 100u);
    BOOST_TEST(refused(grow).servers[0].second == "it is a member of pool shop");
    BOOST_TEST(refused(grow).reason ==
               "no server can join pool shop: of 100, 99 are down, 1 is in a pool already");
    fill(200);
    BOOST_TEST(refused(grow).servers.size() == 100u);
    BOOST_TEST((refused(grow).servers[0].first == domain::ServerName{"real2"}));
    BOOST_TEST(refused(grow).reason ==
               "no server can join pool shop: of 200, 199 are down, 1 is in a pool already");
}

/// real3 is the best candidate, and can work with these data sources.
struct WithSources : Fixture {
    std::vector<domain::DataSourceState> sources{source("db1", domain::Level::normal, 300),
                                                 source("db2", domain::Level::normal, 300)};

    WithSources() {
        configured.servers[2].dataSources = {"db1", "db2", "db3"};
        states[2].agent = true;
    }
    static domain::DataSourceState source(const std::string& name, domain::Level level,
                                          std::optional<int> permille = {}) {
        return {name, level, permille, "cpu", std::string(toString(level)) + ": so it is said"};
    }
    allocation::Choice choice() const { return allocation.choose(noon, configured, grow, states, sources); }
    Plan plan() const {
        const auto made = choice();
        BOOST_TEST_REQUIRE(std::holds_alternative<Plan>(made));
        return std::get<Plan>(made);
    }
    std::string chosenSource() const { return plan().dataSource; }
};

BOOST_FIXTURE_TEST_CASE(the_least_utilised_data_source_is_assigned_and_the_plan_says_why, WithSources) {
    BOOST_TEST(chosenSource() == "db1"); // of equals the preferred one
    sources[1].utilisation = 299;
    BOOST_TEST(chosenSource() == "db2");
    BOOST_TEST(plan().reason == "it is full; it is to use the data source db2, the least utilised one, at "
                                "299 permille");
    sources[0].utilisation = 298;
    BOOST_TEST(chosenSource() == "db1");
}

BOOST_FIXTURE_TEST_CASE(an_unknown_data_source_comes_last_and_a_full_one_not_at_all, WithSources) {
    sources[0] = source("db1", domain::Level::unknown);
    sources[1].utilisation = 799;
    BOOST_TEST(chosenSource() == "db2");
    sources[1] = source("db2", domain::Level::full, 800);
    BOOST_TEST(chosenSource() == "db1");
    BOOST_TEST(plan().reason == "it is full");
    sources[0] = source("db1", domain::Level::full, 800);
    BOOST_TEST(chosenSource() == "db3"); // of which nothing is known
    sources[0] = source("db1", domain::Level::unknown, 10);
    sources[1] = source("db2", domain::Level::normal, 799); // a lower bound is no utilisation
    BOOST_TEST(chosenSource() == "db2");
}

BOOST_FIXTURE_TEST_CASE(a_candidate_whose_data_sources_are_all_full_is_none, WithSources) {
    configured.servers[2].dataSources = {"db1", "db2"};
    sources[0] = source("db1", domain::Level::full, 930);
    BOOST_TEST(plan().member.server.value == "real3");
    sources[1] = source("db2", domain::Level::full, 820);
    BOOST_TEST(plan().member.server.value == "real2"); // which uses none
    BOOST_TEST(chosenSource().empty());
    configured.servers[1].dataSources = {"db2"};
    const auto made = choice();
    BOOST_TEST_REQUIRE(std::holds_alternative<Refusal>(made));
    const auto& refusal = std::get<Refusal>(made);
    BOOST_TEST(refusal.reason == "no server can join pool shop: of 3, 2 are behind a full data source, "
                                 "1 is in a pool already");
    BOOST_TEST(refusal.servers[2].second == "its data source db1 is full: so it is said, and its data source "
                                            "db2 is full: so it is said");
}

BOOST_FIXTURE_TEST_CASE(one_without_an_agent_cannot_be_told_and_uses_the_first, WithSources) {
    sources[0] = source("db1", domain::Level::full, 930);
    BOOST_TEST(plan().member.server.value == "real3");
    states[2].agent = false;
    BOOST_TEST(plan().member.server.value == "real2");
    states[2].agent.reset(); // it may have one
    BOOST_TEST(plan().member.server.value == "real3");
}

BOOST_AUTO_TEST_SUITE_END()
