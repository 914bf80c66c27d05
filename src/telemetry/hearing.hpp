#pragma once

#include "base/clock.hpp"
#include "snmp/recent.hpp"
#include "telemetry/interpreter.hpp"
#include "telemetry/pacer.hpp"
#include "telemetry/source_limit.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// What is made of the notifications that come in: who may send how many, which are worth reading, what they
/// mean, and who is looked at because of them. What is remembered is bounded by the configuration, not by
/// what is sent. A storm is passed over before it is read; what it says last is still acted on.
class Hearing {
  public:
    struct Outlets {
        Interpreter::SampleOf sampleOf;
        std::function<void(const domain::ServerName&)> pollNow;
        std::function<void(domain::Sample)> sample;
        std::function<void(NotificationSeen)> seen;
        std::function<void(ApplianceHint)> applianceHint{};
        std::function<void(PoolHint)> poolHint{};
    };

    Hearing(const base::Clock& clock, std::vector<domain::NotificationRule> shippedRules, Outlets outlets);

    void configure(const Configure& configuration);

    // In the order in which a receiver asks.
    bool admit(const snmp::Endpoint& source);
    bool wants(const snmp::Glance& glance);
    void hear(const snmp::Notification& notification);

    /// When `tick` is to be called at the latest: somebody is to be looked at a second time.
    std::optional<base::Instant> nextDue() const;
    void tick();

    Interpreter& interpreter() { return m_interpreter; }

    struct Counters {
        std::uint64_t limited = 0;  ///< beyond the rate limit of their source
        std::uint64_t strange = 0;  ///< of nobody that we know
        std::uint64_t repeated = 0; ///< said the same as two a moment ago
        bool operator==(const Counters&) const = default;
    };
    const Counters& counters() const { return m_counters; }

  private:
    void look(Interpretation& meaning, base::Instant now);
    void lookAgain(base::Instant now);
    void tellAppliance(Number appliance);
    void tellPool(Number pool);

    const base::Clock& m_clock;
    const std::vector<domain::NotificationRule> m_shipped;
    const Outlets m_outlets;
    Directory m_directory;
    Rules m_rules;
    Interpreter m_interpreter{m_directory, m_rules, m_outlets.sampleOf};
    const std::uint64_t m_seed;
    SourceLimit m_limit;
    snmp::Recent m_said{14};
    Pacer m_servers;
    Pacer m_appliances;
    Pacer m_pools;
    std::vector<std::string> m_applianceReasons;
    std::vector<std::string> m_poolReasons;
    std::optional<base::Instant> m_due;
    Counters m_counters;
};

}
