#include "simulation/world.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

using headgate::simulation::World;

struct Arguments {
    std::uint64_t first = 1;
    std::uint64_t seeds = 2000;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    std::uint64_t stopAfter = ~std::uint64_t{0}; ///< failures
    bool one = false;
};

/// What one thread saw.
struct Tally {
    std::uint64_t committed = 0, rolledBack = 0, indeterminate = 0, crashes = 0, recovered = 0;
    std::vector<std::string> failures{};
    std::uint64_t failed = 0;
};

constexpr std::uint64_t failuresShown = 20;

int usage() {
    std::fprintf(
        stderr, "usage: simulation [--seeds N] [--first N] [--threads N] [--stop-after FAILURES] | --seed N\n"
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
        else if (word == "--threads" && number > 0)
            arguments.threads = static_cast<unsigned>(number);
        else if (word == "--stop-after")
            arguments.stopAfter = number;
        else if (word == "--seed")
            arguments = {number, 1, 1, arguments.stopAfter, true};
        else
            return false;
    }
    return true;
}

/// False: something was as it must never be.
bool live(std::uint64_t seed, bool trace, Tally& tally) {
    World world(seed, trace);
    const auto& violations = world.run();
    tally.committed += world.ledger().committed;
    tally.rolledBack += world.ledger().rolledBack;
    tally.indeterminate += world.ledger().indeterminate;
    tally.recovered += world.ledger().recovered;
    tally.crashes += world.crashes();
    if (violations.empty()) return true;
    if (++tally.failed > failuresShown) return false;
    for (const auto& violation : violations)
        tally.failures.push_back("seed " + std::to_string(seed) + ": " + violation);
    return false;
}

int report(const Arguments& arguments, const std::vector<Tally>& tallies, double seconds) {
    Tally all;
    for (const auto& tally : tallies) {
        all.committed += tally.committed;
        all.rolledBack += tally.rolledBack;
        all.indeterminate += tally.indeterminate;
        all.crashes += tally.crashes;
        all.recovered += tally.recovered;
        all.failed += tally.failed;
        for (const auto& failure : tally.failures)
            std::printf("%s\n", failure.c_str());
    }
    std::printf(
        "%llu histories in %.1f s (%.0f a second): %llu committed, %llu rolled back, %llu "
        "indeterminate, %llu recovered after %llu crashes of the daemon; %llu failed\n",
        static_cast<unsigned long long>(arguments.seeds), seconds,
        static_cast<double>(arguments.seeds) / seconds, static_cast<unsigned long long>(all.committed),
        static_cast<unsigned long long>(all.rolledBack), static_cast<unsigned long long>(all.indeterminate),
        static_cast<unsigned long long>(all.recovered), static_cast<unsigned long long>(all.crashes),
        static_cast<unsigned long long>(all.failed));
    if (all.failed) std::printf("replay one with: simulation --seed N\n");
    return all.failed ? 1 : 0;
}

}

int main(int argc, char** argv) {
    Arguments arguments;
    if (!parse(argc, argv, arguments)) return usage();
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Tally> tallies(arguments.threads);
    std::atomic<std::uint64_t> next = arguments.first;
    std::atomic<std::uint64_t> failed = 0;
    std::vector<std::thread> threads;
    for (auto& tally : tallies)
        threads.emplace_back([&] {
            for (auto seed = next++; seed < arguments.first + arguments.seeds && failed < arguments.stopAfter;
                 seed = next++)
                if (!live(seed, arguments.one, tally)) ++failed;
        });
    for (auto& thread : threads)
        thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return report(arguments, tallies, took.count());
}
