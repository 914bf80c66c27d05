#include "sending.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace headgate::snmp::test {

namespace {

Sending* watching = nullptr;

}

Sending::Sending() {
    watching = this;
}

Sending::~Sending() {
    watching = nullptr;
}

}

// In libc's place for all of the executable, as the linker finds it first.
extern "C" int sendmmsg(int descriptor, mmsghdr* messages, unsigned count, int flags) {
    using headgate::snmp::test::watching;
    if (watching && watching->refusals > 0) {
        --watching->refusals;
        ++watching->refused;
        errno = watching->error;
        return -1;
    }
    const auto sent = ::syscall(SYS_sendmmsg, descriptor, messages, count, flags);
    if (watching && sent > 0) watching->batches.push_back(static_cast<std::size_t>(sent));
    return static_cast<int>(sent);
}
