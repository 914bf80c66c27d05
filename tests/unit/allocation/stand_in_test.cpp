#include "allocation/allocation.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace headgate;
using namespace headgate::support;
using allocation::Allocation;
using domain::Intent;
using domain::IntentKind;
using domain::Plan;
using domain::Refusal;
using domain::ServerState;
using domain::StandIn;

namespace {

/// real1 is down; real2 to real4 could stand in.
struct Standing {
    Allocation allocation;
    domain::Configuration configured = configuration({"real1", "real2", "real3", "real4"}, {"real1"});
    std::vector<ServerState> states{down("real1"), functional("real2", 300), functional("real3", 200),
                                    functional("real4", 250)};
    Intent wanted{IntentKind::allocate, {"shop"}, std::nullopt, false, "real1 is down"};

    Standing() {
        wanted.inPlaceOf = domain::ServerName{"real1"};
        policy() = domain::FailOver{};
    }
    std::optional<domain::FailOver>& policy() { return configured.pools[0].policy.failOver; }
    allocation::Choice choose() const { return allocation.choose(noon, configured, wanted, states); }
    std::string chosen(StandIn by) {
        policy()->choice = by;
        const auto choice = choose();
        const auto* plan = std::get_if<Plan>(&choice);
        return plan ? plan->member.server.value : "-";
    }
    void memory(std::size_t index, double permille) { states[index].readings["memory"] = permille; }
};

}

BOOST_FIXTURE_TEST_SUITE(standing_in, Standing)

BOOST_AUTO_TEST_CASE(the_plan_says_for_whom_and_gives_it_that_ones_weight) {
    configured.pools[0].members[0].connection.weight = 7;
    const auto choice = choose();
    const auto& plan = std::get<Plan>(choice);
    BOOST_TEST(plan.member.server.value == "real3");
    BOOST_TEST(plan.member.standsInFor.value == "real1");
    BOOST_TEST(plan.member.connection.weight == 7);
    BOOST_TEST((plan.member.origin == domain::Origin::allocated));
}

BOOST_AUTO_TEST_CASE(the_least_utilised_or_the_least_for_its_weight) {
    BOOST_TEST(chosen(StandIn::leastUtilised) == "real3");
    policy()->candidates = {{{"real2"}, 2}};
    BOOST_TEST(chosen(StandIn::weighted) == "real2"); // 301 / 2 < 201
    policy()->candidates = {{{"real2"}, 1}};
    BOOST_TEST(chosen(StandIn::weighted) == "real3");
}

BOOST_AUTO_TEST_CASE(who_has_been_free_the_longest_or_became_free_last) {
    allocation.left({"real2"}, noon - 60s);
    allocation.left({"real3"}, noon - 90s);
    BOOST_TEST(chosen(StandIn::firstInFirstOut) == "real4"); // has never served
    BOOST_TEST(chosen(StandIn::lastInFirstOut) == "real2");
    allocation.left({"real4"}, noon - 30s);
    BOOST_TEST(chosen(StandIn::firstInFirstOut) == "real3");
    BOOST_TEST(chosen(StandIn::lastInFirstOut) == "real4");
}

BOOST_AUTO_TEST_CASE(the_first_of_a_list_that_is_suitable) {
    policy()->candidates = {{{"real4"}, 1}, {{"real2"}, 1}};
    BOOST_TEST(chosen(StandIn::prioritised) == "real4");
    states[3] = down("real4");
    BOOST_TEST(chosen(StandIn::prioritised) == "real2");
    states[1] = down("real2");
    BOOST_TEST(chosen(StandIn::prioritised) == "real3"); // who is not in it comes last
}

BOOST_AUTO_TEST_CASE(by_hash_a_member_has_the_same_one_each_time_and_members_are_spread) {
    std::set<std::string> all;
    for (int i = 0; i < 40; ++i) {
        wanted.inPlaceOf = domain::ServerName{"failed" + std::to_string(i)};
        const auto first = chosen(StandIn::hash);
        std::reverse(states.begin(), states.end());
        std::reverse(configured.servers.begin(), configured.servers.end());
        BOOST_TEST(chosen(StandIn::hash) == first);
        all.insert(first);
        // Another one that is gone changes nothing.
        auto gone = states;
        std::erase_if(gone, [&](const auto& state) {
            return state.name.value != first && state.name.value != "real1";
        });
        std::swap(states, gone);
        BOOST_TEST(chosen(StandIn::hash) == first);
        std::swap(states, gone);
    }
    BOOST_TEST(all.size() == 3u);
}

BOOST_AUTO_TEST_CASE(who_has_too_much_of_a_resource_in_use_is_unsuitable_and_unknown_forbids_nothing) {
    memory(2, 750);
    BOOST_TEST(chosen(StandIn::leastUtilised) == "real3");
    memory(2, 751);
    BOOST_TEST(chosen(StandIn::leastUtilised) == "real4");
    policy()->limits = {{"connections", 240}};
    states[3].readings["connections"] = 241; // of 1000, as its profile says
    memory(2, 999);
    BOOST_TEST(chosen(StandIn::leastUtilised) == "real3");
    for (std::size_t i = 1; i < states.size(); ++i)
        states[i].readings["connections"] = 500;
    const auto choice = choose();
    const auto& refusal = std::get<Refusal>(choice);
    BOOST_TEST(refusal.reason.find("3 are short of a resource") != std::string::npos);
    BOOST_TEST(refusal.servers.back().second == "its connections are at 500 permille, above 240");
}

BOOST_AUTO_TEST_CASE(a_pool_that_only_grows_looks_at_none_of_that) {
    memory(2, 999);
    wanted.inPlaceOf.reset();
    const auto choice = choose();
    BOOST_TEST(std::get<Plan>(choice).member.server.value == "real3");
    BOOST_TEST(std::get<Plan>(choice).member.standsInFor.value.empty());
}

BOOST_AUTO_TEST_SUITE_END()
