#define BOOST_TEST_MODULE yang
#include <boost/test/unit_test.hpp>
