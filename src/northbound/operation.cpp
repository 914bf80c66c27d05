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
                              RequestKind::getRevision, RequestKind::readLog};

/// A leaf that was set, and is no default.
std::optional<std::string> setLeaf(const yang::Node& node, const char* name) {
    const auto leaf = node.child(name);
    return leaf && !leaf->isDefault() ? std::optional(leaf->value()) : std::nullopt;
}

/// The one member more or less that is all that differs.
struct ChangedMember {
    bool joins = false;
    std::string pool;
    std::string server;
    yang::Node node;
};

std::optional<ChangedMember> changedMember(const yang::Tree& before, const yang::Tree& after) {
    const auto edits = yang::differences(before, after);
    using Kind = yang::Difference::Kind;
    if (edits.size() != 1 || (edits[0].kind != Kind::create && edits[0].kind != Kind::remove))
        return std::nullopt;
    const bool joins = edits[0].kind == Kind::create;
    const auto node = (joins ? after : before).find(edits[0].path);
    if (!node || node->name() != "member" || node->module() != moduleName) return std::nullopt;
    return ChangedMember{joins, node->parent()->leafOr("name", ""), node->leafOr("server", ""), *node};
}

[[noreturn]] void missing(const char* leaf, const char* message) {
    yang::RpcError error;
    error.tag = "missing-element";
    error.info = {{"bad-element", leaf}};
    error.message = message;
    throw yang::RpcErrors(std::move(error));
}

}

domain::Asked askedOf(const yang::Node& member, Told told) {
    domain::Asked asked;
    if (member.leafOr("origin", "") == "allocated") asked.origin = domain::Origin::allocated;
    if (told == Told::byHistory) return asked;
    const auto authentication = member.child("authentication");
    for (const auto& leaf : authentication ? authentication->children() : std::vector<yang::Node>()) {
        if (leaf.isDefault()) continue;
        yang::RpcError error;
        error.tag = "operation-failed";
        error.path = leaf.path();
        error.message = "How its port authenticates is told by the server itself: commit the member without.";
        throw yang::RpcErrors(std::move(error));
    }
    const auto connection = member.child("connection");
    if (!connection) return asked;
    asked.address = setLeaf(*connection, "address");
    asked.protocol = setLeaf(*connection, "protocol");
    if (const auto port = setLeaf(*connection, "port"))
        asked.port = static_cast<std::uint16_t>(std::stoul(*port));
    if (const auto weight = setLeaf(*connection, "weight")) asked.weight = std::stoi(*weight);
    if (const auto limit = setLeaf(*connection, "connection-limit"))
        asked.connectionLimit = static_cast<std::uint32_t>(std::stoul(*limit));
    return asked;
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

bool isCancelCommit(const lyd_node* operation) {
    const yang::Node node(operation);
    return node.module() == "ietf-netconf" && node.name() == "cancel-commit";
}

bool locksRunning(const lyd_node* operation) {
    const yang::Node node(operation);
    if (node.module() != "ietf-netconf" || node.name() != "lock") return false;
    const auto target = node.child("target");
    // The second as RFC 8526 says it.
    return target && (target->child("running") || target->leaf("datastore") == "ietf-datastores:running");
}

yang::RpcErrors lockDenied(std::string message, std::uint32_t holder) {
    yang::RpcError error;
    error.type = yang::RpcError::Type::protocol;
    error.tag = "lock-denied";
    error.message = std::move(message);
    error.info = {{"session-id", std::to_string(holder)}};
    return yang::RpcErrors(std::move(error));
}

std::optional<Request> memberChange(const yang::Tree& running, const yang::Patch& committed) {
    const auto changed = committed.where ? changedMember(yang::cut(running, *committed.where), committed.part)
                                         : changedMember(running, committed.part);
    if (!changed) return std::nullopt;
    Request request;
    request.kind = changed->joins ? RequestKind::allocate : RequestKind::release;
    request.pool = domain::PoolName{changed->pool};
    request.server = domain::ServerName{changed->server};
    if (changed->joins) request.asked = askedOf(changed->node, Told::byOperator);
    return request;
}

namespace {

bool leadsTo(const yang::Tree& running, const yang::Tree& committed, const yang::Tree& next) {
    if (yang::equal(committed, next)) return true;
    const auto wanted = changedMember(running, committed);
    const auto made = changedMember(running, next);
    return wanted && made && wanted->joins == made->joins && wanted->pool == made->pool &&
           wanted->server == made->server;
}

}

bool comesOf(const yang::Tree& running, const yang::Patch& committed, const yang::Patch& next) {
    const bool parts = committed.where && next.where;
    auto where = committed.where.value_or(yang::Entries{});
    if (parts) where.insert(next.where->begin(), next.where->end());
    const auto before = parts ? yang::cut(running, where) : running.duplicate();
    auto one = before.duplicate();
    committed.apply(one);
    auto other = before.duplicate();
    next.apply(other);
    return leadsTo(before, one, other);
}

bool changesRunning(RequestKind kind) {
    return std::find(harmless.begin(), harmless.end(), kind) == harmless.end();
}

yang::RpcErrors refusalOf(const Answer& answer) {
    yang::RpcError error;
    error.tag = answer.busy ? "in-use" : "operation-failed";
    if (answer.wrongPersistId) {
        error.type = yang::RpcError::Type::protocol;
        error.tag = "invalid-value";
        error.info = {{"bad-element", "persist-id"}};
    }
    if (answer.kind != AnswerKind::refused) error.appTag = toString(answer.kind);
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
