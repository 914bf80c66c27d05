#pragma once

#include "domain/names.hpp"
#include "snmp/endpoint.hpp"
#include "telemetry/telemetry.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace headgate::telemetry {

/// Which SNMP engine each server has, and which engines several agents claim to be: cloned machines, as a
/// rule. Servers behind one address and port are one agent. What such agents send unasked could be either's.
class EngineRegistry {
  public:
    /// `engineId`: octets, as an answer proved it. True when which engines are shared, or by whom, is another
    /// now.
    bool learn(const domain::ServerName& server, const snmp::Endpoint& at, const std::string& engineId);
    bool forget(const domain::ServerName& server);

    /// Is that where its engine was learned?
    bool knows(const domain::ServerName& server, const snmp::Endpoint& at) const;
    bool isShared(const std::string& engineId) const;
    SharedEngines shared() const;

  private:
    struct Agent {
        snmp::Endpoint at;
        std::string engineId;
        bool operator==(const Agent&) const = default;
    };

    std::map<domain::ServerName, Agent> m_agents;
    std::unordered_map<std::string, std::vector<domain::ServerName>> m_servers; ///< by engine id
};

}
