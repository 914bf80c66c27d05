#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(session)

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void doEverything(Client client) {
    BOOST_TEST(client.sessionId() > 0);
    for (const char* name : {":base:1.1", ":candidate", "confirmed-commit:1.1", ":validate:1.1",
                             ":rollback-on-error", ":startup", ":xpath", ":with-defaults", ":notification",
                             ":interleave", ":yang-library", "urn:toy:capability"})
        BOOST_TEST(client.has(name), name << " is missing");
    for (const char* name : {":url", ":confirmed-commit:1.0", ":cand", ":writable-running"})
        BOOST_TEST(!client.has(name), name);
    client.lock(Datastore::candidate);
    client.editConfig(Datastore::candidate,
                      "<box xmlns=\"urn:unknown-to-the-client\" nc:operation=\"merge\"><size>4</size></box>",
                      {EditOptions::DefaultOperation::none, EditOptions::TestOption::set,
                       EditOptions::ErrorOption::rollbackOnError});
    client.validate(Datastore::candidate);
    client.confirmedCommit(milliseconds(1500), "p");
    client.confirm("p");
    client.commit();
    client.cancelCommit("p");
    client.discardChanges();
    client.copyConfig(Datastore::running, Datastore::startup);
    client.copyConfig("<box xmlns=\"urn:toy\"/>", Datastore::candidate);
    client.unlock(Datastore::candidate);
    client.keepalive();
    BOOST_TEST(client.alive());
    BOOST_TEST(client.getConfig(Datastore::running, "<box xmlns=\"urn:toy\"/>") ==
               "<box xmlns=\"urn:toy\"><size>3</size></box>");
    BOOST_TEST(client.get() == "<box xmlns=\"urn:toy\"><size>3</size></box>");
    BOOST_TEST(client.rpc("<echo xmlns=\"urn:toy\"><text>&lt;hi&gt; &amp;</text></echo>") ==
               "<text xmlns=\"urn:toy\">&lt;hi&gt; &amp;</text>");
    BOOST_TEST(
        client.rpc("<action xmlns=\"urn:ietf:params:xml:ns:yang:1\"><machine xmlns=\"urn:toy\"><part><name>p"
                   "</name><turn><by>3</by></turn></part></machine></action>") ==
        "<angle xmlns=\"urn:toy\">90</angle>");
}

}

BOOST_AUTO_TEST_CASE(does_every_operation_over_ssh) {
    House house;
    doEverything(Client::connect(house.ssh(), House::patient));
    BOOST_TEST(house.handler->events.receiveFor(seconds(20)).value_or("") == "started alice");
    BOOST_TEST(house.handler->events.receiveFor(seconds(20)).value_or("") == "ended closed");
}

BOOST_AUTO_TEST_CASE(does_every_operation_over_a_unix_socket) {
    House house;
    doEverything(house.client());
    BOOST_TEST(contains(house.handler->events.receiveFor(seconds(20)).value_or(""), "started "));
    BOOST_TEST(house.handler->events.receiveFor(seconds(20)).value_or("") == "ended closed");
}

BOOST_AUTO_TEST_CASE(carries_a_refusal_with_all_its_fields) {
    House house;
    auto client = house.client();
    try {
        client.rpc("<refuse xmlns=\"urn:toy\"/>");
        BOOST_FAIL("not refused");
    } catch (const Error& e) {
        BOOST_TEST((e.kind() == Error::Kind::refused));
        BOOST_REQUIRE_EQUAL(e.errors().size(), 2u);
        BOOST_TEST(e.hasTag("lock-denied"));
        BOOST_TEST((e.errors()[0].type == headgate::yang::RpcError::Type::protocol));
        BOOST_TEST(e.errors()[0].message == "held <elsewhere>");
        BOOST_TEST(
            (e.errors()[0].info == std::vector<std::pair<std::string, std::string>>{{"session-id", "42"}}));
        BOOST_TEST(e.errors()[1].appTag == "too-many-elements");
        BOOST_TEST(e.errors()[1].path == "/toy:box/size[.='a:b']");
        BOOST_TEST((e.errors()[1].info ==
                    std::vector<std::pair<std::string, std::string>>{{"yang:non-unique", "/x"}}));
    }
    client.keepalive();
}

BOOST_AUTO_TEST_CASE(shows_defaults_in_the_mode_that_was_asked_for) {
    House house;
    auto client = house.client();
    const std::string with =
        "<with-defaults xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\">";
    const auto all = client.rpc("<get>" + with + "report-all</with-defaults></get>");
    BOOST_TEST(contains(all, "<colour>red</colour>"));
    BOOST_TEST(!contains(client.rpc("<get>" + with + "trim</with-defaults></get>"), "colour"));
    BOOST_TEST(!contains(client.get(), "colour"));
}

BOOST_AUTO_TEST_CASE(names_what_is_wrong_with_an_operation) {
    House house;
    auto client = house.client();
    const std::pair<const char*, const char*> cases[] = {
        {"<nonsense xmlns=\"urn:toy\"/>", "operation-not-supported"},
        {"<get xmlns=\"urn:nowhere\"/>", "unknown-namespace"},
        {"<echo xmlns=\"urn:toy\"><colour>x</colour></echo>", "unknown-element"},
        {"<lock><target><elsewhere/></target></lock>", "unknown-element"},
        {"<kill-session><session-id>x</session-id></kill-session>", "invalid-value"}};
    for (const auto& [operation, tag] : cases) {
        try {
            client.rpc(operation);
            BOOST_ERROR(operation << " was taken");
        } catch (const Error& e) {
            BOOST_TEST(e.hasTag(tag), operation << " gave " << e.what());
        }
    }
    client.keepalive();
}

BOOST_AUTO_TEST_CASE(refuses_xml_of_ours_that_is_none_before_it_goes_out) {
    House house;
    auto client = house.client();
    for (const char* text : {"<a></b>", "<commit/><commit/>", "", "</rpc><rpc>"})
        BOOST_CHECK_EXCEPTION(client.rpc(text), Error,
                              [](const Error& e) { return e.kind() == Error::Kind::misuse; });
    client.keepalive();
}

BOOST_AUTO_TEST_CASE(takes_no_answer_for_an_error_and_does_not_hold_up_others) {
    House house;
    auto stuck = house.client();
    auto other = house.client();
    stuck.setRpcTimeout(milliseconds(300));
    const auto before = std::chrono::steady_clock::now();
    BOOST_CHECK_EXCEPTION(stuck.rpc("<wait xmlns=\"urn:toy\"/>"), Error,
                          [](const Error& e) { return e.kind() == Error::Kind::noAnswer; });
    BOOST_TEST((std::chrono::steady_clock::now() - before < seconds(5)));
    BOOST_TEST(!stuck.alive());
    BOOST_CHECK_EXCEPTION(stuck.get(), Error,
                          [](const Error& e) { return e.kind() == Error::Kind::sessionLost; });
    other.keepalive();
    house.handler->release.post(1);
}

BOOST_AUTO_TEST_CASE(keeps_silent_or_hangs_up_when_the_handler_wants_it) {
    House house;
    auto hanging = house.client();
    hanging.setRpcTimeout(milliseconds(200));
    BOOST_CHECK_EXCEPTION(hanging.rpc("<hang xmlns=\"urn:toy\"/>"), Error,
                          [](const Error& e) { return e.kind() == Error::Kind::noAnswer; });
    auto dropped = house.client();
    BOOST_CHECK_EXCEPTION(dropped.rpc("<drop xmlns=\"urn:toy\"/>"), Error,
                          [](const Error& e) { return e.kind() == Error::Kind::sessionLost; });
    BOOST_TEST(eventually([&] { return house.server->sessions().empty(); }));
}

BOOST_AUTO_TEST_CASE(gives_the_text_of_a_schema) {
    House house;
    auto client = house.client();
    const auto ask = [&](const std::string& name, const std::string& more) {
        return client.rpc(
            "<get-schema xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\"><identifier>" + name +
            "</identifier>" + more + "</get-schema>");
    };
    BOOST_TEST(contains(ask("toy", ""), "module toy {"));
    BOOST_TEST(contains(ask("ietf-netconf", "<version>2011-06-01</version><format>yang</format>"),
                        "module ietf-netconf"));
    BOOST_CHECK_THROW(ask("none", ""), Error);
    BOOST_CHECK_THROW(ask("toy", "<version>1999-01-01</version>"), Error);
    BOOST_CHECK_THROW(ask("toy", "<format>xsd</format>"), Error);
}

BOOST_AUTO_TEST_CASE(kills_another_session_but_not_its_own) {
    House house;
    auto killer = house.client();
    auto victim = house.client();
    const auto kill = [&](std::uint32_t id) {
        killer.rpc("<kill-session><session-id>" + std::to_string(id) + "</session-id></kill-session>");
    };
    BOOST_CHECK_THROW(kill(killer.sessionId()), Error);
    BOOST_CHECK_THROW(kill(9999), Error);
    BOOST_TEST(eventually([&] { return house.server->sessions().size() == 2; }));
    kill(victim.sessionId());
    BOOST_TEST(eventually([&] { return !victim.alive(); }));
    const auto sessions = house.server->sessions();
    BOOST_REQUIRE_EQUAL(sessions.size(), 1u);
    BOOST_TEST(sessions[0].id == killer.sessionId());
    BOOST_TEST(sessions[0].inRpcs == 3u);
    BOOST_TEST(sessions[0].outRpcErrors == 2u);
    std::string last;
    while (last != "ended killed") {
        const auto event = house.handler->events.receiveFor(seconds(20));
        BOOST_REQUIRE(event);
        last = *event;
    }
}

BOOST_AUTO_TEST_CASE(ends_idle_sessions_but_not_subscribed_ones) {
    House house([](ServerOptions& o) { o.idleTimeout = milliseconds(300); });
    auto idle = house.client();
    auto subscriber = house.client();
    subscriber.subscribe();
    BOOST_TEST(eventually([&] { return !idle.alive(); }));
    BOOST_TEST(subscriber.alive());
}

BOOST_AUTO_TEST_CASE(serves_thirty_two_sessions_at_once) {
    House house;
    std::vector<Client> clients;
    for (int i = 0; i < 32; ++i)
        clients.push_back(i % 2 ? house.client() : Client::connect(house.ssh(), House::patient));
    for (auto& client : clients)
        client.keepalive();
    BOOST_TEST(eventually([&] { return house.server->sessions().size() == 32; }));
    clients.clear();
    BOOST_TEST(eventually([&] { return house.server->sessions().empty(); }));
}

BOOST_AUTO_TEST_CASE(refuses_one_session_too_many_and_goes_on) {
    House house([](ServerOptions& o) { o.maxSessions = 2; });
    auto first = house.client();
    {
        auto second = house.client();
        BOOST_CHECK_THROW(house.client(), Error);
    }
    BOOST_TEST(eventually([&] {
        try {
            house.client();
            return true;
        } catch (const Error&) {
            return false;
        }
    }));
    first.keepalive();
}

BOOST_AUTO_TEST_SUITE_END()
