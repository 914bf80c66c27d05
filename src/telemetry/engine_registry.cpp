#include "telemetry/engine_registry.hpp"

#include "snmp/hex.hpp"

#include <algorithm>

namespace headgate::telemetry {

bool EngineRegistry::learn(const domain::ServerName& server, const snmp::Endpoint& at,
                           const std::string& engineId) {
    const Agent agent{at, engineId};
    if (const auto known = m_agents.find(server); known != m_agents.end() && known->second == agent)
        return false;
    const bool before = forget(server);
    m_agents[server] = agent;
    m_servers[engineId].push_back(server);
    return isShared(engineId) || before;
}

bool EngineRegistry::forget(const domain::ServerName& server) {
    const auto known = m_agents.find(server);
    if (known == m_agents.end()) return false;
    const auto engine = m_servers.find(known->second.engineId);
    const bool shared = isShared(engine->first);
    std::erase(engine->second, server);
    if (engine->second.empty()) m_servers.erase(engine);
    m_agents.erase(known);
    return shared;
}

bool EngineRegistry::knows(const domain::ServerName& server, const snmp::Endpoint& at) const {
    const auto known = m_agents.find(server);
    return known != m_agents.end() && known->second.at == at;
}

bool EngineRegistry::isShared(const std::string& engineId) const {
    const auto engine = m_servers.find(engineId);
    if (engine == m_servers.end()) return false;
    const auto& first = m_agents.at(engine->second.front()).at;
    return std::any_of(engine->second.begin(), engine->second.end(),
                       [&](const auto& server) { return m_agents.at(server).at != first; });
}

SharedEngines EngineRegistry::shared() const {
    SharedEngines all;
    for (const auto& [engineId, servers] : m_servers) {
        if (servers.size() < 2 || !isShared(engineId)) continue;
        auto& names = all.engines[snmp::hex(engineId)];
        names = servers;
        std::sort(names.begin(), names.end());
    }
    return all;
}

}
