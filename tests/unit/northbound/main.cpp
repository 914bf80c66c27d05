#define BOOST_TEST_MODULE northbound
#include <boost/test/unit_test.hpp>
