// What follows from several beliefs: shared data sources, and what a pool's members could do for each other.

#include "assessment/beliefs.hpp"
#include "assessment/companions.hpp"

#include <algorithm>

namespace headgate::assessment {

using domain::EventSeverity;
using domain::Level;

void Assessment::Beliefs::rebuildDataSources() {
    std::map<std::string, DataSourceBelief> old;
    std::swap(old, dataSources);
    ++dataSourceChanges;
    for (const auto& source : configuration.dataSources) {
        auto known = old.extract(source.name);
        auto belief = known ? std::move(known.mapped()) : DataSourceBelief(source);
        if (belief.isFull() && belief.source().server != source.server)
            tell(EventSeverity::clear, belief.source(), "is measured by another server now");
        belief.judgeBy(source);
        auto& kept = dataSources.insert_or_assign(source.name, std::move(belief)).first->second;
        const auto measured = servers.find(source.server);
        if (measured != servers.end()) measured->second.measures = &kept;
    }
    for (const auto& [name, belief] : old) {
        dataSourceDeadlines.set(name, std::nullopt);
        if (belief.isFull()) tell(EventSeverity::clear, belief.source(), "is not configured any more");
    }
}

void Assessment::Beliefs::assessDataSource(DataSourceBelief& belief) {
    const auto before = belief.state();
    const auto& source = belief.source();
    const auto measured = servers.find(source.server);
    belief.assess(now, measured == servers.end() ? nullptr : &measured->second.belief);
    dataSourceDeadlines.set(source.name, belief.nextDeadline());
    const auto& after = belief.state();
    if (after == before) return;
    ++dataSourceChanges;
    const bool was = before.level == Level::full;
    if (belief.isFull() && !was)
        tell(EventSeverity::alarm, source,
             "is " + after.reason + "; more servers in front of it would not help");
    if (was && !belief.isFull()) tell(EventSeverity::clear, source, "is " + after.reason);
}

/// Null where it uses none, or one that is not configured.
const domain::DataSourceState* Assessment::Beliefs::dataSourceOf(const ServerEntry* member) const {
    if (!member || dataSources.empty()) return nullptr;
    const auto known = dataSources.find(member->belief.state().dataSource);
    return known == dataSources.end() ? nullptr : &known->second.state();
}

void Assessment::Beliefs::diagnosePool(PoolBelief& belief) {
    if (belief.isDiagnosed(dataSourceChanges)) return;
    const auto& pool = belief.pool();
    const auto& entries = membersOf.at(pool.name);
    std::vector<MemberView> members;
    members.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
        members.push_back({&pool.members[i].server, entries[i] ? &entries[i]->belief.state() : nullptr,
                           dataSourceOf(entries[i])});
    belief.take(diagnose(pool.policy, std::move(members)), growthUseless(belief), dataSourceChanges);
}

std::string Assessment::Beliefs::growthUseless(const PoolBelief& belief) const {
    if (belief.state().level != Level::full) return {};
    const auto& pool = belief.pool();
    const auto isFull = [&](const std::string& name) {
        const auto known = dataSources.find(name);
        return known != dataSources.end() && known->second.isFull();
    };
    if (const auto others = fitting.find(pool.application); others != fitting.end())
        if (!std::all_of(others->second.begin(), others->second.end(), isFull)) return {};
    std::map<std::string, const domain::DataSourceState*> used;
    for (const auto* entry : membersOf.at(pool.name)) {
        const auto* source = dataSourceOf(entry);
        if (!source || source->level != Level::full) return {};
        used.emplace(source->name, source);
    }
    std::string text;
    for (const auto& [name, source] : used)
        text += "the data source " + name + " is " + source->reason + "; ";
    return text + "more servers in front of " + (used.size() == 1 ? "it" : "them") + " would not help";
}

void Assessment::Beliefs::tell(EventSeverity severity, const domain::DataSource& source, std::string text) {
    BeliefChange change;
    change.at = now;
    change.severity = severity;
    change.kind = "data-source-full";
    change.server = source.server;
    change.text = "the data source " + source.name + " " + text;
    changes.push_back(std::move(change));
}

}
