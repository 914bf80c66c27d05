#pragma once

// The layout of a segment: the magic, then blocks: length and checksum (32 bits each, little-endian) and
// entries. An entry is a tag, with `sameTurn` where no time is between it and the one before, else followed
// by the milliseconds since then; and what its kind has. Names are numbered as they come: a new number, then
// the name.

#include <cstdint>
#include <string_view>

namespace headgate::flight {

inline constexpr std::string_view magic = "HEADGATE FLIGHT 1\n";
inline constexpr std::size_t blockHead = 8;

enum class Tag : std::uint8_t {
    time, ///< nothing else
    head,
    configuration,
    sample,
    applianceStatus,
    journalStatus,
    request,
    course,
    proved,
    membership,
    begun,
    decided,
    decisions,
    deliberate,
    changes
};
inline constexpr std::uint8_t sameTurn = 0x80;

// What a member is, beside its settings.
inline constexpr std::uint8_t memberAllocated = 1, memberProtected = 2;

enum class Asked : std::uint8_t { allocate, release, hold, resume };

// What a sample's shape says in one octet.
inline constexpr std::uint8_t shapeNotification = 1, shapeAnswered = 2, shapeRestarted = 4,
                              shapeAgentKnown = 8, shapeAgent = 16, shapeTook = 32;

}
