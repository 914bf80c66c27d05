#include "support.hpp"
#include "yang/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>

using namespace headgate;
using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(notifications)

namespace {

const base::Instant at{milliseconds(1795000000123)};

yang::Tree rang(const House& house, int times, const std::string& text = "x") {
    yang::Tree tree(house.context);
    tree.set("/toy:rang/times", std::to_string(times));
    tree.set("/toy:rang/text", text);
    return tree;
}

/// A client that keeps what it is told.
struct Listener {
    explicit Listener(Client c)
        : client(std::move(c)) {
        client.onNotification([this](const Notification& n) { heard.push_back(n); });
    }
    bool hears(std::size_t count) {
        for (int i = 0; i < 40 && heard.size() < count; ++i)
            client.poll(milliseconds(500));
        return heard.size() == count;
    }
    std::vector<Notification> heard;
    Client client;
};

}

BOOST_AUTO_TEST_CASE(reach_subscribers_and_nobody_else) {
    House house;
    Listener ssh(Client::connect(house.ssh(), House::patient));
    Listener local(house.client());
    Listener stranger(house.client());
    ssh.client.subscribe();
    local.client.subscribe("NETCONF");
    house.server->broadcast(rang(house, 3), at);
    BOOST_TEST(ssh.hears(1));
    BOOST_TEST(local.hears(1));
    BOOST_TEST(ssh.heard[0].eventTime == base::rfc3339(at));
    BOOST_TEST(ssh.heard[0].xml == "<rang xmlns=\"urn:toy\"><times>3</times><text>x</text></rang>");
    stranger.client.keepalive();
    BOOST_TEST(stranger.client.poll(milliseconds(0)) == 0u);
    house.server->notify(local.client.sessionId(), rang(house, 4), at);
    house.server->notify(stranger.client.sessionId(), rang(house, 4), at);
    BOOST_TEST(local.hears(2));
    ssh.client.keepalive();
    stranger.client.keepalive();
    BOOST_TEST(ssh.heard.size() == 1u);
    BOOST_TEST(stranger.heard.empty());
}

BOOST_AUTO_TEST_CASE(are_made_for_subscribers_only_and_one_that_cannot_be_made_is_no_end) {
    House house;
    int made = 0; // read when the server's thread has gone on to what came behind it
    const auto make = [&]() -> yang::Tree {
        ++made;
        return rang(house, 3);
    };
    Listener listener(house.client());
    house.server->broadcast(make, at);
    listener.client.subscribe();
    house.server->broadcast([]() -> yang::Tree { throw std::runtime_error("not this one"); }, at);
    house.server->broadcast(make, at);
    BOOST_TEST(listener.hears(1));
    BOOST_TEST(made == 1);
}

BOOST_AUTO_TEST_CASE(an_rpc_that_arrives_while_one_goes_out_is_answered) {
    House house;
    for (const Endpoint& endpoint : {Endpoint(house.ssh()), Endpoint(house.unixSocket())}) {
        Listener listener(Client::connect(endpoint, House::patient));
        listener.client.subscribe();
        listener.client.setRpcTimeout(seconds(10));
        int answered = 0;
        try {
            for (; answered < 400; ++answered) {
                // One notification that races with the rpc, and then silence: nothing else wakes the server.
                std::jthread crier([&] { house.server->broadcast(rang(house, answered), at); });
                listener.client.keepalive();
            }
        } catch (const Error& error) {
            BOOST_TEST_MESSAGE(error.what());
        }
        BOOST_TEST(answered == 400);
    }
}

BOOST_AUTO_TEST_CASE(come_while_an_answer_is_waited_for) {
    House house;
    Listener listener(house.client());
    listener.client.subscribe();
    for (int i = 0; i < 10; ++i)
        house.server->broadcast(rang(house, i), at);
    BOOST_TEST(eventually([&] {
        listener.client.keepalive();
        return listener.heard.size() == 10;
    }));
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(listener.heard[static_cast<std::size_t>(i)].xml.find("<times>" + std::to_string(i) +
                                                                        '<') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(pass_a_filter_or_do_not) {
    House house;
    const std::pair<const char*, bool> filters[] = {
        {"<rang xmlns=\"urn:toy\"/>", true},
        {"<rang xmlns=\"urn:toy\"><times>3</times></rang>", true},
        {"<rang xmlns=\"urn:toy\"><times>4</times></rang>", false},
        {"<rang xmlns=\"urn:toy\"><times/><text>x</text></rang>", true},
        {"<other xmlns=\"urn:toy\"/>", false},
        {"<other xmlns=\"urn:toy\"/><rang xmlns=\"urn:toy\"/>", true},
        {"<rang/>", true},
        {"<rang xmlns=\"urn:elsewhere\"/>", false}};
    for (const auto& [filter, passes] : filters) {
        Listener listener(house.client());
        listener.client.subscribe("", filter);
        house.server->broadcast(rang(house, 3), at);
        house.server->broadcast(rang(house, 4), at);
        listener.client.keepalive();
        if (passes)
            listener.hears(1);
        else
            listener.client.poll(milliseconds(50));
        const bool three = !listener.heard.empty() && listener.heard[0].xml.find(">3<") != std::string::npos;
        BOOST_TEST(three == passes, filter);
    }
    Listener listener(house.client());
    listener.client.rpc(
        "<create-subscription xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\"><filter "
        "xmlns:t=\"urn:toy\" type=\"xpath\" select=\"/t:rang[t:times > 3]\"/></create-subscription>");
    house.server->broadcast(rang(house, 3), at);
    house.server->broadcast(rang(house, 4), at);
    BOOST_TEST(listener.hears(1));
    BOOST_TEST(listener.heard[0].xml.find(">4<") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_not_subscribed_to_twice_nor_of_the_past_nor_of_other_streams) {
    House house;
    auto client = house.client();
    const auto subscribe = [&](const std::string& content) {
        client.rpc("<create-subscription xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\">" +
                   content + "</create-subscription>");
    };
    BOOST_CHECK_THROW(subscribe("<stream>SNMP</stream>"), Error);
    BOOST_CHECK_THROW(subscribe("<startTime>2026-01-01T00:00:00Z</startTime>"), Error);
    BOOST_CHECK_THROW(subscribe("<filter type=\"xpath\"/>"), Error);
    BOOST_CHECK_EXCEPTION(subscribe("<filter type=\"xpath\" select=\"//*[//*[//*]]\"/>"), Error,
                          [](const Error& e) { return e.hasTag("resource-denied"); });
    subscribe("");
    BOOST_CHECK_EXCEPTION(subscribe(""), Error, [](const Error& e) { return e.hasTag("in-use"); });
}

BOOST_AUTO_TEST_CASE(drop_a_subscriber_that_cannot_keep_up_and_nobody_else) {
    House house([](ServerOptions& o) { o.maxQueuedNotifications = 100; });
    RawPeer deaf(house.dir / "socket");
    deaf.say(helloOf11 +
             chunked("<create-subscription xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\"/>"));
    deaf.hear("ok/>");
    Listener quick(house.client());
    quick.client.subscribe();
    const std::string text(100000, 'n');
    const auto deafId = house.server->sessions().at(0).id;
    std::size_t sent = 0;
    BOOST_TEST(eventually([&] {
        house.server->broadcast(rang(house, 1, text), at);
        ++sent;
        quick.hears(sent);
        const auto sessions = house.server->sessions();
        return std::ranges::none_of(sessions, [&](const auto& s) { return s.id == deafId; });
    }));
    BOOST_TEST(quick.hears(sent));
}

BOOST_AUTO_TEST_SUITE_END()
