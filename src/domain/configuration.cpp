#include "domain/configuration.hpp"

#include <algorithm>

namespace headgate::domain {
namespace {

template <typename List, typename Name>
auto* find(List& list, const Name& name) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.name == name; });
    return found == list.end() ? nullptr : &*found;
}

}

const Member* Pool::member(const ServerName& server) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& entry) { return entry.server == server; });
    return found == members.end() ? nullptr : &*found;
}

const Share* Server::shareIn(const PoolName& pool) const {
    const auto found =
        std::find_if(shares.begin(), shares.end(), [&](const auto& one) { return one.pool == pool; });
    return found == shares.end() ? nullptr : &*found;
}

int Server::partFor(const PoolName& pool) const {
    const auto* share = shareIn(pool);
    return share ? share->permille : 1000;
}

const Application* Configuration::application(const ApplicationName& name) const {
    return find(applications, name);
}
const Profile* Configuration::profile(const ProfileName& name) const {
    if (const auto* configured = find(profiles, name)) return configured;
    return shippedProfiles.all ? find(*shippedProfiles.all, name) : nullptr;
}
const Server* Configuration::server(const ServerName& name) const {
    return find(servers, name);
}
const Appliance* Configuration::appliance(const ApplianceName& name) const {
    return find(appliances, name);
}
const Credential* Configuration::credential(const CredentialName& name) const {
    return find(credentials, name);
}
const Pool* Configuration::pool(const PoolName& name) const {
    return find(pools, name);
}
Pool* Configuration::pool(const PoolName& name) {
    return find(pools, name);
}

}
