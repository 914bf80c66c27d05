#pragma once

#include "base/clock.hpp"
#include "snmp/endpoint.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace headgate::telemetry {

/// Lets so many of each source through in a second, all at once where there were none before. Sources that
/// are known have each a measure of their own. The others are met in a table of fixed size, in which one that
/// comes takes the place of the one that was silent longest, and share ten times the measure: whoever makes
/// up addresses gains nothing, and takes nothing from those that are known.
class SourceLimit {
  public:
    static constexpr std::size_t strangers = 4096;
    static constexpr unsigned forStrangers = 10;

    SourceLimit() = default;
    /// `seed` scatters the strangers' addresses in a way that they do not know.
    SourceLimit(std::size_t known, unsigned perSecond, std::uint64_t seed);

    bool admitKnown(std::size_t which, base::Instant now) { return take(m_known[which], m_rate, now); }
    bool admitStranger(const snmp::Endpoint& source, base::Instant now);

  private:
    struct Bucket {
        std::uint32_t at = 0; ///< milliseconds
        float left = -1;      ///< negative: nothing was taken yet
    };
    struct Stranger {
        std::uint64_t address = 0;
        Bucket bucket;
    };
    static constexpr std::size_t ways = 4;

    static bool take(Bucket& bucket, float rate, base::Instant now);

    float m_rate = 1;
    std::uint64_t m_seed = 0;
    std::vector<Bucket> m_known;
    std::vector<std::array<Stranger, ways>> m_strangers;
    Bucket m_allStrangers;
};

}
