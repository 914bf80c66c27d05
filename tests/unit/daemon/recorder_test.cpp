#include "lab_configuration.hpp"
#include "store/database.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::daemon;

BOOST_AUTO_TEST_SUITE(recorder_of_what_is_true)

namespace {

controller::Ended committed(std::uint64_t id) {
    controller::Ended end;
    end.view = allocation(id, "committed");
    end.view.outcome = domain::OutcomeKind::committed;
    end.view.ended = noon;
    end.membership = controller::MembershipChange{{"web"}, memberReal2(), std::nullopt};
    return end;
}

/// What a failing disk does to the history alone.
void renameTable(const Folder& folder, const std::string& from, const std::string& to) {
    store::Database(folder.path / "headgate.db").run("ALTER TABLE " + from + " RENAME TO " + to);
}

}

BOOST_AUTO_TEST_CASE(a_committed_allocation_is_a_member_after_a_restart) {
    Folder folder;
    {
        auto before = recorder(folder);
        before.journal({allocation(1, "committing"), "commit"}, noon);
        BOOST_TEST(before.ended(committed(1), noon));
        BOOST_TEST(before.running().value().pool({"web"})->member({"real2"}) != nullptr);
    }
    auto after = recorder(folder);
    const auto* member = after.running().value().pool({"web"})->member({"real2"});
    BOOST_REQUIRE(member);
    BOOST_TEST((*member == memberReal2()));
    BOOST_TEST(after.latestTransactions(10).size() == 1U);
    BOOST_TEST(after.closeUnfinished(noon).empty());
}

BOOST_AUTO_TEST_CASE(a_rolled_back_allocation_changes_no_configuration) {
    Folder folder;
    auto one = recorder(folder);
    one.journal({allocation(1, "committing"), "commit"}, noon);
    auto end = committed(1);
    end.view.state = "rolled-back";
    end.view.outcome = domain::OutcomeKind::rolledBack;
    end.membership.reset();
    BOOST_TEST(!one.ended(end, noon));
    BOOST_TEST(one.running().value().pool({"web"})->members.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_transaction_that_a_dead_daemon_left_is_indeterminate_and_its_pool_held) {
    Folder folder;
    {
        auto dead = recorder(folder);
        dead.journal({allocation(7, "committing"), "commit"}, noon);
    }
    auto next = recorder(folder);
    const auto alarms = next.closeUnfinished(noon);
    BOOST_REQUIRE(alarms.size() == 1U);
    BOOST_TEST((alarms[0].severity == domain::EventSeverity::alarm));
    BOOST_TEST(alarms[0].text.find("committing") != std::string::npos);
    BOOST_TEST(alarms[0].text.find("headgate resume web") != std::string::npos);
    BOOST_TEST(next.running().value().pool({"web"})->held);
    BOOST_TEST((next.latestTransactions(1).at(0).outcome == domain::OutcomeKind::indeterminate));
    BOOST_TEST(next.nextTransactionId().value > 7U);
    BOOST_TEST(next.closeUnfinished(noon).empty());
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
    BOOST_TEST(one.hold({{"web"}, true}, noon));

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
        BOOST_TEST(one.hold({{"web"}, true}, noon));
        BOOST_TEST(!one.hold({{"web"}, true}, noon));
    }
    auto two = recorder(folder);
    BOOST_TEST(two.running().value().pool({"web"})->held);
    BOOST_TEST(two.hold({{"web"}, false}, noon));
    BOOST_TEST(!two.hold({{"unknown"}, true}, noon));
}

BOOST_AUTO_TEST_SUITE_END()
