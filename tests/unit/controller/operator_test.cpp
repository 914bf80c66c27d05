#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::OutcomeKind;
using domain::PoolName;
using domain::ServerName;

BOOST_AUTO_TEST_SUITE(operators)

BOOST_AUTO_TEST_CASE(an_allocate_is_answered_when_its_transaction_has_ended) {
    Rig rig;
    rig.start();
    rig.run(2s);
    rig.give(Request{42, Allocate{{"web"}, ServerName{"real5"}}});
    BOOST_TEST(rig.answers.empty());
    rig.runUntilEnded(1);
    BOOST_TEST(rig.answers.at(0).request == 42U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::done));
    BOOST_TEST((rig.answers[0].transaction == domain::TransactionId{5}));
    BOOST_TEST(rig.isMember("real5"));
}

BOOST_AUTO_TEST_CASE(what_will_be_recorded_is_foreseen_while_the_appliances_save) {
    Rig rig;
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Allocate{{"web"}, ServerName{"real5"}}});
    rig.runUntilEnded(1);
    rig.give(Request{2, Release{{"web"}, {"real5"}}});
    while (rig.foreseen.size() < 2)
        rig.run(2ms);
    BOOST_TEST(rig.journal.back().view.state == "saving");
    BOOST_TEST(rig.ended.size() == 1U);
    rig.runUntilEnded(2);
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST((rig.ended[i].membership == rig.foreseen.at(i)));
}

BOOST_AUTO_TEST_CASE(who_asked_is_told_and_recorded) {
    Rig rig;
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Allocate{{"web"}, ServerName{"real5"}}, "ann", {4, "192.0.2.1"}});
    rig.runUntilEnded(1);
    BOOST_TEST(rig.ended.at(0).view.cause == "ann asked for it");
    BOOST_TEST(rig.ended[0].by == "ann");
    BOOST_TEST((rig.ended[0].session == domain::NetconfSession{4, "192.0.2.1"}));
    rig.give(Request{2, Hold{PoolName{"web"}}, "ben", {5, "local"}});
    BOOST_TEST(rig.holds.at(0).by == "ben");
    BOOST_TEST((rig.holds[0].session == domain::NetconfSession{5, "local"}));
    BOOST_TEST(rig.last("pool-held").text == "web is held by ben: no automatic change");
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_of_a_member_is_looked_after) {
    Rig rig;
    rig.start();
    rig.run(2s);
    domain::Asked asked;
    asked.port = 81;
    rig.give(Request{1, Allocate{{"web"}, ServerName{"real5"}, asked}, "ann"});
    rig.runUntilEnded(1);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::rolledBack));
    BOOST_TEST(rig.answers[0].text == "real5 tells other settings: its port is 80, and 81 was asked for");
    BOOST_TEST(rig.told("quarantined") == 0U);
    asked.port = 80;
    rig.give(Request{2, Allocate{{"web"}, ServerName{"real5"}, asked}, "ann"});
    rig.runUntilEnded(2);
    BOOST_TEST(rig.isMember("real5"));
    BOOST_TEST((rig.ended.at(1).membership->added->origin == domain::Origin::configured));
}

BOOST_AUTO_TEST_CASE(a_release_is_answered_too) {
    Rig rig;
    rig.start();
    rig.run(2s);
    rig.give(Request{43, Release{{"web"}, {"real2"}}});
    rig.runUntilEnded(1);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::done));
    BOOST_TEST(!rig.isMember("real2"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused_at_once_with_its_reason) {
    Rig rig;
    rig.policy().minimum = 2;
    rig.start();
    rig.run(2s);
    const std::vector<std::pair<decltype(Request::what), std::string>> cases{
        {Allocate{{"nope"}, {}}, "there is no pool nope"},
        {Allocate{{"web"}, ServerName{"nope"}}, "nope"},
        {Allocate{{"web"}, ServerName{"real1"}}, "it is a member already"},
        {Release{{"web"}, {"real4"}}, "real4"},
        {Release{{"web"}, {"real2"}}, "minimum"},
        {Hold{PoolName{"nope"}}, "there is no pool nope"},
        {Resume{PoolName{"nope"}}, "there is no pool nope"},
        {PlanQuestion{{"nope"}}, "there is no pool nope"},
    };
    for (const auto& [what, why] : cases) {
        rig.answers.clear();
        rig.give(Request{1, what});
        BOOST_TEST(rig.answers.size() == 1U);
        BOOST_TEST((rig.answers[0].kind == AnswerKind::refused));
        BOOST_TEST(rig.answers[0].text.find(why) != std::string::npos,
                   rig.answers[0].text << " lacks " << why);
    }
    BOOST_TEST(rig.order.empty());
}

BOOST_AUTO_TEST_CASE(a_second_request_for_a_pool_in_change_is_refused) {
    Rig rig;
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Allocate{{"web"}, {}}});
    rig.give(Request{2, Allocate{{"web"}, {}}});
    BOOST_TEST(rig.answers.at(0).request == 2U);
    BOOST_TEST(rig.answers[0].text == "web is being changed by transaction 5; ask again when it has ended");
}

BOOST_AUTO_TEST_CASE(an_appliance_that_is_not_connected_refuses_at_once) {
    Rig rig;
    rig.start();
    rig.run(2s);
    rig.give(ApplianceStatus{{"f5-1"}, false, "no route", {}});
    rig.give(Request{1, Allocate{{"web"}, {}}});
    BOOST_TEST(rig.answers.at(0).text == "web: f5-1 is not connected: no route");
}

BOOST_AUTO_TEST_CASE(a_named_server_that_fails_is_answered_with_the_rollback) {
    Rig rig;
    rig.boxes["f5-1"].next("validate", no(true));
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Allocate{{"web"}, ServerName{"real3"}}});
    rig.runUntilEnded(1);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::rolledBack));
    BOOST_TEST(rig.answers[0].text == rig.ended[0].outcome.reason);
    rig.run(5s);
    BOOST_TEST(rig.ended.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_names_no_server_gets_the_next_one_when_the_first_fails) {
    Rig rig;
    rig.boxes["f5-1"].next("validate", no(true));
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Allocate{{"web"}, {}}});
    rig.runUntilEnded(2);
    BOOST_TEST(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::done));
    BOOST_TEST((!rig.isMember("real3") && rig.isMember("real4")));
}

BOOST_AUTO_TEST_CASE(when_every_candidate_fails_the_answer_is_the_last_rollback) {
    Rig rig(2);
    rig.boxes["f5-1"].next("validate", no(true), false, 0);
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Allocate{{"web"}, {}}});
    rig.runUntilEnded(2);
    BOOST_TEST(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::rolledBack));
    BOOST_TEST((rig.answers[0].outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(rig.answers[0].text.find("no server can join pool web") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_held_pool_does_not_change_by_itself_but_by_hand) {
    Rig rig;
    rig.start();
    rig.give(Request{1, Hold{PoolName{"web"}}});
    BOOST_TEST((rig.holds.size() == 1U && rig.holds[0].held));
    rig.fill();
    rig.run(60s);
    BOOST_TEST(rig.ended.empty());
    rig.give(Request{2, Allocate{{"web"}, {}}});
    rig.runUntilEnded(1);
    BOOST_TEST((rig.answers.at(1).kind == AnswerKind::done));
    rig.give(Request{3, Resume{}});
    BOOST_TEST((rig.holds.size() == 2U && !rig.holds[1].held));
    rig.runUntilEnded(2);
    BOOST_TEST(rig.ended.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_plan_of_a_held_pool_says_what_its_resuming_would_begin) {
    Rig rig;
    rig.start();
    rig.give(Request{1, Hold{PoolName{"web"}}});
    rig.fill();
    rig.run(20s);
    rig.give(Request{2, PlanQuestion{{"web"}}});
    const auto& answer = rig.answers.at(1);
    BOOST_TEST((answer.intent->kind == domain::IntentKind::allocate));
    BOOST_TEST(answer.plan.has_value());
    BOOST_TEST(answer.text.starts_with(
                   "it is held by an operator: nothing is done until it is resumed; then allocate: "),
               answer.text);
    rig.run(20s);
    BOOST_TEST(rig.ended.empty());
}

BOOST_AUTO_TEST_CASE(a_plan_question_has_no_side_effects) {
    Rig rig;
    rig.start();
    rig.run(2s);
    rig.give(Request{1, PlanQuestion{{"web"}}});
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::planned));
    BOOST_TEST((rig.answers[0].intent->kind == domain::IntentKind::nothing));
    BOOST_TEST(!rig.answers[0].plan.has_value());
    rig.give(Request{2, Hold{}});
    rig.fill();
    rig.run(10s);
    BOOST_TEST(rig.order.empty());
}

BOOST_AUTO_TEST_CASE(a_plan_says_who_would_join_and_each_change_or_why_nobody_can) {
    Rig rig;
    rig.start();
    rig.fill();
    rig.run(2s);
    rig.give(ApplianceStatus{{"f5-1"}, false, "no route", {}});
    rig.run(10s);
    rig.give(Request{1, PlanQuestion{{"web"}}});
    const auto& answer = rig.answers.at(0);
    BOOST_TEST((answer.intent->kind == domain::IntentKind::allocate));
    BOOST_TEST(domain::describe(answer.changes.at(0)) == "add real3 at 10.0.0.3:80 weight 1");
    BOOST_TEST(answer.text.find("f5-1 is not connected") != std::string::npos);
    BOOST_TEST(rig.order.empty());
    for (const auto* name : {"real3", "real4", "real5"})
        rig.loads[name] = 950;
    rig.run(3s);
    rig.give(Request{2, PlanQuestion{{"web"}}});
    BOOST_TEST(rig.answers.at(1).refusal->servers.size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_request_waits_for_an_appliance_that_another_pool_is_changing) {
    Rig rig;
    auto other = rig.configuration.pools[0];
    other.name = {"shop"};
    other.members = {Rig::member(6)};
    rig.addServer("real6", 6);
    rig.configuration.pools.push_back(other);
    rig.start();
    rig.run(2s);
    rig.give(Request{1, Allocate{{"web"}, {}}});
    rig.give(Request{2, Allocate{{"shop"}, {}}});
    BOOST_TEST(rig.answers.empty());
    rig.runUntilEnded(2);
    BOOST_TEST(rig.answers.size() == 2U);
    BOOST_TEST(rig.ended.at(1).view.pool.value == "shop");
}

BOOST_AUTO_TEST_SUITE_END()

}
