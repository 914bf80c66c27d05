#pragma once

#include <cstdint>
#include <string_view>

// What XML 1.0 takes for text.

namespace headgate::netconf {

/// Well-formed UTF-8: neither cut, overlong, a surrogate's half nor above the last character (RFC 3629).
bool isUtf8(std::string_view text);

/// Production 2: no control character but tab and line ends, no surrogate, none that Unicode does not have.
bool isCharacter(std::uint32_t code);

/// What stands between & and ; is one of XML's five, or the number of a character.
bool isReference(std::string_view name);

}
