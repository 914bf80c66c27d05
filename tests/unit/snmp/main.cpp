#define BOOST_TEST_MODULE snmp
#include <boost/test/unit_test.hpp>
