#include "telemetry/figure.hpp"

#include <cmath>
#include <cstdlib>
#include <string>

namespace headgate::telemetry {

std::optional<double> figureOf(const snmp::Value& value) {
    if (const auto read = snmp::numberOf(value)) return static_cast<double>(*read);
    const auto text = snmp::textOf(value);
    return text ? numberIn(*text) : std::nullopt;
}

std::optional<double> numberIn(std::string_view octets) {
    constexpr std::size_t longest = 64;
    if (octets.empty() || octets.size() > longest) return std::nullopt;
    const std::string text(octets);
    char* end = nullptr;
    const double read = std::strtod(text.c_str(), &end);
    if (end != text.c_str() + text.size() || !std::isfinite(read)) return std::nullopt;
    return read;
}

}
