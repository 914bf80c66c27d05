#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::EventSeverity;
using domain::OutcomeKind;

BOOST_AUTO_TEST_SUITE(automatic)

BOOST_AUTO_TEST_CASE(a_full_pool_grows_by_the_best_candidate) {
    Rig rig;
    rig.start();
    rig.run(10s);
    BOOST_TEST(rig.ended.empty());
    rig.fill();
    rig.loads["real4"] = 50;
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
    BOOST_TEST((rig.ended[0].view.id == domain::TransactionId{5}));
    BOOST_TEST(rig.ended[0].view.cause.find("real1") != std::string::npos);
    BOOST_TEST((rig.ended[0].membership->added->server == domain::ServerName{"real4"}));
    BOOST_TEST(rig.ended[0].membership->added->connection.address == "10.0.0.4");
    BOOST_TEST((rig.ended[0].membership->added->origin == domain::Origin::allocated));
    BOOST_TEST(rig.isMember("real4"));
    for (const auto* kind :
         {"server-full", "pool-full", "candidate-chosen", "transaction-state", "pool-grown"})
        BOOST_TEST(rig.told(kind) >= 1U, kind << " was not told");
    const auto& chosen = rig.last("candidate-chosen").text;
    BOOST_TEST(chosen.ends_with("; chosen: real4 (50 permille), before real3 (100 permille)"), chosen);
}

BOOST_AUTO_TEST_CASE(the_journal_comes_before_the_first_command_and_the_end_after_the_last) {
    Rig rig;
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    BOOST_TEST(rig.order.front() == "journal");
    BOOST_TEST(rig.order.at(1) == "gather");
    BOOST_TEST(rig.order.back() == "ended");
}

BOOST_AUTO_TEST_CASE(after_it_grew_it_waits_for_the_cooldown) {
    Rig rig;
    rig.policy().growCooldown = 30s;
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    const auto first = rig.now;
    rig.runUntilEnded(2);
    BOOST_TEST((rig.now - first >= 30s));
    BOOST_TEST((rig.now - first < 33s));
}

BOOST_AUTO_TEST_CASE(an_accused_candidate_is_quarantined_and_the_next_one_succeeds_at_once) {
    Rig rig;
    rig.boxes["citrix-1"].next("commit", no(true));
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    const auto first = rig.now;
    BOOST_TEST((rig.ended[0].outcome.accused == domain::Accused::candidate));
    BOOST_TEST(!rig.ended[0].membership.has_value());
    BOOST_TEST(rig.told("quarantined", EventSeverity::warning) == 1U);
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[2].quarantinedUntil.has_value());
    rig.runUntilEnded(2);
    BOOST_TEST((rig.now - first < 1s));
    BOOST_TEST((rig.ended.at(1).outcome.kind == OutcomeKind::committed));
    BOOST_TEST((!rig.isMember("real3") && rig.isMember("real4")));
    rig.run(6min);
    BOOST_TEST(rig.told("quarantined", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(an_accused_appliance_makes_the_pool_wait_longer_each_time_and_burns_no_candidate) {
    Rig rig;
    rig.boxes["citrix-1"].next(
        "lock", transaction::Refused{"lock-denied", "locked by session 9", true, false}, false, 0);
    rig.start();
    rig.fill();
    rig.runUntilEnded(3);
    BOOST_TEST(rig.told("quarantined") == 0U);
    BOOST_TEST(rig.told("lock-held", EventSeverity::alarm) == 1U);
    const auto& ended = rig.ended;
    BOOST_TEST((*ended.at(1).view.ended - *ended.at(0).view.ended >= 10s));
    BOOST_TEST((*ended.at(2).view.ended - *ended.at(1).view.ended >= 20s));
    for (const auto& end : ended)
        BOOST_TEST(end.view.server.value == "real3");
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm.find("locked by session 9") !=
               std::string::npos);
    rig.boxes["citrix-1"].obey();
    rig.runUntilEnded(4);
    BOOST_TEST((ended.at(3).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.told("lock-held", EventSeverity::clear) == 1U);
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm == "");
}

BOOST_AUTO_TEST_CASE(an_appliance_that_is_connected_again_ends_the_wait) {
    Rig rig;
    rig.boxes["citrix-1"].next("lock", transaction::Unreachable{"no route"});
    rig.start();
    rig.fill();
    rig.runUntilEnded(1);
    rig.give(ApplianceStatus{{"citrix-1"}, false, "no route", {}});
    rig.run(60s);
    BOOST_TEST(rig.ended.size() == 1U);
    BOOST_TEST(rig.told("appliance-lost", EventSeverity::alarm) == 2U);
    rig.give(ApplianceStatus{{"citrix-1"}, true, "", {}});
    rig.runUntilEnded(2, 2s);
    BOOST_TEST(rig.ended.size() == 2U);
    BOOST_TEST(rig.isMember("real3"));
}

BOOST_AUTO_TEST_CASE(an_appliance_that_is_not_configured_any_more_is_not_lost) {
    Rig rig;
    rig.configuration.appliances.push_back(rig.configuration.appliances.front());
    rig.configuration.appliances.back().name = {"spare"};
    rig.start();
    rig.give(ApplianceStatus{{"spare"}, false, "no route", {}});
    rig.configuration.appliances.pop_back();
    rig.start();
    BOOST_TEST(rig.told("appliance-lost", EventSeverity::clear) == 1U);
    BOOST_TEST(rig.last("appliance-lost").text == "spare is not configured any more");
}

BOOST_AUTO_TEST_CASE(no_candidate_is_told_once_and_says_why_for_each_server) {
    Rig rig(2);
    rig.loads["real3"] = 950;
    rig.loads["real4"] = 960;
    rig.start();
    rig.fill();
    rig.run(30s);
    rig.loads["real3"] = 970;
    rig.run(30s);
    BOOST_TEST(rig.told("no-candidate", EventSeverity::alarm) == 1U);
    const auto text = rig.last("no-candidate").text;
    BOOST_TEST(text.find("real3: ") != std::string::npos);
    BOOST_TEST(text.find("real4: ") != std::string::npos);
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm.starts_with("no candidate"));
    rig.loads["real3"] = 100;
    rig.runUntilEnded(1);
    BOOST_TEST(rig.told("no-candidate", EventSeverity::clear) == 1U);
    BOOST_TEST(rig.isMember("real3"));
}

BOOST_AUTO_TEST_CASE(no_candidate_is_over_when_the_pool_is_full_no_more) {
    Rig rig(0);
    rig.start();
    rig.fill();
    rig.run(20s);
    rig.loads["real1"] = 400;
    rig.run(5s);
    BOOST_TEST(rig.told("no-candidate", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(
    an_indeterminate_end_blocks_the_pool_and_keeps_its_server_until_a_check_proves_the_state) {
    Rig rig;
    rig.start();
    rig.fill();
    auto& box = rig.boxes["citrix-1"];
    box.newHealth = domain::Health::down;
    while (box.log.find("commit") == std::string::npos)
        rig.run(5ms);
    for (const auto* verb : {"read", "cancel"})
        box.next(verb, transaction::Unreachable{"no route"}, false, 0);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::indeterminate));
    BOOST_TEST(rig.told("indeterminate", EventSeverity::alarm) == 1U);
    rig.run(10min);
    BOOST_TEST(rig.ended.size() == 1U);
    auto snapshot = rig.controller.snapshot(rig.now);
    BOOST_TEST(snapshot.servers[2].reservedBy == "transaction 5");
    BOOST_TEST(snapshot.pools[0].alarm.find("headgate check proves the state") != std::string::npos);
    rig.give(Request{1, Resume{domain::PoolName{"web"}}});
    rig.give(Request{2, Check{}});
    rig.run(1s);
    BOOST_TEST(rig.told("indeterminate", EventSeverity::clear) == 0U);
    BOOST_TEST_REQUIRE(rig.answers.size() == 2U);
    BOOST_TEST((rig.answers[1].kind == AnswerKind::differs));
    box.obey();
    box.newHealth = domain::Health::up;
    rig.give(Request{3, Check{}});
    rig.runUntilEnded(2);
    BOOST_TEST((rig.ended.at(1).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.told("indeterminate", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(a_pool_with_little_to_do_shrinks) {
    Rig rig;
    rig.policy().releaseConfigured = true;
    rig.start();
    rig.loads["real1"] = 100;
    rig.loads["real2"] = 50;
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
    BOOST_TEST((rig.ended[0].membership->removed == domain::ServerName{"real2"}));
    BOOST_TEST(rig.told("pool-shrunk") == 1U);
    rig.run(5min);
    BOOST_TEST(rig.ended.size() == 1U);
}

BOOST_AUTO_TEST_CASE(pools_that_share_an_appliance_take_turns_and_never_the_same_server) {
    Rig rig;
    auto other = rig.configuration.pools[0];
    other.name = {"shop"};
    other.members = {Rig::member(6)};
    rig.addServer("real6", 6);
    rig.configuration.pools.push_back(other);
    rig.start();
    rig.fill();
    rig.loads["real6"] = 900;
    while (rig.told("candidate-chosen") == 0)
        rig.run(2ms);
    rig.run(4ms);
    BOOST_TEST(rig.told("candidate-chosen") == 1U);
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[2].reservedBy == "transaction 5");
    rig.runUntilEnded(2);
    BOOST_TEST(rig.ended.at(0).view.pool.value == "web");
    BOOST_TEST(rig.ended.at(1).view.pool.value == "shop");
    BOOST_TEST(rig.ended[0].view.server.value == "real3");
    BOOST_TEST(rig.ended[1].view.server.value == "real4");
}

BOOST_AUTO_TEST_CASE(a_reply_that_no_transaction_waits_for_is_dropped) {
    Rig rig;
    rig.start();
    const auto effects =
        rig.controller.handle(rig.now, transaction::Reply{{99}, {"f5-1"}, {1}, transaction::Done{}});
    BOOST_TEST(effects.empty());
    BOOST_TEST(rig.controller.handle(rig.now, domain::Gathered{{99}, {"real3"}, {}, {}, true, ""}).empty());
}

BOOST_AUTO_TEST_CASE(a_pool_that_is_taken_away_lets_its_transaction_end) {
    Rig rig;
    rig.start();
    rig.fill();
    while (rig.open.empty())
        rig.run(10ms);
    rig.configuration.pools.clear();
    rig.give(Configured{rig.configuration});
    rig.runUntilEnded(1);
    BOOST_TEST(rig.ended.size() == 1U);
    BOOST_TEST(!rig.ended[0].membership.has_value());
}

BOOST_AUTO_TEST_CASE(the_snapshot_shows_the_transaction_in_flight) {
    Rig rig;
    rig.start();
    rig.fill();
    while (rig.open.empty())
        rig.run(10ms);
    const auto snapshot = rig.controller.snapshot(rig.now);
    BOOST_TEST((snapshot.pools[0].transaction == domain::TransactionId{5}));
    BOOST_TEST(snapshot.transactions.size() == 1U);
    BOOST_TEST(!snapshot.transactions[0].outcome.has_value());
    BOOST_TEST(snapshot.transactions[0].appliances.size() == 2U);
    BOOST_TEST(snapshot.servers.size() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()

}
