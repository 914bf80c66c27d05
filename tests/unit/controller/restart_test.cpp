// What a daemon before left behind, and a journal that fails.

#include "rig.hpp"
#include "transaction/record.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::OutcomeKind;

namespace {

/// A controller anew, with the same appliances, that is given what the journal of the other one held.
Rig restarted(Rig& before) {
    Rig rig;
    rig.boxes = before.boxes;
    for (auto& [name, box] : rig.boxes)
        box.dropSession();
    rig.now = before.now;
    rig.nextPoll = before.now;
    rig.controller = Controller{Options{{9}, 50, 10s, 300s}};
    rig.configuration = before.controller.configuration();
    rig.start();
    std::string record;
    for (const auto& entry : before.journal)
        if (!entry.record.empty()) record = entry.record;
    rig.give(Recover{{transaction::fromRecord(record)}});
    return rig;
}

Rig diesIn(const std::string& state) {
    Rig rig;
    rig.start();
    rig.fill();
    while (rig.journal.empty() || rig.journal.back().view.state != state)
        rig.run(2ms);
    return rig;
}

}

BOOST_AUTO_TEST_SUITE(restart)

BOOST_AUTO_TEST_CASE(what_was_not_confirmed_is_undone_and_tried_anew) {
    auto before = diesIn("verifying");
    auto rig = restarted(before);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::rolledBack));
    BOOST_TEST(rig.ended.at(0).view.id.value == 5U);
    rig.fill();
    rig.runUntilEnded(2);
    BOOST_TEST((rig.ended.at(1).outcome.kind == OutcomeKind::committed));
    BOOST_TEST(rig.ended.at(1).view.id.value == 9U);
}

BOOST_AUTO_TEST_CASE(what_was_being_confirmed_is_finished_and_recorded) {
    auto before = diesIn("confirming");
    auto rig = restarted(before);
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
    BOOST_TEST_REQUIRE(rig.ended.at(0).membership.has_value());
    BOOST_TEST(rig.ended.at(0).membership->added->server.value == "real3");
    BOOST_TEST(rig.isMember("real3"));
}

BOOST_AUTO_TEST_CASE(nothing_new_begins_before_it_has_ended) {
    auto before = diesIn("committing");
    auto rig = restarted(before);
    rig.fill();
    rig.give(Request{1, Allocate{{"web"}, domain::ServerName{"real4"}}});
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::refused));
    BOOST_TEST(rig.answers[0].text.find("transaction 5") != std::string::npos);
    BOOST_TEST(rig.controller.snapshot(rig.now).servers[2].reservedBy == "transaction 5");
}

BOOST_AUTO_TEST_CASE(a_journal_that_fails_at_the_first_entry_is_a_refusal) {
    Rig rig;
    rig.start();
    rig.poll();
    rig.give(Request{1, Allocate{{"web"}, std::nullopt}});
    rig.asked.clear(); // behind the entry: not performed
    rig.give(JournalFailed{{5}, "the file system is full"});
    BOOST_TEST_REQUIRE(rig.answers.size() == 1U);
    BOOST_TEST((rig.answers[0].kind == AnswerKind::refused));
    BOOST_TEST(rig.answers[0].text.find("the file system is full") != std::string::npos);
    for (const auto& [name, box] : rig.boxes)
        BOOST_TEST(box.log.empty());
}

BOOST_AUTO_TEST_CASE(nothing_begins_while_the_journal_cannot_be_written) {
    Rig rig;
    rig.start();
    rig.give(JournalStatus{false, "the file system is full"});
    rig.fill();
    rig.run(30s);
    BOOST_TEST(rig.journal.empty());
    rig.give(JournalStatus{true, ""});
    rig.runUntilEnded(1);
    BOOST_TEST((rig.ended.at(0).outcome.kind == OutcomeKind::committed));
}

BOOST_AUTO_TEST_SUITE_END()

}
