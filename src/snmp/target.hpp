#pragma once

#include "base/clock.hpp"
#include "snmp/credentials.hpp"
#include "snmp/endpoint.hpp"

#include <memory>

namespace headgate::snmp {

/// An agent to ask: where, as whom, how patiently. Make it once and keep it: the client remembers an agent's
/// SNMPv3 engine with its target.
struct Target {
    Endpoint endpoint;
    CredentialsPtr credentials;
    base::Duration timeout{1000}; ///< of one try
    int retries = 2;              ///< tries after the first
};

using TargetPtr = std::shared_ptr<const Target>;

inline TargetPtr makeTarget(Target target) {
    return std::make_shared<const Target>(std::move(target));
}

}
