#pragma once

#include <cstddef>
#include <string_view>

namespace headgate::domain {

/// The length of the UTF-8 character that `text`, which is not empty, begins with; 0 when it is none, or one
/// that neither XML 1.0 (section 2.2) nor a string in YANG (RFC 7950, section 9.4) can hold.
std::size_t characterLength(std::string_view text);

/// Can XML and YANG hold it?
bool isText(std::string_view text);

}
