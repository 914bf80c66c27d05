#pragma once

#include "yang/rpc_error.hpp"
#include "yang/tree.hpp"

namespace headgate::datastore {

/// libyang tells of a mandatory node that is missing, and of too few or too many entries, by the path of the
/// schema. This gives the error the path of the first instance in `tree`, with the keys of what it is in;
/// other errors stay as they are.
void locate(yang::RpcError& error, const yang::Tree& tree);

}
