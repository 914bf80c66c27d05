#include "assessment/utilisation.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace headgate::assessment {
namespace {

// A reading of a million times its limit is a mistake of somebody's, but still no reason to overflow.
constexpr double most = 1e9;
constexpr double atLimit = 1000; // permille

std::string number(double value) {
    char text[400];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 1).ptr;
    std::string shown(text, end);
    if (shown.ends_with(".0")) shown.resize(shown.size() - 2);
    return shown;
}

std::optional<double> share(const domain::Metric& metric, const std::map<std::string, double>& readings) {
    const auto reading = readings.find(metric.name);
    if (reading == readings.end() || !std::isfinite(reading->second)) return std::nullopt;
    if (!(metric.limit > 0)) return std::nullopt;
    // Multiplied first: 32 of 40 is 800 exactly.
    return std::clamp(reading->second * 1000 / metric.limit, 0.0, most);
}

int rounded(double permille) {
    return static_cast<int>(std::lround(permille));
}

}

Utilisation utilisation(const domain::Profile& profile, const std::map<std::string, double>& readings) {
    Utilisation result;
    double sum = 0, weights = 0, greatest = -1, heaviest = -1;
    const domain::Metric *binding = nullptr, *beyond = nullptr;
    for (const auto& metric : profile.metrics) {
        const auto permille = share(metric, readings);
        if (!permille) {
            result.unknown.push_back(metric.name);
            continue;
        }
        const bool summed = profile.combination != domain::Combination::greatest;
        const double weight = std::max(metric.weight, 0.0);
        sum += weight * *permille;
        weights += weight;
        if (*permille >= atLimit && *permille > greatest) beyond = &metric;
        greatest = std::max(greatest, *permille);
        const double part = summed ? weight * *permille : *permille;
        if (part > heaviest) {
            heaviest = part;
            binding = &metric;
        }
    }
    if (!binding) return result;
    const bool known = result.unknown.empty() && weights > 0;
    const bool single = profile.combination == domain::Combination::weightedSumWithinLimits && beyond &&
                        (!known || sum / weights < greatest);
    if (single) binding = beyond;
    const auto words =
        binding->name + " " + number(readings.at(binding->name)) + " of " + number(binding->limit);
    if (single || profile.combination == domain::Combination::greatest) {
        result.permille = rounded(greatest);
        result.words = words;
    } else {
        if (!known) return result;
        result.permille = rounded(sum / weights);
        result.words = "weighted sum, most of it " + words;
    }
    result.binding = binding->name;
    return result;
}

}
