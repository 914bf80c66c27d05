#pragma once

#include "domain/time.hpp"

#include <functional>
#include <string>
#include <vector>

namespace headgate::bench {

/// A load, and what is strange about who bears it. Everything in permille of one server.
struct Load {
    std::string key, what;
    domain::Duration length{};
    /// What all members bear together.
    std::function<double(domain::Duration)> total;
    /// Below it no member gets, however many there are: of a data source that they share.
    std::function<double(domain::Duration)> floor = [](domain::Duration) { return 0.0; };
    bool measured = false; ///< that data source, which has the floor itself in use
    /// What the first member has besides, for nobody's use.
    std::function<double(domain::Duration)> leak = [](domain::Duration) { return 0.0; };
    bool lies = false; ///< the first member always says that it is at 950 permille
};

/// Those of the benchmark, in the order of its table.
std::vector<Load> loads();

}
