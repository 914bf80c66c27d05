#include "yang/counterpart.hpp"
#include "yang/tree.hpp"

#include <libyang/libyang.h>

#include <unordered_map>

namespace headgate::yang {
namespace {

bool wasSet(const lyd_node* node) {
    return node && node->schema && !(node->flags & LYD_DEFAULT);
}

/// The node of the other side that is this one, if somebody set it.
const lyd_node* setCounterpart(const lyd_node* node, const lyd_node* among) {
    const auto* match = counterpart(node, among);
    return wasSet(match) ? match : nullptr;
}

/// A difference as it is found: the node, and what it was where it only has another value.
struct Found {
    Difference::Kind kind;
    const lyd_node* node;
    const lyd_node* before = nullptr;
};

Difference told(const Found& found) {
    using Kind = Difference::Kind;
    Difference one{found.kind, Node(found.node).path(), {}, {}};
    if (found.kind == Kind::remove) one.before = Node(found.node).value();
    if (found.kind == Kind::create || found.kind == Kind::replace) one.after = Node(found.node).value();
    if (found.before) one.before = Node(found.before).value();
    return one;
}

/// Entries of ordered-by user lists whose predecessor, among those that were there before too, is another
/// one.
void noteMoves(const lyd_node* before, const lyd_node* after, std::vector<Found>& found) {
    std::unordered_map<const lysc_node*, std::vector<const lyd_node*>> kept;
    for (const auto* node = before; node; node = node->next)
        if (wasSet(node) && lysc_is_userordered(node->schema))
            if (const auto* now = setCounterpart(node, after)) kept[node->schema].push_back(now);
    std::unordered_map<const lysc_node*, std::size_t> position;
    std::unordered_map<const lyd_node*, bool> wasThere;
    for (const auto& [schema, nodes] : kept)
        for (const auto* node : nodes)
            wasThere[node] = true;
    for (const auto* node = after; node; node = node->next) {
        if (!wasThere.count(node)) continue;
        if (kept[node->schema][position[node->schema]++] != node)
            found.push_back({Difference::Kind::move, node});
    }
}

void compare(const lyd_node* before, const lyd_node* after, std::vector<Found>& found) {
    for (const auto* node = before; node; node = node->next)
        if (wasSet(node) && !setCounterpart(node, after)) found.push_back({Difference::Kind::remove, node});
    for (const auto* node = after; node; node = node->next) {
        if (!wasSet(node)) continue;
        const auto* old = setCounterpart(node, before);
        if (!old) {
            found.push_back({Difference::Kind::create, node});
        } else if (node->schema->nodetype & LYD_NODE_INNER) {
            compare(lyd_child_no_keys(old), lyd_child_no_keys(node), found);
        } else if (lyd_compare_single(old, node, 0) != LY_SUCCESS) {
            found.push_back({Difference::Kind::replace, node, old});
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
    std::vector<Found> found;
    compare(before.get(), after.get(), found);
    std::vector<Difference> all;
    for (const auto& one : found)
        all.push_back(told(one));
    return all;
}

std::vector<ChangedNode> changedNodes(const Tree& before, const Tree& after) {
    std::vector<Found> found;
    compare(before.get(), after.get(), found);
    std::vector<ChangedNode> nodes;
    for (const auto& one : found)
        nodes.push_back({one.kind, Node(one.node)});
    return nodes;
}

bool equal(const Tree& a, const Tree& b) {
    return changedNodes(a, b).empty();
}

}
