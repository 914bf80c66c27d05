#define BOOST_TEST_MODULE flight
#include <boost/test/unit_test.hpp>
