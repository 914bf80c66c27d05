#pragma once

#include "yang/tree.hpp"

#include <string>

struct lyd_node;

namespace headgate::datastore {

/// A subtree filter (RFC 6241, section 6): what of `data` the children of a <filter> select, list keys always
/// with it. `filter` is the first of those children; null selects nothing (section 6.4.2).
yang::Tree subtreeFilter(const yang::Tree& data, const lyd_node* filter);

/// An XPath filter: every selected subtree with what leads to it. Throws yang::RpcErrors for a bad
/// expression. Names in it carry module names as prefixes (libyang's canonical form).
yang::Tree xpathFilter(const yang::Tree& data, const std::string& expression);

}
