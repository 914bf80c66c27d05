#include "domain/settings.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::domain {

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(a_part_of_a_server_has_its_part_of_weight_and_limit_and_something_at_least) {
    const ConnectionSettings whole{"10.0.0.1", 80, "http", 100, 50};
    auto part = scaled(whole, 335);
    BOOST_TEST(part.weight == 34); // 33.5
    BOOST_TEST(part.connectionLimit == 17U);
    part.weight = whole.weight;
    part.connectionLimit = whole.connectionLimit;
    BOOST_TEST((part == whole));
    BOOST_TEST((scaled(whole, 1000) == whole));
    const auto least = scaled({"10.0.0.1", 80, "http", 1, 1}, 1);
    BOOST_TEST(least.weight == 1);
    BOOST_TEST(least.connectionLimit == 1U);
    BOOST_TEST(scaled({"10.0.0.1", 80, "http", 1, 0}, 500).connectionLimit == 0U); // no limit
}

BOOST_AUTO_TEST_SUITE_END()

}
