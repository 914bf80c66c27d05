#include "datastore/narrow.hpp"

#include <libyang/libyang.h>

#include <cstring>

namespace headgate::datastore {
namespace {

const char* nameOf(const lyd_node* filter) {
    return LYD_NAME(filter);
}

/// The schema node that a filter's node names below `parent` (null: at the top); null when that cannot be
/// told.
const lysc_node* named(const ly_ctx* context, const lysc_node* parent, const lyd_node* filter) {
    if (filter->schema) return filter->schema;
    const auto* opaque = reinterpret_cast<const lyd_node_opaq*>(filter);
    if (opaque->format != LY_VALUE_XML || !opaque->name.module_ns || !*opaque->name.module_ns) return nullptr;
    const auto* module = ly_ctx_get_module_implemented_ns(context, opaque->name.module_ns);
    return module ? lys_find_child(parent, module, nameOf(filter), 0, 0, 0) : nullptr;
}

std::string trimmed(const char* text) {
    const std::string value = text ? text : "";
    const auto from = value.find_first_not_of(" \t\r\n");
    return from == std::string::npos ? "" : value.substr(from, value.find_last_not_of(" \t\r\n") - from + 1);
}

/// The value that the filter wants the list's only key to have; nothing when it wants none.
std::optional<std::string> wantedKey(const ly_ctx* context, const lysc_node* list, const lyd_node* filter) {
    const auto* key = lysc_node_child(list);
    if (!key || !lysc_is_key(key) || (key->next && lysc_is_key(key->next))) return std::nullopt;
    // Of another type, two texts may be one value.
    if (reinterpret_cast<const lysc_node_leaf*>(key)->type->basetype != LY_TYPE_STRING) return std::nullopt;
    for (const auto* child = lyd_child(filter); child; child = child->next) {
        if (named(context, list, child) != key || lyd_child(child)) continue;
        auto value = trimmed(lyd_get_value(child));
        if (!value.empty() && value.find_first_of("'\n") == std::string::npos) return value;
    }
    return std::nullopt;
}

/// False when it may select more than can be told.
bool collect(const ly_ctx* context, const lysc_node* top, const lyd_node* filter, yang::Entries& found) {
    const auto* entry = named(context, top, filter);
    if (!entry || entry->parent != top) return false;
    if (entry->flags & LYS_CONFIG_R) return (entry->nodetype & (LYS_LIST | LYS_CONTAINER)) != 0;
    const auto path = std::string("/") + top->module->name + ":" + top->name + "/" +
                      (entry->module == top->module ? "" : std::string(entry->module->name) + ":") +
                      entry->name;
    if (entry->nodetype == LYS_CONTAINER) {
        found.insert(path);
        return true;
    }
    if (entry->nodetype != LYS_LIST) return false;
    const auto key = wantedKey(context, entry, filter);
    if (key) found.insert(path + "[" + lysc_node_child(entry)->name + "='" + *key + "']");
    return key.has_value();
}

}

std::optional<yang::Entries> entriesSelectable(const ly_ctx* context, const lyd_node* filter) {
    yang::Entries found;
    if (!filter) return std::nullopt;
    for (; filter; filter = filter->next) {
        const auto* top = named(context, nullptr, filter);
        if (!top || top->nodetype != LYS_CONTAINER || !lyd_child(filter)) return std::nullopt;
        for (const auto* inner = lyd_child(filter); inner; inner = inner->next)
            if (!collect(context, top, inner, found)) return std::nullopt;
    }
    return found;
}

}
