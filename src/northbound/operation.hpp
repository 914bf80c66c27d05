#pragma once

#include "northbound/request.hpp"
#include "yang/rpc_error.hpp"
#include "yang/tree.hpp"

#include <optional>

struct lyd_node;

namespace headgate::northbound {

/// The request that one of our model's operations is; nothing for any other operation. Its id and user are
/// for the caller to fill in. Throws yang::RpcErrors when a mandatory input is missing.
std::optional<Request> requestOf(const lyd_node* operation);

/// NETCONF's <commit>: the daemon makes it.
bool isCommit(const lyd_node* operation);

/// The transaction that leads from running to what is committed, where that is one member of a pool more or
/// less and nothing else; nothing for any other commit.
std::optional<Request> memberChange(const yang::Tree& running, const yang::Tree& committed);

/// Is `next` what `committed` makes of `running`: the same, or with the same one member more or less? What is
/// told of a member that joined is its server's.
bool comesOf(const yang::Tree& running, const yang::Tree& committed, const yang::Tree& next);

/// May its answer be another running configuration?
bool changesRunning(RequestKind kind);

/// What a client of <commit> is told of an answer that is not `done`: an error for each problem.
yang::RpcErrors refusalOf(const Answer& answer);

}
