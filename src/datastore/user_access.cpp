#include "datastore/user_access.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <cstring>

namespace headgate::datastore {
namespace {

bool is(const lysc_node* node, const char* module, const char* name) {
    return !std::strcmp(node->module->name, module) && !std::strcmp(node->name, name);
}

bool isMarked(const lysc_node* node, const char* extension) {
    LY_ARRAY_COUNT_TYPE index = 0;
    LY_ARRAY_FOR(node->exts, index) {
        const auto* definition = node->exts[index].def;
        if (!std::strcmp(definition->name, extension) &&
            !std::strcmp(definition->module->name, "ietf-netconf-acm"))
            return true;
    }
    return false;
}

/// The statement, or one that it stands in.
bool isMarkedHereOrAbove(const lysc_node* node, const char* extension) {
    for (; node; node = node->parent)
        if (isMarked(node, extension)) return true;
    return false;
}

bool isAction(const lyd_node* operation) {
    return operation->schema->nodetype == LYS_ACTION;
}

}

UserAccess::UserAccess(const AccessRules& rules, const std::string& user)
    : m_defaults(rules) {
    for (auto& rule : rules.of(user)) {
        Rule made{std::move(rule), {}};
        if (made.rule.kind == AccessRule::Kind::node) {
            try {
                made.path = NodePath::parse(made.rule.path);
            } catch (const std::invalid_argument&) {
                // libyang takes a position in place of keys, which no list here has. What cannot be
                // understood permits nothing, and denies everything.
                if (made.rule.permit) continue;
            }
        }
        m_rules.push_back(std::move(made));
    }
}

/// By a rule that names it, else `otherwise`.
bool UserAccess::named(const lyd_node* node, AccessRule::Kind kind, Access access, bool otherwise) const {
    for (const auto& [rule, path] : m_rules) {
        if (!rule.matches(node->schema->module->name, access)) continue;
        if (rule.kind == AccessRule::Kind::any) return rule.permit;
        if (rule.kind == kind && (rule.name == "*" || rule.name == node->schema->name)) return rule.permit;
    }
    return otherwise;
}

bool UserAccess::mayDo(const lyd_node* operation) {
    const auto* schema = operation->schema;
    if (is(schema, "ietf-netconf", "close-session")) return true;
    if (isAction(operation)) {
        for (const auto* above = lyd_parent(operation); above; above = lyd_parent(above))
            if (!verdict(above, Access::read).permit) return false;
        return verdict(operation, Access::exec).permit;
    }
    const bool denied = isMarked(schema, "default-deny-all") || is(schema, "ietf-netconf", "kill-session") ||
                        is(schema, "ietf-netconf", "delete-config");
    return named(operation, AccessRule::Kind::operation, Access::exec, !denied && m_defaults.execDefault);
}

bool UserAccess::mayHear(const lyd_node* tree) {
    const lyd_node* notification = tree;
    LYD_TREE_DFS_BEGIN(tree, notification) {
        if (notification->schema && notification->schema->nodetype == LYS_NOTIF) break;
        LYD_TREE_DFS_END(tree, notification);
    }
    if (!notification) notification = tree;
    const auto* schema = notification->schema;
    // One that is tied to a data node: who may not read what leads to it does not hear of it.
    for (const auto* above = lyd_parent(notification); above; above = lyd_parent(above))
        if (!verdict(above, Access::read).permit) return false;
    if (lyd_parent(notification) && !verdict(notification, Access::read).permit) return false;
    if (is(schema, "nc-notifications", "replayComplete") ||
        is(schema, "nc-notifications", "notificationComplete"))
        return true;
    const bool denied = isMarked(schema, "default-deny-all");
    return named(notification, AccessRule::Kind::notification, Access::read,
                 !denied && m_defaults.readDefault);
}

bool UserAccess::mayWrite(const lyd_node* node, Access access) {
    return verdict(node, access).permit;
}

UserAccess::Verdict UserAccess::byDefault(const lysc_node* node, Access access) const {
    if (access == Access::exec) return {m_defaults.execDefault, false};
    if (isMarkedHereOrAbove(node, "default-deny-all")) return {false, false};
    if (access == Access::read) return {m_defaults.readDefault, false};
    if (isMarkedHereOrAbove(node, "default-deny-write")) return {false, false};
    return {m_defaults.writeDefault, false};
}

std::optional<UserAccess::Verdict> UserAccess::verdictBySchema(const lysc_node* node, Access access) {
    const auto key = std::make_pair(node, access);
    if (const auto known = m_verdicts.find(key); known != m_verdicts.end()) return known->second;
    std::optional<Verdict> found = byDefault(node, access);
    for (const auto& [rule, path] : m_rules) {
        if (!rule.matches(node->module->name, access)) continue;
        if (rule.kind != AccessRule::Kind::any && rule.kind != AccessRule::Kind::node) continue;
        if (rule.kind == AccessRule::Kind::node && !path.coversNames(node)) continue;
        found.reset();
        if (rule.kind == AccessRule::Kind::any || !path.hasKeys()) found = Verdict{rule.permit, true};
        break;
    }
    m_verdicts.emplace(key, found);
    return found;
}

UserAccess::Verdict UserAccess::verdict(const NodePlace& place, Access access) {
    if (const auto found = verdictBySchema(place.schema, access)) return *found;
    for (const auto& [rule, path] : m_rules) {
        if (!rule.matches(place.schema->module->name, access)) continue;
        if (rule.kind == AccessRule::Kind::any ||
            (rule.kind == AccessRule::Kind::node && path.coversNames(place.schema) && path.covers(place)))
            return {rule.permit, true};
    }
    return byDefault(place.schema, access);
}

UserAccess::Verdict UserAccess::verdict(const lyd_node* node, Access access) {
    return verdict({node->schema, node, lyd_parent(node)}, access);
}

/// The node and everything that may be below it, whatever the keys.
bool UserAccess::isReadWholly(const lysc_node* node) {
    if (const auto known = m_wholly.find(node); known != m_wholly.end()) return known->second;
    const auto own = verdictBySchema(node, Access::read);
    bool wholly = own && own->permit;
    const lysc_node* child = nullptr;
    while (wholly && (child = lys_getnext(child, node, nullptr, 0)))
        wholly = isReadWholly(child);
    m_wholly.emplace(node, wholly);
    return wholly;
}

bool UserAccess::leadsToReadable(const lysc_node* node) const {
    return std::any_of(m_rules.begin(), m_rules.end(), [&](const Rule& each) {
        return each.rule.kind == AccessRule::Kind::node && each.rule.permit &&
               (each.rule.operations & static_cast<std::uint8_t>(Access::read)) && each.path.leadsBelow(node);
    });
}

void UserAccess::pruneAmong(lyd_node*& first) {
    for (auto* node = first; node;) {
        auto* const next = node->next;
        const bool stays = node->schema && (lysc_is_key(node->schema) || isReadWholly(node->schema));
        bool gone = !stays && !node->schema;
        if (!stays && node->schema) {
            const auto found = verdict(node, Access::read);
            const bool leads = !found.permit && !found.byRule && leadsToReadable(node->schema);
            gone = !found.permit && !leads;
            if (!gone && (node->schema->nodetype & LYD_NODE_INNER)) {
                auto* child = lyd_child_no_keys(node);
                pruneAmong(child);
                gone = leads && !lyd_child_no_keys(node);
            }
        }
        if (gone) {
            if (node == first) first = next;
            lyd_free_tree(node);
        }
        node = next;
    }
}

void UserAccess::prune(yang::Tree& data) {
    const auto* context = data.context();
    auto* first = data.release();
    pruneAmong(first);
    data = yang::Tree::adopt(context, first);
}

}
