#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {
namespace {

using domain::EventSeverity;
using domain::OutcomeKind;

domain::Authentication password(const std::string& seal) {
    domain::Authentication settings;
    settings.kind = domain::AuthenticationKind::password;
    settings.user = "monitor";
    settings.secret.text = seal;
    return settings;
}

/// real2 has told its settings once, in revision 1.
struct RenewRig : Rig {
    RenewRig() {
        auto& real2 = configuration.pools[0].members[1];
        real2.revision = 1;
        real2.authentication = password("sealed:v1:old");
        revisions["real2"] = 1;
        authentications["real2"] = real2.authentication;
        for (auto& [name, box] : boxes)
            box.running.members[1].objects = {
                {"monitor[name='hg_real2']", {{"user", "monitor"}, {"password", "sealed:v1:old"}}}};
    }
    void change(const std::string& seal, std::uint32_t revision) {
        revisions["real2"] = revision;
        authentications["real2"] = password(seal);
    }
    const domain::Member& real2() const { return *controller.configuration().pools[0].member({"real2"}); }
};

}

BOOST_AUTO_TEST_SUITE(renewing)

BOOST_AUTO_TEST_CASE(another_revision_is_rolled_out_as_a_transaction) {
    RenewRig rig;
    rig.start();
    rig.run(10s);
    BOOST_TEST(rig.ended.empty());
    rig.change("sealed:v1:new", 2);
    rig.runUntilEnded(1);
    BOOST_REQUIRE_EQUAL(rig.ended.size(), 1U);
    BOOST_TEST((rig.ended[0].outcome.kind == OutcomeKind::committed));
    BOOST_TEST((rig.ended[0].view.kind == domain::IntentKind::renew));
    BOOST_TEST((rig.ended[0].membership->added->authentication == password("sealed:v1:new")));
    BOOST_TEST(rig.real2().revision == 2U);
    BOOST_TEST(rig.controller.configuration().pools[0].members.size() == 2U);
    BOOST_TEST(rig.told("settings-changed") == 1U);
    BOOST_TEST(rig.told("settings-renewed") == 1U);
    BOOST_TEST(rig.told("pool-grown") == 0U);
    rig.run(2min);
    BOOST_TEST(rig.ended.size() == 1U);
}

BOOST_AUTO_TEST_CASE(settings_that_nobody_counts_are_an_operators) {
    RenewRig rig;
    rig.configuration.pools[0].members[1].revision = 0;
    rig.start();
    rig.change("sealed:v1:new", 2);
    rig.run(1min);
    BOOST_TEST(rig.ended.empty());
}

BOOST_AUTO_TEST_CASE(a_held_pool_is_not_renewed_until_it_is_resumed) {
    RenewRig rig;
    rig.configuration.pools[0].held = true;
    rig.start();
    rig.change("sealed:v1:new", 2);
    rig.run(1min);
    BOOST_TEST(rig.ended.empty());
    rig.give(Request{1, Resume{domain::PoolName{"web"}}});
    rig.runUntilEnded(1);
    BOOST_TEST(rig.real2().revision == 2U);
}

BOOST_AUTO_TEST_CASE(settings_with_which_it_goes_down_are_refused_and_not_tried_again_at_once) {
    RenewRig rig;
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::down;
    rig.start();
    rig.change("sealed:v1:wrong", 2);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST((rig.real2().authentication == password("sealed:v1:old")));
    BOOST_TEST(rig.told("settings-refused", EventSeverity::alarm) == 1U);
    BOOST_TEST(rig.told("quarantined") == 0U); // it is a member, and serves
    rig.run(rig.policy().quarantine - 10s);
    BOOST_TEST(rig.ended.size() == 1U);
    // Better ones are tried when they are there.
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::up;
    rig.change("sealed:v1:right", 3);
    rig.runUntilEnded(2);
    BOOST_TEST((rig.real2().authentication == password("sealed:v1:right")));
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_its_new_settings_back_is_refused_no_more) {
    RenewRig rig;
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::down;
    rig.start();
    rig.change("sealed:v1:wrong", 2);
    rig.runUntilEnded(1);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 0U);
    rig.change("sealed:v1:old", 1);
    rig.run(1min);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 1U);
    BOOST_TEST(rig.ended.size() == 1U);
}

// Neither could be without the other: a renewal wants what is recorded, and what is recorded does not come
// up.
BOOST_AUTO_TEST_CASE(a_member_that_is_lost_with_settings_of_before_is_put_back_and_renewed) {
    RenewRig rig;
    auto& box = rig.boxes["f5-1"];
    box.running.members.resize(1);
    box.newHealth = domain::Health::down;
    rig.start();
    rig.change("sealed:v1:new", 2);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::rolledBack)); // drift
    rig.give(Request{1, Repair{{"web"}}});
    while (box.running.members.size() < 2)
        rig.run(2ms);
    box.newHealth = domain::Health::up; // with the new ones, which follow at once
    rig.runUntilEnded(2);
    BOOST_TEST((rig.ended.at(1).view.kind == domain::IntentKind::restore));
    BOOST_TEST((rig.ended.at(1).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(box.running.members.size() == 2U);
    rig.runUntilEnded(3, 10min);
    BOOST_TEST((rig.ended.at(2).view.kind == domain::IntentKind::renew));
    BOOST_TEST(rig.real2().revision == 2U);
    BOOST_TEST(box.running.members.at(1).objects[0].leaves.at("password") == "sealed:v1:new");
}

/// f5-1, which knows no confirmed commit, took a renewal and was then gone.
struct DoubtRig : RenewRig {
    DoubtRig() {
        start();
        give(ApplianceStatus{{"f5-1"}, true, "", {"urn:ietf:params:netconf:capability:candidate:1.0"}});
        change("sealed:v1:new", 2);
        auto& f5 = boxes["f5-1"];
        while (ended.empty() && f5.running.members[1].objects == old)
            run(5ms);
        for (const auto* verb : {"read", "lock"})
            f5.next(verb, transaction::Unreachable{"no route"}, false, 0);
        runUntilEnded(1, 10min);
        f5.obey();
    }
    const std::vector<domain::NativeObject> old = boxes["f5-1"].running.members[1].objects;
};

BOOST_AUTO_TEST_CASE(a_check_does_not_prove_what_still_has_the_settings_of_a_renewal_in_doubt) {
    DoubtRig rig;
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::indeterminate));
    BOOST_TEST((rig.boxes["f5-1"].running.members[1].objects != rig.old));
    rig.give(Request{1, Check{}});
    rig.run(1min);
    BOOST_TEST((rig.answers.at(0).kind == AnswerKind::differs));
    BOOST_REQUIRE(rig.told("drift") > 0U);
    BOOST_TEST(rig.last("drift").text ==
               "f5-1: web is not as recorded: it has real2 at 10.0.0.2:80 with other "
               "settings, as a transaction in doubt left it");
    BOOST_TEST(rig.doubtsEnded == 0U);
    BOOST_TEST(rig.ended.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_repair_gives_it_the_recorded_settings_again_and_then_it_is_renewed) {
    DoubtRig rig;
    rig.give(Request{1, Repair{{"web"}}});
    rig.runUntilEnded(2);
    BOOST_TEST((rig.ended.at(1).view.kind == domain::IntentKind::restore));
    BOOST_TEST((rig.ended.at(1).outcome.kind == OutcomeKind::committed));
    BOOST_TEST((rig.boxes["f5-1"].running.members[1].objects == rig.old));
    rig.runUntilEnded(3, 10min);
    BOOST_TEST(rig.doubtsEnded == 1U);
    BOOST_TEST((rig.ended.at(2).view.kind == domain::IntentKind::renew));
    BOOST_TEST((rig.ended.at(2).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.real2().revision == 2U);
}

BOOST_AUTO_TEST_CASE(a_pool_grows_while_a_members_new_settings_are_refused) {
    RenewRig rig;
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::down;
    rig.start();
    rig.change("sealed:v1:wrong", 2);
    rig.runUntilEnded(1);
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::up;
    rig.fill();
    rig.runUntilEnded(2);
    BOOST_TEST(rig.told("pool-grown") == 1U);
}

BOOST_AUTO_TEST_CASE(a_pool_grows_while_a_member_changes_its_settings_all_the_time) {
    RenewRig rig;
    rig.start();
    rig.fill();
    for (std::uint32_t revision = 2; revision < 8; ++revision) {
        rig.change("sealed:v1:" + std::to_string(revision), revision);
        rig.runUntilEnded(rig.ended.size() + 1, 10min);
    }
    BOOST_TEST(rig.told("pool-grown") > 0U);
    BOOST_TEST(rig.real2().revision > 2U);
}

BOOST_AUTO_TEST_CASE(settings_that_change_again_and_again_are_taken_ever_more_rarely) {
    RenewRig rig;
    rig.start();
    std::uint32_t revision = 1;
    const auto began = rig.now;
    while (rig.now < began + 10min) {
        if (rig.real2().revision == revision) {
            ++revision;
            rig.change("sealed:v1:" + std::to_string(revision), revision);
        }
        rig.run(1s);
        // The first mistake is mended at once.
        if (rig.now > began + 40s && rig.now < began + 41s) BOOST_TEST(rig.ended.size() >= 2U);
    }
    BOOST_TEST(rig.ended.size() > 4U);
    BOOST_TEST(rig.ended.size() < 12U);
}

BOOST_AUTO_TEST_CASE(a_renewal_does_not_end_the_alarm_that_no_server_can_join) {
    RenewRig rig;
    for (auto& server : rig.configuration.servers)
        if (server.name.value != "real1" && server.name.value != "real2") server.applications.clear();
    rig.start();
    rig.fill();
    rig.run(2min);
    BOOST_TEST_REQUIRE(rig.told("no-candidate", EventSeverity::alarm) == 1U);
    rig.change("sealed:v1:new", 2);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).view.kind == domain::IntentKind::renew));
    rig.run(1min);
    BOOST_TEST(rig.told("no-candidate", EventSeverity::clear) == 0U);
    BOOST_TEST(rig.told("no-candidate", EventSeverity::alarm) == 1U);
}

BOOST_AUTO_TEST_CASE(a_data_source_that_is_left_stands_until_its_server_is_told_again) {
    Rig rig;
    for (auto& server : rig.configuration.servers)
        server.dataSources = {"db2"};
    rig.revisions["real3"] = rig.revisions["real4"] = 1;
    rig.start();
    rig.fill();
    // Nobody answers which one it uses.
    rig.runUntilEnded(1, 10min);
    BOOST_TEST_REQUIRE(rig.told("data-source-left", EventSeverity::alarm) == 1U);
    const auto left = rig.last("data-source-left");
    rig.revisions.erase("real4");
    rig.runUntilEnded(2, 10min);
    BOOST_TEST((rig.ended.at(1).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.told("data-source-left", EventSeverity::clear) == 0U);
    // Nor does a restart end it, or that nothing is wanted.
    rig.give(Recover{{}, {}, {left}});
    rig.run(1min);
    BOOST_TEST(rig.told("data-source-left", EventSeverity::clear) == 0U);
    rig.give(Request{1, Resume{}});
    BOOST_TEST(rig.told("data-source-left", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_CASE(the_refused_settings_of_one_member_do_not_end_those_of_another) {
    RenewRig rig;
    auto& real1 = rig.configuration.pools[0].members[0];
    real1.revision = 1;
    real1.authentication = password("sealed:v1:old");
    rig.revisions["real1"] = 1;
    rig.authentications["real1"] = real1.authentication;
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::down;
    rig.start();
    rig.change("sealed:v1:wrong", 2);
    rig.revisions["real1"] = 2;
    rig.authentications["real1"] = password("sealed:v1:wrong");
    rig.runUntilEnded(2);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::alarm) == 2U);
    for (auto& [name, box] : rig.boxes)
        box.newHealth = domain::Health::up;
    rig.change("sealed:v1:right", 3);
    rig.runUntilEnded(3);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 1U);
    rig.revisions["real1"] = 3;
    rig.runUntilEnded(4);
    BOOST_TEST(rig.told("settings-refused", EventSeverity::clear) == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(expiry)

BOOST_AUTO_TEST_CASE(what_ends_soon_is_told_in_time_and_cleared_by_a_renewal) {
    RenewRig rig;
    auto ending = password("sealed:v1:old");
    const auto end = std::chrono::ceil<std::chrono::days>(rig.now) + 31 * 24h;
    ending.notAfter = end;
    rig.configuration.pools[0].members[1].authentication = ending;
    rig.authentications["real2"] = ending;
    rig.start();
    rig.now = end - 30 * 24h - 1ms;
    rig.give(Tick{});
    BOOST_TEST(rig.told("authentication-expires") == 0U);
    BOOST_REQUIRE(rig.controller.nextDeadline().has_value());
    rig.now = end - 30 * 24h;
    rig.give(Tick{});
    BOOST_TEST(rig.told("authentication-expires", EventSeverity::alarm) == 1U);
    BOOST_TEST(rig.last("authentication-expires").text ==
               "the authentication settings of real2 in web end in 30 days: give the server new ones");
    rig.nextPoll = rig.now;
    rig.run(10s);
    BOOST_TEST(rig.told("authentication-expires", EventSeverity::alarm) == 1U);
    // Who has overlooked it is told again.
    const auto at = [&](domain::Duration before) {
        rig.now = end - before - 1ms;
        rig.give(Tick{});
        const auto count = rig.told("authentication-expires", EventSeverity::alarm);
        rig.now = end - before;
        rig.give(Tick{});
        rig.give(Tick{});
        BOOST_TEST(rig.told("authentication-expires", EventSeverity::alarm) == count + 1);
        return rig.last("authentication-expires").text;
    };
    BOOST_TEST(at(7 * 24h) ==
               "the authentication settings of real2 in web end in 7 days: give the server new ones");
    BOOST_TEST(at(24h) ==
               "the authentication settings of real2 in web end in 24 h: give the server new ones");
    BOOST_TEST(at(0h).find(" have ended ") != std::string::npos);
    BOOST_TEST(rig.told("authentication-expires", EventSeverity::alarm) == 4U);
    rig.nextPoll = rig.now;
    rig.change("sealed:v1:new", 2);
    rig.runUntilEnded(1);
    BOOST_TEST(rig.told("authentication-expires", EventSeverity::clear) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}
