#include "yang/counterpart.hpp"

#include <libyang/libyang.h>

namespace headgate::yang {

const lyd_node* counterpart(const lyd_node* node, const lyd_node* among) {
    lyd_node* match = nullptr;
    if (!among) return nullptr;
    // lyd_find_sibling_first() compares the values of leaves too, and it is the name that makes them the
    // same.
    if (node->schema->nodetype & (LYS_LIST | LYS_LEAFLIST))
        lyd_find_sibling_first(among, node, &match);
    else
        lyd_find_sibling_val(among, node->schema, nullptr, 0, &match);
    return match;
}

}
