#include "appliance/f5.hpp"

#include "appliance/f5_objects.hpp"

#include <algorithm>
#include <optional>

namespace headgate::appliance {

namespace {

unsigned number(const yang::Node& node, const char* leaf) {
    return static_cast<unsigned>(std::stoul(node.leafOr(leaf, "0")));
}

Member readMember(const yang::Node& node) {
    Member member;
    member.name = node.leafOr("name", "");
    member.address = node.leafOr("address", "");
    member.port = static_cast<std::uint16_t>(number(node, "port"));
    member.weight = std::max(1U, number(node, "ratio"));
    member.maxConnections = number(node, "connection-limit");
    if (node.leafOr("state", "") == "user-down")
        member.admin = Admin::disabled;
    else if (node.leafOr("session", "") == "user-disabled")
        member.admin = Admin::draining;
    return member;
}

Pool readPool(const yang::Tree& tree, const yang::Node& node) {
    Pool pool;
    pool.name = node.leafOr("name", "");
    const auto mode = node.leafOr("load-balancing-mode", "");
    if (mode.find("least-connections") != std::string::npos) pool.balance = Balance::leastConnections;
    const auto monitor = node.leafOr("monitor", "");
    pool.check = f5::readPoolMonitor(tree, monitor);
    for (const auto& each : node.children("members")) {
        auto member = readMember(each);
        const auto own = each.leafOr("monitor", monitor);
        const auto profile = each.leafOr("server-ssl-profile", "");
        member.tls = f5::readProfile(tree, profile);
        if (const auto found = f5::findMonitor(tree, own); found && own != monitor) {
            member.check = f5::readOwnMonitor(*found, pool.check);
            f5::checkProfileOf(*found, profile, "pool " + pool.name + ": member " + member.name);
        }
        pool.members.push_back(std::move(member));
    }
    return pool;
}

Virtual readVirtual(const yang::Node& node) {
    Virtual out;
    out.name = node.leafOr("name", "");
    out.pool = node.leafOr("pool", "");
    auto destination = node.leafOr("destination", "");
    destination.erase(0, destination.rfind('/') == std::string::npos ? 0 : destination.rfind('/') + 1);
    const bool six = std::count(destination.begin(), destination.end(), ':') > 1;
    const auto at = destination.rfind(six ? '.' : ':');
    out.address = destination.substr(0, at);
    const auto port = std::stoul(destination.substr(at + 1));
    if (port < 1 || port > 65535) throw Refused("virtual " + out.name + ": no port: " + std::to_string(port));
    out.port = static_cast<std::uint16_t>(port);
    return out;
}

}

F5::Words F5::describe(const MemberStatus& status) {
    const auto last = status.lastCheck.empty() ? "" : "; last check " + status.lastCheck;
    const bool closed = status.admin == Admin::disabled;
    using Health = MemberStatus::Health;
    if (closed) return {"offline", "Forced down", "user-down"};
    switch (status.health) {
    case Health::unchecked:
        return {"unknown", "Pool member does not have service checking enabled", "unchecked"};
    case Health::checking: return {"unknown", "Pool member has not been checked yet", "checking"};
    case Health::up: return {"available", "Pool member is available" + last, "up"};
    case Health::down: break;
    }
    return {"offline", "Pool member has been marked down by a monitor" + last, "down"};
}

namespace {

struct Sum {
    unsigned members = 0;
    unsigned active = 0;
    unsigned unknown = 0;
    std::uint32_t connections = 0;
};

void fillMember(yang::Tree& data, const std::string& path, const MemberStatus& status, Sum& sum) {
    const auto words = F5::describe(status);
    const auto base = path + "/status/";
    const bool enabled = status.admin == Admin::enabled;
    data.setOutput(base + "availability", words.availability);
    data.setOutput(base + "availability-reason", words.reason);
    data.setOutput(base + "monitor-status", words.monitor);
    data.setOutput(base + "session-status", enabled ? "enabled" : "user-disabled");
    data.setOutput(base + "current-connections", std::to_string(status.connections));
    data.setOutput(base + "total-connections", std::to_string(status.totalConnections));
    data.setOutput(base + "total-requests", std::to_string(status.totalRequests));
    const bool unknown =
        status.health == MemberStatus::Health::unchecked || status.health == MemberStatus::Health::checking;
    sum.members += 1;
    sum.active += enabled && status.health == MemberStatus::Health::up;
    sum.unknown += enabled && unknown;
    sum.connections += status.connections;
}

void fillPool(yang::Tree& data, const std::string& path, const Sum& sum) {
    const auto base = path + "/status/";
    data.setOutput(base + "availability", sum.active                    ? "available"
                                          : sum.unknown || !sum.members ? "unknown"
                                                                        : "offline");
    data.setOutput(base + "availability-reason", sum.active ? "The pool is available"
                                                 : sum.unknown || !sum.members
                                                     ? "No verdict of a monitor yet"
                                                     : "The children pool member(s) are down");
    data.setOutput(base + "active-member-count", std::to_string(sum.active));
    data.setOutput(base + "member-count", std::to_string(sum.members));
    data.setOutput(base + "current-connections", std::to_string(sum.connections));
}

}

Configuration F5::read(const yang::Tree& tree) const {
    Configuration out;
    f5::checkFiles(tree);
    const auto ltm = tree.find("/adc-f5-ltm:ltm");
    if (!ltm) return out;
    for (const auto& pool : ltm->children("pool"))
        out.pools.push_back(readPool(tree, pool));
    for (const auto& one : ltm->children("virtual"))
        out.virtuals.push_back(readVirtual(one));
    return out;
}

void F5::fill(yang::Tree& data, const Status& status) const {
    // Paths first: adding nodes while looking at nodes is asking for trouble.
    std::vector<std::pair<std::string, std::vector<std::pair<std::string, const MemberStatus*>>>> found;
    for (const auto& pool : data.select("/adc-f5-ltm:ltm/pool")) {
        auto& entry =
            found.emplace_back(pool.path(), std::vector<std::pair<std::string, const MemberStatus*>>{});
        for (const auto& member : pool.children("members")) {
            const auto at = status.find({pool.leafOr("name", ""), member.leafOr("name", "")});
            if (at != status.end()) entry.second.emplace_back(member.path(), &at->second);
        }
    }
    for (const auto& [pool, members] : found) {
        Sum sum;
        for (const auto& [path, one] : members)
            fillMember(data, path, *one, sum);
        fillPool(data, pool, sum);
    }
}

void F5::fill(yang::Tree& data, HaState state) const {
    const bool active = state == HaState::active;
    const std::string base = "/adc-f5-ltm:cm/failover-status/";
    data.setOutput(base + "status", active ? "ACTIVE" : "STANDBY");
    data.setOutput(base + "summary", active ? "1/1 active" : "1/1 standby");
}

}
