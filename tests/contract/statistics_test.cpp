// What a family's SNMP tables say, as rows of a walk.

#include "adapters/citrix/citrix.hpp"
#include "adapters/f5/f5.hpp"
#include "support/fake_seal.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::adapters {

using domain::MemberStatistics;

namespace {

/// The index of a row: each text with its length before it.
std::string index(const std::vector<std::string>& texts, const std::string& rest = {}) {
    std::string made;
    const auto add = [&](unsigned number) { made += (made.empty() ? "" : ".") + std::to_string(number); };
    for (const auto& text : texts) {
        add(static_cast<unsigned>(text.size()));
        for (const unsigned char c : text)
            add(c);
    }
    return rest.empty() ? made : made + "." + rest;
}

}

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE(f5_members_are_told_by_node_and_port) {
    const auto f5 = makeF5(fakeSeal);
    const std::string table = "1.3.6.1.4.1.3375.2.2.5.";
    const auto one = index({"/Common/web", "/Common/real1"}, "8080");
    const auto two = index({"/Common/web", "/Common/real2"}, "8080");
    const auto other = index({"/Common/api", "/Common/real3"}, "8080");
    const Columns columns{{table + "6.2.1.5", {{one, "1"}, {two, "3"}, {other, "1"}}},
                          {table + "4.3.1.11", {{one, "4"}}},
                          {table + "4.3.1.10", {{one, "1234567890123"}}}};
    const auto members = f5->statistics("/Common/web", columns);
    BOOST_TEST_REQUIRE(members.size() == 2U);
    BOOST_TEST((members[0] == MemberStatistics{"/Common/real1:8080", true, 4, 1234567890123}));
    BOOST_TEST((members[1] == MemberStatistics{"/Common/real2:8080", false, 0, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(citrix_members_are_told_by_the_name_of_their_binding) {
    const auto citrix = makeCitrix(fakeSeal);
    const std::string table = "1.3.6.1.4.1.5951.4.1.2.7.1.";
    const auto four = index({"web", "web?192.0.2.1?8080"});
    const auto six = index({"web", "web?2001:db8::1?80"});
    const Columns columns{{table + "6", {{four, "7"}, {six, "4"}}}, {table + "10", {{four, "2"}}}};
    const auto members = citrix->statistics("web", columns);
    BOOST_TEST_REQUIRE(members.size() == 2U);
    BOOST_TEST((members[0] == MemberStatistics{"192.0.2.1:8080", true, 2, std::nullopt}));
    BOOST_TEST((members[1] == MemberStatistics{"[2001:db8::1]:80", false, 0, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(an_index_that_is_none_is_an_error) {
    const auto f5 = makeF5(fakeSeal);
    const auto citrix = makeCitrix(fakeSeal);
    for (const std::string bad : {"", "3.97", "x", "1..2", "3.119.101.98", "99999999999"}) {
        BOOST_CHECK_THROW(f5->statistics("web", {{f5->statisticsColumns()[0], {{bad, "1"}}}}), Error);
        BOOST_CHECK_THROW(citrix->statistics("web", {{citrix->statisticsColumns()[0], {{bad, "7"}}}}), Error);
    }
    BOOST_CHECK_THROW(
        citrix->statistics("web", {{citrix->statisticsColumns()[0], {{index({"web", "no-member"}), "7"}}}}),
        Error);
}

BOOST_AUTO_TEST_CASE(nothing_walked_says_nothing) {
    BOOST_TEST(makeF5(fakeSeal)->statistics("web", {}).empty());
    BOOST_TEST(makeCitrix(fakeSeal)->statistics("web", {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}
