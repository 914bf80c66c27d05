#include "netconf/xml.hpp"

#include "netconf/error.hpp"
#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <array>
#include <atomic>
#include <cstdlib>

namespace headgate::netconf {

namespace {

const lyd_node_opaq* opaque(const lyd_node* node) {
    return node->schema ? nullptr : reinterpret_cast<const lyd_node_opaq*>(node);
}

std::string_view view(const char* text) {
    return text ? std::string_view(text) : std::string_view();
}

std::string printed(const lyd_node* node) {
    char* text = nullptr;
    if (lyd_print_mem(&text, node, LYD_XML, LYD_PRINT_SHRINK) != LY_SUCCESS)
        throw Error(Error::Kind::misuse, "cannot print XML");
    std::string result(text ? text : "");
    std::free(text);
    return result;
}

}

std::string escaped(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        default: result += c;
        }
    }
    return result;
}

std::string_view Element::name() const {
    const auto* o = opaque(m_node);
    return o ? view(o->name.name) : view(m_node->schema->name);
}

std::string_view Element::nameSpace() const {
    const auto* o = opaque(m_node);
    return o ? view(o->name.module_ns) : view(m_node->schema->module->ns);
}

bool Element::is(std::string_view elementName, std::string_view elementNamespace) const {
    return name() == elementName && nameSpace() == elementNamespace;
}

std::string Element::text() const {
    const std::string_view value = view(lyd_get_value(m_node));
    const auto first = value.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1));
}

std::optional<std::string> Element::attribute(std::string_view attributeName) const {
    const auto* o = opaque(m_node);
    for (const lyd_attr* a = o ? o->attr : nullptr; a; a = a->next)
        if (view(a->name.name) == attributeName) return a->value;
    return std::nullopt;
}

std::vector<Element> Element::children() const {
    std::vector<Element> result;
    for (const lyd_node* c = lyd_child(m_node); c; c = c->next)
        result.emplace_back(c);
    return result;
}

std::optional<Element> Element::child(std::string_view elementName) const {
    for (const auto& c : children())
        if (c.name() == elementName) return c;
    return std::nullopt;
}

std::string Element::print() const {
    return printed(m_node);
}

std::string Element::content() const {
    std::string result;
    for (const auto& c : children())
        result += c.print();
    return result;
}

Document::Document(Document&& other) noexcept
    : m_first(other.release()) {}

Document::~Document() {
    lyd_free_all(m_first);
}

bool Document::single() const {
    return m_first && !m_first->next;
}

lyd_node* Document::release() {
    return std::exchange(m_first, nullptr);
}

namespace {

std::shared_ptr<ly_ctx> makeContext() {
    ly_ctx* context = nullptr;
    if (ly_ctx_new(nullptr, LY_CTX_NO_YANGLIBRARY, &context) != LY_SUCCESS)
        throw Error(Error::Kind::misuse, "cannot make a libyang context");
    yang::silenceLibyang();
    return {context, ly_ctx_destroy};
}

template <int>
std::shared_ptr<ly_ctx> sharedContext() {
    static const auto made = makeContext();
    return made;
}

}

XmlParser::XmlParser() {
    constexpr std::array contexts{sharedContext<0>, sharedContext<1>, sharedContext<2>, sharedContext<3>,
                                  sharedContext<4>, sharedContext<5>, sharedContext<6>, sharedContext<7>};
    static std::atomic<std::size_t> next = 0;
    m_context = contexts[next++ % contexts.size()]();
}

Document XmlParser::parse(const std::string& xml) const {
    return parseOpaque(m_context.get(), xml);
}

Document parseOpaque(const ly_ctx* context, const std::string& xml) {
    const yang::Capture capture(context);
    lyd_node* first = nullptr;
    const auto code =
        lyd_parse_data_mem(context, xml.c_str(), LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &first);
    if (code == LY_SUCCESS && first) return Document(first);
    lyd_free_all(first);
    std::string text;
    for (const auto& problem : capture.problems())
        text += " line " + std::to_string(problem.line) + ": " + problem.message;
    throw Error(Error::Kind::misuse, "not XML:" + (text.empty() ? " no element" : text));
}

}
