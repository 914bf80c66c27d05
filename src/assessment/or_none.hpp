#pragma once

#include <optional>

namespace headgate::assessment {

/// A time, or none, in the room of the time: its greatest value is none. For what there are a hundred
/// thousand of.
template <typename T>
class OrNone {
  public:
    OrNone() = default;
    OrNone(T value)
        : m_value(value) {}
    OrNone(const std::optional<T>& value)
        : m_value(value.value_or(none)) {}

    explicit operator bool() const { return m_value != none; }
    const T& operator*() const { return m_value; }
    operator std::optional<T>() const { return *this ? std::optional<T>(m_value) : std::nullopt; }
    void reset() { m_value = none; }

  private:
    static constexpr T none = T::max();
    T m_value = none;
};

}
