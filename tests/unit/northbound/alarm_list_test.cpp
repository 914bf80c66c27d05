#include "northbound/alarm_list.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using namespace headgate;
using namespace headgate::northbound;
using domain::EventSeverity;

BOOST_AUTO_TEST_SUITE(list_of_alarms)

namespace {

domain::Instant at(int second) {
    return domain::Instant(std::chrono::seconds(1'700'000'000 + second));
}

domain::Event event(int second, EventSeverity severity, const std::string& kind, const std::string& text) {
    domain::Event event;
    event.at = at(second);
    event.severity = severity;
    event.kind = kind;
    event.pool = domain::PoolName{"web"};
    event.appliance = domain::ApplianceName{"f5-1"};
    event.text = text;
    return event;
}

const AlarmKey drift{"/headgate:headgate/pool[name='web']/appliance[name='f5-1']", "drift", ""};

/// XPath is text alone here.
struct List : AlarmList {
    List()
        : AlarmList(same, same) {}
    static bool same(const std::string& xpath, const std::string& resource) { return xpath == resource; }
    std::optional<News> raise(int second, const std::string& text = "differs") {
        return take(event(second, EventSeverity::alarm, "drift", text));
    }
    std::optional<News> clear(int second) {
        return take(event(second, EventSeverity::clear, "drift", "over"));
    }
    const Alarm& alarm() const { return alarms().at(drift); }
    void on(Shelf shelf, int second = 50) {
        AlarmControl wanted;
        wanted.shelves = {std::move(shelf)};
        control(wanted, at(second));
    }
};

std::string resource(domain::Event event) {
    return alarmKeyOf(event).resource;
}

}

BOOST_AUTO_TEST_CASE(an_alarm_is_raised_changed_cleared_and_raised_again) {
    List list;
    const auto raised = list.raise(1);
    BOOST_REQUIRE(raised);
    BOOST_TEST((raised->key == drift));
    BOOST_TEST((raised->change == StatusChange{at(1), AlarmSeverity::major, "differs"}));
    BOOST_TEST(!list.raise(2)); // the same again
    BOOST_TEST((list.raise(3, "differs more")->change.text == "differs more"));
    BOOST_TEST((list.alarm().raised == at(1)));
    BOOST_TEST(!list.clear(4)->change.severity);
    BOOST_TEST(list.alarm().cleared());
    BOOST_TEST((list.alarm().severity == AlarmSeverity::major));
    BOOST_TEST(!list.clear(5));
    BOOST_TEST(list.raise(6).has_value());
    BOOST_TEST((list.alarm().created == at(1)));
    BOOST_TEST((list.alarm().raised == at(6)));
    BOOST_TEST((list.alarm().changed == at(6)));
    BOOST_TEST(list.alarm().changes.size() == 4U);
    BOOST_TEST((list.lastChanged(AlarmPlace::list) == at(6)));
    BOOST_TEST(list.count(AlarmPlace::list) == 1U);
}

BOOST_AUTO_TEST_CASE(two_changes_of_one_moment_have_times_of_their_own) {
    List list;
    list.raise(1);
    list.clear(1);
    BOOST_TEST((list.alarm().changes[0].at > list.alarm().changes[1].at));
}

BOOST_AUTO_TEST_CASE(what_neither_raises_nor_clears_is_none) {
    List list;
    BOOST_TEST(!list.take(event(1, EventSeverity::warning, "drift", "x")));
    BOOST_TEST(!list.clear(2));
    BOOST_TEST(list.alarms().empty());
}

BOOST_AUTO_TEST_CASE(an_alarm_names_what_it_is_about) {
    auto one = event(1, EventSeverity::alarm, "drift", "");
    BOOST_TEST(resource(one) == drift.resource);
    one.server = domain::ServerName{"real1"};
    BOOST_TEST(resource(one) == drift.resource); // who was to join is not what the alarm is about
    one.kind = "settings-refused";
    one.appliance.reset();
    BOOST_TEST(resource(one) == "/headgate:headgate/pool[name='web']/member[server='real1']");
    one.pool.reset();
    BOOST_TEST(resource(one) == "/headgate:headgate/server[name='real1']");
    one.server.reset();
    BOOST_TEST(resource(one) == "/headgate:headgate/daemon");
    one.appliance = domain::ApplianceName{"f5-1"};
    BOOST_TEST(resource(one) == "/headgate:headgate/appliance[name='f5-1']");
    one.kind = "never-heard-of";
    BOOST_TEST(alarmKeyOf(one).type == "other");
    BOOST_TEST(alarmKeyOf(one).qualifier == "never-heard-of");
}

BOOST_AUTO_TEST_CASE(as_many_changes_are_kept_as_control_says) {
    List list;
    AlarmControl control;
    control.keptChanges = 3;
    list.control(control, at(0));
    for (int second = 1; second <= 10; ++second)
        list.raise(second, std::to_string(second));
    BOOST_TEST(list.alarm().changes.size() == 3U);
    BOOST_TEST(list.alarm().changes.front().text == "10");
    control.keptChanges = 1;
    list.control(control, at(11));
    BOOST_TEST(list.alarm().changes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_told_is_what_control_wants_told) {
    List list;
    AlarmControl control;
    control.notify = NotifyAlarms::raiseAndClear;
    list.control(control, at(0));
    BOOST_TEST(list.raise(1).has_value());
    BOOST_TEST(!list.raise(2, "differs more"));
    BOOST_TEST(list.clear(3).has_value());
    control.notify = NotifyAlarms::fromSeverity;
    control.from = AlarmSeverity::critical;
    list.control(control, at(4));
    BOOST_TEST(!list.raise(5));
    BOOST_TEST(list.clear(6).has_value());
    control.from = AlarmSeverity::major;
    list.control(control, at(7));
    BOOST_TEST(list.raise(8).has_value());
}

BOOST_AUTO_TEST_CASE(a_shelf_takes_alarms_and_gives_them_back) {
    List list;
    list.raise(1);
    list.on({"noisy", {drift.resource}, {{"headgate-alarms:drift", ""}}});
    BOOST_TEST((list.alarm().shelf == "noisy"));
    BOOST_TEST(list.alarm().operators.front().state == "shelved");
    BOOST_TEST(list.count(AlarmPlace::list) == 0U);
    BOOST_TEST(list.count(AlarmPlace::shelves) == 1U);
    BOOST_TEST(!list.clear(60));
    BOOST_TEST(list.alarm().cleared());
    BOOST_TEST(!list.raise(61));
    list.control({}, at(70));
    BOOST_TEST(!list.alarm().shelf);
    BOOST_TEST(list.alarm().operators.front().state == "un-shelved");
    BOOST_TEST((list.alarm().changed == at(70)));
    BOOST_TEST(list.clear(71).has_value());
}

BOOST_AUTO_TEST_CASE(a_shelf_is_for_what_meets_each_of_its_criteria) {
    const std::pair<Shelf, bool> rows[] = {
        {{"all", {}, {}}, true},
        {{"by base", {}, {{"ietf-alarms:alarm-type-id", ".*"}}}, true},
        {{"by our base", {}, {{"headgate-alarms:headgate-alarm", ".*"}}}, true},
        {{"other type", {}, {{"headgate-alarms:not-saved", ""}}}, false},
        {{"one of two types", {}, {{"headgate-alarms:not-saved", ""}, {"headgate-alarms:drift", ""}}}, true},
        {{"other qualifier", {}, {{"headgate-alarms:drift", "x+"}}}, false},
        {{"no expression", {}, {{"headgate-alarms:drift", "("}}}, false},
        {{"one of two resources", {"/elsewhere", drift.resource}, {}}, true},
        {{"type and other resource", {"/elsewhere"}, {{"headgate-alarms:drift", ""}}}, false}};
    for (const auto& [shelf, takes] : rows) {
        List list;
        list.on(shelf, 0);
        BOOST_TEST(list.raise(1).has_value() != takes, shelf.name);
        BOOST_TEST((list.alarm().shelf == shelf.name) == takes, shelf.name);
    }
}

BOOST_AUTO_TEST_CASE(cleared_and_old_alarms_are_purged_and_long_ones_compressed) {
    List list;
    list.raise(1);
    list.clear(2);
    list.take(event(3, EventSeverity::alarm, "indeterminate", "nobody knows"));
    AlarmFilter filter;
    filter.cleared = true;
    filter.changedBefore = at(2);
    BOOST_TEST(list.purge(AlarmPlace::list, filter, at(10)) == 0U);
    filter.changedBefore = at(3);
    BOOST_TEST(list.purge(AlarmPlace::shelves, filter, at(10)) == 0U);
    filter.severity = [](AlarmSeverity is) { return is > AlarmSeverity::major; };
    BOOST_TEST(list.purge(AlarmPlace::list, filter, at(10)) == 0U);
    filter.severity = {};
    filter.operatorState = "closed";
    BOOST_TEST(list.purge(AlarmPlace::list, filter, at(10)) == 0U);
    BOOST_TEST(list.setOperatorState(drift, {at(9), "ann", "closed", ""}));
    BOOST_TEST(list.alarm().closed());
    BOOST_TEST(list.compress(AlarmPlace::list, {}) == 2U);
    BOOST_TEST(list.alarm().changes.size() == 1U);
    BOOST_TEST(list.purge(AlarmPlace::list, filter, at(10)) == 1U);
    BOOST_TEST(list.alarms().size() == 1U);
    BOOST_TEST((list.lastChanged(AlarmPlace::list) == at(10)));
    BOOST_TEST(!list.setOperatorState(drift, {at(11), "ann", "ack", ""}));
    BOOST_TEST(list.raise(12).has_value());
    BOOST_TEST((list.alarm().created == at(12)));
}

BOOST_AUTO_TEST_CASE(what_stood_before_a_restart_stands_with_its_history) {
    const auto raised = event(1, EventSeverity::alarm, "drift", "differs");
    const auto over = event(2, EventSeverity::clear, "drift", "over");
    const auto again = event(3, EventSeverity::alarm, "drift", "differs");
    const auto past = event(1, EventSeverity::alarm, "not-saved", "x");
    const auto old = event(0, EventSeverity::alarm, "indeterminate", "its event is forgotten");
    List list;
    list.restore({raised, past, over, event(2, EventSeverity::clear, "not-saved", "saved"), again},
                 {old, again});
    BOOST_TEST(list.alarms().size() == 2U);
    BOOST_TEST((list.alarm().created == at(1)));
    BOOST_TEST(list.alarm().changes.size() == 3U);
    BOOST_TEST(!list.take(again));
}

BOOST_AUTO_TEST_CASE(alarms_are_bounded_and_those_cleared_longest_ago_go) {
    List list;
    for (int number = 0; number < 10'100; ++number) {
        auto one = event(number, EventSeverity::alarm, "drift", "x");
        one.appliance = domain::ApplianceName{"a" + std::to_string(number)};
        list.take(one);
        one.severity = EventSeverity::clear;
        if (number > 0) list.take(one);
    }
    BOOST_TEST(list.alarms().size() == 10'000U);
    const auto there = [&](int number) {
        auto key = drift;
        key.resource =
            "/headgate:headgate/pool[name='web']/appliance[name='a" + std::to_string(number) + "']";
        return list.alarms().contains(key);
    };
    BOOST_TEST(there(0)); // it stands
    BOOST_TEST(!there(1));
    BOOST_TEST(there(10'099));
}

/// Each alarm that the sources raise by a word has an identity and an entry in the inventory.
BOOST_AUTO_TEST_CASE(every_kind_that_is_raised_has_a_type) {
    namespace fs = std::filesystem;
    const std::regex raised(R"re((?:EventSeverity::alarm,|machine\.fail\(|return refuse\()\s*"([a-z-]+)")re");
    const std::regex held(R"re([?:]\s*"([a-z]+-[a-z-]+)")re");
    std::set<std::string> kinds{"history-not-written", "journal-not-written"};
    const auto add = [&](const std::string& text, const std::regex& pattern) {
        for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
            kinds.insert((*it)[1]);
    };
    for (const char* room : {"controller", "transaction", "daemon"})
        for (const auto& file : fs::directory_iterator(fs::path(HEADGATE_SOURCE_DIR) / "src" / room)) {
            if (file.path().extension() != ".cpp") continue;
            std::ifstream in(file.path());
            const std::string text{std::istreambuf_iterator<char>(in), {}};
            add(text, raised);
            if (file.path().filename() == "machine.cpp") add(text, held);
        }
    BOOST_TEST(kinds.size() > 20U);
    for (const auto& kind : kinds)
        BOOST_TEST(alarmType(kind).name == kind, kind);
}

BOOST_AUTO_TEST_SUITE_END()
