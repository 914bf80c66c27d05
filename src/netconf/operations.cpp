#include "netconf/connection.hpp"
#include "netconf/xml.hpp"
#include "yang/capture.hpp"
#include "yang/context.hpp"

#include <libyang/libyang.h>

#include <charconv>

namespace headgate::netconf {

namespace {

bool is(const lyd_node* operation, std::string_view module, std::string_view name) {
    return operation->schema->name == name && operation->schema->module->name == module;
}

/// A leaf of the operation's input; empty when it is not there.
std::string input(const lyd_node* operation, std::string_view name) {
    for (const lyd_node* child = lyd_child(operation); child; child = child->next)
        if (child->schema && child->schema->name == name) return lyd_get_value(child);
    return {};
}

[[noreturn]] void deny(const char* tag, const std::string& message, const char* element = nullptr) {
    yang::RpcError error;
    error.tag = tag;
    error.message = message;
    if (element) error.info = {{"bad-element", element}};
    throw yang::RpcErrors(error);
}

/// The same of one that must be there.
std::string required(const lyd_node* operation, const char* name) {
    auto value = input(operation, name);
    if (value.empty()) deny("missing-element", std::string("<") + name + "> is missing", name);
    return value;
}

}

/// The operations that are the protocol's own matter; every other is the handler's.
std::optional<yang::Tree> Connection::perform(const lyd_node* operation) {
    // Of an action the library hands over the tree that it is in.
    const lyd_node* node = operation;
    LYD_TREE_DFS_BEGIN(operation, node) {
        if (node->schema && (node->schema->nodetype & (LYS_RPC | LYS_ACTION))) break;
        LYD_TREE_DFS_END(operation, node);
    }
    m_info.inRpcs = m_parts.mailbox->inRpcs;
    const bool close = is(node, "ietf-netconf", "close-session");
    const bool kill = is(node, "ietf-netconf", "kill-session");
    const bool schema = is(node, "ietf-netconf-monitoring", "get-schema");
    const bool subscription = is(node, "notifications", "create-subscription");
    if (!close && !kill && !schema && !subscription) return ask(node);
    m_parts.handler.permit(m_info, node);
    if (schema) return schemaText(node);
    if (kill) killSession(node);
    if (subscription) subscribe();
    if (close) fail(EndReason::closed, "");
    return std::nullopt;
}

std::optional<yang::Tree> Connection::ask(const lyd_node* operation) {
    try {
        return m_parts.handler.handle(m_info, operation);
    } catch (const NoAnswer& none) {
        m_silent = true;
        if (none.session == NoAnswer::Session::ends) fail(EndReason::dropped, "the handler ends it");
        return std::nullopt;
    }
}

yang::Tree Connection::schemaText(const lyd_node* operation) const {
    const auto name = required(operation, "identifier");
    const auto revision = input(operation, "version");
    auto format = input(operation, "format");
    format.erase(0, format.find(':') + 1);
    if (format.empty()) format = "yang";
    std::optional<std::string> text;
    if (m_parts.options.schemaText)
        text = m_parts.options.schemaText(name, revision, format);
    else if (format == "yang")
        text = m_parts.context.print(name, revision.empty() ? std::nullopt : std::optional(revision));
    if (!text) deny("invalid-value", "there is no schema " + name + " of that version and format");
    lyd_node* answer = nullptr;
    const yang::Capture capture(m_parts.context.raw());
    capture.check(lyd_new_inner(nullptr, operation->schema->module, "get-schema", 0, &answer),
                  "cannot answer get-schema");
    auto tree = yang::Tree::adopt(m_parts.context.raw(), answer);
    capture.check(lyd_new_any(answer, nullptr, "data", text->c_str(), 0, LYD_ANYDATA_STRING, 1, nullptr),
                  "cannot answer get-schema");
    return tree;
}

void Connection::killSession(const lyd_node* operation) {
    const auto text = required(operation, "session-id");
    std::uint32_t victim = 0;
    std::from_chars(text.data(), text.data() + text.size(), victim);
    if (victim == m_info.id) deny("invalid-value", "a session ends itself with close-session", "session-id");
    const auto gone = m_parts.hub.kill(victim, m_info.id);
    if (!gone) deny("invalid-value", "there is no session " + text, "session-id");
    // Its locks are free when the killer reads <ok/>, unless it has a long operation under way.
    gone->wait_for(std::chrono::seconds(2));
}

}
