#include "allocation/allocation.hpp"

#include "allocation/stand_in.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace headgate::allocation {

using domain::Configuration;
using domain::Functional;
using domain::Instant;
using domain::Intent;
using domain::IntentKind;
using domain::Plan;
using domain::Pool;
using domain::Refusal;
using domain::Server;
using domain::ServerName;
using domain::ServerState;
using domain::TransactionId;

namespace {

/// More than people read, and than is worth telling for each of many pools.
constexpr std::size_t listed = 100;

/// In which pool, the first of them, a server is: looked up, and never gone through.
std::unordered_map<std::string_view, const Pool*> membership(const Configuration& configuration) {
    std::size_t count = 0;
    for (const auto& pool : configuration.pools)
        count += pool.members.size();
    std::unordered_map<std::string_view, const Pool*> made;
    made.reserve(count);
    for (const auto& pool : configuration.pools)
        for (const auto& member : pool.members)
            made.emplace(member.server.value, &pool);
    return made;
}

bool has(const Server& server, const domain::ApplicationName& application) {
    return std::find(server.applications.begin(), server.applications.end(), application) !=
           server.applications.end();
}

/// The pool that keeps a server from joining that one; null: none does.
const Pool* keeping(const Server& server, const Pool& pool, const Pool* in) {
    if (!in || server.shares.empty()) return in;
    return pool.member(server.name) ? &pool : nullptr;
}

/// "pools web (400 permille) and api (600 permille)"
std::string sharesOf(const Server& server) {
    std::string text = server.shares.size() == 1 ? "pool " : "pools ";
    for (std::size_t i = 0; i < server.shares.size(); ++i)
        text += (i == 0                         ? ""
                 : i + 1 < server.shares.size() ? ", "
                                                : " and ") +
                server.shares[i].pool.value + " (" + std::to_string(server.shares[i].permille) + " permille)";
    return text;
}

/// The weight that most members have, the lower of two as frequent: the new one gets an equal share.
int usualWeight(const Pool& pool) {
    std::map<int, int> counts;
    for (const auto& member : pool.members)
        ++counts[member.wholeWeight()];
    int usual = 1, most = 0;
    for (const auto& [weight, count] : counts)
        if (count > most) std::tie(usual, most) = std::pair(weight, count);
    return usual;
}

/// "2 are a member of a pool, 1 is not functional"
std::string summary(const std::map<std::string, int>& counts) {
    std::string text;
    for (const auto& [kind, count] : counts)
        text += (text.empty() ? "" : ", ") + std::to_string(count) + (count == 1 ? " is " : " are ") + kind;
    return text;
}

Refusal full(const Pool& pool) {
    return {"pool " + pool.name.value + " is at its maximum of " + std::to_string(pool.policy.maximum) +
                " members",
            {}};
}

/// The data source that a candidate is to use.
struct Assigned {
    std::string name; ///< empty: it uses none
    std::string why;  ///< why this one; empty: there is no other
    std::string full; ///< not empty: why it cannot have one
};

Assigned dataSourceFor(const Server& server, const ServerState& state,
                       const std::vector<domain::DataSourceState>& states) {
    const auto& all = server.dataSources;
    const std::span fitting(all.data(), state.agent == false && !all.empty() ? 1 : all.size());
    Assigned best;
    std::optional<int> least;
    for (const auto& name : fitting) {
        const auto found =
            std::find_if(states.begin(), states.end(), [&](const auto& one) { return one.name == name; });
        const bool known = found != states.end();
        if (known && found->level == domain::Level::full) {
            best.full += (best.full.empty() ? "its data source " : ", and its data source ") + name + " is " +
                         found->reason;
            continue;
        }
        const auto utilisation =
            known && found->level == domain::Level::normal ? found->utilisation : std::nullopt;
        if (!best.name.empty() && (!utilisation || (least && *least <= *utilisation))) continue;
        best.name = name;
        least = utilisation;
    }
    if (!best.name.empty()) best.full.clear();
    if (least && fitting.size() > 1)
        best.why = "it is to use the data source " + best.name + ", the least utilised one, at " +
                   std::to_string(*least) + " permille";
    return best;
}

}

std::optional<Allocation::Obstacle> Allocation::whyNot(Instant now, const Configuration& configuration,
                                                       const Pool* in, const Pool& pool, const Intent& intent,
                                                       const Server& server, const ServerState* state) const {
    const auto& wanted = pool.application;
    if (!has(server, wanted))
        return Obstacle{"without the application", "it is not said to have " + wanted.value};
    if (!server.shares.empty() && !server.shareIn(pool.name))
        return Obstacle{"without a share for it", "it serves only " + sharesOf(server) + ", by its shares"};
    const bool lent = in && intent.from && in->name == *intent.from;
    if (in && !lent)
        return Obstacle{"in a pool already", in == &pool && intent.server
                                                 ? "it is a member already"
                                                 : "it is a member of pool " + in->name.value};
    if (const auto transaction = reservedFor(server.name))
        return Obstacle{"reserved", "it is reserved for transaction " + std::to_string(transaction->value)};
    if (const auto other = m_promised.find(server.name);
        other != m_promised.end() && other->second != pool.name)
        return Obstacle{"promised", "it is on its way to pool " + other->second.value + ", which borrows it"};
    const auto accused = m_quarantines.find(server.name);
    // An operator who names it has looked after what it was left alone for; who comes back has served there.
    const bool acquitted = intent.server && (intent.byOperator || (intent.from && !lent));
    if (!acquitted && accused != m_quarantines.end() && now < accused->second.until)
        return Obstacle{"quarantined", "it is quarantined until " + domain::describe(accused->second.until) +
                                           ": " + accused->second.why};
    if (!state) return Obstacle{"unknown", "nothing is known of it"};
    if (state->functional != Functional::functional)
        return Obstacle{std::string(toString(state->functional)), "it is " + state->reason};
    const auto runs = state->applications.find(wanted);
    if (runs == state->applications.end())
        return Obstacle{"unknown", "whether " + wanted.value + " runs there is not known"};
    if (!runs->second) return Obstacle{"without the application", wanted.value + " does not run there"};
    if (!state->utilisation) return Obstacle{"of unknown utilisation", "its utilisation is not known"};
    if (*state->utilisation >= pool.policy.upper)
        return Obstacle{"full", "it is at " + std::to_string(*state->utilisation) +
                                    " permille itself, not below " + std::to_string(pool.policy.upper)};
    if (intent.inPlaceOf && pool.policy.failOver)
        if (auto words = beyondLimits(*pool.policy.failOver, configuration.profile(server.profile), *state);
            !words.empty())
            return Obstacle{"short of a resource", std::move(words)};
    return std::nullopt;
}

Rank Allocation::rank(const Pool& pool, const Intent& intent, const Server& server,
                      const ServerState& state) const {
    if (!intent.inPlaceOf || !pool.policy.failOver)
        return {0, *state.utilisation, server.priority, server.name};
    const auto left = m_freeSince.find(server.name);
    return standInRank(
        *pool.policy.failOver, *intent.inPlaceOf,
        {server, state, left == m_freeSince.end() ? std::nullopt : std::optional(left->second)});
}

Choice Allocation::choose(Instant now, const Configuration& configuration, const Intent& intent,
                          const std::vector<ServerState>& servers,
                          const std::vector<domain::DataSourceState>& dataSources) const {
    const auto* pool = configuration.pool(intent.pool);
    if (!pool) return Refusal{"there is no pool " + intent.pool.value, {}};
    switch (intent.kind) {
    case IntentKind::allocate: return allocate(now, {configuration, servers, dataSources}, *pool, intent);
    case IntentKind::release: return release(*pool, intent);
    case IntentKind::renew: return renew(configuration, *pool, intent);
    case IntentKind::ramp: return ramp(*pool, intent);
    case IntentKind::restore:
    case IntentKind::withdraw:
    case IntentKind::nothing: break;
    }
    return Refusal{"there is nothing to do: " + intent.reason, {}};
}

Choice Allocation::allocate(Instant now, const Known& known, const Pool& pool, const Intent& intent) const {
    if (pool.members.size() >= pool.policy.maximum) return full(pool);
    std::unordered_map<std::string_view, const ServerState*> stateByName;
    for (const auto& state : known.servers)
        stateByName.emplace(state.name.value, &state);
    const auto pools = membership(known.configuration);
    Refusal refusal;
    std::map<std::string, int> counts;
    const Server* best = nullptr;
    Assigned dataSource;
    Rank bestRank;
    std::size_t looked = 0, passedOver = 0;
    const bool few = known.configuration.servers.size() <= listed;
    for (const auto& server : known.configuration.servers) {
        if (intent.server && server.name != *intent.server) continue;
        ++looked;
        const auto found = stateByName.find(server.name.value);
        const auto* state = found == stateByName.end() ? nullptr : found->second;
        const auto in = pools.find(server.name.value);
        const auto* other = keeping(server, pool, in == pools.end() ? nullptr : in->second);
        // Of many servers only those are told one by one that it might have been.
        if (!few && !intent.server && other && has(server, pool.application)) {
            ++passedOver;
            continue;
        }
        auto obstacle = whyNot(now, known.configuration, other, pool, intent, server, state);
        auto assigned = obstacle ? Assigned{} : dataSourceFor(server, *state, known.dataSources);
        if (!assigned.full.empty()) obstacle = Obstacle{"behind a full data source", assigned.full};
        if (obstacle) {
            if (refusal.servers.size() < listed) refusal.servers.emplace_back(server.name, obstacle->text);
            ++counts[obstacle->kind];
            continue;
        }
        auto itsRank = rank(pool, intent, server, *state);
        if (best && !(itsRank < bestRank)) continue;
        best = &server;
        bestRank = std::move(itsRank);
        dataSource = std::move(assigned);
    }
    if (best) {
        Plan plan{IntentKind::allocate, pool, {}, intent.byOperator, intent.reason};
        plan.member.server = best->name;
        plan.member.origin = domain::Origin::allocated;
        plan.member.connection.weight = usualWeight(pool);
        plan.dataSource = dataSource.name;
        plan.part = best->partFor(pool.name);
        if (plan.part < 1000)
            plan.reason +=
                "; " + std::to_string(plan.part) + " permille of it serve this pool, by its shares";
        if (!dataSource.why.empty()) plan.reason += "; " + dataSource.why;
        if (intent.inPlaceOf) {
            plan.member.standsInFor = *intent.inPlaceOf;
            if (const auto* failed = pool.member(*intent.inPlaceOf))
                plan.member.connection.weight = failed->wholeWeight();
        }
        return plan;
    }
    if (passedOver > 0) counts["in a pool already"] += static_cast<int>(passedOver);
    if (intent.server && looked == 0)
        refusal.reason = "there is no server " + intent.server->value + ": see 'headgate servers'";
    else if (intent.server)
        refusal.reason = "server " + intent.server->value + " cannot join pool " + pool.name.value + ": " +
                         refusal.servers.front().second;
    else if (looked == 0)
        refusal.reason = "no server can join pool " + pool.name.value + ": none is configured";
    else
        refusal.reason = "no server can join pool " + pool.name.value + ": of " + std::to_string(looked) +
                         ", " + summary(counts);
    return refusal;
}

Choice Allocation::release(const Pool& pool, const Intent& intent) const {
    const auto refused = [&](const std::string& why) {
        Refusal refusal{"pool " + pool.name.value + " " + why, {}};
        if (intent.server) refusal.servers.emplace_back(*intent.server, why);
        return refusal;
    };
    if (!intent.server) return refused("can release nobody: no member was named");
    const auto* member = pool.member(*intent.server);
    if (!member)
        return refused("has no member " + intent.server->value + ": see 'headgate pools " + pool.name.value +
                       "'");
    if (const auto transaction = reservedFor(*intent.server))
        return refused("cannot release " + intent.server->value + ": it is reserved for transaction " +
                       std::to_string(transaction->value));
    if (member->isProtected)
        return refused("cannot release " + intent.server->value +
                       ": it is protected; set its leaf protected to false first");
    if (pool.members.size() <= pool.policy.minimum)
        return refused("cannot release " + intent.server->value + ": it is at its minimum of " +
                       std::to_string(pool.policy.minimum) +
                       "; allocate another one first, or lower the minimum");
    return Plan{IntentKind::release, pool, *member, intent.byOperator, intent.reason};
}

Choice Allocation::renew(const Configuration& configuration, const Pool& pool, const Intent& intent) const {
    const auto* member = intent.server ? pool.member(*intent.server) : nullptr;
    if (!member) return Refusal{"pool " + pool.name.value + " has nobody to be given new settings", {}};
    if (const auto transaction = reservedFor(member->server))
        return Refusal{
            member->server.value + " is reserved for transaction " + std::to_string(transaction->value), {}};
    Plan plan{IntentKind::renew, pool, *member, intent.byOperator, intent.reason};
    if (const auto* server = configuration.server(member->server)) plan.part = server->partFor(pool.name);
    return plan;
}

Choice Allocation::ramp(const Pool& pool, const Intent& intent) const {
    const auto* member = intent.server ? pool.member(*intent.server) : nullptr;
    if (!member || member->rampsTo == 0)
        return Refusal{"pool " + pool.name.value + " has nobody whose weight ramps up", {}};
    if (const auto transaction = reservedFor(member->server))
        return Refusal{
            member->server.value + " is reserved for transaction " + std::to_string(transaction->value), {}};
    Plan plan{IntentKind::ramp, pool, *member, intent.byOperator, intent.reason};
    plan.member.connection.weight = std::min(intent.weight, member->rampsTo);
    if (plan.member.connection.weight == member->rampsTo) plan.member.rampsTo = 0;
    return plan;
}

bool Allocation::reserve(TransactionId transaction, const ServerName& server) {
    return m_reserved.emplace(server, transaction).first->second == transaction;
}

void Allocation::free(TransactionId transaction) {
    std::erase_if(m_reserved, [&](const auto& entry) { return entry.second == transaction; });
}

std::optional<TransactionId> Allocation::reservedFor(const ServerName& server) const {
    const auto found = m_reserved.find(server);
    return found == m_reserved.end() ? std::nullopt : std::optional(found->second);
}

void Allocation::quarantine(const ServerName& server, Instant until, std::string why) {
    auto& entry = m_quarantines[server];
    if (until > entry.until) entry = {until, std::move(why)};
}

void Allocation::acquit(const ServerName& server) {
    m_quarantines.erase(server);
}

void Allocation::promise(const ServerName& server, const domain::PoolName& pool) {
    m_promised.insert_or_assign(server, pool);
}

void Allocation::endPromise(const ServerName& server) {
    m_promised.erase(server);
}

void Allocation::left(const ServerName& server, Instant at) {
    m_freeSince.insert_or_assign(server, at);
}

std::vector<ServerName> Allocation::tick(Instant now) {
    std::vector<ServerName> over;
    for (const auto& [server, quarantine] : m_quarantines)
        if (now >= quarantine.until) over.push_back(server);
    for (const auto& server : over)
        m_quarantines.erase(server);
    return over;
}

std::optional<Instant> Allocation::nextDeadline() const {
    std::optional<Instant> next;
    for (const auto& [server, quarantine] : m_quarantines)
        if (!next || quarantine.until < *next) next = quarantine.until;
    return next;
}

std::optional<Instant> Allocation::quarantinedUntil(const ServerName& server) const {
    const auto found = m_quarantines.find(server);
    return found == m_quarantines.end() ? std::nullopt : std::optional(found->second.until);
}

}
