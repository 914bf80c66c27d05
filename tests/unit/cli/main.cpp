#define BOOST_TEST_MODULE cli
#include <boost/test/unit_test.hpp>

#include <cstdlib>

namespace {

/// Without TZ the C library reads the time zone anew for every time that libyang prints, behind a lock that
/// the thread sanitizer does not see.
struct InUtc {
    InUtc() { ::setenv("TZ", "UTC", 1); }
};

}

BOOST_TEST_GLOBAL_CONFIGURATION(InUtc);
