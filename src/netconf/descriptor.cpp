#include "netconf/descriptor.hpp"

#include "netconf/error.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace headgate::netconf {

int Deadline::pollTimeout(int most) const {
    if (m_at == std::chrono::steady_clock::time_point::max()) return most;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_at - std::chrono::steady_clock::now());
    const auto capped = std::clamp<long long>(left.count(), 0, most < 0 ? INT_MAX : most);
    return static_cast<int>(capped);
}

Descriptor::~Descriptor() {
    if (m_fd >= 0) ::close(m_fd);
}

Wake::Wake()
    : m_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!m_event) throw Error(Error::Kind::misuse, "cannot make an eventfd: " + errnoText(errno));
}

void Wake::set() noexcept {
    ::eventfd_write(m_event.get(), 1);
}

void Wake::clear() noexcept {
    eventfd_t ignored;
    ::eventfd_read(m_event.get(), &ignored);
}

void Wake::wait(Deadline deadline) noexcept {
    pollfd waiting{m_event.get(), POLLIN, 0};
    if (::poll(&waiting, 1, deadline.pollTimeout()) > 0) clear();
}

std::string errnoText(int error) {
    return std::generic_category().message(error);
}

}
