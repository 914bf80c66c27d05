#include "assessment/assessment.hpp"

#include "assessment/deadlines.hpp"
#include "assessment/pool_belief.hpp"
#include "assessment/server_belief.hpp"

#include <algorithm>
#include <set>

namespace headgate::assessment {

using domain::EventSeverity;
using domain::Functional;
using domain::Instant;
using domain::Level;
using domain::PoolName;
using domain::ServerName;

struct Assessment::Beliefs {
    struct ServerEntry {
        ServerBelief belief;
        domain::ServerState told; ///< as it was when somebody was last told
        std::vector<PoolName> pools;

        void enter(const std::vector<const domain::Pool*>& in) {
            pools.clear();
            for (const auto* pool : in)
                pools.push_back(pool->name);
        }
    };

    domain::Configuration configuration;
    std::map<ServerName, ServerEntry> servers;
    std::map<PoolName, PoolBelief> pools;
    // Into `servers`, so that nothing is looked up by name for each of them.
    std::vector<const ServerEntry*> inOrder;                       ///< of the configuration
    std::map<PoolName, std::vector<const ServerEntry*>> membersOf; ///< null: it is no configured server
    Deadlines<ServerName> serverDeadlines;
    Deadlines<PoolName> poolDeadlines;
    Instant now{};
    std::vector<BeliefChange> changes;

    void rebuildServers();
    void rebuildPools();
    ServerContext contextOf(const domain::Server& server, const std::vector<const domain::Pool*>& in) const {
        return {&configuration, &server, configuration.profile(server.profile),
                in.empty() ? nullptr : in.front()};
    }
    void replace(const domain::Pool& pool, std::set<ServerName>& concerned);
    void findMembers(const domain::Pool& pool);
    void assessServer(const ServerName& name, std::set<PoolName>& concerned);
    void assessPool(const PoolName& name);
    void assessPools(const std::set<PoolName>& names);
    void tell(const domain::ServerState& before, const domain::ServerState& after);
    void tell(const domain::PoolState& before, const domain::PoolState& after);
    std::vector<BeliefChange> told();
};

namespace {

std::string kindOf(Functional functional) {
    return "server-" + std::string(toString(functional));
}

std::string kindOf(const char* subject, Level level) {
    return std::string(subject) + "-" + std::string(toString(level));
}

}

void Assessment::Beliefs::rebuildServers() {
    std::map<ServerName, ServerEntry> old;
    std::swap(old, servers);
    inOrder.clear();
    std::map<ServerName, std::vector<const domain::Pool*>> memberOf;
    for (const auto& pool : configuration.pools)
        for (const auto& member : pool.members)
            memberOf[member.server].push_back(&pool);
    for (const auto& server : configuration.servers) {
        const auto& in = memberOf[server.name];
        auto known = old.extract(server.name);
        ServerEntry entry;
        if (known) {
            entry = std::move(known.mapped());
            entry.belief.judgeBy(contextOf(server, in));
        } else {
            entry.belief = ServerBelief(contextOf(server, in));
            entry.told = entry.belief.state();
        }
        entry.enter(in);
        inOrder.push_back(&servers.insert_or_assign(server.name, std::move(entry)).first->second);
    }
    for (const auto& [name, entry] : old)
        serverDeadlines.set(name, std::nullopt);
}

void Assessment::Beliefs::rebuildPools() {
    std::map<PoolName, PoolBelief> old;
    std::swap(old, pools);
    membersOf.clear();
    for (const auto& pool : configuration.pools) {
        auto known = old.extract(pool.name);
        auto belief = known ? std::move(known.mapped()) : PoolBelief(pool);
        belief.judgeBy(pool);
        findMembers(pool);
        pools.insert_or_assign(pool.name, std::move(belief));
    }
    for (const auto& [name, belief] : old)
        poolDeadlines.set(name, std::nullopt);
}

/// It stays where it is, so that what points at it goes on to do so.
void Assessment::Beliefs::replace(const domain::Pool& pool, std::set<ServerName>& concerned) {
    auto* known = configuration.pool(pool.name);
    if (!known) return;
    for (const auto& member : known->members)
        concerned.insert(member.server);
    for (const auto& member : pool.members)
        concerned.insert(member.server);
    *known = pool;
    pools.at(pool.name).judgeBy(*known);
    findMembers(*known);
}

void Assessment::Beliefs::findMembers(const domain::Pool& pool) {
    auto& entries = membersOf[pool.name];
    entries.clear();
    for (const auto& member : pool.members) {
        const auto known = servers.find(member.server);
        entries.push_back(known == servers.end() ? nullptr : &known->second);
    }
}

void Assessment::Beliefs::assessServer(const ServerName& name, std::set<PoolName>& concerned) {
    auto& entry = servers.at(name);
    entry.belief.assess(now);
    serverDeadlines.set(name, entry.belief.nextDeadline(now));
    tell(entry.told, entry.belief.state());
    entry.told = entry.belief.state();
    concerned.insert(entry.pools.begin(), entry.pools.end());
}

void Assessment::Beliefs::assessPool(const PoolName& name) {
    auto& belief = pools.at(name);
    std::vector<const ServerBelief*> members;
    for (const auto* entry : membersOf.at(name))
        members.push_back(entry ? &entry->belief : nullptr);
    const auto before = belief.state();
    belief.assess(now, members);
    poolDeadlines.set(name, belief.nextDeadline());
    tell(before, belief.state());
}

void Assessment::Beliefs::assessPools(const std::set<PoolName>& names) {
    for (const auto& name : names)
        assessPool(name);
}

void Assessment::Beliefs::tell(const domain::ServerState& before, const domain::ServerState& after) {
    BeliefChange change;
    change.at = now;
    change.server = after.name;
    change.pool = after.pool;
    change.text = after.name.value + " is " + after.reason;
    // One that was unknown from the start and turns out to be silent is news, too.
    const auto silent = [](const domain::ServerState& state) {
        return state.functional == Functional::unknown && state.missedPolls >= domain::silentAfter;
    };
    const bool changed = before.functional != after.functional || (!silent(before) && silent(after));
    const bool worthIt = after.level == Level::full || after.level == Level::under;
    // One that joins or leaves a pool is judged anew; that alone is no news.
    const bool levelled = before.level != after.level && (before.pool == after.pool || worthIt);
    if (changed) {
        change.kind = kindOf(after.functional);
        change.severity =
            after.functional == Functional::functional ? EventSeverity::notice : EventSeverity::warning;
    } else if (levelled && after.functional == Functional::functional) {
        change.kind = after.level == Level::unknown ? "server-level-unknown" : kindOf("server", after.level);
    }
    if (!change.kind.empty()) changes.push_back(change);
    if (!changed || !levelled || !worthIt) return;
    change.kind = kindOf("server", after.level);
    changes.push_back(change);
}

void Assessment::Beliefs::tell(const domain::PoolState& before, const domain::PoolState& after) {
    if (before.level == after.level) return;
    BeliefChange change;
    change.at = now;
    change.pool = after.name;
    change.kind = kindOf("pool", after.level);
    change.text = "pool " + after.name.value + " is " + after.reason;
    changes.push_back(change);
}

std::vector<BeliefChange> Assessment::Beliefs::told() {
    std::vector<BeliefChange> all;
    std::swap(all, changes);
    return all;
}

Assessment::Assessment()
    : m_beliefs(std::make_unique<Beliefs>()) {}
Assessment::~Assessment() = default;
Assessment::Assessment(Assessment&&) noexcept = default;
Assessment& Assessment::operator=(Assessment&&) noexcept = default;

std::vector<BeliefChange> Assessment::configure(const domain::Configuration& configuration, Instant now) {
    auto& all = *m_beliefs;
    all.now = std::max(all.now, now);
    // The beliefs point into the configuration: none may be used between here and the two rebuilds.
    all.configuration = configuration;
    all.rebuildServers();
    all.rebuildPools();
    std::set<PoolName> concerned;
    for (const auto& [name, entry] : all.servers)
        all.assessServer(name, concerned);
    for (const auto& [name, belief] : all.pools)
        concerned.insert(name);
    all.assessPools(concerned);
    return all.told();
}

std::vector<BeliefChange> Assessment::configure(const std::vector<domain::Pool>& pools, Instant now) {
    auto& all = *m_beliefs;
    all.now = std::max(all.now, now);
    std::set<ServerName> servers;
    std::set<PoolName> concerned;
    for (const auto& pool : pools) {
        all.replace(pool, servers);
        if (all.pools.contains(pool.name)) concerned.insert(pool.name);
    }
    const auto changed = concerned;
    for (const auto& name : servers) {
        const auto known = all.servers.find(name);
        if (known == all.servers.end()) continue;
        auto& entry = known->second;
        auto candidates = changed;
        candidates.insert(entry.pools.begin(), entry.pools.end());
        std::vector<const domain::Pool*> in;
        for (const auto& pool : candidates)
            if (all.pools.at(pool).pool().member(name)) in.push_back(&all.pools.at(pool).pool());
        entry.belief.judgeBy(all.contextOf(entry.belief.server(), in));
        entry.enter(in);
        all.assessServer(name, concerned);
    }
    all.assessPools(concerned);
    return all.told();
}

std::vector<BeliefChange> Assessment::observe(const domain::Sample& sample) {
    auto& all = *m_beliefs;
    const auto known = all.servers.find(sample.server);
    if (known == all.servers.end()) return {};
    all.now = std::max(all.now, sample.at);
    known->second.belief.take(sample);
    std::set<PoolName> concerned;
    all.assessServer(sample.server, concerned);
    all.assessPools(concerned);
    return all.told();
}

std::vector<BeliefChange> Assessment::joined(const PoolName& pool, const ServerName& server, Instant at) {
    auto& all = *m_beliefs;
    const auto known = all.servers.find(server);
    if (known == all.servers.end()) return {};
    known->second.belief.warmsUp(pool, at);
    std::set<PoolName> concerned;
    all.assessServer(server, concerned);
    all.assessPools(concerned);
    return all.told();
}

std::vector<BeliefChange> Assessment::tick(Instant now) {
    auto& all = *m_beliefs;
    all.now = std::max(all.now, now);
    std::set<PoolName> concerned;
    for (const auto& name : all.serverDeadlines.due(all.now))
        all.assessServer(name, concerned);
    for (const auto& name : all.poolDeadlines.due(all.now))
        concerned.insert(name);
    all.assessPools(concerned);
    return all.told();
}

std::optional<Instant> Assessment::nextDeadline() const {
    const auto server = m_beliefs->serverDeadlines.next();
    const auto pool = m_beliefs->poolDeadlines.next();
    if (server && pool) return std::min(*server, *pool);
    return server ? server : pool;
}

const domain::ServerState* Assessment::server(const ServerName& name) const {
    const auto known = m_beliefs->servers.find(name);
    return known == m_beliefs->servers.end() ? nullptr : &known->second.belief.state();
}

const domain::PoolState* Assessment::pool(const PoolName& name) const {
    const auto known = m_beliefs->pools.find(name);
    return known == m_beliefs->pools.end() ? nullptr : &known->second.state();
}

std::vector<domain::ServerState> Assessment::servers() const {
    std::vector<domain::ServerState> states;
    states.reserve(m_beliefs->inOrder.size());
    for (const auto* entry : m_beliefs->inOrder)
        states.push_back(entry->belief.state());
    return states;
}

std::vector<domain::ServerState> Assessment::members(const PoolName& name) const {
    std::vector<domain::ServerState> states;
    const auto pool = m_beliefs->pools.find(name);
    if (pool == m_beliefs->pools.end()) return states;
    const auto& entries = m_beliefs->membersOf.at(name);
    states.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i]) {
            states.push_back(entries[i]->belief.state());
            continue;
        }
        domain::ServerState stranger;
        stranger.name = pool->second.pool().members[i].server;
        stranger.pool = name;
        stranger.reason = "unknown: it is not configured as a server";
        states.push_back(std::move(stranger));
    }
    return states;
}

domain::Duration Assessment::staleAfter(const domain::Server& server) {
    return server.pollInterval * 7 / 2;
}

}
