// The daemon dies, at each entry of the journal, and another one goes on from the record.

#include "play.hpp"
#include "transaction/record.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::transaction {

using domain::IntentKind;
using domain::OutcomeKind;
using domain::Strategy;

namespace {

Play withStrategy(IntentKind kind, Strategy strategy) {
    Play play(kind);
    auto plan = Play::plan(kind);
    plan.approaches[{"citrix-1"}].strategy = strategy;
    play.state = begin({7}, plan, play.now);
    return play;
}

/// What was said to the appliances is said no more; their sessions end.
void die(Play& play) {
    play.open.clear();
    for (auto& [name, box] : play.boxes)
        box.dropSession();
}

/// Headgate is dead until every confirm window is behind.
void outliveWindows(Play& play) {
    die(play);
    play.now += 5min;
    for (auto& [name, box] : play.boxes)
        box.expire(play.now);
    play.started = play.now;
}

void restart(Play& play, const std::string& record) {
    die(play);
    play.state = fromRecord(record);
    play.feed(Recovered{});
    while (play.advance()) {
    }
}

/// All-old or all-new, whatever was said of the end.
void checkEnd(const Play& play, IntentKind kind) {
    BOOST_TEST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST((play.state.outcome->kind != OutcomeKind::indeterminate));
    const bool done = play.state.outcome->kind == OutcomeKind::committed;
    if (!done) BOOST_TEST(play.untouched());
    for (const auto& [name, box] : play.boxes) {
        BOOST_TEST(box.running.members.size() == (!done ? 2U : kind == IntentKind::allocate ? 3U : 1U));
        BOOST_TEST(!box.locked());
        BOOST_TEST(!box.pending());
    }
}

}

BOOST_AUTO_TEST_SUITE(recovery)

BOOST_AUTO_TEST_CASE(a_death_after_any_entry_ends_all_old_or_all_new) {
    for (const auto kind : {IntentKind::allocate, IntentKind::release})
        for (const auto strategy : {Strategy::confirmed, Strategy::candidate, Strategy::direct}) {
            auto whole = withStrategy(kind, strategy);
            whole.run();
            for (std::size_t entries = 1; entries <= whole.journal.size(); ++entries)
                // The commands after that entry: none left, or so many were done without their answers being
                // heard.
                for (std::size_t done = 0; done <= 2; ++done) {
                    auto play = withStrategy(kind, strategy);
                    play.feed(Started{});
                    while (play.journal.size() < entries && play.advance()) {
                    }
                    const auto entry = play.journal[entries - 1];
                    for (std::size_t i = 0; i < done && !play.open.empty(); ++i, play.open.pop_front())
                        (void)play.boxes[play.open.front().appliance.value].answer(play.open.front().request,
                                                                                   play.now);
                    BOOST_TEST_CONTEXT(toString(kind)
                                       << " " << toString(strategy) << " dies in " << entry.view.state << ", "
                                       << done << " commands done") {
                        const auto record = play.record(entries);
                        restart(play, record);
                        checkEnd(play, kind);
                        // From the confirming of the last leg on there is only forward.
                        const auto recorded = fromRecord(record);
                        const bool last = recorded.leg + 1 == recorded.legs.size();
                        const bool forward =
                            entry.view.state == "saving" || (entry.view.state == "confirming" && last);
                        if (forward) BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
                    }
                }
        }
}

BOOST_AUTO_TEST_CASE(a_death_while_undoing_ends_undone) {
    for (const auto strategy : {Strategy::confirmed, Strategy::candidate, Strategy::direct})
        for (std::size_t steps = 0; steps < 30; ++steps) {
            auto play = withStrategy(IntentKind::allocate, strategy);
            play.f5().next("confirm", no(), false, 0);
            play.runTo(Phase::undoing);
            play.f5().obey();
            for (std::size_t i = 0; i < steps; ++i)
                play.advance();
            if (play.state.outcome) break;
            BOOST_TEST_CONTEXT(toString(strategy) << " after " << steps) {
                const std::string record = play.record();
                restart(play, record);
                BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
                BOOST_TEST(play.untouched());
            }
        }
}

BOOST_AUTO_TEST_CASE(what_is_being_confirmed_is_not_undone_because_the_disk_is_full_at_the_restart) {
    Play play;
    play.runTo(Phase::confirming);
    const auto record = play.record();
    die(play);
    play.state = fromRecord(record);
    const auto before = play.journal.size();
    play.feed(Recovered{});
    BOOST_TEST_REQUIRE(play.journal.size() > before);
    for (auto entry = before; entry < play.journal.size(); ++entry)
        BOOST_TEST(play.journal[entry].dispensable);
}

BOOST_AUTO_TEST_CASE(only_what_a_restart_would_go_on_from_otherwise_has_a_record) {
    Play play;
    play.run();
    std::string with;
    for (const auto& entry : play.journal)
        if (!entry.record.empty()) with += entry.view.state + " ";
    BOOST_TEST(with == "gathering locking editing committing confirming saving ");
}

BOOST_AUTO_TEST_CASE(what_was_edited_before_the_death_is_compared_with_what_was_there_before) {
    for (const auto phase : {Phase::editing, Phase::validating}) {
        Play play;
        play.runTo(phase);
        const auto record = play.record();
        restart(play, record);
        BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
        for (const auto& site : play.state.sites) {
            BOOST_TEST_REQUIRE(!site.proof.empty());
            BOOST_TEST(site.proof.front().find("no command that could was sent") == std::string::npos,
                       site.proof.front());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_commit_that_never_arrived_is_not_waited_for_until_its_window_is_over) {
    Play play(IntentKind::release);
    play.runTo(Phase::draining);
    play.runTo(Phase::committing);
    const std::string record = play.record();
    const auto died = play.now;
    restart(play, record);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
    BOOST_TEST((play.now - died).count() < 10000); // the window is a minute
}

BOOST_AUTO_TEST_CASE(what_others_did_before_the_first_read_is_no_doubt_of_ours) {
    for (const auto phase : {Phase::locking, Phase::checking}) {
        Play play;
        play.runTo(phase);
        const std::string record = play.record();
        play.f5().add("10.0.0.9");
        restart(play, record);
        BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    }
}

BOOST_AUTO_TEST_CASE(a_window_that_ran_out_while_nobody_was_there_is_noticed) {
    Play play;
    play.runTo(Phase::confirming);
    const std::string record = play.record();
    outliveWindows(play);
    restart(play, record);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.state.failure->kind == "not-confirmed");
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(one_that_confirmed_before_the_death_is_led_back_when_the_other_has_reverted) {
    Play play;
    play.runTo(Phase::confirming);
    const std::string record = play.record();
    play.answerOne();
    outliveWindows(play);
    restart(play, record);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
}

/// With a full disk the way back had no entry: it is pending, and reads as if nothing had ever happened.
BOOST_AUTO_TEST_CASE(what_reads_as_before_while_an_unknown_commit_is_pending_is_in_doubt) {
    Play play;
    play.runTo(Phase::confirming);
    const std::string record = play.record();
    outliveWindows(play);
    play.f5().next("lock", Refused{"lock-denied", "a confirmed commit is pending", true, false}, false, 0);
    restart(play, record);
    BOOST_TEST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::indeterminate));
    BOOST_TEST_REQUIRE(play.state.outcome->appliances.size() == 1U);
    BOOST_TEST(play.state.outcome->appliances[0].value == "f5-1");
}

BOOST_AUTO_TEST_CASE(a_way_back_that_was_confirmed_before_the_death_is_saved_after_it) {
    Play play;
    play.citrix().next("confirm", no(), false, 0);
    play.runTo(Phase::undoing);
    while (!play.f5().log.ends_with("commit confirm") && play.advance()) {
    }
    BOOST_TEST_REQUIRE(play.f5().running.members.size() == 2U);
    BOOST_TEST_REQUIRE(!play.f5().pending());
    const std::string record = play.record();
    play.f5().log.clear();
    play.citrix().obey();
    restart(play, record);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.f5().log.ends_with("save unlock"));
}

BOOST_AUTO_TEST_CASE(the_record_reads_back_as_it_was_written) {
    auto play = withStrategy(IntentKind::release, Strategy::direct);
    play.run();
    for (const auto& entry : play.journal) {
        if (entry.record.empty()) continue;
        BOOST_TEST(toRecord(fromRecord(entry.record)) == entry.record);
    }
}

BOOST_AUTO_TEST_CASE(the_facts_before_each_leg_are_in_the_record) {
    Play play(IntentKind::release);
    const auto lasting = [](domain::PoolFacts facts) {
        for (auto& member : facts.members)
            member.connections.reset();
        return facts;
    };
    for (const auto phase : {Phase::editing, Phase::draining, Phase::editing}) {
        play.runTo(phase);
        const auto again = fromRecord(play.record());
        for (std::size_t i = 0; i < again.sites.size(); ++i) {
            const auto& site = play.state.sites[i];
            BOOST_TEST((again.sites[i].first.value() == lasting(site.first.value())));
            BOOST_TEST((again.sites[i].before.value() == lasting(site.before.value())));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_restart_knows_the_sessions_that_may_still_hold_a_lock) {
    Play play;
    const std::vector<SessionMark> known{play.session};
    play.runTo(Phase::committing);
    auto record = play.record();
    for (int deaths = 1; deaths <= 2; ++deaths) {
        die(play);
        play.state = fromRecord(record);
        play.session = {"18", play.now};
        play.feed(Recovered{});
        record = play.record();
        while (play.open.empty() || !std::holds_alternative<Lock>(play.open.back().request))
            BOOST_TEST_REQUIRE(play.advance());
        BOOST_TEST((std::get<Lock>(play.open.back().request).former == known));
    }
}

BOOST_AUTO_TEST_CASE(a_record_without_sessions_is_read_as_one_of_a_daemon_that_did_not_know_them) {
    Play play;
    play.runTo(Phase::locking);
    const std::string record = play.record();
    BOOST_TEST(record.find("sessions") == std::string::npos);
    BOOST_TEST(fromRecord(record).sites.front().sessions.empty());
}

BOOST_AUTO_TEST_CASE(what_is_saved_after_a_restart_is_saved_under_the_lock) {
    Play play;
    play.runTo(Phase::saving);
    const std::string record = play.record();
    restart(play, record);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
    BOOST_TEST(play.f5().log.ends_with("confirm lock save read unlock"), play.f5().log);
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_refused) {
    Play play;
    play.runTo(Phase::committing);
    const std::string good = play.record();
    std::string newer = good;
    newer.replace(newer.find("\"version\":1"), 11, "\"version\":2");
    std::string phase = good;
    phase.replace(phase.find("\"phase\":5"), 9, "\"phase\":99");
    for (const auto& bad : {std::string(), std::string("{}"), good.substr(0, good.size() / 2), newer, phase})
        BOOST_CHECK_THROW(fromRecord(bad), BadRecord);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(journal_failure)

BOOST_AUTO_TEST_CASE(an_entry_that_is_not_written_leaves_no_trace) {
    for (const auto kind : {IntentKind::allocate, IntentKind::release})
        for (const auto phase :
             {Phase::gathering, Phase::locking, Phase::checking, Phase::editing, Phase::validating,
              Phase::committing, Phase::verifying, Phase::confirming, Phase::draining}) {
            Play play(kind);
            play.gathers = false;
            const auto before = [&] { return play.state.phase != phase; };
            play.feed(Started{});
            if (kind == IntentKind::allocate && before()) play.gathers = true;
            if (phase != Phase::gathering && kind == IntentKind::allocate) play.feed(play.gathered);
            while (before() && play.advance()) {
            }
            if (play.state.outcome) continue; // this kind has no such state
            BOOST_TEST_CONTEXT(toString(kind) << " " << toString(phase)) {
                play.open.clear(); // the commands behind the entry were not sent
                play.feed(JournalFailed{"the file system is full"});
                while (play.advance()) {
                }
                BOOST_TEST_REQUIRE(play.state.outcome.has_value());
                BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
                BOOST_TEST(play.state.failure->kind == "journal-not-written");
                BOOST_TEST(play.untouched());
            }
        }
}

BOOST_AUTO_TEST_CASE(an_unlock_that_was_not_sent_is_owed_still) {
    Play play(IntentKind::release);
    play.citrix().running.members[1].admin = domain::AdminState::draining; // by its operator: nothing to do
    play.runTo(Phase::draining);
    BOOST_TEST_REQUIRE(play.citrix().locked());
    play.open.clear();
    play.feed(JournalFailed{"the file system is full"});
    while (play.advance()) {
    }
    BOOST_TEST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST(!play.citrix().locked());
    BOOST_TEST(!play.f5().locked());
}

BOOST_AUTO_TEST_CASE(what_was_confirmed_stands_and_is_saved) {
    Play play;
    play.runTo(Phase::saving);
    play.open.clear();
    play.feed(JournalFailed{"the file system is full"});
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
    BOOST_TEST(play.f5().log.ends_with("save read unlock"));
}

BOOST_AUTO_TEST_SUITE_END()

}
