#include "play.hpp"
#include "transaction/record.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::transaction {
namespace {

using domain::Accused;
using domain::AuthenticationKind;
using domain::OutcomeKind;

domain::Authentication password(const std::string& seal) {
    domain::Authentication settings;
    settings.kind = AuthenticationKind::password;
    settings.user = "monitor";
    settings.secret.text = seal;
    return settings;
}

/// The candidate has a headgate-agent.
struct AgentPlay : Play {
    explicit AgentPlay(const std::string& wanted = {}) {
        gathered.revision = 17;
        gathered.dataSource = "db1";
        gathered.authentication = password("sealed:v1:one");
        state.plan.dataSource = wanted;
    }
};

/// Member b has a password, and another one since.
struct RenewPlay : Play {
    RenewPlay()
        : Play(domain::IntentKind::renew) {
        auto& b = state.plan.pool.members[1];
        b.revision = 16;
        state.plan.member = state.member = b;
        state.plan.member.authentication = state.member.authentication = password("sealed:v1:old");
        for (auto& [name, box] : boxes)
            box.running.members[1].objects = old;
        gathered.server = {"b"};
        gathered.connection = b.connection;
        gathered.revision = 17;
        gathered.authentication = password("sealed:v1:new");
    }
    bool all(const std::vector<domain::NativeObject>& objects) const {
        return std::all_of(boxes.begin(), boxes.end(), [&](const auto& box) {
            return box.second.running.members.size() == 2 &&
                   box.second.running.members[1].objects == objects && !box.second.locked() &&
                   !box.second.pending();
        });
    }
    static std::vector<domain::NativeObject> monitor(const std::string& seal) {
        return {{"monitor[name='hg_b']", {{"user", "monitor"}, {"password", seal}}}};
    }
    const std::vector<domain::NativeObject> old = monitor("sealed:v1:old");
};

}

BOOST_AUTO_TEST_SUITE(gathering)

BOOST_AUTO_TEST_CASE(what_the_server_tells_is_what_is_recorded) {
    AgentPlay play;
    play.gathered.connection->weight = 20;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST((play.state.member.authentication == password("sealed:v1:one")));
    BOOST_TEST(play.state.member.connection.weight == 20); // its own, and not the pool's usual one
    BOOST_TEST(play.state.member.revision == 17U);
    BOOST_TEST(play.f5().running.members[2].objects.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_has_to_be_what_the_server_tells) {
    domain::Asked asked;
    asked.address = "10.0.0.3";
    asked.port = 80;
    asked.weight = 20;
    {
        AgentPlay play;
        play.gathered.connection->weight = 20;
        play.state.plan.asked = asked;
        BOOST_TEST((fromRecord(toRecord(play.state)).plan.asked == play.state.plan.asked));
        BOOST_TEST((play.run().kind == OutcomeKind::committed));
    }
    AgentPlay play;
    play.gathered.connection->weight = 10;
    play.state.plan.asked = asked;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::nobody));
    BOOST_TEST(outcome.reason == "real3 tells other settings: its weight is 10, and 20 was asked for");
    BOOST_TEST(play.order.empty());
}

BOOST_AUTO_TEST_CASE(the_others_authentication_is_in_no_record) {
    auto plan = Play::plan(domain::IntentKind::allocate);
    plan.pool.members[0].authentication = password("sealed:v1:of-another");
    const auto state = begin({7}, plan, {});
    BOOST_TEST(toRecord(state).find("of-another") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_record_keeps_who_asked_and_in_which_session) {
    AgentPlay play;
    BOOST_TEST(toRecord(play.state).find("session\":{\"id") == std::string::npos);
    play.state.plan.user = "ann";
    play.state.plan.session = {4, "192.0.2.1"};
    const auto again = fromRecord(toRecord(play.state)).plan;
    BOOST_TEST(again.user == "ann");
    BOOST_TEST((again.session == play.state.plan.session));
}

BOOST_AUTO_TEST_CASE(a_record_keeps_the_settings_and_the_data_source) {
    AgentPlay play("db2");
    play.runTo(Phase::verifying);
    const auto again = fromRecord(toRecord(play.state));
    BOOST_TEST((again.member == play.state.member));
    BOOST_REQUIRE(again.assignment.has_value());
    BOOST_TEST(again.assignment->from == "db1");
    BOOST_TEST(again.assignment->to == "db2");
}

BOOST_AUTO_TEST_CASE(a_server_that_uses_the_wanted_data_source_is_told_nothing) {
    AgentPlay play("db1");
    play.run();
    BOOST_TEST(play.dataSources.empty());
}

BOOST_AUTO_TEST_CASE(a_server_is_told_its_data_source_after_that_is_on_the_disk) {
    AgentPlay play("db2");
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST((play.dataSources == std::vector<std::string>{"db2"}));
    const auto told = std::find_if(play.journal.begin(), play.journal.end(), [](const auto& entry) {
        return entry.detail == "telling real3 to use the data source db2";
    });
    BOOST_REQUIRE(told != play.journal.end());
    BOOST_TEST((told->durability == Durability::needed));
    BOOST_TEST(told->record.find("db2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_data_source_that_it_uses_is_recorded_with_the_member) {
    AgentPlay unasked;
    BOOST_TEST((unasked.run().kind == OutcomeKind::committed));
    BOOST_TEST(unasked.state.member.dataSource == "db1");
    AgentPlay told("db2");
    BOOST_TEST((told.run().kind == OutcomeKind::committed));
    BOOST_TEST(told.state.member.dataSource == "db2");
    BOOST_TEST(fromRecord(toRecord(told.state)).member.dataSource == "db2");
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_use_it_is_accused_and_told_the_former_one) {
    AgentPlay play("db2");
    play.refusesDataSource = "the hook ended with 1: no route to db2";
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::candidate));
    BOOST_TEST(outcome.reason ==
               "real3 cannot use the data source db2: the hook ended with 1: no route to db2");
    BOOST_TEST((play.dataSources == std::vector<std::string>{"db2", "db1"}));
    BOOST_TEST(play.order.empty()); // no appliance was asked for anything
}

BOOST_AUTO_TEST_CASE(a_rollback_on_an_appliance_takes_the_data_source_back) {
    AgentPlay play("db2");
    play.citrix().next("commit", no());
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.untouched());
    BOOST_TEST((play.dataSources == std::vector<std::string>{"db2", "db1"}));
    BOOST_TEST(!play.told("data-source-left"));
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_is_given_up_and_an_alarm_says_so) {
    AgentPlay play("db2");
    play.answersDataSource = false;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::candidate));
    BOOST_TEST(play.told("data-source-left"));
}

BOOST_AUTO_TEST_CASE(a_server_that_used_none_and_refuses_is_nobodys_to_look_after) {
    for (const bool says : {true, false}) {
        AgentPlay play("db2");
        play.gathered.dataSource = "";
        play.answersDataSource = false;
        play.feed(Started{});
        play.feed(domain::Assigned{{7}, {"real3"}, "db2", false, "no route", says});
        while (play.advance()) {
        }
        BOOST_REQUIRE(play.state.outcome.has_value());
        BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
        BOOST_TEST(play.told("data-source-left") == !says);
    }
}

BOOST_AUTO_TEST_CASE(after_a_restart_the_former_data_source_is_told_again) {
    AgentPlay play("db2");
    play.runTo(Phase::locking);
    Play next;
    next.state = fromRecord(play.record());
    next.boxes = play.boxes;
    next.feed(Recovered{});
    while (next.advance()) {
    }
    BOOST_REQUIRE(next.state.outcome.has_value());
    BOOST_TEST((next.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST((next.dataSources == std::vector<std::string>{"db1"}));
}

BOOST_AUTO_TEST_CASE(a_late_answer_to_the_first_order_is_not_taken_for_one_to_the_second) {
    AgentPlay play("db2");
    play.answersDataSource = false;
    play.runTo(Phase::undoing);
    play.feed(domain::Assigned{{7}, {"real3"}, "db2", true, ""});
    BOOST_TEST(!play.state.outcome.has_value());
    play.feed(domain::Assigned{{7}, {"real3"}, "db1", true, ""});
    BOOST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST(!play.told("data-source-left"));
}

// As a doubled answer is.
BOOST_AUTO_TEST_CASE(settings_that_come_again_do_not_end_the_waiting_for_the_data_source) {
    AgentPlay play("db2");
    play.answersDataSource = false;
    play.feed(Started{});
    play.feed(play.gathered);
    BOOST_TEST((play.state.phase == Phase::gathering));
    BOOST_TEST(play.order.empty());
    play.answersDataSource = true;
    play.gathered.dataSource = "db2";
    play.feed(domain::Assigned{{7}, {"real3"}, "db2", true, ""});
    BOOST_TEST((play.state.phase == Phase::locking));
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_show_the_data_source_that_it_was_told_has_not_taken_it) {
    AgentPlay play("db2");
    play.answersDataSource = false;
    play.feed(Started{});
    play.feed(domain::Assigned{{7}, {"real3"}, "db2", true, ""});
    while (play.advance()) {
    }
    BOOST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.state.outcome->reason == "real3 says that it uses the data source db1, not db2");
    BOOST_TEST(play.order.empty());
}

BOOST_AUTO_TEST_CASE(who_warms_up_joins_with_a_part_of_its_weight) {
    AgentPlay play;
    play.state.plan.pool.policy.warmUp = 40s;
    play.gathered.connection->weight = 20;
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.state.member.connection.weight == 5);
    BOOST_TEST(play.state.member.rampsTo == 20);
    BOOST_TEST(play.f5().running.members[2].weight == 5);
}

BOOST_AUTO_TEST_CASE(who_was_asked_for_with_a_weight_joins_with_it) {
    AgentPlay play;
    play.state.plan.pool.policy.warmUp = 40s;
    play.gathered.connection->weight = 20;
    play.state.plan.asked = domain::Asked{};
    play.state.plan.asked->weight = 20;
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.state.member.connection.weight == 20);
    BOOST_TEST(play.state.member.rampsTo == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(renewing)

BOOST_AUTO_TEST_CASE(a_member_gets_its_new_settings_on_every_appliance) {
    RenewPlay play;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST(
        play.states() ==
        "gathering locking checking editing validating committing verifying confirming saving committed");
    BOOST_TEST(play.all(RenewPlay::monitor("sealed:v1:new")));
    BOOST_TEST(play.state.member.revision == 17U);
    BOOST_TEST(play.f5().log == "lock read edit validate commit read confirm save read unlock");
}

// It has lost, unsaved, what the others took before, and is to get now what it had before that.
BOOST_AUTO_TEST_CASE(an_appliance_that_has_the_new_settings_by_itself_is_believed) {
    RenewPlay play;
    play.citrix().running.members[1].objects = RenewPlay::monitor("sealed:v1:new");
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST(play.all(RenewPlay::monitor("sealed:v1:new")));
}

BOOST_AUTO_TEST_CASE(what_an_appliance_had_by_itself_is_what_a_way_back_leads_to) {
    for (const auto strategy : {domain::Strategy::confirmed, domain::Strategy::candidate}) {
        RenewPlay play;
        for (auto& site : play.state.sites)
            site.approach.strategy = strategy;
        play.citrix().running.members[1].objects = RenewPlay::monitor("sealed:v1:new");
        play.f5().newHealth = domain::Health::down;
        BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
        BOOST_TEST((play.f5().running.members[1].objects == play.old));
        BOOST_TEST((play.citrix().running.members[1].objects == RenewPlay::monitor("sealed:v1:new")));
    }
}

BOOST_AUTO_TEST_CASE(the_same_settings_touch_no_appliance) {
    RenewPlay play;
    play.gathered.authentication = password("sealed:v1:old");
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST(outcome.reason == "the settings of b are as recorded");
    BOOST_TEST(play.state.member.revision == 17U);
    BOOST_TEST(play.order.empty());
}

BOOST_AUTO_TEST_CASE(health_is_watched_for_a_while_before_new_settings_are_believed) {
    RenewPlay play;
    play.runTo(Phase::verifying);
    const auto began = play.now;
    play.runTo(Phase::confirming);
    BOOST_TEST((play.now - began >= 6s));
}

BOOST_AUTO_TEST_CASE(health_that_was_read_before_the_watch_was_over_is_no_evidence_after_it) {
    RenewPlay play;
    play.runTo(Phase::verifying);
    const auto began = play.now;
    while (play.now < began + 5s)
        play.advance();
    while (play.open.empty())
        play.advance();
    // The one answers at once, the other one when the watch is over.
    if (play.open.front().appliance.value != "f5-1") std::swap(play.open.front(), play.open.back());
    BOOST_REQUIRE_EQUAL(play.open.size(), 2U);
    play.answerOne();
    play.f5().running.members[1].health = domain::Health::down;
    play.now += 3s;
    play.answerOne();
    BOOST_TEST((play.state.phase == Phase::verifying));
    while (play.advance()) {
    }
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack));
}

BOOST_AUTO_TEST_CASE(a_member_that_goes_down_with_its_new_settings_has_the_former_ones_again) {
    RenewPlay play;
    for (auto& [name, box] : play.boxes)
        box.newHealth = domain::Health::down;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::candidate));
    BOOST_TEST(outcome.reason.find("b: its health is down") != std::string::npos);
    BOOST_TEST(play.all(play.old));
}

BOOST_AUTO_TEST_CASE(what_was_confirmed_on_one_appliance_is_taken_back_by_an_inverse) {
    RenewPlay play;
    play.runTo(Phase::confirming);
    play.citrix().next("confirm", no());
    play.citrix().next("confirm", no(), false, 0);
    play.citrix().expire(play.now + 1h);
    while (play.advance()) {
    }
    BOOST_REQUIRE(play.state.outcome.has_value());
    BOOST_TEST((play.state.outcome->kind == OutcomeKind::rolledBack), play.state.outcome->reason);
    BOOST_TEST(play.all(play.old));
}

BOOST_AUTO_TEST_CASE(a_way_back_keeps_the_weight_that_an_operator_had_given) {
    RenewPlay play;
    for (auto& [name, box] : play.boxes) {
        box.running.members[1].weight = 7;
        play.state.plan.approaches[{name}].strategy = domain::Strategy::candidate;
    }
    for (auto& site : play.state.sites)
        site.approach.strategy = domain::Strategy::candidate;
    play.gathered.connection->weight = 3;
    play.citrix().next("commit-now", no());
    play.f5().newHealth = domain::Health::down;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(play.all(play.old));
    BOOST_TEST(play.f5().running.members[1].weight == 7);
}

BOOST_AUTO_TEST_CASE(what_only_people_read_touches_no_appliance_and_is_recorded) {
    RenewPlay play;
    play.gathered.authentication = password("sealed:v1:old");
    play.gathered.authentication.realm = "staff";
    play.gathered.authentication.fingerprint = "0123";
    play.gathered.authentication.notAfter = play.now + 24h;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST(play.order.empty());
    BOOST_TEST((play.state.member.authentication == play.gathered.authentication));
}

// They stand beside it as they stood before: no look at them would tell that they have been made anew.
BOOST_AUTO_TEST_CASE(another_weight_and_what_only_people_read_is_made_and_believed) {
    RenewPlay play;
    play.gathered.authentication = password("sealed:v1:old");
    play.gathered.authentication.fingerprint = "0123";
    play.gathered.connection->weight = 3;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::committed));
    BOOST_TEST(play.f5().running.members[1].weight == 3);
    BOOST_TEST(play.all(play.old));
}

BOOST_AUTO_TEST_CASE(what_an_operator_has_the_member_checked_with_is_not_overwritten) {
    RenewPlay play;
    play.citrix().running.members[1].foreign = {"monitor-name 'mon_tcp'"};
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::candidate));
    BOOST_TEST(outcome.reason == "citrix-1: an operator has given b at 10.0.0.2:80 monitor-name 'mon_tcp', "
                                 "which its new settings would take the place of: take that away, or release "
                                 "the server and allocate it again");
    BOOST_TEST(play.f5().log == "lock read unlock");
    BOOST_TEST(play.citrix().log == "lock read unlock");
}

BOOST_AUTO_TEST_CASE(a_renewal_that_writes_no_object_leaves_an_operators_check_alone) {
    RenewPlay play;
    for (auto& [name, box] : play.boxes) {
        box.running.members[1].foreign = {"monitor '/Common/tcp'"};
        box.running.members[1].objects.clear();
    }
    play.state.plan.member.authentication = play.gathered.authentication = {};
    play.gathered.connection->weight = 3;
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.f5().running.members[1].weight == 3);
}

BOOST_AUTO_TEST_CASE(a_server_that_has_moved_is_not_renewed) {
    RenewPlay play;
    play.gathered.connection->port = 81;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::candidate));
    BOOST_TEST(
        outcome.reason ==
        "the settings of b cannot be used: it is at 10.0.0.2:81 (http) now, and its appliances know it at "
        "10.0.0.2:80 (http): release it, and allocate it again");
    BOOST_TEST(play.order.empty());
}

BOOST_AUTO_TEST_CASE(settings_that_no_appliance_is_told_are_recorded_without_a_trace_there) {
    RenewPlay play;
    play.gathered.authentication = password("sealed:v1:old");
    play.gathered.authentication.realm = "another";
    play.gathered.authentication.serverName = "web.example"; // of a port that is not encrypted
    play.gathered.authentication.fingerprint = std::string(64, 'a');
    play.gathered.authentication.notAfter = play.now + 24h;
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST((play.state.member.authentication == play.gathered.authentication));
    BOOST_TEST(play.all(play.old));
}

BOOST_AUTO_TEST_CASE(a_member_whose_agent_has_gone_keeps_its_authentication) {
    RenewPlay play;
    play.gathered.revision = 0; // by the standard MIBs
    play.gathered.authentication = {};
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack && outcome.accused == Accused::candidate));
    BOOST_TEST(outcome.reason.find("its headgate-agent does not answer") != std::string::npos);
    BOOST_TEST(play.order.empty());
}

// As after a failover in the middle of a renewal.
BOOST_AUTO_TEST_CASE(a_standby_that_has_the_new_settings_already_is_not_waited_for) {
    RenewPlay play;
    for (auto& site : play.state.sites)
        site.approach.pair = "east";
    play.f5().running.role = domain::Role::active;
    play.citrix().running.role = domain::Role::standby;
    play.citrix().running.members[1].objects = RenewPlay::monitor("sealed:v1:new");
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.all(RenewPlay::monitor("sealed:v1:new")));
}

BOOST_AUTO_TEST_CASE(a_member_that_an_operator_has_disabled_need_not_come_up) {
    RenewPlay play;
    for (auto& [name, box] : play.boxes) {
        box.running.members[1].admin = domain::AdminState::disabled;
        box.newHealth = domain::Health::down;
    }
    BOOST_TEST((play.run().kind == OutcomeKind::committed));
    BOOST_TEST(play.all(RenewPlay::monitor("sealed:v1:new")));
}

BOOST_AUTO_TEST_SUITE_END()

}
