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

int rounded(double permille) {
    return static_cast<int>(std::lround(permille));
}

}

bool UsageSum::add(const domain::Metric& metric, const double* reading) {
    if (!reading || !std::isfinite(*reading) || !(metric.limit > 0)) return m_complete = false;
    // Multiplied first: 32 of 40 is 800 exactly.
    const double permille = std::clamp(*reading * 1000 / metric.limit, 0.0, most);
    const double weight = std::max(metric.weight, 0.0);
    m_sum += weight * permille;
    m_weights += weight;
    if (permille >= atLimit && permille > m_greatest) m_beyond = &metric;
    m_greatest = std::max(m_greatest, permille);
    const double part = m_combination != domain::Combination::greatest ? weight * permille : permille;
    if (part > m_heaviest) {
        m_heaviest = part;
        m_binding = &metric;
    }
    return true;
}

Usage UsageSum::result() const {
    Usage made;
    made.complete = m_complete;
    made.binding = m_binding;
    if (!m_binding) return made;
    const bool known = m_complete && m_weights > 0;
    const bool single = m_combination == domain::Combination::weightedSumWithinLimits && m_beyond &&
                        (!known || m_sum / m_weights < m_greatest);
    if (single) made.binding = m_beyond;
    if (single || m_combination == domain::Combination::greatest) {
        made.permille = rounded(m_greatest);
        return made;
    }
    if (!known) {
        made.binding = nullptr;
        return made;
    }
    made.summed = true;
    made.permille = rounded(m_sum / m_weights);
    return made;
}

std::string wordsOf(const Usage& usage, double reading) {
    if (!usage.binding) return {};
    return (usage.summed ? "weighted sum, most of it " : "") + usage.binding->name + " " + number(reading) +
           " of " + number(usage.binding->limit);
}

Utilisation utilisation(const domain::Profile& profile, const std::map<std::string, double>& readings) {
    Utilisation made;
    UsageSum sum(profile.combination);
    for (const auto& metric : profile.metrics) {
        const auto known = readings.find(metric.name);
        if (!sum.add(metric, known == readings.end() ? nullptr : &known->second))
            made.unknown.push_back(metric.name);
    }
    const auto used = sum.result();
    made.permille = used.permille;
    if (!used.binding) return made;
    made.binding = used.binding->name;
    made.words = wordsOf(used, readings.at(made.binding));
    return made;
}

}
