#pragma once

#include <string>
#include <string_view>

namespace headgate::snmp {

/// Octets as people and logs see them: "0x00ff".
std::string hex(std::string_view octets);

}
