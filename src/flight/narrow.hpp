#pragma once

#include "flight/octets.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace headgate::flight {

// What of a number in a record can be: each throws BadRecord for what cannot.

// Times of which the sum and the difference of two is one still.
inline constexpr std::int64_t mostMilliseconds = std::int64_t(1) << 53;

inline std::int64_t inRange(std::int64_t value) {
    if (value > mostMilliseconds || value < -mostMilliseconds) throw BadRecord("a time in it cannot be");
    return value;
}

inline std::int64_t milliseconds(In& in) {
    return inRange(in.signedNumber());
}

template <typename Enum>
Enum oneOf(In& in, Enum last) {
    const auto value = in.octet();
    if (value > static_cast<std::uint8_t>(last)) throw BadRecord("a word in it is not known");
    return static_cast<Enum>(value);
}

template <typename Number>
Number narrow(std::uint64_t value,
              std::uint64_t most = static_cast<std::uint64_t>(std::numeric_limits<Number>::max())) {
    if (value > most) throw BadRecord("a number in it is too large");
    return static_cast<Number>(value);
}

template <typename Name>
std::optional<Name> ifAny(const std::string& name) {
    return name.empty() ? std::nullopt : std::optional(Name{name});
}

}
