#pragma once

#include "base/channel.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>

namespace headgate::base {

/// Has `work` done on another thread and waits for it; returns what it returns, throws what it throws. `post`
/// takes a std::function there; it says false when nobody will do it any more, which is a std::logic_error.
template <typename Post, typename F>
auto callThrough(Post&& post, F& work) -> std::invoke_result_t<F&> {
    using Result = std::invoke_result_t<F&>;
    using Value = std::conditional_t<std::is_void_v<Result>, char, Result>;
    struct Outcome {
        std::optional<Value> value;
        std::exception_ptr error;
    };
    // Shared, because the caller may be back before the other thread has let go of it. An exception has one
    // owner at a time, unlike with a std::future, whose threads share it by a count that the sanitizers
    // cannot see.
    auto done = std::make_shared<Channel<Outcome>>();
    const bool taken = post([done, &work] {
        Outcome outcome;
        try {
            if constexpr (std::is_void_v<Result>) {
                work();
                outcome.value.emplace();
            } else
                outcome.value.emplace(work());
        } catch (...) {
            outcome.error = std::current_exception();
        }
        done->post(std::move(outcome));
    });
    if (!taken) throw std::logic_error("a call to a thread that has ended");
    auto outcome = *done->receive();
    if (outcome.error) std::rethrow_exception(std::move(outcome.error));
    if constexpr (!std::is_void_v<Result>) return std::move(*outcome.value);
}

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
        return callThrough([this](std::function<void()> piece) { return m_queue.post(std::move(piece)); },
                           work);
    }

    /// True on the worker's own thread.
    bool isCurrent() const { return std::this_thread::get_id() == m_thread.get_id(); }

  private:
    Channel<std::function<void()>> m_queue;
    std::thread m_thread;
};

}
