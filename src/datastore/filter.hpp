#pragma once

#include "yang/tree.hpp"

#include <cstdint>
#include <limits>
#include <string>

struct lyd_node;

namespace headgate::datastore {

/// How many levels of what is selected are given, the selected node's own being the first (max-depth of RFC
/// 8526, section 3.1.1); keys of lists always are.
inline constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();

/// A subtree filter (RFC 6241, section 6): what of `data` the children of a <filter> select, list keys always
/// with it. `filter` is the first of those children; null selects nothing (section 6.4.2).
yang::Tree subtreeFilter(const yang::Tree& data, const lyd_node* filter, std::uint32_t depth = unlimited);

/// An XPath filter: every selected subtree with what leads to it. Throws yang::RpcErrors for a bad
/// expression, and for one that would take too long (yang/xpath_cost.hpp). Names in it carry module names as
/// prefixes (libyang's canonical form).
yang::Tree xpathFilter(const yang::Tree& data, const std::string& expression,
                       std::uint32_t depth = unlimited);

/// Everything, to that depth.
yang::Tree limited(const yang::Tree& data, std::uint32_t depth);

}
