#include "adapters/restoration.hpp"

#include "adapters/adapter.hpp"
#include "adapters/native_xml.hpp"

#include <algorithm>
#include <optional>

namespace headgate::adapters {
namespace {

constexpr std::size_t deepest = 32;

/// One step of a path: `{namespace}name[key='value']…`.
struct Step {
    std::string nameSpace; ///< empty: the parent's
    std::string name;
    std::vector<std::pair<std::string, std::string>> predicates;
    bool operator==(const Step&) const = default;
};

/// Reads steps off the front of a path; empty where it is none.
class PathReader {
  public:
    explicit PathReader(std::string_view path)
        : m_rest(path) {}

    std::optional<std::vector<Step>> steps() {
        std::vector<Step> all;
        do {
            auto one = step();
            if (!one || all.size() == deepest) return std::nullopt;
            all.push_back(std::move(*one));
        } while (take('/'));
        return m_rest.empty() ? std::optional(all) : std::nullopt;
    }

  private:
    std::optional<Step> step() {
        Step step;
        if (take('{')) {
            step.nameSpace = until("}");
            if (step.nameSpace.empty() || !take('}')) return std::nullopt;
        }
        step.name = until("/[]{}'\"=:");
        if (step.name.empty()) return std::nullopt;
        while (take('[')) {
            auto key = until("=");
            if (key.empty() || !take('=') || m_rest.empty()) return std::nullopt;
            const char quote = m_rest.front();
            if ((quote != '\'' && quote != '"') || !take(quote)) return std::nullopt;
            auto value = until(std::string_view(&quote, 1));
            if (!take(quote) || !take(']')) return std::nullopt;
            step.predicates.emplace_back(std::move(key), std::move(value));
        }
        return step;
    }
    bool take(char c) {
        if (m_rest.empty() || m_rest.front() != c) return false;
        m_rest.remove_prefix(1);
        return true;
    }
    std::string until(std::string_view ends) {
        const auto end = std::min(m_rest.find_first_of(ends), m_rest.size());
        std::string text(m_rest.substr(0, end));
        m_rest.remove_prefix(end);
        return text;
    }

    std::string_view m_rest;
};

struct Node {
    Step step;
    std::optional<std::string> value; ///< of a leaf
    std::vector<Node> children;

    Node& child(const Step& wanted) {
        const auto found = std::find_if(children.begin(), children.end(),
                                        [&](const Node& each) { return each.step == wanted; });
        return found != children.end() ? *found : children.emplace_back(Node{wanted, {}, {}});
    }
    const Node* key(const std::string& name) const {
        const auto found = std::find_if(children.begin(), children.end(), [&](const Node& each) {
            return each.value && each.step == Step{{}, name, {}};
        });
        return found != children.end() ? &*found : nullptr;
    }
};

void write(XmlWriter& xml, const Node& node);

/// A list's keys come first (RFC 7950, section 7.8.5).
void writeChildren(XmlWriter& xml, const Node& node, const std::vector<std::string>& keys) {
    std::vector<const Node*> written;
    for (const auto& name : keys)
        if (const auto* key = node.key(name)) {
            write(xml, *key);
            written.push_back(key);
        }
    for (const auto& child : node.children)
        if (std::find(written.begin(), written.end(), &child) == written.end()) write(xml, child);
}

void write(XmlWriter& xml, const Node& node) {
    if (node.value) {
        xml.leaf(node.step.name, *node.value, {}, node.step.nameSpace);
        return;
    }
    std::vector<std::string> keys;
    for (const auto& [key, value] : node.step.predicates)
        keys.push_back(key);
    xml.open(node.step.name, {}, node.step.nameSpace);
    writeChildren(xml, node, keys);
    xml.close();
}

}

void writeEntry(XmlWriter& xml, std::string_view name, std::string_view operation,
                const std::vector<std::string>& keys, const std::map<std::string, std::string>& leaves,
                const std::string& where) {
    Node entry;
    for (const auto& [path, value] : leaves) {
        const auto steps = PathReader(path).steps();
        if (!steps) throw Error(where + ": '" + path + "' is no path of a leaf, it cannot be restored");
        Node* at = &entry;
        for (const auto& step : *steps) {
            at = &at->child(step);
            if (at->value) throw Error(where + ": '" + path + "' is below a leaf, it cannot be restored");
        }
        if (!at->children.empty())
            throw Error(where + ": '" + path + "' has leaves below it, it cannot be restored");
        at->value = value;
    }
    for (const auto& key : keys)
        if (!entry.key(key))
            throw Error(where + ": its '" + key +
                        "' is not among what is known of it, it cannot be restored");
    xml.open(name, operation);
    writeChildren(xml, entry, keys);
    xml.close();
}

}
