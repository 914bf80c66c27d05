#include "northbound/recorded.hpp"

#include "northbound/configuration_impl.hpp"
#include "northbound/policy_rules.hpp"
#include "yang/faults.hpp"

#include <fstream>
#include <iterator>

namespace headgate::northbound {
namespace {

/// What a record does not need, or must not show.
constexpr const char* left[] = {"credential",
                                "netconf-server",
                                "snmp-agent",
                                "notification-target",
                                "notification-rule",
                                "notifications",
                                "server/snmp/credential",
                                "appliance/credential",
                                "appliance/known-hosts-file",
                                "appliance/snmp/credential",
                                "pool/member/authentication"};

void redact(yang::Tree& tree) {
    std::vector<std::string> others;
    for (const auto& root : tree.roots())
        if (root.path() != topPath) others.push_back(root.path());
    for (const auto& path : others)
        tree.remove(path);
    for (const char* path : left)
        try {
            tree.remove(std::string(topPath) + "/" + path);
        } catch (const yang::Error&) {
            // A model of another version has no such node.
        }
}

std::string dense(yang::Tree tree) {
    redact(tree);
    return tree.print(yang::Format::json, yang::Defaults::asSet, yang::Layout::dense);
}

[[noreturn]] void refuse(const std::string& path, const std::string& rule, const std::string& file = {}) {
    throw InvalidConfiguration(file, {{path, rule, 0}});
}

/// Nothing but policies is to be another one: else it would not be told what a policy makes of the same
/// hours.
void check(const yang::Tree& policies, const std::string& file) {
    const auto top = policies.find(topPath);
    if (!top)
        refuse(topPath, "has no pool: give pool[name='...']/policy with what is to be another one", file);
    for (const auto& node : top->children()) {
        const auto name = node.name();
        if (name != "pool" && !name.starts_with("policy"))
            refuse(node.path(), "is no policy: a replay takes pools with name and policy, and nothing else",
                   file);
        if (name != "pool") continue;
        for (const auto& part : node.children())
            if (part.name() != "name" && !part.name().starts_with("policy"))
                refuse(part.path(),
                       "is no policy: a replay takes pools with name and policy, and nothing else", file);
    }
}

}

std::string RunningConfiguration::forRecord() const {
    return dense(m_impl->tree.duplicate());
}

std::string RunningConfiguration::forRecord(const domain::PoolName& pool) const {
    const auto& tree = m_impl->tree;
    const auto node = tree.find(poolPath(pool));
    if (!node) return "{}";
    auto part = tree.only(*node);
    for (const auto& one : tree.find(topPath)->children("policy-template"))
        part.merge(tree.only(one));
    return dense(std::move(part));
}

struct RecordedConfigurations::Impl {
    yang::Context context;
    std::optional<yang::Tree> policies;
    std::set<domain::PoolName> pools;
    std::filesystem::path file; ///< that the policies are of
    domain::ShippedProfiles shipped;

    Impl() {
        netconf::loadServerModules(context);
        loadModel(context);
        shipped.all = std::make_shared<const std::vector<domain::Profile>>(shippedProfiles(context));
    }

    domain::Configuration value(yang::Tree tree) const {
        tree.addDefaults();
        auto made = northbound::read(tree);
        made.shippedProfiles = shipped;
        return made;
    }
};

RecordedConfigurations::RecordedConfigurations()
    : m_impl(std::make_unique<Impl>()) {}
RecordedConfigurations::~RecordedConfigurations() = default;
RecordedConfigurations::RecordedConfigurations(RecordedConfigurations&&) noexcept = default;

domain::Configuration RecordedConfigurations::read(const std::string& text) const {
    try {
        return m_impl->value(yang::Tree::parse(m_impl->context, text, yang::Format::json));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration("the recorded configuration", problemsOf(error));
    }
}

void RecordedConfigurations::takePolicies(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad() || std::filesystem::is_directory(file))
        refuse("", "cannot be read: give a file of instance data, JSON or XML, with --policy", file);
    try {
        auto tree = yang::Tree::parse(m_impl->context, text, yang::formatOf(text, file.string()));
        check(tree, file);
        for (const auto& pool : tree.find(topPath)->children("pool"))
            m_impl->pools.insert({pool.leafOr("name", "")});
        m_impl->policies = std::move(tree);
        m_impl->file = file;
    } catch (const yang::Error& error) {
        throw InvalidConfiguration(file, problemsOf(error));
    }
}

const std::set<domain::PoolName>& RecordedConfigurations::policyPools() const {
    return m_impl->pools;
}

domain::Configuration RecordedConfigurations::readWithPolicies(const std::string& text) const {
    auto tree = [&] {
        try {
            return yang::Tree::parse(m_impl->context, text, yang::Format::json);
        } catch (const yang::Error& error) {
            throw InvalidConfiguration("the recorded configuration", problemsOf(error));
        }
    }();
    try {
        if (m_impl->policies)
            for (const auto& node : m_impl->policies->find(topPath)->children())
                if (node.name() != "pool" || tree.find(node.path())) tree.merge(m_impl->policies->only(node));
        checkEachPolicy(tree);
        return m_impl->value(std::move(tree));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration(m_impl->file.empty() ? "the recorded configuration" : m_impl->file,
                                   problemsOf(error));
    }
}

}
