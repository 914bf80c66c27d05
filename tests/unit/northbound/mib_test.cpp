#include "mib/headgate_mib.hpp"
#include "northbound/mib_picture.hpp"
#include "northbound/mib_values.hpp"
#include "northbound/snmp_notices.hpp"
#include "northbound/standing_alarms.hpp"
#include "snmp/objects.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::northbound;
using namespace std::chrono_literals;
namespace mm = headgate::mib::manager;

namespace {

domain::Instant at(int seconds) {
    return domain::Instant(std::chrono::seconds(1'790'000'000 + seconds));
}

domain::Event alarm(const std::string& kind, const std::string& pool,
                    const std::string& text = "it does not work",
                    domain::EventSeverity severity = domain::EventSeverity::alarm) {
    domain::Event event;
    event.at = at(0);
    event.severity = severity;
    event.kind = kind;
    event.pool = domain::PoolName{pool};
    event.text = text;
    return event;
}

domain::Server serverNamed(const std::string& name) {
    domain::Server server;
    server.name = {name};
    server.address = "192.0.2.1";
    return server;
}

/// Two pools, three servers, an appliance, two transactions and an alarm.
struct World {
    World() {
        for (const auto* name : {"b", "aa", "c"})
            configuration.servers.push_back(serverNamed(name));
        configuration.servers[2].address = "2001:db8::7";
        domain::Pool web, api;
        web.name = {"web"}, api.name = {"api"};
        web.application = {"shop"};
        domain::Member member;
        member.server = {"aa"};
        member.connection = {"192.0.2.9", 8080};
        member.origin = domain::Origin::allocated;
        web.members = {member};
        configuration.pools = {web, api};
        domain::Appliance f5;
        f5.name = {"f5-1"}, f5.family = "f5", f5.host = "lb.example.net";
        configuration.appliances = {f5};
        domain::NotificationTarget target;
        target.name = "nms", target.address = "192.0.2.50:162";
        configuration.notificationTargets = {target};
        domain::ServerState state;
        state.name = {"aa"}, state.functional = domain::Functional::functional, state.utilisation = 421;
        state.level = domain::Level::normal, state.binding = "cpu", state.lastSample = at(3);
        snapshot.servers = {state};
        domain::TransactionView ended;
        ended.id = {2}, ended.pool = {"web"}, ended.state = "rolled-back",
        ended.outcome = domain::OutcomeKind::rolledBack;
        ended.ended = at(9);
        ended.appliances[{"f5-1"}] = {"undone", domain::Strategy::direct, {}};
        snapshot.history = {std::make_shared<const domain::TransactionView>(ended)};
        domain::TransactionView open;
        open.id = {10}, open.pool = {"web"}, open.state = "draining";
        snapshot.transactions = {open};
        seen.samplesTaken = 5'000'000'000ULL;
        show();
    }
    void show() {
        picture.configuration = std::make_shared<const domain::Configuration>(configuration);
        seen.snapshot = std::make_shared<const domain::Snapshot>(snapshot);
        picture.seen = std::make_shared<const SnmpSeen>(seen);
        picture.alarms = {{7, alarm("no-candidate", "web")}};
        view.emplace(mibView(picture));
    }
    snmp::Value get(const snmp::Oid& entry, auto column, const snmp::Oid& index) {
        return view->get(entry + static_cast<std::uint32_t>(column) + index);
    }
    std::vector<snmp::Varbind> walk() {
        std::vector<snmp::Varbind> all;
        auto name = mm::module;
        while (auto next = view->next(name, false)) {
            BOOST_TEST((name < next->name), next->name.print());
            BOOST_TEST((view->get(next->name) == next->value), next->name.print());
            name = next->name;
            all.push_back(*std::move(next));
        }
        return all;
    }
    domain::Configuration configuration;
    domain::Snapshot snapshot;
    SnmpSeen seen;
    MibPicture picture;
    std::optional<MibView> view;
};

const snmp::Value& valueOf(const snmp::NotificationOriginator::Notice& notice, mm::Event which) {
    return *snmp::find(notice.objects, mm::scalar(which) + 0);
}

}

BOOST_AUTO_TEST_SUITE(headgate_mib)

BOOST_AUTO_TEST_CASE(a_walk_shows_every_variable_once_in_order_and_each_can_be_got) {
    World world;
    const auto all = world.walk();
    // Scalars, and rows times columns.
    BOOST_TEST(all.size() == 4 + 9 + 12 + 2 * 14 + 1 * 15 + 1 * 10 + 2 * 9 + 1 * 2 + 3 * 12 + 1 * 7 + 1 * 6);
    BOOST_TEST((all.front().name == mm::daemonGroup + snmp::Oid{1, 0}));
}

BOOST_AUTO_TEST_CASE(rows_come_by_the_length_of_their_names_first) {
    World world;
    std::vector<std::string> names;
    auto name = mm::serverEntry + static_cast<std::uint32_t>(mm::Server::functional);
    for (int row = 0; row < 3; ++row) {
        name = world.view->next(name, false)->name;
        names.push_back(name.print().substr(name.print().find(".10.1.4.") + 8));
    }
    const std::vector<std::string> wanted{"1.98", "1.99", "2.97.97"};
    BOOST_TEST(names == wanted);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_says_which_way_it_is_not) {
    World world;
    const auto nobody = snmp::indexOf("nobody");
    BOOST_TEST((world.get(mm::poolEntry, mm::Pool::level, nobody) == snmp::Value(snmp::NoSuchInstance{})));
    BOOST_TEST((world.get(mm::poolEntry, mm::Pool::name, snmp::indexOf("web")) ==
                snmp::Value(snmp::NoSuchObject{})));
    BOOST_TEST((world.get(mm::poolEntry, 16, snmp::indexOf("web")) == snmp::Value(snmp::NoSuchObject{})));
    BOOST_TEST((world.view->get(mm::scalar(mm::Event::text) + 0) == snmp::Value(snmp::NoSuchObject{})));
    BOOST_TEST(!world.view->next(mm::targetEntry + 8, false).has_value());
}

BOOST_AUTO_TEST_CASE(cells_say_what_is_configured_and_what_is_believed) {
    World world;
    const auto aa = snmp::indexOf("aa"), web = snmp::indexOf("web"), f5 = snmp::indexOf("f5-1");
    const auto is = [&](const snmp::Oid& entry, auto column, const snmp::Oid& index,
                        const snmp::Value& wanted) {
        const auto got = world.get(entry, column, index);
        BOOST_TEST((got == wanted), snmp::print(got) + " is not " + snmp::print(wanted));
    };
    is(mm::poolEntry, mm::Pool::application, web, snmp::Octets{"shop"});
    is(mm::poolEntry, mm::Pool::members, web, snmp::Gauge{1});
    is(mm::poolEntry, mm::Pool::level, web, snmp::Integer{1});
    is(mm::memberEntry, mm::Member::pool, aa, snmp::Octets{"web"});
    is(mm::memberEntry, mm::Member::address, aa, snmp::Octets{std::string("\xc0\x00\x02\x09", 4)});
    is(mm::memberEntry, mm::Member::origin, aa, snmp::Integer{2});
    is(mm::serverEntry, mm::Server::functional, aa, snmp::Integer{2});
    is(mm::serverEntry, mm::Server::utilisation, aa, snmp::Gauge{421});
    is(mm::serverEntry, mm::Server::addressType, snmp::indexOf("c"), snmp::Integer{2});
    is(mm::serverEntry, mm::Server::lastSample, snmp::indexOf("c"), snmp::Octets{std::string(8, '\0')});
    is(mm::applianceEntry, mm::Appliance::family, f5, snmp::Integer{1});
    is(mm::applianceEntry, mm::Appliance::strategy, f5, snmp::Integer{4});
    is(mm::transactionEntry, mm::Transaction::state, snmp::Oid{2}, snmp::Integer{13});
    is(mm::transactionEntry, mm::Transaction::outcome, snmp::Oid{2}, snmp::Integer{2});
    is(mm::transactionEntry, mm::Transaction::state, snmp::Oid{10}, snmp::Integer{4});
    is(mm::transactionEntry, mm::Transaction::outcome, snmp::Oid{10}, snmp::Integer{4});
    is(mm::transactionApplianceEntry, mm::TransactionAppliance::strategy, snmp::Oid{2} + f5,
       snmp::Integer{3});
    is(mm::alarmEntry, mm::Alarm::kind, snmp::Oid{7}, snmp::Octets{"no-candidate"});
    is(mm::counterGroup, mm::Counter::samplesTaken, snmp::Oid{0}, snmp::Counter64{5'000'000'000ULL});
    is(mm::summaryGroup, mm::Summary::serverFreeCount, snmp::Oid{0}, snmp::Gauge{1});
    is(mm::targetEntry, mm::Target::port, snmp::indexOf("nms"), snmp::Gauge{162});
}

BOOST_AUTO_TEST_CASE(the_longest_names_fit_an_object_identifier) {
    World world;
    const std::string longest(64, 'x');
    auto view = *world.snapshot.history.front();
    view.id = {4294967295};
    view.appliances[{longest}] = {};
    world.snapshot.history = {std::make_shared<const domain::TransactionView>(view)};
    world.configuration.servers.push_back(serverNamed(longest));
    world.show();
    for (const auto& varbind : world.walk())
        BOOST_TEST(varbind.name.size() <= snmp::Oid::most);
}

BOOST_AUTO_TEST_CASE(a_text_is_cut_at_the_end_of_a_character_and_a_time_is_utc) {
    std::string text(254, 'a');
    BOOST_TEST((mibText(text + "\xc3\xa9") == snmp::Value(snmp::Octets{text})));
    BOOST_TEST((mibText(text + "e!") == snmp::Value(snmp::Octets{text + "e"})));
    const domain::Instant time =
        std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + 14h + 7min + 6s + 250ms;
    BOOST_TEST((mibTime(time) ==
                snmp::Value(snmp::Octets{std::string("\x07\xea\x0c\x01\x0e\x07\x06\x02+\0\0", 11)})));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(standing_alarms)

using News = StandingAlarms::News;

BOOST_AUTO_TEST_CASE(an_alarm_is_news_once_and_so_is_its_clear) {
    StandingAlarms alarms;
    BOOST_TEST((alarms.hear(alarm("drift", "web")).news == News::raised));
    BOOST_TEST((alarms.hear(alarm("drift", "web", "more of it")).news == News::none));
    BOOST_TEST(alarms.all().front().event.text == "more of it");
    BOOST_TEST((alarms.hear(alarm("drift", "api")).news == News::raised));
    auto over = alarm("drift", "web", "it works", domain::EventSeverity::clear);
    over.server = domain::ServerName{"real1"}; // not what it was raised about
    const auto heard = alarms.hear(over);
    BOOST_TEST((heard.news == News::cleared));
    BOOST_TEST(heard.event.text == "it works");
    BOOST_TEST(!heard.event.server.has_value());
    BOOST_TEST((alarms.hear(over).news == News::none));
    BOOST_TEST(alarms.all().size() == 1U);
    BOOST_TEST(alarms.all().front().number == 2U);
}

BOOST_AUTO_TEST_CASE(what_stood_before_a_restart_is_not_told_again_but_its_end_is) {
    StandingAlarms alarms({alarm("drift", "web")});
    BOOST_TEST((alarms.hear(alarm("drift", "web")).news == News::none));
    BOOST_TEST((alarms.hear(alarm("drift", "web", "", domain::EventSeverity::clear)).news == News::cleared));
}

BOOST_AUTO_TEST_CASE(notices_warnings_and_clears_of_nothing_are_no_alarms) {
    StandingAlarms alarms;
    for (const auto severity :
         {domain::EventSeverity::notice, domain::EventSeverity::warning, domain::EventSeverity::clear})
        BOOST_TEST((alarms.hear(alarm("quarantined", "web", "", severity)).news == News::none));
    BOOST_TEST(alarms.all().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(snmp_notices)

BOOST_AUTO_TEST_CASE(each_tells_its_event_in_the_same_eight_objects) {
    const auto raised = noticeOfAlarm(alarm("no-candidate", "web"));
    BOOST_TEST((raised.trap == mm::notification(mm::Notification::alarmRaised)));
    BOOST_TEST(raised.urgent);
    BOOST_TEST(raised.objects.size() == 8U);
    BOOST_TEST((valueOf(raised, mm::Event::severity) == snmp::Value(snmp::Integer{3})));
    BOOST_TEST((valueOf(raised, mm::Event::kind) == snmp::Value(snmp::Octets{"no-candidate"})));
    BOOST_TEST((valueOf(raised, mm::Event::server) == snmp::Value(snmp::Octets{""})));
    const auto grown = noticeOfPool(alarm("pool-grown", "web", "", domain::EventSeverity::notice));
    BOOST_REQUIRE(grown.has_value());
    BOOST_TEST(!grown->urgent);
    BOOST_TEST(!noticeOfPool(alarm("pool-normal", "web")).has_value());
}

BOOST_AUTO_TEST_CASE(the_end_of_a_transaction_names_its_row) {
    const World world;
    const auto ended = noticeOfEnd(*world.snapshot.history.front());
    BOOST_TEST((valueOf(ended, mm::Event::transaction) == snmp::Value(snmp::Gauge{2})));
    BOOST_TEST((ended.objects.back().name == mm::column(mm::Transaction::outcome) + 2));
    BOOST_TEST((ended.objects.back().value == snmp::Value(snmp::Integer{2})));
    const auto missed = noticeNotTold(12, at(0));
    BOOST_TEST((valueOf(missed, mm::Event::count) == snmp::Value(snmp::Gauge{12})));
}

BOOST_AUTO_TEST_SUITE_END()
