#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string_view>

namespace headgate::test {

/// For cases that leave the process without descriptors: gcc's -fsanitize=vptr probes memory through a pipe,
/// and where it cannot have one it calls every object bad. tests/run says which sanitizer it runs.
struct WithoutDescriptors {
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
        const char* sanitizer = std::getenv("HEADGATE_SANITIZER");
        boost::test_tools::assertion_result may(!sanitizer || std::string_view(sanitizer) != "asan");
        if (!may) may.message() << "the sanitizer itself needs descriptors";
        return may;
    }
};

}
