#pragma once

#include "domain/names.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::domain {

/// A demand on a notification: it has a varbind whose name is `oid` or below it, and which says that.
struct VarbindCondition {
    std::string oid;                    ///< numeric
    std::optional<std::string> value{}; ///< its whole value: a text, a number in decimal, an OID, an address
    std::optional<std::string> contains{}; ///< a part of its text
    bool operator==(const VarbindCondition&) const = default;
};

/// A varbind whose value names whom to look at; `oid` as in a condition.
struct NamingVarbind {
    enum class Names { any, server, appliance, pool };
    std::string oid;
    Names names = Names::any;
    bool operator==(const NamingVarbind&) const = default;
};

/// What a notification is for: whom to look at now. A server is polled, an appliance checked, and of a pool
/// its members are polled and its appliances checked.
struct NotificationRule {
    enum class Action { look, tell, ignore };

    std::string name;
    std::string trapOid;                        ///< numeric
    bool subtree = false;                       ///< those below it, too
    std::vector<VarbindCondition> conditions{}; ///< all must hold
    Action action = Action::look;
    bool sender = true; ///< whoever sent it, or whom it was passed on for
    std::vector<NamingVarbind> varbinds{};
    std::vector<ServerName> servers{};
    std::vector<ApplianceName> appliances{};
    std::vector<PoolName> pools{};
    bool operator==(const NotificationRule&) const = default;
};

}
