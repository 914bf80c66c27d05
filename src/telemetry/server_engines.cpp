#include "telemetry/server_engines.hpp"

#include "base/log.hpp"
#include "snmp/usm_peer.hpp"

#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Log logger("telemetry");
constexpr base::Duration changesApart = 60s;

std::size_t hashOf(const domain::ServerName& server) {
    return std::hash<domain::ServerName>()(server);
}

bool hasEngine(const Watch& watch) {
    const auto& credentials = watch.target()->credentials;
    return credentials->isV3() && credentials->level() != snmp::SecurityLevel::noAuthNoPriv;
}

}

void ServerEngines::configure(const domain::Configuration& configuration, const Poller& poller) {
    std::erase_if(m_engines, [&](const auto& known) {
        const auto* watch = poller.watch(known.first);
        const bool gone = !watch || watch->target()->credentials != known.second.user ||
                          !m_registry.knows(known.first, watch->target()->endpoint);
        if (!gone) return false;
        m_interpreter.forgetEngine(known.first);
        m_told.erase(known.first);
        m_sharedChanged = m_registry.forget(known.first) || m_sharedChanged;
        return true;
    });
    tick();
    if (!m_firstRoundOver) awaitFirstRound(configuration, poller);
}

/// Of those of the first configuration; who comes later is new.
void ServerEngines::awaitFirstRound(const domain::Configuration& configuration, const Poller& poller) {
    std::unordered_set<std::size_t> asked;
    for (const auto& server : configuration.servers)
        if (const auto* watch = poller.watch(server.name); watch && hasEngine(*watch))
            if (const auto name = hashOf(server.name); !m_waitingFor || m_waitingFor->contains(name))
                asked.insert(name);
    m_waitingFor = std::move(asked);
    if (m_waitingFor->empty()) endFirstRound();
}

void ServerEngines::polled(const domain::ServerName& server) {
    if (m_firstRoundOver || !m_waitingFor) return;
    if (m_waitingFor->erase(hashOf(server)) > 0 && m_waitingFor->empty()) endFirstRound();
}

void ServerEngines::endFirstRound() {
    m_firstRoundOver = true;
    m_waitingFor.reset();
    m_sharedChanged = true; // also that there are none
    tick();
}

void ServerEngines::tick() {
    // Sooner it would be told of some of those that share one, and an alarm of before would seem to end.
    if (!m_firstRoundOver || !std::exchange(m_sharedChanged, false)) return;
    if (m_outlets.shared) m_outlets.shared(m_registry.shared());
}

void ServerEngines::learn(const Watch& watch, const snmp::EngineState& engine) {
    auto& known = m_engines[watch.name()];
    // Meanwhile it may have lost its boots, which whoever asks it anew cannot tell.
    if (known.engineId == engine.id) return setTime(known, engine.boots, engine.time);
    if (!known.engineId.empty()) m_outlets.forget(known);
    known = {engine.id, watch.target()->credentials, {engine.boots, engine.time, m_clock.now()}};
    m_interpreter.learnEngine(watch.name(), engine.id);
    m_outlets.trust(known);
    m_sharedChanged = m_registry.learn(watch.name(), watch.endpoint(), engine.id) || m_sharedChanged;
}

/// RFC 3414 §3.2 step 7 b would keep its traps outside the window until the time of before is reached again.
/// The answer that told the new one was signed for a question of ours: it is no replay.
void ServerEngines::setTime(TrapEngine& known, std::uint32_t boots, std::uint32_t time) {
    known.clock = {boots, time, m_clock.now()};
    m_outlets.setTime(known);
}

void ServerEngines::changed(const domain::ServerName& server, const snmp::EngineChange& change) {
    if (const auto known = m_engines.find(server);
        known != m_engines.end() && known->second.engineId == change.to)
        setTime(known->second, change.bootsTo, change.timeTo);
    const auto now = m_clock.now();
    const auto [entry, first] = m_told.try_emplace(server);
    auto& told = entry->second;
    if (!first && now - told.at < changesApart) {
        ++told.untold;
        return;
    }
    auto text = print(change);
    if (told.untold > 0)
        text += "; " + std::to_string(told.untold) + " such changes since the last one told were not told";
    told = {now, 0};
    logger.warning("an SNMP engine is not what it was", {{"server", server.value}, {"what", text}});
    if (m_outlets.changed) m_outlets.changed({server, std::move(text)});
}

std::vector<ServerEngines::TrapEngine> ServerEngines::trusted() const {
    std::vector<TrapEngine> all;
    for (const auto& [server, engine] : m_engines)
        all.push_back(engine);
    return all;
}

}
