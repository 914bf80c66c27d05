#include "datastore/origin.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <cstring>
#include <functional>

namespace headgate::datastore {
namespace {

constexpr const char* intended = "ietf-origin:intended";
constexpr const char* byDefault = "ietf-origin:default";

bool isConfig(const lyd_node* node) {
    return node->schema && (node->schema->flags & LYS_CONFIG_W);
}

/// Null for state.
const char* originOf(const lyd_node* node) {
    if (!isConfig(node)) return nullptr;
    // A container that was not set is of its content's origin: nobody else's than the intended one's.
    const bool leaf = node->schema->nodetype & LYD_NODE_TERM;
    return leaf && (node->flags & LYD_DEFAULT) ? byDefault : intended;
}

void mark(lyd_node* first, const char* above, const lys_module* module) {
    for (auto* node = first; node; node = node->next) {
        const auto* origin = originOf(node);
        const bool key = node->schema && lysc_is_key(node->schema);
        if (origin && !key && (!above || std::strcmp(origin, above) != 0)) {
            const yang::Capture capture(LYD_CTX(node));
            capture.check(lyd_new_meta(nullptr, node, module, "origin", origin, 0, nullptr),
                          "cannot tell an origin");
        }
        mark(lyd_child(node), origin, module);
    }
}

/// The two that there are here are not derived from one another.
bool isAmong(const char* origin, const std::vector<std::string>& wanted) {
    return std::find(wanted.begin(), wanted.end(), origin) != wanted.end();
}

using Wanted = std::function<bool(const lyd_node*)>;

/// Keeps the nodes that are wanted, and those above them with the keys of their lists.
void keep(lyd_node*& first, const Wanted& wanted) {
    for (auto* node = first; node;) {
        auto* const next = node->next;
        const bool key = node->schema && lysc_is_key(node->schema);
        const bool inner = node->schema && (node->schema->nodetype & LYD_NODE_INNER);
        bool gone = !key && !wanted(node);
        if (inner) {
            auto* child = lyd_child_no_keys(node);
            keep(child, wanted);
            // An entry or a container without anything of what is wanted says nothing by itself.
            gone = !lyd_child_no_keys(node) && (gone || node->schema->nodetype == LYS_CONTAINER);
        }
        if (gone) {
            if (node == first) first = next;
            lyd_free_tree(node);
        }
        node = next;
    }
}

void keepIn(yang::Tree& tree, const Wanted& wanted) {
    const auto* context = tree.context();
    auto* first = tree.release();
    keep(first, wanted);
    tree = yang::Tree::adopt(context, first);
}

}

void addOrigins(yang::Tree& operational) {
    const auto* module = ly_ctx_get_module_implemented(operational.context(), "ietf-origin");
    if (module) mark(operational.get(), nullptr, module);
}

void keepOrigins(yang::Tree& operational, const OriginFilter& filter) {
    keepIn(operational, [&](const lyd_node* node) {
        const auto* origin = originOf(node);
        if (!origin) return true;
        return filter.wanted.empty() ? !isAmong(origin, filter.unwanted) : isAmong(origin, filter.wanted);
    });
}

void keepConfig(yang::Tree& data, bool configuration) {
    keepIn(data, [&](const lyd_node* node) { return isConfig(node) == configuration; });
}

}
