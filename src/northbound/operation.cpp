#include "northbound/operation.hpp"

#include "northbound/translate.hpp"
#include "yang/node.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace headgate::northbound {
namespace {

constexpr std::array kinds{RequestKind::plan,        RequestKind::allocate, RequestKind::release,
                           RequestKind::hold,        RequestKind::resume,   RequestKind::check,
                           RequestKind::repair,      RequestKind::load,     RequestKind::history,
                           RequestKind::getRevision, RequestKind::rollback};

/// Those that change nothing.
constexpr std::array harmless{RequestKind::plan, RequestKind::check, RequestKind::history,
                              RequestKind::getRevision};

[[noreturn]] void missing(const char* leaf, const char* message) {
    yang::RpcError error;
    error.tag = "missing-element";
    error.info = {{"bad-element", leaf}};
    error.message = message;
    throw yang::RpcErrors(std::move(error));
}

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
    if (request.kind == RequestKind::release && !request.server)
        missing("server", "A release names the member that is to leave.");
    if (request.kind == RequestKind::getRevision || request.kind == RequestKind::rollback) {
        if (!node.leaf("number")) missing("number", "A revision is named by its number: see history.");
        request.number = std::stoull(*node.leaf("number"));
    }
    if (request.kind == RequestKind::history) request.number = std::stoull(node.leafOr("limit", "100"));
    return request;
}

bool isCommit(const lyd_node* operation) {
    const yang::Node node(operation);
    return node.module() == "ietf-netconf" && node.name() == "commit";
}

bool changesRunning(RequestKind kind) {
    return std::find(harmless.begin(), harmless.end(), kind) == harmless.end();
}

yang::RpcErrors refusalOf(const Answer& answer) {
    yang::RpcError error;
    error.tag = answer.busy ? "in-use" : "operation-failed";
    error.message = answer.reason;
    if (answer.problems.empty()) return yang::RpcErrors(std::move(error));
    std::vector<yang::RpcError> errors;
    for (const auto& problem : answer.problems) {
        error.path = problem.path;
        error.message = problem.rule;
        errors.push_back(error);
    }
    return yang::RpcErrors(std::move(errors));
}

}
