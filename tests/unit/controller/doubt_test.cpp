// What is in doubt stays in doubt over a restart, and what a transaction left draining is part of it.

#include "rig.hpp"
#include "transaction/record.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::AdminState;
using domain::EventSeverity;
using domain::OutcomeKind;

namespace {

void isolate(support::FakeAppliance& box) {
    for (const auto* verb : {"lock", "read", "cancel", "confirm", "unlock"})
        box.next(verb, transaction::Unreachable{"no route"}, false, 0);
}

/// An allocation of real3 whose way back could not be proved on citrix-1. What citrix-1 really has is as it
/// was.
Rig inDoubt() {
    Rig rig;
    rig.start();
    rig.fill();
    auto& box = rig.boxes["citrix-1"];
    box.newHealth = domain::Health::down;
    while (box.log.find("commit") == std::string::npos)
        rig.run(5ms);
    isolate(box);
    rig.runUntilEnded(1);
    BOOST_TEST_REQUIRE((rig.ended.at(0).outcome.kind == OutcomeKind::indeterminate));
    return rig;
}

/// A release of real2 that drained it on both; then citrix-1 was gone, and f5-1 was led back.
Rig drainInDoubt() {
    Rig rig;
    rig.policy().releaseConfigured = true;
    rig.start();
    rig.poll();
    auto& box = rig.boxes["citrix-1"];
    box.connectionsWhenDrained = 1;
    rig.give(Request{1, Release{{"web"}, {"real2"}}});
    while (rig.journal.empty() || rig.journal.back().view.state != "draining")
        rig.run(5ms);
    isolate(box);
    box.dropSession();
    rig.runUntilEnded(1, 10min);
    BOOST_TEST_REQUIRE((rig.ended.at(0).outcome.kind == OutcomeKind::indeterminate));
    BOOST_TEST_REQUIRE((box.running.members[1].admin == AdminState::draining));
    return rig;
}

/// What a state directory would hold.
Recover leftBy(const Rig& rig) {
    Recover left;
    for (const auto& end : rig.ended)
        if (end.doubt)
            left.doubts.push_back(
                {end.view, std::make_shared<const transaction::State>(
                               transaction::fromRecord(transaction::toRecord(*end.doubt)))});
    for (const auto& event : rig.events) {
        std::erase_if(left.alarms, [&](const auto& other) {
            return other.kind == event.kind && other.pool == event.pool &&
                   other.appliance == event.appliance &&
                   (event.severity == EventSeverity::alarm || event.severity == EventSeverity::clear);
        });
        if (event.severity == EventSeverity::alarm) left.alarms.push_back(event);
    }
    return left;
}

Rig restarted(const Rig& before, const Recover& left) {
    Rig rig;
    rig.boxes = before.boxes;
    rig.loads = before.loads;
    rig.now = before.now;
    rig.nextPoll = before.now;
    rig.controller = Controller{Options{{9}, 50, 10s, 300s}};
    rig.configuration = before.controller.configuration();
    rig.start();
    rig.give(left);
    return rig;
}

domain::Event alarm(const std::string& kind, std::optional<domain::PoolName> pool,
                    std::optional<domain::ApplianceName> appliance) {
    domain::Event made;
    made.severity = EventSeverity::alarm;
    made.kind = kind;
    made.pool = std::move(pool);
    made.appliance = std::move(appliance);
    made.text = "it was so";
    return made;
}

bool cleared(const Rig& rig, const std::string& kind) {
    return rig.told(kind, EventSeverity::clear) == 1U && rig.told(kind, EventSeverity::alarm) == 0U;
}

}

BOOST_AUTO_TEST_SUITE(doubt)

BOOST_AUTO_TEST_CASE(an_end_in_doubt_brings_what_a_restart_needs_of_it) {
    const auto rig = inDoubt();
    BOOST_TEST_REQUIRE((rig.ended[0].doubt != nullptr));
    BOOST_TEST((rig.ended[0].doubt->id == rig.ended[0].view.id));
    Rig other;
    other.start();
    other.fill();
    other.runUntilEnded(1);
    BOOST_TEST((other.ended.at(0).doubt == nullptr));
}

BOOST_AUTO_TEST_CASE(a_doubt_stands_over_a_restart_until_a_check_proves_it_over) {
    const auto before = inDoubt();
    auto rig = restarted(before, leftBy(before));
    BOOST_TEST(rig.told("indeterminate", EventSeverity::alarm) == 1U);
    BOOST_TEST(rig.last("indeterminate").text == before.last("indeterminate").text);
    BOOST_TEST(rig.last("indeterminate").appliance->value == "citrix-1");
    rig.run(5min);
    BOOST_TEST(rig.ended.empty());
    const auto snapshot = rig.controller.snapshot(rig.now);
    BOOST_TEST(snapshot.pools[0].alarm.starts_with("blocked by transaction 5: "));
    BOOST_TEST(snapshot.servers[2].reservedBy == "transaction 5");
    BOOST_TEST(rig.doubtsEnded == 0U);

    rig.boxes["citrix-1"].obey();
    rig.boxes["citrix-1"].newHealth = domain::Health::up;
    rig.give(Request{1, Check{}});
    rig.run(1s);
    BOOST_TEST(rig.doubtsEnded == 1U);
    BOOST_TEST(rig.told("indeterminate", EventSeverity::clear) == 1U);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.ended[0].view.id.value == 9U);
}

BOOST_AUTO_TEST_CASE(what_a_pending_commit_may_still_revert_proves_nothing) {
    auto rig = inDoubt();
    auto& box = rig.boxes["citrix-1"];
    box.obey();
    (void)box.answer(transaction::Lock{}, rig.now);
    (void)box.answer(transaction::Commit{60s, "of a session that is gone"}, rig.now);
    (void)box.answer(transaction::Unlock{}, rig.now);
    rig.give(Request{1, Check{}});
    rig.run(30s);
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::differs));
    BOOST_TEST(rig.answers[0].text == "0 of 2 are not as recorded, 1 could not be compared");
    BOOST_TEST(rig.doubtsEnded == 0U);
    BOOST_TEST(!box.locked());
    rig.run(45s); // asked again, unasked
    BOOST_TEST(rig.doubtsEnded == 1U);
}

BOOST_AUTO_TEST_CASE(a_repair_that_a_restart_interrupted_proves_no_more_than_another) {
    auto rig = inDoubt();
    auto& box = rig.boxes["citrix-1"];
    box.obey();
    box.add("10.0.0.9");
    rig.give(Request{1, Repair{{"web"}}});
    while (rig.journal.back().view.state != "saving")
        rig.run(2ms);
    auto left = leftBy(rig);
    left.transactions = {transaction::fromRecord(rig.journal.back().record)};
    for (auto& [name, each] : rig.boxes)
        each.dropSession();
    auto next = restarted(rig, left);
    next.runUntilEnded(1);
    BOOST_TEST_REQUIRE((next.ended.at(0).view.kind == domain::IntentKind::withdraw));
    BOOST_TEST_REQUIRE((next.ended[0].outcome.kind == OutcomeKind::committed));
    BOOST_TEST(next.told("indeterminate", EventSeverity::clear) == 0U);
    BOOST_TEST(next.told("pool-shrunk", EventSeverity::notice) == 0U);
    next.run(5s);
    BOOST_TEST(next.doubtsEnded == 1U);
    BOOST_TEST(next.told("indeterminate", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(after_a_restart_the_appliances_of_a_doubt_are_checked_unasked) {
    const auto before = inDoubt();
    auto left = leftBy(before);
    left.alarms.clear(); // lost with the power
    auto rig = restarted(before, left);
    BOOST_TEST(rig.told("indeterminate", EventSeverity::alarm) == 1U);
    rig.boxes["citrix-1"].obey();
    rig.run(5s);
    BOOST_TEST(rig.doubtsEnded == 1U);
    BOOST_TEST(rig.told("indeterminate", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(a_doubt_without_a_record_blocks_as_well) {
    const auto before = inDoubt();
    auto left = leftBy(before);
    left.doubts[0].state.reset();
    auto rig = restarted(before, left);
    rig.run(1min);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[2].reservedBy == "transaction 5");
    rig.boxes["citrix-1"].obey();
    rig.give(Request{1, Check{}});
    rig.run(1s);
    BOOST_TEST(rig.doubtsEnded == 1U);
}

BOOST_AUTO_TEST_CASE(the_doubt_of_a_pool_that_is_gone_ends_with_a_word) {
    const auto before = inDoubt();
    const auto left = leftBy(before);
    Rig rig;
    rig.configuration = before.controller.configuration();
    rig.configuration.pools.clear();
    rig.start();
    rig.give(left);
    BOOST_TEST(rig.doubtsEnded == 1U);
    BOOST_TEST(rig.told("doubt-forgotten", EventSeverity::warning) == 1U);
    BOOST_TEST(cleared(rig, "indeterminate"));
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[2].reservedBy.empty());
}

BOOST_AUTO_TEST_CASE(a_pool_that_goes_while_it_is_in_doubt_takes_its_alarms_along) {
    auto rig = inDoubt();
    auto configuration = rig.controller.configuration();
    configuration.pools.clear();
    rig.give(Configured{configuration});
    BOOST_TEST(rig.doubtsEnded == 1U);
    BOOST_TEST(rig.told("indeterminate", EventSeverity::clear) == 1U);
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[2].reservedBy.empty());
}

BOOST_AUTO_TEST_CASE(of_the_alarms_that_stood_those_stand_that_a_fact_is_to_clear) {
    const domain::PoolName web{"web"};
    const domain::ApplianceName f5{"f5-1"};
    Recover left;
    left.alarms = {alarm("not-saved", web, f5),
                   alarm("lock-left", web, f5),
                   alarm("drift", web, f5),
                   alarm("appliance-lost", {}, f5),
                   alarm("drift", web, domain::ApplianceName{"gone-1"}),
                   alarm("not-saved", domain::PoolName{"gone"}, f5),
                   alarm("appliance-lost", {}, domain::ApplianceName{"gone-1"}),
                   alarm("appliance-lost", web, f5), // why the pool waited
                   alarm("indeterminate", web, f5),  // its doubt has ended
                   alarm("journal-not-written", {}, {})};
    Rig rig;
    rig.start();
    rig.give(left);
    const auto stands = [&](const std::string& kind) { return rig.told(kind, EventSeverity::alarm); };
    const auto over = [&](const std::string& kind) { return rig.told(kind, EventSeverity::clear); };
    for (const auto* kind : {"not-saved", "lock-left", "drift", "appliance-lost"})
        BOOST_TEST(stands(kind) == 1U, kind);
    BOOST_TEST(over("not-saved") == 1U);
    BOOST_TEST(over("drift") == 1U);
    BOOST_TEST(over("appliance-lost") == 2U);
    BOOST_TEST(cleared(rig, "indeterminate"));
    BOOST_TEST(cleared(rig, "journal-not-written"));
    BOOST_TEST(rig.last("journal-not-written").text == "headgated was started anew, and looks again");

    // Each goes when a fact says so.
    rig.give(ApplianceStatus{f5,
                             true,
                             {},
                             {"urn:ietf:params:netconf:capability:candidate:1.0",
                              "urn:ietf:params:netconf:capability:confirmed-commit:1.1"}});
    BOOST_TEST(over("appliance-lost") == 3U);
    rig.run(3s);
    BOOST_TEST(over("drift") == 2U);
    BOOST_TEST(over("not-saved") == 1U);
    rig.fill();
    rig.runUntilEnded(1);
    BOOST_TEST(over("not-saved") == 2U);
    BOOST_TEST(over("lock-left") == 1U);
}

BOOST_AUTO_TEST_CASE(a_repair_in_flight_keeps_the_server_of_the_doubt_that_it_mends) {
    auto before = inDoubt();
    auto left = leftBy(before);
    auto mending = *left.doubts[0].state;
    mending.id = {7};
    mending.phase = transaction::Phase::locking;
    mending.failure.reset();
    left.transactions = {mending};
    auto rig = restarted(before, left);
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[2].reservedBy == "transaction 7");
    rig.boxes["citrix-1"].obey();
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::rolledBack));
}

BOOST_AUTO_TEST_CASE(what_a_transaction_in_doubt_left_draining_is_no_proof) {
    for (const bool anew : {false, true}) {
        auto rig = drainInDoubt();
        if (anew) rig = restarted(rig, leftBy(rig));
        rig.boxes["citrix-1"].obey();
        rig.give(Request{2, Check{}});
        rig.run(1s);
        BOOST_TEST((rig.answers.back().kind == AnswerKind::differs));
        const auto& finding = rig.answers.back().findings.at(1);
        BOOST_TEST_REQUIRE(finding.differences.size() == 1U);
        BOOST_TEST(finding.differences[0] ==
                   "it drains real2 at 10.0.0.2:80, as a transaction in doubt left it");
        BOOST_TEST(rig.doubtsEnded == 0U);
        BOOST_TEST(rig.told("drift", EventSeverity::alarm) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_repair_makes_it_serve_again_and_ends_the_doubt) {
    for (const bool anew : {false, true}) {
        auto rig = drainInDoubt();
        if (anew) rig = restarted(rig, leftBy(rig));
        auto& box = rig.boxes["citrix-1"];
        box.obey();
        // An operator's: it is neither drift nor to be led back.
        box.running.members[0].admin = AdminState::disabled;
        box.running.members[1].weight = 7;
        const auto others = rig.boxes["f5-1"].log;
        rig.give(Request{2, Repair{{"web"}}});
        rig.run(1min);
        BOOST_TEST((rig.answers.back().kind == AnswerKind::done));
        BOOST_TEST(rig.ended.back().outcome.reason.starts_with("resume real2 at 10.0.0.2:80 on citrix-1"));
        BOOST_TEST((box.running.members[1].admin == AdminState::enabled));
        BOOST_TEST((box.running.members[0].admin == AdminState::disabled));
        BOOST_TEST(box.running.members[1].weight == 7);
        BOOST_TEST(rig.boxes["f5-1"].log.find("edit", others.size()) == std::string::npos);
        BOOST_TEST(rig.doubtsEnded == 1U);
        BOOST_TEST(rig.told("indeterminate", EventSeverity::clear) == 1U);
        BOOST_TEST(rig.told("drift", EventSeverity::clear) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_refused_repair_of_it_leaves_it_as_it_was_and_in_doubt) {
    auto rig = drainInDoubt();
    auto& box = rig.boxes["citrix-1"];
    box.obey();
    box.next("confirm", no(), false, 0);
    rig.give(Request{2, Repair{{"web"}}});
    rig.runUntilEnded(2, 10min);
    BOOST_TEST_REQUIRE(rig.ended.size() == 2U);
    BOOST_TEST((rig.ended[1].outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST((box.running.members[1].admin == AdminState::draining));
    BOOST_TEST(rig.doubtsEnded == 0U);
    BOOST_TEST(rig.controller.snapshot(rig.now).pools[0].alarm.starts_with("blocked by transaction 5"));
}

BOOST_AUTO_TEST_CASE(whom_an_operator_drains_when_nothing_is_in_doubt_there_is_no_drift) {
    auto rig = drainInDoubt();
    // f5-1 was proved: whoever drains there now is not we.
    rig.boxes["f5-1"].running.members[1].admin = AdminState::draining;
    auto& box = rig.boxes["citrix-1"];
    box.obey();
    box.running.members[1].admin = AdminState::disabled;
    rig.give(Request{2, Check{}});
    rig.run(1s);
    BOOST_TEST((rig.answers.back().kind == AnswerKind::done));
    BOOST_TEST(rig.doubtsEnded == 1U);
}

BOOST_AUTO_TEST_CASE(without_a_record_any_drain_of_the_released_member_is_in_doubt) {
    auto before = drainInDoubt();
    auto left = leftBy(before);
    left.doubts[0].state.reset();
    auto rig = restarted(before, left);
    rig.boxes["citrix-1"].obey();
    rig.give(Request{2, Check{}});
    rig.run(1s);
    BOOST_TEST((rig.answers.back().kind == AnswerKind::differs));
    rig.give(Request{3, Repair{{"web"}}});
    rig.run(1min);
    BOOST_TEST((rig.answers.back().kind == AnswerKind::done));
    BOOST_TEST(rig.doubtsEnded == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}
