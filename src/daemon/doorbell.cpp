#include "daemon/doorbell.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace headgate::daemon {
namespace {

constexpr long atOnce = 1;
constexpr long soon = 4'000'000;

}

Doorbell::Doorbell(base::EventLoop& loop, std::function<void()> answer)
    : m_loop(loop)
    , m_answer(std::move(answer))
    , m_timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    if (!m_timer) throw std::system_error(errno, std::generic_category(), "no timer");
    m_watch = m_loop.whenReadable(m_timer.get(), [this] {
        std::uint64_t times = 0;
        if (::read(m_timer.get(), &times, sizeof times) == sizeof times) open();
    });
}

void Doorbell::ring() {
    if (m_awaited <= 0) {
        if (!m_called.exchange(true)) call(atOnce);
    } else if (!m_called && !m_soon.exchange(true)) {
        call(soon);
    }
}

/// Not by the loop's own `post`: that wakes the loop's thread while it holds what the thread then waits for,
/// which costs each call a second waking.
void Doorbell::call(long nanoseconds) {
    const itimerspec when{{0, 0}, {0, nanoseconds}};
    if (::timerfd_settime(m_timer.get(), 0, &when, nullptr) != 0) m_loop.post([this] { open(); });
}

/// What comes from now on may be too late for this look into the inbox.
void Doorbell::open() {
    m_called = false;
    m_soon = false;
    m_answer();
}

}
