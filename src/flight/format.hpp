#pragma once

// The layout of a segment: the magic, then blocks: length and checksum (32 bits each, little-endian) and
// entries. An entry is a tag, with `sameTurn` where no time is between it and the one before, else followed
// by the milliseconds since then; and what its kind has. Names are numbered as they come: a new number, then
// the name. What an entry has is another thing with another magic, and a new kind of entry wants a new one:
// who knows only the one before says so. Those before are read still.

#include <cstdint>
#include <string_view>

namespace headgate::flight {

inline constexpr std::string_view magic = "HEADGATE FLIGHT 2\n";
/// Its changes had neither a transaction, nor what they were for, nor their relief; and there was no memory.
inline constexpr std::string_view magic1 = "HEADGATE FLIGHT 1\n";
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
    changes,
    monitored,
    memory
};
inline constexpr std::uint8_t sameTurn = 0x80;

// What a member is, beside its settings.
inline constexpr std::uint8_t memberAllocated = 1, memberProtected = 2;

// What a change of a pool's members was, and what is known of its relief.
inline constexpr std::uint8_t changeForLoad = 1, changeRelief = 2, reliefMeasured = 4, reliefKnown = 8,
                              reliefHelped = 16;

// What a transaction that begins is, beside its member and its reason.
inline constexpr std::uint8_t begunByOperator = 1, begunRecovered = 2, begunLentTo = 4, begunLentBy = 8;

// What is remembered of a pool, and of a transaction in flight.
inline constexpr std::uint8_t poolWaits = 1, poolWaitOver = 2, poolWants = 4, poolRenewedLast = 8,
                              poolBorrows = 16, poolHasLent = 32, flightBurden = 1, flightRequest = 2;

enum class Asked : std::uint8_t { allocate, release, hold, resume };

// What a sample's shape says in one octet.
inline constexpr std::uint8_t shapeNotification = 1, shapeAnswered = 2, shapeRestarted = 4,
                              shapeAgentKnown = 8, shapeAgent = 16, shapeTook = 32, shapeContradicted = 64;

}
