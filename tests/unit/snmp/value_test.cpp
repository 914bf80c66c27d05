#include "snmp/endpoint.hpp"
#include "snmp/error.hpp"
#include "snmp/oid.hpp"
#include "snmp/value.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate::snmp;

BOOST_AUTO_TEST_SUITE(oids)

BOOST_AUTO_TEST_CASE(only_numeric_object_identifiers_are_read) {
    BOOST_TEST(Oid::parse("1.3.6.1")->print() == "1.3.6.1");
    BOOST_TEST(Oid::parse(".1.3.6.1.4294967295")->print() == "1.3.6.1.4294967295");
    for (const auto* wrong :
         {"", ".", "1..3", "1.3.", "sysDescr.0", "1.3.6.4294967296", "1.-3", "3.1", "1.40", "1.3 "})
        BOOST_TEST(!Oid::parse(wrong).has_value(), wrong);
    BOOST_CHECK_THROW(Oid::of("iso.3"), Error);
    std::string longest = "1.3";
    for (std::size_t i = 2; i < Oid::most; ++i)
        longest += ".1";
    BOOST_TEST(Oid::parse(longest).has_value());
    BOOST_TEST(!Oid::parse(longest + ".1").has_value());
}

BOOST_AUTO_TEST_CASE(they_are_ordered_as_a_walk_goes) {
    const std::vector<Oid> walk{Oid::of("1.3.6"), Oid::of("1.3.6.1"), Oid::of("1.3.6.1.10"),
                                Oid::of("1.3.6.2"), Oid::of("1.3.10")};
    BOOST_TEST(std::is_sorted(walk.begin(), walk.end()));
    BOOST_TEST(walk[1].isPrefixOf(walk[2]));
    BOOST_TEST(walk[1].isPrefixOf(walk[1]));
    BOOST_TEST(!walk[2].isPrefixOf(walk[1]));
    BOOST_TEST(walk[2].after(walk[0]).size() == 2U);
    BOOST_TEST(walk[0].after(walk[3]).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(endpoints)

BOOST_AUTO_TEST_CASE(literals_are_read_and_names_are_not) {
    struct Case {
        const char* text;
        const char* printed;
    };
    const Case cases[] = {{"192.0.2.1:1161", "192.0.2.1:1161"},
                          {"192.0.2.1", "192.0.2.1:161"},
                          {"[2001:db8::1]:1161", "[2001:db8::1]:1161"},
                          {"2001:db8::1", "[2001:db8::1]:161"},
                          {"[::1]", "[::1]:161"},
                          {"::ffff:192.0.2.1", "192.0.2.1:161"}};
    for (const auto& one : cases) {
        const auto endpoint = Endpoint::parse(one.text);
        BOOST_REQUIRE_MESSAGE(endpoint.has_value(), one.text);
        BOOST_TEST(endpoint->print() == one.printed);
    }
    for (const auto* wrong : {"", "host", "192.0.2", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:x", "[::1",
                              "[::1]x", "[::1]:", ":161", "1:2:3"})
        BOOST_TEST(!Endpoint::parse(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(a_zone_is_an_interface_by_its_name_or_its_number_and_comes_back) {
    const auto byName = Endpoint::parse("[fe80::1%lo]:161");
    BOOST_REQUIRE(byName.has_value());
    BOOST_TEST(byName->print() == "[fe80::1%lo]:161");
    BOOST_TEST((Endpoint::parse("fe80::1%" + std::to_string(byName->scope)) == byName));
    const auto gone = Endpoint::parse("fe80::1%4242424");
    BOOST_REQUIRE(gone.has_value());
    BOOST_TEST((Endpoint::parse(gone->print()) == gone));
    for (const auto* wrong :
         {"fe80::1%", "fe80::1%no-such-one", "fe80::1%0", "fe80::1%1x", "::ffff:192.0.2.1%lo"})
        BOOST_TEST(!Endpoint::parse(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(a_text_with_something_behind_a_zero_is_no_endpoint) {
    for (const std::string text : {"192.0.2.1", "2001:db8::1", "fe80::1%lo"})
        BOOST_TEST(!Endpoint::parse(text + std::string("\0x", 2)).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(numbers_are_numbers_whatever_their_type_and_nothing_else_is) {
    BOOST_TEST(numberOf(Integer{-5}).value() == -5);
    BOOST_TEST(!countOf(Integer{-5}).has_value());
    BOOST_TEST(countOf(Counter64{~0ULL}).value() == ~0ULL);
    BOOST_TEST(countOf(TimeTicks{9}).value() == 9U);
    for (const Value& none :
         {Value(NoSuchObject{}), Value(NoSuchInstance{}), Value(EndOfMibView{}), Value(Null{})}) {
        BOOST_TEST(isMissing(none));
        BOOST_TEST(!numberOf(none).has_value());
    }
    BOOST_TEST(!numberOf(Octets{"5"}).has_value());
    BOOST_TEST(!isMissing(Integer{0}));
}

BOOST_AUTO_TEST_CASE(values_print_for_people) {
    BOOST_TEST(print(Value(Octets{"plain"})) == "\"plain\"");
    BOOST_TEST(print(Value(Octets{std::string("\x00\xff", 2)})) == "0x00ff");
    BOOST_TEST(print(Value(IpAddress{{192, 0, 2, 1}})) == "192.0.2.1");
    BOOST_TEST(print(Value(Oid{1, 3})) == "1.3");
    BOOST_TEST(print(Value(NoSuchInstance{})) == "noSuchInstance");
}

BOOST_AUTO_TEST_SUITE_END()
