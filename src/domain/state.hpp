#pragma once

#include "domain/companions.hpp"
#include "domain/configuration.hpp"
#include "domain/contact.hpp"
#include "domain/event.hpp"
#include "domain/past_change.hpp"
#include "domain/plan.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::domain {

enum class Functional { unknown, functional, down };

/// Where a utilisation stands between a pool's levels.
enum class Level { unknown, under, normal, full };

/// So many polls missed in a row make an agent silent.
inline constexpr unsigned silentAfter = 3;

/// The view of a real server: what is believed of it and why.
struct ServerState {
    ServerName name;
    Functional functional = Functional::unknown;
    std::optional<Instant> since{};               ///< when `functional` became that
    std::optional<int> utilisation;               ///< permille
    std::string binding;                          ///< the metric that makes it so
    std::vector<std::string> unknownMetrics;      ///< of its profile; if any, utilisation is a lower bound
    Level level = Level::unknown;                 ///< by the policy of `pool`; unknown outside of any pool
    unsigned missedPolls = 0;                     ///< in a row; silent from silentAfter on
    std::map<std::string, double> readings;       ///< the last ones, by metric
    std::map<ApplicationName, bool> applications; ///< known to run (or not) there
    std::map<std::string, std::string>
        origins{};               ///< who told the readings, by metric: headgate-agent, TCP-MIB, …
    std::optional<bool> agent{}; ///< headgate-agent answers there; empty: not known
    std::optional<Instant> lastSample;
    std::optional<PoolName> pool; ///< it is a member of; `otherPools` of one that shares itself
    std::string reservedBy;       ///< "transaction 7", or empty
    std::optional<Instant> quarantinedUntil;
    std::string reason;
    Contact contact{};
    std::vector<PoolName> otherPools{};
    std::string dataSource{};           ///< that it is believed to use; empty: none
    std::optional<Instant> warmUntil{}; ///< a member that joined so lately that it does not count yet
    bool operator==(const ServerState&) const = default;
};

/// What is expected at a time to come: `permille`, and in nineteen cases of twenty no more than `band` off.
struct Forecast {
    Instant at{};
    int permille = 0;
    int band = 0;
    bool operator==(const Forecast&) const = default;
};

struct PoolState {
    PoolName name;
    Level level = Level::unknown;
    std::optional<int> utilisation; ///< permille, average of the members that are known
    std::string reason;
    std::optional<TransactionId> transaction; ///< in flight
    std::optional<Instant> cooldownUntil;
    std::string alarm; ///< what an operator must act on; empty: nothing
    Diagnosis diagnosis{};
    std::string growthUseless{};        ///< why one more member would relieve nothing; empty: it may
    Intent decision{};                  ///< the latest: what should be done, or why nothing
    std::optional<PoolPolicy> policy{}; ///< that holds
    std::optional<Forecast> forecast{}; ///< of `utilisation`; only where its policy has one
    std::string fullAhead{}; ///< why it is expected to be full soon, though it is not; empty: it is not
    bool operator==(const PoolState&) const = default;
};

/// The view of a back end that servers share. `level` is never `under`.
struct DataSourceState {
    std::string name;
    Level level = Level::unknown;
    std::optional<int> utilisation{}; ///< permille, of the server that it is measured by
    std::string binding{};            ///< the metric that makes it so
    std::string reason{};
    bool operator==(const DataSourceState&) const = default;
};

struct ApplianceState {
    ApplianceName name;
    bool connected = false;
    std::string reason; ///< why not
    std::vector<std::string> capabilities;
    std::optional<Instant> lastContact;
    bool operator==(const ApplianceState&) const = default;
};

/// One appliance's part in a transaction, as an operator sees it.
struct ApplianceView {
    std::string step; ///< in words
    Strategy strategy = Strategy::confirmed;
    /// Of what was undone: the member and the pool before and after, compared leaf by leaf; a line each.
    std::vector<std::string> proof;
    bool operator==(const ApplianceView&) const = default;
};

/// A transaction as an operator sees it, in flight or ended.
struct TransactionView {
    TransactionId id;
    PoolName pool;
    IntentKind kind = IntentKind::allocate;
    ServerName server;
    std::string state; ///< a name of the contract: gathering … committed
    std::optional<OutcomeKind> outcome;
    std::string reason; ///< of the outcome; while in flight, why it was begun
    std::string cause;  ///< why it was begun
    Instant started{};
    std::optional<Instant> ended;
    std::map<ApplianceName, ApplianceView> appliances;
    bool forLoad = true;            ///< PastChange::forLoad
    std::optional<Relief> relief{}; ///< PastChange::relief
    bool operator==(const TransactionView&) const = default;
};

/// What a check found of one pool on one appliance.
struct Finding {
    ApplianceName appliance;
    PoolName pool;
    bool answered = true;
    std::string reason;                   ///< why it could not be read
    std::vector<std::string> differences; ///< from what is recorded, within what is Headgate's; a line each
    bool operator==(const Finding&) const = default;
};

/// All that the controller believes at one time, as one value for northbound.
struct Snapshot {
    Instant at{};
    std::vector<ServerState> servers;
    std::vector<PoolState> pools;
    std::vector<std::shared_ptr<const TransactionView>> history; ///< the latest that ended, newest last
    std::vector<TransactionView> transactions;                   ///< in flight, newest last
    std::vector<Finding> findings; ///< of the latest check of each pool on each appliance
    std::optional<PollingState> polling{};
    std::vector<DataSourceState> dataSources{};
    bool operator==(const Snapshot&) const = default;
};

/// What limits a server, in an operator's words: the resource that its utilisation is made of, or its data
/// source while that is full. `dataSource` is null where nothing is known of it; empty: nobody knows.
std::string limitInWords(const ServerState& server, const DataSourceState* dataSource);

std::string_view toString(Functional functional);
std::string_view toString(Level level);

}
