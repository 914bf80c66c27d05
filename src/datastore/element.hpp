#pragma once

#include "datastore/edit.hpp"
#include "yang/rpc_error.hpp"

#include <optional>
#include <string>
#include <vector>

struct ly_ctx;
struct lyd_node;
struct lysc_node;

namespace headgate::datastore {

/// One element of an edit's content with the schema node it stands for. libyang gives a data node where it
/// could parse one, and an opaque node where the name, the value or a list's keys did not fit.
struct Element {
    const lyd_node* node = nullptr;
    const lysc_node* schema = nullptr;
    std::string path; ///< Absolute data path, for error-path.

    bool opaque() const noexcept;
    bool isTerm() const noexcept;  ///< leaf or leaf-list
    bool isInner() const noexcept; ///< container or list
    bool isAny() const noexcept;   ///< anydata or anyxml
    bool isList() const noexcept;  ///< list or leaf-list
    bool isKey() const noexcept;
    bool isPlainContainer() const noexcept; ///< Without presence: it has no meaning of its own.
    bool isUserOrdered() const noexcept;
    std::string name() const;
};

/// Resolves an element against its parent's schema (null at the top). Throws yang::RpcErrors:
/// unknown-namespace, unknown-element.
Element resolve(const ly_ctx* context, const lyd_node* node, const Element* parent);

/// The value of an attribute (metadata of a data node, attribute of an opaque one); `module` is the
/// annotation's module, `nameSpace` its namespace.
std::optional<std::string> attribute(const lyd_node* node, const char* module, const char* nameSpace,
                                     const char* name);

/// nc:operation, nothing when the element has none. Throws yang::RpcErrors: bad-attribute.
std::optional<Operation> operationOf(const Element& element);

/// yang:insert with what goes with it.
struct Insert {
    std::string where; ///< first, last, before, after; empty when there is none.
    std::optional<std::string> key;
    std::optional<std::string> value;
};
/// Throws yang::RpcErrors: unknown-attribute where it has no place, missing-attribute, bad-attribute.
Insert insertOf(const Element& element);

/// Throws the yang::RpcErrors that says why libyang could make no data node of an element.
[[noreturn]] void refuseOpaque(const ly_ctx* context, const Element& element);

/// Makes an error about an element.
yang::RpcError complain(const char* tag, const Element& element, std::string message);

}
