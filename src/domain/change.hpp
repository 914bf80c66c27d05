#pragma once

#include "domain/configuration.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::domain {

enum class Operation { add, remove, drain, resume, setWeight, restore, update };

/// What stands on an appliance beside a member for its authentication: a monitor, a TLS profile, a
/// certificate, a key. `path` and `leaves` are the family's own; a secret among them is sealed.
struct NativeObject {
    std::string path;
    std::map<std::string, std::string> leaves;
    bool operator==(const NativeObject&) const = default;
};

/// One vendor-neutral change of one pool, the same for each appliance of it; an adapter turns it into its
/// family's edit-config content. `add` adds the member enabled, with connection.weight; `drain` lets what is
/// connected finish and sends nothing new; `resume` is the inverse of `drain`, and `restore` that of
/// `remove`: it puts the member back with every leaf that it had. `update` gives a member that is there the
/// settings of `member` where those differ from the ones of `former`.
struct Change {
    Operation operation = Operation::add;
    Member member;
    Duration drainDeadline{30000}; ///< drain: families that time it themselves are told
    std::string
        key{}; ///< the entry's own name where the appliance shows one (MemberFacts::key); empty: a new one
    std::map<std::string, std::string> leaves{}; ///< restore: as MemberFacts::leaves had them
    /// remove: what goes with the member; restore: what comes back with it; update: what it had before, which
    /// goes where it is not needed any more.
    std::vector<NativeObject> objects{};
    std::optional<Member> former{}; ///< update, setWeight: the settings that it had
    bool operator==(const Change&) const = default;
};

enum class AdminState { enabled, draining, disabled };

/// What the appliance's own health check says of a member.
enum class Health { unknown, checking, up, down };

/// A member as one appliance has it.
struct MemberFacts {
    std::string key; ///< the family's own key, e.g. /Common/real2:8080
    std::string address;
    std::uint16_t port = 0;
    int weight = 1;
    std::uint32_t connectionLimit = 0;
    AdminState admin = AdminState::enabled;
    Health health = Health::unknown;             ///< operational; unknown when only configuration was read
    std::string healthText;                      ///< in the appliance's words
    std::optional<std::uint64_t> connections;    ///< current
    std::optional<std::uint64_t> requests;       ///< total
    std::map<std::string, std::string> leaves{}; ///< its configuration, path within its entry to value; all
                                                 ///< that the appliance shows, without defaults of ours
    std::vector<NativeObject>
        objects{};                      ///< of ours that serve this member alone: without it nobody uses them
    std::vector<std::string> foreign{}; ///< what an operator has it checked or authenticated with, in the
                                        ///< family's words: monitor '/Common/tcp'
    bool operator==(const MemberFacts&) const = default;
};

/// Of an appliance in a high-availability pair: the active one serves and is changed, the standby copies it.
enum class Role { alone, active, standby };

/// A pool as one appliance has it. `leaves` is its configuration, path to value within the pool, for
/// comparisons leaf by leaf: same leaves, same configuration.
struct PoolFacts {
    bool exists = false;
    Role role = Role::alone;
    std::vector<MemberFacts> members;
    std::map<std::string, std::string> leaves;
    bool operator==(const PoolFacts&) const = default;

    const MemberFacts* member(const std::string& address, std::uint16_t port) const;
};

/// What an appliance's SNMP agent says of a member: counters of its own, not NETCONF's word.
struct MemberStatistics {
    std::string key; ///< as MemberFacts::key
    bool up = false;
    std::uint64_t current = 0;          ///< connections now
    std::optional<std::uint64_t> total; ///< connections (or requests) ever; not every family counts them
    bool operator==(const MemberStatistics&) const = default;
};

/// The change that takes `change` back, given what was there before it: add ↔ remove, drain ↔ resume, and a
/// weight to the one before. Empty when there is nothing to take back (e.g. remove of what was not there).
std::optional<Change> inverse(const Change& change, const PoolFacts& before);

/// In an operator's words, e.g. "add real2 at 127.77.0.12:8080 weight 1".
std::string describe(const Change& change);

std::string_view toString(Operation operation);
std::string_view toString(AdminState state);
std::string_view toString(Health health);
std::string_view toString(Role role);

/// The differences, "path: 'before' → 'after'" a line; empty when equal.
std::vector<std::string> differences(const PoolFacts& before, const PoolFacts& after);

}
