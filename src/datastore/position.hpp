#pragma once

#include "datastore/element.hpp"

namespace headgate::datastore {

/// Moves `node`, an entry of an ordered-by user list that is already among `first` and its siblings, to where
/// `insert` says (RFC 7950, sections 7.7.9 and 7.8.6). `first` is kept the first sibling. Throws
/// yang::RpcErrors.
void place(lyd_node*& first, lyd_node* node, const Element& element, const Insert& insert);

}
