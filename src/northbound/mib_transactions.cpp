// hgApplianceTable, hgTransactionTable, hgTransactionApplianceTable

#include "mib/headgate_mib.hpp"
#include "northbound/mib_picture.hpp"
#include "northbound/mib_values.hpp"
#include "snmp/objects.hpp"

#include <limits>
#include <unordered_map>

namespace headgate::northbound {
namespace {

using namespace mib::manager;
using Transaction = mib::manager::Transaction;

struct ApplianceRow {
    const domain::Appliance* appliance;
    const domain::ApplianceState* state;
    std::size_t differences;
};

snmp::Value strategyValue(const std::optional<domain::Strategy>& strategy) {
    return strategy ? mibEnum(*strategy) : snmp::Value(snmp::Integer{strategyUnknown});
}

snmp::Value applianceValue(const ApplianceRow& row, Appliance column) {
    const auto& appliance = *row.appliance;
    const auto& state = *row.state;
    const auto strategy = domain::strategyFor(state.capabilities);
    switch (column) {
    case Appliance::name: break;
    case Appliance::family: return mibWord(families, appliance.family, 1);
    case Appliance::host: return mibText(appliance.host);
    case Appliance::port: return mibCount(appliance.port);
    case Appliance::pair: return mibText(appliance.pair);
    case Appliance::connected: return mibTruth(state.connected);
    case Appliance::reason: return mibText(state.connected ? "" : state.reason);
    case Appliance::lastContact: return mibTime(state.lastContact);
    case Appliance::strategy: return strategyValue(strategy);
    case Appliance::risk: return mibText(strategy ? domain::remainingRisk(*strategy) : "");
    case Appliance::differences: return mibCount(row.differences);
    }
    return snmp::NoSuchInstance{};
}

snmp::Value transactionValue(const domain::TransactionView* view, Transaction column) {
    switch (column) {
    case Transaction::id: break;
    case Transaction::pool: return mibText(view->pool.value);
    case Transaction::kind: return mibEnum(view->kind);
    case Transaction::server: return mibText(view->server.value);
    case Transaction::state: return mibWord(states, view->state, 1);
    case Transaction::outcome:
        return view->outcome ? mibEnum(*view->outcome) : snmp::Value(snmp::Integer{outcomeOpen});
    case Transaction::reason: return mibText(view->reason);
    case Transaction::cause: return mibText(view->cause);
    case Transaction::started: return mibTime(view->started);
    case Transaction::ended: return mibTime(view->ended);
    }
    return snmp::NoSuchInstance{};
}

snmp::Value partValue(const domain::ApplianceView* part, TransactionAppliance column) {
    switch (column) {
    case TransactionAppliance::name: break;
    case TransactionAppliance::strategy: return mibEnum(part->strategy);
    case TransactionAppliance::step: return mibText(part->step);
    }
    return snmp::NoSuchInstance{};
}

/// Those that have a number of 32 bits.
std::vector<const domain::TransactionView*> transactionsOf(const domain::Snapshot& snapshot) {
    std::vector<const domain::TransactionView*> all;
    for (const auto& ended : snapshot.history)
        all.push_back(ended.get());
    for (const auto& open : snapshot.transactions)
        all.push_back(&open);
    std::erase_if(all, [](const auto* view) {
        return view->id.value == 0 || view->id.value > std::numeric_limits<std::uint32_t>::max();
    });
    return all;
}

snmp::Oid indexOf(const domain::TransactionView& view) {
    return snmp::Oid{static_cast<std::uint32_t>(view.id.value)};
}

}

MibView::Place mibAppliances(const MibPicture& picture) {
    return {applianceEntry, [&picture] {
                static const domain::ApplianceState nothing{};
                std::unordered_map<std::string_view, const domain::ApplianceState*> known;
                for (const auto& state : picture.seen->appliances)
                    known.emplace(state.name.value, &state);
                std::unordered_map<std::string_view, std::size_t> differences;
                for (const auto& finding : picture.seen->snapshot->findings)
                    differences[finding.appliance.value] += finding.differences.size();
                std::vector<std::pair<snmp::Oid, ApplianceRow>> rows;
                for (const auto& appliance : picture.configuration->appliances) {
                    const auto& name = appliance.name.value;
                    const auto state = known.find(name);
                    rows.emplace_back(snmp::indexOf(name),
                                      ApplianceRow{&appliance,
                                                   state == known.end() ? &nothing : state->second,
                                                   differences[name]});
                }
                return mibTable(Appliance::family, Appliance::differences, std::move(rows), applianceValue);
            }};
}

MibView::Place mibTransactions(const MibPicture& picture) {
    return {transactionEntry, [&picture] {
                std::vector<std::pair<snmp::Oid, const domain::TransactionView*>> rows;
                for (const auto* view : transactionsOf(*picture.seen->snapshot))
                    rows.emplace_back(indexOf(*view), view);
                return mibTable(Transaction::pool, Transaction::ended, std::move(rows), transactionValue);
            }};
}

MibView::Place mibTransactionAppliances(const MibPicture& picture) {
    return {transactionApplianceEntry, [&picture] {
                std::vector<std::pair<snmp::Oid, const domain::ApplianceView*>> rows;
                for (const auto* view : transactionsOf(*picture.seen->snapshot))
                    for (const auto& [name, part] : view->appliances)
                        rows.emplace_back(indexOf(*view) + snmp::indexOf(name.value), &part);
                return mibTable(TransactionAppliance::strategy, TransactionAppliance::step, std::move(rows),
                                partValue);
            }};
}

}
