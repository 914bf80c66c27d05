#include "play.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::transaction {

using domain::Accused;
using domain::OutcomeKind;

BOOST_AUTO_TEST_SUITE(success)

BOOST_AUTO_TEST_CASE(a_member_joins_both_appliances) {
    Play play;
    const auto& outcome = play.run();
    BOOST_TEST(outcome.reason == "add real3 at 10.0.0.3:80 weight 1 on f5-1, citrix-1");
    BOOST_TEST((outcome.kind == OutcomeKind::committed && outcome.accused == Accused::nobody));
    BOOST_TEST(
        play.states() ==
        "gathering locking checking editing validating committing verifying confirming saving committed");
    for (const auto& [name, box] : play.boxes) {
        BOOST_TEST(box.log == "lock read edit validate commit read confirm save read unlock");
        BOOST_TEST(box.running.members.size() == 3U);
        BOOST_TEST((!box.locked() && !box.pending()));
    }
}

BOOST_AUTO_TEST_CASE(the_gathered_settings_are_recorded_with_the_wanted_weight) {
    Play play;
    play.state.member.connection.weight = 5;
    play.run();
    BOOST_TEST((play.state.member.connection == domain::ConnectionSettings{"10.0.0.3", 80, "http", 5, 0}));
}

BOOST_AUTO_TEST_CASE(nobody_commits_before_all_are_ready) {
    Play play;
    play.runTo(Phase::validating);
    play.answerOne();
    BOOST_TEST(play.open.size() == 1U);
    BOOST_TEST(toString(play.open.front().request) == "validate");
    play.answerOne();
    BOOST_TEST(play.open.size() == 2U);
    BOOST_TEST(toString(play.open.front().request) == "commit");
}

BOOST_AUTO_TEST_CASE(the_persist_id_names_transaction_and_leg) {
    Play play;
    play.runTo(Phase::committing);
    BOOST_TEST(std::get<Commit>(play.open.front().request).persistId == "headgate-7-1");
    BOOST_TEST((std::get<Commit>(play.open.front().request).window == 60s));
}

BOOST_AUTO_TEST_CASE(the_journal_is_written_before_the_commands) {
    const auto made = step(Play().state, {}, Started{});
    BOOST_TEST(std::holds_alternative<Journal>(made.outputs.front()));
    Play play;
    for (const auto phase : {Phase::locking, Phase::editing, Phase::committing, Phase::confirming}) {
        play.runTo(phase);
        BOOST_TEST(play.journal.back().view.state == toString(phase));
    }
}

BOOST_AUTO_TEST_CASE(late_and_doubled_replies_change_nothing) {
    Play play;
    play.runTo(Phase::checking);
    const Command read = play.open.front();
    play.answerOne();
    const auto before = view(play.state);
    auto made =
        step(play.state, play.now, Reply{read.transaction, read.appliance, read.token, NoAnswer{"late"}});
    BOOST_TEST((view(made.state) == before));
    BOOST_TEST(made.outputs.empty());
}

BOOST_AUTO_TEST_CASE(verification_polls_until_the_member_is_up) {
    Play play;
    play.f5().newHealth = domain::Health::checking;
    play.runTo(Phase::verifying);
    for (int i = 0; i < 20; ++i)
        play.advance();
    BOOST_TEST((play.state.phase == Phase::verifying));
    BOOST_TEST(view(play.state).appliances[{"f5-1"}].step == "waiting: real3: its health is checking");
    BOOST_TEST(view(play.state).appliances[{"citrix-1"}].step == "verified");
    play.f5().running.members.back().health = domain::Health::up;
    while (play.advance()) {
    }
    BOOST_TEST((play.state.phase == Phase::committed));
}

BOOST_AUTO_TEST_CASE(a_read_refused_once_while_verifying_does_no_harm) {
    Play play;
    play.citrix().next("read", no(), false, 2);
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
}

BOOST_AUTO_TEST_CASE(a_save_is_tried_again) {
    Play play;
    play.citrix().next("save", no());
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.citrix().log.ends_with("confirm save lock save read unlock"));
    BOOST_TEST(!play.told("not-saved"));
}

BOOST_AUTO_TEST_CASE(a_save_without_answer_is_outlived_before_it_is_tried_again) {
    Play play;
    play.citrix().next("save", NoAnswer{"timed out"});
    play.citrix().next("lock", heldByOther(), false, 2); // by the session in which it is still under way
    BOOST_TEST((play.run().kind == domain::OutcomeKind::committed));
    BOOST_TEST(play.citrix().log.ends_with("confirm save lock lock save read unlock"));
    BOOST_TEST(!play.told("not-saved"));
}

BOOST_AUTO_TEST_CASE(a_save_that_keeps_failing_is_an_alarm_and_the_change_stands) {
    Play play;
    play.citrix().next("save", no(), false, 0);
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.told("not-saved"));
    BOOST_TEST(!play.citrix().locked());
}

BOOST_AUTO_TEST_CASE(an_appliance_that_lost_the_change_before_saving_is_an_alarm) {
    Play play;
    play.runTo(Phase::saving);
    play.citrix().running.members.pop_back();
    while (play.advance()) {
    }
    BOOST_TEST((play.state.phase == Phase::committed));
    BOOST_TEST(play.told("drift"));
}

BOOST_AUTO_TEST_CASE(an_unlock_that_keeps_being_refused_is_an_alarm) {
    Play play;
    play.f5().next("unlock", no(), false, 0);
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.told("lock-left"));
}

BOOST_AUTO_TEST_CASE(a_confirm_without_answer_that_was_done_counts) {
    Play play;
    play.citrix().next("confirm", NoAnswer{"session dropped"}, true);
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.citrix().log ==
               "lock read edit validate commit read confirm confirm read save read unlock");
    BOOST_TEST((play.now - play.started < 10s));
}

BOOST_AUTO_TEST_CASE(a_confirm_without_answer_that_was_not_done_is_repeated) {
    Play play;
    play.citrix().next("confirm", NoAnswer{"session dropped"});
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(!play.citrix().pending());
}

BOOST_AUTO_TEST_CASE(a_confirm_refused_twice_is_repeated) {
    Play play;
    play.citrix().next("confirm", no());
    play.citrix().next("confirm", no());
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
}

BOOST_AUTO_TEST_CASE(a_member_leaves_both_appliances_after_it_has_drained) {
    Play play(domain::IntentKind::release);
    const auto& outcome = play.run();
    BOOST_TEST(outcome.reason == "remove b at 10.0.0.2:80 on f5-1, citrix-1");
    BOOST_TEST(play.states() ==
               "locking checking editing validating committing verifying confirming draining locking "
               "checking editing validating committing verifying confirming saving committed");
    for (const auto& [name, box] : play.boxes) {
        BOOST_TEST(box.log ==
                   "lock read edit validate commit read confirm unlock read lock read edit validate commit "
                   "read confirm save read unlock");
        BOOST_TEST(box.running.members.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(draining_waits_for_the_last_connection) {
    Play play(domain::IntentKind::release);
    play.citrix().connectionsWhenDrained = 3;
    play.runTo(Phase::draining);
    for (int i = 0; i < 12; ++i)
        play.advance();
    BOOST_TEST((play.state.phase == Phase::draining));
    BOOST_TEST((!play.f5().locked() && !play.citrix().locked()));
    BOOST_TEST(view(play.state).appliances[{"citrix-1"}].step == "draining, 3 connections left");
    play.citrix().running.members[1].connections = 0;
    for (int i = 0; i < 6; ++i)
        play.advance();
    BOOST_TEST((play.state.phase != Phase::draining));
}

BOOST_AUTO_TEST_CASE(draining_ends_at_its_deadline) {
    Play play(domain::IntentKind::release);
    play.citrix().connectionsWhenDrained = 3;
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST((play.now - play.started >= 30s));
    BOOST_TEST((play.now - play.started < 35s));
}

BOOST_AUTO_TEST_CASE(draining_survives_an_appliance_that_cannot_be_read) {
    Play play(domain::IntentKind::release);
    play.runTo(Phase::draining);
    play.citrix().next("read", NoAnswer{"gone"});
    while (play.advance()) {
    }
    BOOST_TEST((play.state.phase == Phase::committed));
}

BOOST_AUTO_TEST_CASE(the_plan_says_its_changes_beforehand) {
    const auto all = changes(Play::plan(domain::IntentKind::release));
    BOOST_TEST(all.size() == 2U);
    BOOST_TEST(domain::describe(all[0]) == "drain b at 10.0.0.2:80");
    BOOST_TEST(domain::describe(all[1]) == "remove b at 10.0.0.2:80");
}

BOOST_AUTO_TEST_SUITE_END()

}
