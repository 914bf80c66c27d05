#pragma once

#include "telemetry/number_index.hpp"
#include "telemetry/schedule.hpp"
#include "telemetry/telemetry.hpp"
#include "telemetry/watch.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace headgate::telemetry {

/// Polls the configured servers, when their schedule says. Somebody calls `tick` at the latest when `nextDue`
/// says.
class Poller final : public Watch::Owner {
  public:
    struct Told {
        std::function<void(domain::Sample)> sample;
        std::function<void(domain::Gathered)> gathered;
        std::function<void(domain::Assigned)> assigned;
        /// A server's engine, as its signed answer told; again when it is another one.
        std::function<void(const domain::ServerName&, const snmp::EngineState&)> engine;
        /// `tick` has something to do then, perhaps sooner than nextDue said.
        std::function<void(base::Instant)> due{};
        /// Seals a secret that was gathered.
        std::function<std::string(const base::Secret&)> seal{};
    };

    Poller(Asker& asker, const base::Clock& clock, Told told);
    ~Poller() override;

    /// Servers whose entry, applications, profile and credential are as before keep their rhythm and
    /// counters.
    void configure(const Configure& configuration);

    /// Before all others; at once, unless it was polled just now: then as soon as that is a quarter second
    /// ago.
    void pollNow(const domain::ServerName& server);

    void gather(const Gather& request);
    void assign(const Assign& request);

    /// Begins what is due.
    void tick();
    std::optional<base::Instant> nextDue() const { return m_schedule.nextDue(m_clock.now()); }

    const Schedule::Counters& counters() const { return m_schedule.counters(); }

    const Watch* watch(const domain::ServerName& server) const;
    /// Whose target that is; null: nobody's any more.
    const Watch* watch(const snmp::TargetPtr& target) const;

    void onSample(std::uint32_t number, domain::Sample sample, std::uint32_t requests) override;
    void onEngine(std::uint32_t number, const snmp::EngineState& engine) override;

  private:
    using Number = Schedule::Number;
    void configure(Subject subject);
    void forget(Number number);
    void indexNames();
    std::optional<Number> numberOf(const domain::ServerName& server) const;
    std::uint32_t subnetOf(const snmp::Endpoint& endpoint) const;

    Asker& m_asker;
    const base::Clock& m_clock;
    Told m_told;
    Watch::Surroundings m_surroundings;
    domain::Polling m_limits;
    std::vector<domain::Application> m_applications;
    std::vector<std::shared_ptr<Watch>> m_watches; ///< null: the number is free
    std::vector<Number> m_free;
    std::vector<bool> m_named; ///< by the configuration that is taken
    NumberIndex m_byName;      ///< as of the last configuration
    Schedule m_schedule;
};

}
