// headgate-policy-bench [LOAD …]: what Headgate's policy, and simpler ones, make of each load, as a line of
// JSON each. Nothing is measured: the same on every machine.

#include "bench/policy/policies.hpp"

#include <algorithm>
#include <cstdio>

int main(int count, char** words) {
    using namespace headgate::bench;
    const std::vector<std::string> only(words + 1, words + count);
    for (const auto& load : loads()) {
        if (!only.empty() && std::find(only.begin(), only.end(), load.key) == only.end()) continue;
        for (const auto& result : compare(load))
            std::printf("{\"load\": \"%s\", \"what\": \"%s\", \"policy\": \"%s\", \"above\": %.2f, "
                        "\"changes\": %u, \"hours\": %.2f}\n",
                        result.load.c_str(), load.what.c_str(), result.policy.c_str(), result.minutesAbove,
                        result.changes, result.serverHours);
    }
    return 0;
}
