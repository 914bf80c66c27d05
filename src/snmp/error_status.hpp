#pragma once

#include <cstdint>

/// Of RFC 3416 §3, those that are acted upon.
namespace headgate::snmp::error_status {

inline constexpr std::int32_t tooBig = 1;
inline constexpr std::int32_t noSuchName = 2;
inline constexpr std::int32_t genErr = 5;

}
