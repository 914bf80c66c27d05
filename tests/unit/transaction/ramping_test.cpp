// More weight for a member that stays.

#include "play.hpp"
#include "transaction/record.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::transaction {
namespace {

using domain::Accused;
using domain::OutcomeKind;

/// Member b has weight 3 of 10, and is to have 5.
struct RampPlay : Play {
    RampPlay()
        : Play(domain::IntentKind::ramp) {
        auto& b = state.plan.pool.members[1];
        b.connection.weight = 3;
        b.rampsTo = 10;
        state.plan.member = b;
        state.plan.member.connection.weight = 5;
        state.member = state.plan.member;
        for (auto& [name, box] : boxes)
            box.running.members[1].weight = 3;
    }
    bool all(int weight) const {
        return std::all_of(boxes.begin(), boxes.end(), [&](const auto& box) {
            return box.second.running.members.size() == 2 && box.second.running.members[1].weight == weight &&
                   !box.second.locked() && !box.second.pending();
        });
    }
    void use(domain::Strategy strategy) {
        for (auto& site : state.sites)
            site.approach.strategy = strategy;
    }
};

constexpr domain::Strategy strategies[] = {domain::Strategy::confirmed, domain::Strategy::candidate,
                                           domain::Strategy::direct};

}

BOOST_AUTO_TEST_SUITE(ramping)

BOOST_AUTO_TEST_CASE(every_appliance_gives_it_more_and_nobody_asks_the_server) {
    for (const auto strategy : strategies) {
        RampPlay play;
        play.use(strategy);
        play.gathers = false;
        BOOST_TEST((play.run().kind == OutcomeKind::committed));
        BOOST_TEST(play.all(5));
        BOOST_TEST(play.state.member.rampsTo == 10);
    }
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_on_one_leaves_the_weight_as_it_was_on_all) {
    for (const auto* verb : {"commit", "read"})
        for (const unsigned nth : {1U, 2U}) {
            RampPlay play;
            play.citrix().next(verb, NoAnswer{"the line was cut"}, true, nth);
            BOOST_TEST_CONTEXT(verb << " " << nth) {
                const auto kind = play.run().kind;
                BOOST_TEST((kind == OutcomeKind::committed ? play.all(5) : play.all(3)));
                BOOST_TEST((kind != OutcomeKind::indeterminate));
            }
        }
}

BOOST_AUTO_TEST_CASE(where_nothing_reverts_by_itself_it_is_given_back_what_it_had) {
    for (const auto strategy : {domain::Strategy::candidate, domain::Strategy::direct}) {
        RampPlay play;
        play.use(strategy);
        const auto* verb = strategy == domain::Strategy::candidate ? "commit-now" : "apply";
        play.citrix().next(verb, no());
        BOOST_TEST((play.run().kind == OutcomeKind::rolledBack));
        BOOST_TEST(play.all(3));
    }
}

BOOST_AUTO_TEST_CASE(what_a_daemon_before_left_is_taken_back) {
    RampPlay play;
    play.runTo(Phase::verifying);
    BOOST_TEST(play.f5().running.members[1].weight == 5);
    Play next;
    next.state = fromRecord(play.record());
    next.boxes = play.boxes;
    next.now = play.now;
    next.feed(Recovered{});
    while (next.advance()) {
    }
    BOOST_REQUIRE(next.state.outcome.has_value());
    BOOST_TEST((next.state.outcome->kind == OutcomeKind::rolledBack));
    for (const auto& [name, box] : next.boxes)
        BOOST_TEST(box.running.members[1].weight == 3, name);
}

BOOST_AUTO_TEST_CASE(another_weight_than_is_recorded_is_an_operators_and_stays) {
    RampPlay play;
    play.citrix().running.members[1].weight = 1;
    const auto& outcome = play.run();
    BOOST_TEST((outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST((outcome.accused == Accused::candidate));
    BOOST_TEST(
        outcome.reason ==
        "citrix-1: an operator has given b at 10.0.0.2:80 the weight 1, which is none of ours to raise: "
        "give it the 3 that is recorded, or commit it without ramps-to");
    BOOST_TEST(play.f5().running.members[1].weight == 3);
    BOOST_TEST(play.citrix().running.members[1].weight == 1);
    BOOST_TEST(play.f5().log.find("edit") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}
