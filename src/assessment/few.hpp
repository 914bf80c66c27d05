#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace headgate::assessment {

/// A vector of plain values, mostly no more than `near` of them: these are where it is itself, so that a look
/// at them is none into another part of memory. More of them are elsewhere, all together.
template <typename T, std::uint32_t near>
class Few {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

  public:
    Few()
        : m_near{} {}
    ~Few() { drop(); }
    Few(const Few& other)
        : Few() {
        *this = other;
    }
    Few(Few&& other) noexcept
        : Few() {
        *this = std::move(other);
    }
    Few& operator=(const Few& other) {
        if (this == &other) return *this;
        clear();
        reserve(other.m_size);
        std::uninitialized_copy(other.begin(), other.end(), data());
        m_size = other.m_size;
        return *this;
    }
    Few& operator=(Few&& other) noexcept {
        if (this == &other) return *this;
        drop();
        m_room = other.m_room;
        m_size = other.m_size;
        if (isFar())
            m_far = other.m_far;
        else
            std::uninitialized_copy(other.m_near, other.m_near + m_size, m_near);
        other.m_room = near;
        other.m_size = 0;
        return *this;
    }

    T* data() { return isFar() ? m_far : m_near; }
    const T* data() const { return isFar() ? m_far : m_near; }
    std::size_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    bool isFar() const { return m_room > near; }
    T* begin() { return data(); }
    T* end() { return data() + m_size; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + m_size; }
    T& operator[](std::size_t at) { return data()[at]; }
    const T& operator[](std::size_t at) const { return data()[at]; }

    void clear() { m_size = 0; }
    void reserve(std::size_t room) {
        if (room <= m_room) return;
        auto* more = new T[room]{};
        std::copy(begin(), end(), more);
        drop();
        m_far = more;
        m_room = static_cast<std::uint32_t>(room);
    }
    T& push(T value) {
        if (m_size == m_room) reserve(std::size_t{m_room} * 2);
        return *std::construct_at(data() + m_size++, value);
    }
    template <typename Which>
    void eraseIf(const Which& which) {
        m_size = static_cast<std::uint32_t>(std::remove_if(begin(), end(), which) - begin());
    }

  private:
    void drop() {
        if (isFar()) delete[] m_far;
        m_room = near;
    }

    union {
        T m_near[near];
        T* m_far;
    };
    std::uint32_t m_size = 0;
    std::uint32_t m_room = near; ///< more than `near`: it is m_far's
};

}
