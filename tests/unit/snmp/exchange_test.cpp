#include "snmp/exchange.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace headgate::snmp;

namespace {

/// The ids of those places, with no more than so many of their last bits.
std::set<std::int32_t> idsOf(ExchangeTable& table, const std::vector<std::uint32_t>& places,
                             std::int32_t bits = 0x7fffffff) {
    std::set<std::int32_t> ids;
    for (const auto place : places)
        ids.insert(table.at(place).id & bits);
    return ids;
}

std::vector<std::uint32_t> add(ExchangeTable& table, std::size_t count) {
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < count; ++i)
        places.push_back(table.add());
    return places;
}

}

BOOST_AUTO_TEST_SUITE(exchanges)

BOOST_AUTO_TEST_CASE(each_has_an_id_of_four_octets_of_its_own_by_which_it_is_found) {
    ExchangeTable table;
    const auto places = add(table, 500);
    BOOST_TEST(table.size() == 500U);
    BOOST_TEST(idsOf(table, places).size() == 500U);
    for (const auto place : places) {
        const auto id = table.at(place).id;
        BOOST_TEST(id >= Question::smallestId);
        BOOST_TEST(table.find(id) == place);
        // Its place in the table is another's then, or nobody's.
        BOOST_TEST(table.find(id ^ 0x01000000) == ExchangeTable::none);
    }
}

BOOST_AUTO_TEST_CASE(no_two_have_the_same_last_bits_by_which_they_are_found) {
    ExchangeTable table;
    const auto places = add(table, 500);
    BOOST_TEST(idsOf(table, places, 1023).size() == 500U);
}

BOOST_AUTO_TEST_CASE(it_grows_and_those_in_it_are_found_as_before) {
    ExchangeTable table;
    const auto early = add(table, 500);
    const auto ids = idsOf(table, early);
    const auto late = add(table, 9500);
    BOOST_TEST(table.size() == 10'000U);
    BOOST_TEST((idsOf(table, early) == ids));
    auto all = early;
    all.insert(all.end(), late.begin(), late.end());
    BOOST_TEST(idsOf(table, all).size() == 10'000U);
    for (const auto place : all)
        if (table.find(table.at(place).id) != place) BOOST_ERROR("one is not found");
}

BOOST_AUTO_TEST_CASE(what_is_taken_is_the_takers_and_its_place_and_id_are_free) {
    ExchangeTable table;
    const auto places = add(table, 3);
    const auto id = table.at(places[1]).id;
    table.at(places[1]).trouble = std::make_unique<std::string>("none");
    const auto taken = table.take(places[1]);
    BOOST_TEST(taken.id == id);
    BOOST_TEST(*taken.trouble == "none");
    BOOST_TEST(table.size() == 2U);
    BOOST_TEST(table.find(id) == ExchangeTable::none);
    BOOST_TEST(table.at(places[1]).id == 0);
    BOOST_TEST(table.find(table.at(places[2]).id) == places[2]);
    BOOST_TEST(table.add() == places[1]);
    BOOST_TEST(!table.at(places[1]).trouble);
    BOOST_TEST(table.find(table.at(places[1]).id) == places[1]);
}

BOOST_AUTO_TEST_CASE(it_is_no_larger_than_the_most_that_were_on_their_way_at_once) {
    ExchangeTable table;
    for (int i = 0; i < 5000; ++i) {
        const auto places = add(table, 4);
        for (const auto place : places)
            table.take(place);
    }
    BOOST_TEST(table.all().size() == 4U);
    BOOST_TEST(table.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
