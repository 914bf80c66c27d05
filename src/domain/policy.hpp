#pragma once

#include "domain/fail_over.hpp"
#include "domain/time.hpp"

#include <bitset>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::domain {

/// What Headgate does with a pool by itself. growOnly: it never takes a member out. recommend: it says what
/// it would do, and does nothing. off: it decides nothing.
enum class PolicyMode { act, growOnly, recommend, off };

/// At most so many changes of a pool, in any time so long. `maxChanges` is no more than `rememberedChanges`;
/// 0: there is no limit.
struct RateLimit {
    unsigned maxChanges = 0;
    Duration per{3600000};
    bool operator==(const RateLimit&) const = default;
};

/// So many changes of a pool are remembered.
inline constexpr std::size_t rememberedChanges = 64;

enum class Forbids { all, shrink };

/// A time, again and again, in which a pool is not changed by itself.
struct MaintenanceWindow {
    std::string name;
    std::bitset<7> days{}; ///< on which it begins, Monday first; none: on each
    Duration start{0};     ///< after midnight, less than a day
    Duration duration{0};  ///< more than nothing, at most a week
    Duration utcOffset{0}; ///< of the clock that day and start are told by, less than a day either way
    Forbids forbids = Forbids::all;
    bool operator==(const MaintenanceWindow&) const = default;
};

/// What is done about a pool's members on an appliance that are not as recorded: an alarm only, or the record
/// follows the appliances (when all agree), or they are led back to the record.
enum class DriftPolicy { report, adopt, repair };

enum class FullWhen { anyMember, average, allMembers };

/// A pool is changed ahead: by what its load is expected to be.
struct ForecastPolicy {
    Duration horizon{60000}; ///< so far ahead, more than nothing
    int widestBand = 50;     ///< permille; what may be farther off than that is not acted on
    bool operator==(const ForecastPolicy&) const = default;
};

/// When a pool grows and shrinks, and how patiently its changes are made. Levels in permille, lower < upper.
struct PoolPolicy {
    int upper = 800;
    int lower = 300;
    int tolerance = 50; ///< hysteresis: a level once reached is left only `tolerance` permille beyond it
    Duration growAfter{5000}; ///< how long "full" must hold
    Duration shrinkAfter{60000};
    Duration growCooldown{30000}; ///< after any change of the pool
    Duration shrinkCooldown{60000};
    unsigned minimum = 1;
    unsigned maximum = 16;
    FullWhen fullWhen = FullWhen::anyMember;
    bool releaseConfigured = false; ///< may members of origin "configured" be let go?
    Duration confirmWindow{60000};  ///< of the confirmed commit: doing nothing rolls back after it
    Duration verifyDeadline{20000}; ///< how long a new member may take to come up; less than confirmWindow
    Duration drainDeadline{30000};
    Duration lockWait{10000};    ///< how long a lock held by somebody else is waited for
    Duration quarantine{300000}; ///< how long an accused candidate is left alone
    DriftPolicy drift = DriftPolicy::report;
    PolicyMode mode = PolicyMode::act;
    int shrinkMargin = 0; ///< permille that the rest keeps free below upper − tolerance
    RateLimit rateLimit{};
    unsigned step = 1;      ///< so many members may join a full pool before a cooldown is waited for
    Duration warmUp{0};     ///< so long after it has joined a member is not measured by, nor counted on
    unsigned rampSteps = 4; ///< in so many its weight grows meanwhile; 1: it has all of it at once
    bool damping = true;
    unsigned priority = 100; ///< of pools that want the same server, the lowest comes first
    bool lend =
        false; ///< a pool that comes before it, and finds no spare server, may have one of its members
    unsigned additionsWithoutBenefit = 2; ///< after so many a full pool does not grow; 0: it always does
    std::vector<MaintenanceWindow> maintenanceWindows{};
    std::optional<FailOver> failOver{};       ///< empty: a member that is down is not replaced for that
    std::optional<ForecastPolicy> forecast{}; ///< empty: nothing is forecast, nor done ahead
    bool operator==(const PoolPolicy&) const = default;
};

/// What somebody has set of a policy.
struct PolicyPart {
    std::string inherit;                       ///< the template that says the rest; empty: the defaults do
    std::map<std::string, std::string> leaves; ///< by the model's names, as it prints them
    std::vector<MaintenanceWindow> maintenanceWindows;
    std::optional<FailOver> failOver{};       ///< as a whole: nothing of what is inherited is mixed into it
    std::optional<ForecastPolicy> forecast{}; ///< the same
    bool operator==(const PolicyPart&) const = default;
};

/// For pools, and other templates, to inherit.
struct PolicyTemplate {
    std::string name;
    PolicyPart part;
    bool operator==(const PolicyTemplate&) const = default;
};

}
