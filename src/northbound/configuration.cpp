#include "northbound/configuration.hpp"

#include "netconf/server.hpp"
#include "northbound/configuration_impl.hpp"
#include "northbound/doors.hpp"
#include "northbound/translate.hpp"
#include "yang/context.hpp"
#include "yang/error.hpp"
#include "yang/faults.hpp"
#include "yang/positions.hpp"
#include "yang/tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <utility>

namespace headgate::northbound {
namespace {

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad() || std::filesystem::is_directory(file))
        throw InvalidConfiguration(
            file, {{"", "cannot be read: give a file of instance data, JSON or XML, with --config", 0}});
    return text;
}

/// Of a text that was refused: all that can be told.
std::vector<Problem> problemsIn(const yang::Context& context, const std::string& text, yang::Format format,
                                const yang::Error& refusal) {
    std::vector<Problem> problems;
    for (auto& fault : yang::faultsIn(context, text, format))
        problems.push_back(
            {std::move(fault.path), std::move(fault.rule), fault.line, std::move(fault.value)});
    return problems.empty() ? problemsOf(refusal) : problems;
}

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

/// Names of files mean the same wherever the configuration is kept from now on.
void makeAbsolute(yang::Tree& tree, const std::filesystem::path& folder) {
    std::string leaves =
        std::string(topPath) + "/credential/secret-file | " + topPath + "/appliance/known-hosts-file";
    for (const auto* leaf : netconfServerFiles)
        leaves += std::string(" | ") + topPath + "/netconf-server//headgate:" + leaf;
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& leaf : tree.select(leaves))
        found.emplace_back(leaf.path(), leaf.value());
    for (const auto& [path, name] : found)
        tree.set(path, (folder / name).lexically_normal().string());
}

}

std::vector<Problem> problemsOf(const yang::Error& error) {
    std::vector<Problem> problems;
    for (const auto& said : error.problems())
        problems.push_back({said.path, yang::inPlainWords(said.message), static_cast<unsigned>(said.line)});
    if (problems.empty()) problems.push_back({"", error.what(), 0});
    return problems;
}

std::string toString(const Problem& problem, const std::string& file) {
    return yang::toString({problem.path, problem.value, problem.rule, problem.line}, file);
}

void locate(std::vector<Problem>& problems, const std::filesystem::path& file) {
    const auto text = contentOf(file);
    const yang::Positions positions(text, yang::formatOf(text, file.string()));
    for (auto& problem : problems) {
        if (problem.line) continue;
        const auto at = positions.at(problem.path);
        problem.line = at.line;
        problem.value = yang::shownValue(problem.path, at.value);
    }
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem& one, const Problem& other) { return one.line < other.line; });
}

InvalidConfiguration::InvalidConfiguration(std::string file, std::vector<Problem> problems)
    : m_problems(std::move(problems)) {
    for (const auto& problem : m_problems)
        m_text += (m_text.empty() ? "" : "\n") + toString(problem, file);
}

RunningConfiguration::RunningConfiguration(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
RunningConfiguration::RunningConfiguration(RunningConfiguration&&) noexcept = default;
RunningConfiguration& RunningConfiguration::operator=(RunningConfiguration&&) noexcept = default;
RunningConfiguration::~RunningConfiguration() = default;

RunningConfiguration RunningConfiguration::fromFile(const std::filesystem::path& file) {
    const auto text = contentOf(file);
    const auto format = yang::formatOf(text, file.string());
    auto impl = std::make_unique<Impl>();
    try {
        auto tree = impl->parsed(text, format);
        makeAbsolute(tree, std::filesystem::absolute(file).parent_path());
        impl->take(std::move(tree));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration(file, problemsIn(impl->context, text, format, error));
    }
    return RunningConfiguration(std::move(impl));
}

RunningConfiguration RunningConfiguration::fromContent(const std::string& text,
                                                       const std::filesystem::path& folder) {
    auto impl = std::make_unique<Impl>();
    try {
        auto tree = impl->parsed(text, yang::formatOf(text));
        makeAbsolute(tree, folder);
        impl->take(std::move(tree));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
    return RunningConfiguration(std::move(impl));
}

RunningConfiguration RunningConfiguration::fromText(const std::string& json) {
    RunningConfiguration running(std::make_unique<Impl>());
    running.accept(json);
    return running;
}

const domain::Configuration& RunningConfiguration::value() const {
    return m_impl->value;
}

std::string RunningConfiguration::text() const {
    return Impl::print(m_impl->tree);
}

std::string RunningConfiguration::withMember(const domain::PoolName& pool,
                                             const domain::Member& member) const {
    return m_impl->revision(pool, [&](yang::Tree& tree) { putMember(tree, pool, member); });
}

std::string RunningConfiguration::withoutMember(const domain::PoolName& pool,
                                                const domain::ServerName& server) const {
    return m_impl->revision(pool, [&](yang::Tree& tree) { dropMember(tree, pool, server); });
}

std::string RunningConfiguration::withHeld(const domain::PoolName& pool, bool held) const {
    return m_impl->revision(pool, [&](yang::Tree& tree) { setHeld(tree, pool, held); });
}

std::string RunningConfiguration::backTo(const std::string& former) const {
    try {
        auto next = yang::Tree::parse(m_impl->context, former, yang::Format::json);
        const std::string top = topPath;
        auto kept = m_impl->tree.duplicate();
        kept.removeDefaults();
        kept.remove("/*[local-name() != 'headgate']");
        kept.remove(top + "/*[local-name() != 'pool']");
        kept.remove(
            top + "/pool/*[local-name() != 'name' and local-name() != 'member' and local-name() != 'held']");
        for (const auto& pool : value().pools) {
            if (!next.find(poolPath(pool.name))) {
                kept.remove(poolPath(pool.name));
                continue;
            }
            next.remove(poolPath(pool.name) + "/member");
            next.remove(poolPath(pool.name) + "/held");
        }
        next.merge(kept);
        next.validate();
        return Impl::print(next);
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

std::vector<std::string> RunningConfiguration::changesTo(const std::string& revision) const {
    try {
        auto next = m_impl->parsed(revision, yang::Format::json);
        std::vector<std::string> phrases;
        for (const auto& difference : settingsThatDiffer(m_impl->tree, next))
            if (auto phrase = phraseOf(difference); !phrase.empty() &&
                                                    !isDefaultOnly(difference, m_impl->tree, next) &&
                                                    (phrases.empty() || phrases.back() != phrase))
                phrases.push_back(std::move(phrase));
        m_impl->draft.emplace(revision, std::move(next));
        return phrases;
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

void RunningConfiguration::accept(const std::string& revision) {
    auto draft = std::exchange(m_impl->draft, std::nullopt);
    if (draft && draft->first == revision) return m_impl->take(std::move(draft->second));
    try {
        m_impl->take(m_impl->parsed(revision, yang::Format::json));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration("revision", problemsOf(error));
    }
}

}
