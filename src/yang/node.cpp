#include "yang/node.hpp"

#include <libyang/libyang.h>

#include <cstdlib>
#include <memory>

namespace headgate::yang {
namespace {

bool matches(const lyd_node* node, std::string_view name) {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return name == LYD_NAME(node);
    const auto* module = lyd_owner_module(node);
    return module && name.substr(0, colon) == module->name && name.substr(colon + 1) == LYD_NAME(node);
}

const lyd_node* firstChild(const lyd_node* node, std::string_view name) {
    for (const auto* child = lyd_child(node); child; child = child->next)
        if (matches(child, name)) return child;
    return nullptr;
}

}

std::string Node::name() const {
    return LYD_NAME(m_node);
}

std::string Node::module() const {
    const auto* module = lyd_owner_module(m_node);
    return module ? module->name : "";
}

std::string Node::value() const {
    const char* value = lyd_get_value(m_node);
    return value ? value : "";
}

bool Node::isDefault() const noexcept {
    return (m_node->flags & LYD_DEFAULT) != 0;
}

bool Node::isLeaf() const noexcept {
    return m_node->schema && (m_node->schema->nodetype & LYD_NODE_TERM);
}

bool Node::isList() const noexcept {
    return m_node->schema && m_node->schema->nodetype == LYS_LIST;
}

std::string Node::path() const {
    const std::unique_ptr<char, decltype(&std::free)> path(lyd_path(m_node, LYD_PATH_STD, nullptr, 0),
                                                           &std::free);
    return path ? path.get() : "";
}

std::optional<Node> Node::parent() const {
    const auto* parent = lyd_parent(m_node);
    return parent ? std::optional(Node(parent)) : std::nullopt;
}

std::optional<Node> Node::child(std::string_view name) const {
    const auto* child = firstChild(m_node, name);
    return child ? std::optional(Node(child)) : std::nullopt;
}

std::vector<Node> Node::children() const {
    return siblings(lyd_child(m_node));
}

std::vector<Node> Node::children(std::string_view name) const {
    std::vector<Node> found;
    for (const auto* child = lyd_child(m_node); child; child = child->next)
        if (matches(child, name)) found.emplace_back(child);
    return found;
}

std::optional<std::string> Node::leaf(std::string_view name) const {
    const auto* child = firstChild(m_node, name);
    return child ? std::optional(Node(child).value()) : std::nullopt;
}

std::string Node::leafOr(std::string_view name, std::string_view otherwise) const {
    const auto* child = firstChild(m_node, name);
    return child ? Node(child).value() : std::string(otherwise);
}

std::vector<std::string> Node::leafList(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& entry : children(name))
        values.push_back(entry.value());
    return values;
}

std::vector<Node> siblings(const lyd_node* first) {
    std::vector<Node> nodes;
    for (const auto* node = first; node; node = node->next)
        nodes.emplace_back(node);
    return nodes;
}

}
