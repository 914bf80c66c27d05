#include "usm_parts.hpp"

using namespace usm_parts;

// Agents that become others than they were: they are found again, and it is told what has changed.

namespace {

struct Recovery : Talk {
    using Change = EngineChange::Kind;

    Recovery() {
        discover();
        hears(agent.answer());
    }
    /// What the next answer says of a change.
    std::optional<EngineChange> told(base::Instant now = start) {
        const auto heard = agent.answer();
        const auto answer = judge(heard, now);
        BOOST_TEST((answer.kind == Kind::response));
        return answer.change;
    }
    void resynchronise(base::Instant now = start) {
        BOOST_TEST((hears(agent.report(Report::notInTimeWindow, SecurityLevel::authNoPriv), now) ==
                    Kind::resynchronised));
    }
};

}

BOOST_FIXTURE_TEST_SUITE(usm_recovery, Recovery)

BOOST_AUTO_TEST_CASE(another_engine_is_told_once_and_only_when_it_has_proved_itself) {
    const auto before = agent.engineId;
    agent.engineId = "\x80\x09\x08\x07\x06";
    agent.boots = 1;
    const auto unproved = judge(agent.report(Report::unknownEngine));
    BOOST_TEST((unproved.kind == Kind::discovered));
    BOOST_TEST(!unproved.change.has_value());
    const auto change = told();
    BOOST_REQUIRE(change.has_value());
    BOOST_TEST((change->kind == Change::anotherEngine));
    BOOST_TEST(change->from == before);
    BOOST_TEST(change->to == agent.engineId);
    BOOST_TEST(print(*change) ==
               "its SNMP engine was 0x800102030405 and is 0x8009080706: another agent, or one that has lost "
               "its state");
    BOOST_TEST(!told().has_value());
}

BOOST_AUTO_TEST_CASE(a_forged_engine_is_forgotten_when_the_true_one_speaks_again) {
    const auto before = agent.engineId;
    agent.engineId = "\x80\x09\x08\x07\x06";
    hears(agent.report(Report::unknownEngine));
    agent.engineId = before;
    hears(agent.report(Report::unknownEngine));
    BOOST_TEST(!told().has_value());
}

BOOST_AUTO_TEST_CASE(two_engines_in_a_row_are_told_as_one_change) {
    const auto before = agent.engineId;
    for (const auto* next : {"\x80\x09\x08\x07\x06", "\x80\x0a\x0b\x0c\x0d"}) {
        agent.engineId = next;
        hears(agent.report(Report::unknownEngine));
    }
    const auto change = told();
    BOOST_REQUIRE(change.has_value());
    BOOST_TEST(change->from == before);
    BOOST_TEST(change->to == agent.engineId);
}

BOOST_AUTO_TEST_CASE(boots_that_went_back_are_told_once) {
    agent.boots = 2;
    agent.time = 7;
    resynchronise();
    const auto change = told();
    BOOST_REQUIRE(change.has_value());
    BOOST_TEST((change->kind == Change::bootsBack));
    BOOST_TEST(change->timeTo == 7U);
    BOOST_TEST(change->bootsFrom == 5U);
    BOOST_TEST(change->bootsTo == 2U);
    BOOST_TEST(print(*change) == "its SNMP engine counts 2 boots, after 5: it has lost its state");
    BOOST_TEST(!told().has_value());
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_ahead_is_believed_and_told_beyond_the_window) {
    agent.time = 1150;
    BOOST_TEST(!told().has_value(), "150 s are within it");
    agent.time = 1301;
    const auto change = told();
    BOOST_REQUIRE(change.has_value());
    BOOST_TEST((change->kind == Change::timeJumped));
    BOOST_TEST(change->seconds == 151);
    BOOST_TEST(print(*change) == "the time of its SNMP engine has jumped by 151 s");
    BOOST_TEST(!told().has_value());
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_back_is_followed_by_its_signed_report_and_told) {
    agent.time = 500;
    BOOST_TEST((hears(agent.answer()) == Kind::rejected));
    resynchronise();
    const auto change = told();
    BOOST_REQUIRE(change.has_value());
    BOOST_TEST(change->seconds == -500);
}

BOOST_AUTO_TEST_CASE(time_that_passes_as_it_should_is_no_change) {
    agent.time = 1000 + 86400;
    BOOST_TEST(!told(start + 24h).has_value());
    agent.boots = 6;
    agent.time = 3;
    BOOST_TEST(!told(start + 25h).has_value(), "a restart is for others to tell");
}

BOOST_AUTO_TEST_CASE(three_polls_without_an_answer_and_the_fourth_asks_for_the_engine) {
    for (const int second : {10, 20, 30})
        BOOST_TEST(!asksForTheEngine(start + 1s * second, second));
    BOOST_TEST(asksForTheEngine(start + 40s, 40));
    BOOST_TEST(asksForTheEngine(start + 50s, 50), "and so on");
}

BOOST_AUTO_TEST_CASE(an_answer_in_time_begins_the_count_anew) {
    for (const int second : {10, 20, 30})
        ask(start + 1s * second, second);
    agent.time = 1030;
    BOOST_TEST((hears(agent.answer(), start + 30s) == Kind::response));
    for (const int second : {40, 50, 60})
        BOOST_TEST(!asksForTheEngine(start + 1s * second, second));
    BOOST_TEST(asksForTheEngine(start + 70s, 70));
}

BOOST_AUTO_TEST_CASE(retries_and_questions_at_one_time_count_once) {
    for (int id = 1; id <= 9; ++id)
        BOOST_TEST(!asksForTheEngine(start, id));
    for (int second = 0; second < 9; ++second)
        BOOST_TEST(!asksForTheEngine(start + 1s * second, 1));
}

BOOST_AUTO_TEST_CASE(an_agent_that_reports_and_never_answers_is_asked_for_its_engine_too) {
    for (const int second : {10, 20, 30}) {
        ask(start + 1s * second, second);
        BOOST_TEST((hears(agent.report(Report::unknownUser)) == Kind::reported));
    }
    BOOST_TEST(asksForTheEngine(start + 40s, 40));
}

/// Such as one that lost its boots and reports nothing that is signed.
BOOST_AUTO_TEST_CASE(an_engine_in_doubt_is_supposed_anew_and_asked_in_the_time_that_it_says) {
    for (const int second : {10, 20, 30, 40})
        ask(start + 1s * second, second);
    agent.boots = 1;
    agent.time = 33;
    BOOST_TEST((hears(agent.report(Report::unknownEngine), start + 40s) == Kind::discovered));
    const auto datagram = ask(start + 41s, 41);
    const auto asked = readV3Message(datagram);
    BOOST_TEST(asked->engineId == agent.engineId);
    BOOST_TEST(asked->boots == 1U);
    BOOST_TEST(asked->time == 34U);
    const auto change = told(start + 41s);
    BOOST_REQUIRE(change.has_value());
    BOOST_TEST((change->kind == Change::bootsBack));
}

BOOST_AUTO_TEST_CASE(an_answer_on_its_way_is_believed_while_the_engine_is_in_doubt) {
    for (const int second : {10, 20, 30, 40})
        ask(start + 1s * second, second);
    agent.time = 1040;
    BOOST_TEST((hears(agent.answer(), start + 40s) == Kind::response));
    BOOST_TEST(!asksForTheEngine(start + 41s, 41));
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_not_in_doubt_is_not_discovered_again) {
    BOOST_TEST((hears(agent.report(Report::unknownEngine)) == Kind::reported));
}

BOOST_AUTO_TEST_CASE(without_authentication_only_another_engine_is_told) {
    agent.credentials = user("ape", SecurityLevel::noAuthNoPriv);
    peer = UsmPeer(agent.credentials);
    discover();
    BOOST_TEST(!told().has_value());
    agent.boots = 1;
    agent.time = 5;
    BOOST_TEST(!told().has_value());
    agent.engineId = "\x80\x09\x08\x07\x06";
    hears(agent.report(Report::unknownEngine));
    BOOST_TEST(told().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
