#include "telemetry/engine_registry.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;

namespace {

const domain::ServerName one{"real1"}, two{"real2"}, three{"real3"};
const std::string engine = "\x80\x01\x02\x03\x04", other = "\x80\x01\x02\x03\x05";

snmp::Endpoint at(const char* address) {
    return *snmp::Endpoint::parse(address);
}

struct Registry : EngineRegistry {
    std::string words() const {
        std::string text;
        for (const auto& [id, servers] : shared().engines) {
            text += id + ":";
            for (const auto& server : servers)
                text += " " + server.value;
            text += ";";
        }
        return text;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(engine_registries, Registry)

BOOST_AUTO_TEST_CASE(two_agents_with_one_engine_are_told_when_the_second_is_heard) {
    BOOST_TEST(!learn(two, at("192.0.2.2"), engine));
    BOOST_TEST(!isShared(engine));
    BOOST_TEST(learn(one, at("192.0.2.1"), engine));
    BOOST_TEST(isShared(engine));
    BOOST_TEST(words() == "0x8001020304: real1 real2;");
    BOOST_TEST(!learn(one, at("192.0.2.1"), engine), "nothing new");
    BOOST_TEST(learn(three, at("192.0.2.3"), engine), "one more");
    BOOST_TEST(words() == "0x8001020304: real1 real2 real3;");
}

BOOST_AUTO_TEST_CASE(an_engine_of_its_own_ends_it) {
    learn(one, at("192.0.2.1"), engine);
    learn(two, at("192.0.2.2"), engine);
    BOOST_TEST(learn(two, at("192.0.2.2"), other));
    BOOST_TEST(!isShared(engine));
    BOOST_TEST(words() == "");
}

BOOST_AUTO_TEST_CASE(who_is_not_watched_any_more_ends_it) {
    learn(one, at("192.0.2.1"), engine);
    learn(two, at("192.0.2.2"), engine);
    BOOST_TEST(forget(one));
    BOOST_TEST(words() == "");
    BOOST_TEST(!forget(two));
    BOOST_TEST(!forget(two), "nor is it known");
    BOOST_TEST(!learn(one, at("192.0.2.1"), engine));
}

BOOST_AUTO_TEST_CASE(servers_behind_one_address_and_port_are_one_agent) {
    BOOST_TEST(!learn(one, at("192.0.2.1:161"), engine));
    BOOST_TEST(!learn(two, at("192.0.2.1:161"), engine));
    BOOST_TEST(!isShared(engine));
    BOOST_TEST(learn(three, at("192.0.2.1:1161"), engine), "another port, another agent");
    BOOST_TEST(words() == "0x8001020304: real1 real2 real3;");
}

BOOST_AUTO_TEST_CASE(a_server_that_moves_is_not_known_at_its_new_place) {
    learn(one, at("192.0.2.1"), engine);
    BOOST_TEST(knows(one, at("192.0.2.1")));
    BOOST_TEST(!knows(one, at("192.0.2.9")));
    BOOST_TEST(!knows(two, at("192.0.2.1")));
    learn(two, at("192.0.2.2"), engine);
    BOOST_TEST(learn(two, at("192.0.2.1"), engine), "both are one agent now");
    BOOST_TEST(words() == "");
}

BOOST_AUTO_TEST_SUITE_END()
