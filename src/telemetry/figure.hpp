#pragma once

#include "snmp/value.hpp"

#include <optional>
#include <string_view>

namespace headgate::telemetry {

/// The number that a value is. One that an agent gives as text, as ucd and pass scripts do, is one too; of
/// what is neither, or is missing: nothing.
std::optional<double> figureOf(const snmp::Value& value);

/// The finite number that a text is, the whole of it.
std::optional<double> numberIn(std::string_view text);

}
