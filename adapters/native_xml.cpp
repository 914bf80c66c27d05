#include "adapters/native_xml.hpp"

#include "adapters/adapter.hpp"
#include "domain/text.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace headgate::adapters {
namespace {

constexpr auto netconfNamespace = "urn:ietf:params:xml:ns:netconf:base:1.0";
constexpr int deepest = 32;

std::string escaped(std::string_view value) {
    std::string text;
    while (!value.empty()) {
        const auto length = domain::characterLength(value);
        if (length == 0) throw Error("a value has a character that XML cannot hold: name it otherwise");
        switch (value.front()) {
        case '&': text += "&amp;"; break;
        case '<': text += "&lt;"; break;
        case '>': text += "&gt;"; break;
        case '\r': text += "&#13;"; break; // else the parser at the other end makes it a line feed
        default: text += value.substr(0, length);
        }
        value.remove_prefix(length);
    }
    return text;
}

std::string_view localName(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view prefixOf(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

std::string_view namespaceOf(const pugi::xml_node& node) {
    const auto prefix = prefixOf(node);
    const std::string attribute = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
    for (auto at = node; at; at = at.parent())
        if (const auto found = at.attribute(attribute.c_str())) return found.value();
    return {};
}

/// Text and CDATA; comments in between do not count.
std::string textOf(const pugi::xml_node& node) {
    std::string text;
    for (const auto& child : node.children())
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
    const auto blank = [](unsigned char c) { return std::isspace(c) != 0; };
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
    text.erase(std::find_if_not(text.rbegin(), text.rend(), blank).base(), text.end());
    return text;
}

bool isElement(const pugi::xml_node& node) {
    return node.type() == pugi::node_element;
}

bool hasElements(const pugi::xml_node& node) {
    return std::any_of(node.begin(), node.end(), isElement);
}

std::string quoted(const std::string& value) {
    const char quote = value.find('\'') == std::string::npos ? '\'' : '"';
    return quote + value + quote;
}

/// The predicates of a list entry, empty for a container or a single leaf. A list that the shape does not
/// know shows itself by being there more than once; its key comes first (RFC 7950, section 7.8.5).
std::string predicates(const pugi::xml_node& node, const Shape& shape) {
    std::string text;
    if (const auto known = shape.listKeys.find(localName(node)); known != shape.listKeys.end()) {
        for (const auto& key : known->second)
            text += "[" + key + "=" + quoted(leafOf(node, key)) + "]";
        return text;
    }
    if (!node.previous_sibling(node.name()) && !node.next_sibling(node.name())) return text;
    if (!hasElements(node)) return "[.=" + quoted(textOf(node)) + "]";
    const auto first = std::find_if(node.begin(), node.end(), isElement);
    return "[" + std::string(localName(*first)) + "=" + quoted(textOf(*first)) + "]";
}

struct Collector {
    const Shape& shape;
    Foreign foreign;
    std::map<std::string, std::string>& leaves;

    std::string nameOf(const pugi::xml_node& node, bool own) const {
        if (own) return std::string(localName(node));
        if (foreign == Foreign::prefixed) return node.name();
        return "{" + std::string(namespaceOf(node)) + "}" + std::string(localName(node));
    }
    void collect(const pugi::xml_node& parent, const std::string& path, int depth);
};

void Collector::collect(const pugi::xml_node& parent, const std::string& path, int depth) {
    if (depth > deepest) throw Error("data is nested more than 32 deep at " + path);
    for (const auto& node : parent.children()) {
        if (!isElement(node)) continue;
        const auto name = localName(node);
        const bool own = namespaceOf(node) == namespaceOf(parent);
        if (own && std::find(shape.state.begin(), shape.state.end(), name) != shape.state.end()) continue;
        const std::string here =
            path + (path.empty() ? "" : "/") + nameOf(node, own) + predicates(node, shape);
        if (hasElements(node))
            collect(node, here, depth + 1);
        else
            leaves[here] = textOf(node);
    }
}

}

void XmlWriter::begin(std::string_view name, std::string_view operation, std::string_view nameSpace) {
    m_text.append(m_open.size() * 2, ' ').append("<").append(name);
    if (nameSpace.find('"') != std::string_view::npos) throw Error("a namespace has a quotation mark");
    if (!nameSpace.empty()) m_text.append(" xmlns=\"").append(escaped(nameSpace)).append("\"");
    if (!operation.empty()) m_text.append(" nc:operation=\"").append(operation).append("\"");
}

XmlWriter& XmlWriter::open(std::string_view name, std::string_view operation, std::string_view nameSpace) {
    begin(name, operation, nameSpace);
    m_text += ">\n";
    m_open.emplace_back(name);
    return *this;
}

XmlWriter& XmlWriter::openTop(std::string_view name, std::string_view nameSpace, std::string_view operation) {
    begin(name, {}, nameSpace);
    m_text.append(" xmlns:nc=\"").append(netconfNamespace).append("\"");
    if (!operation.empty()) m_text.append(" nc:operation=\"").append(operation).append("\"");
    m_text += ">\n";
    m_open.emplace_back(name);
    return *this;
}

XmlWriter& XmlWriter::leaf(std::string_view name, std::string_view value, std::string_view operation,
                           std::string_view nameSpace) {
    begin(name, operation, nameSpace);
    m_text.append(">").append(escaped(value)).append("</").append(name).append(">\n");
    return *this;
}

XmlWriter& XmlWriter::empty(std::string_view name) {
    begin(name, {}, {});
    m_text += "/>\n";
    return *this;
}

XmlWriter& XmlWriter::close() {
    const std::string name = std::move(m_open.back());
    m_open.pop_back();
    m_text.append(m_open.size() * 2, ' ').append("</").append(name).append(">\n");
    return *this;
}

std::string XmlWriter::finish() {
    while (!m_open.empty())
        close();
    return std::move(m_text);
}

Document::Document(std::string_view data)
    : m_document(std::make_unique<pugi::xml_document>()) {
    if (data.find('\0') != std::string_view::npos) throw Error("the appliance's data has a zero byte");
    const auto parsed = m_document->load_buffer(
        data.data(), data.size(), pugi::parse_default | pugi::parse_fragment, pugi::encoding_utf8);
    if (!parsed)
        throw Error("the appliance's data is not well-formed XML: " + std::string(parsed.description()) +
                    " at byte " + std::to_string(parsed.offset));
    for (const auto& node : m_document->children())
        if (node.type() == pugi::node_pcdata) throw Error("the appliance's data is not XML elements");
}

Document::~Document() = default;

void Document::forEachTop(std::string_view name, std::string_view nameSpace,
                          const std::function<void(const pugi::xml_node&)>& visit) const {
    const auto walk = [&](const pugi::xml_node& parent, const auto& self) -> void {
        for (const auto& node : parent.children()) {
            if (!isElement(node)) continue;
            if (localName(node) == name && namespaceOf(node) == nameSpace)
                visit(node);
            else if (localName(node) == "data" && !parent.parent())
                self(node, self);
        }
    };
    walk(*m_document, walk);
}

std::vector<pugi::xml_node> children(const pugi::xml_node& parent, std::string_view name) {
    std::vector<pugi::xml_node> found;
    for (const auto& node : parent.children())
        if (isElement(node) && localName(node) == name && namespaceOf(node) == namespaceOf(parent))
            found.push_back(node);
    return found;
}

std::string leafOf(const pugi::xml_node& parent, std::string_view name, std::string_view otherwise) {
    const auto found = children(parent, name);
    return found.empty() ? std::string(otherwise) : textOf(found.front());
}

bool hasLeaf(const pugi::xml_node& parent, std::string_view name) {
    return !children(parent, name).empty();
}

std::uint64_t numberOf(const std::string& where, const pugi::xml_node& parent, std::string_view name,
                       std::uint64_t least, std::uint64_t most, std::uint64_t otherwise) {
    if (!hasLeaf(parent, name)) return otherwise;
    const auto text = leafOf(parent, name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
        throw Error(where + ": " + std::string(name) + " '" + text.substr(0, 40) + "' is not a number of " +
                    std::to_string(least) + ".." + std::to_string(most));
    return value;
}

std::map<std::string, std::string> leavesOf(const pugi::xml_node& parent, const Shape& shape,
                                            Foreign foreign) {
    std::map<std::string, std::string> leaves;
    Collector{shape, foreign, leaves}.collect(parent, {}, 0);
    return leaves;
}

std::optional<std::string> restartNotice(std::string_view notification, std::string_view nameSpace,
                                         std::string_view engine) {
    std::optional<std::string> text;
    Document(notification)
        .forEachTop("traffic-processing-restarted", nameSpace, [&](const pugi::xml_node& node) {
            text = std::string(engine) + " ended and is started again: connections were lost";
            if (const auto reason = leafOf(node, "reason"); !reason.empty()) *text += " (" + reason + ")";
        });
    return text;
}

bool mentions(std::string_view text, std::string_view name) {
    if (name.empty()) return false;
    const auto word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    };
    for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool dotBefore = at > 1 && text[at - 1] == '.' && word(text[at - 2]);
        const bool dotAfter = end + 1 < text.size() && text[end] == '.' && word(text[end + 1]);
        const bool before = at == 0 || (!word(text[at - 1]) && !dotBefore);
        const bool after = end == text.size() || (!word(text[end]) && !dotAfter);
        if (before && after) return true;
    }
    return false;
}

std::string hostPort(std::string_view address, unsigned port) {
    const bool six = address.find(':') != std::string_view::npos;
    return (six ? "[" + std::string(address) + "]" : std::string(address)) + ":" + std::to_string(port);
}

}
