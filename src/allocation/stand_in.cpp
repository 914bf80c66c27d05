#include "allocation/stand_in.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace headgate::allocation {

namespace {

constexpr auto last = std::numeric_limits<std::uint64_t>::max();

/// FNV-1a with SplitMix64's last steps: alike wherever it runs, which std::hash is not.
std::uint64_t hashOf(std::string_view member, std::string_view candidate) {
    std::uint64_t hash = 14695981039346656037U;
    const auto add = [&hash](unsigned char octet) { hash = (hash ^ octet) * 1099511628211U; };
    for (const auto octet : member)
        add(static_cast<unsigned char>(octet));
    add(0);
    for (const auto octet : candidate)
        add(static_cast<unsigned char>(octet));
    hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
    hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
    return hash ^ (hash >> 31U);
}

std::uint64_t place(const domain::FailOver& failOver, const domain::ServerName& server) {
    const auto& all = failOver.candidates;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.server == server; });
    return static_cast<std::uint64_t>(found - all.begin());
}

std::uint64_t weight(const domain::FailOver& failOver, const domain::ServerName& server) {
    const auto at = place(failOver, server);
    return at < failOver.candidates.size() ? std::max(failOver.candidates[at].weight, 1U) : 1;
}

std::uint64_t order(const domain::FailOver& failOver, const domain::ServerName& inPlaceOf,
                    const StandInCandidate& candidate) {
    using domain::StandIn;
    const auto& name = candidate.server.name;
    const auto since =
        candidate.freeSince ? static_cast<std::uint64_t>(candidate.freeSince->time_since_epoch().count()) : 0;
    switch (failOver.choice) {
    case StandIn::leastUtilised: return 0;
    case StandIn::weighted:
        return (static_cast<std::uint64_t>(std::max(*candidate.state.utilisation, 0)) + 1) * 1'000'000 /
               weight(failOver, name);
    case StandIn::hash: return last - hashOf(inPlaceOf.value, name.value);
    case StandIn::firstInFirstOut: return since;
    case StandIn::lastInFirstOut: return last - since;
    case StandIn::prioritised: return place(failOver, name);
    }
    return 0;
}

/// What counts as all of it; of those that are in permille anyway 1000.
std::optional<double> limitOf(const std::string& metric, const domain::Profile* profile) {
    if (profile)
        for (const auto& one : profile->metrics)
            if (one.name == metric) return one.limit;
    if (metric == "cpu" || metric == "memory" || metric == "disk") return 1000.0;
    return std::nullopt;
}

}

Rank standInRank(const domain::FailOver& failOver, const domain::ServerName& inPlaceOf,
                 const StandInCandidate& candidate) {
    return {order(failOver, inPlaceOf, candidate), *candidate.state.utilisation, candidate.server.priority,
            candidate.server.name};
}

std::string beyondLimits(const domain::FailOver& failOver, const domain::Profile* profile,
                         const domain::ServerState& state) {
    for (const auto& limit : failOver.limits) {
        const auto reading = state.readings.find(limit.metric);
        const auto whole = limitOf(limit.metric, profile);
        if (reading == state.readings.end() || !whole || *whole <= 0) continue;
        const double permille = reading->second * 1000 / *whole;
        if (permille > limit.permille)
            return "its " + limit.metric + (limit.metric.ends_with("s") ? " are at " : " is at ") +
                   std::to_string(std::lround(permille)) + " permille, above " +
                   std::to_string(limit.permille);
    }
    return {};
}

}
