#pragma once

#include "yang/tree.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace headgate::yang {

/// What a tree is like, as far as it counts for how long an XPath expression may work on it.
class TreeShape {
  public:
    /// The nodes of one name, or all of them. Weights are of a node with all below it: one a node, and its
    /// text.
    struct Kind {
        double nodes = 0;
        double siblings = 0; ///< The most below one node.
        double children = 0; ///< The most that one of them has.
        double among = 0;    ///< The most that a parent of theirs has.
        double heaviest = 0;
        double together = 0; ///< The sum of their weights.
    };

    explicit TreeShape(const Tree& tree);
    /// Whatever a notification may be, and the modules that define it.
    static TreeShape ofNotifications();

    const Kind& all() const { return m_all; }
    Kind named(const std::string& name) const;
    double depth() const { return m_depth; }

  private:
    TreeShape() = default;
    double measure(const lyd_node* first, double depth);

    Kind m_all;
    double m_depth = 0;
    std::unordered_map<std::string, Kind> m_kinds;
    std::optional<Kind> m_assumed;
};

/// How many nodes an evaluation of the expression (XPath 1.0, and the functions of RFC 7950, section 10)
/// visits at most, roughly. It may be more than it takes, and is not less by orders of magnitude. Nothing: it
/// is no expression.
std::optional<double> xpathCost(const std::string& expression, const TreeShape& shape);

/// What an expression of a user's may cost: a second or two.
inline constexpr double affordableCost = 3e7;

/// Throws RpcErrors: resource-denied for an expression that costs more, or is too long or too deep;
/// bad-attribute for what is none.
void requireAffordable(const std::string& expression, const TreeShape& shape);

}
