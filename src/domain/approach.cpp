#include "domain/approach.hpp"

#include <algorithm>

namespace headgate::domain {

std::string_view toString(Strategy strategy) {
    switch (strategy) {
    case Strategy::confirmed: return "confirmed";
    case Strategy::candidate: return "candidate";
    case Strategy::direct: return "direct";
    }
    return "?";
}

std::optional<Strategy> toStrategy(std::string_view name) {
    for (const auto strategy : {Strategy::confirmed, Strategy::candidate, Strategy::direct})
        if (toString(strategy) == name) return strategy;
    return std::nullopt;
}

bool hasCapability(const std::vector<std::string>& capabilities, std::string_view name) {
    constexpr std::string_view begin = "urn:ietf:params:netconf:capability:";
    return std::any_of(capabilities.begin(), capabilities.end(), [&](std::string_view uri) {
        uri = uri.substr(0, uri.find('?'));
        return uri.starts_with(begin) && uri.substr(begin.size()) == name;
    });
}

std::optional<Strategy> strategyFor(const std::vector<std::string>& capabilities) {
    if (hasCapability(capabilities, "candidate:1.0"))
        return hasCapability(capabilities, "confirmed-commit:1.1") ? Strategy::confirmed
                                                                   : Strategy::candidate;
    if (hasCapability(capabilities, "writable-running:1.0") &&
        hasCapability(capabilities, "rollback-on-error:1.0"))
        return Strategy::direct;
    return std::nullopt;
}

std::string_view remainingRisk(Strategy strategy) {
    switch (strategy) {
    case Strategy::confirmed:
        return "none that time does not mend: an appliance that hears nothing more from Headgate reverts by "
               "itself";
    case Strategy::candidate:
        return "its commit stays unless Headgate takes it back: if it cannot be reached then, its pool "
               "differs from "
               "the others until it can";
    case Strategy::direct:
        return "its change serves at once, without a rehearsal, and stays unless Headgate takes it back: if "
               "it "
               "cannot be reached then, its pool differs from the others until it can";
    }
    return "?";
}

}
