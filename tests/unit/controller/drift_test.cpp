// What the appliances have and what is recorded: check, repair, adopt.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::EventSeverity;
using domain::OutcomeKind;

namespace {

/// citrix-1 has lost real2, and somebody gave it 10.0.0.4 (real4).
Rig drifted(domain::DriftPolicy policy = domain::DriftPolicy::report) {
    Rig rig;
    rig.policy().drift = policy;
    rig.start();
    rig.run(2s);
    auto& box = rig.boxes["citrix-1"];
    box.running.members.pop_back();
    box.add("10.0.0.4");
    return rig;
}

void changed(Rig& rig) {
    rig.give(ApplianceChanged{{"citrix-1"}, "admin changed its configuration"});
}

bool asRecorded(Rig& rig) {
    for (auto& [name, box] : rig.boxes) {
        const auto& members = rig.controller.configuration().pools[0].members;
        if (box.running.members.size() != members.size()) return false;
        for (const auto& member : members)
            if (!box.running.member(member.connection.address, 80)) return false;
    }
    return true;
}

}

BOOST_AUTO_TEST_SUITE(drift)

BOOST_AUTO_TEST_CASE(a_check_names_each_difference_and_raises_an_alarm) {
    auto rig = drifted();
    rig.give(Request{1, Check{}});
    rig.run(1s);
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::differs));
    BOOST_TEST_REQUIRE(rig.answers[0].findings.size() == 2U);
    const auto& finding = rig.answers[0].findings[1];
    BOOST_TEST(finding.appliance.value == "citrix-1");
    BOOST_TEST_REQUIRE(finding.differences.size() == 2U);
    BOOST_TEST(finding.differences[0] == "it lacks real2 at 10.0.0.2:80");
    BOOST_TEST(finding.differences[1] == "it has 10.0.0.4:80 that is not recorded");
    BOOST_TEST(rig.last("drift").appliance->value == "citrix-1");
    BOOST_TEST((rig.last("drift").severity == EventSeverity::alarm));
    BOOST_TEST(rig.controller.snapshot(rig.now).findings.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_check_of_one_appliance_looks_at_that_one) {
    auto rig = drifted();
    rig.give(Request{1, Check{domain::ApplianceName{"f5-1"}}});
    rig.give(Request{2, Check{domain::ApplianceName{"f5-9"}}});
    rig.run(1s);
    BOOST_TEST_REQUIRE(rig.answers.size() == 2U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::refused));
    BOOST_TEST((rig.answers[1].kind == AnswerKind::done));
    BOOST_TEST(rig.answers[1].findings.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_an_operator_gave_a_member_is_no_drift) {
    Rig rig;
    rig.start();
    auto& member = rig.boxes["f5-1"].running.members[0];
    member.weight = 7;
    member.admin = domain::AdminState::disabled;
    rig.give(Request{1, Check{}});
    rig.run(1s);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::done));
}

BOOST_AUTO_TEST_CASE(a_hint_that_an_appliance_changed_has_it_checked_and_the_alarm_ends_with_the_drift) {
    auto rig = drifted();
    changed(rig);
    rig.run(3s);
    BOOST_TEST(rig.told("drift", EventSeverity::alarm) == 1U);
    BOOST_TEST(rig.ended.empty());
    auto& box = rig.boxes["citrix-1"];
    box.running = rig.boxes["f5-1"].running;
    changed(rig);
    rig.run(3s);
    BOOST_TEST(rig.told("drift", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(a_repair_leads_each_appliance_back_to_what_is_recorded) {
    auto rig = drifted();
    rig.give(Request{1, Repair{{"web"}}});
    rig.run(90s);
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::done));
    BOOST_TEST(asRecorded(rig));
    BOOST_TEST(rig.ended.size() == 2U); // one puts real2 back, one takes 10.0.0.4 off
    for (const auto& end : rig.ended)
        BOOST_TEST(!end.membership.has_value());
    BOOST_TEST(rig.isMember("real2"));
    BOOST_TEST(rig.boxes["f5-1"].log.find("edit") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_repair_names_its_last_transaction) {
    auto rig = drifted();
    rig.give(Request{1, Repair{{"web"}}});
    rig.run(90s);
    BOOST_TEST((rig.answers.at(0).transaction == rig.ended.back().view.id));
}

BOOST_AUTO_TEST_CASE(what_differs_on_a_standby_only_is_for_its_pair_to_mend) {
    for (const auto policy : {domain::DriftPolicy::report, domain::DriftPolicy::repair}) {
        Rig rig;
        for (auto& appliance : rig.configuration.appliances)
            appliance.pair = "east";
        rig.boxes["f5-1"].running.role = domain::Role::active;
        rig.boxes["citrix-1"].running.role = domain::Role::standby;
        rig.policy().drift = policy;
        rig.start();
        rig.boxes["citrix-1"].running.members.pop_back();
        changed(rig);
        rig.give(Request{1, Repair{{"web"}}});
        rig.run(1min);
        BOOST_TEST((rig.answers.at(0).kind == AnswerKind::refused));
        BOOST_TEST(rig.answers[0].text.starts_with("citrix-1 is a standby"));
        BOOST_TEST(rig.told("drift", EventSeverity::alarm) == 1U);
        BOOST_TEST(rig.ended.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_repair_of_nothing_changes_nothing) {
    Rig rig;
    rig.start();
    rig.give(Request{1, Repair{{"web"}}});
    rig.run(5s);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::done));
    BOOST_TEST(rig.ended.empty());
}

BOOST_AUTO_TEST_CASE(a_repair_that_fails_says_so_and_stops) {
    auto rig = drifted();
    rig.boxes["citrix-1"].next("edit", no(), false, 0);
    rig.give(Request{1, Repair{{"web"}}});
    rig.run(30s);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::rolledBack));
    BOOST_TEST(rig.ended.size() == 1U);
}

BOOST_AUTO_TEST_CASE(by_policy_drift_is_led_back_without_an_operator) {
    auto rig = drifted(domain::DriftPolicy::repair);
    changed(rig);
    rig.run(2min);
    BOOST_TEST(asRecorded(rig));
    BOOST_TEST(rig.told("drift", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(by_policy_the_record_follows_when_all_appliances_agree) {
    Rig rig;
    rig.policy().drift = domain::DriftPolicy::adopt;
    rig.start();
    for (auto& [name, box] : rig.boxes) {
        box.running.members.pop_back();
        box.add("10.0.0.4");
    }
    changed(rig);
    rig.run(5s);
    BOOST_TEST(asRecorded(rig));
    BOOST_TEST(!rig.isMember("real2"));
    BOOST_TEST(rig.isMember("real4"));
    BOOST_TEST(rig.adopted.size() == 2U);
    BOOST_TEST(rig.ended.empty());
}

BOOST_AUTO_TEST_CASE(what_the_appliances_do_not_agree_on_is_not_adopted) {
    auto rig = drifted(domain::DriftPolicy::adopt);
    changed(rig);
    rig.run(5s);
    BOOST_TEST(rig.adopted.empty());
    BOOST_TEST(rig.isMember("real2"));
}

BOOST_AUTO_TEST_CASE(what_a_check_read_before_a_change_says_nothing_after_it) {
    Rig rig;
    rig.start();
    rig.poll();
    rig.give(Request{1, Check{}});
    const auto asked = std::move(rig.open);
    rig.open.clear();
    rig.give(Request{2, Allocate{{"web"}, domain::ServerName{"real3"}}});
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
    // The answers to the check were read before, and come now.
    for (const auto& command : asked) {
        domain::PoolFacts before;
        before.exists = true;
        rig.give(transaction::Reply{command.transaction, command.appliance, command.token,
                                    transaction::Facts{before}});
    }
    BOOST_TEST_REQUIRE(rig.answers.size() == 2U);
    BOOST_TEST((rig.answers[1].kind == AnswerKind::differs));
    for (const auto& finding : rig.answers[1].findings)
        BOOST_TEST(finding.reason == "transaction 5 has changed it meanwhile");
    BOOST_TEST(rig.told("drift") == 0U);
}

// One that lost an answer ends by its guard, three minutes later.
BOOST_AUTO_TEST_CASE(what_a_check_read_says_nothing_after_another_has_read_it) {
    for (const bool drifts : {true, false}) {
        Rig rig;
        rig.start();
        auto& box = rig.boxes["citrix-1"];
        if (!drifts) box.add("10.0.0.4");
        rig.give(Request{1, Check{}});
        BOOST_TEST((rig.open.front().appliance.value == "f5-1"));
        rig.open.pop_front(); // lost
        rig.run(5s);
        if (drifts)
            box.add("10.0.0.4");
        else
            box.running = rig.boxes["f5-1"].running;
        rig.give(Request{2, Check{}});
        rig.run(200s);
        BOOST_TEST(rig.answers.size() == 2U);
        BOOST_TEST(rig.told("drift", EventSeverity::alarm) == (drifts ? 1U : 0U));
        BOOST_TEST(rig.told("drift", EventSeverity::clear) == 0U);
        for (const auto& finding : rig.controller.snapshot(rig.now).findings)
            BOOST_TEST(finding.differences.empty() == (finding.appliance.value == "f5-1" || !drifts));
    }
}

BOOST_AUTO_TEST_CASE(a_held_pool_is_not_repaired_by_itself_until_it_is_resumed) {
    auto rig = drifted(domain::DriftPolicy::repair);
    rig.give(Request{1, Hold{domain::PoolName{"web"}}});
    changed(rig);
    rig.run(10s);
    BOOST_TEST(rig.ended.empty());
    BOOST_TEST(rig.told("drift", EventSeverity::alarm) == 1U);
    rig.give(Request{2, Resume{domain::PoolName{"web"}}});
    rig.run(2min);
    BOOST_TEST(asRecorded(rig));
}

BOOST_AUTO_TEST_CASE(a_repair_by_policy_that_failed_is_tried_again_when_the_wait_is_over) {
    for (const bool namesMember : {false, true})
        BOOST_TEST_CONTEXT((namesMember ? "refused by name" : "refused")) {
            auto rig = drifted(domain::DriftPolicy::repair);
            rig.boxes["citrix-1"].next("edit", no(namesMember), false, 0);
            changed(rig);
            rig.run(9s);
            BOOST_TEST(rig.ended.size() == 1U); // not again and again
            rig.boxes["citrix-1"].obey();
            rig.run(2min);
            BOOST_TEST(asRecorded(rig));
            BOOST_TEST(rig.told("drift", EventSeverity::clear) == 1U);
        }
}

BOOST_AUTO_TEST_CASE(a_repair_by_policy_that_could_not_begin_is_begun_when_nothing_is_in_the_way_any_more) {
    auto rig = drifted(domain::DriftPolicy::repair);
    rig.give(JournalStatus{false, "the file system is full"});
    changed(rig);
    rig.run(1min);
    BOOST_TEST(rig.ended.empty());
    rig.give(JournalStatus{true, {}});
    rig.run(2min);
    BOOST_TEST(asRecorded(rig));
}

BOOST_AUTO_TEST_SUITE_END()

}
