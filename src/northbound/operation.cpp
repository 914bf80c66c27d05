#include "northbound/operation.hpp"

#include "northbound/translate.hpp"
#include "yang/node.hpp"
#include "yang/rpc_error.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace headgate::northbound {
namespace {

constexpr std::array kinds{RequestKind::plan,   RequestKind::allocate, RequestKind::release,
                           RequestKind::hold,   RequestKind::resume,   RequestKind::check,
                           RequestKind::repair, RequestKind::load};

constexpr std::array<std::string_view, 9> changes{"edit-config", "copy-config",     "delete-config",
                                                  "lock",        "unlock",          "commit",
                                                  "validate",    "discard-changes", "cancel-commit"};

}

std::optional<Request> requestOf(const lyd_node* operation) {
    const yang::Node node(operation);
    const auto name = node.name();
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&](RequestKind k) { return name == toString(k); });
    if (kind == kinds.end() || node.module() != moduleName) return std::nullopt;
    Request request;
    request.kind = *kind;
    if (const auto pool = node.parent()) request.pool = domain::PoolName{pool->leafOr("name", "")};
    if (const auto server = node.leaf("server")) request.server = domain::ServerName{*server};
    if (const auto appliance = node.leaf("appliance")) request.appliance = domain::ApplianceName{*appliance};
    request.configuration = node.leafOr("configuration", "");
    request.folder = node.leafOr("folder", "");
    if (request.kind == RequestKind::release && !request.server) {
        yang::RpcError error;
        error.tag = "missing-element";
        error.info = {{"bad-element", "server"}};
        error.message = "A release names the member that is to leave.";
        throw yang::RpcErrors(std::move(error));
    }
    return request;
}

void refuseChange(const lyd_node* operation) {
    const yang::Node node(operation);
    if (node.module() != "ietf-netconf") return;
    if (std::find(changes.begin(), changes.end(), node.name()) == changes.end()) return;
    yang::RpcError error;
    error.type = yang::RpcError::Type::protocol;
    error.tag = "operation-not-supported";
    error.message =
        "The running configuration cannot be edited over NETCONF: it is replaced by the operation load "
        "(headgate config load FILE), and its members change by transactions.";
    throw yang::RpcErrors(std::move(error));
}

}
