#include "telemetry/interpreter.hpp"

#include "mib/server_mib.hpp"
#include "telemetry/objects.hpp"

#include <algorithm>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr domain::Duration hintsApart = 10s;
constexpr domain::Duration strangersApart = 60s;
constexpr std::size_t mostRemembered = 4096; // sources are the sender's to choose

bool atAddress(const Watch& watch, const snmp::Endpoint& source) {
    if (watch.target()->endpoint.sameAddress(source)) return true;
    const auto own = snmp::Endpoint::parse(watch.subject().server.address);
    return own && own->sameAddress(source);
}

std::vector<const Watch*> at(const std::vector<const Watch*>& watches, const snmp::Endpoint& source) {
    std::vector<const Watch*> found;
    for (const auto* watch : watches)
        if (atAddress(*watch, source)) found.push_back(watch);
    return found;
}

/// mteHotOID names the object that mteHotValue is of: as if that object itself were among the varbinds.
std::vector<snmp::Varbind> withHotValue(std::vector<snmp::Varbind> varbinds) {
    const auto* name = find(varbinds, objects::mteHotOid);
    const auto* value = find(varbinds, objects::mteHotValue);
    const auto* oid = name ? std::get_if<snmp::Oid>(name) : nullptr;
    if (oid && value) {
        snmp::Varbind hot{*oid, *value};
        varbinds.push_back(std::move(hot));
    }
    return varbinds;
}

std::string words(const domain::Sample& sample) {
    std::string text;
    for (const auto& [application, state] : sample.applications)
        text += (text.empty() ? "" : ", ") + application.value +
                (state == domain::ApplicationState::running ? " up" : " down");
    for (const auto& [name, value] : sample.readings) {
        auto number = std::to_string(value);
        number.erase(number.find_last_not_of('0') + 1);
        if (number.ends_with('.')) number.pop_back();
        text += (text.empty() ? "" : ", ") + name + " " + number;
    }
    return text;
}

std::string kindOf(const snmp::Notification& notification) {
    static constexpr const char* versions[] = {"v1", "v2c", "v3"};
    const bool inform = notification.kind == snmp::Notification::Kind::inform;
    return std::string(versions[static_cast<std::size_t>(notification.version)]) +
           (inform ? " inform" : " trap");
}

}

std::string notificationName(const snmp::Oid& trapOid) {
    using Own = mib::server::Notification;
    static const std::map<snmp::Oid, std::string> names{
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 1}, "mteTriggerFired"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 2}, "mteTriggerRising"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 3}, "mteTriggerFalling"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 4}, "mteTriggerFailure"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 5}, "mteEventSetFailure"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 1}, "coldStart"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 2}, "warmStart"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 3}, "linkDown"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 4}, "linkUp"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 5}, "authenticationFailure"},
        {{1, 3, 6, 1, 4, 1, 8072, 4, 0, 1}, "nsNotifyStart"},
        {{1, 3, 6, 1, 4, 1, 8072, 4, 0, 2}, "nsNotifyShutdown"},
        {{1, 3, 6, 1, 4, 1, 8072, 4, 0, 3}, "nsNotifyRestart"},
        {mib::server::notification(Own::applicationUp), "hgsApplicationUp"},
        {mib::server::notification(Own::applicationDown), "hgsApplicationDown"},
        {mib::server::notification(Own::utilisationRisen), "hgsUtilisationRisen"},
        {mib::server::notification(Own::utilisationFallen), "hgsUtilisationFallen"},
        {mib::server::notification(Own::settingsChanged), "hgsSettingsChanged"},
    };
    const auto known = names.find(trapOid);
    return known == names.end() ? trapOid.print() : known->second;
}

void Interpreter::learnEngine(const domain::ServerName& server, const std::string& engineId) {
    m_engines[server] = engineId;
}

void Interpreter::forgetEngine(const domain::ServerName& server) {
    m_engines.erase(server);
}

bool Interpreter::isOwn(const snmp::Notification& notification, const Watch& watch) const {
    if (!notification.authenticated) return false;
    if (notification.kind == snmp::Notification::Kind::inform) return atAddress(watch, notification.source);
    const auto engine = m_engines.find(watch.subject().server.name);
    return engine != m_engines.end() && !notification.engineId.empty() &&
           engine->second == notification.engineId;
}

bool Interpreter::mayTell(const std::string& what, domain::Instant now, domain::Duration gap) {
    if (m_told.size() > mostRemembered) m_told.clear();
    const auto [entry, first] = m_told.try_emplace(what, now);
    if (!first && now - entry->second < gap) return false;
    entry->second = now;
    return true;
}

Interpreter::OfAppliance Interpreter::ofAppliance(const snmp::Notification& notification,
                                                  const domain::ApplianceName& appliance,
                                                  domain::Instant now) {
    NotificationSeen seen;
    seen.at = now;
    seen.name = notificationName(notification.trapOid);
    seen.source = notification.source.print();
    seen.appliance = appliance;
    seen.text =
        kindOf(notification) + " " + seen.name + " from " + appliance.value + ": a hint, checked soon";
    const bool told = mayTell(appliance.value + " " + seen.name, now, hintsApart);
    return {std::move(seen), told};
}

Interpretation Interpreter::interpret(const snmp::Notification& notification,
                                      const std::vector<const Watch*>& watches, domain::Instant now) {
    Interpretation result;
    NotificationSeen seen;
    seen.at = now;
    seen.name = notificationName(notification.trapOid);
    seen.source = notification.source.print();

    // Whom it names, when somebody passes it on: an NMS, or an agent behind another address.
    auto whose = at(watches, notification.source);
    std::string relayed;
    const auto& named = notification.trapAddress ? notification.trapAddress : notification.agentAddress;
    const auto origin = named ? snmp::Endpoint::parse(*named) : std::nullopt;
    if (origin && !origin->sameAddress(notification.source)) {
        if (auto about = at(watches, *origin); !about.empty() && about != whose) {
            whose = std::move(about);
            relayed = ", passed on by " + notification.source.printAddress();
        }
    }
    if (relayed.empty())
        for (const auto* watch : watches)
            if (notification.kind == snmp::Notification::Kind::trap && isOwn(notification, *watch))
                whose = {watch};

    const auto what = kindOf(notification) + " " + seen.name;
    if (whose.empty()) {
        ++m_unknown;
        seen.use = NotificationSeen::Use::unknownSource;
        seen.text = what + " from " + seen.source + ", which is no server of ours; " +
                    std::to_string(m_unknown) + " such so far";
        if (mayTell("a stranger", now, strangersApart)) result.seen = std::move(seen);
        return result;
    }
    const auto& server = whose.front()->subject().server.name;
    seen.server = server;
    // Several servers behind one address: no telling whose the values are.
    if (relayed.empty() && whose.size() == 1 && isOwn(notification, *whose.front())) {
        auto sample = whose.front()->sampleOf(withHotValue(notification.varbinds));
        if (!sample.readings.empty() || !sample.applications.empty()) {
            sample.at = now;
            seen.use = NotificationSeen::Use::sample;
            seen.text = what + " from " + server.value + ": taken as a sample, " + words(sample);
            result.sample = std::move(sample);
            result.seen = std::move(seen);
            return result;
        }
    }
    for (const auto* watch : whose)
        result.hints.push_back(watch->subject().server.name);
    seen.text = what + " from " + server.value + relayed + ": a hint, polled at once";
    if (mayTell(server.value + " " + seen.name + relayed, now, hintsApart)) result.seen = std::move(seen);
    return result;
}

}
