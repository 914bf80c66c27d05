#pragma once

#include "yang/context.hpp"
#include "yang/node.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct lyd_node;

namespace headgate::yang {

enum class Format { xml, json };

/// How default values are shown (RFC 6243, section 3).
enum class Defaults { asSet, trim, all, allTagged };

enum class Layout { dense, indented };

/// What to do with a name that the modules do not define, or a value that does not fit.
enum class Unknown { refuse, keepOpaque };

/// What `validate` expects: configuration alone, or configuration with state.
enum class Content { configuration, everything };

/// One difference between two trees.
struct Difference {
    enum class Kind { create, remove, replace, move };
    Kind kind;
    std::string path;   ///< The topmost node concerned.
    std::string before; ///< Of leaves.
    std::string after;

    bool operator==(const Difference&) const = default;
};

/// "create", "delete", "replace", "merge": as edit-operation-type spells it (a move is a merge).
const char* toString(Difference::Kind kind) noexcept;

/// A text as an XPath literal: 'text', "text", or, where libyang's paths can take neither, it throws Error.
std::string quoted(std::string_view text);

/// Owns a forest of data nodes. Move-only; its Context must outlive it. Everything throws Error when libyang
/// refuses, and leaves the tree as it was where not said otherwise.
class Tree {
  public:
    explicit Tree(const Context& context);
    explicit Tree(const ly_ctx* context) noexcept;
    Tree(Tree&& other) noexcept;
    Tree& operator=(Tree&& other) noexcept;
    ~Tree();

    /// Takes over a whole forest (any of its nodes, or null).
    static Tree adopt(const ly_ctx* context, lyd_node* node) noexcept;

    /// Parses data without validating them.
    static Tree parse(const ly_ctx* context, const std::string& text, Format format,
                      Unknown unknown = Unknown::refuse);
    static Tree parse(const Context& context, const std::string& text, Format format,
                      Unknown unknown = Unknown::refuse);

    /// Parses one notification, with what leads to it if it is nested; XML, without validating it.
    static Tree parseNotification(const Context& context, const std::string& xml);

    /// The whole forest as text, empty containers left out; ends without a newline.
    std::string print(Format format, Defaults defaults = Defaults::asSet,
                      Layout layout = Layout::dense) const;

    Tree duplicate() const;

    /// Checks the forest as a complete datastore and adds default nodes. On an error the tree may have
    /// changed: validate a duplicate when it matters.
    void validate(Content content = Content::configuration);

    /// Adds default nodes without checking anything.
    void addDefaults(Content content = Content::configuration);
    /// Takes every default node away.
    void removeDefaults();

    bool empty() const noexcept { return m_first == nullptr; }
    /// First top-level node, or null.
    lyd_node* get() const noexcept { return m_first; }
    /// Gives the forest away.
    lyd_node* release() noexcept;
    const ly_ctx* context() const noexcept { return m_context; }

    std::vector<Node> roots() const;
    /// The node at a path with every key, e.g. "/headgate:headgate/pool[name='p']".
    std::optional<Node> find(const std::string& path) const;
    /// Every node that an XPath expression selects.
    std::vector<Node> select(const std::string& xpath) const;
    std::optional<std::string> value(const std::string& path) const;

    /// Creates the node and what is missing above it, or changes the leaf's value. List keys are predicates:
    /// set("/m:pools/pool[name=" + quoted(name) + "]/size", "3").
    void set(const std::string& path, std::string_view value = {});
    /// The same for state and for an operation's output.
    void setOutput(const std::string& path, std::string_view value = {});
    /// Removes every node that the path selects; false when there was none.
    bool remove(const std::string& path);

    /// A copy of one of its nodes, with what leads to it.
    Tree only(const Node& node) const;

    /// Puts the other forest's nodes in, over this one's.
    void merge(const Tree& other);

    /// Makes of this tree what made `after` of `before`, where it had the same as `before` there.
    void rebase(const Tree& before, const Tree& after);

  private:
    const ly_ctx* m_context;
    lyd_node* m_first = nullptr;
};

/// What changed on the way from one tree to another; default nodes do not count.
std::vector<Difference> differences(const Tree& before, const Tree& after);

/// The same, with the topmost node concerned as it is in `after`; in `before`, where it was removed.
struct ChangedNode {
    Difference::Kind kind;
    Node node;
};
std::vector<ChangedNode> changedNodes(const Tree& before, const Tree& after);

/// Equal in everything that was set, entry order of ordered-by user lists included; defaults do not count.
bool equal(const Tree& a, const Tree& b);

}
