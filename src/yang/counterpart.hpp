#pragma once

struct lyd_node;

namespace headgate::yang {

/// The node `among` those of another tree that is this one: of the same name and, in lists, of the same keys
/// or value. Null when there is none.
const lyd_node* counterpart(const lyd_node* node, const lyd_node* among);

}
