#include "northbound/notification_rules.hpp"

#include "northbound/translate.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace headgate::northbound {

namespace {

namespace fs = std::filesystem;
using domain::NamingVarbind;
using domain::NotificationRule;
using yang::Node;

constexpr const char* folderName = "notification-rules";

template <typename Name>
std::vector<Name> names(const Node& node, std::string_view leafList) {
    std::vector<Name> found;
    for (const auto& name : node.leafList(leafList))
        found.push_back({name});
    return found;
}

NamingVarbind readVarbind(const Node& node) {
    const auto word = node.leafOr("names", "any");
    return {node.leafOr("oid", ""), word == "server"      ? NamingVarbind::Names::server
                                    : word == "appliance" ? NamingVarbind::Names::appliance
                                    : word == "pool"      ? NamingVarbind::Names::pool
                                                          : NamingVarbind::Names::any};
}

/// The first of the folders with modules that has it.
fs::path folder() {
    for (const auto& dir : yang::standardDirs())
        if (const auto found = fs::path(dir) / folderName; fs::is_directory(found)) return found;
    throw yang::Error(std::string("the shipped rules are missing: no folder ") + folderName +
                          " beside Headgate's YANG modules; install Headgate again",
                      {});
}

std::vector<NotificationRule> readFile(const yang::Context& context, const fs::path& file) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw yang::Error("the shipped rules in " + file.string() + " cannot be read", {});
    try {
        auto tree = yang::Tree::parse(context, text, yang::Format::json);
        tree.validate();
        return read(tree).notificationRules;
    } catch (const yang::Error& error) {
        throw yang::Error("the shipped rules in " + file.string() + " are of no use", error.problems());
    }
}

}

NotificationRule readNotificationRule(const Node& node) {
    NotificationRule rule;
    rule.name = node.leafOr("name", "");
    rule.trapOid = node.leafOr("trap-oid", "");
    rule.subtree = node.leafOr("subtree", "false") == "true";
    for (const auto& condition : node.children("condition"))
        rule.conditions.push_back(
            {condition.leafOr("oid", ""), condition.leaf("value"), condition.leaf("contains")});
    const auto action = node.leafOr("action", "look");
    rule.action = action == "ignore" ? NotificationRule::Action::ignore
                  : action == "tell" ? NotificationRule::Action::tell
                                     : NotificationRule::Action::look;
    if (const auto lookAt = node.child("look-at")) {
        rule.sender = lookAt->leafOr("sender", "true") == "true";
        for (const auto& varbind : lookAt->children("varbind"))
            rule.varbinds.push_back(readVarbind(varbind));
        rule.servers = names<domain::ServerName>(*lookAt, "server");
        rule.appliances = names<domain::ApplianceName>(*lookAt, "appliance");
        rule.pools = names<domain::PoolName>(*lookAt, "pool");
    }
    return rule;
}

std::vector<NotificationRule> shippedNotificationRules() {
    yang::Context context;
    loadModel(context);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder()))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<NotificationRule> rules;
    for (const auto& file : files) {
        auto more = readFile(context, file);
        rules.insert(rules.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    return rules;
}

}
