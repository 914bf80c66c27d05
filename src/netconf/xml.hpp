#pragma once

#include "yang/rpc_error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct ly_ctx;
struct lyd_node;

namespace headgate::netconf {

inline constexpr std::string_view baseNamespace = "urn:ietf:params:xml:ns:netconf:base:1.0";
inline constexpr std::string_view notificationNamespace = "urn:ietf:params:xml:ns:netconf:notification:1.0";

/// `text` for an element's content or an attribute's value.
std::string escaped(std::string_view text);

/// One element of a Document; valid while that lives.
class Element {
  public:
    explicit Element(const lyd_node* node)
        : m_node(node) {}

    std::string_view name() const;
    std::string_view nameSpace() const;
    bool is(std::string_view elementName, std::string_view elementNamespace = baseNamespace) const;
    /// Text content without surrounding white space.
    std::string text() const;
    std::optional<std::string> attribute(std::string_view attributeName) const;
    std::vector<Element> children() const;
    std::optional<Element> child(std::string_view elementName) const;
    /// As XML that stands alone: with every namespace declaration that it needs.
    std::string print() const;
    /// Its children in the same way, one after the other.
    std::string content() const;

  private:
    const lyd_node* m_node;
};

/// XML without a schema.
class Document {
  public:
    /// Takes over a forest of at least one node.
    explicit Document(lyd_node* first)
        : m_first(first) {}
    ~Document();
    Document(Document&& other) noexcept;
    Document& operator=(Document&&) = delete;

    /// The first element; a document always has one.
    Element root() const { return Element(m_first); }
    bool single() const;
    /// Gives the forest away.
    lyd_node* release();

  private:
    lyd_node* m_first;
};

/// Parses XML by libyang, in one of a few contexts without modules that all parsers of the process share:
/// making one takes milliseconds and one of the process's few thread keys, and all threads' parsers would
/// queue for the only one's dictionary. From any thread.
class XmlParser {
  public:
    XmlParser();

    /// Throws Error (misuse) that says what is wrong and in which line.
    Document parse(const std::string& xml) const;

  private:
    std::shared_ptr<ly_ctx> m_context;
};

/// The same by another's context, for nodes that are to live in it.
Document parseOpaque(const ly_ctx* context, const std::string& xml);

/// <rpc-error> as XML. Prefixes of `path` that are names of `context`'s modules are bound to them.
std::string toXml(const yang::RpcError& error, const ly_ctx* context);
/// The reverse.
yang::RpcError toRpcError(const Element& rpcError);

}
