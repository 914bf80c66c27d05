#pragma once

#include "domain/time.hpp"

#include <cstdint>

namespace headgate::simulation {

/// splitmix64: the same numbers from the same seed on every machine and library.
class Random {
  public:
    explicit Random(std::uint64_t seed)
        : m_state(seed * 0x9e3779b97f4a7c15ULL + 0x5851f42d4c957f2dULL) {}

    std::uint64_t next() {
        m_state += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    /// low … high, both included
    int between(int low, int high) {
        return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
    }
    /// True in `permille` of a thousand cases.
    bool chance(int permille) { return between(0, 999) < permille; }
    domain::Duration duration(int lowMs, int highMs) { return domain::Duration(between(lowMs, highMs)); }

  private:
    std::uint64_t m_state;
};

}
