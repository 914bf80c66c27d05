#define BOOST_TEST_MODULE netconf
#include "base/log.hpp"

#include <boost/test/unit_test.hpp>

namespace {

/// Sessions that come and go by the hundred are no news here.
struct Quiet {
    Quiet() { headgate::base::setLogLevel("error"); }
};

}

BOOST_TEST_GLOBAL_FIXTURE(Quiet);
