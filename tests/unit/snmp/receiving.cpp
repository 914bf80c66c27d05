#include "receiving.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace headgate::snmp::test {

namespace {

Receiving* watching = nullptr;

}

Receiving::Receiving() {
    watching = this;
}

Receiving::~Receiving() {
    watching = nullptr;
}

}

// In libc's place for all of the executable, as the linker finds it first.
extern "C" int recvmmsg(int descriptor, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
    using headgate::snmp::test::watching;
    const auto received = ::syscall(SYS_recvmmsg, descriptor, messages, count, flags, timeout);
    if (watching && received > 0) watching->batches.push_back(static_cast<std::size_t>(received));
    return static_cast<int>(received);
}
