#include "northbound/configuration.hpp"

#include "netconf/server.hpp"
#include "northbound/configuration_impl.hpp"
#include "northbound/doors.hpp"
#include "northbound/translate.hpp"
#include "yang/context.hpp"
#include "yang/error.hpp"
#include "yang/tree.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <utility>

namespace headgate::northbound {
namespace {

/// libyang's own sentences that speak of YANG rather than of the configuration, in an operator's words.
std::string inOperatorsWords(const std::string& said) {
    static const std::regex reference(
        R"re(Invalid leafref value "(.*)" - no target instance ".*?([a-z-]+)/name".*)re");
    static const std::regex address(R"re(Invalid union value "(.*)" - no matching subtype found\.)re");
    static const std::regex tooFew(R"re(Too few "(.*)" instances\.)re");
    static const std::regex missing(R"re(Mandatory node "(.*)" instance does not exist\.)re");
    std::smatch match;
    if (std::regex_match(said, match, reference))
        return "There is no " + match[2].str() + " called " + match[1].str() + ".";
    if (std::regex_match(said, match, address)) return match[1].str() + " is no address.";
    if (std::regex_match(said, match, tooFew)) return "At least one " + match[1].str() + " is needed.";
    if (std::regex_match(said, match, missing)) return match[1].str() + " is missing.";
    return said;
}

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad() || std::filesystem::is_directory(file))
        throw InvalidConfiguration(
            file, {{"", "cannot be read: give a file of instance data, JSON or XML, with --config", 0}});
    return text;
}

yang::Format formatOf(const std::filesystem::path& file, const std::string& text) {
    if (file.extension() == ".xml") return yang::Format::xml;
    if (file.extension() == ".json") return yang::Format::json;
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return first != std::string::npos && text[first] == '<' ? yang::Format::xml : yang::Format::json;
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
        problems.push_back({said.path, inOperatorsWords(said.message), static_cast<unsigned>(said.line)});
    if (problems.empty()) problems.push_back({"", error.what(), 0});
    return problems;
}

std::string toString(const Problem& problem, const std::string& file) {
    std::string text = file;
    if (problem.line) text += (text.empty() ? "line " : ":") + std::to_string(problem.line);
    for (const auto& part : {problem.path, problem.rule})
        if (!part.empty()) text += (text.empty() ? "" : ": ") + part;
    return text;
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
    auto impl = std::make_unique<Impl>();
    try {
        auto tree = impl->parsed(text, formatOf(file, text));
        makeAbsolute(tree, std::filesystem::absolute(file).parent_path());
        impl->take(std::move(tree));
    } catch (const yang::Error& error) {
        throw InvalidConfiguration(file, problemsOf(error));
    }
    return RunningConfiguration(std::move(impl));
}

RunningConfiguration RunningConfiguration::fromContent(const std::string& text,
                                                       const std::filesystem::path& folder) {
    auto impl = std::make_unique<Impl>();
    try {
        auto tree = impl->parsed(text, formatOf({}, text));
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
        for (const auto& pool : value().pools) {
            if (!next.find(poolPath(pool.name))) continue;
            next.remove(poolPath(pool.name) + "/member");
            for (const auto& member : pool.members)
                putMember(next, pool.name, member);
            setHeld(next, pool.name, pool.held);
        }
        next.validate();
        return Impl::print(next);
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
