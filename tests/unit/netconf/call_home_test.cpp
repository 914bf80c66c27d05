#include "netconf/sockets.hpp"
#include "tls_support.hpp"

#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <ctime>
#include <thread>

using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(call_home)

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A NETCONF client that waits to be called.
struct Waiting {
    Descriptor listening = listenTcp("127.0.0.1", 0);

    /// The next call's socket; none when nobody calls within the time.
    int call(milliseconds within = seconds(20)) const {
        pollfd fds{listening.get(), POLLIN, 0};
        if (::poll(&fds, 1, static_cast<int>(within.count())) <= 0) return -1;
        return ::accept(listening.get(), nullptr, nullptr);
    }
    int required() const {
        const int fd = call();
        BOOST_REQUIRE(fd >= 0);
        return fd;
    }
    std::uint16_t port() const { return portOf(listening); }
};

CallHome place(const Waiting& client, const Access& access) {
    return {"nms", "127.0.0.1", client.port(), access, milliseconds(20), milliseconds(100)};
}

void only(TlsHouse& at, std::vector<CallHome> clients) {
    at.house.server->open({{}, std::move(clients)});
}

TlsPeer::Shows alice(const TlsHouse& at) {
    return {at.dir / "alice.pem", at.dir / "alice.key"};
}

bool answers(TlsPeer& peer, const std::string& id) {
    peer.say(chunked("<get/>", "message-id=\"" + id + '"'));
    return contains(peer.hear("</rpc-reply>"), "message-id=\"" + id + '"');
}

}

BOOST_AUTO_TEST_CASE(a_client_is_called_and_called_again_when_it_has_gone) {
    TlsHouse at;
    const Waiting client;
    only(at, {place(client, at.access())});
    for (int i = 0; i < 3; ++i) {
        TlsPeer peer(client.required(), alice(at));
        peer.say(helloOf11);
        BOOST_TEST(answers(peer, "1"));
        const auto sessions = at.house.server->sessions();
        BOOST_REQUIRE(!sessions.empty());
        BOOST_TEST(sessions.back().user == "alice");
        BOOST_TEST((sessions.back().transport == Transport::tls));
        BOOST_TEST(client.call(milliseconds(150)) == -1); // one connection is enough
    }
}

BOOST_AUTO_TEST_CASE(ssh_is_served_on_the_call_by_the_server) {
    TlsHouse at;
    const Waiting client;
    only(at, {place(client, SshAccess{at.house.dir / "host", {{"alice", at.house.dir / "alice.pub"}}})});
    RawPeer peer(client.required());
    BOOST_TEST(contains(peer.hear("\n"), "SSH-2.0-"));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_answer_is_called_until_it_does) {
    TlsHouse at;
    auto client = std::make_unique<Waiting>();
    const auto wanted = place(*client, at.access());
    client.reset(); // nobody listens
    only(at, {wanted});
    std::this_thread::sleep_for(milliseconds(100));
    Waiting later{listenTcp("127.0.0.1", wanted.port)};
    TlsPeer peer(later.required(), alice(at));
    peer.say(helloOf11);
    BOOST_TEST(answers(peer, "1"));
}

BOOST_AUTO_TEST_CASE(what_comes_of_each_call_is_told) {
    TlsHouse at;
    auto client = std::make_unique<Waiting>();
    const auto wanted = place(*client, at.access());
    client.reset(); // nobody listens
    only(at, {wanted});
    auto& calls = at.house.handler->calls;
    for (const unsigned tries : {1U, 2U, 3U}) {
        const auto told = calls.receiveFor(seconds(20));
        BOOST_REQUIRE(told);
        BOOST_TEST((told->name == "nms" && !told->connected && told->failedTries == tries));
        BOOST_TEST(contains(told->reason, "refused"), told->reason);
    }
    const auto next = [&] {
        auto told = calls.receiveFor(seconds(20));
        while (told && told->failedTries > 0)
            told = calls.receiveFor(seconds(20));
        BOOST_REQUIRE(told);
        return *told;
    };
    Waiting later{listenTcp("127.0.0.1", wanted.port)};
    {
        TlsPeer peer(later.required(), alice(at));
        peer.say(helloOf11);
        BOOST_TEST((next() == CallState{"nms", true, 0, ""}));
    }
    const auto ended = next();
    BOOST_TEST((!ended.connected && ended.reason.starts_with("its session has ended: ")), ended.reason);
}

BOOST_AUTO_TEST_CASE(a_silent_client_is_given_up_and_called_again) {
    TlsHouse at([](ServerOptions& o) { o.handshakeTimeout = milliseconds(200); });
    const Waiting client;
    only(at, {place(client, at.access())});
    RawPeer silent(client.required());
    silent.hear("never");
    BOOST_TEST(silent.closed());
    RawPeer again(client.required());
    again.say("\x16\x03\x01\x02");
    again.hear("never");
    BOOST_TEST(again.closed());
    client.required();
}

BOOST_AUTO_TEST_CASE(who_is_not_let_in_is_called_again_and_nobody_else_waits_for_that) {
    TlsHouse at;
    const Waiting client;
    at.issuer.authority("stranger");
    only(at, {place(client, at.access())});
    for (int i = 0; i < 3; ++i) {
        TlsPeer stranger(client.required(), {at.dir / "stranger.pem", at.dir / "stranger.key"});
        BOOST_TEST(!contains(stranger.hear("]]>]]>"), "<session-id>"));
        at.house.client().keepalive();
    }
    TlsPeer peer(client.required(), alice(at));
    peer.say(helloOf11);
    BOOST_TEST(answers(peer, "1"));
}

BOOST_AUTO_TEST_CASE(who_is_not_configured_any_more_is_not_called_but_keeps_its_session) {
    TlsHouse at;
    const Waiting client, other;
    only(at, {place(client, at.access()), place(other, at.access())});
    TlsPeer peer(client.required(), alice(at));
    peer.say(helloOf11);
    BOOST_TEST(answers(peer, "1"));
    RawPeer unfinished(other.required());
    only(at, {});
    unfinished.hear("never"); // a handshake is no session: it ends at once
    BOOST_TEST(unfinished.closed());
    BOOST_TEST(answers(peer, "2"));
    peer.say(chunked("<close-session/>", "message-id=\"3\""));
    peer.hear("never");
    BOOST_TEST(peer.closed());
    BOOST_TEST(client.call(milliseconds(400)) == -1);
    BOOST_TEST(other.call(milliseconds(1)) == -1);
}

BOOST_AUTO_TEST_CASE(other_rules_hold_at_the_next_call_and_the_session_goes_on) {
    TlsHouse at;
    const Waiting client;
    auto wanted = place(client, at.access());
    only(at, {wanted});
    {
        TlsPeer peer(client.required(), alice(at));
        peer.say(helloOf11);
        BOOST_TEST(answers(peer, "1"));
        auto access = at.access();
        access.names = {{"", CertToName::Map::specified, "operator"}};
        wanted.access = access;
        only(at, {wanted});
        BOOST_TEST(answers(peer, "2"));
        BOOST_TEST(at.house.server->sessions().at(0).user == "alice");
    }
    TlsPeer next(client.required(), alice(at));
    next.say(helloOf11);
    BOOST_TEST(answers(next, "1"));
    BOOST_TEST(at.house.server->sessions().back().user == "operator");
}

BOOST_AUTO_TEST_CASE(a_call_under_way_does_not_hold_up_the_end) {
    // A listener whose queue is full drops what comes, as a path that swallows everything does.
    const Descriptor full(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    BOOST_REQUIRE_EQUAL(::bind(full.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
    BOOST_REQUIRE_EQUAL(::listen(full.get(), 0), 0);
    ::getsockname(full.get(), reinterpret_cast<sockaddr*>(&address), &length);
    std::vector<Descriptor> queued;
    for (int i = 0; i < 4; ++i) {
        queued.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        ::connect(queued.back().get(), reinterpret_cast<sockaddr*>(&address), length);
    }
    TlsHouse at;
    only(at, {{"nms", "127.0.0.1", ntohs(address.sin_port), at.access()}});
    std::this_thread::sleep_for(milliseconds(100));
    const auto before = std::chrono::steady_clock::now();
    at.house.server.reset();
    BOOST_TEST((std::chrono::steady_clock::now() - before < seconds(5)));
}

BOOST_AUTO_TEST_CASE(waits_without_work_between_two_tries_and_beside_a_silent_session) {
    TlsHouse at;
    const Waiting client;
    auto absent = std::make_unique<Waiting>();
    auto missing = place(*absent, at.access());
    missing.firstWait = missing.longestWait = seconds(60);
    absent.reset();
    only(at, {place(client, at.access()), missing});
    TlsPeer peer(client.required(), alice(at));
    peer.say(helloOf11);
    BOOST_TEST(answers(peer, "1"));
    const auto before = std::clock(); // of all threads
    std::this_thread::sleep_for(milliseconds(500));
    BOOST_TEST(std::clock() - before < CLOCKS_PER_SEC / 50);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_used_change_nothing) {
    TlsHouse at;
    const Waiting client;
    auto wanted = place(client, at.access());
    std::get<TlsAccess>(wanted.access).keyFile = at.dir / "alice.key";
    const auto port = at.port();
    BOOST_CHECK_THROW(only(at, {wanted}), Error);
    BOOST_TEST(at.port() == port);
    BOOST_TEST(client.call(milliseconds(100)) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
