#include "datastore/node_path.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <stdexcept>

namespace headgate::datastore {
namespace {

const lysc_node* dataParent(const lysc_node* node) {
    for (node = node->parent; node && (node->nodetype & (LYS_CHOICE | LYS_CASE | LYS_INPUT | LYS_OUTPUT));)
        node = node->parent;
    return node;
}

/// From the top down.
std::vector<const lysc_node*> chainOf(const lysc_node* node) {
    std::vector<const lysc_node*> chain;
    for (; node; node = dataParent(node))
        chain.push_back(node);
    std::reverse(chain.begin(), chain.end());
    return chain;
}

const char* valueOf(const lyd_node* node, const std::string& key) {
    if (key == ".") return lyd_get_value(node);
    for (const auto* child = lyd_child(node); child; child = child->next)
        if (child->schema && key == child->schema->name) return lyd_get_value(child);
    return nullptr;
}

}

class NodePathReader {
  public:
    explicit NodePathReader(const std::string& text)
        : m_text(text) {}

    NodePath read() {
        NodePath path;
        if (m_text == "/") return path;
        while (m_at < m_text.size()) {
            expect('/');
            NodePath::Step step;
            readName(step.module, step.name);
            if (step.module.empty()) fail("the first name needs its module in front: module:name");
            while (look() == '[')
                step.keys.push_back(readKey());
            path.m_steps.push_back(std::move(step));
        }
        if (path.m_steps.empty()) fail("a path begins with '/'");
        return path;
    }

  private:
    [[noreturn]] void fail(const std::string& what) const {
        throw std::invalid_argument("\"" + m_text + "\" is no path of a node: " + what);
    }

    char look() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void skipBlanks() {
        while (look() == ' ' || look() == '\t' || look() == '\n' || look() == '\r')
            ++m_at;
    }

    void expect(char wanted) {
        if (look() != wanted)
            fail("'" + std::string(1, wanted) + "' is missing after \"" + m_text.substr(0, m_at) + "\"");
        ++m_at;
    }

    std::string readWord() {
        const auto from = m_at;
        while (std::isalnum(static_cast<unsigned char>(look())) || look() == '-' || look() == '_' ||
               look() == '.')
            ++m_at;
        if (m_at == from) fail("a name is missing after \"" + m_text.substr(0, m_at) + "\"");
        return m_text.substr(from, m_at - from);
    }

    /// A name without a prefix is of the same module as the one before it.
    void readName(std::string& module, std::string& name) {
        name = readWord();
        if (look() == ':') {
            ++m_at;
            m_module = std::exchange(name, readWord());
        }
        module = m_module;
    }

    std::pair<std::string, std::string> readKey() {
        expect('[');
        skipBlanks();
        auto key = readWord();
        if (look() == ':') {
            ++m_at;
            key = readWord();
        }
        skipBlanks();
        expect('=');
        skipBlanks();
        auto value = readValue();
        skipBlanks();
        expect(']');
        return {std::move(key), std::move(value)};
    }

    std::string readValue() {
        const char quote = look();
        if (quote != '\'' && quote != '"') fail("a key's value stands in quotes");
        const auto from = ++m_at;
        const auto end = m_text.find(quote, from);
        if (end == std::string::npos) fail("a quote is not closed");
        m_at = end + 1;
        return m_text.substr(from, end - from);
    }

    const std::string& m_text;
    std::size_t m_at = 0;
    std::string m_module;
};

NodePath NodePath::parse(const std::string& text) {
    return NodePathReader(text).read();
}

bool NodePath::coversNames(const lysc_node* node) const {
    const auto chain = chainOf(node);
    if (chain.size() < m_steps.size()) return false;
    return std::equal(m_steps.begin(), m_steps.end(), chain.begin(), [](const Step& step, const auto* at) {
        return step.name == at->name && step.module == at->module->name;
    });
}

bool NodePath::covers(const NodePlace& place) const {
    std::vector<std::pair<const lysc_node*, const lyd_node*>> chain{{place.schema, place.node}};
    for (const auto* at = place.parent; at; at = lyd_parent(at))
        chain.emplace_back(at->schema, at);
    std::reverse(chain.begin(), chain.end());
    if (chain.size() < m_steps.size()) return false;
    return std::equal(m_steps.begin(), m_steps.end(), chain.begin(), [](const Step& step, const auto& at) {
        const auto& [schema, node] = at;
        if (!schema || step.name != schema->name || step.module != schema->module->name) return false;
        return std::all_of(step.keys.begin(), step.keys.end(), [&, data = node](const auto& key) {
            const auto* value = valueOf(data, key.first);
            return value && key.second == value;
        });
    });
}

bool NodePath::leadsBelow(const lysc_node* node) const {
    const auto chain = chainOf(node);
    if (chain.size() >= m_steps.size()) return false;
    return std::equal(chain.begin(), chain.end(), m_steps.begin(), [](const auto* at, const Step& step) {
        return step.name == at->name && step.module == at->module->name;
    });
}

bool NodePath::hasKeys() const noexcept {
    return std::any_of(m_steps.begin(), m_steps.end(), [](const Step& step) { return !step.keys.empty(); });
}

}
