#pragma once

#include "base/clock.hpp"
#include "snmp/notification_receiver.hpp"
#include "telemetry/engine_registry.hpp"
#include "telemetry/interpreter.hpp"
#include "telemetry/poller.hpp"

#include <functional>
#include <map>
#include <optional>
#include <unordered_set>
#include <vector>

namespace headgate::snmp {
struct EngineChange;
}

namespace headgate::telemetry {

/// The SNMPv3 engine of each server, as its signed answers tell it: whose traps are believed because of that,
/// which engines are shared, and what operators are told of. However often an agent becomes another one,
/// nothing grows, and little is told.
class ServerEngines {
  public:
    using TrapEngine = snmp::NotificationReceiver::TrapEngine;

    struct Outlets {
        std::function<void(const TrapEngine&)> trust;   ///< its traps are heard
        std::function<void(const TrapEngine&)> forget;  ///< as often as it was trusted
        std::function<void(const TrapEngine&)> setTime; ///< of one that is trusted, also back
        std::function<void(EngineChanged)> changed;     ///< of a server at most once a minute
        std::function<void(SharedEngines)> shared;      ///< not before each server was asked once
    };

    /// The first two must outlive it.
    ServerEngines(const base::Clock& clock, Interpreter& interpreter, Outlets outlets)
        : m_clock(clock)
        , m_interpreter(interpreter)
        , m_outlets(std::move(outlets)) {}

    /// After `poller` was. Whom to trust is another question then: see `trusted`.
    void configure(const domain::Configuration& configuration, const Poller& poller);

    /// As its signed answer has just told it; the same one again when it is watched anew.
    void learn(const Watch& watch, const snmp::EngineState& engine);
    /// That server was polled, and has answered or not.
    void polled(const domain::ServerName& server);
    /// What no restart explains. Its traps are held to the new time from then on.
    void changed(const domain::ServerName& server, const snmp::EngineChange& change);

    /// Tells which are shared, if that is another now; every few seconds.
    void tick();

    std::vector<TrapEngine> trusted() const;

  private:
    struct Told {
        base::Instant at{};
        std::uint64_t untold = 0;
    };
    void awaitFirstRound(const domain::Configuration& configuration, const Poller& poller);
    void endFirstRound();
    void setTime(TrapEngine& known, std::uint32_t boots, std::uint32_t time);

    const base::Clock& m_clock;
    Interpreter& m_interpreter;
    const Outlets m_outlets;
    std::map<domain::ServerName, TrapEngine> m_engines;
    EngineRegistry m_registry;
    bool m_sharedChanged = false;
    /// Hashes of the names of those that have an engine and were not polled yet; empty before the first
    /// configuration.
    std::optional<std::unordered_set<std::size_t>> m_waitingFor;
    bool m_firstRoundOver = false;
    std::map<domain::ServerName, Told> m_told; ///< of changes
};

}
