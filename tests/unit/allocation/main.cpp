#define BOOST_TEST_MODULE allocation
#include <boost/test/unit_test.hpp>
