#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headgate::adapters {

/// The first `digits` hexadecimal digits of the text's SHA-256. Throws Error when there is no SHA-256.
std::string digest(std::string_view text, std::size_t digits);

}
