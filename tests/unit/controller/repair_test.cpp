// Repairs of what a transaction left, and of pairs.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::OutcomeKind;

BOOST_AUTO_TEST_SUITE(repair)

BOOST_AUTO_TEST_CASE(what_was_left_in_doubt_is_repaired_although_its_server_is_kept) {
    Rig rig;
    rig.policy().releaseConfigured = true;
    rig.start();
    rig.poll();
    rig.give(Request{1, Release{{"web"}, {"real2"}}});
    auto& box = rig.boxes["citrix-1"];
    while (rig.ended.empty() && box.running.members.size() == 2)
        rig.run(5ms);
    // Taken off there, and neither confirmed nor heard of any more.
    for (const auto* verb : {"read", "cancel", "confirm"})
        box.next(verb, transaction::Unreachable{"no route"}, false, 0);
    rig.runUntilEnded(1);
    BOOST_TEST_REQUIRE(rig.ended.size() == 1U);
    BOOST_TEST((rig.ended[0].outcome.kind == OutcomeKind::indeterminate));
    box.obey();
    box.running.members.resize(1);
    rig.give(Request{2, Repair{{"web"}}});
    rig.runUntilEnded(2);
    BOOST_TEST_REQUIRE(rig.ended.size() == 2U);
    BOOST_TEST((rig.ended[1].outcome.kind == OutcomeKind::committed));
    rig.run(1s);
    BOOST_TEST((rig.answers.back().kind == AnswerKind::done));
    BOOST_TEST(box.running.members.size() == 2U);
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[1].reservedBy.empty());
}

BOOST_AUTO_TEST_CASE(of_a_pair_both_take_part_in_a_repair) {
    Rig rig;
    for (auto& appliance : rig.configuration.appliances)
        appliance.pair = "east";
    rig.boxes["f5-1"].running.role = domain::Role::active;
    rig.boxes["citrix-1"].running.role = domain::Role::standby;
    rig.start();
    // The active one alone has it: the standby did not copy that yet.
    rig.boxes["f5-1"].add("10.0.0.4");
    rig.give(Request{1, Repair{{"web"}}});
    for (int i = 0; i < 400; ++i) {
        rig.run(100ms);
        rig.boxes["citrix-1"].running.members = rig.boxes["f5-1"].running.members;
    }
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::done));
    BOOST_TEST(rig.boxes["f5-1"].running.members.size() == 2U);
    BOOST_TEST(rig.boxes["citrix-1"].log.find("lock") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_pool_that_an_appliance_lacks_is_for_an_operator) {
    Rig rig;
    rig.configuration.pools[0].members.clear();
    rig.policy().minimum = 0;
    for (auto& [name, box] : rig.boxes)
        box.running.members.clear();
    rig.boxes["f5-1"].running.exists = false;
    rig.start();
    rig.give(Request{1, Repair{{"web"}}});
    rig.run(1s);
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::refused));
    BOOST_TEST(rig.answers[0].text.find("f5-1: it has no such pool: that is no member") == 0U,
               rig.answers[0].text);
}

BOOST_AUTO_TEST_SUITE_END()

}
