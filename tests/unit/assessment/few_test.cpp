#include "assessment/few.hpp"
#include "support/seeds.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

using namespace headgate::support;
using headgate::assessment::Few;

BOOST_AUTO_TEST_SUITE(few)

namespace {

using Three = Few<int, 3>;

std::vector<int> all(const Three& some) {
    return {some.begin(), some.end()};
}

}

BOOST_AUTO_TEST_CASE(three_are_near_and_four_are_not) {
    Three some;
    for (int i = 0; i < 3; ++i)
        some.push(i);
    BOOST_TEST(!some.isFar());
    some.push(3);
    BOOST_TEST(some.isFar());
    BOOST_TEST((all(some) == std::vector{0, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(they_are_as_in_a_vector_whatever_is_done_with_them) {
    forSeeds(200, [](Dice& dice) {
        Three real;
        std::vector<int> plain;
        for (int step = 0; step < 60; ++step) {
            const int value = between(dice, 0, 9);
            switch (between(dice, 0, 7)) {
            case 0: {
                Three copy;
                copy.push(value);
                copy = real;
                real = copy;
                break;
            }
            case 1: {
                Three moved(std::move(real));
                real = Three();
                real.push(value);
                real = std::move(moved);
                break;
            }
            case 2:
                real.eraseIf([&](int one) { return one == value; });
                std::erase(plain, value);
                break;
            case 3:
                if (!chance(dice, 200)) break;
                real.clear();
                plain.clear();
                break;
            default: BOOST_TEST(real.push(value) == value); plain.push_back(value);
            }
            BOOST_REQUIRE((all(real) == plain));
            BOOST_TEST(real.empty() == plain.empty());
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
