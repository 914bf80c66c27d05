// Pools that share an appliance, and appliances of which not everything can be had.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::OutcomeKind;

namespace {

/// web is on both appliances, api on f5-1, shop on citrix-1.
Rig sharing() {
    Rig rig(6);
    rig.controller = Controller{[] {
        Options options{{5}, 50, 10s, 300s};
        options.queueWait = 20s;
        return options;
    }()};
    for (const auto& [name, appliance] : {std::pair{"api", "f5-1"}, {"shop", "citrix-1"}}) {
        domain::Pool pool;
        pool.name = {name};
        pool.application = {"web"};
        pool.policy.minimum = 0;
        pool.places = {{{appliance}, "web"}};
        rig.configuration.pools.push_back(pool);
    }
    rig.start();
    rig.poll();
    return rig;
}

std::vector<std::uint64_t> begun(const Rig& rig) {
    std::vector<std::uint64_t> ids;
    for (const auto& entry : rig.journal)
        if (ids.empty() || std::find(ids.begin(), ids.end(), entry.view.id.value) == ids.end())
            ids.push_back(entry.view.id.value);
    return ids;
}

}

BOOST_AUTO_TEST_SUITE(sharing_)

BOOST_AUTO_TEST_CASE(a_request_waits_for_a_shared_appliance_until_its_deadline) {
    auto rig = sharing();
    rig.give(Request{1, Allocate{{"web"}, domain::ServerName{"real3"}}});
    rig.give(Request{2, Allocate{{"api"}, domain::ServerName{"real4"}}});
    const auto asked = rig.now;
    rig.asked.clear();
    while (rig.answers.empty() && rig.now < asked + 60s)
        rig.run(100ms);
    BOOST_TEST_REQUIRE(!rig.answers.empty());
    // The first one's candidate never told its settings; the second one did not wait for ever.
    BOOST_TEST(rig.answers[0].request == 2U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::refused));
    BOOST_TEST(rig.answers[0].text.find("transaction 5") != std::string::npos);
    BOOST_TEST((rig.now - asked).count() >= 20000);
    BOOST_TEST((rig.now - asked).count() < 21000);
}

BOOST_AUTO_TEST_CASE(pools_that_share_nothing_change_at_the_same_time) {
    auto rig = sharing();
    rig.give(Request{1, Allocate{{"api"}, domain::ServerName{"real3"}}});
    rig.give(Request{2, Allocate{{"shop"}, domain::ServerName{"real4"}}});
    BOOST_TEST(begun(rig) == (std::vector<std::uint64_t>{5, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_two_appliances_is_not_overtaken_for_ever) {
    auto rig = sharing();
    rig.give(Request{1, Allocate{{"api"}, domain::ServerName{"real3"}}});
    rig.give(Request{2, Allocate{{"web"}, domain::ServerName{"real4"}}});
    // citrix-1 is free, but web, which also needs it, came first.
    rig.give(Request{3, Allocate{{"shop"}, domain::ServerName{"real5"}}});
    BOOST_TEST(begun(rig).size() == 1U);
    rig.runUntilEnded(3);
    BOOST_TEST_REQUIRE(rig.ended.size() == 3U);
    BOOST_TEST(rig.ended[1].view.pool.value == "web");
}

BOOST_AUTO_TEST_CASE(a_server_serves_several_pools_each_with_its_part) {
    auto rig = sharing();
    rig.configuration.servers[2].shares = {{{"api"}, 250}, {{"shop"}, 750}};
    rig.revisions["real3"] = 1;
    rig.weights["real3"] = 100;
    for (auto& [name, box] : rig.boxes) {
        box.running.members.clear();
        box.running.leaves.clear();
    }
    rig.start();
    rig.poll();
    rig.give(Request{1, Allocate{{"api"}, domain::ServerName{"real3"}}});
    rig.runUntilEnded(1);
    rig.give(Request{2, Allocate{{"shop"}, domain::ServerName{"real3"}}});
    rig.runUntilEnded(2);
    BOOST_TEST_REQUIRE(rig.ended.size() == 2U);
    const auto& pools = rig.controller.configuration().pools;
    for (std::size_t i = 1; i <= 2; ++i) {
        BOOST_TEST((rig.ended[i - 1].outcome.kind == OutcomeKind::committed),
                   rig.ended[i - 1].outcome.reason);
        BOOST_TEST_REQUIRE(pools[i].member({"real3"}));
        BOOST_TEST(pools[i].member({"real3"})->connection.weight == (i == 1 ? 25 : 75));
    }
    rig.give(Request{3, Release{{"api"}, {"real3"}}});
    rig.runUntilEnded(3);
    BOOST_TEST(!pools[1].member({"real3"}));
    BOOST_TEST(pools[2].member({"real3"}));
    rig.give(Request{4, Allocate{{"web"}, domain::ServerName{"real3"}}});
    BOOST_TEST(rig.answers.back().text.find(
                   "it serves only pools api (250 permille) and shop (750 permille)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_server_is_never_promised_twice) {
    auto rig = sharing();
    rig.give(Request{1, Allocate{{"api"}, domain::ServerName{"real3"}}});
    rig.give(Request{2, Allocate{{"shop"}, domain::ServerName{"real3"}}});
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST(rig.answers[0].request == 2U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::refused));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(capability)

namespace {

void capable(Rig& rig, const std::string& appliance, std::vector<std::string> names) {
    for (auto& name : names)
        name.insert(0, "urn:ietf:params:netconf:capability:");
    rig.give(ApplianceStatus{{appliance}, true, "", std::move(names)});
}

}

BOOST_AUTO_TEST_CASE(an_appliance_is_changed_by_what_it_can_do) {
    Rig rig;
    rig.start();
    capable(rig, "f5-1", {"candidate:1.0", "confirmed-commit:1.1"});
    capable(rig, "citrix-1", {"writable-running:1.0", "rollback-on-error:1.0"});
    rig.fill();
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
    BOOST_TEST((rig.ended[0].view.appliances.at({"citrix-1"}).strategy == domain::Strategy::direct));
    BOOST_TEST(rig.boxes["citrix-1"].log.find("apply") != std::string::npos);
    BOOST_TEST(rig.boxes["f5-1"].log.find("confirm") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_appliance_that_cannot_be_changed_safely_is_left_alone) {
    Rig rig;
    rig.start();
    capable(rig, "citrix-1", {"writable-running:1.0"});
    rig.poll();
    rig.give(Request{1, Allocate{{"web"}, std::nullopt}});
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::refused));
    BOOST_TEST(rig.answers[0].text.find("citrix-1 can be changed in no safe way") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_pair_is_changed_while_its_standby_is_away) {
    Rig rig;
    for (auto& appliance : rig.configuration.appliances)
        appliance.pair = "east";
    rig.start();
    rig.boxes["f5-1"].running.role = domain::Role::active;
    rig.boxes["citrix-1"].next("read", transaction::Unreachable{"no route"}, false, 0);
    rig.give(ApplianceStatus{{"citrix-1"}, false, "no route", {}});
    rig.fill();
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.told("standby-absent") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}
