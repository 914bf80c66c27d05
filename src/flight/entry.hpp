#pragma once

#include "controller/controller.hpp"
#include "controller/memory.hpp"
#include "domain/monitored.hpp"
#include "domain/past_change.hpp"
#include "domain/sample.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace headgate::flight {

/// What a segment begins with.
struct Head {
    std::string version; ///< of the Headgate that wrote it
    domain::Instant at{};
    std::uint64_t segment = 1;
    bool follows =
        false; ///< on the segment before, without a gap; else headgated was started, or some is lost
    std::uint64_t firstTransaction = 1; ///< the number of the next one
    bool operator==(const Head&) const = default;
};

/// The configuration, or of some pools the new one: instance data of our model, without secrets.
struct Configuration {
    std::uint64_t revision = 0;
    bool whole = true;
    std::string text;
    bool operator==(const Configuration&) const = default;
};

/// A member that had joined a pool or left it.
struct Change {
    domain::PoolName pool;
    domain::PastChange change;
    bool operator==(const Change&) const = default;
};

/// What had been done before, as far as decisions look back at it (controller::Recover::changes).
struct Changes {
    std::vector<Change> all; ///< oldest first
    bool operator==(const Changes&) const = default;
};

/// One thing that the controller was told, or did, in the order in which it was.
using Entry =
    std::variant<Head, Configuration, domain::Sample, controller::ApplianceStatus, controller::JournalStatus,
                 controller::Request, controller::Course, controller::Proved, controller::MembershipChange,
                 controller::Begun, controller::Decided, controller::Decisions, controller::Deliberate,
                 Changes, controller::Memory, domain::Monitored>;

/// What was told and done at one time: one `handle` of the controller. Without entries: time went by.
struct Turn {
    domain::Instant at{};
    std::vector<Entry> entries;
};

}
