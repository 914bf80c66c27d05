#include "bench/snmp/sweep.hpp"

#include "bench/snmp/agreed.hpp"

#include <string>
#include <utility>

namespace headgate::bench {

domain::Configuration sweepOf(std::uint32_t servers, std::uint16_t port, domain::Duration interval) {
    domain::Configuration configuration;
    configuration.notificationsAddresses.clear();
    domain::Profile profile{{"bench"}, domain::Combination::greatest, {}};
    for (const auto& figure : figures()) {
        domain::Metric metric;
        metric.name = figure.name;
        metric.oid = figure.oid.print();
        metric.kind = figure.counter ? domain::ReadingKind::counter : domain::ReadingKind::gauge;
        profile.metrics.push_back(std::move(metric));
    }
    configuration.profiles.push_back(std::move(profile));
    for (std::uint32_t i = 0; i < servers; ++i) {
        domain::Server server;
        server.name = {"server" + std::to_string(i)};
        server.address = printAddress(addressOf(i));
        server.snmpAddress = server.address + ":" + std::to_string(port);
        server.credential = {"bench"};
        server.profile = {"bench"};
        server.pollInterval = interval;
        configuration.servers.push_back(std::move(server));
    }
    return configuration;
}

}
