#pragma once

#include "snmp/credentials.hpp"

#include <chrono>
#include <cstdint>

namespace headgate::bench {

/// The whole way, from the schedule to the Sample: telemetry as the daemon has it, with its samples counted.
struct Poll {
    std::uint16_t port = 0;
    std::uint32_t servers = 0;
    std::chrono::seconds time{1};
    std::chrono::milliseconds interval{1000};
    std::chrono::seconds warm{0}; ///< to wait besides until each server was asked twice
    snmp::CredentialsPtr credentials;
};

/// Prints one JSON object. Throws std::runtime_error when the servers are not asked as they should.
void measure(const Poll& poll);

}
