#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pugi {
class xml_document;
class xml_node;
}

namespace headgate::adapters {

/// Writes XML for people and appliances alike: two blanks a level, values escaped. Throws Error for a value
/// that no XML 1.0 document can hold (control characters, broken UTF-8).
class XmlWriter {
  public:
    /// `operation`: the value of an nc:operation attribute, none when empty. `nameSpace`: the parent's when
    /// empty.
    XmlWriter& open(std::string_view name, std::string_view operation = {}, std::string_view nameSpace = {});
    /// The outermost element, with its default namespace and the prefix nc.
    XmlWriter& openTop(std::string_view name, std::string_view nameSpace, std::string_view operation = {});
    XmlWriter& leaf(std::string_view name, std::string_view value, std::string_view operation = {},
                    std::string_view nameSpace = {});
    XmlWriter& empty(std::string_view name);
    XmlWriter& close();
    /// Closes what is still open.
    std::string finish();

  private:
    void begin(std::string_view name, std::string_view operation, std::string_view nameSpace);
    std::string m_text;
    std::vector<std::string> m_open;
};

/// An appliance's XML, parsed. `data` is <data> or its content. Throws Error when it is not well-formed.
class Document {
  public:
    explicit Document(std::string_view data);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    /// Each outermost element of that name and namespace.
    void forEachTop(std::string_view name, std::string_view nameSpace,
                    const std::function<void(const pugi::xml_node&)>& visit) const;

  private:
    std::unique_ptr<pugi::xml_document> m_document;
};

/// What one needs to know of a model to flatten its data: the keys of its lists, and which nodes are state.
struct Shape {
    std::map<std::string, std::vector<std::string>, std::less<>> listKeys;
    std::vector<std::string_view> state;
};

/// The elements in `parent` called `name`, of the parent's own namespace.
std::vector<pugi::xml_node> children(const pugi::xml_node& parent, std::string_view name);

/// The value of the leaf `name`, blanks around it cut off; `otherwise` when there is none.
std::string leafOf(const pugi::xml_node& parent, std::string_view name, std::string_view otherwise = {});
bool hasLeaf(const pugi::xml_node& parent, std::string_view name);

/// The same as a number within the bounds; `otherwise` when there is none. `where` begins the error's text.
std::uint64_t numberOf(const std::string& where, const pugi::xml_node& parent, std::string_view name,
                       std::uint64_t least, std::uint64_t most, std::uint64_t otherwise);

/// Every configured leaf below `parent`, by its path from there: `members[name='/Common/a:80']/ratio`.
/// A leaf of another namespace keeps its prefix, or is called `{namespace}name`. Throws Error for nesting
/// beyond reason.
enum class Foreign { prefixed, qualified };
std::map<std::string, std::string> leavesOf(const pugi::xml_node& parent, const Shape& shape,
                                            Foreign foreign = Foreign::prefixed);

/// The notification traffic-processing-restarted, which both families have, in a sentence about `engine`.
std::optional<std::string> restartNotice(std::string_view notification, std::string_view nameSpace,
                                         std::string_view engine);

/// Does `text` hold `name` as a whole word, not as a part of a longer name or number?
bool mentions(std::string_view text, std::string_view name);

/// address:port, an IPv6 address in brackets.
std::string hostPort(std::string_view address, unsigned port);

}
