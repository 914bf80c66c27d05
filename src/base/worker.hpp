#pragma once

#include "base/channel.hpp"

#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>

namespace headgate::base {

/// A thread that does one piece of work after the other, so that what only it touches needs no lock.
class Worker {
  public:
    Worker()
        : m_thread([this] {
            while (auto work = m_queue.receive())
                (*work)();
        }) {}

    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Does what is queued, then ends.
    ~Worker() {
        m_queue.close();
        m_thread.join();
    }

    /// From any thread; returns at once. What `work` throws ends the program.
    void post(std::function<void()> work) { m_queue.post(std::move(work)); }

    /// Does `work` on the worker's thread and waits for it; returns what it returns, throws what it throws.
    /// On the worker's own thread it is simply called.
    template <typename F>
    auto call(F&& work) -> std::invoke_result_t<F&> {
        if (std::this_thread::get_id() == m_thread.get_id()) return work();
        // Shared, because the caller may be back before the worker has let go of it.
        auto task = std::make_shared<std::packaged_task<std::invoke_result_t<F&>()>>(std::ref(work));
        auto result = task->get_future();
        m_queue.post([task] { (*task)(); });
        return result.get();
    }

    /// True on the worker's own thread.
    bool isCurrent() const { return std::this_thread::get_id() == m_thread.get_id(); }

  private:
    Channel<std::function<void()>> m_queue;
    std::thread m_thread;
};

}
