#include "replay/load_model.hpp"

#include "assessment/utilisation.hpp"

#include <algorithm>

namespace headgate::replay {
namespace {

bool sameServers(const domain::Pool& a, const domain::Pool& b) {
    return std::is_permutation(
        a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
        [](const domain::Member& one, const domain::Member& other) { return one.server == other.server; });
}

/// Each reading of the server's profile so that its utilisation is that, whichever binds.
void set(domain::Sample& sample, const domain::Configuration& configuration, double permille) {
    const auto* server = configuration.server(sample.server);
    const auto* profile = server ? configuration.profile(server->profile) : nullptr;
    if (!profile) return;
    for (const auto& metric : profile->metrics)
        if (const auto* reading = sample.readings.find(metric.name))
            sample.readings.set(metric.name, permille * metric.limit / 1000, reading->origin);
}

}

void LoadModel::measured(const domain::Sample& sample, const domain::Configuration& recorded) {
    auto& known = m_servers[sample.server];
    known.answers = sample.answered;
    if (!sample.answered) return;
    for (const auto& reading : sample.readings)
        known.readings.insert_or_assign(reading.name, reading.value);
    for (const auto& [application, state] : sample.applications)
        if (state != domain::ApplicationState::unknown)
            known.runs.insert_or_assign(application, state == domain::ApplicationState::running);
    const auto* server = recorded.server(sample.server);
    const auto* profile = server ? recorded.profile(server->profile) : nullptr;
    known.utilisation = profile ? assessment::utilisation(*profile, known.readings).permille : std::nullopt;
}

bool LoadModel::functional(const domain::ServerName& server, const domain::Pool& pool) const {
    const auto known = m_servers.find(server);
    if (known == m_servers.end() || !known->second.answers) return false;
    const auto runs = known->second.runs.find(pool.application);
    return runs != known->second.runs.end() && runs->second;
}

domain::Sample LoadModel::modelled(domain::Sample sample, const domain::Configuration& recorded,
                                   const domain::Configuration& hypothesis) const {
    for (const auto& pool : hypothesis.pools) {
        const auto* was = recorded.pool(pool.name);
        const bool member = pool.member(sample.server);
        if (!was || (!member && !was->member(sample.server)) || sameServers(pool, *was)) continue;
        if (!member) {
            set(sample, hypothesis, 0);
            continue;
        }
        double load = 0;
        std::size_t serving = 0;
        for (const auto& each : was->members)
            if (const auto known = m_servers.find(each.server); functional(each.server, *was))
                load += known->second.utilisation.value_or(0);
        for (const auto& each : pool.members)
            if (functional(each.server, pool)) ++serving;
        set(sample, hypothesis, load / static_cast<double>(std::max<std::size_t>(serving, 1)));
    }
    return sample;
}

}
