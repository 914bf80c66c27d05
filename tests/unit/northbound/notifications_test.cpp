// The stream NETCONF, what is kept of it, and what is told of sessions.

#include "unit/northbound/rig.hpp"

#include <atomic>
#include <thread>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;

BOOST_AUTO_TEST_SUITE(notifications)

namespace {

const std::string monitoring =
    "<netconf-state xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\"/>";
const std::string streams = "<netconf xmlns=\"urn:ietf:params:xml:ns:netmod:notification\"/>";

domain::Event event(domain::Instant at, const std::string& text) {
    domain::Event event;
    event.at = at;
    event.kind = "server-full";
    event.server = domain::ServerName{"real1"};
    event.text = text;
    return event;
}

/// Keeps what it is given as a daemon does, and answers who reads it.
struct LoggingDaemon : Daemon {
    explicit LoggingDaemon(Past past = {})
        : Daemon(60s, std::move(past)) {}
    ~LoggingDaemon() {
        asked.close();
        northbound.reset();
        librarian.join();
        BOOST_TEST(others == 0);
    }

    void tell(const std::string& text) {
        const auto at = base::SteadyWallClock().now();
        events.push_back({events.size() + 1, event(at, text)});
        northbound->post(events.back().event, events.back().number);
    }

    domain::LogPage page(const domain::LogQuery& query) {
        while (auto announcement = kept.tryReceive())
            announcements.push_back(std::move(*announcement));
        domain::LogPage page;
        for (const auto& each : events)
            if (each.number > query.after.event && each.number <= query.upTo.event &&
                each.event.at >= query.from && page.events.size() < query.limit)
                page.events.push_back(each);
        for (const auto& each : announcements)
            if (each.number > query.after.announcement && each.number <= query.upTo.announcement &&
                each.at >= query.from && page.announcements.size() < query.limit)
                page.announcements.push_back(each);
        return page;
    }

    std::vector<domain::LoggedEvent> events;
    std::vector<domain::Announcement> announcements;
    std::atomic<int> others = 0; ///< requests of another kind
    // Last, so that it ends first.
    std::jthread librarian{[this] {
        while (auto request = asked.receive()) {
            Answer answer;
            if (request->kind != RequestKind::readLog) ++others; // Boost.Test is for one thread
            answer.log = page(request->log);
            northbound->answer(request->id, std::move(answer));
        }
    }};
};

struct Ear {
    explicit Ear(netconf::Client c)
        : client(std::move(c)) {
        client.onNotification([this](const netconf::Notification& one) { heard += one.xml + "\n"; });
    }
    bool hears(const std::string& part) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!has(heard, part) && std::chrono::steady_clock::now() < deadline)
            client.poll(100ms);
        return has(heard, part);
    }
    void replay(const std::string& filter = {}) {
        client.rpc("<create-subscription xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\">" +
                   filter + "<startTime>2020-01-01T00:00:00Z</startTime></create-subscription>");
    }
    std::string heard;
    netconf::Client client;
};

}

BOOST_AUTO_TEST_CASE(say_who_comes_and_who_goes_and_why) {
    Daemon daemon;
    Ear ear(daemon.client());
    ear.client.subscribe();
    std::uint32_t id = 0;
    {
        auto guest = daemon.client();
        id = guest.sessionId();
        BOOST_TEST(ear.hears("<session-id>" + std::to_string(id) + "</session-id></netconf-session-start>"),
                   ear.heard);
        guest.close();
    }
    BOOST_TEST(ear.hears("<termination-reason>closed</termination-reason></netconf-session-end>"), ear.heard);
    auto victim = daemon.client();
    // Its hello may still be on the way: who is killed before it is a session has neither start nor end.
    BOOST_TEST(ear.hears("<session-id>" + std::to_string(victim.sessionId()) +
                         "</session-id></netconf-session-start>"),
               ear.heard);
    ear.client.rpc("<kill-session xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><session-id>" +
                   std::to_string(victim.sessionId()) + "</session-id></kill-session>");
    BOOST_TEST(ear.hears("<killed-by>" + std::to_string(ear.client.sessionId()) +
                         "</killed-by><termination-reason>killed</termination-reason>"),
               ear.heard);
}

/// What is told in the same millisecond has no order in a replay; the clock of the server may be one apart.
void untilAnotherMillisecond() {
    const base::SteadyWallClock clock;
    for (const auto now = clock.now(); clock.now() <= now + 1ms;)
        std::this_thread::yield();
}

BOOST_AUTO_TEST_CASE(come_again_in_their_order_events_and_sessions_and_changes) {
    LoggingDaemon daemon;
    daemon.tell("first");
    untilAnotherMillisecond();
    std::uint32_t guest = 0;
    {
        auto client = daemon.client();
        guest = client.sessionId();
        client.keepalive();
    }
    daemon.northbound->commitRunning(daemon.running.withHeld({"web"}, true));
    auto looker = daemon.client();
    getUntil(looker, filtered("<pool><held/></pool>"), "true");
    untilAnotherMillisecond();
    daemon.tell("second");
    Ear ear(daemon.client());
    ear.replay();
    BOOST_TEST(ear.hears("replayComplete"), ear.heard);
    const auto place = [&](const std::string& part) {
        BOOST_TEST(has(ear.heard, part), part << " is not in: " << ear.heard);
        return ear.heard.find(part);
    };
    const auto id = "<session-id>" + std::to_string(guest) + "</session-id>";
    BOOST_TEST(place("<text>first</text>") < place(id + "</netconf-session-start>"));
    BOOST_TEST(place(id + "</netconf-session-start>") < place("netconf-config-change"));
    BOOST_TEST(place("netconf-config-change") < place("<text>second</text>"));
    BOOST_TEST(place("<text>second</text>") < place("replayComplete"));
    daemon.tell("third");
    BOOST_TEST(ear.hears("<text>third</text>"));
}

BOOST_AUTO_TEST_CASE(come_again_by_a_filter_and_in_many_pages) {
    LoggingDaemon daemon;
    for (int number = 1; number <= 250; ++number)
        daemon.tell("event " + std::to_string(number));
    Ear ear(daemon.client());
    ear.replay(std::string("<filter type=\"subtree\"><event ") + inHeadgate + "/></filter>");
    BOOST_TEST(ear.hears("replayComplete"));
    std::size_t from = 0;
    for (int number = 1; number <= 250; ++number) {
        from = ear.heard.find(">event " + std::to_string(number) + "<", from);
        BOOST_REQUIRE_MESSAGE(from != std::string::npos, "event " << number);
    }
    BOOST_TEST(!has(ear.heard, "netconf-session"));
}

BOOST_AUTO_TEST_CASE(of_a_former_daemon_come_again_and_numbers_go_on) {
    Past past;
    past.end = {7, 9};
    past.logBegun = domain::Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22));
    LoggingDaemon daemon(past);
    auto client = daemon.client();
    client.keepalive();
    const auto announcement = daemon.kept.receiveFor(patience);
    BOOST_REQUIRE(announcement);
    BOOST_TEST(announcement->number == 10U);
    const auto state = client.get(streams);
    BOOST_TEST(has(state, "<name>NETCONF</name>"));
    BOOST_TEST(has(state, "<replaySupport>true</replaySupport>"));
    BOOST_TEST(has(state, "<replayLogCreationTime>2026-11-22T00:00:00.000"), state);
    BOOST_TEST(!has(state, "replayLogAgedTime"));
    daemon.northbound->logAged(past.logBegun + 24h);
    BOOST_TEST(has(client.get(streams), "<replayLogAgedTime>2026-11-23T00:00:00.000"));
}

BOOST_AUTO_TEST_CASE(that_a_former_daemon_has_forgotten_are_told_of) {
    Past past;
    past.logBegun = domain::Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22));
    past.logAged = past.logBegun + 1h;
    LoggingDaemon daemon(past);
    BOOST_TEST(has(daemon.client().get(streams), "<replayLogAgedTime>2026-11-22T01:00:00.000"));
}

BOOST_AUTO_TEST_CASE(replay_that_nobody_can_read_ends_the_session) {
    Daemon daemon;
    Ear ear(daemon.client());
    ear.replay();
    Answer refused;
    refused.kind = AnswerKind::refused;
    refused.reason = "the disk is gone";
    daemon.northbound->answer(daemon.nextRequest().id, refused);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (ear.client.alive() && std::chrono::steady_clock::now() < deadline) {
        try {
            ear.client.poll(100ms);
        } catch (const netconf::Error&) {
            break;
        }
    }
    BOOST_TEST(!ear.client.alive());
}

BOOST_AUTO_TEST_CASE(monitoring_shows_sessions_statistics_and_capabilities_to_who_asks) {
    Daemon daemon;
    auto client = daemon.client();
    const auto state = client.get(monitoring);
    BOOST_TEST(has(state, "<session-id>" + std::to_string(client.sessionId()) + "</session-id>"), state);
    BOOST_TEST(has(state, "netconf-local</transport>"), state);
    BOOST_TEST(has(state, "<capability>urn:ietf:params:netconf:capability:candidate:1.0</capability>"));
    BOOST_TEST(has(state, "<in-sessions>1</in-sessions>"), state);
    BOOST_TEST(has(state, "<netconf-start-time>"));
    BOOST_TEST(!has(client.get(filtered("")), "netconf-state"));
    const auto byXpath = [&](const std::string& select) {
        return client.rpc("<get xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><filter type=\"xpath\" "
                          "xmlns:m=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\" select=\"" +
                          select + "\"/></get>");
    };
    BOOST_TEST(has(byXpath("/m:netconf-state/m:sessions"), "<username>"));
    BOOST_TEST(!has(byXpath("/m:netconf-state/m:statistics"), "<username>"));
    BOOST_TEST(has(byXpath("/*"), "<username>"));
}

BOOST_AUTO_TEST_SUITE_END()
