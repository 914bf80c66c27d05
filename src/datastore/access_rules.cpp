#include "datastore/access_rules.hpp"

#include <algorithm>
#include <sstream>

namespace headgate::datastore {
namespace {

constexpr const char* top = "/ietf-netconf-acm:nacm";

bool permits(const yang::Node& node, const char* leaf, bool otherwise) {
    return node.leafOr(leaf, otherwise ? "permit" : "deny") == "permit";
}

std::uint8_t operationsOf(const std::string& bits) {
    if (bits == "*") return 0xff;
    static const std::map<std::string, Access> names{{"create", Access::create},
                                                     {"read", Access::read},
                                                     {"update", Access::update},
                                                     {"delete", Access::remove},
                                                     {"exec", Access::exec}};
    std::uint8_t operations = 0;
    std::istringstream words(bits);
    for (std::string word; words >> word;)
        if (const auto found = names.find(word); found != names.end())
            operations |= static_cast<std::uint8_t>(found->second);
    return operations;
}

AccessRule ruleOf(const yang::Node& node) {
    AccessRule rule;
    rule.module = node.leafOr("module-name", "*");
    if (const auto name = node.leaf("rpc-name")) {
        rule.kind = AccessRule::Kind::operation;
        rule.name = *name;
    } else if (const auto notification = node.leaf("notification-name")) {
        rule.kind = AccessRule::Kind::notification;
        rule.name = *notification;
    } else if (const auto path = node.leaf("path")) {
        rule.kind = AccessRule::Kind::node;
        rule.path = *path;
    }
    rule.operations = operationsOf(node.leafOr("access-operations", "*"));
    rule.permit = permits(node, "action", false);
    return rule;
}

}

bool AccessRule::matches(const char* ofModule, Access access) const {
    return (operations & static_cast<std::uint8_t>(access)) && (module == "*" || module == ofModule);
}

AccessRules AccessRules::read(const yang::Tree& running) {
    AccessRules all;
    const auto node = running.find(top);
    if (!node) return all;
    all.enabled = node->leafOr("enable-nacm", "true") == "true";
    all.readDefault = permits(*node, "read-default", true);
    all.writeDefault = permits(*node, "write-default", false);
    all.execDefault = permits(*node, "exec-default", true);
    if (const auto groups = node->child("groups"))
        for (const auto& group : groups->children("group"))
            for (const auto& user : group.leafList("user-name"))
                all.groupsOf[user].push_back(group.leafOr("name", ""));
    for (const auto& entry : node->children("rule-list")) {
        List list{entry.leafList("group"), {}};
        for (const auto& rule : entry.children("rule"))
            list.rules.push_back(ruleOf(rule));
        all.lists.push_back(std::move(list));
    }
    return all;
}

std::vector<AccessRule> AccessRules::of(const std::string& user) const {
    const auto groups = groupsOf.find(user);
    std::vector<AccessRule> rules;
    if (groups == groupsOf.end()) return rules;
    for (const auto& list : lists) {
        const bool counts = std::any_of(list.groups.begin(), list.groups.end(), [&](const auto& group) {
            return group == "*" ||
                   std::find(groups->second.begin(), groups->second.end(), group) != groups->second.end();
        });
        if (counts) rules.insert(rules.end(), list.rules.begin(), list.rules.end());
    }
    return rules;
}

}
