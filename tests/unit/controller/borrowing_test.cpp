// A server that one pool can spare, and another one that comes before it wants.

#include "rig.hpp"
#include "transaction/record.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::OutcomeKind;

namespace {

/// Pool web (real1, real2 on f5-1) comes first and grows; shop (real6, real7, real8 on citrix-1) lends.
/// Nobody is spare.
struct Lending : Rig {
    std::vector<Decided> decided;

    Lending()
        : Rig(0) {
        controller = Controller{[] {
            Options options{{5}, 50, 10s, 300s};
            options.queueWait = 20s;
            return options;
        }()};
        auto shop = configuration.pools[0];
        shop.name = {"shop"};
        shop.members.clear();
        boxes["citrix-1"] = {};
        for (int i = 6; i <= 8; ++i) {
            addServer("real" + std::to_string(i), i);
            loads["real" + std::to_string(i)] = 340 + i;
            shop.members.push_back(member(i));
            shop.members.back().origin = domain::Origin::allocated;
            boxes["citrix-1"].add("10.0.0." + std::to_string(i));
        }
        shop.policy.priority = 200;
        shop.policy.lend = true;
        shop.places = {{{"citrix-1"}, "shop"}};
        configuration.pools[0].places = {{{"f5-1"}, "web"}};
        configuration.pools.push_back(shop);
        watches = [this](const auto&) {
            for (const auto& one : controller.decided())
                decided.push_back(one);
        };
    }

    domain::PoolPolicy& shopPolicy() { return configuration.pools[1].policy; }
    bool isIn(std::size_t pool, const std::string& server) const {
        return controller.configuration().pools[pool].member({server}) != nullptr;
    }
    void borrow() {
        start();
        fill();
        runUntilEnded(2);
    }
    std::string hindrance() const {
        std::string all;
        for (const auto& one : decided)
            if (one.pool.value == "web") all += one.hindrance + "\n";
        return all;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(borrowing, Lending)

BOOST_AUTO_TEST_CASE(a_pool_that_comes_first_borrows_whom_the_other_can_spare) {
    borrow();
    BOOST_TEST_REQUIRE(ended.size() == 2U);
    for (const auto& one : ended)
        BOOST_TEST((one.outcome.kind == OutcomeKind::committed));
    BOOST_TEST(ended[0].view.pool.value == "shop");
    BOOST_TEST(ended[0].view.server.value == "real6");
    BOOST_TEST(ended[1].view.pool.value == "web");
    BOOST_TEST(ended[1].view.server.value == "real6");
    BOOST_TEST(isIn(0, "real6"));
    BOOST_TEST(!isIn(1, "real6"));
    BOOST_TEST(last("pool-shrunk")
                   .text.find("it is lent to pool web, which comes first (its priority is 100, before "
                              "200): pool web is full") != std::string::npos);
    BOOST_TEST(last("pool-grown").text.find("real6 is borrowed from pool shop") != std::string::npos);
    BOOST_TEST(told("no-candidate") == 0U);
}

BOOST_AUTO_TEST_CASE(both_decisions_are_kept_with_their_reasons) {
    boxes["citrix-1"].connectionsWhenDrained = 5;
    borrow();
    const auto* release = &decided.front();
    for (const auto& one : decided)
        if (one.pool.value == "shop" && one.transaction) release = &one;
    BOOST_TEST((release->kind == domain::IntentKind::release));
    BOOST_TEST(release->reason.find("it is lent to pool web") == 0U);
    const auto first = std::find_if(decided.begin(), decided.end(), [](const auto& one) {
        return one.pool.value == "web" && one.transaction.has_value();
    });
    BOOST_TEST_REQUIRE((first != decided.end()));
    BOOST_TEST(
        first->reason.find("; real6 can be borrowed from pool shop, which comes after it: pool shop is") !=
        std::string::npos);
    BOOST_TEST(hindrance().find("real6, which it borrows, leaves pool shop first, in transaction 5") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_spare_server_is_taken_before_anybody_is_borrowed) {
    addServer("real3", 3);
    start();
    fill();
    runUntilEnded(1);
    BOOST_TEST(isIn(0, "real3"));
    BOOST_TEST(isIn(1, "real6"));
}

BOOST_AUTO_TEST_CASE(a_pool_of_the_same_priority_lends_nobody) {
    shopPolicy().priority = 100;
    start();
    fill();
    run(60s);
    BOOST_TEST(ended.empty());
    BOOST_TEST(told("no-candidate", domain::EventSeverity::alarm) == 1U);
    shopPolicy().priority = 101;
    give(PoolsChanged{{configuration.pools[1]}});
    runUntilEnded(2);
    BOOST_TEST(isIn(0, "real6"));
    BOOST_TEST(told("no-candidate", domain::EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(a_pool_that_can_spare_nobody_says_why) {
    shopPolicy().minimum = 3;
    start();
    fill();
    run(60s);
    BOOST_TEST(ended.empty());
    BOOST_TEST(hindrance().find("; pool shop lends nobody: ") != std::string::npos);
    BOOST_TEST(hindrance().find("it is at its minimum of 3 members") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_cannot_join_comes_back) {
    boxes["f5-1"].next("edit", no(true), false, 0);
    start();
    fill();
    runUntilEnded(3);
    BOOST_TEST_REQUIRE(ended.size() == 3U);
    BOOST_TEST((ended[1].outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(ended[2].view.pool.value == "shop");
    BOOST_TEST((ended[2].outcome.kind == OutcomeKind::committed));
    BOOST_TEST(isIn(1, "real6"));
    BOOST_TEST(last("pool-grown").text.find("real6 comes back from pool web, which borrowed it: ") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_cannot_come_back_either_is_spare_and_that_is_told) {
    boxes["f5-1"].next("edit", no(true), false, 0);
    boxes["citrix-1"].next("edit", no(true), false, 3); // the first two are the release's
    start();
    fill();
    runUntilEnded(3);
    BOOST_TEST_REQUIRE(ended.size() == 3U);
    BOOST_TEST((ended[2].outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(told("loan-not-returned", domain::EventSeverity::warning) == 1U);
    BOOST_TEST(
        last("loan-not-returned").text.find("real6 does not come back to pool shop, which lent it to web") ==
        0U);
}

BOOST_AUTO_TEST_CASE(who_is_not_wanted_any_more_comes_back) {
    start();
    fill();
    while (ended.empty() && now < nextPoll + 60s) {
        run(20ms);
        if (!journal.empty()) give(Request{9, Hold{domain::PoolName{"web"}}});
    }
    runUntilEnded(2);
    BOOST_TEST_REQUIRE(ended.size() == 2U);
    BOOST_TEST(ended[1].view.pool.value == "shop");
    BOOST_TEST(isIn(1, "real6"));
    BOOST_TEST(last("pool-grown").text.find("it is not wanted any more") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(on_its_way_it_is_nobody_else_s) {
    start();
    fill();
    while (ended.empty())
        run(20ms);
    give(Request{9, Allocate{{"shop"}, domain::ServerName{"real6"}}});
    BOOST_TEST_REQUIRE(!answers.empty());
    BOOST_TEST((answers.back().kind == AnswerKind::refused));
    runUntilEnded(2);
    BOOST_TEST(isIn(0, "real6"));
}

BOOST_AUTO_TEST_CASE(a_restart_while_it_leaves_goes_on_with_the_loan) {
    start();
    fill();
    // Drained, and removed; only that is not told yet.
    while (journal.empty() || journal.back().view.state != "saving")
        run(2ms);
    std::string record;
    for (const auto& entry : journal)
        if (!entry.record.empty()) record = entry.record;
    for (auto& [name, box] : boxes)
        box.dropSession();
    open.clear();
    configuration = controller.configuration();
    controller = Controller{Options{{9}, 50, 10s, 300s}};
    start();
    give(Recover{{transaction::fromRecord(record)}});
    runUntilEnded(2);
    BOOST_TEST_REQUIRE(ended.size() == 2U);
    BOOST_TEST(ended[0].view.pool.value == "shop");
    BOOST_TEST(isIn(0, "real6"));
    BOOST_TEST(last("pool-grown").text.find("real6 is borrowed from pool shop") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_would_be_borrowed_is_said_to_who_asks_for_the_plan) {
    configuration.pools[0].held = true;
    start();
    fill();
    run(30s);
    give(Request{1, PlanQuestion{{"web"}}});
    BOOST_TEST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(answers[0].text.find("; real6 can be borrowed from pool shop") != std::string::npos);
    BOOST_TEST(ended.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}
