// What was told, for a replay.

#include "store/database.hpp"
#include "store/store.hpp"
#include "unit/store/fixtures.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::store;
using namespace headgate::store::test;

BOOST_AUTO_TEST_SUITE(log_of_what_was_told)

namespace {

domain::Event eventAt(int second, domain::EventSeverity severity = domain::EventSeverity::notice) {
    domain::Event event;
    event.at = at(second);
    event.severity = severity;
    event.kind = "drift";
    event.pool = domain::PoolName{"web"};
    event.text = std::to_string(second);
    return event;
}

std::string texts(const domain::LogPage& page) {
    std::string all;
    for (const auto& [number, event] : page.events)
        all += std::to_string(number) + ":" + event.text + " ";
    for (const auto& announcement : page.announcements)
        all += "a" + std::to_string(announcement.number) + ":" + announcement.content + " ";
    return all;
}

}

BOOST_AUTO_TEST_CASE(is_read_on_from_where_it_was_read_to) {
    Folder folder;
    auto store = Store::open(folder.path);
    for (int second = 1; second <= 5; ++second)
        store.appendEvent(eventAt(second));
    store.append({1, at(2), "<one/>"});
    store.append({2, at(4), "<two/>"});
    BOOST_TEST((store.logEnd() == domain::LogEnd{5, 2}));
    BOOST_TEST(texts(store.readLog({})) == "1:1 2:2 3:3 4:4 5:5 a1:<one/> a2:<two/> ");
    BOOST_TEST(texts(store.readLog({.after = {3, 1}})) == "4:4 5:5 a2:<two/> ");
    BOOST_TEST(texts(store.readLog({.after = {1, 0}, .upTo = {3, 1}})) == "2:2 3:3 a1:<one/> ");
    BOOST_TEST(texts(store.readLog({.from = at(2), .to = at(3)})) == "2:2 3:3 a1:<one/> ");
    BOOST_TEST(texts(store.readLog({.limit = 1})) == "1:1 a1:<one/> ");
}

BOOST_AUTO_TEST_CASE(goes_on_with_its_numbers_after_a_restart) {
    Folder folder;
    domain::Instant begun;
    {
        auto store = Store::open(folder.path, {.eventBound = 2});
        for (int second = 1; second <= 3; ++second)
            store.appendEvent(eventAt(second));
        store.append({1, at(2), "<one/>"});
        begun = store.logBegun();
    }
    auto store = Store::open(folder.path);
    BOOST_TEST((store.logEnd() == domain::LogEnd{3, 1}));
    BOOST_TEST((store.logBegun() == begun));
    store.appendEvent(eventAt(4));
    BOOST_TEST(texts(store.readLog({})) == "2:2 3:3 4:4 a1:<one/> ");
}

BOOST_AUTO_TEST_CASE(of_announcements_is_bounded) {
    Folder folder;
    auto store = Store::open(folder.path, {.announcementBound = 10});
    for (std::uint64_t number = 1; number <= 100; ++number) {
        store.append({number, at(1), "<x/>"});
        store.flush();
    }
    const auto kept = store.readLog({.limit = 1000}).announcements;
    BOOST_REQUIRE(kept.size() == 10U);
    BOOST_TEST(kept.front().number == 91U);
}

BOOST_AUTO_TEST_CASE(tells_of_when_the_latest_was_that_it_has_forgotten) {
    Folder folder;
    {
        auto store = Store::open(folder.path, {.eventBound = 2, .announcementBound = 1});
        store.appendEvent(eventAt(5));
        store.appendEvent(eventAt(6));
        store.append({1, at(3), "<one/>"});
        store.flush();
        BOOST_TEST(!store.logAged().has_value());
        store.append({2, at(4), "<two/>"});
        store.flush();
        BOOST_TEST((store.logAged() == at(3)));
        store.appendEvent(eventAt(7));
        store.flush();
        BOOST_TEST((store.logAged() == at(5)));
        store.append({3, at(8), "<three/>"}); // what goes is older than what has gone
        store.flush();
        BOOST_TEST((store.logAged() == at(5)));
    }
    BOOST_TEST((Store::open(folder.path).logAged() == at(5)));
}

BOOST_AUTO_TEST_CASE(has_how_alarms_came_and_went) {
    using enum domain::EventSeverity;
    Folder folder;
    auto store = Store::open(folder.path);
    const auto raised = eventAt(1, alarm), over = eventAt(3, clear), again = eventAt(4, alarm);
    for (const auto& event : {raised, eventAt(2, warning), over, again})
        store.appendEvent(event);
    BOOST_TEST((store.alarmHistory(10) == std::vector{raised, over, again}));
    BOOST_TEST((store.alarmHistory(1) == std::vector{again}));
}

BOOST_AUTO_TEST_CASE(that_the_disk_does_not_take_waits_with_its_number) {
    Folder folder;
    auto store = Store::open(folder.path);
    store.append({1, at(1), "<one/>"});
    const auto rename = [&](const std::string& from, const std::string& to) {
        Database(folder.path / "headgate.db").run("ALTER TABLE " + from + " RENAME TO " + to);
    };
    rename("announcement", "away");
    BOOST_CHECK_THROW(store.flush(), Error);
    store.appendEvent(eventAt(1));
    rename("away", "announcement");
    BOOST_TEST(texts(store.readLog({})) == "1:1 a1:<one/> ");
}

BOOST_AUTO_TEST_SUITE_END()
