// What others do while a transaction is under way, as the simulation found it.

#include "play.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::transaction {

using domain::AdminState;
using domain::IntentKind;
using domain::OutcomeKind;
using domain::Role;

namespace {

Play paired(IntentKind kind) {
    Play play(kind);
    auto plan = play.state.plan;
    for (const auto* name : {"f5-1", "citrix-1"})
        plan.approaches[{name}].pair = "east";
    play.state = begin({7}, plan, play.now);
    play.f5().running.role = Role::active;
    play.citrix().running.role = Role::standby;
    return play;
}

void follow(Play& play) {
    auto members = play.f5().running.members;
    play.citrix().running.members = std::move(members);
}

void finish(Play& play) {
    while (play.advance()) {
    }
    BOOST_TEST_REQUIRE(play.state.outcome.has_value());
}

}

BOOST_AUTO_TEST_SUITE(others)

BOOST_AUTO_TEST_CASE(whom_somebody_takes_off_between_the_legs_is_not_put_back) {
    Play play(IntentKind::release);
    play.runTo(Phase::draining);
    play.runTo(Phase::locking);
    play.citrix().running.members.pop_back();
    finish(play);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.citrix().running.members.size() == 1U);
    BOOST_TEST((play.f5().running.members.at(1).admin == AdminState::enabled));
}

BOOST_AUTO_TEST_CASE(whom_somebody_enables_between_the_legs_stays_enabled) {
    Play play(IntentKind::release);
    auto& member = play.citrix().running.members[1];
    member.admin = AdminState::draining;
    play.runTo(Phase::draining);
    play.runTo(Phase::locking);
    play.citrix().running.members[1].admin = AdminState::enabled;
    play.f5().next("edit", no());
    finish(play);
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(time_does_not_spin_while_an_extension_is_under_way) {
    Play play;
    play.citrix().newHealth = domain::Health::checking;
    auto plan = Play::plan(IntentKind::allocate);
    plan.pool.policy.confirmWindow = 10s;
    plan.pool.policy.verifyDeadline = 30s;
    play.state = begin({7}, plan, play.now);
    play.runTo(Phase::verifying);
    const auto extends = [&] {
        return std::any_of(play.open.begin(), play.open.end(), [](const Command& command) {
            return std::holds_alternative<Extend>(command.request);
        });
    };
    while (!extends() && play.advance()) {
    }
    // Nobody answers any more.
    for (int i = 0; i < 5; ++i) {
        const auto next = nextDeadline(play.state);
        BOOST_TEST_REQUIRE(next.has_value());
        play.now = std::max(play.now, *next);
        play.feed(Timer{});
        const auto again = nextDeadline(play.state);
        BOOST_TEST_REQUIRE(again.has_value());
        BOOST_TEST((*again > play.now));
    }
}

BOOST_AUTO_TEST_CASE(what_an_inverse_took_back_is_saved) {
    Play play;
    play.citrix().next("confirm", no(), false, 0);
    BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.f5().log.ends_with("save unlock"));
    BOOST_TEST(play.citrix().log.find("save") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_active_one_that_vanishes_between_the_legs_is_no_absent_standby) {
    auto play = paired(IntentKind::release);
    play.runTo(Phase::verifying);
    follow(play);
    play.runTo(Phase::draining);
    play.runTo(Phase::locking);
    play.f5().next("read", Unreachable{"no route"});
    while (play.advance())
        if (play.state.phase == Phase::undoing) follow(play);
    BOOST_TEST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
}

BOOST_AUTO_TEST_CASE(a_standby_that_was_away_when_its_partner_drained_is_to_be_led_back_too) {
    auto play = paired(IntentKind::release);
    play.citrix().next("read", Unreachable{"no route"});
    play.runTo(Phase::draining);
    follow(play);
    play.runTo(Phase::editing);
    play.f5().next("edit", no(), false, 0);
    while (play.advance()) {
    }
    BOOST_TEST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::indeterminate));
    BOOST_TEST(play.state.outcome->reason.find("citrix-1 may not be as it was") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_standby_whose_partner_was_not_changed_is_not_waited_for) {
    auto play = paired(IntentKind::withdraw);
    play.state.member = Play::member("10.0.0.9:80", "10.0.0.9");
    play.state.plan.member = play.state.member;
    play.citrix().add("10.0.0.9");
    BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
    BOOST_TEST((play.now < play.started + 5s));
}

BOOST_AUTO_TEST_SUITE_END()

}
