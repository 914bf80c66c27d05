#include "appliance/citrix.hpp"

#include "appliance/citrix_objects.hpp"

#include <algorithm>
#include <map>

namespace headgate::appliance {

namespace {

const char* const members = "servicegroup-servicegroupmember-binding";

unsigned long number(const yang::Node& node, const char* leaf) {
    return std::stoul(node.leafOr(leaf, "0"));
}

void readAdmin(const yang::Node& node, bool groupEnabled, Member& member) {
    if (groupEnabled && node.leafOr("state", "ENABLED") == "ENABLED") return;
    const bool graceful = node.leafOr("graceful", "NO") == "YES";
    const auto delay = number(node, "delay");
    if (!graceful && delay == 0) {
        member.admin = Admin::disabled;
        member.shutSessions = true;
        return;
    }
    member.admin = Admin::draining;
    member.drainedWhenIdle = graceful;
    if (delay) member.drainTime = std::chrono::seconds(delay);
}

Pool readGroup(const yang::Tree& tree, const yang::Node& node) {
    Pool pool;
    pool.name = node.leafOr("servicegroupname", "");
    pool.balance = Balance::leastConnections;
    pool.check = citrix::readGroupMonitor(tree, node);
    const bool enabled = node.leafOr("state", "ENABLED") == "ENABLED";
    for (const auto& binding : node.children(members)) {
        Member member;
        member.address = binding.leafOr("ip", "");
        member.port = static_cast<std::uint16_t>(number(binding, "port"));
        member.name = member.address + ":" + std::to_string(member.port);
        member.weight = static_cast<unsigned>(std::max(1UL, number(binding, "weight")));
        // HAProxy counts in 31 bits; a limit above that is none.
        const auto limit = number(node, "maxclient");
        member.maxConnections = limit > 2147483647UL ? 0 : static_cast<unsigned>(limit);
        readAdmin(binding, enabled, member);
        member.tls = citrix::readService(tree, pool.name, member);
        if (const auto own = binding.leaf("monitor-name");
            own && node.leafOr("healthmonitor", "YES") == "YES")
            if (const auto monitor = citrix::findMonitor(tree, *own))
                member.check = citrix::readOwnMonitor(*monitor, pool.check);
        pool.members.push_back(std::move(member));
    }
    return pool;
}

}

const char* Citrix::stateOf(const MemberStatus& status) {
    if (status.admin == Admin::disabled) return "OUT OF SERVICE";
    if (status.admin == Admin::draining) return "TROFS";
    using Health = MemberStatus::Health;
    switch (status.health) {
    case Health::unchecked:
    case Health::up: return "UP";
    case Health::down: return "DOWN";
    case Health::checking: break;
    }
    return "UNKNOWN";
}

namespace {

struct Sum {
    unsigned members = 0;
    unsigned up = 0;
    unsigned disabled = 0;
};

const char* effective(const Sum& sum) {
    if (sum.members == 0) return "DOWN";
    if (sum.disabled == sum.members) return "OUT OF SERVICE";
    if (sum.up == 0) return "DOWN";
    return sum.up + sum.disabled == sum.members ? "UP" : "PARTIAL-UP";
}

void fillMember(yang::Tree& data, const std::string& path, const MemberStatus& status, Sum& sum) {
    const std::string state = Citrix::stateOf(status);
    data.setOutput(path + "/svrstate", state);
    if (!status.lastCheck.empty()) data.setOutput(path + "/lastresponse", status.lastCheck);
    data.setOutput(path + "/establishedconn", std::to_string(status.connections));
    data.setOutput(path + "/totalconnections", std::to_string(status.totalConnections));
    data.setOutput(path + "/totalrequests", std::to_string(status.totalRequests));
    sum.members += 1;
    sum.up += state == "UP";
    sum.disabled += status.admin != Admin::enabled;
}

}

Configuration Citrix::read(const yang::Tree& tree) const {
    Configuration out;
    citrix::checkCertkeys(tree);
    const auto lb = tree.find("/adc-citrix-lb:lb");
    if (!lb) return out;
    for (const auto& group : lb->children("servicegroup"))
        out.pools.push_back(readGroup(tree, group));
    for (const auto& node : lb->children("lbvserver")) {
        Virtual one;
        one.name = node.leafOr("name", "");
        one.address = node.leafOr("ipv46", "");
        one.port = static_cast<std::uint16_t>(number(node, "port"));
        const auto bindings = node.children("lbvserver-servicegroup-binding");
        if (!bindings.empty()) one.pool = bindings.front().leafOr("servicegroupname", "");
        // The method is the virtual server's here and the back end's in the data plane.
        for (auto& pool : out.pools)
            if (pool.name == one.pool && node.leafOr("lbmethod", "") == "ROUNDROBIN")
                pool.balance = Balance::roundRobin;
        out.virtuals.push_back(std::move(one));
    }
    return out;
}

void Citrix::fill(yang::Tree& data, const Status& status) const {
    // Paths first: adding nodes while looking at nodes is asking for trouble.
    struct Group {
        std::string path;
        std::vector<std::pair<std::string, const MemberStatus*>> bindings;
    };
    std::map<std::string, Group> groups;
    for (const auto& node : data.select("/adc-citrix-lb:lb/servicegroup")) {
        const auto name = node.leafOr("servicegroupname", "");
        Group& group = groups[name];
        group.path = node.path();
        for (const auto& binding : node.children(members)) {
            const auto at = status.find({name, binding.leafOr("ip", "") + ":" + binding.leafOr("port", "")});
            if (at != status.end()) group.bindings.emplace_back(binding.path(), &at->second);
        }
    }
    std::vector<std::pair<std::string, std::string>> virtuals;
    for (const auto& node : data.select("/adc-citrix-lb:lb/lbvserver")) {
        const auto bindings = node.children("lbvserver-servicegroup-binding");
        virtuals.emplace_back(node.path(),
                              bindings.empty() ? "" : bindings.front().leafOr("servicegroupname", ""));
    }
    std::map<std::string, Sum> sums;
    for (const auto& [name, group] : groups) {
        Sum& sum = sums[name];
        for (const auto& [path, one] : group.bindings)
            fillMember(data, path, *one, sum);
        data.setOutput(group.path + "/servicegroupeffectivestate", effective(sum));
    }
    for (const auto& [path, group] : virtuals) {
        const Sum& sum = sums[group];
        data.setOutput(path + "/curstate", sum.up ? "UP" : "DOWN");
        data.setOutput(path + "/vslbhealth", std::to_string(sum.members ? sum.up * 100 / sum.members : 0));
    }
}

void Citrix::fill(yang::Tree& data, HaState state) const {
    data.setOutput("/adc-citrix-lb:ha/hanode[id='0']/state",
                   state == HaState::active ? "Primary" : "Secondary");
}

}
