#pragma once

#include "cli/values.hpp"

namespace headgate::cli::test {

inline Time noon(int seconds) {
    return Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)) + std::chrono::hours(12) +
           std::chrono::seconds(seconds);
}

inline Server server(const std::string& name, const std::string& functional, std::optional<int> utilisation) {
    Server made;
    made.name = name;
    made.address = "127.77.0.10" + name.substr(name.size() - 1);
    made.functional = functional;
    made.utilisation = utilisation;
    if (utilisation) made.binding = "connections";
    made.readings = {{"connections", "66.0"}, {"cpu", "31.0"}};
    made.sources = {{"connections", "TCP-MIB"}, {"cpu", "UCD-SNMP-MIB"}};
    made.agent = false;
    made.applications = {"web"};
    made.lastSample = noon(59);
    made.contact = {noon(59), "0.412", "0.377", {}, "", {}, "trusted", ""};
    return made;
}

/// A pool that is full, one server joining it, one in quarantine, an appliance that is lost.
inline World busy() {
    World world;
    world.version = "0.1.0";
    world.now = noon(60);
    world.servers = {server("real1", "functional", 823), server("real2", "functional", 12),
                     server("real3", "functional", 15), server("real4", "down", std::nullopt)};
    world.servers[0].memberOf = "web";
    world.servers[0].agent = true;
    world.servers[0].resource = "connections";
    world.servers[0].dataSource = "db1";
    world.servers[0].sources = {{"connections", "headgate-agent"}, {"cpu", "UCD-SNMP-MIB"}};
    world.servers[0].reason = "connections is 65.8 of 80";
    world.servers[1].reservedBy = "transaction 7";
    world.servers[2].quarantinedUntil = noon(360);
    world.servers[3].reason = "nginx does not listen on port 8080";
    world.servers[3].lastSample.reset();
    world.servers[3].contact = {{},
                                "",
                                "",
                                {{"timeouts", "7"}, {"authentication-failures", "2"}},
                                "no answer from 127.77.0.104:161",
                                noon(50),
                                "silent",
                                "it missed 7 polls in a row"};

    Pool pool;
    pool.name = "web";
    pool.application = "web";
    pool.level = "full";
    pool.utilisation = 823;
    pool.lower = 300;
    pool.upper = 800;
    pool.minimum = 1;
    pool.maximum = 8;
    pool.reason = "real1 is at its upper level: connections is 65.8 of 80";
    pool.transaction = "7";
    pool.members = {{"real1", "configured", "127.77.0.101:8080", 1, "password", noon(0)}};
    pool.places = {{"f5-1", "/Common/web"}, {"citrix-1", "web"}};
    pool.places[1].differences = {"127.77.0.109:8080 is a member that nobody recorded"};
    pool.mode = "act";
    pool.decision = "nothing: a transaction is in flight";
    pool.inherits = "shop";
    pool.policy = {"upper 800", "lower 300", "rate-limit 4 in 3600.0"};
    world.pools = {pool};

    world.appliances = {
        {"f5-1",
         "f5",
         "127.77.0.21:10830",
         true,
         "",
         noon(59),
         {"urn:ietf:params:netconf:base:1.1"},
         "confirmed",
         "none that time does not mend"},
        {"citrix-1", "citrix", "127.77.0.22:10830", false, "connection refused", noon(30), {}}};

    Transaction undone;
    undone.id = "6";
    undone.pool = "web";
    undone.kind = "allocate";
    undone.server = "real3";
    undone.state = "rolled-back";
    undone.outcome = "rolled-back";
    undone.reason = "citrix-1 refused the commit: fault injected";
    undone.cause = "real1 is full";
    undone.started = noon(20);
    undone.ended = noon(23);
    undone.appliances = {
        {"citrix-1", "refused", "direct"},
        {"f5-1", "undone", "confirmed", {"members: 1 before, 1 after", "ratio: 1 before, 1 after"}}};
    Transaction inFlight = undone;
    inFlight.id = "7";
    inFlight.server = "real2";
    inFlight.state = "verifying";
    inFlight.outcome.clear();
    inFlight.reason = "real1 is full";
    inFlight.started = noon(58);
    inFlight.ended.reset();
    inFlight.appliances = {{"citrix-1", "ready"}, {"f5-1", "waiting for health"}};
    world.transactions = {undone, inFlight};

    world.events = {
        {noon(19), "notice", "server-full", "real1", "web", "", "", "real1 is full: 65.8 of 80 connections"},
        {noon(23), "warning", "rolled-back", "real3", "web", "citrix-1", "6",
         "transaction 6 is undone on every appliance"},
        {noon(40), "alarm", "appliance-lost", "", "", "citrix-1", "", "citrix-1 does not answer"}};
    return world;
}

/// A pool of four, two of them behind a full data source.
inline World bottlenecked() {
    auto world = busy();
    auto& pool = world.pools[0];
    pool.transaction.clear();
    const std::vector<std::string> uses{"db1", "db1", "db3", "db2"};
    for (std::size_t i = 0; i < uses.size(); ++i) {
        auto& server = world.servers[i];
        if (i > 0) pool.members.push_back({server.name, "allocated", server.address + ":8080"});
        server.memberOf = "web";
        server.reservedBy.clear();
        server.quarantinedUntil.reset();
        server.dataSource = uses[i];
    }
    world.servers.push_back(server("dbhost1", "functional", 930));
    world.servers.back().applications.clear();
    world.dataSources = {{"db1", "full", "full: cpu 930 of 1000 (930 permille ≥ 800) for 5 s"},
                         {"db2", "unknown", "unknown: it has no server that it is measured by"},
                         {"db3", "normal", "normal: cpu 10 of 1000 (10 permille, full at 800)"},
                         {"db4", "normal", "normal: cpu 20 of 1000 (20 permille, full at 800)"}};
    pool.bottlenecks = {{"real1", "its data source db1 (CPU)"}, {"real2", "its data source db1 (CPU)"}};
    pool.members[0].companions = {823, 734, false, {1, 0, 1, 0, 1, 0}, {0, 0, 3, 0, 0, 0}};
    pool.members[1].companions = {12, 734, true, {1, 0, 1, 0, 0, 1}, {0, 0, 3, 0, 0, 0}};
    pool.members[2].companions = {15, 0, false, {1, 0, 2, 0, 0, 0}, {0, 0, 0, 0, 1, 2}};
    pool.members[3].companions = {0, 734, true, {0, 0, 2, 0, 0, 1}, {3, 0, 0, 0, 0, 0}};
    return world;
}

}
