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

/// The same without its words: what is judged with each sample.
struct Usage {
    std::optional<int> permille;
    const domain::Metric* binding = nullptr; ///< of the profile; null: none of its metrics is known
    bool summed = false;                     ///< `permille` is the sum, and not what `binding` says alone
    bool complete = true;                    ///< no metric is unknown
};

/// Follows one profile's metrics, one after the other.
class UsageSum {
  public:
    explicit UsageSum(domain::Combination combination)
        : m_combination(combination) {}

    /// `reading` of the metric, null when there is none. False: it is unknown.
    bool add(const domain::Metric& metric, const double* reading);
    Usage result() const;

  private:
    domain::Combination m_combination;
    double m_sum = 0, m_weights = 0, m_greatest = -1, m_heaviest = -1;
    const domain::Metric *m_binding = nullptr, *m_beyond = nullptr;
    bool m_complete = true;
};

/// "connections 35 of 40", "weighted sum, most of it cpu 900 of 1000"
std::string wordsOf(const Usage& usage, double reading);

}
