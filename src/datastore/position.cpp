#include "datastore/position.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <map>

namespace headgate::datastore {
namespace {

using yang::RpcError;
using yang::RpcErrors;

RpcError badAttribute(const Element& element, const char* name, const char* appTag, std::string message) {
    RpcError error;
    error.tag = "bad-attribute";
    error.appTag = appTag;
    error.path = element.path;
    error.message = std::move(message);
    error.info.emplace_back("bad-attribute", name);
    error.info.emplace_back("bad-element", element.name());
    return error;
}

/// Reads [p:name='value'][p:other="value"]; prefixes say nothing here, since keys are of the list's own
/// module.
std::optional<std::map<std::string, std::string>> predicates(const std::string& text) {
    std::map<std::string, std::string> keys;
    std::size_t at = 0;
    const auto skip = [&] { at = std::min(text.find_first_not_of(" \t\r\n", at), text.size()); };
    for (skip(); at < text.size(); skip()) {
        if (text[at] != '[') return std::nullopt;
        const auto equals = text.find('=', at);
        if (equals == std::string::npos) return std::nullopt;
        std::string name = text.substr(at + 1, equals - at - 1);
        if (const auto colon = name.find(':'); colon != std::string::npos) name.erase(0, colon + 1);
        while (!name.empty() && name.back() == ' ')
            name.pop_back();
        while (!name.empty() && name.front() == ' ')
            name.erase(0, 1);
        at = equals + 1;
        skip();
        if (at >= text.size() || (text[at] != '\'' && text[at] != '"')) return std::nullopt;
        const auto close = text.find(text[at], at + 1);
        if (close == std::string::npos) return std::nullopt;
        keys[name] = text.substr(at + 1, close - at - 1);
        at = close + 1;
        skip();
        if (at >= text.size() || text[at] != ']') return std::nullopt;
        ++at;
    }
    return keys.empty() ? std::nullopt : std::optional(keys);
}

bool hasKeys(const lyd_node* entry, const std::map<std::string, std::string>& keys) {
    std::size_t matched = 0;
    for (const auto* child = lyd_child(entry); child && lysc_is_key(child->schema); child = child->next) {
        const auto wanted = keys.find(child->schema->name);
        if (wanted == keys.end()) return false;
        const auto* term = reinterpret_cast<const lyd_node_term*>(child);
        if (lyd_value_compare(term, wanted->second.c_str(), wanted->second.size()) != LY_SUCCESS)
            return false;
        ++matched;
    }
    return matched == keys.size();
}

lyd_node* anchorOf(lyd_node* first, const Element& element, const Insert& insert) {
    const bool leafList = element.isTerm();
    const char* const name = leafList ? "value" : "key";
    const yang::Capture capture(element.schema->module->ctx);
    std::map<std::string, std::string> keys;
    if (!leafList) {
        auto read = predicates(*insert.key);
        if (!read)
            throw RpcErrors(
                badAttribute(element, name, "", "\"" + *insert.key + "\" is no key of a list entry"));
        keys = std::move(*read);
    }
    for (auto* node = first; node; node = node->next) {
        if (node->schema != element.schema) continue;
        const auto* term = reinterpret_cast<const lyd_node_term*>(node);
        const bool found =
            leafList ? lyd_value_compare(term, insert.value->c_str(), insert.value->size()) == LY_SUCCESS
                     : hasKeys(node, keys);
        if (found) return node;
    }
    throw RpcErrors(badAttribute(element, name, "missing-instance", "the entry to insert at does not exist"));
}

lyd_node* edgeOf(lyd_node* first, const lyd_node* node, bool front) {
    lyd_node* edge = nullptr;
    for (auto* other = first; other; other = other->next) {
        if (other->schema != node->schema || other == node) continue;
        edge = other;
        if (front) break;
    }
    return edge;
}

}

void place(lyd_node*& first, lyd_node* node, const Element& element, const Insert& insert) {
    if (insert.where.empty()) return;
    const bool front = insert.where == "first" || insert.where == "before";
    auto* const anchor = insert.where == "first" || insert.where == "last" ? edgeOf(first, node, front)
                                                                           : anchorOf(first, element, insert);
    if (!anchor) return;
    if (anchor == node)
        throw RpcErrors(badAttribute(element, "insert", "", "an entry cannot be inserted at itself"));
    const yang::Capture capture(element.schema->module->ctx);
    capture.check(front ? lyd_insert_before(anchor, node) : lyd_insert_after(anchor, node),
                  "cannot place an entry");
    first = lyd_first_sibling(anchor);
}

}
