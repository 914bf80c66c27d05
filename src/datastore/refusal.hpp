#pragma once

#include "yang/rpc_error.hpp"

#include <initializer_list>
#include <string>
#include <utility>

namespace headgate::datastore {

using Info = std::initializer_list<std::pair<std::string, std::string>>;

/// A refusal of the protocol layer: the operation, not the data, is at fault.
inline yang::RpcErrors refusal(const char* tag, std::string message, Info info = {}) {
    yang::RpcError error;
    error.type = yang::RpcError::Type::protocol;
    error.tag = tag;
    error.message = std::move(message);
    error.info = info;
    return yang::RpcErrors(std::move(error));
}

}
