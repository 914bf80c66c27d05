#pragma once

#include "domain/sample.hpp"
#include "snmp/notification.hpp"
#include "telemetry/telemetry.hpp"
#include "telemetry/watch.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// What is to be done about a notification.
struct Interpretation {
    std::optional<domain::Sample> sample;  ///< its values, when they can be believed
    std::vector<domain::ServerName> hints; ///< servers to be polled at once
    std::optional<NotificationSeen> seen;  ///< empty: told of its like a moment ago
};

/// Says what a notification means: whose it is, and whether its values may be believed. A lost or forged one
/// costs time, never truth.
class Interpreter {
  public:
    /// `watches` are what is watched now.
    Interpretation interpret(const snmp::Notification& notification, const std::vector<const Watch*>& watches,
                             domain::Instant now);

    /// One from an appliance's address is a hint that what it holds has changed, whoever sent it. `told`: not
    /// of its like a moment ago.
    struct OfAppliance {
        NotificationSeen seen;
        bool told = true;
    };
    OfAppliance ofAppliance(const snmp::Notification& notification, const domain::ApplianceName& appliance,
                            domain::Instant now);

    /// That server's SNMP engine, as its signed answers told.
    void learnEngine(const domain::ServerName& server, const std::string& engineId);
    void forgetEngine(const domain::ServerName& server);

    std::uint64_t unknown() const { return m_unknown; }

  private:
    bool isOwn(const snmp::Notification& notification, const Watch& watch) const;
    bool mayTell(const std::string& what, domain::Instant now, domain::Duration gap);

    std::map<domain::ServerName, std::string> m_engines;
    std::map<std::string, domain::Instant> m_told;
    std::uint64_t m_unknown = 0;
};

/// mteTriggerRising, linkDown, …; the number for those not known.
std::string notificationName(const snmp::Oid& trapOid);

}
