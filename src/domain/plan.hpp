#pragma once

#include "domain/approach.hpp"
#include "domain/change.hpp"
#include "domain/netconf_session.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headgate::domain {

/// `restore` puts a recorded member back on the appliances that lost it, `withdraw` takes one off that nobody
/// recorded: both repair drift, and leave what is recorded as it is.
/// `renew` gives a member the settings that its server has now, `ramp` one that has joined more of its
/// weight.
enum class IntentKind { nothing, allocate, release, restore, withdraw, renew, ramp };

/// The last of them, for whoever reads one.
inline constexpr auto lastIntentKind = IntentKind::ramp;

/// More than any pool lacks for its load.
inline constexpr unsigned lacksMinimum = 1U << 16U;

/// What decision says should be done with a pool, and why.
struct Intent {
    IntentKind kind = IntentKind::nothing;
    PoolName pool;
    std::optional<ServerName> server; ///< release: which; allocate: only when an operator named it
    bool byOperator = false;
    std::string reason;
    bool recommended = false;              ///< to be told, and not to be done
    std::optional<ServerName> inPlaceOf{}; ///< allocate: the member that is down
    /// allocate: the pool that lets `server` go for it, or that it was lent to and comes back from.
    std::optional<PoolName> from{};
    unsigned need = 0; ///< allocate: members that are lacking, and `lacksMinimum` besides if those must not
    int weight = 0;    ///< ramp: that `server` is to have
    bool operator==(const Intent&) const = default;
};

/// What whoever commits a member says of it. What is left out is the server's own to tell.
struct Asked {
    Origin origin = Origin::configured;
    std::optional<std::string> address{};
    std::optional<std::uint16_t> port{};
    std::optional<std::string> protocol{};
    std::optional<int> weight{};
    std::optional<std::uint32_t> connectionLimit{};
    bool operator==(const Asked&) const = default;
};

/// What a transaction is to do. For `allocate`, the member's connection and authentication come from the
/// candidate itself while gathering.
struct Plan {
    IntentKind kind = IntentKind::allocate;
    Pool pool;     ///< as recorded when the plan was made; `places`: where it is to be changed
    Member member; ///< allocate: only `server`, `origin` and the wanted weight are set; ramp: as it is to be
    bool byOperator = false;
    std::string reason;
    std::map<ApplianceName, Approach> approaches{}; ///< who is not named is changed in the strongest way
    std::string dataSource{}; ///< allocate: that the server is to use; empty: the one it has
    /// restore: its server has other settings by now, and with those that are recorded it need not come up.
    bool outdated = false;
    /// restore: the settings that a renewal in doubt may have left it, in place of those of `member`.
    std::optional<Member> left{};
    std::optional<Asked> asked{}; ///< allocate: what the server tells has to be this
    std::string user{};           ///< who asked for it; empty: nobody did
    NetconfSession session{};     ///< in which that was
    int part = 1000;              ///< allocate, renew: permille of the server that is to serve the pool
    /// release: the pool that borrows its server, and has it next; allocate: the one that it comes back from.
    PoolName lentTo{};
    PoolName lentBy{}; ///< allocate: the pool that has let it go for that; empty: it was spare
    bool operator==(const Plan&) const = default;
};

/// Why there is no plan: one sentence, and for each server that was looked at, why not that one.
struct Refusal {
    std::string reason;
    std::vector<std::pair<ServerName, std::string>> servers;
    bool operator==(const Refusal&) const = default;
};

enum class OutcomeKind { committed, rolledBack, indeterminate };

/// Whom a failure accuses: a candidate is quarantined and the next one tried; for an appliance the pool
/// waits.
enum class Accused { nobody, candidate, appliance };

/// How a transaction ended. `appliances` are those that the reason is about: the origin of a rollback, or the
/// ones whose state is not known.
struct Outcome {
    OutcomeKind kind = OutcomeKind::committed;
    std::vector<ApplianceName> appliances;
    Accused accused = Accused::nobody;
    std::string reason;
    bool operator==(const Outcome&) const = default;
};

/// nothing | allocate | release | restore | withdraw | renew | ramp
std::string_view toString(IntentKind kind);
/// Is its member on the appliances when it is done?
constexpr bool adds(IntentKind kind) {
    return kind == IntentKind::allocate || kind == IntentKind::restore || kind == IntentKind::renew ||
           kind == IntentKind::ramp;
}
/// Does its member stay, with other settings?
constexpr bool alters(IntentKind kind) {
    return kind == IntentKind::renew || kind == IntentKind::ramp;
}
/// Is the server asked for its settings first?
constexpr bool gathers(IntentKind kind) {
    return kind == IntentKind::allocate || kind == IntentKind::renew;
}
/// Does it lead appliances back to what is recorded, and change nothing of that?
constexpr bool repairs(IntentKind kind) {
    return kind == IntentKind::restore || kind == IntentKind::withdraw;
}
/// committed | rolled-back | indeterminate
std::string_view toString(OutcomeKind kind);
std::string_view toString(Accused accused);

}
