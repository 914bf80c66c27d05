#include "assessment/deadlines.hpp"
#include "assessment/name_index.hpp"
#include "support/domain_values.hpp"
#include "support/seeds.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace headgate;
using namespace headgate::support;
using assessment::Deadlines;
using assessment::NameIndex;

BOOST_AUTO_TEST_SUITE(deadlines)

BOOST_AUTO_TEST_CASE(they_are_as_in_a_plain_list_whatever_is_put_off_brought_forward_or_taken_back) {
    forSeeds(100, [](Dice& dice) {
        Deadlines real;
        real.clear(20);
        std::map<std::uint32_t, domain::Instant> plain;
        auto now = noon;
        for (int step = 0; step < 300; ++step) {
            const auto who = static_cast<std::uint32_t>(between(dice, 0, 19));
            const auto at = now + domain::Duration(between(dice, 1, 50) * 100);
            const bool over = chance(dice, 100);
            real.set(who, over ? std::nullopt : std::optional(at));
            plain.erase(who);
            if (!over) plain[who] = at;
            const auto least = std::min_element(
                plain.begin(), plain.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
            BOOST_TEST((real.next() == (plain.empty() ? std::nullopt : std::optional(least->second))));
            if (!chance(dice, 300)) continue;
            now += domain::Duration(between(dice, 0, 30) * 100);
            std::vector<std::pair<domain::Instant, std::uint32_t>> due;
            for (const auto& [one, when] : plain)
                if (when <= now) due.emplace_back(when, one);
            std::sort(due.begin(), due.end());
            std::vector<std::uint32_t> expected;
            for (const auto& [when, one] : due) {
                expected.push_back(one);
                plain.erase(one);
            }
            BOOST_TEST(real.takeDue(now) == expected, boost::test_tools::per_element());
        }
    });
}

BOOST_AUTO_TEST_CASE(a_name_is_found_where_it_was_put_and_no_other_is) {
    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i)
        names.push_back("server" + std::to_string(i));
    NameIndex index;
    const auto nameAt = [&](std::uint32_t at) -> const std::string& { return names[at]; };
    BOOST_TEST(!index.find("server1", nameAt));
    index.clear(names.size());
    for (std::uint32_t i = 0; i < names.size(); ++i)
        index.add(names[i], i);
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        BOOST_TEST(index.find(names[i], nameAt).value() == i);
        BOOST_TEST(index.likely(names[i]).has_value());
    }
    BOOST_TEST(!index.find("server1000", nameAt));
    BOOST_TEST(!index.find("", nameAt));
}

BOOST_AUTO_TEST_SUITE_END()
