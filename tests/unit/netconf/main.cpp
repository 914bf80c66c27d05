#define BOOST_TEST_MODULE netconf
#include <boost/test/unit_test.hpp>
