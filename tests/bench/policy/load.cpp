#include "bench/policy/load.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace headgate::bench {
namespace {

using namespace std::chrono_literals;

double minutes(domain::Duration at) {
    return static_cast<double>(at.count()) / 60000;
}

/// Users connected to a server, each minute: "WWWusage" of R's data sets (Debian's r-base-core), from
/// Makridakis, Wheelwright and Hyndman, Forecasting: Methods and Applications, 1998.
constexpr std::array<int, 100> users{
    88,  84,  85,  85,  84,  85,  83,  85,  88,  89,  91,  99,  104, 112, 126, 138, 146, 151, 150, 148,
    147, 149, 143, 132, 131, 139, 147, 150, 148, 145, 140, 134, 131, 131, 129, 126, 126, 132, 137, 140,
    142, 150, 159, 167, 170, 171, 172, 172, 174, 175, 172, 172, 174, 174, 169, 165, 156, 142, 131, 121,
    112, 104, 102, 99,  99,  95,  88,  84,  84,  87,  89,  88,  85,  86,  89,  91,  91,  94,  101, 110,
    121, 135, 145, 149, 156, 165, 171, 175, 177, 182, 193, 204, 208, 210, 215, 222, 228, 226, 222, 220};
constexpr double permilleOfAUser = 20;

double recorded(domain::Duration at) {
    const double minute = std::min(minutes(at), static_cast<double>(users.size() - 1));
    const auto before = static_cast<std::size_t>(minute);
    const auto after = std::min(before + 1, users.size() - 1);
    const double share = minute - static_cast<double>(before);
    return permilleOfAUser * (users[before] * (1 - share) + users[after] * share);
}

double flash(domain::Duration at) {
    const double since = minutes(at) - 30;
    if (since < 0) return 1000;
    if (since < 1) return 1000 + 5000 * since;
    return 1000 + 5000 * std::exp(-(since - 1) / 10);
}

Load load(std::string key, std::string what, domain::Duration length,
          std::function<double(domain::Duration)> total) {
    Load made;
    made.key = std::move(key);
    made.what = std::move(what);
    made.length = length;
    made.total = std::move(total);
    return made;
}

}

std::vector<Load> loads() {
    const auto steady = [](domain::Duration) { return 1000.0; };
    std::vector<Load> all;
    all.push_back(load("step", "a step from 1 server's worth to 3.5, an hour long", 2h,
                       [](domain::Duration at) { return at >= 10min && at < 70min ? 3500.0 : 1000.0; }));
    all.push_back(load("ramp", "a ramp from 1 to 6 in an hour", 2h,
                       [](domain::Duration at) { return 1000 + 5000 * std::min(1.0, minutes(at) / 60); }));
    all.push_back(load("day", "a day between 1 and 6", 24h, [](domain::Duration at) {
        return 3500 - 2500 * std::cos(2 * std::numbers::pi * minutes(at) / (24 * 60));
    }));
    all.push_back(load("flash", "a flash crowd: 1 to 6 in a minute, gone in half an hour", 2h, flash));
    all.push_back(load("leak", "a slow leak in one server, at a load of 1", 4h, steady));
    all.back().leak = [](domain::Duration at) { return 4 * minutes(at); };
    all.push_back(load("data-source", "a data source that saturates for an hour", 2h, steady));
    all.back().floor = [](domain::Duration at) { return at >= 30min && at < 90min ? 950.0 : 0.0; };
    all.push_back(load("measured", "the same, and the data source is measured", 2h, steady));
    all.back().floor = all[all.size() - 2].floor;
    all.back().measured = true;
    all.push_back(load("lie", "a server that always says 950, at a load of 1", 2h, steady));
    all.back().lies = true;
    all.push_back(load("recorded", "a recorded load, 100 minutes of a server's users", 100min, recorded));
    return all;
}

}
