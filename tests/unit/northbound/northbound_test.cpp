#include "unit/northbound/rig.hpp"

#include <future>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;
using namespace std::chrono_literals;

namespace {

domain::Instant at(int second) {
    return domain::Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)) + 12h +
           std::chrono::seconds(second);
}

domain::Snapshot snapshot() {
    domain::Snapshot snapshot;
    snapshot.at = at(60);
    domain::ServerState server;
    server.name = {"real1"};
    server.functional = domain::Functional::functional;
    server.utilisation = 823;
    server.binding = "connections";
    server.readings = {{"connections", 65.84}};
    server.applications = {{{"web"}, true}};
    server.lastSample = at(59);
    server.pool = domain::PoolName{"web"};
    server.reason = "connections is 65.8 of 80";
    snapshot.servers = {server, {}};
    snapshot.servers[1].name = {"gone-meanwhile"};
    domain::PoolState pool;
    pool.name = {"web"};
    pool.level = domain::Level::full;
    pool.utilisation = 823;
    pool.reason = "real1 <at its upper level> & \x01\xff";
    pool.transaction = domain::TransactionId{7};
    snapshot.pools = {pool};
    domain::TransactionView transaction;
    transaction.id = {7};
    transaction.pool = {"web"};
    transaction.server = {"real2"};
    transaction.state = "verifying";
    transaction.started = at(58);
    transaction.appliances = {{{"f5-1"}, {"waiting for health", domain::Strategy::confirmed, {}}}};
    snapshot.transactions = {transaction};
    return snapshot;
}

domain::Event event(int second, const std::string& kind, const std::string& text) {
    domain::Event event;
    event.at = at(second);
    event.kind = kind;
    event.pool = domain::PoolName{"web"};
    event.text = text;
    return event;
}

std::string action(const std::string& pool, const std::string& content) {
    return std::string("<action xmlns=\"urn:ietf:params:xml:ns:yang:1\"><headgate ") + inHeadgate +
           "><pool><name>" + pool + "</name>" + content + "</pool></headgate></action>";
}

}

BOOST_AUTO_TEST_CASE(state_stands_beside_configuration_in_the_same_entry) {
    Daemon daemon;
    domain::ApplianceState appliance;
    appliance.name = {"f5-1"};
    appliance.reason = "connection refused";
    daemon.northbound->post(snapshot(), {appliance});
    auto client = daemon.client();

    const auto server = getUntil(client, filtered("<server><name>real1</name></server>"), "823");
    BOOST_TEST(has(server, "<address>127.77.0.101</address>"));
    BOOST_TEST(has(server, "<functional>functional</functional>"));
    BOOST_TEST(has(server, "<value>65.84</value>"));
    BOOST_TEST(has(server, "<last-sample>2026-11-22T12:00:59"), server);
    BOOST_TEST(!has(server, "real2"));

    const auto all = client.get();
    BOOST_TEST(has(all, "<level>full</level>"));
    BOOST_TEST(has(all, "real1 &lt;at its upper level&gt; &amp; ??"));
    BOOST_TEST(has(all, "<connected>false</connected>"));
    BOOST_TEST(has(all, "<state>verifying</state>"));
    BOOST_TEST(has(all, "<current-time>"));
    BOOST_TEST(has(all, "<version>" HEADGATE_VERSION "</version>"));
    BOOST_TEST(!has(all, "gone-meanwhile"));
    BOOST_TEST(!has(client.getConfig(netconf::Datastore::running), "<functional>"));
}

BOOST_AUTO_TEST_CASE(what_came_of_polling_stands_beside_its_limits) {
    Daemon daemon;
    auto client = daemon.client();
    BOOST_TEST(!has(client.get(filtered("<polling/>")), "<state>"), "nothing is known of it yet");
    auto told = snapshot();
    told.polling = domain::PollingState{120, 110, 7, 2, 3, 1};
    daemon.northbound->post(std::move(told), {});
    const auto polling = getUntil(client, filtered("<polling/>"), "<state>");
    BOOST_TEST(has(polling, "<sent>120</sent><answered>110</answered><timed-out>7</timed-out>"
                            "<overruns>2</overruns><in-flight>3</in-flight><silent>1</silent>"),
               polling);
    BOOST_TEST(!has(client.getConfig(netconf::Datastore::running), "<sent>"));
}

BOOST_AUTO_TEST_CASE(what_an_appliance_can_do_says_how_it_is_changed_and_at_what_risk) {
    struct Row {
        std::vector<std::string> capabilities;
        std::string strategy;
        std::string risk;
    };
    const std::string base = "urn:ietf:params:netconf:capability:";
    const std::vector<Row> rows{
        {{base + "candidate:1.0", base + "confirmed-commit:1.1"}, "confirmed", "reverts by itself"},
        {{base + "candidate:1.0"}, "candidate", "its commit stays unless Headgate takes it back"},
        {{base + "writable-running:1.0", base + "rollback-on-error:1.0"}, "direct", "without a rehearsal"}};
    Daemon daemon;
    auto client = daemon.client();
    for (const auto& row : rows) {
        domain::ApplianceState appliance;
        appliance.name = {"f5-1"};
        appliance.connected = true;
        appliance.capabilities = row.capabilities;
        daemon.northbound->post(snapshot(), {appliance});
        const auto shown = getUntil(client, filtered("<appliance/>"), "<strategy>" + row.strategy + "<");
        BOOST_TEST(has(shown, row.risk), shown);
    }
    domain::ApplianceState weak;
    weak.name = {"f5-1"};
    weak.connected = true;
    weak.capabilities = {base + "startup:1.0"};
    daemon.northbound->post(snapshot(), {weak});
    BOOST_TEST(!has(getUntil(client, filtered("<appliance/>"), "startup:1.0"), "<strategy>"));
}

BOOST_AUTO_TEST_CASE(what_the_latest_check_found_stands_at_the_pool_and_its_appliance) {
    Daemon daemon;
    auto found = snapshot();
    found.findings = {
        {{"f5-1"}, {"web"}, true, "", {"127.77.0.109:8080 is a stranger", "weight is 3, not 1"}},
        {{"citrix-1"}, {"web"}, false, "citrix-1 is not connected", {}},
        {{"f5-9"}, {"web"}, true, "", {"gone meanwhile"}},
        {{"f5-1"}, {"gone"}, true, "", {"gone meanwhile"}}};
    daemon.northbound->post(found, {});
    auto client = daemon.client();
    const auto pool = getUntil(client, filtered("<pool/>"), "stranger");
    const auto stranger = pool.find("<difference>127.77.0.109:8080 is a stranger</difference>");
    BOOST_TEST(stranger != std::string::npos);
    BOOST_TEST((pool.find("<difference>weight is 3, not 1</difference>") > stranger));
    BOOST_TEST(has(pool, "<unread>citrix-1 is not connected</unread>"));
    BOOST_TEST(!has(pool, "gone meanwhile"));
}

BOOST_AUTO_TEST_CASE(a_transaction_shows_each_appliances_strategy_and_the_proof_of_its_rollback) {
    Daemon daemon;
    auto ended = snapshot();
    auto& transaction = ended.transactions.at(0);
    transaction.kind = domain::IntentKind::withdraw;
    transaction.state = "rolled-back";
    transaction.outcome = domain::OutcomeKind::rolledBack;
    transaction.appliances = {
        {{"citrix-1"},
         {"undone", domain::Strategy::direct, {"z: 1 before, 1 after", "a: up before, up after"}}}};
    daemon.northbound->post(ended, {});
    auto client = daemon.client();
    const auto shown = getUntil(client, filtered("<transaction/>"), "<kind>withdraw</kind>");
    BOOST_TEST(has(shown, "<strategy>direct</strategy>"));
    const auto first = shown.find("<proof>z: 1 before, 1 after</proof>");
    BOOST_TEST(first != std::string::npos);
    BOOST_TEST((shown.find("<proof>a: up before, up after</proof>") > first));
}

BOOST_AUTO_TEST_CASE(an_action_is_asked_of_the_daemon_and_its_answer_comes_back) {
    Daemon daemon;
    auto client = daemon.client();
    auto reply = std::async(std::launch::async, [&] {
        return client.rpc(action("web", std::string("<allocate><server>real2</server></allocate>")));
    });
    const auto request = daemon.nextRequest();
    BOOST_TEST((request.kind == RequestKind::allocate));
    BOOST_TEST(request.pool->value == "web");
    BOOST_TEST(request.server->value == "real2");
    BOOST_TEST(!request.user.empty());
    BOOST_TEST((request.session == domain::NetconfSession{client.sessionId(), "local"}));

    // Another session is served while the first one waits.
    auto other = daemon.client();
    BOOST_TEST(has(other.get(filtered("<application/>")), "nginx"));

    Answer answer;
    answer.kind = AnswerKind::rolledBack;
    answer.reason = "citrix-1 refused the commit";
    answer.transaction = domain::TransactionId{8};
    answer.server = domain::ServerName{"real2"};
    answer.refusals = {{{"real3"}, "in quarantine"}};
    daemon.northbound->answer(request.id, answer);
    const auto said = reply.get();
    BOOST_TEST(has(said, ">rolled-back</outcome>"));
    BOOST_TEST(has(said, ">citrix-1 refused the commit</reason>"));
    BOOST_TEST(has(said, ">8</transaction>"));
    BOOST_TEST(has(said, "in quarantine"));
}

BOOST_AUTO_TEST_CASE(a_plan_shows_each_appliances_edit_and_its_inverse) {
    Daemon daemon;
    auto client = daemon.client();
    auto reply = std::async(std::launch::async, [&] { return client.rpc(action("web", "<plan/>")); });
    Answer answer;
    answer.intent = domain::IntentKind::allocate;
    answer.server = domain::ServerName{"real2"};
    answer.reason = "real1 is full";
    answer.appliances = {{{"f5-1"}, "<ltm xmlns=\"urn:x\">\n</ltm>", "<ltm/>", domain::Strategy::candidate},
                         {{"citrix-1"}, "<lb/>", "<lb/>", domain::Strategy::direct, "much"}};
    daemon.northbound->answer(daemon.nextRequest().id, answer);
    const auto said = reply.get();
    BOOST_TEST(has(said, ">done</outcome>"));
    BOOST_TEST(has(said, ">allocate</intent>"));
    BOOST_TEST(has(said, "&lt;ltm xmlns="));
    BOOST_TEST(has(said, ">&lt;ltm/&gt;</inverse>"));
    BOOST_TEST(has(said, ">candidate</strategy>"));
    BOOST_TEST(has(said, ">its commit stays unless"));
    BOOST_TEST(has(said, ">much</risk>"));
}

BOOST_AUTO_TEST_CASE(a_check_is_asked_of_one_appliance_or_of_each_and_tells_what_differs) {
    Daemon daemon;
    auto client = daemon.client();
    const auto check = std::string("<check ") + inHeadgate;
    auto reply = std::async(std::launch::async,
                            [&] { return client.rpc(check + "><appliance>f5-1</appliance></check>"); });
    const auto one = daemon.nextRequest();
    BOOST_TEST((one.kind == RequestKind::check));
    BOOST_TEST(one.appliance->value == "f5-1");
    BOOST_TEST(!one.pool);
    Answer answer;
    answer.kind = AnswerKind::differs;
    answer.reason = "web differs on f5-1";
    answer.findings = {{{"f5-1"}, {"web"}, true, "", {"a & b", "a & b"}},
                       {{"f5-1"}, {"shop"}, false, "no answer", {}}};
    daemon.northbound->answer(one.id, answer);
    const auto said = reply.get();
    BOOST_TEST(has(said, ">differs</outcome>"));
    BOOST_TEST(has(said, ">a &amp; b</difference>"), said);
    BOOST_TEST(has(said, ">false</answered>"));
    BOOST_TEST(has(said, ">shop</pool>"));

    reply = std::async(std::launch::async, [&] { return client.rpc(check + "/>"); });
    const auto each = daemon.nextRequest();
    BOOST_TEST(!each.appliance);
    daemon.northbound->answer(each.id, {});
    BOOST_TEST(has(reply.get(), ">done</outcome>"));
}

BOOST_AUTO_TEST_CASE(a_check_of_an_appliance_that_is_not_there_is_refused_without_asking) {
    Daemon daemon;
    auto client = daemon.client();
    const auto said =
        client.rpc(std::string("<check ") + inHeadgate + "><appliance>f5-9</appliance></check>");
    BOOST_TEST(has(said, ">refused</outcome>"));
    BOOST_TEST(has(said, "there is no appliance called f5-9"));
    BOOST_TEST(!daemon.asked.tryReceive());
}

BOOST_AUTO_TEST_CASE(a_repair_is_asked_of_a_pool) {
    Daemon daemon;
    auto client = daemon.client();
    auto reply = std::async(std::launch::async, [&] { return client.rpc(action("web", "<repair/>")); });
    const auto request = daemon.nextRequest();
    BOOST_TEST((request.kind == RequestKind::repair));
    BOOST_TEST(request.pool->value == "web");
    Answer answer;
    answer.kind = AnswerKind::committed;
    answer.transaction = domain::TransactionId{9};
    daemon.northbound->answer(request.id, answer);
    BOOST_TEST(has(reply.get(), ">committed</outcome>"));
}

BOOST_AUTO_TEST_CASE(hold_without_a_pool_is_for_every_pool) {
    Daemon daemon;
    auto client = daemon.client();
    auto reply =
        std::async(std::launch::async, [&] { return client.rpc(std::string("<hold ") + inHeadgate + "/>"); });
    const auto request = daemon.nextRequest();
    BOOST_TEST((request.kind == RequestKind::hold));
    BOOST_TEST(!request.pool);
    daemon.northbound->answer(request.id, {});
    BOOST_TEST(has(reply.get(), ">done</outcome>"));
}

BOOST_AUTO_TEST_CASE(an_action_on_a_pool_that_is_not_there_is_refused_without_asking) {
    Daemon daemon;
    auto client = daemon.client();
    const auto said = client.rpc(action("wbe", "<plan/>"));
    BOOST_TEST(has(said, ">refused</outcome>"));
    BOOST_TEST(has(said, "there is no pool called wbe"));
    BOOST_TEST(!daemon.asked.tryReceive());
}

BOOST_AUTO_TEST_CASE(a_release_that_names_no_member_is_an_error) {
    Daemon daemon;
    auto client = daemon.client();
    try {
        client.rpc(action("web", "<release/>"));
        BOOST_ERROR("was answered");
    } catch (const netconf::Error& error) {
        BOOST_TEST(error.hasTag("missing-element"), error.what());
    }
    BOOST_TEST(!daemon.asked.tryReceive());
}

BOOST_AUTO_TEST_CASE(an_action_that_nobody_answers_ends_with_an_error) {
    Daemon daemon(100ms);
    auto client = daemon.client();
    try {
        client.rpc(action("web", "<plan/>"));
        BOOST_ERROR("was answered");
    } catch (const netconf::Error& error) {
        BOOST_TEST(error.hasTag("operation-failed"));
        BOOST_TEST(has(error.what(), "may still be under way"));
        BOOST_TEST(error.errors().at(0).appTag == outcomeUnknown);
    }
    // Its answer comes too late, and is nobody's.
    daemon.northbound->answer(daemon.nextRequest().id, {});
    BOOST_TEST(has(client.get(filtered("<application/>")), "nginx"));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_stops_tells_those_who_wait) {
    auto daemon = std::make_unique<Daemon>();
    auto client = daemon->client();
    auto reply = std::async(std::launch::async, [&] { return client.rpc(action("web", "<plan/>")); });
    daemon->nextRequest();
    daemon->northbound.reset();
    BOOST_CHECK_EXCEPTION(reply.get(), netconf::Error, [](const netconf::Error& error) {
        // Or the session went before the answer was written.
        return error.kind() == netconf::Error::Kind::sessionLost ||
               error.errors().at(0).appTag == outcomeUnknown;
    });
}

BOOST_AUTO_TEST_CASE(events_reach_who_subscribed_and_the_latest_are_kept) {
    Daemon daemon;
    auto client = daemon.client();
    std::vector<std::string> heard;
    client.onNotification([&](const netconf::Notification& notification) {
        if (has(notification.xml, "server-full")) heard.push_back(notification.xml);
    });
    client.subscribe();
    for (int i = 1; i <= 5; ++i)
        daemon.northbound->post(event(i, "server-full", "event " + std::to_string(i)));
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (heard.size() < 5 && std::chrono::steady_clock::now() < deadline)
        client.poll(100ms);
    BOOST_REQUIRE(heard.size() == 5U);
    BOOST_TEST(has(heard[0], "<kind>server-full</kind>"));
    BOOST_TEST(has(heard[0], "<time>2026-11-22T12:00:01"), heard[0]);
    BOOST_TEST(has(heard[4], "event 5"));

    auto other = daemon.client();
    const auto kept = getUntil(other, filtered("<event/>"), "event 5");
    BOOST_TEST(!has(kept, "event 2"));
    BOOST_TEST(has(kept, "<number>3</number>"));
}

BOOST_AUTO_TEST_CASE(a_recorded_member_is_shown_once_it_is_committed) {
    Daemon daemon;
    auto client = daemon.client();
    domain::Member member;
    member.server = {"real2"};
    member.origin = domain::Origin::allocated;
    member.connection = {"127.77.0.102", 8080, "http", 1, 0};
    const auto revision = daemon.running.withMember({"web"}, member);
    BOOST_TEST(!has(client.get(filtered("<pool/>")), "allocated"));
    daemon.northbound->commitRunning(revision);
    const auto pool = getUntil(client, filtered("<pool/>"), "<origin>allocated</origin>");
    BOOST_TEST(has(pool, "<address>127.77.0.102</address>"));
}

BOOST_AUTO_TEST_CASE(a_socket_that_another_daemon_serves_is_an_error) {
    Daemon daemon;
    Options options;
    options.unixSocket = daemon.folder.path / "run" / "netconf.sock";
    BOOST_CHECK_THROW(Northbound(options, daemon.running.text(), [](Request) {}), Error);
}
