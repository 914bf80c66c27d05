#include "domain/change.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate::domain;

namespace {

PoolFacts poolWith(const std::vector<MemberFacts>& members) {
    PoolFacts facts;
    facts.exists = true;
    facts.members = members;
    return facts;
}

MemberFacts real2(int weight, AdminState admin) {
    MemberFacts facts;
    facts.address = "192.0.2.12";
    facts.port = 8080;
    facts.weight = weight;
    facts.connectionLimit = 40;
    facts.admin = admin;
    return facts;
}

Change change(Operation operation, int weight = 1) {
    Change made;
    made.operation = operation;
    made.member.server = {"real2"};
    made.member.connection.address = "192.0.2.12";
    made.member.connection.port = 8080;
    made.member.connection.weight = weight;
    return made;
}

}

BOOST_AUTO_TEST_SUITE(change_)

BOOST_AUTO_TEST_CASE(adding_is_taken_back_by_removing) {
    const auto back = inverse(change(Operation::add), poolWith({}));
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST((back->operation == Operation::remove));
    BOOST_TEST((back->member == change(Operation::add).member));
}

BOOST_AUTO_TEST_CASE(removing_is_taken_back_with_the_settings_there_were) {
    const auto back = inverse(change(Operation::remove, 1), poolWith({real2(7, AdminState::enabled)}));
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST((back->operation == Operation::add));
    BOOST_TEST(back->member.connection.weight == 7);
    BOOST_TEST(back->member.connection.connectionLimit == 40u);
}

BOOST_AUTO_TEST_CASE(draining_and_resuming_take_each_other_back) {
    const auto resume = inverse(change(Operation::drain), poolWith({real2(1, AdminState::enabled)}));
    BOOST_TEST_REQUIRE(resume.has_value());
    BOOST_TEST((resume->operation == Operation::resume));
    const auto drain = inverse(change(Operation::resume), poolWith({real2(1, AdminState::draining)}));
    BOOST_TEST_REQUIRE(drain.has_value());
    BOOST_TEST((drain->operation == Operation::drain));
}

BOOST_AUTO_TEST_CASE(a_weight_goes_back_to_the_one_before) {
    const auto back = inverse(change(Operation::setWeight, 9), poolWith({real2(3, AdminState::enabled)}));
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST((back->operation == Operation::setWeight));
    BOOST_TEST(back->member.connection.weight == 3);
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_has_no_inverse) {
    const struct {
        const char* why;
        Change change;
        PoolFacts before;
    } cases[] = {
        {"adding what is there", change(Operation::add), poolWith({real2(1, AdminState::enabled)})},
        {"removing what is not there", change(Operation::remove), poolWith({})},
        {"draining what is not there", change(Operation::drain), poolWith({})},
        {"draining what drains", change(Operation::drain), poolWith({real2(1, AdminState::draining)})},
        {"draining what is disabled", change(Operation::drain), poolWith({real2(1, AdminState::disabled)})},
        {"resuming what is enabled", change(Operation::resume), poolWith({real2(1, AdminState::enabled)})},
        {"the same weight", change(Operation::setWeight, 4), poolWith({real2(4, AdminState::enabled)})},
        {"a weight of what is not there", change(Operation::setWeight, 4), poolWith({})},
    };
    for (const auto& one : cases)
        BOOST_TEST(!inverse(one.change, one.before), one.why);
}

BOOST_AUTO_TEST_CASE(a_member_is_known_by_its_address_and_port) {
    const auto facts = poolWith({real2(1, AdminState::enabled)});
    BOOST_TEST(facts.member("192.0.2.12", 8080) == &facts.members[0]);
    BOOST_TEST(!facts.member("192.0.2.12", 8081));
    BOOST_TEST(!facts.member("192.0.2.13", 8080));
}

BOOST_AUTO_TEST_CASE(a_change_is_described_in_an_operators_words) {
    BOOST_TEST(describe(change(Operation::add, 5)) == "add real2 at 192.0.2.12:8080 weight 5");
    BOOST_TEST(describe(change(Operation::drain)) == "drain real2 at 192.0.2.12:8080");
    auto six = change(Operation::remove);
    six.member.connection.address = "2001:db8::12";
    BOOST_TEST(describe(six) == "remove real2 at [2001:db8::12]:8080");
}

BOOST_AUTO_TEST_CASE(equal_leaves_have_no_differences) {
    PoolFacts before, after;
    before.leaves = after.leaves = {{"monitor", "http"}, {"member[real1]/ratio", "1"}};
    BOOST_TEST(differences(before, after).empty());
}

BOOST_AUTO_TEST_CASE(each_leaf_that_differs_is_named_with_both_values) {
    PoolFacts before, after;
    before.leaves = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
    after.leaves = {{"b", "2"}, {"c", "4"}, {"d", ""}};
    const std::vector<std::string> expected{"a: '1' → gone", "c: '3' → '4'", "d: none → ''"};
    BOOST_TEST(differences(before, after) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
