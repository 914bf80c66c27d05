#include "yang/rpc_error.hpp"

#include <cassert>

namespace headgate::yang {

const char* toString(RpcError::Type type) noexcept {
    switch (type) {
    case RpcError::Type::transport: return "transport";
    case RpcError::Type::rpc: return "rpc";
    case RpcError::Type::protocol: return "protocol";
    case RpcError::Type::application: return "application";
    }
    return "application";
}

std::string toString(const RpcError& error) {
    std::string text = error.tag;
    if (!error.path.empty()) text += " at " + error.path;
    if (!error.appTag.empty()) text += " (" + error.appTag + ")";
    for (const auto& [name, value] : error.info)
        text += " [" + name + "=" + value + "]";
    if (!error.message.empty()) text += ": " + error.message;
    return text;
}

RpcErrors::RpcErrors(RpcError error)
    : RpcErrors(std::vector<RpcError>{std::move(error)}) {}

RpcErrors::RpcErrors(std::vector<RpcError> errors)
    : m_errors(std::move(errors)) {
    assert(!m_errors.empty());
    for (const auto& error : m_errors) {
        if (!m_text.empty()) m_text += "; ";
        m_text += toString(error);
    }
}

}
