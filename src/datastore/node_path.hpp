#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

struct lyd_node;
struct lysc_node;

namespace headgate::datastore {

/// Where a node is, or could be: its own keys and value, and what it stands in.
struct NodePlace {
    const lysc_node* schema;
    const lyd_node* node;   ///< It may stand elsewhere, and be opaque.
    const lyd_node* parent; ///< Null at the top.
};

/// A node-instance-identifier (RFC 8341, section 5): an instance-identifier whose keys may be left out, of a
/// data node, an action or a notification, and of all that is below it. Prefixes are modules' names.
class NodePath {
  public:
    /// "/", or steps with or without keys, as libyang prints them. Throws std::invalid_argument with what is
    /// wrong.
    static NodePath parse(const std::string& text);

    /// The node's name and those above it are the path's or below it; keys are not looked at.
    bool coversNames(const lysc_node* node) const;
    /// The node, or one above it, is one that the path names.
    bool covers(const NodePlace& place) const;
    /// Something below the node may be named.
    bool leadsBelow(const lysc_node* node) const;
    bool hasKeys() const noexcept;

  private:
    struct Step {
        std::string module;
        std::string name;
        std::vector<std::pair<std::string, std::string>> keys; ///< "." is a leaf-list's value.
    };

    std::vector<Step> m_steps;

    friend class NodePathReader;
};

}
