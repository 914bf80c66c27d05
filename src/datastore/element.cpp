#include "datastore/element.hpp"

#include "yang/capture.hpp"
#include "yang/node.hpp"

#include <libyang/libyang.h>

#include <cstring>

namespace headgate::datastore {
namespace {

using yang::RpcError;
using yang::RpcErrors;

constexpr const char* netconfNamespace = "urn:ietf:params:xml:ns:netconf:base:1.0";
constexpr const char* yangNamespace = "urn:ietf:params:xml:ns:yang:1";

const lyd_node_opaq* asOpaque(const lyd_node* node) {
    return reinterpret_cast<const lyd_node_opaq*>(node);
}

std::string nameSpaceOf(const lyd_node* node) {
    if (node->schema) return node->schema->module->ns;
    const char* name = asOpaque(node)->name.module_ns;
    return name ? name : "";
}

const lys_module* moduleOf(const ly_ctx* context, const lyd_node* node) {
    if (node->schema) return node->schema->module;
    const auto* opaque = asOpaque(node);
    if (!opaque->name.module_ns) return nullptr;
    return opaque->format == LY_VALUE_JSON
               ? ly_ctx_get_module_implemented(context, opaque->name.module_name)
               : ly_ctx_get_module_implemented_ns(context, opaque->name.module_ns);
}

RpcError about(const char* tag, const std::string& path, std::string message) {
    RpcError error;
    error.tag = tag;
    error.path = path;
    error.message = std::move(message);
    return error;
}

std::string literal(const std::string& text) {
    return text.find('\'') == std::string::npos ? "'" + text + "'" : "\"" + text + "\"";
}

std::string pathOf(const lyd_node* node, const lysc_node* schema, const Element* parent) {
    std::string path = parent ? parent->path : "";
    path += '/';
    if (!parent || parent->schema->module != schema->module) path.append(schema->module->name).append(":");
    path += schema->name;
    if (!node->schema) return path;
    if (schema->nodetype == LYS_LEAFLIST) path += "[.=" + literal(lyd_get_value(node)) + "]";
    if (schema->nodetype != LYS_LIST) return path;
    for (const auto* key = lyd_child(node); key && key->schema && lysc_is_key(key->schema); key = key->next)
        path.append("[")
            .append(key->schema->name)
            .append("=")
            .append(literal(lyd_get_value(key)))
            .append("]");
    return path;
}

bool isChildNamed(const lyd_node* child, const char* name) {
    return std::strcmp(LYD_NAME(child), name) == 0;
}

const lyd_node* childNamed(const lyd_node* node, const char* name) {
    for (const auto* child = lyd_child(node); child; child = child->next)
        if (isChildNamed(child, name)) return child;
    return nullptr;
}

/// libyang's own words on a value that does not fit.
RpcError invalidValue(const ly_ctx* context, const lysc_node* schema, const std::string& path,
                      const char* value) {
    const yang::Capture capture(context);
    const auto code =
        lyd_value_validate(context, schema, value, std::strlen(value), nullptr, nullptr, nullptr);
    RpcError error = about("invalid-value", path, "the value does not fit the type");
    if (code == LY_SUCCESS || code == LY_EINCOMPLETE) return error;
    if (const auto problems = capture.problems(); !problems.empty()) {
        error.message = problems.front().message;
        error.appTag = problems.front().appTag;
    }
    return error;
}

[[noreturn]] void refuseList(const ly_ctx* context, const Element& element) {
    const lysc_node* child = nullptr;
    while ((child = lys_getnext(child, element.schema, nullptr, 0)) && (child->flags & LYS_KEY)) {
        const auto* key = childNamed(element.node, child->name);
        const auto keyPath = element.path + "/" + child->name;
        if (!key) {
            auto error = about("missing-element", element.path,
                               "the list entry lacks its key \"" + std::string(child->name) + "\"");
            error.info.emplace_back("bad-element", child->name);
            throw RpcErrors(error);
        }
        const char* value = lyd_get_value(key);
        const yang::Capture capture(context);
        if (lyd_value_validate(context, child, value, std::strlen(value), nullptr, nullptr, nullptr))
            throw RpcErrors(invalidValue(context, child, keyPath, value));
    }
    throw RpcErrors(complain("bad-element", element, "the list entry's keys cannot be read"));
}

}

bool Element::opaque() const noexcept {
    return node->schema == nullptr;
}

bool Element::isTerm() const noexcept {
    return (schema->nodetype & LYD_NODE_TERM) != 0;
}

bool Element::isInner() const noexcept {
    return (schema->nodetype & (LYS_CONTAINER | LYS_LIST)) != 0;
}

bool Element::isAny() const noexcept {
    return (schema->nodetype & LYS_ANYDATA) != 0;
}

bool Element::isList() const noexcept {
    return (schema->nodetype & (LYS_LIST | LYS_LEAFLIST)) != 0;
}

bool Element::isKey() const noexcept {
    return lysc_is_key(schema);
}

bool Element::isPlainContainer() const noexcept {
    return lysc_is_np_cont(schema);
}

bool Element::isUserOrdered() const noexcept {
    return lysc_is_userordered(schema);
}

std::string Element::name() const {
    return schema->name;
}

RpcError complain(const char* tag, const Element& element, std::string message) {
    auto error = about(tag, element.path, std::move(message));
    if (!std::strcmp(tag, "bad-element") || !std::strcmp(tag, "unknown-element") ||
        !std::strcmp(tag, "missing-attribute") || !std::strcmp(tag, "bad-attribute") ||
        !std::strcmp(tag, "unknown-attribute"))
        error.info.emplace_back("bad-element", element.name());
    return error;
}

Element resolve(const ly_ctx* context, const lyd_node* node, const Element* parent) {
    const auto* module = moduleOf(context, node);
    const std::string name = LYD_NAME(node);
    const std::string above = parent ? parent->path : "/";
    if (!module) {
        const auto space = nameSpaceOf(node);
        auto error = about("unknown-namespace", above,
                           "no module with namespace \"" + space + "\" for \"" + name + "\" is supported");
        error.info.emplace_back("bad-element", name);
        error.info.emplace_back("bad-namespace", space);
        throw RpcErrors(error);
    }
    // Inside an opaque node libyang looks names up from the top, so its own idea of the schema is not used
    // there.
    const auto* schema = lys_find_child(parent ? parent->schema : nullptr, module, name.c_str(), 0,
                                        LYS_CONTAINER | LYS_LIST | LYD_NODE_TERM | LYS_ANYDATA, 0);
    if (!schema) {
        auto error =
            about("unknown-element", above, "\"" + name + "\" is not defined here by " + module->name);
        error.info.emplace_back("bad-element", name);
        throw RpcErrors(error);
    }
    Element element{node, schema, pathOf(node, schema, parent)};
    if (schema->flags & LYS_CONFIG_R)
        throw RpcErrors(complain("unknown-element", element, "\"" + name + "\" is state, not configuration"));
    return element;
}

std::optional<std::string> attribute(const lyd_node* node, const char* module, const char* nameSpace,
                                     const char* name) {
    if (node->schema) {
        for (const auto* meta = node->meta; meta; meta = meta->next)
            if (!std::strcmp(meta->name, name) && !std::strcmp(meta->annotation->module->name, module))
                return lyd_get_meta_value(meta);
        return std::nullopt;
    }
    for (const auto* attr = asOpaque(node)->attr; attr; attr = attr->next) {
        if (std::strcmp(attr->name.name, name) != 0 || !attr->name.module_ns) continue;
        const char* wanted = attr->format == LY_VALUE_JSON ? module : nameSpace;
        if (!std::strcmp(attr->name.module_ns, wanted)) return attr->value;
    }
    return std::nullopt;
}

std::optional<Operation> operationOf(const Element& element) {
    const auto word = attribute(element.node, "ietf-netconf", netconfNamespace, "operation");
    if (!word) return std::nullopt;
    if (*word == "merge") return Operation::merge;
    if (*word == "replace") return Operation::replace;
    if (*word == "create") return Operation::create;
    if (*word == "delete") return Operation::destroy;
    if (*word == "remove") return Operation::remove;
    auto error = about("bad-attribute", element.path, "\"" + *word + "\" is no operation of edit-config");
    error.info.emplace_back("bad-attribute", "operation");
    error.info.emplace_back("bad-element", element.name());
    throw RpcErrors(error);
}

Insert insertOf(const Element& element) {
    Insert insert;
    const auto where = attribute(element.node, "yang", yangNamespace, "insert");
    insert.key = attribute(element.node, "yang", yangNamespace, "key");
    insert.value = attribute(element.node, "yang", yangNamespace, "value");
    if (!where) return insert;
    insert.where = *where;
    const auto refuse = [&](const char* tag, const char* name, const std::string& message) {
        auto error = about(tag, element.path, message);
        error.info.emplace_back("bad-attribute", name);
        error.info.emplace_back("bad-element", element.name());
        return error;
    };
    if (!element.isUserOrdered())
        throw RpcErrors(refuse("unknown-attribute", "insert",
                               "insert has no place here: the list is not ordered-by user"));
    if (insert.where != "before" && insert.where != "after") {
        if (insert.where == "first" || insert.where == "last") return insert;
        throw RpcErrors(
            refuse("bad-attribute", "insert", "\"" + insert.where + "\" is no place to insert at"));
    }
    const bool leafList = element.isTerm();
    if (leafList ? !insert.value : !insert.key)
        throw RpcErrors(refuse("missing-attribute", leafList ? "value" : "key",
                               "insert " + insert.where + " needs to say what"));
    return insert;
}

void refuseOpaque(const ly_ctx* context, const Element& element) {
    if (element.schema->nodetype == LYS_LIST) refuseList(context, element);
    if (element.isTerm())
        throw RpcErrors(invalidValue(context, element.schema, element.path, lyd_get_value(element.node)));
    throw RpcErrors(complain("bad-element", element, "text where elements are expected"));
}

}
