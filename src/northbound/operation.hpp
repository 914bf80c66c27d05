#pragma once

#include "northbound/request.hpp"
#include "yang/entries.hpp"
#include "yang/rpc_error.hpp"
#include "yang/tree.hpp"

#include <optional>

struct lyd_node;

namespace headgate::northbound {

/// The request that one of our model's operations is; nothing for any other operation. Its id and user are
/// for the caller to fill in. Throws yang::RpcErrors when a mandatory input is missing.
std::optional<Request> requestOf(const lyd_node* operation);

/// NETCONF's <commit> and <cancel-commit>: the daemon makes them.
bool isCommit(const lyd_node* operation);
bool isCancelCommit(const lyd_node* operation);
/// NETCONF's <lock> of running, which is denied to others while a confirmed commit is pending (RFC 6241,
/// section 7.5).
bool locksRunning(const lyd_node* operation);
yang::RpcErrors lockDenied(std::string message, std::uint32_t holder);

/// The transaction that leads from running to what is committed, where that is one member of a pool more or
/// less and nothing else; nothing for any other commit.
std::optional<Request> memberChange(const yang::Tree& running, const yang::Patch& committed);

/// Who says what a member that joins is to be: what an operator says has to be what the server tells; of what
/// was recorded once, only that the member was there.
enum class Told { byOperator, byHistory };
/// Throws yang::RpcErrors for what only the server itself can tell.
domain::Asked askedOf(const yang::Node& member, Told told);

/// Is `next` what `committed` makes of `running`: the same, or with the same one member more or less? What is
/// told of a member that joined is its server's.
bool comesOf(const yang::Tree& running, const yang::Patch& committed, const yang::Patch& next);

/// May its answer be another running configuration?
bool changesRunning(RequestKind kind);

/// What a client of <commit> is told of an answer that is not `done`: an error for each problem.
yang::RpcErrors refusalOf(const Answer& answer);

}
