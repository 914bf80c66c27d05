#pragma once

#include "domain/configuration.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::assessment {

/// How much of a server is used, by its profile.
struct Utilisation {
    std::optional<int> permille;      ///< rounded to the nearest; empty: unknown
    std::string binding;              ///< the metric that makes it so
    std::string words;                ///< "connections 35 of 40"
    std::vector<std::string> unknown; ///< metrics of the profile without a reading
};

/// `greatest` is the greatest of the known metrics, `weightedSum` is Σ weight·value/limit ÷ Σ weight and
/// needs them all; `weightedSumWithinLimits` is that, or the greatest of the known ones where that is at its
/// limit and more. A metric whose limit is not positive, or whose reading is not a finite number, is unknown;
/// a negative reading counts as zero.
Utilisation utilisation(const domain::Profile& profile, const std::map<std::string, double>& readings);

}
