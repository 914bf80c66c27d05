#pragma once

#include "assessment/assessment.hpp"
#include "assessment/data_source_belief.hpp"
#include "assessment/deadlines.hpp"
#include "assessment/pool_belief.hpp"
#include "assessment/server_belief.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace headgate::assessment {

/// The assessment's inside: all beliefs, and what follows from which.
struct Assessment::Beliefs {
    struct Membership {
        const domain::Pool* pool;
        const domain::Member* member;
    };

    struct ServerEntry {
        ServerBelief belief;
        domain::ServerState told; ///< as it was when somebody was last told
        std::vector<domain::PoolName> pools;
        DataSourceBelief* measures = nullptr; ///< whose utilisation its own is

        void enter(const std::vector<Membership>& in) {
            pools.clear();
            for (const auto& [pool, member] : in)
                pools.push_back(pool->name);
        }
    };

    domain::Configuration configuration;
    std::map<domain::ServerName, ServerEntry> servers;
    std::map<domain::PoolName, PoolBelief> pools;
    std::map<std::string, DataSourceBelief> dataSources;
    std::uint64_t dataSourceChanges = 0; ///< of what is believed of them
    /// What a server that has the application may use; empty names: one that is said to use none.
    std::map<domain::ApplicationName, std::set<std::string>> fitting;
    // Into `servers`, so that nothing is looked up by name for each of them.
    std::vector<const ServerEntry*> inOrder; ///< of the configuration
    std::map<domain::PoolName, std::vector<const ServerEntry*>>
        membersOf; ///< null: it is no configured server
    Deadlines<domain::ServerName> serverDeadlines;
    Deadlines<domain::PoolName> poolDeadlines;
    Deadlines<std::string> dataSourceDeadlines;
    domain::Instant now{};
    std::vector<BeliefChange> changes;

    void rebuildServers();
    void rebuildPools();
    void rebuildDataSources();
    ServerContext contextOf(const domain::Server& server, const std::vector<Membership>& in) const {
        ServerContext context{&configuration, &server, configuration.profile(server.profile)};
        if (in.empty()) return context;
        context.pool = in.front().pool;
        context.member = in.front().member;
        return context;
    }
    void replace(const domain::Pool& pool, std::set<domain::ServerName>& concerned);
    void findMembers(const domain::Pool& pool);
    void assessServer(const domain::ServerName& name, std::set<domain::PoolName>& concerned);
    void assessPool(const domain::PoolName& name);
    void assessPools(const std::set<domain::PoolName>& names);
    void assessDataSource(DataSourceBelief& belief);
    const domain::DataSourceState* dataSourceOf(const ServerEntry* member) const;
    void diagnosePool(PoolBelief& belief);
    std::string growthUseless(const PoolBelief& belief) const;
    void tell(const domain::ServerState& before, const domain::ServerState& after);
    void tell(domain::Level before, const domain::PoolState& after);
    void tell(domain::EventSeverity severity, const domain::DataSource& source, std::string text);
    std::vector<BeliefChange> told();
};

}
