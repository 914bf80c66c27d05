#pragma once

#include "assessment/assessment.hpp"
#include "assessment/data_source_belief.hpp"
#include "assessment/deadlines.hpp"
#include "assessment/dictionary.hpp"
#include "assessment/name_index.hpp"
#include "assessment/near.hpp"
#include "assessment/pool_belief.hpp"
#include "assessment/pool_numbers.hpp"
#include "assessment/server_belief.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headgate::assessment {

/// The inside of assessment. Servers, pools and data sources are known by number, which is by name, so that
/// nothing depends on the order in which they are configured; numbers hold until the next configuration.
struct Assessment::Beliefs {
    static constexpr auto none = static_cast<std::uint32_t>(-1);

    /// What is believed of a server in one pool, or as a spare one.
    struct View {
        ServerBelief belief;
        Verdict told;       ///< as it was when somebody was last told
        bool moved = false; ///< it is in another pool since
    };
    /// As few lines of the processor's caches as it can be.
    struct alignas(64) ServerEntry : View {
        std::string name; ///< here, so that it is found with few looks into memory
        /// Of one that serves several pools, in each but the first of `pools`. They stay where they are.
        std::unique_ptr<std::vector<std::unique_ptr<View>>> several;

        std::span<const std::unique_ptr<View>> others() const {
            return several ? std::span<const std::unique_ptr<View>>(*several)
                           : std::span<const std::unique_ptr<View>>();
        }
        std::uint32_t measures = none; ///< the data source whose utilisation its own is
        PoolNumbers pools;
    };
    struct PoolEntry {
        domain::PoolName name;
        PoolBelief belief;
        std::uint64_t diagnosedAt = 0; ///< of `sourceChanges`; 0: it has changed since
        std::vector<domain::ServerName> members;
        std::map<std::string, std::string> toldSources;  ///< that members are known to use, by their names
        std::map<std::string, domain::Duration> warmUps; ///< of members that have one of their own
        std::unique_ptr<domain::Diagnosis> diagnosis;    ///< when somebody last asked
    };
    struct DataSourceEntry {
        std::string name;
        DataSourceBelief belief;
    };

    Dictionary dictionary;
    /// What beliefs need of it, and no more: no settings of members, no secrets' names.
    std::unique_ptr<domain::Configuration> configuration = std::make_unique<domain::Configuration>();
    std::vector<ServerEntry> servers;
    NameIndex serverIndex;
    std::vector<std::uint32_t> inOrder; ///< the servers, as they are configured
    std::vector<PoolEntry> pools;
    std::vector<DataSourceEntry> dataSources;
    std::vector<std::uint32_t> dataSourcesInOrder; ///< as they are configured
    std::uint64_t sourceChanges = 1; ///< of what is believed of data sources, and of who uses which
    /// What a server that has the application may use; empty names: one that is said to use none.
    std::map<domain::ApplicationName, std::set<std::string>> fitting;
    Deadlines serverDeadlines, poolDeadlines, dataSourceDeadlines;
    domain::Instant now{};
    /// Who was said to have joined a pool in which nothing is believed of it yet, and when.
    std::map<std::pair<std::string, domain::PoolName>, domain::Instant> joining;
    std::vector<std::uint32_t> concerned; ///< pools that are to be assessed; each may be in it twice
    std::vector<BeliefChange> changes;
    std::vector<std::uint32_t> expected; ///< the servers of the samples that come next
    /// What was asked for since the last change, in words.
    std::map<std::uint32_t, std::optional<domain::ServerState>> shownServers;
    std::map<std::uint32_t, std::optional<domain::PoolState>> shownPools;

    std::optional<std::uint32_t> findServer(const domain::ServerName& name) const {
        return serverIndex.find(name.value,
                                [this](std::uint32_t at) -> const std::string& { return servers[at].name; });
    }
    /// In the first of its pools, with the names of the others.
    domain::ServerState stateOf(const ServerEntry& entry) const;
    std::optional<std::uint32_t> findPool(const domain::PoolName& name) const;
    template <typename Tell>
    std::vector<domain::ServerState> members(const domain::PoolName& name, const Tell& tell) const;
    /// Something changes: time, at least.
    void pass(domain::Instant at);

    // configuring.cpp
    void rebuild(const domain::Configuration& told);
    void replace(const domain::Pool& pool, std::vector<std::uint32_t>& among);
    /// True when its views may be others now than its pools count.
    bool judgeAnew(std::uint32_t number, const domain::Server& server);
    void enterPoolsOf(const std::vector<std::uint32_t>& those);

    // telling.cpp
    void assessServer(std::uint32_t server);
    void assess(View& view);
    void assessPool(std::uint32_t pool);
    void assessConcerned();
    void tell(const View& view);
    void tell(const PoolBelief& belief, domain::Level before);
    std::vector<BeliefChange> told();

    // diagnosing.cpp
    std::optional<std::uint32_t> findDataSource(std::string_view name) const;
    void rebuildDataSources(const std::vector<domain::DataSource>& told);
    void assessDataSource(std::uint32_t source);
    domain::PoolState briefOf(std::uint32_t pool) const;
    const domain::Diagnosis& diagnosisOf(std::uint32_t pool);
    void tell(domain::EventSeverity severity, const domain::DataSource& source, std::string text);

    ServerBelief::Membership membershipOf(const std::string& server,
                                          std::optional<std::uint32_t> number) const;
    /// Null: nothing is believed of it there.
    View* viewIn(ServerEntry& entry, const domain::PoolName& pool);

    static void sortOnce(std::vector<std::uint32_t>& numbers);

    /// A server's memory is rarely near; asked for at once, its lines come together.
    void bring(std::uint32_t server) const {
        bringNear(&servers[server], &servers[server] + 1);
        serverDeadlines.bring(server);
    }
    /// What a server points at, when itself is there; of its pool what is looked at with each sample.
    void bringBehind(std::uint32_t server) const {
        const auto& belief = servers[server].belief;
        belief.bringFacts();
        if (!belief.pool()) return bringNear(&belief.server().applications);
        const auto& pool = *belief.pool();
        bringNear(&pool.application, &pool.policy.fullWhen + 1);
        const auto& entry = pools[static_cast<std::size_t>(&pool - configuration->pools.data())];
        bringNear(&entry.belief, &entry.diagnosedAt + 1);
    }

  private:
    using Members = std::map<std::string_view, std::vector<std::uint32_t>>;
    void rebuildServers(std::vector<ServerEntry> old, const NameIndex& oldIndex, const Members& memberOf);
    void rebuildPools(const domain::Configuration& told, std::vector<PoolEntry> old);
    static void takeMembers(PoolEntry& entry, const std::vector<domain::Member>& members);
    void enterMembers(std::uint32_t pool);
    void rebuildFitting();
    const DataSourceBelief* dataSourceOf(const ServerBelief* member) const;
    std::string growthUseless(const PoolBelief& belief, const domain::PoolState& state) const;
    ServerContext contextOf(const domain::Server& server, std::optional<std::uint32_t> pool);
    void judge(View& view, const domain::Server& server, std::optional<std::uint32_t> pool);
    bool keepOneViewForEachPool(ServerEntry& entry);
    /// For a pool that the server has joined.
    std::unique_ptr<View> viewLike(const View& known, const std::string& server, std::uint32_t pool);
};

template <typename Tell>
std::vector<domain::ServerState> Assessment::Beliefs::members(const domain::PoolName& name,
                                                              const Tell& tell) const {
    std::vector<domain::ServerState> states;
    const auto pool = findPool(name);
    if (!pool) return states;
    const auto& entry = pools[*pool];
    states.reserve(entry.members.size());
    for (std::size_t i = 0; i < entry.members.size(); ++i) {
        if (const auto* known = entry.belief.beliefs()[i]) {
            states.push_back(tell(*known, entry.members[i]));
            continue;
        }
        domain::ServerState stranger;
        stranger.name = entry.members[i];
        stranger.pool = name;
        stranger.reason = "unknown: it is not configured as a server";
        states.push_back(std::move(stranger));
    }
    return states;
}

}
