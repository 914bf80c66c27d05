#pragma once

#include "base/clock.hpp"

#include <functional>
#include <initializer_list>
#include <memory>

namespace headgate::base {

/// One thread's event loop (Boost.Asio inside). Everything but `post` and `stop` is for that thread only.
class EventLoop {
  public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Runs until `stop`, and can then be run again. An exception that a callback throws comes out of here.
    void run();

    /// From any thread.
    void stop();

    /// Runs `work` on the loop's thread; from any thread.
    void post(std::function<void()> work);

    /// A running timer or watch: it ends with its handle.
    class Handle {
      public:
        struct State;
        Handle() = default;
        explicit Handle(std::shared_ptr<State> state);
        Handle(Handle&&) noexcept = default;
        Handle& operator=(Handle&& other) noexcept;
        ~Handle();
        void cancel();
        explicit operator bool() const { return m_state != nullptr; }

      private:
        std::shared_ptr<State> m_state;
    };

    /// Once, `delay` from now.
    [[nodiscard]] Handle after(Duration delay, std::function<void()> work);

    /// Again and again, first after one `period`.
    [[nodiscard]] Handle every(Duration period, std::function<void()> work);

    /// Whenever `descriptor` can be read; it stays the caller's and must outlive the handle.
    [[nodiscard]] Handle whenReadable(int descriptor, std::function<void()> work);

    /// The same, whenever it can be written.
    [[nodiscard]] Handle whenWritable(int descriptor, std::function<void()> work);

    /// Whenever the process gets one of these signals.
    [[nodiscard]] Handle onSignal(std::initializer_list<int> signals, std::function<void(int)> work);

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
