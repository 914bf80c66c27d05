#include "datastore/scope.hpp"

#include "datastore/element.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

/// A top-level container that the edit only leads through.
bool isWay(const lyd_node* node) {
    return node->schema && lysc_is_np_cont(node->schema) && !node->meta;
}

bool hasItsKeys(const lyd_node* entry) {
    const auto* key = lysc_node_child(entry->schema);
    const auto* child = lyd_child(entry);
    for (; key && lysc_is_key(key); key = key->next, child = child->next)
        if (!child || child->schema != key) return false;
    return true;
}

/// What becomes of it, and where it stands, has nothing to do with its siblings.
bool standsAlone(const lyd_node* entry) {
    if (!entry->schema || entry->schema->parent != entry->parent->schema) return false;
    if (lysc_is_np_cont(entry->schema)) return true;
    return entry->schema->nodetype == LYS_LIST && !lysc_is_userordered(entry->schema) &&
           !(entry->schema->flags & LYS_KEYLESS) && hasItsKeys(entry);
}

}

std::optional<yang::Entries> scopeOf(const lyd_node* content, const EditOptions& options) {
    if (options.defaultOperation == Operation::replace) return std::nullopt;
    const bool leadsThrough = options.defaultOperation == Operation::none;
    yang::Entries scope;
    for (const auto* top = content; top; top = top->next) {
        if (!isWay(top)) return std::nullopt;
        for (const auto* entry = lyd_child(top); entry; entry = entry->next) {
            if (!standsAlone(entry)) return std::nullopt;
            // What is above must be there. With a container that is all default it would not be, once its
            // siblings are cut off.
            if (leadsThrough && entry->schema->nodetype == LYS_CONTAINER) return std::nullopt;
            const auto path = yang::entryOf(yang::Node(entry));
            if (!path) return std::nullopt;
            scope.insert(*path);
        }
    }
    return scope.empty() ? std::nullopt : std::optional(std::move(scope));
}

}
