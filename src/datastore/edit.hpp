#pragma once

#include "datastore/access_rules.hpp"
#include "datastore/node_path.hpp"
#include "yang/rpc_error.hpp"
#include "yang/tree.hpp"

#include <functional>
#include <string>
#include <vector>

struct lyd_node;

namespace headgate::datastore {

/// nc:operation and default-operation of RFC 6241, section 7.2.
enum class Operation { merge, replace, create, destroy, remove, none };

enum class ErrorOption { stop, proceed, rollback };

/// Throws the yang::RpcErrors of a write that the session may not do.
using RequireWrite = std::function<void(const NodePlace& place, const std::string& path, Access access)>;

struct EditOptions {
    Operation defaultOperation = Operation::merge; ///< merge, replace or none.
    ErrorOption errorOption = ErrorOption::stop;
    /// It is asked before an error tells what there is, and what there is not. None: everything may be
    /// written.
    RequireWrite requireWrite{};
};

/// What came of an edit. With errors the tree is what to keep only under ErrorOption::proceed; under the
/// other two nothing of the edit is kept (RFC 6241 lets a server stop anywhere: here it stops before it
/// began).
struct EditResult {
    yang::Tree tree;
    std::vector<yang::RpcError> errors;
};

/// Applies the content of a <config> (`content` is the first of its children, as libyang parsed them: data
/// nodes, and opaque nodes for what it could not make sense of) to a copy of `base`. Types, names, keys,
/// choices and positions are checked; must, when and references are left to the validation of the result.
EditResult applyEdit(const yang::Tree& base, const lyd_node* content, const EditOptions& options);

}
