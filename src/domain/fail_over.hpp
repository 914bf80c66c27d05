#pragma once

#include "domain/names.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace headgate::domain {

/// Whom a pool prefers in the place of a member that is down; of several alike the least utilised, then the
/// lowest priority, then the first by name.
enum class StandIn : std::uint8_t {
    leastUtilised,
    weighted,        ///< the least utilised for its weight
    hash,            ///< the same one for the same member, each time (rendezvous hashing)
    firstInFirstOut, ///< who has been free the longest
    lastInFirstOut,  ///< who became free last
    prioritised,     ///< the first of a list
};

/// Nobody whose reading of that metric is above so many permille of its limit stands in.
struct ResourceLimit {
    std::string metric;
    int permille = 750;
    bool operator==(const ResourceLimit&) const = default;
};

struct FailOver {
    struct Candidate {
        ServerName server;
        unsigned weight = 1;
        bool operator==(const Candidate&) const = default;
    };

    Duration after{10000}; ///< how long a member must be down, and afterwards be back
    StandIn choice = StandIn::leastUtilised;
    std::vector<Candidate> candidates; ///< in an operator's order; who is not there has weight 1, and is last
    std::vector<ResourceLimit> limits{{"memory", 750}};
    bool failBack = true; ///< who stands in leaves when the other one is back
    bool operator==(const FailOver&) const = default;
};

}
