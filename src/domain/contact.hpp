#pragma once

#include "domain/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::domain {

/// A round trip in a network: milliseconds are too coarse for it.
using RoundTrip = std::chrono::microseconds;

/// Why there was no answer, or none that counts.
enum class PollFailure : std::uint8_t {
    timeout,        ///< nobody answered
    unreachable,    ///< nobody did, and the network said why
    authentication, ///< the agent knows the user not, or otherwise; or its clock is not what it was
    refused,        ///< it answered with an error
    malformed,      ///< its answer is none
};

/// How far what a server's agent tells is to be relied on.
enum class Trust : std::uint8_t {
    trusted,
    doubtful,      ///< polls go unanswered again and again, it was started anew just now, or sources disagree
    stale,         ///< it has answered, but not for longer than a reading is believed
    contradictory, ///< its last answer says what cannot be
    silent,        ///< it has not answered yet, or missed `silentAfter` polls in a row
};

/// How a server's agent has answered since the start. Counts are of polls.
struct Contact {
    std::optional<Instant> lastAnswer;          ///< to a poll; notifications do not count
    std::optional<RoundTrip> roundTrip;         ///< of the last answer to what was asked once
    std::optional<RoundTrip> smoothedRoundTrip; ///< an eighth of it is the last one's (RFC 6298, section 2)
    std::uint32_t timeouts = 0;
    std::uint32_t unreachable = 0;
    std::uint32_t authentication = 0;
    std::uint32_t refused = 0;
    std::uint32_t malformed = 0;
    std::string lastError; ///< in an operator's words
    std::optional<Instant> lastErrorAt;
    int trustValue = 0; ///< permille
    Trust trust = Trust::silent;
    std::string trustReason; ///< empty when it is trusted
    bool operator==(const Contact&) const = default;
};

std::string_view toString(Trust trust);

}
