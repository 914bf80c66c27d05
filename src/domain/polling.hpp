#pragma once

#include <cstdint>

namespace headgate::domain {

/// How much Headgate asks of the network: SNMP requests, to all servers and appliances together.
struct Polling {
    std::uint32_t maxInFlight = 4096;        ///< requests that wait for their answers at a time; at least 1
    std::uint32_t maxPerSecond = 20000;      ///< requests a second; at least 1
    std::uint32_t maxPerSecondPerSubnet = 0; ///< of which by polls of agents of one subnet; 0: no limit
    std::uint32_t maxInFlightPerSubnet = 0;  ///< the same of maxInFlight
    std::uint8_t subnetPrefixV4 = 24;        ///< how long the prefix of a subnet is, in bits: 0..32
    std::uint8_t subnetPrefixV6 = 64;        ///< 0..128
    bool operator==(const Polling&) const = default;
};

/// What came of asking, counted since the start, and how it stands.
struct PollingState {
    std::uint64_t sent = 0;     ///< requests, with their retries
    std::uint64_t answered = 0; ///< of which somebody answered
    std::uint64_t timedOut = 0; ///< requests that nobody answered, after their last retry
    /// Polls that began late by more than their interval, or were skipped while one before was still being
    /// answered: a poll for each whole interval.
    std::uint64_t overruns = 0;
    std::uint32_t inFlight = 0; ///< requests that wait for an answer
    std::uint32_t silent = 0;   ///< servers that have missed `silentAfter` polls in a row, or more
    bool operator==(const PollingState&) const = default;
};

}
