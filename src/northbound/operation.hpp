#pragma once

#include "northbound/request.hpp"

#include <optional>

struct lyd_node;

namespace headgate::northbound {

/// The request that one of our model's operations is; nothing for any other operation. Its id and user are
/// for the caller to fill in. Throws yang::RpcErrors when a mandatory input is missing.
std::optional<Request> requestOf(const lyd_node* operation);

/// Throws yang::RpcErrors for the operations that would change or lock a datastore: this one is the daemon's.
void refuseChange(const lyd_node* operation);

}
