#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <functional>
#include <random>

/// Properties that hold for whatever is thrown at them: many random worlds, each from a seed of its own.
namespace headgate::support {

using Dice = std::mt19937;

/// low … high, both included; the same numbers on every library.
inline int between(Dice& dice, int low, int high) {
    return low + static_cast<int>(dice() % static_cast<unsigned>(high - low + 1));
}
inline bool chance(Dice& dice, int permille) {
    return between(dice, 0, 999) < permille;
}
/// std::shuffle deals otherwise from one library to the next.
template <typename List>
void shuffle(Dice& dice, List& list) {
    for (std::size_t i = list.size(); i > 1; --i)
        std::swap(list[i - 1], list[static_cast<std::size_t>(between(dice, 0, static_cast<int>(i) - 1))]);
}

/// `property` for the seeds 1 … count. What fails says its seed: HEADGATE_SEED=N runs that one alone.
inline void forSeeds(unsigned count, const std::function<void(Dice&)>& property) {
    const char* one = std::getenv("HEADGATE_SEED");
    const unsigned first = one ? static_cast<unsigned>(std::strtoul(one, nullptr, 10)) : 1;
    const unsigned last = one ? first : count;
    for (unsigned seed = first; seed <= last; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed << " (HEADGATE_SEED=" << seed << " replays it)") {
            Dice dice(seed);
            property(dice);
        }
    }
}

}
