#include "netconf/subscription.hpp"

#include "yang/capture.hpp"
#include "yang/xpath_cost.hpp"

#include <libyang/libyang.h>

#include <cctype>
#include <cstdlib>
#include <ctime>

namespace headgate::netconf {

namespace {

/// What is wrong with a filter's select.
[[noreturn]] void refuseSelect(const char* tag, const std::string& message) {
    yang::RpcError error;
    error.type = yang::RpcError::Type::protocol;
    error.tag = tag;
    error.message = message;
    error.info = {{"bad-attribute", "select"}, {"bad-element", "filter"}};
    throw yang::RpcErrors(error);
}

/// Names that nobody knows select nothing; what is no expression is told.
void requireExpression(const std::string& xpath, const ly_ctx* context) {
    if (xpath.empty()) refuseSelect("missing-attribute", "an XPath filter needs select");
    // It is asked of the modules now, and of each notification later.
    yang::requireAffordable(xpath, yang::TreeShape::ofNotifications());
    const yang::Capture capture(context);
    ly_set* found = nullptr;
    const auto code = lys_find_xpath(context, nullptr, xpath.c_str(), 0, &found);
    ly_set_free(found, nullptr);
    if (code != LY_SUCCESS) refuseSelect("bad-attribute", "no XPath expression: " + xpath);
}

[[noreturn]] void refuse(const char* tag, const std::string& message, const std::string& element) {
    yang::RpcError error;
    error.type = yang::RpcError::Type::protocol;
    error.tag = tag;
    error.message = message;
    error.info = {{"bad-element", element}};
    throw yang::RpcErrors(error);
}

/// A date-and-time; what is less than a millisecond is cut off.
base::Instant timeOf(const std::string& text, const std::string& element) {
    std::time_t seconds = 0;
    char* fraction = nullptr;
    if (ly_time_str2time(text.c_str(), &seconds, &fraction) != LY_SUCCESS)
        refuse("invalid-value", text + " is no date-and-time", element);
    auto digits = fraction ? std::string(fraction) : std::string();
    std::free(fraction);
    digits.resize(3, '0');
    return base::Instant(std::chrono::seconds(seconds)) + std::chrono::milliseconds(std::stoi(digits));
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
    // One without a namespace of its own matches any (RFC 6241, section 6.2.1).
    const bool own = filter.nameSpace() != notificationNamespace && filter.nameSpace() != baseNamespace;
    if (own && filter.nameSpace() != node->schema->module->ns) return false;
    const auto filters = filter.children();
    if (!filters.empty()) return childrenMatch(filters, lyd_child(node));
    const auto wanted = filter.text();
    const char* value = lyd_get_value(node);
    return wanted.empty() || (value && wanted == value);
}

/// `xpath` with modules' names in place of the prefixes that are bound in `scope`.
std::string withModules(const std::string& xpath, const Element& scope, const ly_ctx* context) {
    const std::string declarations = scope.print();
    std::string result;
    std::string word;
    char quote = 0;
    for (std::size_t i = 0; i < xpath.size(); ++i) {
        const char c = xpath[i];
        const bool inName = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
        if (!quote && inName) {
            word += c;
            continue;
        }
        const bool axis = c == ':' && (xpath.substr(i + 1, 1) == ":" || (i > 0 && xpath[i - 1] == ':'));
        if (!quote && c == ':' && !axis && !word.empty()) {
            const std::string declared = " xmlns:" + word + "=\"";
            const auto at = declarations.find(declared);
            const auto from = at == std::string::npos ? at : at + declared.size();
            const auto uri =
                at == std::string::npos ? "" : declarations.substr(from, declarations.find('"', from) - from);
            if (const auto* module = ly_ctx_get_module_implemented_ns(context, uri.c_str()))
                word = module->name;
        }
        result += word + c;
        word.clear();
        if (c == '\'' || c == '"') quote = !quote ? c : quote == c ? 0 : quote;
    }
    return result + word;
}

}

Subscription::Subscription(const std::string& message, const ly_ctx* context, base::Instant now)
    : m_request(m_parser.parse(message)) {
    for (const auto& parameter : m_request.root().children().at(0).children()) {
        const auto name = parameter.name();
        if (name == "stream" && parameter.text() != "NETCONF")
            refuse("invalid-value", "the only stream is NETCONF", "stream");
        if (name == "startTime") m_start = timeOf(parameter.text(), "startTime");
        if (name == "stopTime") m_stop = timeOf(parameter.text(), "stopTime");
        if (name != "filter") continue;
        if (parameter.attribute("type") != "xpath") {
            m_subtree = parameter;
            continue;
        }
        m_xpath = withModules(parameter.attribute("select").value_or(""), parameter, context);
        requireExpression(m_xpath, context);
    }
    checkTimes(now);
}

void Subscription::checkTimes(base::Instant now) const {
    if (m_stop && !m_start) refuse("missing-element", "stopTime goes with startTime", "startTime");
    if (m_start && *m_start > now) refuse("bad-element", "startTime has not come yet", "startTime");
    if (m_stop && *m_stop < *m_start) refuse("bad-element", "stopTime is before startTime", "stopTime");
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
    if (!m_subtree) return true;
    // RFC 6241, section 6.4.2: an empty filter selects nothing.
    const auto filters = m_subtree->children();
    return !filters.empty() && childrenMatch(filters, notification.get());
}

}
