#pragma once

#include <limits>
#include <optional>

namespace headgate::assessment {

/// A number or a time, or none, in the room of one: the greatest there is stands for none. For what is kept
/// of a hundred thousand.
template <typename T>
class OrNone {
  public:
    OrNone() = default;
    OrNone(T value)
        : m_value(value) {}
    OrNone(const std::optional<T>& value)
        : m_value(value.value_or(none())) {}

    explicit operator bool() const { return m_value != none(); }
    const T& operator*() const { return m_value; }
    operator std::optional<T>() const { return *this ? std::optional<T>(m_value) : std::nullopt; }
    void reset() { m_value = none(); }
    bool operator==(const OrNone&) const = default;

  private:
    static constexpr T none() {
        if constexpr (requires { T::max(); })
            return T::max();
        else
            return std::numeric_limits<T>::max();
    }
    T m_value = none();
};

}
