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
#include <memory>
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

/// On which line each is, that is not known yet, and what is written there.
void place(std::vector<Problem>& problems, const yang::Positions& positions) {
    for (auto& problem : problems) {
        if (problem.line) continue;
        const auto at = positions.at(problem.path);
        problem.line = at.line;
        problem.value = yang::shownValue(problem.path, at.value);
    }
}

/// Of a text that was refused: all that can be told.
std::vector<Problem> problemsIn(const yang::Context& context, const std::string& text, yang::Format format,
                                const yang::Error& refusal) {
    std::vector<Problem> problems;
    for (auto& fault : yang::faultsIn(context, text, format))
        problems.push_back(
            {std::move(fault.path), std::move(fault.rule), fault.line, std::move(fault.value)});
    if (!problems.empty()) return problems;
    problems = problemsOf(refusal);
    place(problems, yang::Positions(text, format));
    return problems;
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
    place(problems, yang::Positions(text, yang::formatOf(text, file.string())));
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
        auto tree = impl->written(text, format);
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
        auto tree = impl->written(text, yang::formatOf(text));
        makeAbsolute(tree, folder);
        impl->take(std::move(tree));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
    return RunningConfiguration(std::move(impl));
}

RunningConfiguration RunningConfiguration::fromText(const std::string& json,
                                                    const std::vector<std::string>& revisions) {
    auto impl = std::make_unique<Impl>();
    try {
        auto tree = yang::Tree::parse(impl->context, json, yang::Format::json);
        for (const auto& revision : revisions)
            yang::Patch::parse(impl->context.raw(), revision).apply(tree);
        impl->take(impl->validity.whole(std::move(tree)));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration("revision", problemsOf(error));
    }
    return RunningConfiguration(std::move(impl));
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
        return Impl::print(m_impl->validity.whole(std::move(next)));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

std::string RunningConfiguration::inFolder(const std::string& revision,
                                           const std::filesystem::path& folder) const {
    try {
        auto change = yang::Patch::parse(m_impl->context.raw(), revision);
        makeAbsolute(change.part, folder);
        return change.text();
    } catch (const yang::Error& error) {
        throw InvalidConfiguration({}, problemsOf(error));
    }
}

}
