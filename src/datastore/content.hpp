#pragma once

#include "yang/tree.hpp"

struct lyd_node;

namespace headgate::datastore {

/// What stands inside a <config> or <filter>, whichever way libyang kept it: as nodes, or as text that is
/// parsed here.
class AnyContent {
  public:
    /// Throws yang::RpcErrors (bad-element) when it is text that is not XML.
    explicit AnyContent(const lyd_node* any);

    /// The first of the nodes; null when it is empty.
    const lyd_node* first() const noexcept { return m_first; }

  private:
    yang::Tree m_parsed;
    const lyd_node* m_first = nullptr;
};

}
