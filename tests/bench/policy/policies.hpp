#pragma once

#include "bench/policy/load.hpp"

#include <string>
#include <vector>

namespace headgate::bench {

/// How large a pool is to be, by a rule that looks at its average utilisation every 15 s.
class Rule {
  public:
    virtual ~Rule() = default;
    /// The number of members from now on; `average` in permille.
    virtual std::size_t wanted(domain::Duration at, std::size_t members, double average) = 0;
};

/// What came of one policy under one load.
struct Result {
    std::string load, policy;
    double minutesAbove = 0; ///< the members' true average was at or above the upper level
    unsigned changes = 0;    ///< members that joined or left
    double serverHours = 0;
};

/// The pool of all policies: two members that stay, up to twelve; levels of Headgate's defaults.
inline constexpr std::size_t fewest = 2, most = 12;
inline constexpr int upper = 800, lower = 300;

/// Headgate, Headgate with a forecast as it comes, two thresholds, target tracking and doing nothing, in this
/// order. The same each time.
std::vector<Result> compare(const Load& load);

}
