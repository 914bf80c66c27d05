// Appliances that can do less than a confirmed commit, and pairs.

#include "play.hpp"
#include "transaction/record.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::transaction {

using domain::OutcomeKind;
using domain::Strategy;

namespace {

/// f5-1 as strong as can be, citrix-1 as said.
Play weaker(Strategy strategy, domain::IntentKind kind = domain::IntentKind::allocate) {
    Play play(kind);
    auto plan = Play::plan(kind);
    plan.approaches[{"citrix-1"}].strategy = strategy;
    play.state = begin({7}, plan, play.now);
    return play;
}

std::size_t at(const Play& play, const std::string& what) {
    return static_cast<std::size_t>(std::find(play.order.begin(), play.order.end(), what) -
                                    play.order.begin());
}

}

BOOST_AUTO_TEST_SUITE(strategy)

BOOST_AUTO_TEST_CASE(a_plain_commit_goes_last) {
    auto play = weaker(Strategy::candidate);
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.citrix().log == "lock read edit validate commit-now read save read unlock");
    BOOST_TEST(at(play, "f5-1 commit") < at(play, "citrix-1 commit-now"));
    BOOST_TEST(at(play, "citrix-1 commit-now") < at(play, "f5-1 confirm"));
    BOOST_TEST((view(play.state).appliances.at({"citrix-1"}).strategy == Strategy::candidate));
}

BOOST_AUTO_TEST_CASE(running_is_edited_last_after_a_rehearsal) {
    auto play = weaker(Strategy::direct);
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.citrix().log == "lock read rehearse apply read save read unlock");
    BOOST_TEST(at(play, "f5-1 commit") < at(play, "citrix-1 apply"));
}

BOOST_AUTO_TEST_CASE(nothing_is_committed_for_good_before_the_stronger_ones_have_taken_it) {
    for (const auto strategy : {Strategy::candidate, Strategy::direct}) {
        auto play = weaker(strategy);
        play.f5().next("commit", no());
        BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
        BOOST_TEST(at(play, "citrix-1 commit-now") == play.order.size());
        BOOST_TEST(at(play, "citrix-1 apply") == play.order.size());
        BOOST_TEST(play.untouched());
    }
}

BOOST_AUTO_TEST_CASE(what_no_timer_takes_back_is_taken_back_first) {
    for (const auto strategy : {Strategy::candidate, Strategy::direct}) {
        auto play = weaker(strategy);
        play.f5().newHealth = domain::Health::down;
        BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
        BOOST_TEST(play.untouched());
        const auto undone =
            std::find(play.order.rbegin(), play.order.rend(),
                      strategy == Strategy::direct ? "citrix-1 apply" : "citrix-1 commit-now");
        const auto cancelled = std::find(play.order.rbegin(), play.order.rend(), "f5-1 cancel");
        BOOST_TEST((undone > cancelled)); // from behind: the cancel came later
    }
}

BOOST_AUTO_TEST_CASE(the_inverse_is_in_the_journal_before_the_first_edit) {
    auto play = weaker(Strategy::direct);
    play.runTo(Phase::editing);
    BOOST_TEST((play.journal.back().durability == Durability::needed));
    const auto site = fromRecord(play.journal.back().record).sites.at(1);
    BOOST_TEST_REQUIRE(site.way.has_value());
    BOOST_TEST((site.way->operation == domain::Operation::remove));
}

BOOST_AUTO_TEST_CASE(an_unanswered_edit_of_running_is_found_and_taken_back) {
    for (const bool applied : {false, true}) {
        auto play = weaker(Strategy::direct);
        play.citrix().next("apply", NoAnswer{"dropped"}, applied);
        BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
        BOOST_TEST(play.untouched());
        // The lock anew: nothing of the dropped session comes late.
        BOOST_TEST(play.citrix().log.find("apply lock read") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_way_back_that_is_refused_is_no_proof) {
    for (const auto strategy : {Strategy::candidate, Strategy::direct}) {
        const std::string commits = strategy == Strategy::direct ? "apply" : "commit-now";
        auto play = weaker(strategy);
        play.runTo(Phase::committing);
        play.citrix().next(commits, NoAnswer{"dropped"}, true);
        play.citrix().next(commits, Unreachable{"session lost, locks gone"}, false, 2);
        while (play.citrix().log.find(commits) == play.citrix().log.rfind(commits) && play.advance()) {
        }
        // The way back was tried, and now nobody can be reached.
        for (const auto* verb : {"read", "lock"})
            play.citrix().next(verb, Unreachable{"no route"}, false, 0);
        while (play.advance()) {
        }
        BOOST_TEST((play.state.outcome->kind == OutcomeKind::indeterminate));
    }
}

BOOST_AUTO_TEST_CASE(a_drain_of_what_an_operator_has_disabled_changes_nothing_there) {
    for (const auto strategy : {Strategy::confirmed, Strategy::candidate, Strategy::direct}) {
        auto play = weaker(strategy, domain::IntentKind::release);
        play.citrix().running.members[1].admin = domain::AdminState::disabled;
        play.runTo(Phase::draining);
        BOOST_TEST((play.citrix().running.members[1].admin == domain::AdminState::disabled));
        BOOST_TEST(play.citrix().log.find("edit") == std::string::npos);
        BOOST_TEST(play.citrix().log.find("apply") == std::string::npos);
        while (play.advance()) {
        }
        BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
        BOOST_TEST(play.citrix().running.members.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(whoever_cannot_be_fenced_off_is_in_doubt) {
    auto play = weaker(Strategy::candidate);
    play.citrix().next("commit-now", NoAnswer{"hangs"});
    play.citrix().next("lock", heldByOther(), false, 0);
    // The first lock is the transaction's own.
    play.citrix().obey();
    play.runTo(Phase::committing);
    play.citrix().next("commit-now", NoAnswer{"hangs"});
    play.citrix().next("lock", heldByOther(), false, 0);
    while (play.advance()) {
    }
    BOOST_TEST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::indeterminate));
    BOOST_TEST((play.state.outcome->appliances == std::vector<domain::ApplianceName>{{"citrix-1"}}));
}

BOOST_AUTO_TEST_CASE(a_release_over_a_plain_commit_is_taken_back_with_every_leaf) {
    auto play = weaker(Strategy::candidate, domain::IntentKind::release);
    for (auto* box : {&play.f5(), &play.citrix()})
        box->running.members[1].leaves = {{"priority-group", "7"}};
    play.runTo(Phase::draining);
    play.runTo(Phase::verifying);
    play.f5().next("confirm", Refused{"operation-failed", "no", false, false}, false, 0);
    while (play.state.phase != Phase::undoing && play.advance()) {
    }
    play.f5().obey();
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
    BOOST_TEST(play.citrix().running.members[1].leaves.at("priority-group") == "7");
}

BOOST_AUTO_TEST_CASE(the_window_is_extended_while_a_weaker_one_takes_its_time) {
    Play play;
    play.citrix().newHealth = domain::Health::checking;
    auto plan = Play::plan(domain::IntentKind::allocate);
    plan.pool.policy.confirmWindow = 10s;
    plan.pool.policy.verifyDeadline = 30s;
    play.state = begin({7}, plan, play.now);
    play.runTo(Phase::verifying);
    const auto entered = play.now;
    while (play.now < entered + 20s && play.advance()) {
    }
    BOOST_TEST((play.state.phase == Phase::verifying));
    for (auto& member : play.citrix().running.members)
        member.health = domain::Health::up;
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
    BOOST_TEST(play.f5().log.find("extend") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_appliance_that_does_not_extend_is_not_confirmed_too_late) {
    Play play;
    play.citrix().newHealth = domain::Health::checking;
    play.f5().next("extend", no(), false, 0);
    auto plan = Play::plan(domain::IntentKind::allocate);
    plan.pool.policy.confirmWindow = 10s;
    plan.pool.policy.verifyDeadline = 30s;
    play.state = begin({7}, plan, play.now);
    BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pair)

namespace {

Play paired(domain::Role f5, domain::Role citrix) {
    Play play;
    auto plan = Play::plan(domain::IntentKind::allocate);
    for (const auto* name : {"f5-1", "citrix-1"})
        plan.approaches[{name}].pair = "east";
    play.state = begin({7}, plan, play.now);
    play.f5().running.role = f5;
    play.citrix().running.role = citrix;
    return play;
}

}

BOOST_AUTO_TEST_CASE(the_active_one_is_changed_and_the_standby_checked) {
    auto play = paired(domain::Role::active, domain::Role::standby);
    play.runTo(Phase::verifying);
    // The standby copies it, in its own time.
    for (int i = 0; i < 6; ++i)
        play.advance();
    BOOST_TEST((play.state.phase == Phase::verifying));
    play.citrix().add("10.0.0.3");
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
    BOOST_TEST(play.citrix().log == "read");
}

BOOST_AUTO_TEST_CASE(a_standby_that_is_away_is_told_of_and_not_said_to_have_the_change) {
    auto play = paired(domain::Role::active, domain::Role::standby);
    play.citrix().next("read", Unreachable{"no route"}, false, 0);
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST(outcome.reason.ends_with(" on f5-1"));
    BOOST_TEST(play.told("standby-absent"));
}

BOOST_AUTO_TEST_CASE(a_standby_has_no_connections_to_count) {
    auto play = paired(domain::Role::active, domain::Role::standby);
    auto plan = play.state.plan;
    for (auto& [name, approach] : plan.approaches)
        approach.statistics = true;
    play.state = begin({7}, plan, play.now);
    play.runTo(Phase::verifying);
    play.citrix().add("10.0.0.3");
    play.feed(Observed{{7}, {"f5-1"}, true, "", {{"10.0.0.3:80/weight", true, 0, 1}}});
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
}

BOOST_AUTO_TEST_CASE(a_standby_that_does_not_follow_is_a_failure) {
    auto play = paired(domain::Role::active, domain::Role::standby);
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST((outcome.appliances == std::vector<domain::ApplianceName>{{"citrix-1"}}));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(a_standby_need_not_drain_whom_it_has_not_got) {
    for (const auto admin : {domain::AdminState::enabled, domain::AdminState::disabled}) {
        auto play = paired(domain::Role::active, domain::Role::standby);
        auto plan = play.state.plan;
        plan.kind = domain::IntentKind::withdraw;
        plan.member = Play::member("10.0.0.9:80", "10.0.0.9");
        play.state = begin({7}, plan, play.now);
        play.f5().add("10.0.0.9");
        play.f5().running.members.back().admin = admin;
        BOOST_TEST((play.run().kind == OutcomeKind::committed));
        BOOST_TEST(play.f5().running.members.size() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(a_pair_without_or_with_two_active_ones_is_left_alone) {
    for (const auto role : {domain::Role::active, domain::Role::standby}) {
        auto play = paired(role, role);
        BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
        BOOST_TEST(play.state.failure->kind == "pair-unclear");
        BOOST_TEST(play.untouched());
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(statistics)

namespace {

struct Counting : Play {
    Counting() {
        auto what = plan(domain::IntentKind::allocate);
        what.approaches[{"f5-1"}].statistics = true;
        state = begin({7}, what, now);
        runTo(Phase::verifying);
    }
    void count(std::uint64_t sibling, std::uint64_t own, bool answered = true) {
        Observed counts{{7}, {"f5-1"}, answered, answered ? "" : "timeout", {}};
        counts.members = {{"10.0.0.1:80", true, 1, sibling}, {"10.0.0.3:80/weight", true, 0, own}};
        feed(counts);
    }
    void wait(std::chrono::seconds time) {
        const auto until = now + time;
        while (now < until && advance()) {
        }
    }
};

}

BOOST_AUTO_TEST_CASE(a_member_that_its_siblings_leave_without_connections_is_not_confirmed) {
    Counting play;
    play.count(100, 0);
    play.count(120, 0);
    play.wait(2s);
    BOOST_TEST((play.state.phase == Phase::verifying));
    play.count(130, 3);
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
}

BOOST_AUTO_TEST_CASE(where_nobody_gets_connections_none_are_missed_and_that_is_said) {
    Counting play;
    play.count(100, 0);
    play.wait(2s);
    // Whether its siblings get any takes a second look.
    BOOST_TEST((play.state.phase == Phase::verifying));
    play.count(100, 0);
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
    const auto confirming = std::find_if(play.journal.begin(), play.journal.end(),
                                         [](const auto& entry) { return entry.view.state == "confirming"; });
    BOOST_TEST(confirming->detail == "every appliance shows the change; the SNMP agent of f5-1: up, no "
                                     "connection yet, nor a new one to its siblings");
}

BOOST_AUTO_TEST_CASE(a_member_that_gets_connections_needs_one_look) {
    Counting play;
    play.count(100, 1);
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_silent_is_told_of_not_waited_for) {
    Counting play;
    play.count(0, 0, false);
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::committed));
    BOOST_TEST(play.told("statistics-missing"));
}

BOOST_AUTO_TEST_SUITE_END()

}
