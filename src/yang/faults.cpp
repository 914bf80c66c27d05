#include "yang/faults.hpp"

#include "yang/misfits.hpp"
#include "yang/positions.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <set>
#include <utility>

namespace headgate::yang {
namespace {

constexpr std::size_t longestShown = 60;
constexpr int mostRounds = 60; ///< of validation, those for what only follows from something else among them

const std::regex& leafref() {
    static const std::regex said(
        R"re(Invalid leafref value "(.*)" - no target instance ".*?([a-z-]+)/name".*)re");
    return said;
}

/// These come with the path of the model, which does not say of which entry.
const std::regex& missing() {
    static const std::regex said(
        R"re((?:Mandatory node|Mandatory choice|Too few) "(.*)" (?:instance|data).*)re");
    return said;
}

/// A child's name; of a choice the names of all that may be chosen.
std::vector<std::string> namesOf(const lysc_node* parent, const std::string& child) {
    const auto name = child.substr(child.find(':') + 1);
    const auto* choice =
        lys_find_child(parent, parent->module, name.c_str(), 0, LYS_CHOICE, LYS_GETNEXT_WITHCHOICE);
    std::vector<std::string> names;
    const lysc_node* node = nullptr;
    while (choice && (node = lys_getnext(node, choice, nullptr, 0)))
        names.emplace_back(node->name);
    return names.empty() ? std::vector{child} : names;
}

/// Validates a tree again and again, without what is wrong with it, until nothing is.
class Inspection {
  public:
    Inspection(Tree tree, const Positions& positions)
        : m_tree(std::move(tree))
        , m_positions(positions) {}

    void misfits() {
        for (auto& one : takeMisfits(m_tree)) {
            one.fault.line = m_positions.at(one.where).line;
            m_gone.insert(one.where);
            m_gone.insert(one.fault.path);
            // Without it an entry may mean something else, and what refers to it be wrong only therefore.
            const auto parent = nodeAt(one.fault.path.substr(0, one.fault.path.rfind('/')));
            if (parent && parent->isList()) m_doubtful.insert(parent->path());
            tell(std::move(one.fault));
        }
        m_tree.addDefaults(); // and containers, which may lack something
    }

    void rules() {
        for (int round = 0; round < mostRounds && m_faults.size() < mostFaults; ++round) {
            auto attempt = m_tree.duplicate();
            try {
                attempt.validate();
                return;
            } catch (const Error& error) {
                bool pruned = false;
                for (const auto& problem : error.problems())
                    pruned |= judge(problem);
                if (!pruned) return;
            }
        }
    }

    std::vector<Fault> faults() {
        std::stable_sort(m_faults.begin(), m_faults.end(),
                         [](const Fault& one, const Fault& other) { return one.line < other.line; });
        if (m_faults.size() > mostFaults) m_faults.resize(mostFaults);
        return std::move(m_faults);
    }

  private:
    void tell(Fault fault) {
        const auto shown = shownValue(fault.path, fault.value);
        const auto quoted = fault.value.empty() ? std::string::npos : fault.rule.find(fault.value);
        if (shown.empty() && quoted != std::string::npos)
            fault.rule = "This is no secret that was sealed.";
        else if (shown != fault.value && quoted != std::string::npos)
            fault.rule.replace(quoted, fault.value.size(), shown);
        fault.value = shown;
        if (std::find(m_faults.begin(), m_faults.end(), fault) == m_faults.end())
            m_faults.push_back(std::move(fault));
    }

    /// False when nothing could be left out because of it.
    bool judge(const Problem& problem) {
        std::smatch said;
        if (std::regex_match(problem.message, said, missing())) return judgeMissing(problem);
        if (std::none_of(m_doubtful.begin(), m_doubtful.end(),
                         [&](const auto& entry) { return problem.path.starts_with(entry + "/"); }) &&
            pruneDoubtful())
            return true;
        const auto node = nodeAt(problem.path);
        const bool doubled = problem.message.starts_with("Duplicate");
        Fault fault{
            problem.path, {}, inPlainWords(problem.message), m_positions.at(problem.path, doubled).line};
        if (node && node->isLeaf()) fault.value = node->value();
        bool follows = m_gone.count(problem.path) > 0; // its default is what is wrong now
        if (std::regex_match(problem.message, said, leafref()))
            follows |= isGone("/" + said[2].str() + "[name='" + said[1].str() + "']");
        else if (!(node && node->isLeaf()))
            follows |= somethingWasBelow(problem.path + "/");
        if (!follows) tell(std::move(fault));
        return node && prune(*node);
    }

    /// Of each entry that lacks it: the path is one of the model.
    bool judgeMissing(const Problem& problem) {
        const auto slash = problem.path.rfind('/');
        const auto child = problem.path.substr(slash + 1);
        std::vector<std::string> lacking;
        std::vector<std::string> names{child};
        for (const auto& node : m_tree.select(problem.path.substr(0, slash))) {
            names = namesOf(node.raw()->schema, child);
            if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return node.child(name); }))
                lacking.push_back(node.path());
        }
        const auto all = lacking;
        if (all.size() > 1)
            std::erase_if(lacking, [&](const auto& path) { return !lacksIt(path, all, problem); });
        bool pruned = false;
        for (const auto& path : lacking) {
            const auto wanted = path + "/" + child;
            if (std::none_of(names.begin(), names.end(),
                             [&](const auto& name) { return somethingWasBelow(path + "/" + name); }))
                tell({wanted, {}, inPlainWords(problem.message), m_positions.at(wanted).line});
            auto entry = nodeAt(path);
            while (entry && !entry->isList())
                entry = entry->parent();
            pruned |= entry && prune(*entry);
        }
        return pruned;
    }

    /// Not every entry has to have it: what a `when` says is known to libyang, which judges this one alone.
    bool lacksIt(const std::string& path, const std::vector<std::string>& all, const Problem& problem) const {
        auto attempt = m_tree.duplicate();
        for (const auto& other : all)
            if (other != path) attempt.remove(other);
        try {
            attempt.validate();
            return false;
        } catch (const Error& error) {
            return std::any_of(error.problems().begin(), error.problems().end(), [&](const Problem& one) {
                return one.path == problem.path && one.message == problem.message;
            });
        }
    }

    /// What is wrong with them themselves has been told by now; what is elsewhere may be so because of them.
    bool pruneDoubtful() {
        bool pruned = false;
        for (const auto& path : std::exchange(m_doubtful, {}))
            if (const auto node = nodeAt(path)) pruned |= prune(*node);
        return pruned;
    }

    std::optional<Node> nodeAt(const std::string& path) const {
        try {
            return path.empty() ? std::nullopt : m_tree.find(path);
        } catch (const Error&) {
            return std::nullopt; // a path of the model
        }
    }

    bool isGone(const std::string& ending) const {
        return std::any_of(m_gone.begin(), m_gone.end(),
                           [&](const std::string& gone) { return gone.ends_with(ending); });
    }

    /// What was left out there has been told; what is missing without it has not to be.
    bool somethingWasBelow(const std::string& path) const {
        const auto next = m_gone.lower_bound(path);
        return next != m_gone.end() && next->starts_with(path);
    }

    /// Without its key an entry is none.
    bool prune(Node node) {
        if (lysc_is_key(node.raw()->schema)) node = *node.parent();
        const auto path = node.path();
        m_gone.insert(path);
        return m_tree.remove(path);
    }

    Tree m_tree;
    const Positions& m_positions;
    std::set<std::string> m_gone;
    std::set<std::string> m_doubtful; ///< entries that lack what did not fit
    std::vector<Fault> m_faults;
};

std::vector<Fault> unparsed(const std::string& text, Format format, const Error& error) {
    std::vector<Fault> faults;
    if (format == Format::json)
        if (auto broken = brokenJson(text)) return {{{}, {}, std::move(broken->why), broken->line}};
    const Positions positions(text, format);
    for (const auto& problem : error.problems()) {
        const auto line = problem.path.empty() || format == Format::xml ? static_cast<unsigned>(problem.line)
                                                                        : positions.at(problem.path).line;
        faults.push_back({problem.path, {}, inPlainWords(problem.message), line});
    }
    if (faults.empty()) faults.push_back({{}, {}, error.what(), 0});
    return faults;
}

}

std::string toString(const Fault& fault, const std::string& file) {
    std::string text = file;
    if (fault.line) text += (text.empty() ? "line " : ":") + std::to_string(fault.line);
    if (!fault.path.empty())
        text +=
            (text.empty() ? "" : ": ") + fault.path + (fault.value.empty() ? "" : " = '" + fault.value + "'");
    return text + (text.empty() ? "" : ": ") + fault.rule;
}

std::vector<Fault> faultsIn(const Context& context, const std::string& text, Format format) {
    try {
        auto tree = Tree::parse(context, text, format, Unknown::keepOpaque);
        const Positions positions(text, format);
        Inspection inspection(std::move(tree), positions);
        inspection.misfits();
        inspection.rules();
        return inspection.faults();
    } catch (const Error& error) {
        return unparsed(text, format, error);
    }
}

std::string inPlainWords(const std::string& said) {
    static const std::regex address(R"re(Invalid union value "(.*)" - no matching subtype found\.)re");
    static const std::regex tooFew(R"re(Too few "(.*)" instances\.)re");
    static const std::regex absent(R"re(Mandatory node "(.*)" instance does not exist\.)re");
    static const std::regex choice(R"re(Mandatory choice "(.*)" data do not exist\.)re");
    static const std::regex doubled(R"re(Duplicate instance of "(.*)"\.)re");
    static const std::regex keyless(R"re(List instance is missing its key "(.*)"\.)re");
    static const std::regex state(R"re(Unexpected data state node "(.*)" found\.)re");
    std::smatch match;
    if (std::regex_match(said, match, leafref()))
        return "There is no " + match[2].str() + " called " + match[1].str() + ".";
    if (std::regex_match(said, match, address)) return match[1].str() + " is no address.";
    if (std::regex_match(said, match, tooFew)) return "At least one " + match[1].str() + " is needed.";
    if (std::regex_match(said, match, absent)) return match[1].str() + " is missing.";
    if (std::regex_match(said, match, choice)) return "One " + match[1].str() + " has to be chosen.";
    if (std::regex_match(said, match, doubled)) return "There are two of this " + match[1].str() + ".";
    if (std::regex_match(said, match, keyless)) return "An entry needs its " + match[1].str() + ".";
    if (std::regex_match(said, match, state))
        return match[1].str() + " is what the daemon tells, and no configuration: leave it out.";
    return said;
}

std::string shownValue(const std::string& path, const std::string& value) {
    if (path.ends_with("/secret") || value.find("PRIVATE KEY") != std::string::npos) return {};
    const auto line = value.substr(0, value.find('\n'));
    return line.size() == value.size() && line.size() <= longestShown ? value
                                                                      : line.substr(0, longestShown) + "...";
}

Format formatOf(const std::string& text, const std::string& file) {
    if (file.ends_with(".xml")) return Format::xml;
    if (file.ends_with(".json")) return Format::json;
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return first != std::string::npos && text[first] == '<' ? Format::xml : Format::json;
}

}
