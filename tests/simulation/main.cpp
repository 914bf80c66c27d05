#include "simulation/world.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Arguments {
    std::uint64_t first = 1;
    std::uint64_t seeds = 2000;
    bool one = false;
};

int usage() {
    std::fprintf(stderr, "usage: simulation [--seeds N] [--first N] | --seed N\n"
                         "  runs N histories from seed --first on; --seed replays one, with a trace\n");
    return 2;
}

bool parse(int argc, char** argv, Arguments& arguments) {
    for (int i = 1; i < argc; i += 2) {
        const std::string word = argv[i];
        if (i + 1 >= argc) return false;
        char* end = nullptr;
        const auto number = std::strtoull(argv[i + 1], &end, 10);
        if (*end != '\0') return false;
        if (word == "--seeds")
            arguments.seeds = number;
        else if (word == "--first")
            arguments.first = number;
        else if (word == "--seed") {
            arguments = {number, 1, true};
        } else
            return false;
    }
    return true;
}

}

int main(int argc, char** argv) {
    Arguments arguments;
    if (!parse(argc, argv, arguments)) return usage();
    std::uint64_t failed = 0, committed = 0, rolledBack = 0, indeterminate = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.seeds; ++seed) {
        headgate::simulation::World world(seed, arguments.one);
        const auto& violations = world.run();
        committed += world.ledger().committed;
        rolledBack += world.ledger().rolledBack;
        indeterminate += world.ledger().indeterminate;
        if (violations.empty()) continue;
        if (++failed > 20) continue;
        for (const auto& violation : violations)
            std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), violation.c_str());
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf(
        "%llu histories in %.1f s (%.0f a second): %llu committed, %llu rolled back, %llu indeterminate; "
        "%llu failed\n",
        static_cast<unsigned long long>(arguments.seeds), took.count(),
        static_cast<double>(arguments.seeds) / took.count(), static_cast<unsigned long long>(committed),
        static_cast<unsigned long long>(rolledBack), static_cast<unsigned long long>(indeterminate),
        static_cast<unsigned long long>(failed));
    if (failed) std::printf("replay one with: simulation --seed N\n");
    return failed ? 1 : 0;
}
