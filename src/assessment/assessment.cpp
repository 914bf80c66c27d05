#include "assessment/beliefs.hpp"

#include <algorithm>

namespace headgate::assessment {

using domain::Instant;
using domain::PoolName;
using domain::ServerName;

Assessment::Assessment()
    : m_beliefs(std::make_unique<Beliefs>()) {}
Assessment::~Assessment() = default;
Assessment::Assessment(Assessment&&) noexcept = default;
Assessment& Assessment::operator=(Assessment&&) noexcept = default;

std::vector<BeliefChange> Assessment::configure(const domain::Configuration& configuration, Instant now) {
    auto& all = *m_beliefs;
    all.pass(now);
    all.rebuild(configuration);
    for (std::uint32_t server = 0; server < all.servers.size(); ++server)
        all.assessServer(server);
    for (std::uint32_t source = 0; source < all.dataSources.size(); ++source)
        all.assessDataSource(source);
    for (std::uint32_t pool = 0; pool < all.pools.size(); ++pool)
        all.assessPool(pool);
    all.concerned.clear();
    return all.told();
}

std::vector<BeliefChange> Assessment::configure(const std::vector<domain::Pool>& pools, Instant now) {
    auto& all = *m_beliefs;
    all.pass(now);
    std::vector<std::uint32_t> servers;
    for (const auto& pool : pools)
        all.replace(pool, servers);
    Beliefs::sortOnce(servers);
    std::vector<std::uint32_t> moved;
    for (const auto server : servers)
        if (all.judgeAnew(server, all.servers[server].belief.server())) moved.push_back(server);
    all.enterPoolsOf(moved);
    for (const auto server : servers)
        all.assessServer(server);
    all.assessConcerned();
    return all.told();
}

/// Of a hundred thousand servers hardly one is in the processor's caches when it answers. Each step needs
/// what the one before has brought; what many samples need in one step comes at the same time.
void Assessment::expect(std::span<const domain::Sample* const> samples) const {
    auto& all = *m_beliefs;
    all.expected.clear();
    for (const auto* sample : samples)
        all.serverIndex.prefetch(sample->server.value);
    for (const auto* sample : samples)
        if (const auto known = all.serverIndex.likely(sample->server.value)) all.expected.push_back(*known);
    for (const auto server : all.expected)
        all.bring(server);
    for (const auto server : all.expected)
        all.bringBehind(server);
    all.serverDeadlines.bringFirst(samples.size());
}

std::vector<BeliefChange> Assessment::observe(const domain::Sample& sample) {
    auto& all = *m_beliefs;
    const auto known = all.findServer(sample.server);
    if (!known) return {};
    all.pass(sample.at);
    auto& entry = all.servers[*known];
    entry.belief.take(sample);
    for (const auto& other : entry.others())
        other->belief.take(sample);
    all.assessServer(*known);
    all.assessConcerned();
    return all.told();
}

std::vector<BeliefChange> Assessment::joined(const PoolName& pool, const ServerName& server, Instant at) {
    auto& all = *m_beliefs;
    const auto known = all.findServer(server);
    if (!known) return {};
    all.pass(at);
    auto& entry = all.servers[*known];
    auto* view = all.viewIn(entry, pool);
    if (!view && !entry.pools.empty()) {
        all.joining.insert_or_assign({entry.name, pool}, at);
        return all.told();
    }
    const auto own = all.membershipOf(entry.name, all.findPool(pool)).warmUp;
    (view ? view->belief : entry.belief).warmsUp(pool, at, own);
    all.assessServer(*known);
    all.assessConcerned();
    return all.told();
}

std::vector<BeliefChange> Assessment::tick(Instant now) {
    auto& all = *m_beliefs;
    all.pass(now);
    for (const auto server : all.serverDeadlines.takeDue(all.now))
        all.assessServer(server);
    for (const auto source : all.dataSourceDeadlines.takeDue(all.now))
        all.assessDataSource(source);
    for (const auto pool : all.poolDeadlines.takeDue(all.now))
        all.concerned.push_back(pool);
    all.assessConcerned();
    return all.told();
}

std::optional<Instant> Assessment::nextDeadline() const {
    std::optional<Instant> next;
    for (const auto& other : {m_beliefs->serverDeadlines.next(), m_beliefs->poolDeadlines.next(),
                              m_beliefs->dataSourceDeadlines.next()})
        if (other && (!next || *other < *next)) next = other;
    return next;
}

const domain::ServerState* Assessment::server(const ServerName& name) const {
    const auto known = m_beliefs->findServer(name);
    if (!known) return nullptr;
    auto& shown = m_beliefs->shownServers[*known];
    if (!shown) shown = m_beliefs->stateOf(m_beliefs->servers[*known]);
    return &*shown;
}

const domain::PoolState* Assessment::pool(const PoolName& name) const {
    const auto known = m_beliefs->findPool(name);
    if (!known) return nullptr;
    auto& shown = m_beliefs->shownPools[*known];
    if (!shown) {
        shown = m_beliefs->briefOf(*known);
        shown->diagnosis = m_beliefs->diagnosisOf(*known);
    }
    return &*shown;
}

std::optional<domain::PoolState> Assessment::poolInBrief(const PoolName& name) const {
    const auto known = m_beliefs->findPool(name);
    return known ? std::optional(m_beliefs->briefOf(*known)) : std::nullopt;
}

std::vector<PoolName> Assessment::poolsOf(const ServerName& name) const {
    std::vector<PoolName> names;
    if (const auto known = m_beliefs->findServer(name))
        for (const auto pool : m_beliefs->servers[*known].pools)
            names.push_back(m_beliefs->pools[pool].belief.pool().name);
    return names;
}

std::vector<domain::ServerState> Assessment::servers() const {
    std::vector<domain::ServerState> states;
    states.reserve(m_beliefs->inOrder.size());
    for (const auto server : m_beliefs->inOrder)
        states.push_back(m_beliefs->stateOf(m_beliefs->servers[server]));
    return states;
}

std::vector<domain::ServerState> Assessment::spareServers() const {
    std::vector<domain::ServerState> states;
    for (const auto server : m_beliefs->inOrder)
        if (const auto& entry = m_beliefs->servers[server];
            entry.pools.empty() || entry.pools.size() < entry.belief.server().shares.size())
            states.push_back(m_beliefs->servers[server].belief.state());
    return states;
}

std::vector<domain::DataSourceState> Assessment::dataSources() const {
    std::vector<domain::DataSourceState> states;
    states.reserve(m_beliefs->dataSourcesInOrder.size());
    for (const auto source : m_beliefs->dataSourcesInOrder)
        states.push_back(m_beliefs->dataSources[source].belief.state());
    return states;
}

std::vector<domain::ServerState> Assessment::members(const PoolName& name) const {
    return m_beliefs->members(name,
                              [](const ServerBelief& belief, const ServerName&) { return belief.state(); });
}

std::vector<domain::ServerState> Assessment::membersInBrief(const PoolName& name) const {
    return m_beliefs->members(
        name, [](const ServerBelief& belief, const ServerName& server) { return belief.brief(server); });
}

domain::Duration Assessment::staleAfter(const domain::Server& server) {
    return server.pollInterval * 7 / 2;
}

}
