#include "lab_configuration.hpp"
#include "store/database.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::daemon;

BOOST_AUTO_TEST_SUITE(recorder_of_what_is_true)

BOOST_AUTO_TEST_CASE(a_committed_allocation_is_a_member_after_a_restart) {
    Folder folder;
    {
        auto before = recorder(folder);
        before.journal({allocation(1, "committing"), "commit"}, noon);
        BOOST_TEST(before.ended(committed(1), noon).runningChanged);
        BOOST_TEST(!before.waiting());
        BOOST_TEST(before.running().value().pool({"web"})->member({"real2"}) != nullptr);
    }
    auto after = recorder(folder);
    const auto* member = after.running().value().pool({"web"})->member({"real2"});
    BOOST_REQUIRE(member);
    BOOST_TEST((*member == memberReal2()));
    BOOST_TEST(after.latestTransactions(10).size() == 1U);
    BOOST_TEST(after.unfinished().empty());
}

BOOST_AUTO_TEST_CASE(a_rolled_back_allocation_changes_no_configuration) {
    Folder folder;
    auto one = recorder(folder);
    one.journal({allocation(1, "committing"), "commit"}, noon);
    auto end = committed(1);
    end.view.state = "rolled-back";
    end.view.outcome = domain::OutcomeKind::rolledBack;
    end.membership.reset();
    BOOST_TEST(!one.ended(end, noon).runningChanged);
    BOOST_TEST(one.running().value().pool({"web"})->members.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_member_that_the_configuration_cannot_have_is_said_and_the_end_is_kept) {
    Folder folder;
    auto one = recorder(folder);
    auto end = committed(1);
    end.membership->added->server = {"nobody"};
    const auto recorded = one.ended(end, noon);
    BOOST_TEST(!recorded.runningChanged);
    BOOST_TEST(recorded.refused.starts_with("added nobody to web cannot be recorded: "));
    BOOST_TEST(one.running().value().pool({"web"})->members.size() == 1U);
    BOOST_TEST(one.unfinished().empty());
    BOOST_TEST(one.latestTransactions(10).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_foreseen_loses_nothing_that_came_in_between) {
    Folder folder;
    auto one = recorder(folder);
    one.foresee(*committed(1).membership);
    BOOST_TEST(one.running().value().pool({"web"})->members.size() == 1U);
    BOOST_TEST(one.hold({{"web"}, true}, noon).runningChanged);
    BOOST_TEST(one.ended(committed(1), noon).runningChanged);
    BOOST_TEST(one.running().value().pool({"web"})->held);
    BOOST_TEST(one.running().value().pool({"web"})->member({"real2"}) != nullptr);
    auto other = *committed(2).membership;
    other.added->connection.port = 81;
    one.foresee(other);
    BOOST_TEST(one.ended(committed(2), noon).runningChanged);
    BOOST_TEST(one.running().value().pool({"web"})->member({"real2"})->connection.port == 8080);
}

BOOST_AUTO_TEST_CASE(what_is_loaded_is_on_the_disk_or_nothing_has_changed) {
    Folder folder;
    auto one = recorder(folder);
    const auto before = one.running().text();
    const store::NewRevision next{noon, "ann", "committed a configuration",
                                  one.running().withHeld({"web"}, true), std::nullopt};
    renameTable(folder, "revision", "away");
    BOOST_CHECK_THROW(one.load(next), store::Error);
    BOOST_TEST(one.running().text() == before);
    BOOST_TEST(!one.waiting());
    renameTable(folder, "away", "revision");
    one.load(next);
    BOOST_TEST(one.running().value().pool({"web"})->held);
    const auto kept = one.revisions(10);
    BOOST_REQUIRE(kept.size() == 2U);
    BOOST_TEST(kept[1].author == "ann");
    BOOST_TEST(kept[1].comment == "committed a configuration");
    BOOST_TEST(one.revision(kept[1].number)->configuration == one.running().text());
    BOOST_TEST(!one.revision(99));
}

BOOST_AUTO_TEST_CASE(what_is_kept_as_changes_is_read_as_the_whole_that_it_was) {
    Folder folder;
    std::vector<std::string> texts;
    {
        auto one = recorder(folder);
        for (int i = 0; i < 300; ++i) {
            one.hold({{"web"}, i % 2 == 0}, noon);
            texts.push_back(one.running().text());
        }
        const auto kept = one.revisions(300);
        for (std::size_t i : {0U, 100U, 255U, 256U, 299U})
            BOOST_TEST(one.revision(kept[i].number)->configuration == texts[i]);
    }
    auto again = recorder(folder);
    BOOST_TEST(again.running().text() == texts.back());
    BOOST_TEST(again.hold({{"web"}, true}, noon).runningChanged);
}

BOOST_AUTO_TEST_CASE(nothing_is_loaded_in_front_of_what_waits_for_the_disk) {
    Folder folder;
    auto one = recorder(folder);
    renameTable(folder, "revision", "away");
    BOOST_TEST(one.hold({{"web"}, true}, noon).runningChanged);
    BOOST_TEST(one.waiting());
    renameTable(folder, "away", "revision");
    BOOST_CHECK_THROW(one.load({noon, "ann", "", one.running().text(), std::nullopt}), store::Error);
    one.catchUp();
    one.load({noon, "ann", "", one.running().text(), std::nullopt});
    BOOST_TEST(one.revisions(10).size() == 3U);
}

BOOST_AUTO_TEST_CASE(the_history_says_why_and_on_whose_wish) {
    Folder folder;
    auto one = recorder(folder);
    one.ended(committed(1), noon);
    one.hold({{"web"}, true, "ben", {7, "local"}}, noon);
    const auto history = one.revisions(10);
    BOOST_REQUIRE(history.size() == 3U);
    BOOST_TEST(history[1].author == "headgated");
    BOOST_TEST((history[1].session == domain::NetconfSession{}));
    BOOST_TEST((history[2].session == domain::NetconfSession{7, "local"}));
    BOOST_TEST(history[1].comment == "added real2 to web: real1 is functional but full");
    BOOST_TEST((history[1].transaction == domain::TransactionId{1}));
    BOOST_TEST(history[2].author == "ben");
    BOOST_TEST(history[2].comment == "held web");
}

BOOST_AUTO_TEST_CASE(a_transaction_that_was_asked_for_is_a_revision_of_who_asked) {
    Folder folder;
    auto one = recorder(folder);
    auto end = committed(1);
    end.by = "ann";
    end.session = {12, "192.0.2.1"};
    one.ended(end, noon);
    const auto made = one.revisions(1).at(0);
    BOOST_TEST(made.author == "ann");
    BOOST_TEST((made.session == end.session));
}

BOOST_AUTO_TEST_CASE(adopted_drift_is_a_revision_that_says_so) {
    Folder folder;
    auto one = recorder(folder);
    const controller::Adopted adopted{{{"web"}, memberReal2(), std::nullopt}, "both appliances have it"};
    BOOST_TEST(one.adopted(adopted, noon).runningChanged);
    BOOST_TEST(one.running().value().pool({"web"})->member({"real2"}) != nullptr);
    store::Database database(folder.path / "headgate.db");
    BOOST_TEST(database.text("SELECT comment FROM revision ORDER BY number DESC LIMIT 1") ==
               "adopted: added real2 to web: both appliances have it");
}

BOOST_AUTO_TEST_CASE(an_end_that_cannot_be_written_waits_and_is_written_in_order) {
    Folder folder;
    {
        auto one = recorder(folder);
        one.journal({allocation(1, "saving"), "save"}, noon);
        renameTable(folder, "journal_entry", "away");
        BOOST_TEST(one.ended(committed(1), noon).runningChanged);
        BOOST_TEST(one.hold({{"web"}, true}, noon).runningChanged);
        BOOST_TEST(one.waiting());
        BOOST_TEST(!one.trouble().empty());
        // Who asks has it already, and nothing newer gets in front of it.
        BOOST_TEST(one.running().value().pool({"web"})->member({"real2"}) != nullptr);
        BOOST_CHECK_THROW(one.catchUp(), store::Error);
        BOOST_CHECK_THROW(one.journal({allocation(2, "gathering"), "ask"}, noon), store::Error);

        renameTable(folder, "away", "journal_entry");
        one.journal({allocation(2, "gathering"), "ask"}, noon);
        BOOST_TEST(!one.waiting());
        BOOST_TEST(one.trouble().empty());
    }
    auto after = recorder(folder);
    BOOST_TEST(after.running().value().pool({"web"})->member({"real2"}) != nullptr);
    BOOST_TEST(after.running().value().pool({"web"})->held);
    const auto transactions = after.latestTransactions(10);
    BOOST_REQUIRE(transactions.size() == 2U);
    BOOST_TEST((transactions[0].outcome == domain::OutcomeKind::committed));
    store::Database database(folder.path / "headgate.db");
    BOOST_TEST(database.number("SELECT count(*) FROM revision") == 3);
    BOOST_TEST(database.number("SELECT \"transaction\" FROM revision WHERE number = 2") == 1);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_doubt_waits_while_the_disk_is_full_and_comes_in_order) {
    Folder folder;
    const auto doubtful = [](std::uint64_t id) {
        auto end = committed(id);
        end.view.state = "indeterminate";
        end.view.outcome = domain::OutcomeKind::indeterminate;
        end.membership.reset();
        return end;
    };
    {
        auto one = recorder(folder);
        one.ended(doubtful(1), noon);
        BOOST_TEST(one.doubts().size() == 1U);
        renameTable(folder, "doubt", "away");
        one.doubtEnded({{"web"}});
        one.ended(doubtful(2), noon);
        BOOST_TEST(one.waiting());
        BOOST_TEST(!one.trouble().empty());
        renameTable(folder, "away", "doubt");
        // Killed here, it would be in doubt again: a check proves it once more.
        BOOST_TEST(one.doubts().size() == 1U);
        one.catchUp();
        BOOST_TEST(!one.waiting());
    }
    auto after = recorder(folder);
    BOOST_REQUIRE(after.doubts().size() == 1U);
    BOOST_TEST(after.doubts()[0].view.id.value == 2U);
}

BOOST_AUTO_TEST_CASE(a_history_that_is_not_written_is_one_alarm_and_the_events_are_kept) {
    Folder folder;
    auto one = recorder(folder);
    BOOST_TEST(!one.flush(noon).has_value());
    const auto happened = [&] {
        return one.event({noon, domain::EventSeverity::notice, "server-full", {}, {}, {}, {}, "full"}, noon);
    };
    std::vector<domain::Event> told;
    const auto note = [&](const std::optional<domain::Event>& event) {
        if (event) told.push_back(*event);
    };
    renameTable(folder, "event", "away");
    for (int i = 0; i < 100; ++i) // more than the store buffers
        note(happened());
    note(one.flush(noon));
    BOOST_REQUIRE(told.size() == 1U);
    BOOST_TEST(told[0].kind == "history-not-written");
    BOOST_TEST((told[0].severity == domain::EventSeverity::alarm));
    one.journal({allocation(1, "committing"), "commit"}, noon);
    BOOST_TEST(one.hold({{"web"}, true}, noon).runningChanged);

    renameTable(folder, "away", "event");
    note(one.flush(noon));
    note(one.flush(noon));
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST((told[1].severity == domain::EventSeverity::clear));
    BOOST_TEST(one.latestEvents(200).size() == 100U);
}

BOOST_AUTO_TEST_CASE(a_hold_survives_a_restart_and_is_recorded_once) {
    Folder folder;
    {
        auto one = recorder(folder);
        BOOST_TEST(one.hold({{"web"}, true}, noon).runningChanged);
        BOOST_TEST(!one.hold({{"web"}, true}, noon).runningChanged);
    }
    auto two = recorder(folder);
    BOOST_TEST(two.running().value().pool({"web"})->held);
    BOOST_TEST(two.hold({{"web"}, false}, noon).runningChanged);
    BOOST_TEST(!two.hold({{"unknown"}, true}, noon).runningChanged);
}

BOOST_AUTO_TEST_SUITE_END()
