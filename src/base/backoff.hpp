#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace headgate::base {

/// Waiting times that double from `first` to at most `most`, each shortened by up to a quarter at random, so
/// that many who failed together do not come back together.
class Backoff {
  public:
    Backoff(Duration first, Duration most, std::uint64_t seed = 1);

    /// The time to wait before the next try; at least 1 ms.
    Duration next();

    /// After a success.
    void reset();

  private:
    Duration m_first;
    Duration m_most;
    Duration m_current;
    std::uint64_t m_random;
};

}
