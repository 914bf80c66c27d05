#define BOOST_TEST_MODULE southbound
#include <boost/test/unit_test.hpp>
