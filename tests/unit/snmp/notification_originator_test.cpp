#include "base/event_loop.hpp"
#include "snmp/notification_originator.hpp"
#include "snmp/notification_receiver.hpp"
#include "snmp/rate_limit.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

using namespace headgate;
using namespace headgate::snmp;
using namespace std::chrono_literals;

namespace {

const Oid trap = Oid::of("1.3.6.1.4.1.32473.9.0.1");
const Oid missedTrap = Oid::of("1.3.6.1.4.1.32473.9.0.9");
const Oid number = Oid::of("1.3.6.1.4.1.32473.9.1.0");

UserCredentials user() {
    UserCredentials given;
    given.user = "ape";
    given.authPassword = Secret("authentic-words");
    given.privPassword = Secret("private-words");
    return given;
}

/// An originator and a receiver on one loop.
struct Pair {
    Pair() {
        char name[] = "/tmp/headgate-originator-XXXXXX";
        BOOST_REQUIRE(mkdtemp(name));
        folder = name;
        receiver = listen("127.0.0.1:0");
        originator = make();
    }
    ~Pair() { std::filesystem::remove_all(folder); }

    std::unique_ptr<NotificationReceiver> listen(const std::string& address) {
        auto made = std::make_unique<NotificationReceiver>(
            loop, clock, NotificationReceiver::Options{{*Endpoint::parse(address)}, {}},
            [this](const Notification& notification) { heard.push_back(notification); });
        NotificationReceiver::Trusted trusted;
        trusted.users = {v3};
        made->trust(trusted);
        return made;
    }
    std::unique_ptr<NotificationOriginator> make() {
        return std::make_unique<NotificationOriginator>(
            loop, clock, folder / "engine", [](const std::string&, std::uint64_t count) {
                return NotificationOriginator::Notice{missedTrap,
                                                      {{number, Gauge{static_cast<std::uint32_t>(count)}}}};
            });
    }
    NotificationOriginator::Receiver to(CredentialsPtr credentials, bool inform, unsigned perMinute = 60) {
        return {"nms",
                receiver ? receiver->addresses().front() : away,
                std::move(credentials),
                inform,
                100ms,
                1,
                perMinute};
    }
    void tell(std::uint32_t value, bool urgent = false) {
        originator->notify({trap, {{number, Gauge{value}}}, urgent});
    }
    std::vector<std::int64_t> numbers() const {
        std::vector<std::int64_t> all;
        for (const auto& notification : heard)
            all.push_back(*numberOf(*find(notification.varbinds, number)));
        return all;
    }
    EngineClock newborn() const { return {1, 0, clock.now()}; }
    NotificationOriginator::Figures figures() const { return originator->figures().front().second; }
    void until(const std::function<bool()>& wanted) {
        bool late = false;
        const auto limit = loop.after(10s, [&] { late = true, loop.stop(); });
        const auto look = loop.every(1ms, [&] {
            if (wanted()) loop.stop();
        });
        loop.run();
        BOOST_TEST(!late);
    }

    base::SteadyWallClock clock;
    base::EventLoop loop;
    std::filesystem::path folder;
    CredentialsPtr v2c = Credentials::make(CommunityCredentials{Secret("word")});
    CredentialsPtr v3 = Credentials::make(user());
    std::vector<Notification> heard;
    std::unique_ptr<NotificationReceiver> receiver;
    Endpoint away = *Endpoint::parse("127.0.0.1:9");
    std::unique_ptr<NotificationOriginator> originator;
};

}

BOOST_AUTO_TEST_SUITE(notification_originator)

BOOST_AUTO_TEST_CASE(a_trap_of_each_version_is_heard_and_believed) {
    Pair pair;
    pair.originator->configure({pair.to(pair.v2c, false)});
    pair.tell(1);
    pair.until([&] { return pair.heard.size() == 1; });
    BOOST_TEST((pair.heard[0].version == Notification::Version::v2c));
    BOOST_TEST((pair.heard[0].kind == Notification::Kind::trap));
    BOOST_TEST((pair.heard[0].trapOid == trap));
    BOOST_TEST(pair.heard[0].uptime.has_value());
    pair.receiver->trustEngine({pair.originator->engineId(), pair.v3, pair.newborn()});
    pair.originator->configure({pair.to(pair.v3, false)});
    pair.tell(2);
    pair.until([&] { return pair.heard.size() == 2; });
    BOOST_TEST(pair.heard[1].authenticated);
    BOOST_TEST((pair.heard[1].level == SecurityLevel::authPriv));
    BOOST_TEST(pair.heard[1].engineId == pair.originator->engineId());
    BOOST_TEST(pair.figures().sent == 2U);
}

BOOST_AUTO_TEST_CASE(its_engine_is_the_same_after_a_restart_and_is_believed_again) {
    Pair pair;
    const auto engine = pair.originator->engineId();
    pair.receiver->trustEngine({engine, pair.v3, pair.newborn()});
    for (std::uint32_t run = 1; run <= 2; ++run) {
        pair.originator->configure({pair.to(pair.v3, false)});
        pair.tell(run);
        pair.until([&] { return pair.heard.size() == run; });
        pair.originator = pair.make();
        BOOST_TEST(pair.originator->engineId() == engine);
    }
}

BOOST_AUTO_TEST_CASE(informs_are_acknowledged_and_come_in_order) {
    Pair pair;
    for (const auto& credentials : {pair.v2c, pair.v3}) {
        pair.heard.clear();
        pair.originator = pair.make();
        pair.originator->configure({pair.to(credentials, true)});
        for (std::uint32_t i = 0; i < 5; ++i)
            pair.tell(i);
        pair.until([&] { return pair.figures().sent == 5; });
        BOOST_TEST((pair.numbers() == std::vector<std::int64_t>{0, 1, 2, 3, 4}));
        BOOST_TEST((pair.heard[0].kind == Notification::Kind::inform));
        BOOST_TEST(pair.figures().missed == 0U);
    }
}

BOOST_AUTO_TEST_CASE(who_does_not_take_informs_is_told_how_much_it_missed_when_it_is_back) {
    Pair pair;
    const auto place = pair.receiver->addresses().front();
    pair.receiver.reset();
    pair.away = place;
    pair.originator->configure({pair.to(pair.v2c, true, 6000)});
    for (std::uint32_t i = 0; i < 3; ++i)
        pair.tell(i);
    pair.until([&] { return pair.figures().missed == 3; });
    pair.receiver = pair.listen(place.print());
    pair.tell(7);
    pair.until([&] { return pair.heard.size() == 2; });
    BOOST_TEST((pair.numbers() == std::vector<std::int64_t>{7, 3}));
    BOOST_TEST((pair.heard[1].trapOid == missedTrap));
}

BOOST_AUTO_TEST_CASE(what_waits_for_one_that_is_away_is_bounded_and_holds_nobody_else_up) {
    Pair pair;
    auto here = pair.to(pair.v2c, false, 6000);
    auto away = here;
    away.name = "away";
    away.inform = true;
    away.address = pair.away;
    pair.originator->configure({away, here});
    for (std::uint32_t i = 0; i < 150; ++i)
        pair.tell(i);
    pair.until([&] { return pair.heard.size() == 150; });
    BOOST_TEST(pair.figures().missed >= 49U); // of 150 one is under way, and 100 wait
}

BOOST_AUTO_TEST_CASE(more_than_its_rate_is_not_sent_and_told_once_when_there_is_room) {
    Pair pair;
    pair.originator->configure({pair.to(pair.v2c, false, 600)});
    for (std::uint32_t i = 0; i < 1000; ++i)
        pair.tell(i);
    BOOST_TEST(pair.figures().sent >= 450U);
    BOOST_TEST(pair.figures().sent < 460U);
    const auto missed = static_cast<std::int64_t>(pair.figures().missed);
    pair.tell(5000, true); // the last quarter is for what is urgent
    pair.until([&] { return !pair.heard.empty() && pair.heard.back().trapOid == missedTrap; });
    const auto numbers = pair.numbers();
    BOOST_TEST(numbers.back() == missed);
    BOOST_TEST(std::count(numbers.begin(), numbers.end(), 5000) == 1);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_stays_keeps_its_figures_and_one_that_goes_is_told_nothing_more) {
    Pair pair;
    pair.originator->configure({pair.to(pair.v2c, false)});
    pair.tell(1);
    pair.originator->configure({pair.to(pair.v2c, false, 30)});
    BOOST_TEST(pair.figures().sent == 1U);
    pair.originator->configure({});
    pair.tell(2);
    BOOST_TEST(pair.originator->figures().empty());
    pair.until([&] { return pair.heard.size() == 1; });
}

BOOST_AUTO_TEST_CASE(a_rate_is_a_minutes_and_one_a_minute_is_a_rate_too) {
    const base::Instant start(std::chrono::seconds(1000));
    RateLimit limit(1);
    BOOST_TEST(limit.take(start, false));
    BOOST_TEST(!limit.take(start + 59s, true));
    BOOST_TEST((limit.wait(start + 59s) <= 1002ms));
    BOOST_TEST(limit.take(start + 60s, false));
    RateLimit four(4);
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(four.take(start, false));
    BOOST_TEST(!four.take(start, false));
    BOOST_TEST(four.take(start, true));
    BOOST_TEST(!four.take(start, true));
}

BOOST_AUTO_TEST_SUITE_END()
