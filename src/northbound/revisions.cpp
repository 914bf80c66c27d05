// What a revision would make of the running configuration, what it changes, and how it is taken.

#include "northbound/configuration.hpp"
#include "northbound/configuration_impl.hpp"
#include "northbound/translate.hpp"
#include "northbound/update.hpp"
#include "yang/entries.hpp"
#include "yang/error.hpp"
#include "yang/faults.hpp"
#include "yang/tree.hpp"

#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace headgate::northbound {
namespace {

/// Is it only written now, or no more, what holds anyway?
bool isDefaultOnly(const yang::Difference& difference, const yang::Tree& before, const yang::Tree& after) {
    using Kind = yang::Difference::Kind;
    if (difference.kind == Kind::create) return before.value(difference.path) == difference.after;
    return difference.kind == Kind::remove && after.value(difference.path) == difference.before;
}

/// All that is set in a container which is there anyway, with its defaults.
void addSettings(const yang::Node& container, yang::Difference::Kind kind,
                 std::vector<yang::Difference>& settings) {
    for (const auto& child : container.children()) {
        if (child.isDefault()) continue;
        if (!child.isLeaf() && !child.isList()) {
            addSettings(child, kind, settings);
            continue;
        }
        settings.push_back({kind, child.path(), {}, {}});
        auto& value = kind == yang::Difference::Kind::create ? settings.back().after : settings.back().before;
        value = child.value();
    }
}

std::vector<yang::Difference> settingsThatDiffer(const yang::Tree& before, const yang::Tree& after) {
    using Kind = yang::Difference::Kind;
    std::vector<yang::Difference> settings;
    for (auto& difference : yang::differences(before, after)) {
        const bool comes = difference.kind == Kind::create;
        const bool comesOrGoes = comes || difference.kind == Kind::remove;
        const auto node = comesOrGoes ? (comes ? after : before).find(difference.path) : std::nullopt;
        if (node && !node->isLeaf() && !node->isList() && (comes ? before : after).find(difference.path))
            addSettings(*node, difference.kind, settings);
        else
            settings.push_back(std::move(difference));
    }
    return settings;
}

/// A change of one setting, for people; empty for an entry that comes or goes and is counted instead.
std::string phraseOf(const yang::Difference& difference) {
    static const std::regex counted(R"re((pool|server|appliance)\[[^\]]*\])re");
    using Kind = yang::Difference::Kind;
    const std::string top = std::string(topPath) + "/";
    const auto path = difference.path.substr(difference.path.starts_with(top) ? top.size() : 0);
    // Whoever may read events and the history need not be let see these.
    if (difference.path.starts_with("/ietf-netconf-acm:nacm")) return "rules of access control changed";
    if (path.ends_with("-file")) return path + " changed";
    const bool comesOrGoes = difference.kind == Kind::create || difference.kind == Kind::remove;
    if (comesOrGoes && std::regex_match(path, counted)) return {};
    const auto shown = [&](const std::string& value) { return yang::shownValue(path, value); };
    switch (difference.kind) {
    case Kind::create:
        return path + (difference.after.empty() ? " added" : " set to " + shown(difference.after));
    case Kind::remove: return path + " removed";
    case Kind::replace: return path + " " + shown(difference.before) + " -> " + shown(difference.after);
    case Kind::move: return path + " at another place";
    }
    return path;
}

}

std::string RunningConfiguration::textWith(const std::string& revision) const {
    try {
        auto next = m_impl->tree.duplicate();
        yang::Patch::parse(m_impl->context.raw(), revision).apply(next);
        return Impl::print(next);
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

std::vector<std::string> RunningConfiguration::changesTo(const std::string& revision) const {
    try {
        const auto& change = m_impl->judged(revision);
        const auto part = change.where ? std::optional(yang::cut(m_impl->tree, *change.where)) : std::nullopt;
        const auto& before = part ? *part : m_impl->tree;
        std::vector<std::string> phrases;
        for (const auto& difference : settingsThatDiffer(before, change.part))
            if (auto phrase = phraseOf(difference); !phrase.empty() &&
                                                    !isDefaultOnly(difference, before, change.part) &&
                                                    (phrases.empty() || phrases.back() != phrase))
                phrases.push_back(std::move(phrase));
        return phrases;
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

bool RunningConfiguration::isWhole(const std::string& revision) noexcept {
    return yang::Patch::isWhole(revision);
}

std::optional<std::vector<domain::PoolName>> RunningConfiguration::poolsOf(const std::string& revision) {
    static const std::regex pool(R"re(/headgate:headgate/pool\[name='([^']*)'\])re");
    if (isWhole(revision)) return std::nullopt;
    std::vector<domain::PoolName> names;
    std::istringstream lines(revision);
    for (std::string line; std::getline(lines, line) && !line.empty();) {
        std::smatch match;
        if (!std::regex_match(line, match, pool)) return std::nullopt;
        names.push_back({match[1].str()});
    }
    return names;
}

Changed RunningConfiguration::judge(const std::string& revision) const {
    try {
        const auto& change = m_impl->judged(revision);
        if (!change.where) return {value(), read(change.part)};
        Changed changed;
        changed.before = withoutServersAndPools(value());
        changed.after = changed.before;
        if (update(changed.before, yang::cut(m_impl->tree, *change.where), *change.where) &&
            update(changed.after, change.part, *change.where))
            return changed;
        auto next = m_impl->tree.duplicate();
        change.apply(next);
        return {value(), read(next)};
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

std::string RunningConfiguration::accept(const std::string& revision) {
    try {
        const auto& change = m_impl->judged(revision);
        const yang::Patch back{change.where, change.where ? yang::cut(m_impl->tree, *change.where)
                                                          : m_impl->tree.duplicate()};
        auto former = back.text();
        change.apply(m_impl->tree);
        if (!change.where || !update(m_impl->value, change.part, *change.where))
            m_impl->value = read(m_impl->tree);
        m_impl->draft.reset();
        return former;
    } catch (const yang::Error& error) {
        throw InvalidConfiguration("revision", problemsOf(error));
    }
}

}
