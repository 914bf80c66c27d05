#include "daemon/doorbell.hpp"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace headgate::daemon {
namespace {

constexpr itimerspec soon{{0, 0}, {0, 4'000'000}};

}

Doorbell::Doorbell(base::EventLoop& loop, std::function<void()> answer)
    : m_loop(loop)
    , m_answer(std::move(answer))
    , m_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    , m_timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    if (!m_event || !m_timer) throw std::system_error(errno, std::generic_category(), "no doorbell");
    m_eventWatch = watch(m_event.get());
    m_timerWatch = watch(m_timer.get());
}

base::EventLoop::Handle Doorbell::watch(int descriptor) {
    return m_loop.whenReadable(descriptor, [this, descriptor] {
        std::uint64_t times = 0;
        if (::read(descriptor, &times, sizeof times) == sizeof times) open();
    });
}

/// Not by the loop's own `post`: that wakes the loop's thread while it holds what the thread then waits for,
/// which costs each call a second waking.
void Doorbell::ring() {
    if (m_awaited <= 0) {
        if (!m_called.exchange(true)) ::eventfd_write(m_event.get(), 1);
    } else if (!m_called && !m_soon.exchange(true)) {
        ::timerfd_settime(m_timer.get(), 0, &soon, nullptr);
    }
}

/// What comes from now on may be too late for this look into the inbox.
void Doorbell::open() {
    m_called = false;
    m_soon = false;
    m_answer();
}

}
