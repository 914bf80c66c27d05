// hgDaemon, hgSummary, hgCounters, hgAlarmTable, hgTargetTable

#include "mib/headgate_mib.hpp"
#include "northbound/mib_picture.hpp"
#include "northbound/mib_values.hpp"
#include "snmp/endpoint.hpp"
#include "snmp/objects.hpp"

#include <algorithm>

namespace headgate::northbound {
namespace {

using namespace mib::manager;
using Target = mib::manager::Target;

snmp::Value counter(std::uint64_t value) {
    return snmp::Counter32{static_cast<std::uint32_t>(value)}; // RFC 2578 §7.1.6: it wraps
}

template <typename List, typename Test>
snmp::Value count(const List& list, Test test) {
    return mibCount(static_cast<std::size_t>(std::count_if(list.begin(), list.end(), test)));
}

template <typename Column, typename Cell>
MibView::Place scalars(const snmp::Oid& group, Column last, const MibPicture& picture, Cell cell) {
    return {group, [last, &picture, cell] {
                return mibTable(
                    static_cast<Column>(1), last,
                    std::vector<std::pair<snmp::Oid, const MibPicture*>>{{snmp::Oid{0}, &picture}},
                    [cell](const MibPicture* shown, Column column) { return cell(*shown, column); });
            }};
}

bool isFree(const domain::ServerState& server) {
    return server.functional == domain::Functional::functional && !server.pool && server.reservedBy.empty() &&
           !server.quarantinedUntil;
}

snmp::Value daemonValue(const MibPicture& picture, Daemon which) {
    switch (which) {
    case Daemon::version: return mibText(HEADGATE_VERSION);
    case Daemon::started: return mibTime(picture.started);
    case Daemon::asOf: {
        const auto at = picture.seen->snapshot->at;
        return mibTime(at == domain::Instant{} ? std::nullopt : std::optional(at));
    }
    case Daemon::notificationEngine: return snmp::Octets{picture.engineId};
    }
    return snmp::NoSuchInstance{};
}

snmp::Value summaryValue(const MibPicture& picture, Summary which) {
    const auto& snapshot = *picture.seen->snapshot;
    const auto& configuration = *picture.configuration;
    switch (which) {
    case Summary::poolCount: return mibCount(configuration.pools.size());
    case Summary::poolFullCount:
        return count(snapshot.pools, [](const auto& pool) { return pool.level == domain::Level::full; });
    case Summary::serverCount: return mibCount(configuration.servers.size());
    case Summary::serverFunctionalCount:
        return count(snapshot.servers,
                     [](const auto& server) { return server.functional == domain::Functional::functional; });
    case Summary::serverFreeCount: return count(snapshot.servers, isFree);
    case Summary::applianceCount: return mibCount(configuration.appliances.size());
    case Summary::applianceConnectedCount:
        return count(picture.seen->appliances, [](const auto& appliance) { return appliance.connected; });
    case Summary::transactionOpenCount: return mibCount(snapshot.transactions.size());
    case Summary::alarmCount: return mibCount(picture.alarms.size());
    }
    return snmp::NoSuchInstance{};
}

std::uint64_t sum(const MibPicture& picture, std::uint64_t TargetFigures::*figure) {
    std::uint64_t all = 0;
    for (const auto& [name, figures] : picture.targets)
        all += figures.*figure;
    return all;
}

snmp::Value counterValue(const MibPicture& picture, Counter which) {
    const auto& tally = picture.tally;
    switch (which) {
    case Counter::counterDiscontinuityTime: return snmp::TimeTicks{picture.discontinuity};
    case Counter::transactionsBegun: return counter(picture.seen->transactionsBegun);
    case Counter::transactionsCommitted: return counter(tally.committed);
    case Counter::transactionsRolledBack: return counter(tally.rolledBack);
    case Counter::transactionsIndeterminate: return counter(tally.indeterminate);
    case Counter::poolsGrown: return counter(tally.grown);
    case Counter::poolsShrunk: return counter(tally.shrunk);
    case Counter::candidatesMissed: return counter(tally.candidatesMissed);
    case Counter::samplesTaken: return snmp::Counter64{picture.seen->samplesTaken};
    case Counter::pollsMissed: return snmp::Counter64{picture.seen->pollsMissed};
    case Counter::notificationsSent: return snmp::Counter64{sum(picture, &TargetFigures::sent)};
    case Counter::notificationsMissed: return snmp::Counter64{sum(picture, &TargetFigures::missed)};
    }
    return snmp::NoSuchInstance{};
}

snmp::Value alarmValue(const StandingAlarms::Alarm* alarm, Alarm column) {
    const auto& event = alarm->event;
    switch (column) {
    case Alarm::index: break;
    case Alarm::kind: return mibText(event.kind);
    case Alarm::pool: return mibName(event.pool);
    case Alarm::server: return mibName(event.server);
    case Alarm::appliance: return mibName(event.appliance);
    case Alarm::transaction: return mibTransaction(event.transaction);
    case Alarm::since: return mibTime(event.at);
    case Alarm::text: return mibText(event.text);
    }
    return snmp::NoSuchInstance{};
}

/// A target as it is configured, and its figures, which change.
struct TargetRow {
    const domain::NotificationTarget* target;
    const MibPicture* picture;
};

snmp::Value targetValue(const TargetRow& row, Target column) {
    const auto& target = *row.target;
    const auto endpoint = snmp::Endpoint::parse(target.address, 0);
    const auto found = row.picture->targets.find(target.name);
    const auto figures = found == row.picture->targets.end() ? TargetFigures{} : found->second;
    switch (column) {
    case Target::name: break;
    case Target::addressType: return mibAddressType(target.address);
    case Target::address: return mibAddress(target.address);
    case Target::port: return snmp::Gauge{endpoint ? endpoint->port : 0U};
    case Target::type: return snmp::Integer{target.inform ? 2 : 1};
    case Target::sent: return snmp::Counter64{figures.sent};
    case Target::missed: return snmp::Counter64{figures.missed};
    }
    return snmp::NoSuchInstance{};
}

}

MibView::Place mibDaemon(const MibPicture& picture) {
    return scalars(daemonGroup, Daemon::notificationEngine, picture, daemonValue);
}

MibView::Place mibSummary(const MibPicture& picture) {
    return scalars(summaryGroup, Summary::alarmCount, picture, summaryValue);
}

MibView::Place mibCounters(const MibPicture& picture) {
    return scalars(counterGroup, Counter::notificationsMissed, picture, counterValue);
}

MibView::Place mibAlarms(const MibPicture& picture) {
    return {alarmEntry, [&picture] {
                std::vector<std::pair<snmp::Oid, const StandingAlarms::Alarm*>> rows;
                for (const auto& alarm : picture.alarms)
                    rows.emplace_back(snmp::Oid{alarm.number}, &alarm);
                return mibTable(Alarm::kind, Alarm::text, std::move(rows), alarmValue);
            }};
}

MibView::Place mibTargets(const MibPicture& picture) {
    return {targetEntry, [&picture] {
                std::vector<std::pair<snmp::Oid, TargetRow>> rows;
                for (const auto& target : picture.configuration->notificationTargets)
                    rows.emplace_back(snmp::indexOf(target.name), TargetRow{&target, &picture});
                return mibTable(Target::addressType, Target::missed, std::move(rows), targetValue);
            }};
}

MibView mibView(const MibPicture& picture) {
    return MibView({mibDaemon(picture), mibSummary(picture), mibCounters(picture), mibPools(picture),
                    mibMembers(picture), mibAppliances(picture), mibTransactions(picture),
                    mibTransactionAppliances(picture), mibServers(picture), mibAlarms(picture),
                    mibTargets(picture)});
}

}
