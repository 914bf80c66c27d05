#include "assessment/beliefs.hpp"

#include <algorithm>

// What others say of servers than these themselves.
namespace headgate::assessment {

std::vector<BeliefChange> Assessment::hear(const domain::Monitored& told, domain::Instant at) {
    auto& all = *m_beliefs;
    all.pass(at);
    const auto pool = all.findPool(told.pool);
    if (!pool) return {};
    const auto poolNumber = all.dictionary.number(told.pool.value);
    const auto appliance = all.dictionary.number(told.appliance.value);
    for (const auto& member : all.pools[*pool].members) {
        const auto known = all.findServer(member);
        if (!known) continue;
        const auto word = std::find_if(told.members.begin(), told.members.end(),
                                       [&](const auto& each) { return each.server == member; });
        auto* view = all.viewIn(all.servers[*known], told.pool);
        if (!view) continue;
        view->belief.hear(poolNumber, appliance, word == told.members.end() ? nullptr : &*word, all.now);
        all.assessServer(*known);
    }
    all.assessConcerned();
    return all.told();
}

std::vector<domain::MonitorWord> Assessment::monitorWords() const {
    const auto& all = *m_beliefs;
    std::vector<domain::MonitorWord> words;
    const auto add = [&](const Beliefs::View& view) {
        if (const auto* witnesses = view.belief.witnesses())
            witnesses->monitorWords(view.belief.server().name, all.now, all.dictionary, words);
    };
    for (const auto& entry : all.servers) {
        add(entry);
        for (const auto& other : entry.others())
            add(*other);
    }
    return words;
}

void Assessment::recall(const std::vector<domain::MonitorWord>& words) {
    auto& all = *m_beliefs;
    for (const auto& word : words) {
        const auto known = all.findServer(word.server);
        auto* view = known ? all.viewIn(all.servers[*known], word.pool) : nullptr;
        if (!view) continue;
        view->belief.recall(word, all.dictionary.number(word.pool.value),
                            all.dictionary.number(word.appliance.value));
    }
}

bool Assessment::contradicted(const domain::PoolName& name, const domain::ApplianceName& appliance) const {
    auto& all = *m_beliefs;
    const auto pool = all.findPool(name);
    if (!pool) return false;
    const auto number = all.dictionary.number(appliance.value);
    const auto& members = all.pools[*pool].belief.beliefs();
    return std::any_of(members.begin(), members.end(), [&](const ServerBelief* member) {
        return member && member->contradictedBy(number, all.now);
    });
}

}
