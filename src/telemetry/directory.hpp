#pragma once

#include "domain/configuration.hpp"
#include "snmp/endpoint.hpp"
#include "telemetry/number_index.hpp"
#include "telemetry/telemetry.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace headgate::telemetry {

/// Numbers of servers, appliances and pools in their order in the configuration.
using Number = std::uint32_t;

/// Who is where, and who is called how: found at once, however many there are. Made of a configuration, and
/// small: some 70 octets a server.
class Directory {
  public:
    Directory() = default;
    explicit Directory(const Configure& configuration);

    /// Of servers behind one address that many are known by it: no trap tells them apart anyway.
    static constexpr std::size_t mostAtOneAddress = 64;

    struct Found {
        std::vector<Number> servers;
        std::optional<Number>
            appliance; ///< its SNMP agent; its NETCONF server where no server has that address
        bool empty() const { return servers.empty() && !appliance; }
        bool operator==(const Found&) const = default;
    };
    Found at(const snmp::Endpoint& address) const;

    /// Who is at that address, one of them, as a number below `places`: a server, or an appliance after all
    /// the servers. No memory is taken.
    std::optional<Number> place(const snmp::Endpoint& address) const;
    std::size_t places() const { return serverCount() + m_appliances.size(); }

    std::optional<Number> server(std::string_view name) const;
    std::optional<Number> appliance(std::string_view name) const;
    /// By its name, or by its native name on an appliance: then it may be several.
    std::vector<Number> pools(std::string_view name) const;
    std::optional<Number> pool(const domain::PoolName& name) const;
    /// The only server that is polled with this community.
    std::optional<Number> polledWith(std::string_view community) const;
    /// The only one, and no appliance either, that has the secret of these credentials, because it is polled
    /// with it: under whatever name of a credential or a user.
    std::optional<Number> polledWith(const snmp::Credentials& credentials) const;

    std::size_t serverCount() const { return m_nameEnds.size(); }
    std::size_t applianceCount() const { return m_appliances.size(); }
    std::size_t poolCount() const { return m_pools.size(); }
    domain::ServerName serverName(Number server) const { return {std::string(nameOf(server))}; }
    const domain::ApplianceName& applianceName(Number appliance) const { return m_appliances[appliance]; }
    const domain::PoolName& poolName(Number pool) const { return m_pools[pool]; }

  private:
    static constexpr Number none = NumberIndex::none;
    struct Entry {
        std::array<std::uint8_t, 16> address;
        Number place;
        Number next; ///< another one at the same address
        snmp::Endpoint::Family family;
        bool isAt(const snmp::Endpoint& where) const {
            return family == where.family && address == where.address;
        }
    };

    void addServers(const Configure& configuration);
    void addAppliances(const domain::Configuration& configuration);
    void addPools(const domain::Configuration& configuration);
    void addCredentials(const Configure& configuration);
    void addAddress(std::string_view text, Number place);
    void indexAddress(Number entry);
    std::string_view nameOf(Number server) const;
    Number firstAt(const snmp::Endpoint& address) const;

    std::string m_names; ///< of all servers, one after the other
    std::vector<std::uint32_t> m_nameEnds;
    NumberIndex m_byName; ///< of servers
    std::vector<Entry> m_entries;
    NumberIndex m_byAddress; ///< of entries: the first with an address
    std::vector<domain::ApplianceName> m_appliances;
    std::vector<domain::PoolName> m_pools;
    std::unordered_multimap<std::string, Number> m_poolNames;
    struct Polled {
        snmp::CredentialsPtr with;
        Number server = none; ///< none: several are
    };
    std::unordered_map<std::size_t, Polled> m_polled; ///< by a hash of the secret
};

}
