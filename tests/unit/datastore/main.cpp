#define BOOST_TEST_MODULE datastore
#include <boost/test/unit_test.hpp>
