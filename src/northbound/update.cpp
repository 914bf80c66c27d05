#include "northbound/update.hpp"

#include "northbound/policy.hpp"
#include "northbound/translate.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace headgate::northbound {
namespace {

/// "pool" and "web" of "pool[name='web']"; no key for what is in no list.
std::pair<std::string, std::string> listAndKey(const std::string& entry) {
    const auto bracket = entry.find('[');
    if (bracket == std::string::npos) return {entry, {}};
    const auto value = entry.find('=', bracket) + 2;
    return {entry.substr(0, bracket), entry.substr(value, entry.size() - 2 - value)};
}

template <typename Entry>
bool isCalled(const Entry& entry, const std::string& name) {
    if constexpr (requires { entry.name.value; })
        return entry.name.value == name;
    else
        return entry.name == name;
}

/// What stands in its place keeps it; what is new comes last, as in the tree.
template <typename Entry>
bool put(std::vector<Entry>& entries, std::vector<Entry>& changed, const std::string& key) {
    const auto called = [&](const Entry& entry) { return isCalled(entry, key); };
    const auto place = std::find_if(entries.begin(), entries.end(), called);
    const auto wanted = std::find_if(changed.begin(), changed.end(), called);
    if (wanted == changed.end() && place != entries.end())
        entries.erase(place);
    else if (wanted != changed.end() && place == entries.end())
        entries.push_back(std::move(*wanted));
    else if (wanted != changed.end())
        *place = std::move(*wanted);
    return true;
}

/// `entry` is below the top; false when it is not known.
bool putEntry(domain::Configuration& into, domain::Configuration& changed, const std::string& entry) {
    const auto [list, key] = listAndKey(entry);
    if (list == "application") return put(into.applications, changed.applications, key);
    if (list == "profile") return put(into.profiles, changed.profiles, key);
    if (list == "server") return put(into.servers, changed.servers, key);
    if (list == "data-source") return put(into.dataSources, changed.dataSources, key);
    if (list == "appliance") return put(into.appliances, changed.appliances, key);
    if (list == "credential") return put(into.credentials, changed.credentials, key);
    if (list == "policy-template") return put(into.policyTemplates, changed.policyTemplates, key);
    if (list == "pool") return put(into.pools, changed.pools, key);
    if (list == "notification-target") return put(into.notificationTargets, changed.notificationTargets, key);
    if (list == "notification-rule") return put(into.notificationRules, changed.notificationRules, key);
    if (list == "notifications") {
        into.notificationsAddresses = changed.notificationsAddresses;
        into.notificationRateLimit = changed.notificationRateLimit;
        into.notificationUsers = changed.notificationUsers;
        return true;
    }
    if (list == "netconf-server") {
        into.netconfServer = changed.netconfServer;
        return true;
    }
    if (list == "snmp-agent") {
        into.snmpAgent = changed.snmpAgent;
        return true;
    }
    if (list == "polling") {
        into.polling = changed.polling;
        return true;
    }
    return false;
}

}

namespace {

/// Of the pools that are another, or of all where a template is.
void resolvePolicies(domain::Configuration& configuration, const yang::Entries& where) {
    const std::string top = std::string(topPath) + "/";
    const bool all = std::any_of(where.begin(), where.end(), [&](const std::string& entry) {
        return entry.starts_with(top + "policy-template[");
    });
    for (auto& pool : configuration.pools)
        if (pool.written && (all || where.contains(poolPath(pool.name))))
            resolvePolicy(pool, configuration.policyTemplates);
}

}

bool update(domain::Configuration& configuration, const yang::Tree& part, const yang::Entries& where) {
    const std::string top = std::string(topPath) + "/";
    auto changed = read(part);
    const bool known = std::all_of(where.begin(), where.end(), [&](const std::string& entry) {
        // Of other modules' data nothing is in the value.
        return !entry.starts_with(top) || putEntry(configuration, changed, entry.substr(top.size()));
    });
    resolvePolicies(configuration, where);
    return known;
}

domain::Configuration withoutServersAndPools(const domain::Configuration& configuration) {
    // All by name, so that none is forgotten that comes later: this does not compile then.
    const auto& [applications, profiles, servers, appliances, credentials, pools, policyTemplates,
                 notificationsAddresses, notificationUsers, notificationRateLimit, netconfServer, snmpAgent,
                 notificationTargets, notificationRules, polling, shippedProfiles, dataSources] =
        configuration;
    return {applications,
            profiles,
            {},
            appliances,
            credentials,
            {},
            policyTemplates,
            notificationsAddresses,
            notificationUsers,
            notificationRateLimit,
            netconfServer,
            snmpAgent,
            notificationTargets,
            notificationRules,
            polling,
            shippedProfiles,
            dataSources};
}

}
