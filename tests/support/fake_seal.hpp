#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace headgate {

/// Seals nothing: the same secret gives the same text, which does not hold it and cannot be opened. What is
/// sealed already stays as it is.
inline std::string fakeSeal(std::string_view secret) {
    const std::string_view mark = "sealed:v1:";
    if (secret.substr(0, mark.size()) == mark) return std::string(secret);
    std::uint64_t sum = 14695981039346656037U; // FNV-1a
    for (const unsigned char c : secret)
        sum = (sum ^ c) * 1099511628211U;
    return std::string(mark) + "FAKE" + std::to_string(sum);
}

}
