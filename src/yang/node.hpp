#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct lyd_node;

namespace headgate::yang {

/// A read-only look at one node of a Tree; valid while that tree lives unchanged. Names are plain ("pool")
/// or, where an augment needs it, with their module ("headgate:pool").
class Node {
  public:
    explicit Node(const lyd_node* node) noexcept
        : m_node(node) {}

    std::string name() const;
    std::string module() const;
    /// Canonical value of a leaf or leaf-list entry; empty for anything else.
    std::string value() const;
    /// Not set by anybody: the model's default.
    bool isDefault() const noexcept;
    bool isLeaf() const noexcept; ///< A leaf or a leaf-list entry.
    bool isList() const noexcept; ///< A list entry.
    /// Absolute, with every key, e.g. /m:pools/pool[name='a'].
    std::string path() const;

    std::optional<Node> parent() const;
    std::optional<Node> child(std::string_view name) const;
    std::vector<Node> children() const;
    /// List entries or leaf-list entries of that name, in their order.
    std::vector<Node> children(std::string_view name) const;
    /// A child leaf's value, also when it is a default.
    std::optional<std::string> leaf(std::string_view name) const;
    std::string leafOr(std::string_view name, std::string_view otherwise) const;
    std::vector<std::string> leafList(std::string_view name) const;

    const lyd_node* raw() const noexcept { return m_node; }
    bool operator==(const Node&) const = default;

  private:
    const lyd_node* m_node;
};

/// The forest's nodes that start at `first`, e.g. of a reply.
std::vector<Node> siblings(const lyd_node* first);

}
