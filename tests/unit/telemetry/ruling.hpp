#pragma once

#include "fakes.hpp"
#include "telemetry/interpreter.hpp"

namespace headgate::telemetry::test {

using Action = domain::NotificationRule::Action;
using NameKind = domain::NamingVarbind::Names;
using Words = std::vector<std::string>;

inline const auto trapOid = oid("1.3.6.1.4.1.99999.0.7");
inline const auto varbind = oid("1.3.6.1.4.1.99999.1.2");

/// Two servers, an appliance with an SNMP agent and a pool on it, and what rules say to a notification.
struct Ruling : Field {
    std::vector<domain::NotificationRule> own;
    std::vector<domain::NotificationRule> shipped;
    Directory directory;
    Rules rules;
    Interpreter interpreter{directory, rules,
                            [](const auto&, const auto&) { return std::optional<domain::Sample>(); }};
    snmp::Notification trap;

    Ruling() {
        auto& c = configuration.configuration;
        domain::Appliance appliance;
        appliance.name = {"lb1"};
        appliance.host = "192.0.2.10";
        appliance.snmpAddress = "192.0.2.9:161";
        c.appliances = {appliance};
        domain::Pool pool;
        pool.name = {"web"};
        pool.places = {{{"lb1"}, "/Common/web-pool"}};
        c.pools = {pool};
        trap.source = *snmp::Endpoint::parse("192.0.2.1:40000");
        trap.trapOid = trapOid;
    }

    domain::NotificationRule rule(const std::string& name, const std::string& number) {
        domain::NotificationRule made;
        made.name = name;
        made.trapOid = number;
        return made;
    }

    std::string matched() {
        directory = Directory(configuration);
        rules = Rules(own, shipped, directory);
        const auto* found = rules.match(trap);
        return found ? found->name : "";
    }

    /// Who is looked at because of the trap: "server real1", "appliance lb1", "pool web".
    Words looked() {
        matched();
        const auto looks = interpreter.interpret(trap, clock.at).looks;
        Words all;
        for (const auto server : looks.servers)
            all.push_back("server " + directory.serverName(server).value);
        for (const auto appliance : looks.appliances)
            all.push_back("appliance " + directory.applianceName(appliance).value);
        for (const auto pool : looks.pools)
            all.push_back("pool " + directory.poolName(pool).value);
        return all;
    }

    void says(const std::string& text, const snmp::Oid& name = varbind) {
        trap.varbinds = {{name, snmp::Octets{text}}};
    }

    /// One rule, which looks only at whom that varbind names.
    domain::NotificationRule& naming(NameKind names = NameKind::any) {
        own = {rule("naming", trapOid.print())};
        own[0].sender = false;
        own[0].varbinds = {{varbind.print(), names}};
        return own[0];
    }
};

}
