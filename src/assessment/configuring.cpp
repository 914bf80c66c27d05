#include "assessment/beliefs.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace headgate::assessment {

using domain::ServerName;

namespace {

/// Of a list of things with names, their places in the order of the names.
template <typename List>
std::vector<std::uint32_t> byName(const List& list) {
    std::vector<std::uint32_t> order(list.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return list[a].name.value < list[b].name.value; });
    return order;
}

domain::Pool withoutMembers(const domain::Pool& pool) {
    domain::Pool made;
    made.name = pool.name;
    made.application = pool.application;
    made.policy = pool.policy;
    made.held = pool.held;
    return made;
}

std::vector<ServerName> namesOf(const std::vector<domain::Member>& members) {
    std::vector<ServerName> names;
    names.reserve(members.size());
    for (const auto& member : members)
        names.push_back(member.server);
    return names;
}

}

/// The beliefs point into the configuration: the one before is there until all of them point into the new
/// one.
void Assessment::Beliefs::rebuild(const domain::Configuration& told) {
    const auto before = std::move(configuration);
    configuration = std::make_unique<domain::Configuration>();
    configuration->applications = told.applications;
    configuration->profiles = told.profiles;
    configuration->shippedProfiles = told.shippedProfiles;
    configuration->servers = told.servers;
    configuration->pools.reserve(told.pools.size());
    const auto order = byName(told.pools);
    Members memberOf;
    for (std::uint32_t number = 0; number < order.size(); ++number) {
        const auto& pool = told.pools[order[number]];
        configuration->pools.push_back(withoutMembers(pool));
        for (const auto& member : pool.members)
            memberOf[member.server.value].push_back(number);
    }
    auto oldPools = std::exchange(pools, std::vector<PoolEntry>(order.size()));
    auto oldServers = std::exchange(servers, std::vector<ServerEntry>());
    const auto oldIndex = std::exchange(serverIndex, NameIndex());
    rebuildPools(told, std::move(oldPools));
    rebuildServers(std::move(oldServers), oldIndex, memberOf);
    for (std::uint32_t number = 0; number < pools.size(); ++number)
        enterMembers(number);
    rebuildDataSources(told.dataSources);
}

void Assessment::Beliefs::rebuildServers(std::vector<ServerEntry> old, const NameIndex& oldIndex,
                                         const Members& memberOf) {
    const auto order = byName(configuration->servers);
    servers.reserve(order.size());
    inOrder.assign(order.size(), 0);
    serverIndex.clear(order.size());
    serverDeadlines.clear(order.size());
    for (std::uint32_t number = 0; number < order.size(); ++number) {
        const auto& server = configuration->servers[order[number]];
        inOrder[order[number]] = number;
        const auto known = oldIndex.find(
            server.name.value, [&](std::uint32_t at) -> const std::string& { return old[at].name; });
        auto& entry = servers.emplace_back(known ? std::move(old[*known]) : ServerEntry());
        entry.name = server.name.value;
        entry.measures = none;
        const auto in = memberOf.find(entry.name);
        entry.pools = in == memberOf.end() ? PoolNumbers() : PoolNumbers(in->second);
        serverIndex.add(entry.name, number);
        judgeAnew(number, server);
        if (!known) entry.moved = false;
    }
}

/// One that was there before is found by name: both lists are in that order.
void Assessment::Beliefs::rebuildPools(const domain::Configuration& told, std::vector<PoolEntry> old) {
    poolDeadlines.clear(pools.size());
    const auto order = byName(told.pools);
    auto known = old.begin();
    for (std::uint32_t number = 0; number < pools.size(); ++number) {
        const auto& pool = configuration->pools[number];
        while (known != old.end() && known->name < pool.name)
            ++known;
        auto& entry = pools[number];
        if (known != old.end() && known->name == pool.name) entry = std::move(*known++);
        entry.name = pool.name;
        entry.belief.judgeBy(pool);
        takeMembers(entry, told.pools[order[number]].members);
    }
}

void Assessment::Beliefs::takeMembers(PoolEntry& entry, const std::vector<domain::Member>& members) {
    auto names = namesOf(members);
    if (!std::is_permutation(names.begin(), names.end(), entry.members.begin(), entry.members.end()))
        entry.belief.forgetTrend();
    entry.members = std::move(names);
    entry.toldSources.clear();
    entry.warmUps.clear();
    for (const auto& member : members) {
        if (!member.dataSource.empty()) entry.toldSources.emplace(member.server.value, member.dataSource);
        const auto warmUp = member.connection.warmUp;
        if (warmUp > domain::Duration::zero()) entry.warmUps.emplace(member.server.value, warmUp);
    }
}

void Assessment::Beliefs::enterMembers(std::uint32_t pool) {
    std::vector<const ServerBelief*> beliefs;
    beliefs.reserve(pools[pool].members.size());
    for (const auto& member : pools[pool].members) {
        const auto known = findServer(member);
        const auto* view = known ? viewIn(servers[*known], pools[pool].name) : nullptr;
        beliefs.push_back(view ? &view->belief : known ? &servers[*known].belief : nullptr);
    }
    pools[pool].belief.enter(std::move(beliefs));
}

/// It stays where it is, so that what points at it goes on to do so.
void Assessment::Beliefs::replace(const domain::Pool& pool, std::vector<std::uint32_t>& among) {
    const auto number = findPool(pool.name);
    if (!number) return;
    auto& entry = pools[*number];
    const auto note = [&](bool isIn) {
        for (const auto& member : entry.members) {
            const auto known = findServer(member);
            if (!known) continue;
            auto& in = servers[*known].pools;
            if (isIn)
                in.add(*number);
            else
                in.remove(*number);
            among.push_back(*known);
        }
    };
    note(false);
    configuration->pools[*number] = withoutMembers(pool);
    takeMembers(entry, pool.members);
    note(true);
    enterMembers(*number);
    ++sourceChanges;
    concerned.push_back(*number);
}

bool Assessment::Beliefs::judgeAnew(std::uint32_t number, const domain::Server& server) {
    auto& entry = servers[number];
    const bool moved = keepOneViewForEachPool(entry);
    judge(entry, server, entry.pools.empty() ? std::nullopt : std::optional(entry.pools.front()));
    for (std::size_t i = 0; i < entry.others().size(); ++i)
        judge(*entry.others()[i], server, entry.pools[i + 1]);
    return moved;
}

void Assessment::Beliefs::judge(View& view, const domain::Server& server, std::optional<std::uint32_t> pool) {
    const auto* before = view.belief.pool();
    const auto was = before ? std::optional(before->name) : std::nullopt;
    view.belief.judgeBy(contextOf(server, pool), membershipOf(server.name.value, pool));
    const auto* after = view.belief.pool();
    view.moved = view.moved || was != (after ? std::optional(after->name) : std::nullopt);
}

/// A view stays with its pool; one of a pool that is new knows what the others do.
bool Assessment::Beliefs::keepOneViewForEachPool(ServerEntry& entry) {
    if (entry.pools.size() < 2 && !entry.several) return false;
    std::vector<std::unique_ptr<View>> former;
    if (entry.several) former = std::move(*entry.several);
    former.push_back(std::make_unique<View>(std::move(static_cast<View&>(entry))));
    const auto& known = *former.back(); // wherever it goes
    std::vector<std::unique_ptr<View>> views;
    for (const auto pool : entry.pools) {
        const auto own = std::find_if(former.begin(), former.end(), [&](const auto& view) {
            return view && view->belief.pool() && view->belief.pool()->name == pools[pool].name;
        });
        views.push_back(own != former.end() ? std::move(*own) : viewLike(known, entry.name, pool));
    }
    static_cast<View&>(entry) = std::move(views.empty() ? *former.back() : *views.front());
    if (!views.empty()) views.erase(views.begin());
    entry.several =
        views.empty() ? nullptr : std::make_unique<std::vector<std::unique_ptr<View>>>(std::move(views));
    return true;
}

std::unique_ptr<Assessment::Beliefs::View>
Assessment::Beliefs::viewLike(const View& known, const std::string& server, std::uint32_t pool) {
    auto made = std::make_unique<View>();
    made->belief.learn(known.belief);
    made->told = known.told;
    const auto at = joining.find({server, pools[pool].name});
    if (at == joining.end()) return made;
    made->belief.warmsUp(pools[pool].name, at->second, membershipOf(server, pool).warmUp);
    joining.erase(at);
    return made;
}

void Assessment::Beliefs::enterPoolsOf(const std::vector<std::uint32_t>& those) {
    std::vector<std::uint32_t> in;
    for (const auto server : those)
        in.insert(in.end(), servers[server].pools.begin(), servers[server].pools.end());
    sortOnce(in);
    for (const auto pool : in)
        enterMembers(pool);
}

Assessment::Beliefs::View* Assessment::Beliefs::viewIn(ServerEntry& entry, const domain::PoolName& pool) {
    const auto is = [&](const View& view) { return view.belief.pool() && view.belief.pool()->name == pool; };
    if (is(entry)) return &entry;
    for (const auto& other : entry.others())
        if (is(*other)) return other.get();
    return nullptr;
}

ServerBelief::Membership Assessment::Beliefs::membershipOf(const std::string& server,
                                                           std::optional<std::uint32_t> number) const {
    ServerBelief::Membership made;
    if (!number) return made;
    const auto& pool = pools[*number];
    if (const auto told = pool.toldSources.find(server); told != pool.toldSources.end())
        made.dataSource = told->second;
    if (const auto own = pool.warmUps.find(server); own != pool.warmUps.end()) made.warmUp = own->second;
    return made;
}

ServerContext Assessment::Beliefs::contextOf(const domain::Server& server,
                                             std::optional<std::uint32_t> pool) {
    return {configuration.get(), &server, configuration->profile(server.profile),
            pool ? &configuration->pools[*pool] : nullptr, &dictionary};
}

}
