#pragma once

#include "base/event_loop.hpp"
#include "netconf/descriptor.hpp"

#include <atomic>
#include <functional>

namespace headgate::daemon {

/// Calls the controller's thread to its inbox. Many appliances answer a question one after the other, and
/// only the last answer leads on: while answers are awaited the call waits four milliseconds for more of
/// them. The last one is never kept waiting.
class Doorbell {
  public:
    Doorbell(base::EventLoop& loop, std::function<void()> answer);
    Doorbell(const Doorbell&) = delete;
    Doorbell& operator=(const Doorbell&) = delete;

    // From any thread.

    /// An answer is awaited; it came.
    void expect() noexcept { ++m_awaited; }
    void came() noexcept { --m_awaited; }
    /// Something was put into the inbox: `answer` is called in the loop's thread, for this and what comes
    /// until then.
    void ring();

  private:
    base::EventLoop::Handle watch(int descriptor);
    void open();

    base::EventLoop& m_loop;
    std::function<void()> m_answer;
    std::atomic<int> m_awaited = 0;
    std::atomic<bool> m_called = false; ///< at once
    std::atomic<bool> m_soon = false;
    netconf::Descriptor m_event;
    netconf::Descriptor m_timer;
    base::EventLoop::Handle m_eventWatch;
    base::EventLoop::Handle m_timerWatch;
};

}
