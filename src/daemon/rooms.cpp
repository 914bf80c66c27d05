#include "daemon/rooms.hpp"

#include "northbound/notification_rules.hpp"

#include <utility>

namespace headgate::daemon {
namespace {

constexpr std::size_t alarmHistoryRead = 2000;

northbound::Past pastOf(Recorder& recorder, std::size_t eventsKept) {
    return {recorder.latestEvents(eventsKept),
            recorder.alarms(),
            recorder.alarmHistory(alarmHistoryRead),
            recorder.logEnd(),
            recorder.logBegun(),
            recorder.logAged()};
}

}

Rooms::Rooms(const Options& options, Recorder& recorder, const vault::Vault& vault,
             const std::function<void(Inbound)>& post)
    : m_vault(vault) {
    const auto to = [&post](auto word) { return [post](decltype(word) told) { post(std::move(told)); }; };
    m_snmp = std::make_unique<northbound::SnmpFace>(
        northbound::SnmpFaceOptions{options.state / "snmp-trap-engine", recorder.alarms()});
    northbound::Options north;
    north.notificationEngine = m_snmp->engineId();
    north.unixSocket = options.socket;
    north.doors = recorder.running().value().netconfServer;
    north.past = pastOf(recorder, north.eventsKept);
    m_northbound = std::make_unique<northbound::Northbound>(
        north, recorder.running().text(), to(northbound::Request{}), to(domain::Announcement{}));
    m_southbound =
        std::make_unique<southbound::Southbound>(to(transaction::Reply{}), to(southbound::Status{}),
                                                 southbound::connectWithNetconf(), to(southbound::Notice{}));
    m_telemetry = std::make_unique<telemetry::Telemetry>(
        telemetry::Options{options.state / "snmp-engine", std::nullopt,
                           [&vault](const base::Secret& secret) { return vault.seal(secret); },
                           northbound::shippedNotificationRules()},
        telemetry::Sinks{
            to(domain::Sample{}), to(domain::Gathered{}), to(domain::Assigned{}),
            to(telemetry::NotificationSeen{}), [post](std::string text) { post(Trouble{std::move(text)}); },
            to(telemetry::Observation{}), to(telemetry::ApplianceHint{}), to(telemetry::PoolHint{}),
            to(domain::PollingState{}), to(telemetry::EngineChanged{}), to(telemetry::SharedEngines{})});
}

Rooms::~Rooms() {
    // Northbound first, so that nobody asks any more; then those that could still post.
    m_northbound.reset();
    if (m_southbound) m_southbound->stop();
    m_telemetry.reset();
    m_snmp.reset();
}

void Rooms::configure(const domain::Configuration& configuration, const Families& families) {
    std::vector<southbound::Place> places;
    for (const auto& appliance : configuration.appliances) {
        const auto* credential = configuration.credential(appliance.credential);
        if (!credential) continue; // the model's leafref forbids it
        places.push_back({{appliance, credential->user, credential->secretFile},
                          families.find(appliance.family),
                          revealWith(m_vault)});
    }
    m_southbound->configure(std::move(places));

    telemetry::Configure watch{configuration, m_credentials.read(configuration)};
    m_snmp->configure(std::make_shared<const domain::Configuration>(configuration), watch.credentials);
    m_telemetry->post(std::move(watch));
}

void Rooms::showConfiguration(const domain::Configuration& configuration) {
    if (configuration.snmpAgent.enabled)
        m_snmp->post(std::make_shared<const domain::Configuration>(configuration));
}

}
