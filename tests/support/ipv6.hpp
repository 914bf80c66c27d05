#pragma once

#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace headgate::test {

/// For cases that need ::1: where there is none they are told as skipped, not as passed.
struct WithIpv6 {
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
        const int descriptor = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in6 loopback{};
        loopback.sin6_family = AF_INET6;
        loopback.sin6_addr = in6addr_loopback;
        boost::test_tools::assertion_result may(
            ::bind(descriptor, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0);
        if (descriptor >= 0) ::close(descriptor);
        if (!may) may.message() << "this machine has no IPv6";
        return may;
    }
};

}
