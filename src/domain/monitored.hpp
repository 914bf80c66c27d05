#pragma once

#include "domain/names.hpp"
#include "domain/time.hpp"

#include <string>
#include <vector>

namespace headgate::domain {

/// What an appliance's own monitors say of the members of one of its pools. Of a member that is not in it
/// they say nothing, or nothing any more.
struct Monitored {
    struct Word {
        ServerName server;
        bool up = false;
        std::string text{}; ///< in the appliance's words, of one that is down
        bool operator==(const Word&) const = default;
    };
    ApplianceName appliance;
    PoolName pool;
    std::vector<Word> members{};
    bool operator==(const Monitored&) const = default;
};

/// What is remembered of it.
struct MonitorWord {
    PoolName pool;
    ApplianceName appliance;
    ServerName server;
    bool up = false;
    Instant since{}; ///< it says so
    Instant at{};    ///< it was last heard
    std::string text{};
    bool operator==(const MonitorWord&) const = default;
};

}
