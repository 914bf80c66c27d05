#pragma once

#include <chrono>
#include <cstdint>

namespace headgate::bench {

/// The least that asking can cost: datagrams made before, sent and received in batches; what comes back is
/// counted and not looked at.
struct Floor {
    std::uint16_t port = 0;
    std::uint32_t servers = 0;
    std::chrono::seconds time{1};
    std::uint32_t rate = 0;             ///< requests a second; 0: as fast as the farm answers
    std::chrono::milliseconds tick{10}; ///< with a rate: how often what is due is sent, all at once
    std::uint32_t window = 2048;        ///< requests under way at most, so that no buffer overflows
};

/// Prints one JSON object.
void measure(const Floor& floor);

}
