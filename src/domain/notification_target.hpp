#pragma once

#include "domain/names.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <string>

namespace headgate::domain {

/// The SNMP agent of this machine, which serves HEADGATE-MIB with Headgate as its subagent.
struct SnmpAgent {
    bool enabled = false;
    std::string master = "unix:/var/agentx/master"; ///< as its agentXSocket
    bool operator==(const SnmpAgent&) const = default;
};

/// Whom Headgate tells by SNMP notifications what happens.
struct NotificationTarget {
    std::string name;
    std::string address; ///< IP literal:port; IPv6 in brackets
    CredentialName credential;
    bool inform = false;     ///< its receiver acknowledges what it gets
    Duration timeout{1500};  ///< of one try of an inform
    unsigned retries = 3;    ///< tries of an inform after the first
    unsigned rateLimit = 60; ///< the most in a minute
    bool operator==(const NotificationTarget&) const = default;
};

}
