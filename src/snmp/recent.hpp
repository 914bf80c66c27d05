#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace headgate::snmp {

/// One number for several things together, e.g. a source and what it said. Not for secrets' sake.
class Fingerprint {
  public:
    explicit Fingerprint(std::uint64_t seed)
        : m_value(seed) {}
    Fingerprint& add(std::uint64_t part) {
        // A multiplication mixes upwards, the shift back down.
        m_value = (m_value ^ part) * 0x9e3779b97f4a7c15U;
        m_value ^= m_value >> 32;
        return *this;
    }
    Fingerprint& add(std::string_view octets) { return add(std::hash<std::string_view>()(octets)); }
    std::uint64_t value() const { return m_value; }

  private:
    std::uint64_t m_value;
};

/// Remembers what was met a short while ago in a table whose size never changes: found at once, however many
/// there are, and whoever comes in the place of another makes that one forgotten.
class Recent {
  public:
    /// Of 2^bits places; a window of more than 24 days is none.
    explicit Recent(unsigned bits)
        : m_places(std::size_t{1} << bits) {}

    /// How often it was met before, within `window` of the first time: 0 begins a new window.
    std::uint32_t meet(std::uint64_t fingerprint, base::Instant now, base::Duration window) {
        auto& place = m_places[fingerprint & (m_places.size() - 1)];
        const auto at = static_cast<std::uint32_t>(now.time_since_epoch().count());
        const bool same = place.count > 0 && place.fingerprint == fingerprint &&
                          at - place.since < static_cast<std::uint64_t>(window.count());
        if (!same) place = {fingerprint, at, 0};
        return place.count++;
    }

    std::size_t places() const { return m_places.size(); }

  private:
    struct Place {
        std::uint64_t fingerprint = 0;
        std::uint32_t since = 0;
        std::uint32_t count = 0;
    };
    std::vector<Place> m_places;
};

}
