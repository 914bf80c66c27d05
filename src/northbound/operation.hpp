#pragma once

#include "northbound/request.hpp"
#include "yang/rpc_error.hpp"

#include <optional>

struct lyd_node;

namespace headgate::northbound {

/// The request that one of our model's operations is; nothing for any other operation. Its id and user are
/// for the caller to fill in. Throws yang::RpcErrors when a mandatory input is missing.
std::optional<Request> requestOf(const lyd_node* operation);

/// NETCONF's <commit>: the daemon makes it.
bool isCommit(const lyd_node* operation);

/// May its answer be another running configuration?
bool changesRunning(RequestKind kind);

/// What a client of <commit> is told of an answer that is not `done`: an error for each problem.
yang::RpcErrors refusalOf(const Answer& answer);

}
