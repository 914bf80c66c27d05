#pragma once

#include "domain/names.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::domain {

/// Members of a pool, counted by what each of them could do if one other member left: each is counted once.
struct HelpCounts {
    unsigned down = 0;
    unsigned unknown = 0;      ///< it, or its utilisation: then it is counted on for nothing
    unsigned bottlenecked = 0; ///< full, or the data source that it uses is
    unsigned withoutRoom = 0;  ///< none of these, and at upper − tolerance or beyond
    unsigned together = 0;     ///< could absorb a part of the load
    unsigned alone = 0;        ///< could absorb all of it
    bool operator==(const HelpCounts&) const = default;
};

/// A member and its companions, the pool's other members, seen from both sides. Loads and room in permille of
/// one member: each member counts as strong as any other.
struct Companionship {
    ServerName server;
    /// What the companions would have to absorb without it: 0 when it is down, empty when that is not known.
    std::optional<int> load;
    int room = 0;       ///< that they all have together below upper − tolerance
    HelpCounts forIt;   ///< what they could do for it
    HelpCounts forThem; ///< for how many of them it could do what
    bool operator==(const Companionship&) const = default;

    /// What room would be left to them if it left, negative: what would be lacking; empty: that is not known.
    std::optional<int> margin() const { return load ? std::optional(room - *load) : std::nullopt; }
    bool absorbed() const { return load && (*load == 0 || room >= *load); }
};

/// A member that cannot take more, and what it lacks, in an operator's words.
struct Bottleneck {
    ServerName server;
    std::string resource; ///< "CPU", "memory", "its data source db1 (connections)"
    bool operator==(const Bottleneck&) const = default;
};

/// Where a pool is narrow, and which of its members it could do without.
struct Diagnosis {
    unsigned down = 0;
    unsigned unknown = 0;
    unsigned absorbedByOne = 0;    ///< members whose load one companion could absorb alone
    unsigned absorbedTogether = 0; ///< whose load no companion could absorb alone, but all together could
    unsigned notAbsorbed = 0;      ///< whose load they could not, or nobody knows
    std::vector<Bottleneck> bottlenecks;
    std::vector<Companionship> members; ///< each of them, by name
    bool operator==(const Diagnosis&) const = default;

    /// Null when it is no member.
    const Companionship* of(const ServerName& server) const;
};

/// What binds a server, by the name of the metric that does: cpu is "CPU", octets-in is "network (in)". A
/// name that is an operator's own stays as it is.
std::string resourceInWords(const std::string& metric);

}
