#pragma once

#include "northbound/request.hpp"
#include "southbound/southbound.hpp"
#include "telemetry/telemetry.hpp"
#include "transaction/transaction.hpp"

#include <string>
#include <variant>

namespace headgate::daemon {

/// Telemetry cannot do its work: an operator must act.
struct Trouble {
    std::string text;
};

/// Everything that other threads tell the controller's.
using Inbound = std::variant<domain::Sample, domain::Gathered, domain::Assigned, telemetry::NotificationSeen,
                             telemetry::Observation, telemetry::ApplianceHint, telemetry::PoolHint,
                             telemetry::EngineChanged, telemetry::SharedEngines, Trouble, transaction::Reply,
                             southbound::Status, southbound::Notice, northbound::Request,
                             domain::Announcement, domain::PollingState>;

}
