#include "tls_support.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include <ctime>
#include <filesystem>
#include <thread>

using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(tls)

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TlsPeer::Shows shown(const TlsHouse& at, const std::string& name, int version = 0) {
    return {at.dir / (name + ".pem"), at.dir / (name + ".key"), version};
}

/// Whether a session comes of it. With TLS 1.3 a client hears only afterwards that it is refused.
bool letsIn(const TlsHouse& at, const TlsPeer::Shows& shows) {
    TlsPeer peer(at.port(), shows);
    return contains(peer.hear("]]>]]>"), "<session-id>");
}

bool serves(const TlsHouse& at) {
    TlsPeer peer(at.port(), shown(at, "alice"));
    peer.say(helloOf11 + chunked("<get/>"));
    return contains(peer.hear("</rpc-reply>"), "message-id=\"1\"");
}

}

BOOST_DATA_TEST_CASE(serves_who_shows_a_certificate_that_has_a_name,
                     boost::unit_test::data::make({TLS1_2_VERSION, TLS1_3_VERSION}), version) {
    const TlsHouse at;
    TlsPeer alice(at.port(), shown(at, "alice", version));
    alice.say(helloOf11 + chunked("<get/>"));
    BOOST_TEST(contains(alice.hear("</rpc-reply>"), "message-id=\"1\""));
    const auto sessions = at.house.server->sessions();
    BOOST_REQUIRE_EQUAL(sessions.size(), 1U);
    BOOST_TEST(sessions[0].user == "alice");
    BOOST_TEST((sessions[0].transport == Transport::tls));
    BOOST_TEST(sessions[0].sourceHost == "127.0.0.1");
    alice.say(chunked("<close-session/>", "message-id=\"2\""));
    BOOST_TEST(contains(alice.hear("never"), "message-id=\"2\""));
    BOOST_TEST(alice.closed()); // with a goodbye
}

BOOST_AUTO_TEST_CASE(refuses_who_shows_none_or_a_stranger_s_or_one_that_has_ended) {
    const TlsHouse at;
    at.issuer.authority("stranger");
    at.issuer.certificate("mallory", "stranger");
    at.issuer.certificate("another-server", "authority", "extendedKeyUsage=serverAuth");
    at.issuer.certificate("former", "authority", "extendedKeyUsage=clientAuth", "", -1); // it ended yesterday
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        BOOST_TEST(!letsIn(at, {"", "", version}));
        BOOST_TEST(!letsIn(at, shown(at, "mallory", version)));
        BOOST_TEST(!letsIn(at, shown(at, "stranger", version)));
        BOOST_TEST(!letsIn(at, shown(at, "another-server", version)));
        BOOST_TEST(!letsIn(at, shown(at, "former", version)));
        BOOST_TEST(letsIn(at, shown(at, "alice", version)));
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_certificate_that_stands_for_nobody) {
    const TlsHouse at;
    at.issuer.certificate("bob", "authority");
    auto access = at.access();
    access.names = {{at.issuer.fingerprint("alice"), CertToName::Map::specified, "operator"}};
    at.house.server->open(
        {{{"127.0.0.1", 0, SshAccess{at.house.dir / "host", {}}}, {"127.0.0.1", at.port(), access}}, {}});
    BOOST_TEST(!letsIn(at, shown(at, "bob")));
    TlsPeer alice(at.port(), shown(at, "alice"));
    alice.say(helloOf11);
    BOOST_TEST(contains(alice.hear("]]>]]>"), "<session-id>"));
    BOOST_REQUIRE(eventually([&] { return at.house.server->sessions().size() == 1; }));
    BOOST_TEST(at.house.server->sessions()[0].user == "operator");
}

BOOST_AUTO_TEST_CASE(speaks_no_older_version) {
    const TlsHouse at;
    BOOST_TEST(!letsIn(at, shown(at, "alice", TLS1_1_VERSION)));
    BOOST_TEST(!letsIn(at, shown(at, "alice", TLS1_VERSION)));
}

BOOST_AUTO_TEST_CASE(lets_an_honest_client_in_beside_silent_ones) {
    const TlsHouse at([](ServerOptions& o) { o.maxHandshakes = 8; });
    // A record of 512 octets is announced, a ClientHello begun.
    const std::string half("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    std::vector<RawPeer> silent;
    for (int i = 0; i < 20; ++i) {
        silent.emplace_back("127.0.0.1", at.port());
        if (i % 2) silent.back().say(half);
        if (i % 5 == 0) silent.back().say("GET / HTTP/1.1\r\n\r\n");
    }
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(serves(at));
        Client::connect(at.house.ssh(), House::patient).keepalive();
    }
}

BOOST_AUTO_TEST_CASE(gives_up_a_client_that_says_nothing_or_stops_half_way) {
    const TlsHouse at([](ServerOptions& o) { o.handshakeTimeout = milliseconds(300); });
    RawPeer silent("127.0.0.1", at.port());
    RawPeer half("127.0.0.1", at.port());
    half.say(std::string("\x16\x03\x01\x02\x00\x01", 6));
    TlsPeer noHello(at.port(), shown(at, "alice"));
    silent.hear("never");
    half.hear("never");
    noHello.hear("never");
    BOOST_TEST(silent.closed());
    BOOST_TEST(half.closed());
    BOOST_TEST(noHello.closed());
}

BOOST_AUTO_TEST_CASE(takes_no_giant_handshake) {
    const TlsHouse at;
    // 16 MB of one message, a record each 16 KB: a ClientHello has at most a fraction of that.
    RawPeer giant("127.0.0.1", at.port());
    std::string record("\x16\x03\x01\x40\x00\x01\xff\xff\xfc\x03\x03", 11);
    record.resize(5 + 0x4000, 'x');
    for (int i = 0; i < 64; ++i)
        giant.say(record);
    giant.hear("never");
    BOOST_TEST(giant.closed());
    BOOST_TEST(serves(at));
}

BOOST_AUTO_TEST_CASE(limits_a_message) {
    const TlsHouse at([](ServerOptions& o) { o.maxMessageBytes = 100000; });
    TlsPeer chunks(at.port(), shown(at, "alice"));
    chunks.say(helloOf11 + "\n#100001\n" + std::string(100001, 'x'));
    TlsPeer endless(at.port(), shown(at, "alice"));
    endless.say(helloOf10 + std::string(500000, 'x'));
    for (auto* peer : {&chunks, &endless}) {
        peer->hear("never");
        BOOST_TEST((peer->closed() || peer->failed()));
    }
    BOOST_TEST(eventually([&] { return at.house.server->sessions().empty(); }));
    BOOST_TEST(serves(at));
}

BOOST_AUTO_TEST_CASE(carries_a_large_message_both_ways) {
    const TlsHouse at;
    const std::string text(std::size_t{4} << 20, 'z');
    TlsPeer alice(at.port(), shown(at, "alice"));
    alice.say(helloOf10 +
              "<rpc xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"1\"><echo "
              "xmlns=\"urn:toy\"><text>" +
              text + "</text></echo></rpc>]]>]]>");
    BOOST_TEST(contains(alice.hear("</rpc-reply>"), '>' + text + '<'));
}

BOOST_AUTO_TEST_CASE(serves_on_while_keys_are_changed) {
    const TlsHouse at;
    TlsPeer alice(at.port(), shown(at, "alice", TLS1_3_VERSION));
    alice.say(helloOf11);
    alice.update(100);
    alice.say(chunked("<get/>"));
    BOOST_TEST(contains(alice.hear("</rpc-reply>"), "message-id=\"1\""));
}

BOOST_AUTO_TEST_CASE(rests_and_then_drops_a_peer_that_does_not_read) {
    const TlsHouse at([](ServerOptions& o) { o.writeTimeout = seconds(5); });
    TlsPeer deaf(at.port(), shown(at, "alice"));
    deaf.say(helloOf11 + chunked("<echo xmlns=\"urn:toy\"><text>" + std::string(std::size_t{8} << 20, 'z') +
                                 "</text></echo>"));
    BOOST_REQUIRE(eventually([&] {
        const auto sessions = at.house.server->sessions();
        return sessions.size() == 1 && sessions[0].inRpcs == 1;
    }));
    BOOST_TEST(serves(at));
    // Once nothing fits any more, the server must rest while the session lasts; one that spins never does.
    bool rested = false;
    while (!rested && !at.house.server->sessions().empty()) {
        const auto before = std::clock(); // of all threads
        std::this_thread::sleep_for(milliseconds(300));
        rested = std::clock() - before < CLOCKS_PER_SEC / 20 && !at.house.server->sessions().empty();
    }
    BOOST_TEST(rested);
    BOOST_TEST(eventually([&] { return at.house.server->sessions().empty(); }));
}

BOOST_AUTO_TEST_CASE(ends_with_a_peer_that_says_goodbye_and_reads_nothing) {
    const TlsHouse at([](ServerOptions& o) { o.writeTimeout = seconds(60); });
    TlsPeer deaf(at.port(), shown(at, "alice"));
    deaf.say(helloOf11 + chunked("<echo xmlns=\"urn:toy\"><text>" + std::string(std::size_t{8} << 20, 'z') +
                                 "</text></echo>"));
    BOOST_REQUIRE(eventually([&] {
        const auto sessions = at.house.server->sessions();
        return sessions.size() == 1 && sessions[0].inRpcs == 1;
    }));
    deaf.say(chunked("<get/>", "message-id=\"2\""));
    deaf.goodbye();
    BOOST_TEST(eventually([&] { return at.house.server->sessions().empty(); }));
}

BOOST_AUTO_TEST_CASE(notices_a_peer_that_goes_in_the_middle_of_a_message) {
    const TlsHouse at;
    {
        TlsPeer peer(at.port(), shown(at, "alice"));
        peer.say(helloOf11 + "\n#100\n<rpc");
        BOOST_TEST(eventually([&] { return at.house.server->sessions().size() == 1; }));
    }
    BOOST_TEST(eventually([&] { return at.house.server->sessions().empty(); }));
    BOOST_TEST(serves(at));
}

BOOST_AUTO_TEST_CASE(ends_sessions_when_it_ends) {
    TlsHouse at;
    TlsPeer alice(at.port(), shown(at, "alice"));
    alice.say(helloOf11);
    BOOST_REQUIRE(eventually([&] { return at.house.server->sessions().size() == 1; }));
    at.house.server.reset();
    alice.hear("never");
    BOOST_TEST(alice.closed());
}

BOOST_AUTO_TEST_CASE(uses_renewed_files_at_the_next_handshake) {
    const TlsHouse at;
    TlsPeer before(at.port(), shown(at, "alice"));
    BOOST_TEST(before.server() == "server");
    at.issuer.certificate("renewed", "authority", "extendedKeyUsage=serverAuth");
    for (const std::string end : {".pem", ".key"})
        std::filesystem::rename(at.dir / ("renewed" + end), at.dir / ("server" + end));
    BOOST_TEST(TlsPeer(at.port(), shown(at, "alice")).server() == "renewed");
    before.say(helloOf11 + chunked("<get/>"));
    BOOST_TEST(contains(before.hear("</rpc-reply>"), "message-id=\"1\""));
    // Half of a renewal: nobody is let in, and nothing else happens.
    std::filesystem::remove(at.dir / "server.key");
    BOOST_TEST(!letsIn(at, shown(at, "alice")));
    before.say(chunked("<get/>", "message-id=\"2\""));
    BOOST_TEST(contains(before.hear("</rpc-reply>"), "message-id=\"2\""));
}

BOOST_AUTO_TEST_CASE(says_which_file_cannot_be_used) {
    const TlsHouse at;
    const auto trouble = [&](TlsAccess access) {
        try {
            at.house.server->open({{{"127.0.0.1", 0, access}}, {}});
            return std::string("opened");
        } catch (const Error& error) {
            BOOST_TEST((error.kind() == Error::Kind::misuse));
            return std::string(error.what());
        }
    };
    auto access = at.access();
    access.keyFile = at.dir / "alice.key";
    BOOST_TEST(contains(trouble(access),
                        "alice.key is not the key of the certificate in " + access.certificateFile));
    access.keyFile = at.dir / "none";
    BOOST_TEST(contains(trouble(access), "none cannot be read as a private key"));
    access = at.access();
    access.certificateFile = at.dir / "server.key";
    BOOST_TEST(contains(trouble(access), "server.key cannot be read as a certificate"));
    access = at.access();
    access.clientCaFile = at.dir / "none";
    BOOST_TEST(contains(trouble(access), "none cannot be read as certificates"));
    BOOST_TEST(serves(at)); // everything is as it was
}

BOOST_AUTO_TEST_SUITE_END()
