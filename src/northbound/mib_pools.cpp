// hgPoolTable, hgMemberTable, hgServerTable

#include "mib/headgate_mib.hpp"
#include "northbound/mib_picture.hpp"
#include "northbound/mib_values.hpp"
#include "snmp/objects.hpp"

#include <unordered_map>

namespace headgate::northbound {
namespace {

using namespace mib::manager;

/// By name, of what is believed; what was told before it was configured has none.
template <typename State>
std::unordered_map<std::string_view, const State*> byName(const std::vector<State>& states) {
    std::unordered_map<std::string_view, const State*> found;
    for (const auto& state : states)
        found.emplace(state.name.value, &state);
    return found;
}

template <typename State>
const State& stateOf(const std::unordered_map<std::string_view, const State*>& states,
                     std::string_view name) {
    static const State nothing{};
    const auto found = states.find(name);
    return found == states.end() ? nothing : *found->second;
}

struct PoolRow {
    const domain::Pool* pool;
    const domain::PoolState* state;
    std::size_t differences;
};

snmp::Value poolValue(const PoolRow& row, Pool column) {
    const auto& [pool, state, differences] = row;
    const auto& policy = pool->policy;
    switch (column) {
    case Pool::name: break;
    case Pool::application: return mibText(pool->application.value);
    case Pool::held: return mibTruth(pool->held);
    case Pool::level: return mibEnum(state->level);
    case Pool::utilisation: return mibPermille(state->utilisation);
    case Pool::reason: return mibText(state->reason);
    case Pool::members: return mibCount(pool->members.size());
    case Pool::minimum: return mibCount(policy.minimum);
    case Pool::maximum: return mibCount(policy.maximum);
    case Pool::upper: return mibPermille(policy.upper);
    case Pool::lower: return mibPermille(policy.lower);
    case Pool::transaction: return mibTransaction(state->transaction);
    case Pool::cooldownUntil: return mibTime(state->cooldownUntil);
    case Pool::differences: return mibCount(differences);
    case Pool::alarm: return mibText(state->alarm);
    }
    return snmp::NoSuchInstance{};
}

struct MemberRow {
    const domain::Pool* pool;
    const domain::Member* member;
    const domain::ServerState* state;
};

snmp::Value memberValue(const MemberRow& row, Member column) {
    const auto& connection = row.member->connection;
    const auto& state = *row.state;
    switch (column) {
    case Member::server: break;
    case Member::pool: return mibText(row.pool->name.value);
    case Member::origin: return mibEnum(row.member->origin);
    case Member::addressType: return mibAddressType(connection.address);
    case Member::address: return mibAddress(connection.address);
    case Member::port: return mibCount(connection.port);
    case Member::protocol: return mibWord(protocols, connection.protocol, 1);
    case Member::weight: return mibCount(static_cast<std::size_t>(connection.weight));
    case Member::connectionLimit: return mibCount(connection.connectionLimit);
    case Member::authentication: return mibEnum(row.member->authentication.kind);
    case Member::functional: return mibEnum(state.functional);
    case Member::level: return mibEnum(state.level);
    case Member::utilisation: return mibPermille(state.utilisation);
    case Member::binding: return mibText(state.binding);
    case Member::lastSample: return mibTime(state.lastSample);
    case Member::reason: return mibText(state.reason);
    }
    return snmp::NoSuchInstance{};
}

struct ServerRow {
    const domain::Server* server;
    const domain::ServerState* state;
};

snmp::Value serverValue(const ServerRow& row, Server column) {
    const auto& state = *row.state;
    switch (column) {
    case Server::name: break;
    case Server::addressType: return mibAddressType(row.server->address);
    case Server::address: return mibAddress(row.server->address);
    case Server::functional: return mibEnum(state.functional);
    case Server::level: return mibEnum(state.level);
    case Server::utilisation: return mibPermille(state.utilisation);
    case Server::binding: return mibText(state.binding);
    case Server::lastSample: return mibTime(state.lastSample);
    case Server::missedPolls: return mibCount(state.missedPolls);
    case Server::pool: return mibName(state.pool);
    case Server::reservedBy: return mibText(state.reservedBy);
    case Server::quarantinedUntil: return mibTime(state.quarantinedUntil);
    case Server::reason: return mibText(state.reason);
    }
    return snmp::NoSuchInstance{};
}

}

MibView::Place mibPools(const MibPicture& picture) {
    return {poolEntry, [&picture] {
                const auto& snapshot = *picture.seen->snapshot;
                const auto states = byName(snapshot.pools);
                std::unordered_map<std::string_view, std::size_t> differences;
                for (const auto& finding : snapshot.findings)
                    differences[finding.pool.value] += finding.differences.size();
                std::vector<std::pair<snmp::Oid, PoolRow>> rows;
                for (const auto& pool : picture.configuration->pools)
                    rows.emplace_back(
                        snmp::indexOf(pool.name.value),
                        PoolRow{&pool, &stateOf(states, pool.name.value), differences[pool.name.value]});
                return mibTable(Pool::application, Pool::alarm, std::move(rows), poolValue);
            }};
}

MibView::Place mibMembers(const MibPicture& picture) {
    return {memberEntry, [&picture] {
                const auto states = byName(picture.seen->snapshot->servers);
                std::vector<std::pair<snmp::Oid, MemberRow>> rows;
                for (const auto& pool : picture.configuration->pools)
                    for (const auto& member : pool.members)
                        rows.emplace_back(snmp::indexOf(member.server.value),
                                          MemberRow{&pool, &member, &stateOf(states, member.server.value)});
                return mibTable(Member::pool, Member::reason, std::move(rows), memberValue);
            }};
}

MibView::Place mibServers(const MibPicture& picture) {
    return {serverEntry, [&picture] {
                const auto states = byName(picture.seen->snapshot->servers);
                std::vector<std::pair<snmp::Oid, ServerRow>> rows;
                for (const auto& server : picture.configuration->servers)
                    rows.emplace_back(snmp::indexOf(server.name.value),
                                      ServerRow{&server, &stateOf(states, server.name.value)});
                return mibTable(Server::addressType, Server::reason, std::move(rows), serverValue);
            }};
}

}
