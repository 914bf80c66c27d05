#pragma once

#include "base/clock.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace headgate::base {

/// The one place where threads meet: many may post, one receives. Values are moved, never shared.
template <typename T>
class Channel {
  public:
    /// `wake` is called after each post, outside the lock; an event loop uses it to come and `tryReceive`.
    explicit Channel(std::function<void()> wake = {})
        : m_wake(std::move(wake)) {}

    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// False when the channel is closed: the value is then dropped.
    bool post(T value) {
        {
            std::lock_guard lock(m_mutex);
            if (m_closed) return false;
            m_values.push_back(std::move(value));
        }
        m_ready.notify_one();
        if (m_wake) m_wake();
        return true;
    }

    /// Waits until a value is there; empty when the channel is closed and drained.
    std::optional<T> receive() {
        std::unique_lock lock(m_mutex);
        m_ready.wait(lock, [this] { return m_closed || !m_values.empty(); });
        return take();
    }

    /// The same, for at most `timeout`.
    std::optional<T> receiveFor(Duration timeout) {
        std::unique_lock lock(m_mutex);
        m_ready.wait_for(lock, timeout, [this] { return m_closed || !m_values.empty(); });
        return take();
    }

    std::optional<T> tryReceive() {
        std::lock_guard lock(m_mutex);
        return take();
    }

    /// No more posts; what is queued can still be received. Wakes the receiver.
    void close() {
        {
            std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_ready.notify_all();
    }

    bool closed() const {
        std::lock_guard lock(m_mutex);
        return m_closed;
    }

  private:
    std::optional<T> take() {
        if (m_values.empty()) return std::nullopt;
        std::optional<T> value(std::move(m_values.front()));
        m_values.pop_front();
        return value;
    }

    std::function<void()> m_wake;
    mutable std::mutex m_mutex;
    std::condition_variable m_ready;
    std::deque<T> m_values;
    bool m_closed = false;
};

}
