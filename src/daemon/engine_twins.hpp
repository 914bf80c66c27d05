#pragma once

#include "domain/event.hpp"
#include "telemetry/telemetry.hpp"

#include <optional>
#include <vector>

namespace headgate::daemon {

/// Agents that share an SNMP engine id: one alarm for all of them, which stands over a restart until
/// telemetry has asked everybody.
class EngineTwins {
  public:
    /// `standing`: the alarms of before the start.
    explicit EngineTwins(const std::vector<domain::Event>& standing);

    /// What is to be told of it, if anything.
    std::optional<domain::Event> take(const telemetry::SharedEngines& shared, domain::Instant now);

  private:
    std::optional<domain::Event> m_standing;
};

}
