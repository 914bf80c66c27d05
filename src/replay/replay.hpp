#pragma once

#include "controller/controller.hpp"
#include "flight/entry.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::replay {

/// A configuration that is in a record, as a value. Of a hypothesis: with another policy.
using ReadConfiguration = std::function<domain::Configuration(const flight::Configuration&)>;

/// A change of a pool's members, begun.
struct Change {
    domain::Instant at{};
    domain::PoolName pool;
    domain::IntentKind kind = domain::IntentKind::nothing;
    domain::ServerName server;
    std::string reason;
    std::optional<domain::OutcomeKind> outcome{}; ///< none: it had not ended at the record's end
    bool operator==(const Change&) const = default;
};

/// How it went with a pool.
struct PoolFigures {
    domain::Duration above{0};      ///< its average utilisation was at or above the recorded upper level
    unsigned changes = 0;           ///< of its members, committed
    domain::Duration serverTime{0}; ///< of all its members together
    bool operator==(const PoolFigures&) const = default;
};

struct Course {
    std::vector<Change> changes;
    std::map<domain::PoolName, PoolFigures> pools;
    bool operator==(const Course&) const = default;
};

/// Where the replay decided otherwise than is recorded, though with the same policy: a fault of Headgate's,
/// or of the record.
struct Mismatch {
    domain::Instant at{};
    std::string recorded, replayed; ///< in words
};

struct Report {
    domain::Instant from{}, to{};
    std::string version;                  ///< of the Headgate that recorded it
    std::vector<std::uint64_t> revisions; ///< of the configuration, in their order
    std::uint64_t samples = 0;
    std::uint64_t decisions = 0;            ///< that were compared, word by word
    std::optional<domain::Instant> settled; ///< the record begins in the middle: not compared before
    std::size_t mismatches = 0;
    std::vector<Mismatch> first; ///< of those
    Course recorded;
    std::optional<Course> hypothesis;
};

/// Flies a record again: each turn, in its order.
class Replay {
  public:
    /// With the policy that is recorded: every decision has to be as it was.
    explicit Replay(ReadConfiguration read);
    /// With another one, beside the recorded one. `lasts`: how long a change takes that was not recorded.
    Replay(ReadConfiguration read, ReadConfiguration hypothesis,
           std::map<domain::IntentKind, domain::Duration> lasts);
    ~Replay();
    Replay(Replay&&) noexcept;

    void fly(const flight::Turn& turn);
    /// Of all that was flown.
    Report report() const;
    /// The median of what the recorded changes that were committed took, by kind.
    std::map<domain::IntentKind, domain::Duration> medians() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// What a change takes that no recorded one of its kind says it of.
inline constexpr domain::Duration usualCourse{10000};

}
