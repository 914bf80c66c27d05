#include "datastore/content.hpp"

#include "yang/error.hpp"
#include "yang/rpc_error.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

yang::RpcErrors notXml(const lyd_node* any) {
    yang::RpcError error;
    error.type = yang::RpcError::Type::protocol;
    error.tag = "bad-element";
    error.message = std::string("<") + LYD_NAME(any) + "> must hold elements";
    error.info.emplace_back("bad-element", LYD_NAME(any));
    return yang::RpcErrors(std::move(error));
}

}

AnyContent::AnyContent(const lyd_node* any)
    : m_parsed(LYD_CTX(any)) {
    if (!any->schema) {
        m_first = lyd_child(any);
        return;
    }
    if (!(any->schema->nodetype & LYS_ANYDATA)) throw notXml(any);
    const auto* node = reinterpret_cast<const lyd_node_any*>(any);
    switch (node->value_type) {
    case LYD_ANYDATA_DATATREE: m_first = node->value.tree; return;
    case LYD_ANYDATA_STRING:
    case LYD_ANYDATA_XML:
    case LYD_ANYDATA_JSON: break;
    default: throw notXml(any);
    }
    const std::string text = node->value.str ? node->value.str : "";
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) return;
    const auto format = node->value_type == LYD_ANYDATA_JSON ? yang::Format::json : yang::Format::xml;
    if (format == yang::Format::xml && text.find('<') == std::string::npos) throw notXml(any);
    try {
        m_parsed = yang::Tree::parse(LYD_CTX(any), text, format, yang::Unknown::keepOpaque);
    } catch (const yang::Error&) {
        throw notXml(any);
    }
    m_first = m_parsed.get();
}

}
