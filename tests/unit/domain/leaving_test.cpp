#include "domain/leaving.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::domain {

namespace {

Member standIn(const char* server, const char* place) {
    Member made;
    made.server = {server};
    made.standsInFor = {place};
    return made;
}

}

BOOST_AUTO_TEST_CASE(who_stood_in_takes_over_the_place_of_who_leaves) {
    Pool pool;
    pool.members = {standIn("real1", ""), standIn("real2", "real1"), standIn("real3", "real2")};
    leave(pool, {"real2"});
    BOOST_TEST((pool.members == std::vector{standIn("real1", ""), standIn("real3", "real1")}));
    leave(pool, {"real9"});
    BOOST_TEST(pool.members.size() == 2U);
    leave(pool, {"real1"});
    BOOST_TEST((pool.members == std::vector{standIn("real3", "")}));
}

}
