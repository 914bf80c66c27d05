#pragma once

#include "base/clock.hpp"
#include "snmp/credentials.hpp"
#include "snmp/endpoint.hpp"

#include <cstdint>
#include <memory>

namespace headgate::snmp {

/// An agent to ask: where, as whom, how patiently. Make it once and keep it: the client remembers an agent's
/// SNMPv3 engine with its target.
struct Target {
    Endpoint endpoint;
    CredentialsPtr credentials;
    base::Duration timeout{1000}; ///< of one try
    int retries = 2;              ///< tries after the first
    std::uint32_t number = 0;     ///< what its owner calls it; the client does not care
};

using TargetPtr = std::shared_ptr<const Target>;

inline TargetPtr makeTarget(Target target) {
    return std::make_shared<const Target>(std::move(target));
}

}
