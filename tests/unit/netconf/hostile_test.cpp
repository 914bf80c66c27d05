#include "netconf/ssh_client.hpp"
#include "support.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <thread>

using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(hostile)

namespace {

const std::string getIt = "<get/>";

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}

BOOST_AUTO_TEST_CASE(answers_an_rpc_in_the_same_write_as_hello) {
    House house;
    for (const std::string between : {"", "\n"}) {
        RawPeer peer(house.dir / "socket");
        peer.say(helloOf11 + between + chunked(getIt, "message-id=\"first\""));
        BOOST_TEST(contains(peer.hear("</rpc-reply>"), "message-id=\"first\""));
    }
    RawPeer old(house.dir / "socket");
    old.say(helloOf10 +
            "<rpc xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"o\"><get/></rpc>]]>]]>");
    BOOST_TEST(contains(old.hear("</rpc-reply>]]>]]>"), "message-id=\"o\""));
}

BOOST_AUTO_TEST_CASE(answers_pipelined_operations_in_order) {
    House house;
    RawPeer peer(house.dir / "socket");
    std::string all = helloOf11;
    for (int i = 1; i <= 50; ++i)
        all += chunked(getIt, "message-id=\"n" + std::to_string(i) + '"');
    peer.say(all);
    const auto heard = peer.hear("message-id=\"n50\"");
    std::size_t at = 0;
    for (int i = 1; i <= 50; ++i) {
        const auto found = heard.find("message-id=\"n" + std::to_string(i) + '"');
        BOOST_TEST(found != std::string::npos);
        BOOST_TEST(found >= at);
        at = found;
    }
}

const char* const badChunks[] = {"\n#0\n",          "\n#-1\n",         "\n#0x10\n", "\n#\n",
                                 "\n#4294967296\n", "\n#4294967295\n", "\n#zz\n",   "no frame"};

BOOST_DATA_TEST_CASE(ends_the_session_of_a_bad_chunk_and_goes_on, boost::unit_test::data::make(badChunks),
                     bytes) {
    House house;
    auto other = house.client();
    RawPeer peer(house.dir / "socket");
    peer.say(helloOf11 + chunked(getIt) + bytes);
    BOOST_TEST(contains(peer.hear("never"), "</rpc-reply>"));
    BOOST_TEST(peer.closed());
    other.keepalive();
}

BOOST_AUTO_TEST_CASE(refuses_what_the_library_takes_badly) {
    House house;
    RawPeer peer(house.dir / "socket");
    peer.say(helloOf11);
    const auto answer = [&](const std::string& message) {
        peer.say("\n#" + std::to_string(message.size()) + '\n' + message + "\n##\n");
        return peer.hear("</rpc-reply>");
    };
    peer.hear("]]>]]>");
    const std::string rpc = "<rpc xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"";
    const auto missing = answer(rpc + "><get/></rpc>");
    BOOST_TEST(contains(missing, "<error-tag>missing-attribute</error-tag>"));
    BOOST_TEST(contains(missing, "<bad-attribute>message-id</bad-attribute><bad-element>rpc</bad-element>"));
    BOOST_TEST(contains(answer("<!DOCTYPE rpc [<!ENTITY a \"b\">]>" + rpc + " message-id=\"1\"><get/></rpc>"),
                        "malformed-message"));
    for (const std::string text : {"no xml", "<rp", "<a/>", "\xff\xfe", " "})
        BOOST_TEST(contains(answer(text), "malformed-message"), text);
    BOOST_TEST(contains(answer(rpc + " message-id=\"7\"><get></rpc>"), "rpc-error"));
    BOOST_TEST(contains(answer(rpc + " message-id=\"8\"/>"), "rpc-error"));
    BOOST_TEST(contains(answer("<rpc message-id=\"9\"><get/></rpc>"), "rpc-error"));
    BOOST_TEST(contains(answer(rpc + " message-id=\"10\"><get/></rpc>"), "message-id=\"10\""));
}

BOOST_AUTO_TEST_CASE(takes_prefixes_and_repeats_attributes) {
    House house;
    RawPeer peer(house.dir / "socket");
    const std::string message =
        "<?xml version=\"1.0\"?><x:rpc xmlns:x=\"urn:ietf:params:xml:ns:netconf:base:1.0\" "
        "xmlns:e=\"urn:e\" e:user=\"fred\" message-id=\"a&amp;&quot;b\"><x:commit/></x:rpc>";
    peer.say(helloOf11 + "\n#" + std::to_string(message.size()) + '\n' + message + "\n##\n");
    const auto heard = peer.hear("\n##\n");
    BOOST_TEST(contains(heard, "ok/>"));
    BOOST_TEST(contains(heard, "fred"));
    BOOST_TEST(contains(heard, "message-id=\"a&amp;&quot;b\""));
}

const char* const badHellos[] = {
    "<rpc xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"1\"><get/></rpc>]]>]]>",
    "<hello xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"/>]]>]]>",
    "<hello xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><capabilities/></hello>]]>]]>",
    "<hello xmlns=\"urn:other\"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability>"
    "</capabilities></hello>]]>]]>",
    "<hello xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><capabilities><capability>"
    "urn:ietf:params:netconf:base:1.1</capability></capabilities><session-id>3</session-id></hello>]]>]]>",
    "nothing]]>]]>",
    "]]>]]>"};

BOOST_DATA_TEST_CASE(takes_no_bad_hello, boost::unit_test::data::make(badHellos), bytes) {
    House house;
    RawPeer peer(house.dir / "socket");
    peer.say(bytes);
    peer.hear("never");
    BOOST_TEST(peer.closed());
    house.client().keepalive();
}

BOOST_AUTO_TEST_CASE(limits_a_message) {
    House house([](ServerOptions& o) { o.maxMessageBytes = 100000; });
    RawPeer chunks(house.dir / "socket");
    chunks.say(helloOf11 + "\n#100001\n" + std::string(100001, 'x'));
    RawPeer endless(house.dir / "socket");
    endless.say(helloOf10 + std::string(500000, 'x'));
    RawPeer hello(house.dir / "socket");
    hello.say(std::string(500000, 'x'));
    for (auto* peer : {&chunks, &endless, &hello}) {
        peer->hear("never");
        BOOST_TEST(peer->closed());
    }
    house.client().rpc("<echo xmlns=\"urn:toy\"><text>" + std::string(90000, 'y') + "</text></echo>");
}

#ifndef __has_feature // it is clang's
#define __has_feature(name) 0
#endif
// The address sanitizer copies at each realloc, by which libssh's buffers grow: minutes for four.
constexpr auto large = std::size_t{__has_feature(address_sanitizer) ? 1 : 4} << 20;

BOOST_AUTO_TEST_CASE(carries_a_large_message_both_ways) {
    House house;
    const std::string text(large, 'z');
    for (const Endpoint& endpoint : {Endpoint(house.ssh()), Endpoint(house.unixSocket())}) {
        auto client = Client::connect(endpoint, House::patient);
        BOOST_TEST((client.rpc("<echo xmlns=\"urn:toy\"><text>" + text + "</text></echo>") ==
                    "<text xmlns=\"urn:toy\">" + text + "</text>"));
    }
}

BOOST_AUTO_TEST_CASE(drops_a_peer_that_does_not_read_and_serves_others_meanwhile) {
    House house([](ServerOptions& o) { o.writeTimeout = seconds(2); });
    RawPeer deaf(house.dir / "socket");
    deaf.say(helloOf11);
    deaf.say(chunked("<echo xmlns=\"urn:toy\"><text>" + std::string(std::size_t{4} << 20, 'z') +
                     "</text></echo>"));
    auto other = house.client();
    for (int i = 0; i < 20; ++i)
        other.keepalive();
    const auto ended = [&] { return house.handler->events.receiveFor(seconds(20)).value_or("nothing"); };
    std::string event;
    while ((event = ended()).starts_with("started ")) {
    }
    BOOST_TEST(event == "ended dropped");
    other.keepalive();
}

BOOST_AUTO_TEST_CASE(waits_without_work_for_an_ssh_peer_that_does_not_read) {
    House house([](ServerOptions& o) { o.writeTimeout = seconds(8); });
    const auto deaf = openSsh(house.ssh(), Deadline::in(seconds(20)));
    std::string ignored;
    const std::string text(std::size_t{8} << 20, 'z');
    for (const auto& bytes : {helloOf11, chunked("<echo xmlns=\"urn:toy\"><text>" + text + "</text></echo>")})
        BOOST_REQUIRE(writeAll(*deaf, bytes, ignored, nullptr, Deadline::in(seconds(20))));
    BOOST_REQUIRE(eventually([&] { return house.server->sessions().at(0).inRpcs == 1; }));
    // Once the window is full, the server must rest while the session lasts; one that spins never does.
    bool rested = false;
    while (!rested && !house.server->sessions().empty()) {
        const auto before = std::clock(); // of all threads
        std::this_thread::sleep_for(milliseconds(300));
        rested = std::clock() - before < CLOCKS_PER_SEC / 20 && !house.server->sessions().empty();
    }
    BOOST_TEST(rested);
    BOOST_TEST(eventually([&] { return house.server->sessions().empty(); }));
}

BOOST_AUTO_TEST_CASE(notices_a_peer_that_goes_in_the_middle_of_a_message) {
    House house;
    {
        RawPeer peer(house.dir / "socket");
        peer.say(helloOf11 + "\n#100\n<rpc");
        BOOST_TEST(eventually([&] { return house.server->sessions().size() == 1; }));
    }
    BOOST_TEST(eventually([&] { return house.server->sessions().empty(); }));
}

BOOST_AUTO_TEST_SUITE_END()
