#include "agent/utilisation.hpp"

#include <algorithm>
#include <cmath>

namespace headgate::agent {

std::optional<int> permilleOf(double value, double whole) {
    if (!(whole > 0) || !std::isfinite(value)) return std::nullopt;
    return static_cast<int>(std::llround(std::clamp(value / whole * 1000, 0.0, 100'000.0)));
}

Utilisation combine(const std::vector<Reading>& readings, int full) {
    Utilisation out;
    bool missing = readings.empty();
    for (const auto& reading : readings) {
        if (!reading.permille)
            missing = true;
        else if (out.binding.empty() || *reading.permille > out.permille) {
            out.permille = *reading.permille;
            out.binding = reading.figure;
        }
    }
    out.known = !missing || (!out.binding.empty() && out.permille >= full);
    return out;
}

}
