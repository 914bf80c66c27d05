#include "play.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::transaction {

using domain::Accused;
using domain::OutcomeKind;

BOOST_AUTO_TEST_SUITE(failure)

namespace {

/// What citrix-1 answers, and what must come of it.
struct Case {
    std::string verb;
    Result answer;
    bool applied;
    Accused accused;
    std::string kind;
    std::string citrix; ///< its commands in order
    std::string f5;
};

const std::string prepared = "lock read edit validate ";
const std::string undone = "discard read unlock";

const std::vector<Case> cases{
    {"lock", heldByOther(), false, Accused::appliance, "lock-held", "lock", "lock unlock"},
    {"lock", no(), false, Accused::appliance, "appliance-refused", "lock", "lock unlock"},
    {"lock", NoAnswer{"silent"}, true, Accused::appliance, "appliance-lost", "lock unlock", "lock unlock"},
    {"lock", Unreachable{"no route"}, false, Accused::appliance, "appliance-lost", "lock", "lock unlock"},
    {"read", no(), false, Accused::appliance, "appliance-refused", "lock read unlock", "lock read unlock"},
    {"read", NoAnswer{"silent"}, false, Accused::appliance, "appliance-lost", "lock read unlock",
     "lock read unlock"},
    {"edit", no(true), false, Accused::candidate, "refused-by-name", "lock read edit " + undone,
     "lock read edit " + undone},
    {"edit", no(), false, Accused::appliance, "appliance-refused", "lock read edit " + undone,
     "lock read edit " + undone},
    {"edit", NoAnswer{"silent"}, true, Accused::appliance, "appliance-lost", "lock read edit " + undone,
     "lock read edit " + undone},
    {"edit", Unreachable{"session lost, locks gone"}, false, Accused::appliance, "appliance-lost",
     "lock read edit " + undone, "lock read edit " + undone},
    {"validate", no(true), false, Accused::candidate, "refused-by-name", prepared + undone,
     prepared + undone},
    {"validate", no(), false, Accused::appliance, "appliance-refused", prepared + undone, prepared + undone},
    {"validate", NoAnswer{"silent"}, false, Accused::appliance, "appliance-lost", prepared + undone,
     prepared + undone},
    {"commit", no(true), false, Accused::candidate, "refused-by-name", prepared + "commit " + undone,
     prepared + "commit cancel " + undone},
    {"commit", no(), false, Accused::appliance, "appliance-refused", prepared + "commit " + undone,
     prepared + "commit cancel " + undone},
    {"commit", NoAnswer{"dropped after"}, true, Accused::appliance, "appliance-lost",
     prepared + "commit cancel discard lock read unlock", prepared + "commit cancel " + undone},
    {"commit", NoAnswer{"dropped before"}, false, Accused::appliance, "appliance-lost",
     prepared + "commit cancel discard lock read unlock", prepared + "commit cancel " + undone},
    {"commit", Unreachable{"session lost, locks gone"}, false, Accused::appliance, "appliance-lost",
     prepared + "commit " + undone, prepared + "commit cancel " + undone},
};

}

BOOST_AUTO_TEST_CASE(every_failure_of_one_appliance_leaves_no_trace_on_any) {
    for (const auto& expected : cases) {
        BOOST_TEST_CONTEXT(expected.verb << " " << expected.kind << " " << expected.applied) {
            Play play;
            play.citrix().next(expected.verb, expected.answer, expected.applied);
            const auto& outcome = play.run();
            BOOST_TEST((outcome.kind == OutcomeKind::rolledBack));
            BOOST_TEST(toString(outcome.accused) == toString(expected.accused));
            BOOST_TEST(play.state.failure->kind == expected.kind);
            BOOST_TEST((outcome.appliances == std::vector<domain::ApplianceName>{{"citrix-1"}}));
            BOOST_TEST(outcome.reason.starts_with("citrix-1: " + expected.verb));
            BOOST_TEST(play.citrix().log == expected.citrix);
            BOOST_TEST(play.f5().log == expected.f5);
            BOOST_TEST(play.untouched());
            BOOST_TEST(play.states().ends_with("undoing rolled-back"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_release_never_accuses_the_member_that_leaves) {
    for (const auto* verb : {"edit", "validate", "commit"}) {
        Play play(domain::IntentKind::release);
        play.citrix().next(verb, no(true));
        BOOST_TEST((play.run().accused == Accused::appliance));
        BOOST_TEST(play.untouched());
    }
}

// gathering

BOOST_AUTO_TEST_CASE(a_candidate_that_does_not_answer_is_accused) {
    Play play;
    play.gathered.answered = false;
    play.gathered.connection.reset();
    play.gathered.reason = "timeout";
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::candidate));
    BOOST_TEST(outcome.reason == "real3 did not answer when asked for its settings: timeout");
    BOOST_TEST(play.order.empty());
}

BOOST_AUTO_TEST_CASE(a_candidate_of_which_nothing_is_heard_is_accused_after_half_a_minute) {
    Play play;
    play.gathers = false;
    BOOST_TEST((play.run().accused == Accused::candidate));
    BOOST_TEST((play.now - play.started == 30s));
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_be_used_accuse_the_candidate) {
    const std::vector<std::pair<domain::ConnectionSettings, std::string>> settings{
        {{"", 80, "http", 1, 0}, "it names no address"},
        {{"10.0.0.3", 0, "http", 1, 0}, "it names no port"},
        {{"10.0.0.1", 80, "http", 1, 0}, "10.0.0.1:80 is recorded as a already"}};
    for (const auto& [connection, why] : settings) {
        Play play;
        play.gathered.connection = connection;
        const auto& outcome = play.run();
        BOOST_TEST((outcome.accused == Accused::candidate));
        BOOST_TEST(outcome.reason == "the settings of real3 cannot be used: " + why);
    }
}

BOOST_AUTO_TEST_CASE(a_candidate_that_gives_no_settings_is_accused) {
    Play play;
    play.gathered.connection.reset();
    play.gathered.reason = "nginx does not listen";
    BOOST_TEST(play.run().reason == "real3 gave no settings: nginx does not listen");
}

BOOST_AUTO_TEST_CASE(another_servers_settings_are_not_taken) {
    Play play;
    play.gathered.server = {"real4"};
    BOOST_TEST((play.run().accused == Accused::candidate));
    BOOST_TEST(play.order.empty());
}

// checking

BOOST_AUTO_TEST_CASE(drift_is_refused_with_its_reason) {
    struct Drift {
        void (*make)(support::FakeAppliance&);
        std::string why;
    };
    const std::vector<Drift> drifts{
        {[](auto& box) { box.running.members.pop_back(); }, "it lacks b at 10.0.0.2:80"},
        {[](auto& box) { box.add("10.0.0.9"); }, "it has 10.0.0.9:80 that is not recorded"},
        {[](auto& box) { box.add("10.0.0.3"); }, "it has 10.0.0.3:80 that is not recorded"},
    };
    for (const auto& drift : drifts) {
        Play play;
        drift.make(play.citrix());
        const auto& outcome = play.run();
        BOOST_TEST(outcome.reason == "citrix-1: its pool web is not as recorded: " + drift.why);
        BOOST_TEST((outcome.accused == Accused::appliance));
        BOOST_TEST(play.state.failure->kind == "drift");
        BOOST_TEST(play.citrix().log == "lock read unlock");
    }
}

BOOST_AUTO_TEST_CASE(a_pool_that_is_not_there_is_refused) {
    Play play;
    play.citrix().running = {};
    BOOST_TEST(play.run().reason == "citrix-1: it has no pool web");
}

BOOST_AUTO_TEST_CASE(a_drained_member_of_an_operator_is_no_drift) {
    Play play;
    play.citrix().running.members[0].admin = domain::AdminState::draining;
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
}

// verifying

BOOST_AUTO_TEST_CASE(a_member_that_never_comes_up_is_accused_and_taken_back) {
    Play play;
    play.citrix().newHealth = domain::Health::down;
    const auto& outcome = play.run();
    BOOST_TEST(outcome.reason == "citrix-1: not verified in time: real3: its health is down");
    BOOST_TEST((outcome.accused == Accused::candidate && outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.f5().log == prepared + "commit read cancel " + undone);
    BOOST_TEST((play.now - play.started > 20s));
    BOOST_TEST((play.now - play.started < 25s));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(a_sibling_that_gets_worse_accuses_the_candidate) {
    Play play;
    play.runTo(Phase::verifying);
    play.f5().running.members[0].health = domain::Health::down;
    while (play.advance()) {
    }
    BOOST_TEST(play.state.outcome->reason ==
               "f5-1: not verified in time: its sibling 10.0.0.1:80 was up and is down");
    BOOST_TEST((play.state.outcome->accused == Accused::candidate));
}

BOOST_AUTO_TEST_CASE(a_sibling_that_was_down_before_is_no_reason) {
    Play play;
    play.f5().running.members[0].health = domain::Health::down;
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
}

BOOST_AUTO_TEST_CASE(a_change_that_vanishes_accuses_the_appliance) {
    Play play;
    play.runTo(Phase::verifying);
    play.citrix().running.members.pop_back();
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->accused == Accused::appliance));
    BOOST_TEST(play.state.outcome->reason == "citrix-1: not verified in time: real3: it is not there");
}

BOOST_AUTO_TEST_CASE(another_weight_than_asked_for_accuses_the_appliance) {
    Play play;
    play.runTo(Phase::verifying);
    play.citrix().running.members.back().weight = 9;
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->accused == Accused::appliance));
}

BOOST_AUTO_TEST_CASE(a_session_lost_while_verifying_undoes_everything) {
    Play play;
    play.citrix().next("read", NoAnswer{"session dropped"}, false, 2);
    const auto& outcome = play.run();
    BOOST_TEST((outcome.accused == Accused::appliance && outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(reads_that_are_refused_until_the_deadline_accuse_the_appliance) {
    Play play;
    play.runTo(Phase::verifying);
    play.citrix().next("read", no(), false, 0);
    while (play.state.phase == Phase::verifying && play.advance()) {
    }
    play.citrix().obey();
    while (play.advance()) {
    }
    BOOST_TEST(play.state.outcome->reason == "citrix-1: not verified in time: it could not be read");
    BOOST_TEST((play.state.outcome->accused == Accused::appliance));
}

// confirming

BOOST_AUTO_TEST_CASE(what_one_has_confirmed_is_taken_back_when_the_other_will_not) {
    Play play;
    play.citrix().next("confirm", no(), false, 0);
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::appliance));
    BOOST_TEST(play.citrix().log == prepared + "commit read confirm confirm confirm cancel " + undone);
    BOOST_TEST(play.f5().log ==
               prepared + "commit read confirm read lock read edit validate commit confirm read save unlock");
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(an_appliance_away_through_the_window_has_reverted_and_the_other_is_taken_back) {
    Play play;
    play.runTo(Phase::confirming);
    play.citrix().next("confirm", Unreachable{"no route"}, false, 0);
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.state.outcome->reason == "citrix-1: the commit reverted before it was confirmed");
    BOOST_TEST((play.now - play.started > 60s));
    BOOST_TEST(play.untouched());
}

// The window is over by our clock, not by the appliance's: what is read there is still to revert.
BOOST_AUTO_TEST_CASE(a_change_that_is_there_after_its_window_is_not_confirmed_by_that) {
    for (const bool answers : {false, true}) {
        Play play;
        play.f5().timerLate = 40s;
        play.runTo(Phase::confirming);
        play.f5().next("confirm", NoAnswer{"timed out"});
        play.f5().next("confirm", Refused{"in-use", "locked by session 3", true, false}, false, 0);
        while (play.now < play.started + 65s && play.advance()) {
        }
        if (answers) play.f5().obey();
        while (play.advance()) {
        }
        for (auto& [name, box] : play.boxes)
            box.expire(play.now + 10min);
        BOOST_TEST(
            (play.state.outcome->kind == (answers ? OutcomeKind::committed : OutcomeKind::rolledBack)));
        for (auto& [name, box] : play.boxes)
            BOOST_TEST(box.running.members.size() == (answers ? 3U : 2U));
        BOOST_TEST(!play.f5().pending());
    }
}

BOOST_AUTO_TEST_SUITE_END()

// undoing

BOOST_AUTO_TEST_SUITE(way_back)

BOOST_AUTO_TEST_CASE(a_cancel_that_is_refused_waits_for_the_window_and_reads_again) {
    Play play;
    play.citrix().newHealth = domain::Health::down;
    play.f5().next("cancel", no(), false, 0);
    BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
    BOOST_TEST((play.now - play.started >= 60s));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(a_cancel_without_answer_is_repeated) {
    Play play;
    play.citrix().newHealth = domain::Health::down;
    play.f5().next("cancel", NoAnswer{"silent"}, true);
    BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.f5().log == "lock read edit validate commit read cancel cancel discard read unlock");
}

BOOST_AUTO_TEST_CASE(an_appliance_that_cannot_be_read_any_more_is_in_doubt_and_named) {
    Play play;
    play.runTo(Phase::verifying);
    for (const auto* verb : {"read", "cancel", "discard"})
        play.citrix().next(verb, Unreachable{"no route"}, false, 0);
    while (play.advance()) {
    }
    const auto& outcome = *play.state.outcome;
    BOOST_TEST((outcome.kind == OutcomeKind::indeterminate));
    BOOST_TEST((outcome.appliances == std::vector<domain::ApplianceName>{{"citrix-1"}}));
    BOOST_TEST(outcome.reason.find("citrix-1 may not be as it was: it could not be read") !=
               std::string::npos);
    BOOST_TEST((play.now - play.started > 60s));
    BOOST_TEST((play.now - play.started < 120s));
    BOOST_TEST(!play.f5().locked());
}

BOOST_AUTO_TEST_CASE(an_appliance_that_comes_back_in_time_is_proved) {
    Play play;
    play.runTo(Phase::verifying);
    for (const auto* verb : {"read", "cancel"})
        play.citrix().next(verb, Unreachable{"no route"}, false, 0);
    while (play.now < play.started + 70s && play.advance()) {
    }
    play.citrix().obey();
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(an_appliance_that_was_never_committed_to_is_not_in_doubt_when_it_dies) {
    Play play;
    for (const auto* verb : {"edit", "discard", "read"})
        play.citrix().next(verb, NoAnswer{"dead"}, false, std::string(verb) == "read" ? 2 : 1);
    BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
}

/// Plays a failing transaction until f5-1 has reverted, lets something happen there, and plays on.
template <typename Happens>
Play undoneWhile(Happens happens) {
    Play play;
    play.citrix().newHealth = domain::Health::down;
    play.runTo(Phase::undoing);
    while (play.f5().pending() && play.advance()) {
    }
    happens(play.f5().running);
    while (play.advance()) {
    }
    return play;
}

BOOST_AUTO_TEST_CASE(a_sibling_that_the_way_back_lost_is_named) {
    const auto play = undoneWhile([](domain::PoolFacts& running) { running.members.pop_back(); });
    const auto& outcome = *play.state.outcome;
    BOOST_TEST((outcome.kind == OutcomeKind::indeterminate));
    BOOST_TEST(outcome.reason.find("f5-1 may not be as it was: member 10.0.0.2:80 is gone") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_an_operator_changed_meanwhile_is_left_and_told) {
    const auto play = undoneWhile([](domain::PoolFacts& running) {
        running.leaves["monitor"] = "none";
        running.members[0].admin = domain::AdminState::disabled;
    });
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    const auto proof = view(play.state).appliances.at({"f5-1"}).proof;
    BOOST_TEST_REQUIRE(proof.size() == 3U);
    BOOST_TEST(proof[0] == "member 10.0.0.3:80: before not there, now the same");
    BOOST_TEST(proof[1] == "2 members before, the same now; 2 leaves compared");
    BOOST_TEST(proof[2] == "changed by somebody else, and left so: monitor: none → 'none'");
}

/// The confirmed drain differs from what was there before; an operator takes the member off by hand after
/// that was read and before the lock is had.
BOOST_AUTO_TEST_CASE(what_an_operator_disables_while_the_way_back_waits_for_its_lock_stays_disabled) {
    Play play(domain::IntentKind::release);
    play.citrix().next("confirm", no(), false, 0);
    play.runTo(Phase::undoing);
    const auto& member = play.f5().running.members[1];
    BOOST_TEST_REQUIRE((member.admin == domain::AdminState::draining));
    while (play.state.sites[0].undo != Undo::lock && play.advance()) {
    }
    play.f5().running.members[1].admin = domain::AdminState::disabled;
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST((member.admin == domain::AdminState::disabled));
}

BOOST_AUTO_TEST_CASE(a_commit_that_was_refused_but_done_is_found_and_cancelled) {
    Play play;
    play.citrix().next("commit", no(), true);
    BOOST_TEST((play.run().kind == OutcomeKind::rolledBack || play.untouched()));
    BOOST_TEST(play.citrix().running.members.size() == 2U);
}

BOOST_AUTO_TEST_CASE(every_step_of_the_inverse_change_is_repeated_when_it_fails) {
    for (const auto* verb : {"lock", "edit", "validate", "commit", "confirm"})
        for (const bool applied : {false, true}) {
            BOOST_TEST_CONTEXT(verb << " " << applied) {
                Play play;
                play.citrix().next("confirm", no(), false, 0);
                play.runTo(Phase::undoing);
                play.f5().next(verb, applied ? Result(NoAnswer{"dropped"}) : Result(no()), applied);
                while (play.advance()) {
                }
                BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
                BOOST_TEST(play.untouched());
            }
        }
}

// Its timer is late: the way back is there after its window, and is still to revert.
BOOST_AUTO_TEST_CASE(a_way_back_that_was_never_confirmed_is_no_proof_after_its_window) {
    for (const bool answers : {false, true}) {
        Play play;
        play.f5().timerLate = 60s;
        play.citrix().next("confirm", no(), false, 0);
        play.runTo(Phase::undoing);
        play.f5().next("confirm", NoAnswer{"timed out"}, false, 0);
        while (play.now < play.started + 70s && play.advance()) {
        }
        BOOST_TEST(play.f5().pending());
        if (answers) play.f5().obey();
        while (play.advance()) {
        }
        for (auto& [name, box] : play.boxes)
            box.expire(play.now + 10min);
        BOOST_TEST(
            (play.state.outcome->kind == (answers ? OutcomeKind::rolledBack : OutcomeKind::indeterminate)));
        BOOST_TEST(play.f5().running.members.size() == (answers ? 2U : 3U));
    }
}

BOOST_AUTO_TEST_CASE(a_way_back_that_may_still_be_committed_is_no_proof) {
    Play play;
    play.citrix().next("confirm", no(), false, 0);
    play.runTo(Phase::undoing);
    play.f5().next("commit", NoAnswer{"timed out"});
    while (!play.f5().log.ends_with("commit confirm") && play.advance()) {
    }
    // A session that we left holds the lock, and will do what it was asked for.
    play.f5().next("lock", heldByOther(), false, 0);
    const auto persist = play.state.sites[0].pending;
    BOOST_TEST(persist == "headgate-7-undo-1");
    play.f5().next("confirm", Refused{"in-use", "locked by session 3", true, false}, false, 0);
    for (int i = 0; i < 6; ++i)
        play.advance();
    play.f5().timerLate = 2min;
    (void)play.f5().answer(Commit{60s, persist}, play.now);
    while (play.advance()) {
    }
    play.f5().expire(play.now + 10min);
    BOOST_TEST(play.f5().running.members.size() == 3U);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::indeterminate));
}

BOOST_AUTO_TEST_CASE(a_release_whose_second_leg_fails_brings_the_member_back) {
    for (const auto* verb : {"lock", "edit", "validate", "commit"}) {
        BOOST_TEST_CONTEXT(verb) {
            Play play(domain::IntentKind::release);
            play.runTo(Phase::draining);
            play.citrix().next(verb, no());
            while (play.advance()) {
            }
            const auto& outcome = *play.state.outcome;
            BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::appliance));
            BOOST_TEST(play.untouched());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_release_confirmed_on_one_only_is_added_again_there) {
    Play play(domain::IntentKind::release);
    play.runTo(Phase::draining);
    play.citrix().next("confirm", no(), false, 3);
    play.citrix().next("confirm", no(), false, 1);
    play.citrix().next("confirm", no(), false, 1);
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(a_command_that_southbound_never_answers_is_given_up_after_two_minutes) {
    Play play;
    play.runTo(Phase::editing);
    const auto lost = play.open.back();
    play.open.pop_back();
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST((play.state.outcome->appliances == std::vector<domain::ApplianceName>{lost.appliance}));
    BOOST_TEST((play.now - play.started >= 120s));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_SUITE_END()

}
