#pragma once

#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"

#include <string>
#include <vector>

/// Short ways to make the trade's values in tests of the pure rooms.
namespace headgate::support {

using namespace std::chrono_literals;

/// A point in time to count from: 2026-11-22T12:00:00Z.
inline const domain::Instant noon{domain::Duration{1795348800000}};

inline domain::Metric metric(const std::string& name, double limit, double weight = 1) {
    domain::Metric made;
    made.name = name;
    made.limit = limit;
    made.weight = weight;
    return made;
}

/// connections of 1000, so that a reading is its permille.
inline domain::Profile connectionsProfile() {
    return {{"small"}, domain::Combination::greatest, {metric("connections", 1000)}};
}

inline domain::Server server(const std::string& name, int priority = 100) {
    domain::Server made;
    made.name = {name};
    made.address = "127.0.0.1";
    made.snmpAddress = "127.0.0.1:1161";
    made.applications = {{"web"}};
    made.profile = {"small"};
    made.priority = priority;
    made.pollInterval = 1s;
    return made;
}

inline domain::Member member(const std::string& name, domain::Origin origin = domain::Origin::configured) {
    domain::Member made;
    made.server = {name};
    made.origin = origin;
    return made;
}

/// Pool "shop" of application "web", with levels 800 / 300 / 50, 5 s to grow and 60 s to shrink.
inline domain::Pool pool(const std::vector<std::string>& members) {
    domain::Pool made;
    made.name = {"shop"};
    made.application = {"web"};
    for (const auto& name : members)
        made.members.push_back(member(name));
    return made;
}

inline domain::Configuration configuration(const std::vector<std::string>& servers,
                                           const std::vector<std::string>& members) {
    domain::Configuration made;
    made.applications = {{.name = {"web"}, .process = "nginx", .port = 8080}};
    made.profiles = {connectionsProfile()};
    for (const auto& name : servers)
        made.servers.push_back(server(name));
    made.pools = {pool(members)};
    return made;
}

/// A poll's answer: web runs, and so many connections.
inline domain::Sample sample(const std::string& name, domain::Instant at, double connections) {
    domain::Sample made;
    made.server = {name};
    made.at = at;
    made.readings = {{"connections", connections}};
    made.applications = {{{"web"}, domain::ApplicationState::running}};
    return made;
}

inline domain::Sample missedPoll(const std::string& name, domain::Instant at) {
    domain::Sample made;
    made.server = {name};
    made.at = at;
    made.answered = false;
    made.failure = "no answer within 1 s";
    return made;
}

/// A server's state as assessment would give it: functional, running web, at so many permille.
inline domain::ServerState functional(const std::string& name, int permille) {
    domain::ServerState made;
    made.name = {name};
    made.functional = domain::Functional::functional;
    made.utilisation = permille;
    made.binding = "connections";
    made.applications = {{{"web"}, true}};
    made.level = domain::Level::normal;
    made.reason = "functional";
    made.contact.trust = domain::Trust::trusted;
    return made;
}

inline domain::ServerState unknown(const std::string& name, unsigned missedPolls = 0) {
    domain::ServerState made;
    made.name = {name};
    made.missedPolls = missedPolls;
    made.reason = "unknown: its agent is quiet";
    return made;
}

inline domain::ServerState down(const std::string& name) {
    domain::ServerState made;
    made.name = {name};
    made.functional = domain::Functional::down;
    made.applications = {{{"web"}, false}};
    made.reason = "down: web does not run";
    made.contact.trust = domain::Trust::trusted;
    return made;
}

}
