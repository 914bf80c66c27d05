// The alarms as a client of ietf-alarms sees them.

#include "northbound/alarm_types.hpp"
#include "unit/northbound/rig.hpp"

#include <thread>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;
using domain::EventSeverity;
using netconf::Datastore;

BOOST_AUTO_TEST_SUITE(alarms_by_netconf)

namespace {

const std::string inAlarms = "xmlns=\"urn:ietf:params:xml:ns:yang:ietf-alarms\"";

std::string alarms(const std::string& content) {
    return "<alarms " + inAlarms + ">" + content + "</alarms>";
}

domain::Event drift(int second, EventSeverity severity, const std::string& text) {
    domain::Event event;
    event.at = domain::Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)) +
               std::chrono::seconds(second);
    event.severity = severity;
    event.kind = "drift";
    event.pool = domain::PoolName{"web"};
    event.appliance = domain::ApplianceName{"f5-1"};
    event.text = text;
    return event;
}

/// The running configuration with a shelf.
std::string shelving(const Daemon& daemon, const std::string& criteria) {
    auto text = daemon.running.text();
    text.insert(text.find('{') + 1,
                R"("ietf-alarms:alarms": {"control": {"alarm-shelving": {"shelf": [{"name": "noisy")" +
                    criteria + "}]}}},");
    return RunningConfiguration::fromContent(text, "/").text();
}

std::string action(const std::string& content) {
    return "<action xmlns=\"urn:ietf:params:xml:ns:yang:1\">" + alarms(content) + "</action>";
}

const std::string driftsKey =
    std::string("<resource ") +
    "xmlns:hg=\"urn:headgate:yang:headgate\">/hg:headgate/hg:pool[hg:name='web']"
    "/hg:appliance[hg:name='f5-1']</resource><alarm-type-id "
    "xmlns:hga=\"urn:headgate:yang:headgate-alarms\">hga:drift</alarm-type-id><alarm-type-qualifier/>";

struct Ear {
    explicit Ear(const Daemon& daemon)
        : client(daemon.client()) {
        client.onNotification([this](const netconf::Notification& one) { heard.push_back(one.xml); });
        client.subscribe();
    }
    /// The next notification of ietf-alarms.
    std::string next() {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < deadline) {
            for (; !heard.empty(); heard.erase(heard.begin()))
                if (has(heard.front(), inAlarms)) {
                    const auto found = heard.front();
                    heard.erase(heard.begin());
                    return found;
                }
            client.poll(100ms);
        }
        return "nothing";
    }
    std::vector<std::string> heard;
    netconf::Client client;
};

}

BOOST_AUTO_TEST_CASE(an_alarm_is_in_the_list_is_told_and_is_cleared) {
    Daemon daemon;
    Ear ear(daemon);
    daemon.northbound->post(drift(1, EventSeverity::alarm, "a member more"));
    const auto told = ear.next();
    BOOST_TEST(has(told, "<alarm-notification"), told);
    BOOST_TEST(has(told, ":drift</alarm-type-id>"), told);
    BOOST_TEST(has(told, "<perceived-severity>major</perceived-severity>"));
    BOOST_TEST(has(told, "<alarm-text>a member more</alarm-text>"));
    auto client = daemon.client();
    const auto standing = client.get(alarms("<alarm-list/><summary/>"));
    BOOST_TEST(has(standing, "name='f5-1']</resource>"), standing);
    BOOST_TEST(has(standing, "<number-of-alarms>1</number-of-alarms>"));
    BOOST_TEST(has(standing, "<is-cleared>false</is-cleared>"));
    BOOST_TEST(has(standing, "<severity>major</severity><total>1</total><not-cleared>1</not-cleared>"),
               standing);
    daemon.northbound->post(drift(2, EventSeverity::clear, "as recorded"));
    BOOST_TEST(has(ear.next(), "<perceived-severity>cleared</perceived-severity>"));
    const auto cleared = client.get(alarms("<alarm-list/>"));
    BOOST_TEST(has(cleared, "<is-cleared>true</is-cleared>"));
    BOOST_TEST(has(cleared, "<perceived-severity>major</perceived-severity><alarm-text>as recorded"),
               cleared);
    BOOST_TEST(has(cleared, "<status-change><time>2026-11-22T00:00:02"), cleared);
    BOOST_TEST(!has(client.get(filtered("")), "alarm-list"));
}

BOOST_AUTO_TEST_CASE(the_inventory_has_every_type) {
    Daemon daemon;
    auto client = daemon.client();
    const auto inventory = client.get(alarms("<alarm-inventory/>"));
    for (const auto& type : alarmTypes())
        BOOST_TEST(has(inventory, ":" + std::string(type.name) + "</alarm-type-id>"), type.name);
    BOOST_TEST(has(inventory, "<will-clear>true</will-clear>"));
}

BOOST_AUTO_TEST_CASE(a_shelved_alarm_is_kept_and_not_told) {
    for (
        const auto* criteria :
        {"", R"(, "resource": ["/headgate:headgate/pool[name='web']/appliance"])",
         R"(, "alarm-type": [{"alarm-type-id": "headgate-alarms:drift", "alarm-type-qualifier-match": ""}])"}) {
        Daemon daemon;
        Ear ear(daemon);
        daemon.northbound->commitRunning(shelving(daemon, criteria));
        daemon.northbound->post(drift(1, EventSeverity::alarm, "a member more"));
        const auto shelved =
            getUntil(ear.client, alarms("<shelved-alarms/><summary/>"), "<shelf-name>noisy<");
        BOOST_TEST(has(shelved, "<state>shelved</state>"), shelved);
        BOOST_TEST(has(shelved, "<shelves-active/>"), shelved);
        BOOST_TEST(has(ear.client.get(alarms("<alarm-list/>")), "<number-of-alarms>0<"));
        daemon.northbound->commitRunning(daemon.running.text());
        const auto back = getUntil(ear.client, alarms("<alarm-list/>"), "<state>un-shelved</state>");
        BOOST_TEST(has(back, "<number-of-alarms>1<"));
        daemon.northbound->post(drift(2, EventSeverity::clear, "as recorded"));
        BOOST_TEST(has(ear.next(), ">cleared<"), criteria); // and nothing before it
    }
}

BOOST_AUTO_TEST_CASE(a_shelf_of_another_resource_is_none_for_it) {
    Daemon daemon;
    Ear ear(daemon);
    daemon.northbound->commitRunning(shelving(daemon, R"(, "resource": ["/headgate:headgate/server"])"));
    daemon.northbound->post(drift(1, EventSeverity::alarm, "a member more"));
    BOOST_TEST(has(ear.next(), "a member more"));
}

BOOST_AUTO_TEST_CASE(a_shelf_that_would_select_nothing_for_its_cost_is_refused) {
    Daemon daemon;
    auto client = daemon.client();
    const auto shelve = [&](const std::string& resource) {
        client.editConfig(Datastore::candidate,
                          alarms("<control><alarm-shelving><shelf><name>noisy</name><resource>" + resource +
                                 "</resource></shelf></alarm-shelving></control>"));
        client.validate(Datastore::candidate);
    };
    shelve("/*");
    BOOST_CHECK_EXCEPTION(shelve("//*[//*[//*[//*]]]"), netconf::Error, [](const auto& refusal) {
        return has(refusal.what(), "//*[//*[//*[//*]]] would keep Headgate busy for too long");
    });
}

BOOST_AUTO_TEST_CASE(control_is_configuration_that_is_committed_and_kept) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate,
                      alarms("<control><max-alarm-status-changes>2</max-alarm-status-changes>"
                             "</control>"));
    client.validate(Datastore::candidate);
    std::jthread clerk([&] {
        const auto request = daemon.nextRequest();
        BOOST_TEST(request.configuration.starts_with("/ietf-alarms:alarms/control\n\n"),
                   request.configuration);
        daemon.running.accept(request.configuration);
        daemon.northbound->commitRunning(request.configuration);
        daemon.northbound->answer(request.id, {});
    });
    client.commit();
    clerk.join();
    BOOST_TEST(has(daemon.running.text(), "\"max-alarm-status-changes\": 2"), daemon.running.text());
    BOOST_TEST(RunningConfiguration::fromText(daemon.running.text()).value().pools.size() == 1U);
    for (int second = 1; second <= 5; ++second)
        daemon.northbound->post(drift(second, EventSeverity::alarm, "change " + std::to_string(second)));
    const auto list = getUntil(client, alarms("<alarm-list/>"), "change 5");
    BOOST_TEST(has(list, "change 4"));
    BOOST_TEST(!has(list, "change 3"));
    BOOST_CHECK_THROW(
        client.editConfig(Datastore::candidate,
                          alarms("<control><max-alarm-status-changes>no</max-alarm-status-changes>"
                                 "</control>")),
        netconf::Error);
}

BOOST_AUTO_TEST_CASE(operators_acknowledge_close_and_purge) {
    Daemon daemon;
    Ear ear(daemon);
    daemon.northbound->post(drift(1, EventSeverity::alarm, "a member more"));
    daemon.northbound->post(drift(2, EventSeverity::clear, "as recorded"));
    getUntil(ear.client, alarms("<alarm-list/>"), "as recorded");
    ear.next(), ear.next();
    ear.client.rpc(action("<alarm-list><alarm>" + driftsKey +
                          "<set-operator-state><state>closed</state><text>seen &amp; done</text>"
                          "</set-operator-state></alarm></alarm-list>"));
    const auto told = ear.next();
    BOOST_TEST(has(told, "<operator-action"), told);
    BOOST_TEST(has(told, "<text>seen &amp; done</text>"), told);
    BOOST_TEST(has(ear.client.get(alarms("<alarm-list/>")), "<state>closed</state>"));
    const auto purge = [&](const std::string& criteria) {
        return ear.client.rpc(
            action("<alarm-list><purge-alarms>" + criteria + "</purge-alarms></alarm-list>"));
    };
    BOOST_CHECK_EXCEPTION(purge(""), netconf::Error,
                          [](const netconf::Error& error) { return error.hasTag("missing-element"); });
    const std::string cleared = "<alarm-clearance-status>cleared</alarm-clearance-status>";
    BOOST_TEST(
        has(ear.client.rpc(action("<alarm-list><compress-alarms/></alarm-list>")), ">1</compressed-alarms>"));
    BOOST_TEST(
        has(purge("<alarm-clearance-status>not-cleared</alarm-clearance-status>"), ">0</purged-alarms>"));
    BOOST_TEST(has(purge(cleared + "<older-than><weeks>65535</weeks></older-than>"), ">0</purged-alarms>"));
    BOOST_TEST(has(purge(cleared + "<severity><above>major</above></severity>"), ">0</purged-alarms>"));
    BOOST_TEST(has(purge(cleared + "<operator-state-filter><state>ack</state></operator-state-filter>"),
                   ">0</purged-alarms>"));
    BOOST_TEST(has(purge(cleared + "<severity><is>major</is></severity>"), ">1</purged-alarms>"));
    BOOST_TEST(has(ear.client.get(alarms("<alarm-list/>")), "<number-of-alarms>0<"));
    BOOST_CHECK_EXCEPTION(ear.client.rpc(action("<alarm-list><alarm>" + driftsKey +
                                                "<set-operator-state><state>ack</state></set-operator-state>"
                                                "</alarm></alarm-list>")),
                          netconf::Error,
                          [](const netconf::Error& error) { return error.hasTag("data-missing"); });
}

BOOST_AUTO_TEST_CASE(an_action_selects_among_its_alarm_alone) {
    Daemon daemon;
    Ear ear(daemon);
    daemon.northbound->post(drift(1, EventSeverity::alarm, "a member more"));
    daemon.northbound->post(drift(2, EventSeverity::clear, "as recorded"));
    getUntil(ear.client, alarms("<alarm-list/>"), "as recorded");
    const auto compressed = [&](const std::string& xpath) {
        const auto answer = ear.client.rpc(
            action("<alarm-list><compress-alarms><resource xmlns:hg=\"urn:headgate:yang:headgate\">" + xpath +
                   "</resource></compress-alarms></alarm-list>"));
        const auto at = answer.find("<compressed-alarms");
        return answer.substr(answer.find('>', at) + 1, 1);
    };
    const std::string its = "/hg:headgate/hg:pool/hg:appliance[hg:name='f5-1']";
    // By what else is running nobody is answered.
    BOOST_TEST(compressed(its + "[/hg:headgate/hg:server[hg:name='real1']]") == "0");
    BOOST_TEST(compressed(its) == "1");
    std::string many = "//*";
    for (int i = 0; i < 12; ++i)
        many += "[//*[//*]]";
    BOOST_CHECK_NO_THROW(compressed(many)); // of three nodes that is little
    for (int i = 0; i < 6; ++i)
        many = "//*[" + many + "]";
    BOOST_CHECK_EXCEPTION(compressed(many), netconf::Error,
                          [](const netconf::Error& error) { return error.hasTag("resource-denied"); });
}

BOOST_AUTO_TEST_CASE(an_operators_text_has_4096_octets_at_most) {
    Daemon daemon;
    Ear ear(daemon);
    daemon.northbound->post(drift(1, EventSeverity::alarm, "a member more"));
    getUntil(ear.client, alarms("<alarm-list/>"), "a member more");
    const auto acknowledge = [&](std::size_t octets) {
        ear.client.rpc(action("<alarm-list><alarm>" + driftsKey +
                              "<set-operator-state><state>ack</state><text>" + std::string(octets, 'x') +
                              "</text></set-operator-state></alarm></alarm-list>"));
    };
    BOOST_CHECK_EXCEPTION(acknowledge(4097), netconf::Error,
                          [](const netconf::Error& error) { return error.hasTag("invalid-value"); });
    BOOST_CHECK_NO_THROW(acknowledge(4096));
}

BOOST_AUTO_TEST_CASE(what_stood_before_the_daemon_stands_and_is_not_told_again) {
    Past past;
    past.alarms = {drift(3, EventSeverity::alarm, "again")};
    past.alarmHistory = {drift(1, EventSeverity::alarm, "first"), drift(2, EventSeverity::clear, "over"),
                         past.alarms[0]};
    Daemon daemon(60s, past);
    Ear ear(daemon);
    BOOST_TEST(has(ear.client.get(alarms("<alarm-list/>")), "<time-created>2026-11-22T00:00:01"));
    daemon.northbound->post(drift(4, EventSeverity::alarm, "again"));
    daemon.northbound->post(drift(5, EventSeverity::clear, "as recorded"));
    BOOST_TEST(has(ear.next(), "as recorded"));
}

BOOST_AUTO_TEST_SUITE_END()
