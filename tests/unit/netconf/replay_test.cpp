// RFC 5277, replay: what was told comes again, and then what is new, without a gap and without a double.

#include "support.hpp"
#include "yang/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

using namespace headgate;
using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(replay)

namespace {

/// A log in memory, in pages of three.
struct FakeLog final : NotificationLog {
    LogPage read(const LogStretch& stretch) override {
        const std::lock_guard guard(lock);
        ++reads;
        if (broken) throw std::runtime_error("the disk is gone");
        LogPage page;
        page.upTo = stretch.after;
        for (const auto& [number, at] : entries) {
            if (number <= stretch.after.first || number > stretch.upTo.first) continue;
            if (at < stretch.from || at > stretch.to) continue;
            page.more = page.notifications.size() == pageSize;
            if (page.more) break;
            page.notifications.push_back({at, rang(number)});
            page.upTo.first = number;
        }
        return page;
    }

    yang::Tree rang(std::uint64_t times) const {
        yang::Tree tree(*context);
        tree.set("/toy:rang/times", std::to_string(times));
        if (!text.empty()) tree.set("/toy:rang/text", text);
        return tree;
    }

    void keep(std::uint64_t number, base::Instant at) {
        const std::lock_guard guard(lock);
        entries.emplace_back(number, at);
    }

    std::mutex lock;
    std::vector<std::pair<std::uint64_t, base::Instant>> entries;
    const yang::Context* context = nullptr;
    std::string text;
    std::size_t pageSize = 3;
    std::atomic<int> reads = 0;
    std::atomic<bool> broken = false;
};

/// A server whose stream is in a log, with ten notifications in it, a minute old and a second apart.
struct LoggedHouse {
    FakeLog log;
    base::Instant now = base::SteadyWallClock().now();
    House house{[this](ServerOptions& options) {
        options.log = &log;
        options.logged = {10, 0};
        options.maxQueuedNotifications = 100000; // who is told of thousands at once is not slow
    }};

    LoggedHouse() {
        log.context = &house.context;
        for (std::uint64_t number = 1; number <= 10; ++number)
            log.keep(number, old(static_cast<int>(number)));
    }
    base::Instant old(int second) const { return now - seconds(60) + seconds(second); }

    void tell(std::uint64_t number, base::Instant at) {
        log.keep(number, at);
        house.server->broadcast([this, number] { return log.rang(number); }, at, {number, 0});
    }
};

std::string subscription(const std::string& content) {
    return "<create-subscription xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\">" + content +
           "</create-subscription>";
}

std::string from(base::Instant at) {
    return "<startTime>" + base::rfc3339(at) + "</startTime>";
}

std::string until(base::Instant at) {
    return "<stopTime>" + base::rfc3339(at) + "</stopTime>";
}

/// A client that notes what it is told: the numbers, R for replayComplete, N for notificationComplete.
struct Subscriber {
    explicit Subscriber(const House& house)
        : client(house.client()) {
        client.onNotification([this](const Notification& n) {
            const auto at = n.xml.find("<times>");
            if (at != std::string::npos)
                told += n.xml.substr(at + 7, n.xml.find('<', at + 7) - at - 7) + " ";
            else
                told += n.xml.find("replayComplete") != std::string::npos ? "R " : "N ";
        });
    }
    bool hears(const std::string& all) {
        const auto deadline = std::chrono::steady_clock::now() + House::patient.rpc;
        while (told.size() < all.size() && std::chrono::steady_clock::now() < deadline)
            client.poll(milliseconds(100));
        return told == all;
    }
    std::string told;
    Client client;
};

}

BOOST_AUTO_TEST_CASE(tells_what_was_and_goes_on_with_what_is) {
    LoggedHouse here;
    Subscriber subscriber(here.house);
    subscriber.client.rpc(subscription(from(here.old(5))));
    BOOST_TEST(subscriber.hears("5 6 7 8 9 10 R "), subscriber.told);
    here.tell(11, here.now);
    BOOST_TEST(subscriber.hears("5 6 7 8 9 10 R 11 "), subscriber.told);
}

BOOST_AUTO_TEST_CASE(begins_with_the_earliest_there_is) {
    LoggedHouse here;
    Subscriber subscriber(here.house);
    subscriber.client.rpc(subscription("<startTime>1999-12-31T23:59:59-01:00</startTime>"));
    BOOST_TEST(subscriber.hears("1 2 3 4 5 6 7 8 9 10 R "), subscriber.told);
}

BOOST_AUTO_TEST_CASE(of_times_that_make_no_sense_is_refused) {
    LoggedHouse here;
    const auto hour = std::chrono::hours(1);
    struct Row {
        std::string content, tag, element;
    };
    for (const auto& row : {
             Row{from(here.now + hour), "bad-element", "startTime"},
             Row{until(here.now), "missing-element", "startTime"},
             Row{from(here.old(5)) + until(here.old(4)), "bad-element", "stopTime"},
         }) {
        auto client = here.house.client();
        try {
            client.rpc(subscription(row.content));
            BOOST_ERROR("was taken: " + row.content);
        } catch (const Error& error) {
            BOOST_TEST(error.hasTag(row.tag), row.content << ": " << error.what());
            const auto& info = error.errors().front().info;
            BOOST_TEST(
                std::ranges::any_of(info, [&](const auto& each) { return each.second == row.element; }),
                row.content);
        }
        client.rpc(subscription("")); // nothing was subscribed to
    }
}

BOOST_AUTO_TEST_CASE(ends_with_its_stop_time_and_the_session_may_subscribe_again) {
    LoggedHouse here;
    Subscriber subscriber(here.house);
    subscriber.client.rpc(subscription(from(here.old(3)) + until(here.old(5))));
    BOOST_TEST(subscriber.hears("3 4 5 R N "), subscriber.told);
    here.tell(11, here.now);
    subscriber.client.keepalive();
    BOOST_TEST(!here.house.server->sessions().at(0).subscribed);
    subscriber.client.rpc(subscription(from(here.old(10))));
    BOOST_TEST(subscriber.hears("3 4 5 R N 10 11 R "), subscriber.told);
}

BOOST_AUTO_TEST_CASE(goes_on_until_a_stop_time_that_is_to_come) {
    LoggedHouse here;
    Subscriber subscriber(here.house);
    const auto stop = here.now + seconds(2);
    subscriber.client.rpc(subscription(from(here.old(10)) + until(stop)));
    BOOST_TEST(subscriber.hears("10 R "), subscriber.told);
    here.tell(11, here.now + milliseconds(1));
    here.tell(12, stop + milliseconds(1));
    BOOST_TEST(subscriber.hears("10 R 11 N "), subscriber.told);
}

BOOST_AUTO_TEST_CASE(with_a_stop_time_at_the_end_of_days_goes_on) {
    LoggedHouse here;
    Subscriber subscriber(here.house);
    subscriber.client.rpc(
        subscription(from(here.old(10)) + "<stopTime>9999-12-31T23:59:59.999999Z</stopTime>"));
    here.tell(11, here.now);
    BOOST_TEST((subscriber.hears("10 R 11 ") || subscriber.told == "10 11 R "), subscriber.told);
}

BOOST_AUTO_TEST_CASE(passes_the_filter_but_for_its_ends) {
    LoggedHouse here;
    Subscriber subscriber(here.house);
    subscriber.client.rpc(
        subscription("<filter type=\"subtree\"><rang xmlns=\"urn:toy\"><times>7</times></rang></filter>" +
                     from(here.old(1)) + until(here.old(10))));
    BOOST_TEST(subscriber.hears("7 R N "), subscriber.told);
}

BOOST_AUTO_TEST_CASE(has_only_what_its_session_may_hear) {
    LoggedHouse here;
    here.house.server->restrictNotifications([](const SessionInfo& session, const yang::Tree& told) {
        return session.id == 1 && told.value("/toy:rang/times") != "7";
    });
    Subscriber subscriber(here.house);
    subscriber.client.rpc(subscription(from(here.old(6)) + until(here.now)));
    BOOST_TEST(subscriber.hears("6 8 9 10 R N "), subscriber.told);
}

BOOST_AUTO_TEST_CASE(and_what_is_told_meanwhile_have_no_gap_and_no_double) {
    constexpr int last = 2000;
    LoggedHouse here;
    here.log.pageSize = 20;
    std::jthread crier([&] {
        for (int number = 11; number <= last; ++number)
            here.tell(static_cast<std::uint64_t>(number), here.now);
    });
    std::string all;
    for (int number = 1; number <= last; ++number)
        all += std::to_string(number) + " ";
    for (int round = 0; round < 5; ++round) {
        Subscriber subscriber(here.house);
        subscriber.client.rpc(subscription(from(here.old(0))));
        subscriber.hears(all + "R ");
        const auto end = subscriber.told.find("R ");
        BOOST_REQUIRE(end != std::string::npos);
        BOOST_TEST(subscriber.told.erase(end, 2) == all);
    }
}

BOOST_AUTO_TEST_CASE(to_who_does_not_read_it_waits_and_holds_up_nobody) {
    LoggedHouse here;
    here.log.text = std::string(100000, 'x');
    for (std::uint64_t number = 11; number <= 5000; ++number)
        here.log.keep(number, here.now);
    RawPeer deaf(here.house.dir / "socket");
    deaf.say(helloOf11 + chunked(subscription(from(here.old(0)))));
    BOOST_TEST(eventually([&] { return here.log.reads > 0; }));
    Subscriber quick(here.house);
    quick.client.subscribe();
    for (std::uint64_t number = 5001; number <= 5010; ++number)
        here.tell(number, here.now);
    BOOST_TEST(quick.hears("5001 5002 5003 5004 5005 5006 5007 5008 5009 5010 "));
    BOOST_TEST(here.log.reads < 100); // it is not read into memory either
    const auto deafId = here.house.server->sessions().at(0).id;
    quick.client.rpc("<kill-session xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><session-id>" +
                     std::to_string(deafId) + "</session-id></kill-session>");
    BOOST_TEST(here.house.server->sessions().size() == 1U);
}

BOOST_AUTO_TEST_CASE(lets_operations_through) {
    LoggedHouse here;
    here.log.text = std::string(1000, 'x');
    for (std::uint64_t number = 11; number <= 20000; ++number)
        here.log.keep(number, here.now);
    Subscriber subscriber(here.house);
    subscriber.client.rpc(subscription(from(here.old(0))));
    subscriber.client.keepalive();
    BOOST_TEST(subscriber.told.find('R') == std::string::npos); // it was answered in the middle of it
}

BOOST_AUTO_TEST_CASE(that_cannot_be_read_ends_its_own_session_alone) {
    LoggedHouse here;
    here.log.broken = true;
    Subscriber subscriber(here.house);
    subscriber.client.rpc(subscription(from(here.old(0))));
    BOOST_TEST(eventually([&] { return here.house.server->sessions().empty(); }));
    Subscriber other(here.house);
    other.client.subscribe();
    here.tell(11, here.now);
    BOOST_TEST(other.hears("11 "));
}

BOOST_AUTO_TEST_CASE(an_unexpected_exception_ends_its_session_and_the_end_is_told) {
    LoggedHouse here;
    here.house.server->restrictNotifications(
        [](const SessionInfo&, const yang::Tree&) -> bool { throw std::logic_error("nobody expects this"); });
    Subscriber subscriber(here.house);
    subscriber.client.rpc(subscription(from(here.old(0))));
    auto& events = here.house.handler->events;
    BOOST_TEST(events.receiveFor(seconds(20)).value_or("nothing").starts_with("started "));
    BOOST_TEST(events.receiveFor(seconds(20)).value_or("nothing") == "ended other");
    BOOST_TEST(here.house.server->sessions().empty());
}

BOOST_AUTO_TEST_CASE(statistics_count_sessions_and_what_they_said) {
    LoggedHouse here;
    const auto before = here.house.server->statistics();
    BOOST_TEST(before.inSessions == 0U);
    {
        Subscriber subscriber(here.house);
        subscriber.client.rpc(subscription(from(here.old(9))));
        BOOST_TEST(subscriber.hears("9 10 R "));
        BOOST_CHECK_THROW(subscriber.client.rpc("<refuse xmlns=\"urn:toy\"/>"), Error);
    }
    {
        RawPeer gone(here.house.dir / "socket");
        gone.say(helloOf10);
        gone.hear("]]>]]>");
        BOOST_TEST(eventually([&] { return here.house.server->sessions().size() == 1U; }));
    }
    RawPeer rude(here.house.dir / "socket");
    rude.say("<hello/>]]>]]>");
    BOOST_TEST(eventually([&] { return here.house.server->statistics().inBadHellos == 1U; }));
    BOOST_TEST(eventually([&] { return here.house.server->sessions().empty(); }));
    const auto after = here.house.server->statistics();
    BOOST_TEST(after.inSessions == 3U);
    BOOST_TEST(after.droppedSessions == 1U);
    BOOST_TEST(after.inRpcs >= 2U);
    BOOST_TEST(after.outRpcErrors == 1U);
    BOOST_TEST(after.outNotifications == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
