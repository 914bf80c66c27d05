#include "daemon/engine_twins.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using daemon::EngineTwins;
using domain::EventSeverity;

BOOST_AUTO_TEST_SUITE(engine_twins)

namespace {

struct House {
    EngineTwins twins{{}};
    /// What is told of it.
    std::string tell(const std::map<std::string, std::vector<domain::ServerName>>& engines) {
        const auto event = twins.take({engines}, domain::Instant{});
        if (!event) return "";
        BOOST_TEST(event->kind == "duplicate-engine-id");
        return (event->severity == EventSeverity::clear ? "clear: " : "alarm: ") + event->text;
    }
};

const std::string before =
    "alarm: agents share an SNMP engine id, and what they send unasked is only a hint until "
    "each has its own: ";

}

BOOST_AUTO_TEST_CASE(an_engine_of_two_agents_is_an_alarm_that_is_told_once_and_ends) {
    House house;
    BOOST_TEST(house.tell({}) == "");
    BOOST_TEST(house.tell({{"0x80", {{"a"}, {"b"}}}}) == before + "0x80 of a, b");
    BOOST_TEST(house.tell({{"0x80", {{"a"}, {"b"}}}}) == "");
    BOOST_TEST(house.tell({{"0x80", {{"a"}, {"b"}, {"c"}}}, {"0x81", {{"x"}, {"y"}}}}) ==
               before + "0x80 of a, b, c; 0x81 of x, y");
    BOOST_TEST(house.tell({}) == "clear: each agent has an SNMP engine id of its own");
    BOOST_TEST(house.tell({}) == "");
}

BOOST_AUTO_TEST_CASE(of_many_eight_are_named) {
    std::vector<domain::ServerName> servers;
    for (char name = 'a'; name <= 'j'; ++name)
        servers.push_back({std::string(1, name)});
    House house;
    BOOST_TEST(house.tell({{"0x80", servers}}) == before + "0x80 of a, b, c, d, e, f, g, h and 2 more");
    std::map<std::string, std::vector<domain::ServerName>> engines;
    for (char digit = '0'; digit <= '9'; ++digit)
        engines[std::string("0x8") + digit] = {{"a"}, {"b"}};
    const auto told = house.tell(engines);
    BOOST_TEST(told.ends_with("0x87 of a, b; and 2 more engine ids"), told);
}

BOOST_AUTO_TEST_CASE(one_that_stood_before_a_restart_stands_until_everybody_was_asked) {
    domain::Event standing;
    standing.kind = "duplicate-engine-id";
    standing.text = "whatever";
    domain::Event other;
    other.kind = "drift";
    House house{EngineTwins({other, standing})};
    BOOST_TEST(house.tell({}) == "clear: each agent has an SNMP engine id of its own");
    House without{EngineTwins({other})};
    BOOST_TEST(without.tell({}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
