#include "daemon/doorbell.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace headgate::daemon {
namespace {

constexpr itimerspec soon{{0, 0}, {0, 1'000'000}};

}

Doorbell::Doorbell(base::EventLoop& loop, std::function<void()> answer)
    : m_loop(loop)
    , m_answer(std::move(answer))
    , m_timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    if (m_timer < 0) throw std::system_error(errno, std::generic_category(), "no timer");
    m_watch = m_loop.whenReadable(m_timer, [this] {
        std::uint64_t times = 0;
        if (::read(m_timer, &times, sizeof times) == sizeof times) open();
    });
}

Doorbell::~Doorbell() {
    m_watch.cancel();
    ::close(m_timer);
}

void Doorbell::ring() {
    if (m_awaited <= 0) {
        if (!m_called.exchange(true)) m_loop.post([this] { open(); });
    } else if (!m_soon.exchange(true) && ::timerfd_settime(m_timer, 0, &soon, nullptr) != 0) {
        m_loop.post([this] { open(); });
    }
}

/// What comes from now on may be too late for this look into the inbox.
void Doorbell::open() {
    m_called = false;
    m_soon = false;
    m_answer();
}

}
