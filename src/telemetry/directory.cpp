#include "telemetry/directory.hpp"

#include <algorithm>
#include <functional>

namespace headgate::telemetry {

namespace {

std::size_t hashOf(std::string_view name) {
    return std::hash<std::string_view>()(name);
}

std::size_t hashOf(const snmp::Endpoint& address) {
    auto alone = address;
    alone.port = 0;
    const auto hash = std::hash<snmp::Endpoint>()(alone);
    return hash ^ (hash >> 32);
}

}

Directory::Directory(const Configure& configuration) {
    const auto& all = configuration.configuration;
    m_byName = NumberIndex(all.servers.size());
    addServers(configuration);
    addAppliances(all);
    addPools(all);
    addCredentials(configuration);
}

void Directory::addServers(const Configure& configuration) {
    const auto& servers = configuration.configuration.servers;
    m_entries.reserve(servers.size());
    m_nameEnds.reserve(servers.size());
    for (Number i = 0; i < servers.size(); ++i) {
        m_names += servers[i].name.value;
        m_nameEnds.push_back(static_cast<std::uint32_t>(m_names.size()));
        const std::string_view name = servers[i].name.value;
        m_byName.slot(hashOf(name), [&](Number other) { return nameOf(other) == name; }) = i;
        const auto agent = snmp::Endpoint::parse(servers[i].snmpAddress);
        const auto own = snmp::Endpoint::parse(servers[i].address);
        if (agent) m_entries.push_back({agent->address, i, none, agent->family});
        // They are mostly the same one.
        if (own && !(agent && own->sameAddress(*agent)))
            m_entries.push_back({own->address, i, none, own->family});
    }
    m_names.shrink_to_fit();
    // Each appliance may have two as well.
    m_byAddress = NumberIndex(m_entries.size() + 2 * configuration.configuration.appliances.size());
    for (Number entry = 0; entry < m_entries.size(); ++entry)
        indexAddress(entry);
}

void Directory::addAppliances(const domain::Configuration& configuration) {
    const auto first = static_cast<Number>(serverCount());
    for (const auto& appliance : configuration.appliances) {
        const auto place = first + static_cast<Number>(m_appliances.size());
        m_appliances.push_back(appliance.name);
        addAddress(appliance.snmpAddress, place);
        const auto host = snmp::Endpoint::parse(appliance.host);
        if (host && at(*host).servers.empty()) addAddress(appliance.host, place);
    }
}

void Directory::addPools(const domain::Configuration& configuration) {
    for (const auto& pool : configuration.pools) {
        const auto number = static_cast<Number>(m_pools.size());
        m_pools.push_back(pool.name);
        m_poolNames.emplace(pool.name.value, number);
        for (const auto& place : pool.places)
            m_poolNames.emplace(place.object, number);
    }
}

void Directory::addCredentials(const Configure& configuration) {
    std::unordered_map<std::string_view, Number> users; // by credential; none: several
    const auto& servers = configuration.configuration.servers;
    for (Number i = 0; i < servers.size(); ++i)
        if (const auto [entry, first] = users.emplace(servers[i].credential.value, i); !first)
            entry->second = none;
    // A community that an appliance has as well still says which server is meant; a key no more who signed.
    for (const auto& appliance : configuration.configuration.appliances)
        if (const auto found = configuration.credentials.find(appliance.snmpCredential);
            found != configuration.credentials.end() && found->second && found->second->isV3())
            users[appliance.snmpCredential.value] = none;
    for (const auto& [name, credentials] : configuration.credentials) {
        const auto used = users.find(name.value);
        const auto hash = credentials ? credentials->secretHash() : 0;
        if (hash == 0 || used == users.end()) continue;
        if (const auto [entry, first] = m_polled.emplace(hash, Polled{credentials, used->second}); !first)
            entry->second.server = none;
    }
    // What several are polled with names nobody.
    std::erase_if(m_polled, [](const auto& entry) { return entry.second.server == none; });
}

void Directory::addAddress(std::string_view text, Number place) {
    const auto address = snmp::Endpoint::parse(text);
    if (!address) return;
    const auto first = firstAt(*address);
    if (first != none && m_entries[first].place == place) return;
    m_entries.push_back({address->address, place, none, address->family});
    indexAddress(static_cast<Number>(m_entries.size() - 1));
}

void Directory::indexAddress(Number entry) {
    snmp::Endpoint address;
    address.family = m_entries[entry].family;
    address.address = m_entries[entry].address;
    auto& slot =
        m_byAddress.slot(hashOf(address), [&](Number other) { return m_entries[other].isAt(address); });
    m_entries[entry].next = slot;
    slot = entry;
}

Number Directory::firstAt(const snmp::Endpoint& address) const {
    return m_byAddress.at(hashOf(address), [&](Number entry) { return m_entries[entry].isAt(address); });
}

std::string_view Directory::nameOf(Number server) const {
    const auto begin = server == 0 ? 0 : m_nameEnds[server - 1];
    return std::string_view(m_names).substr(begin, m_nameEnds[server] - begin);
}

Directory::Found Directory::at(const snmp::Endpoint& address) const {
    Found found;
    std::size_t looked = 0;
    for (auto number = firstAt(address); number != none && looked < mostAtOneAddress; ++looked) {
        const auto& entry = m_entries[number];
        if (entry.place < serverCount())
            found.servers.push_back(entry.place);
        else
            found.appliance = entry.place - static_cast<Number>(serverCount());
        number = entry.next;
    }
    std::reverse(found.servers.begin(), found.servers.end()); // as configured
    return found;
}

std::optional<Number> Directory::place(const snmp::Endpoint& address) const {
    const auto first = firstAt(address);
    if (first == none) return std::nullopt;
    return m_entries[first].place;
}

std::optional<Number> Directory::server(std::string_view name) const {
    const auto found = m_byName.at(hashOf(name), [&](Number other) { return nameOf(other) == name; });
    if (found == none) return std::nullopt;
    return found;
}

std::optional<Number> Directory::appliance(std::string_view name) const {
    const auto found = std::find_if(m_appliances.begin(), m_appliances.end(),
                                    [&](const auto& appliance) { return appliance.value == name; });
    if (found == m_appliances.end()) return std::nullopt;
    return static_cast<Number>(found - m_appliances.begin());
}

std::optional<Number> Directory::pool(const domain::PoolName& name) const {
    const auto found = std::find(m_pools.begin(), m_pools.end(), name);
    if (found == m_pools.end()) return std::nullopt;
    return static_cast<Number>(found - m_pools.begin());
}

std::vector<Number> Directory::pools(std::string_view name) const {
    std::vector<Number> found;
    const auto [begin, end] = m_poolNames.equal_range(std::string(name));
    for (auto entry = begin; entry != end; ++entry)
        if (std::find(found.begin(), found.end(), entry->second) == found.end())
            found.push_back(entry->second);
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<Number> Directory::polledWith(std::string_view community) const {
    const auto found = m_polled.find(std::hash<std::string_view>()(community));
    if (found == m_polled.end() || found->second.with->community() != community) return std::nullopt;
    return found->second.server;
}

std::optional<Number> Directory::polledWith(const snmp::Credentials& credentials) const {
    const auto found = m_polled.find(credentials.secretHash());
    if (found == m_polled.end() || !found->second.with->sharesSecretWith(credentials)) return std::nullopt;
    return found->second.server;
}

}
