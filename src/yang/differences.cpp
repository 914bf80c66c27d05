#include "yang/tree.hpp"

#include <libyang/libyang.h>

#include <unordered_map>

namespace headgate::yang {
namespace {

bool wasSet(const lyd_node* node) {
    return node && node->schema && !(node->flags & LYD_DEFAULT);
}

/// The node of the other side that is this one: same name and, in lists, same keys or value.
const lyd_node* counterpart(const lyd_node* node, const lyd_node* among) {
    lyd_node* match = nullptr;
    if (!among) return nullptr;
    // lyd_find_sibling_first() compares the values of leaves too, and it is the name that makes them the
    // same.
    if (node->schema->nodetype & (LYS_LIST | LYS_LEAFLIST))
        lyd_find_sibling_first(among, node, &match);
    else
        lyd_find_sibling_val(among, node->schema, nullptr, 0, &match);
    return wasSet(match) ? match : nullptr;
}

void note(std::vector<Difference>& found, Difference::Kind kind, const lyd_node* node,
          std::string before = {}, std::string after = {}) {
    found.push_back({kind, Node(node).path(), std::move(before), std::move(after)});
}

/// Entries of ordered-by user lists whose predecessor, among those that were there before too, is another
/// one.
void noteMoves(const lyd_node* before, const lyd_node* after, std::vector<Difference>& found) {
    std::unordered_map<const lysc_node*, std::vector<const lyd_node*>> kept;
    for (const auto* node = before; node; node = node->next)
        if (wasSet(node) && lysc_is_userordered(node->schema))
            if (const auto* now = counterpart(node, after)) kept[node->schema].push_back(now);
    std::unordered_map<const lysc_node*, std::size_t> position;
    std::unordered_map<const lyd_node*, bool> wasThere;
    for (const auto& [schema, nodes] : kept)
        for (const auto* node : nodes)
            wasThere[node] = true;
    for (const auto* node = after; node; node = node->next) {
        if (!wasThere.count(node)) continue;
        if (kept[node->schema][position[node->schema]++] != node) note(found, Difference::Kind::move, node);
    }
}

void compare(const lyd_node* before, const lyd_node* after, std::vector<Difference>& found) {
    for (const auto* node = before; node; node = node->next)
        if (wasSet(node) && !counterpart(node, after))
            note(found, Difference::Kind::remove, node, Node(node).value());
    for (const auto* node = after; node; node = node->next) {
        if (!wasSet(node)) continue;
        const auto* old = counterpart(node, before);
        if (!old) {
            note(found, Difference::Kind::create, node, {}, Node(node).value());
        } else if (node->schema->nodetype & LYD_NODE_INNER) {
            compare(lyd_child_no_keys(old), lyd_child_no_keys(node), found);
        } else if (lyd_compare_single(old, node, 0) != LY_SUCCESS) {
            note(found, Difference::Kind::replace, node, Node(old).value(), Node(node).value());
        }
    }
    noteMoves(before, after, found);
}

}

const char* toString(Difference::Kind kind) noexcept {
    switch (kind) {
    case Difference::Kind::create: return "create";
    case Difference::Kind::remove: return "delete";
    case Difference::Kind::replace: return "replace";
    case Difference::Kind::move: return "merge";
    }
    return "merge";
}

std::vector<Difference> differences(const Tree& before, const Tree& after) {
    std::vector<Difference> found;
    compare(before.get(), after.get(), found);
    return found;
}

bool equal(const Tree& a, const Tree& b) {
    return differences(a, b).empty();
}

}
