#include "datastore/access_control.hpp"

#include "base/log.hpp"
#include "datastore/refusal.hpp"
#include "datastore/user_access.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

constexpr base::Log logger("datastore");
constexpr const char* top = "/ietf-netconf-acm:nacm";

/// The first node, at or below this one, that must not be written.
const lyd_node* forbidden(UserAccess& user, const lyd_node* node, Access access) {
    if (node->flags & LYD_DEFAULT) return nullptr;
    if (!user.mayWrite(node, access)) return node;
    for (const auto* child = lyd_child_no_keys(node); child; child = child->next)
        if (const auto* found = forbidden(user, child, access)) return found;
    return nullptr;
}

const lyd_node* forbidden(UserAccess& user, const yang::ChangedNode& change) {
    using Kind = yang::Difference::Kind;
    const auto* node = change.node.raw();
    switch (change.kind) {
    case Kind::create: return forbidden(user, node, Access::create);
    case Kind::remove: return forbidden(user, node, Access::remove);
    case Kind::replace:
    case Kind::move: break;
    }
    return user.mayWrite(node, Access::update) ? nullptr : node;
}

}

void AccessControl::follow(const yang::Tree& running) {
    if (m_on) m_rules = std::make_shared<const AccessRules>(AccessRules::read(running));
}

void AccessControl::requireOperation(const Session& session, const lyd_node* operation) {
    if (!restricts(session) || UserAccess(*m_rules, session.user).mayDo(operation)) return;
    ++m_deniedOperations;
    const std::string name = operation->schema->name;
    logger.info("denied", {{"user", session.user}, {"operation", name}});
    auto refused = refusal("access-denied", "user " + session.user + " may not do " + name);
    throw yang::RpcErrors(std::move(refused));
}

void AccessControl::requireChange(const Session& session, const yang::Tree& before, const yang::Tree& after) {
    if (!restricts(session)) return;
    UserAccess user(*m_rules, session.user);
    for (const auto& change : yang::changedNodes(before, after)) {
        const auto* node = forbidden(user, change);
        if (!node) continue;
        deny(session, yang::Node(node).path(),
             change.kind == yang::Difference::Kind::create   ? "create"
             : change.kind == yang::Difference::Kind::remove ? "delete"
                                                             : "change");
    }
}

void AccessControl::requireWrite(const Session& session, const NodePlace& place, const std::string& path,
                                 Access access) {
    if (!restricts(session) || UserAccess(*m_rules, session.user).mayWrite(place, access)) return;
    deny(session, path, access == Access::create ? "create" : access == Access::remove ? "delete" : "change");
}

void AccessControl::deny(const Session& session, std::string path, const char* what) {
    ++m_deniedWrites;
    yang::RpcError error;
    error.tag = "access-denied";
    error.path = std::move(path);
    error.message = "user " + session.user + " may not " + what + " this";
    logger.info("denied", {{"user", session.user}, {"node", error.path}});
    throw yang::RpcErrors(std::move(error));
}

void AccessControl::prune(const Session& session, yang::Tree& data) const {
    if (restricts(session)) UserAccess(*m_rules, session.user).prune(data);
}

AccessControl::MayHear AccessControl::mayHear() const {
    if (!m_on) return [](const Session&, const yang::Tree&) { return true; };
    return [rules = m_rules, denied = m_deniedNotifications](const Session& session,
                                                             const yang::Tree& notification) {
        if (!rules->enabled || session.trusted ||
            UserAccess(*rules, session.user).mayHear(notification.get()))
            return true;
        ++*denied;
        return false;
    };
}

void AccessControl::addCounters(yang::Tree& data) const {
    if (!m_on || !data.find(top)) return;
    const std::string node = top;
    data.set(node + "/denied-operations", std::to_string(m_deniedOperations));
    data.set(node + "/denied-data-writes", std::to_string(m_deniedWrites));
    data.set(node + "/denied-notifications", std::to_string(*m_deniedNotifications));
}

}
