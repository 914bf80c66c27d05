// What outlives the end of its transaction: doubts, and alarms that stand.

#include "unit/store/disk.hpp"
#include "unit/store/fixtures.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::store;
using namespace headgate::store::test;

namespace {

domain::TransactionView doubtful(std::uint64_t id) {
    return ended(id, domain::OutcomeKind::indeterminate);
}

domain::Event alarm(const std::string& kind, const std::string& pool, const std::string& appliance,
                    domain::EventSeverity severity = domain::EventSeverity::alarm) {
    auto made = event(kind, kind + " of " + appliance);
    made.severity = severity;
    if (!pool.empty()) made.pool = domain::PoolName{pool};
    if (!appliance.empty()) made.appliance = domain::ApplianceName{appliance};
    return made;
}

std::vector<std::string> standing(Store& store) {
    std::vector<std::string> found;
    for (const auto& each : store.alarms())
        found.push_back(each.text);
    return found;
}

}

BOOST_AUTO_TEST_CASE(a_doubt_keeps_its_record_until_it_ends) {
    Folder folder;
    {
        auto store = Store::open(folder.path);
        for (std::uint64_t id = 1; id <= 2; ++id)
            store.appendJournal(begun(id), at(1), "step", "{\"old\":1}");
        store.endTransaction(doubtful(1), std::nullopt, "{\"n\":1}");
        store.endTransaction(ended(2), std::nullopt, "{\"n\":2}");
        auto other = doubtful(3);
        other.pool = {"shop"};
        store.endTransaction(other); // given up: nobody can say more
        store.endDoubt({"nobody"});
    }
    auto store = Store::open(folder.path);
    BOOST_TEST(store.unfinished().empty());
    const auto found = store.doubts();
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].view.id.value == 1U);
    BOOST_TEST(found[0].view.reason == "because");
    BOOST_TEST((found[0].view.outcome == domain::OutcomeKind::indeterminate));
    BOOST_TEST(found[0].record.value() == "{\"n\":1}");
    BOOST_TEST(found[1].view.id.value == 3U);
    BOOST_TEST(!found[1].record.has_value());

    store.endDoubt({"web"});
    BOOST_REQUIRE(store.doubts().size() == 1U);
    BOOST_TEST(store.doubts()[0].view.pool.value == "shop");
}

BOOST_AUTO_TEST_CASE(what_is_in_doubt_is_never_trimmed) {
    Folder folder;
    auto store = Store::open(folder.path, {.transactionBound = 5});
    store.endTransaction(doubtful(1), std::nullopt, "{}");
    for (std::uint64_t id = 2; id <= 20; ++id)
        store.endTransaction(ended(id));
    BOOST_TEST(store.transactions(100).size() == 6U);
    BOOST_TEST(store.doubts().size() == 1U);
    store.endDoubt({"web"});
    store.endTransaction(ended(21));
    BOOST_TEST(store.transactions(100).size() == 5U);
    BOOST_TEST(store.doubts().empty());
}

BOOST_AUTO_TEST_CASE(the_end_of_a_doubt_is_on_the_disk_or_an_error) {
    Folder folder;
    Disk disk;
    auto store = Store::open(folder.path);
    store.endTransaction(doubtful(1), std::nullopt, "{}");
    disk.walSyncs();
    disk.fill();
    BOOST_CHECK_THROW(store.endDoubt({"web"}), Error);
    disk.free();
    BOOST_TEST(store.doubts().size() == 1U);
    disk.walSyncs();
    store.endDoubt({"web"});
    BOOST_TEST(disk.walSyncs() >= 1U);
    BOOST_TEST(store.doubts().empty());
}

BOOST_AUTO_TEST_CASE(an_alarm_stands_over_a_restart_until_its_clear) {
    Folder folder;
    using domain::EventSeverity;
    {
        auto store = Store::open(folder.path);
        store.appendEvent(alarm("not-saved", "web", "lb1"));
        store.appendEvent(alarm("not-saved", "web", "lb2"));
        store.appendEvent(alarm("not-saved", "shop", "lb1"));
        store.appendEvent(alarm("appliance-lost", "", "lb1"));
        store.appendEvent(alarm("appliance-lost", "", "lb1", EventSeverity::warning));
        store.appendEvent(alarm("journal-not-written", "", ""));
        store.flush();
        store.appendEvent(alarm("not-saved", "web", "lb2", EventSeverity::clear));
        store.appendEvent(alarm("journal-not-written", "", "", EventSeverity::clear));
        store.appendEvent(alarm("never-told", "", "", EventSeverity::clear));
    }
    auto store = Store::open(folder.path);
    const std::vector<std::string> expected{"not-saved of lb1", "not-saved of lb1", "appliance-lost of lb1"};
    BOOST_TEST(standing(store) == expected, boost::test_tools::per_element());
    const auto first = store.alarms().at(0);
    auto told = alarm("not-saved", "web", "lb1");
    BOOST_TEST((first == told));
}

BOOST_AUTO_TEST_CASE(the_same_alarm_stands_once_as_it_was_told_last) {
    Folder folder;
    auto store = Store::open(folder.path);
    auto first = alarm("drift", "web", "lb1");
    first.server = domain::ServerName{"real1"};
    auto again = first;
    again.server = domain::ServerName{"real2"};
    again.text = "more";
    again.transaction = domain::TransactionId{7};
    store.appendEvent(first);
    store.appendEvent(again);
    BOOST_REQUIRE(store.alarms().size() == 1U);
    BOOST_TEST((store.alarms()[0] == again));
    // Where there is no pool the server says whose it is.
    for (const auto* server : {"real1", "real2"}) {
        auto own = alarm("silent", "", "");
        own.server = domain::ServerName{server};
        store.appendEvent(own);
    }
    BOOST_TEST(store.alarms().size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_said_of_one_server_of_a_pool_is_not_ended_by_what_is_said_of_another) {
    Folder folder;
    auto store = Store::open(folder.path);
    for (const auto* kind : {"settings-refused", "data-source-left", "authentication-expires"})
        for (const auto* server : {"real1", "real2"}) {
            auto own = alarm(kind, "web", "");
            own.server = domain::ServerName{server};
            store.appendEvent(own);
        }
    store.flush();
    BOOST_TEST(store.alarms().size() == 6U);
    auto over = alarm("data-source-left", "web", "", domain::EventSeverity::clear);
    over.server = domain::ServerName{"real1"};
    store.appendEvent(over);
    store.flush();
    BOOST_TEST(store.alarms().size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_backlog_forgets_history_before_it_forgets_an_alarm) {
    Folder folder;
    Disk disk;
    auto store = Store::open(folder.path);
    disk.fill();
    const auto tell = [&](const domain::Event& event) {
        try {
            store.appendEvent(event);
        } catch (const Error&) {
        }
    };
    tell(alarm("not-saved", "web", "lb1"));
    for (int i = 0; i < 3000; ++i)
        tell(event("notice"));
    disk.free();
    BOOST_TEST(store.alarms().size() == 1U);
}
