// What follows from several beliefs: shared data sources, and what a pool's members could do for each other.

#include "assessment/beliefs.hpp"
#include "assessment/companions.hpp"

#include <algorithm>
#include <utility>

namespace headgate::assessment {

using domain::EventSeverity;
using domain::Level;

namespace {

using DataSources = std::map<std::string, const DataSourceBelief*>;

/// Why more servers in front of these would not help, or why that is not known yet.
std::string notForMoreServers(const DataSources& used) {
    std::string text;
    bool allFull = true;
    for (const auto& [name, source] : used) {
        text += "the data source " + name + " is " + source->state().reason;
        if (source->easedAt()) text += ", since " + domain::describe(*source->easedAt());
        text += "; ";
        allFull = allFull && source->isFull();
    }
    const auto more = "more servers in front of " + std::string(used.size() == 1 ? "it" : "them");
    return text + (allFull ? more + " would not help" : "whether " + more + " would help is not known yet");
}

}

std::optional<std::uint32_t> Assessment::Beliefs::findDataSource(std::string_view name) const {
    const auto found =
        std::lower_bound(dataSources.begin(), dataSources.end(), name,
                         [](const DataSourceEntry& entry, std::string_view to) { return entry.name < to; });
    if (found == dataSources.end() || found->name != name) return std::nullopt;
    return static_cast<std::uint32_t>(found - dataSources.begin());
}

/// After the servers. Those that were there before are taken by name.
void Assessment::Beliefs::rebuildDataSources(const std::vector<domain::DataSource>& told) {
    std::map<std::string, DataSourceBelief> old, made;
    for (auto& entry : dataSources)
        old.emplace(std::move(entry.name), std::move(entry.belief));
    ++sourceChanges;
    for (const auto& source : told) {
        auto known = old.extract(source.name);
        auto belief = known ? std::move(known.mapped()) : DataSourceBelief(source);
        if (belief.isFull() && belief.source().server != source.server)
            tell(EventSeverity::clear, belief.source(), "is measured by another server now");
        belief.judgeBy(source);
        made.insert_or_assign(source.name, std::move(belief));
    }
    for (const auto& [name, belief] : old)
        if (belief.isFull()) tell(EventSeverity::clear, belief.source(), "is not configured any more");
    dataSources.clear();
    dataSourceDeadlines.clear(made.size());
    for (auto& [name, belief] : made) {
        const auto number = static_cast<std::uint32_t>(dataSources.size());
        if (const auto measured = findServer(belief.source().server)) servers[*measured].measures = number;
        dataSources.push_back({name, std::move(belief)});
    }
    dataSourcesInOrder.clear();
    for (const auto& source : told)
        dataSourcesInOrder.push_back(*findDataSource(source.name));
    rebuildFitting();
}

void Assessment::Beliefs::rebuildFitting() {
    fitting.clear();
    if (dataSources.empty()) return;
    for (const auto& server : configuration->servers)
        for (const auto& application : server.applications) {
            auto& sources = fitting[application];
            sources.insert(server.dataSources.begin(), server.dataSources.end());
            if (server.dataSources.empty()) sources.insert("");
        }
}

void Assessment::Beliefs::assessDataSource(std::uint32_t number) {
    auto& belief = dataSources[number].belief;
    const auto& source = belief.source();
    const auto measured = findServer(source.server);
    const auto before = belief.state().level;
    const auto boundBefore = belief.state().binding;
    belief.assess(now, measured ? &servers[*measured].belief : nullptr);
    dataSourceDeadlines.set(number, belief.nextDeadline());
    const auto& after = belief.state();
    if (after.level != before || after.binding != boundBefore) ++sourceChanges;
    if (belief.isFull() && before != Level::full)
        tell(EventSeverity::alarm, source,
             "is " + after.reason + "; more servers in front of it would not help");
    if (before == Level::full && !belief.isFull()) tell(EventSeverity::clear, source, "is " + after.reason);
}

/// Null where it uses none, or one that is not configured.
const DataSourceBelief* Assessment::Beliefs::dataSourceOf(const ServerBelief* member) const {
    if (!member || dataSources.empty()) return nullptr;
    const auto known = findDataSource(member->dataSource());
    return known ? &dataSources[*known].belief : nullptr;
}

domain::PoolState Assessment::Beliefs::briefOf(std::uint32_t pool) const {
    auto made = pools[pool].belief.state();
    made.growthUseless = growthUseless(pools[pool].belief, made);
    return made;
}

/// Made when somebody asks, not with each sample; kept until something that it is made of has changed.
const domain::Diagnosis& Assessment::Beliefs::diagnosisOf(std::uint32_t pool) {
    auto& entry = pools[pool];
    if (entry.diagnosis && entry.diagnosedAt == sourceChanges) return *entry.diagnosis;
    const auto states = members(entry.name, [](const ServerBelief& belief, const domain::ServerName& name) {
        return belief.brief(name);
    });
    std::vector<MemberView> views;
    views.reserve(states.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        const auto* source = dataSourceOf(entry.belief.beliefs()[i]);
        views.push_back({&states[i].name, &states[i], source ? &source->state() : nullptr});
    }
    entry.diagnosis =
        std::make_unique<domain::Diagnosis>(diagnose(entry.belief.pool().policy, std::move(views)));
    entry.diagnosedAt = sourceChanges;
    return *entry.diagnosis;
}

/// Of a pool that is full, and whose data sources all are; or are at their levels, and may become full while
/// it grows; or were so lately, and whether its members are full without that, their next readings say.
std::string Assessment::Beliefs::growthUseless(const PoolBelief& belief,
                                               const domain::PoolState& state) const {
    if ((state.level != Level::full && state.fullAhead.empty()) || dataSources.empty()) return {};
    const auto settled = belief.settling();
    const auto helps = [&](const DataSourceBelief& source) {
        const auto eased = source.easedAt();
        return !source.isPressed() && !(eased && now < *eased + settled);
    };
    if (const auto others = fitting.find(belief.pool().application); others != fitting.end())
        for (const auto& name : others->second)
            if (const auto known = findDataSource(name); !known || helps(dataSources[*known].belief))
                return {};
    DataSources used;
    for (const auto* member : belief.beliefs()) {
        const auto* source = dataSourceOf(member);
        if (!source || helps(*source)) return {};
        used.emplace(source->source().name, source);
    }
    return notForMoreServers(used);
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
