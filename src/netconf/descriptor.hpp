#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace headgate::netconf {

/// A point in steady time after which something is given up.
class Deadline {
  public:
    static Deadline in(base::Duration duration) {
        return Deadline(std::chrono::steady_clock::now() + duration);
    }
    static Deadline never() { return Deadline(std::chrono::steady_clock::time_point::max()); }

    /// An equal share of what is left, for the first of so many tries.
    Deadline shared(std::size_t tries) const {
        const auto now = std::chrono::steady_clock::now();
        if (tries < 2 || m_at <= now || m_at == std::chrono::steady_clock::time_point::max()) return *this;
        return Deadline(now + (m_at - now) / static_cast<long long>(tries));
    }

    bool passed() const { return std::chrono::steady_clock::now() >= m_at; }
    /// For poll(2): milliseconds, rounded up, at most `most`; -1 for never.
    int pollTimeout(int most = -1) const;

  private:
    explicit Deadline(std::chrono::steady_clock::time_point at)
        : m_at(at) {}

    std::chrono::steady_clock::time_point m_at;
};

/// Owner of a file descriptor.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd)
        : m_fd(fd) {}
    Descriptor(Descriptor&& other) noexcept
        : m_fd(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Descriptor();

    int get() const { return m_fd; }
    int release() { return std::exchange(m_fd, -1); }
    explicit operator bool() const { return m_fd >= 0; }

  private:
    int m_fd = -1;
};

/// Wakes a thread that polls a descriptor, from any other.
class Wake {
  public:
    Wake();
    void set() noexcept;
    void clear() noexcept;
    /// Until it was set, and clears it, or the deadline has passed.
    void wait(Deadline deadline) noexcept;
    int get() const { return m_event.get(); }

  private:
    Descriptor m_event;
};

/// errno in words; thread-safe.
std::string errnoText(int error);

}
