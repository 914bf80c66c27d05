#include "datastore/with_defaults.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

void unmark(lyd_node* first, const lys_module* tagger) {
    for (auto* node = first; node; node = node->next) {
        if ((node->flags & LYD_DEFAULT) && node->schema && (node->schema->nodetype & LYD_NODE_TERM)) {
            node->flags &= ~static_cast<std::uint32_t>(LYD_DEFAULT);
            if (tagger) {
                const yang::Capture capture(LYD_CTX(node));
                capture.check(lyd_new_meta(nullptr, node, tagger, "default", "true", 0, nullptr),
                              "cannot tag a default value");
            }
            for (auto* above = lyd_parent(node); above; above = lyd_parent(above))
                above->flags &= ~static_cast<std::uint32_t>(LYD_DEFAULT);
        }
        unmark(lyd_child(node), tagger);
    }
}

/// Takes away what equals its default; containers that have no meaning of their own go when nothing is left.
void trim(lyd_node*& first) {
    for (auto* node = first; node;) {
        auto* const next = node->next;
        bool gone = (node->flags & LYD_DEFAULT) != 0;
        if (!gone && node->schema && !lysc_is_key(node->schema)) {
            if (node->schema->nodetype & LYD_NODE_TERM) gone = lyd_is_default(node);
            if (node->schema->nodetype & LYD_NODE_INNER) {
                auto* child = lyd_child_no_keys(node);
                trim(child);
                gone = lysc_is_np_cont(node->schema) && !lyd_child(node);
            }
        }
        if (gone) {
            if (node == first) first = next;
            lyd_free_tree(node);
        }
        node = next;
    }
}

}

std::optional<yang::Defaults> defaultsMode(std::string_view word) {
    if (word == "report-all") return yang::Defaults::all;
    if (word == "report-all-tagged") return yang::Defaults::allTagged;
    if (word == "trim") return yang::Defaults::trim;
    if (word == "explicit") return yang::Defaults::asSet;
    return std::nullopt;
}

void showDefaults(yang::Tree& tree, yang::Defaults mode) {
    switch (mode) {
    case yang::Defaults::asSet: tree.removeDefaults(); return;
    case yang::Defaults::all: unmark(tree.get(), nullptr); return;
    case yang::Defaults::allTagged:
        unmark(tree.get(), ly_ctx_get_module_implemented(tree.context(), "ietf-netconf-with-defaults"));
        return;
    case yang::Defaults::trim: {
        const auto* context = tree.context();
        auto* first = tree.release();
        trim(first);
        tree = yang::Tree::adopt(context, first);
        return;
    }
    }
}

}
