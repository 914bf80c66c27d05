#pragma once

#include "telemetry/telemetry.hpp"
#include "telemetry/watch.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace headgate::telemetry {

/// Whom to ask and when. Somebody calls `tick` at the latest when `nextDue` says.
class Poller {
  public:
    struct Told {
        std::function<void(domain::Sample)> sample;
        std::function<void(domain::Gathered)> gathered;
        std::function<void(domain::Assigned)> assigned;
        /// A server's engine, as its signed answer told.
        std::function<void(const domain::ServerName&, const snmp::EngineState&)> engine;
        /// Seals a secret that was gathered.
        std::function<std::string(const base::Secret&)> seal{};
    };

    Poller(Asker& asker, const base::Clock& clock, Told told);

    /// Servers whose entry, applications, profile and credential are as before keep their rhythm and
    /// counters.
    void configure(const Configure& configuration);

    /// Before all others; at once, unless it was polled just now: then as soon as that is a quarter second
    /// ago.
    void pollNow(const domain::ServerName& server);

    void gather(const Gather& request);
    void assign(const Assign& request);

    void tick();
    std::optional<base::Instant> nextDue() const;

    const Watch* watch(const domain::ServerName& server) const;
    std::vector<const Watch*> watches() const;

  private:
    struct Entry {
        std::shared_ptr<Watch> watch;
        base::Instant due{};
        base::Instant started{};
        unsigned missed = 0;
        bool again = false; ///< a hint came while a poll was under way: that one may have been too early
    };
    using Entries = std::map<domain::ServerName, Entry>;

    void setDue(Entries::value_type& entry, base::Instant due);
    void start(Entries::value_type& entry);
    void onSample(const domain::ServerName& name, const Watch* of, domain::Sample sample,
                  const std::optional<snmp::EngineState>& engine);
    base::Duration pause(const Entry& entry) const;

    Asker& m_asker;
    const base::Clock& m_clock;
    Told m_told;
    domain::Configuration m_configuration;
    Entries m_entries;
    std::set<std::pair<base::Instant, domain::ServerName>> m_due; ///< those not being polled
};

}
