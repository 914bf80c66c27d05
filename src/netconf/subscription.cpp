#include "netconf/subscription.hpp"

#include "netconf/xml.hpp"
#include "yang/capture.hpp"

#include <libyang/libyang.h>

namespace headgate::netconf {

namespace {

[[noreturn]] void refuse(const char* tag, const std::string& message, const char* element) {
    yang::RpcError error;
    error.type = yang::RpcError::Type::protocol;
    error.tag = tag;
    error.message = message;
    error.info = {{"bad-element", element}};
    throw yang::RpcErrors(error);
}

bool matches(const Element& filter, const lyd_node* node);

/// RFC 6241, section 6.2: content match nodes must all hold, of the other children one must be there.
bool childrenMatch(const std::vector<Element>& filters, const lyd_node* first) {
    bool others = false;
    bool found = false;
    for (const auto& filter : filters) {
        bool here = false;
        for (const lyd_node* node = first; node && !here; node = node->next)
            here = matches(filter, node);
        const bool contentMatch = filter.children().empty() && !filter.text().empty();
        if (contentMatch && !here) return false;
        others = others || !contentMatch;
        found = found || here;
    }
    return !others || found;
}

bool matches(const Element& filter, const lyd_node* node) {
    if (!node->schema || filter.name() != node->schema->name) return false;
    if (!filter.nameSpace().empty() && filter.nameSpace() != node->schema->module->ns) return false;
    const auto filters = filter.children();
    if (!filters.empty()) return childrenMatch(filters, lyd_child(node));
    const auto wanted = filter.text();
    const char* value = lyd_get_value(node);
    return wanted.empty() || (value && wanted == value);
}

std::string attribute(const lyd_node* node, std::string_view name) {
    for (const lyd_meta* m = node->schema ? node->meta : nullptr; m; m = m->next)
        if (m->name == name) return lyd_get_meta_value(m);
    return Element(node).attribute(name).value_or("");
}

}

Subscription::Subscription(const lyd_node* operation) {
    for (const lyd_node* child = lyd_child(operation); child; child = child->next) {
        const auto name = Element(child).name();
        if (name == "stream" && std::string_view(lyd_get_value(child)) != "NETCONF")
            refuse("invalid-value", "the only stream is NETCONF", "stream");
        if (name == "startTime" || name == "stopTime")
            refuse("operation-not-supported", "the stream NETCONF has no replay", name.data());
        if (name == "filter") takeFilter(child);
    }
}

void Subscription::takeFilter(const lyd_node* filter) {
    if (attribute(filter, "type") == "xpath") {
        m_xpath = attribute(filter, "select");
        if (m_xpath.empty()) refuse("missing-attribute", "an XPath filter needs select", "filter");
        return;
    }
    // As text, because what the modules know of it and what not is of no matter here.
    const Element element(filter);
    std::string content;
    if (filter->schema) {
        char* text = nullptr;
        lyd_any_value_str(filter, &text);
        content = text ? text : "";
        std::free(text);
    } else {
        content = element.content();
    }
    auto document = parseOpaque(LYD_CTX(filter), "<filter>" + content + "</filter>");
    m_subtree = yang::Tree::adopt(LYD_CTX(filter), document.release());
}

bool Subscription::wants(const yang::Tree& notification) const {
    if (!m_xpath.empty()) {
        const yang::Capture capture(notification.context());
        ly_set* found = nullptr;
        const bool some = lyd_find_xpath(notification.get(), m_xpath.c_str(), &found) == LY_SUCCESS &&
                          found && found->count > 0;
        ly_set_free(found, nullptr);
        return some;
    }
    return !m_subtree || childrenMatch(Element(m_subtree->get()).children(), notification.get());
}

}
