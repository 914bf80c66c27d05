#pragma once

#include "domain/sample.hpp"
#include "snmp/glance.hpp"
#include "snmp/notification.hpp"
#include "snmp/rate_limit.hpp"
#include "snmp/recent.hpp"
#include "telemetry/directory.hpp"
#include "telemetry/rules.hpp"
#include "telemetry/telemetry.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace headgate::telemetry {

/// Whom to look at: servers are polled, appliances checked, pools both.
struct Looks {
    std::vector<Number> servers;
    std::vector<Number> appliances;
    std::vector<Number> pools;
    bool empty() const { return servers.empty() && appliances.empty() && pools.empty(); }
};

/// What is to be done about a notification.
struct Interpretation {
    std::optional<domain::Sample> sample; ///< its values, when they can be believed
    Looks looks;
    std::optional<NotificationSeen> seen; ///< empty: told of its like a moment ago
    std::string text;                     ///< one sentence, where appliances or pools are looked at
};

/// Says what a notification means: whose it is, whether its values may be believed, and which rule is for it.
/// A lost or forged one costs time, never truth.
class Interpreter {
  public:
    /// What varbinds say of a server; empty: it is not watched.
    using SampleOf = std::function<std::optional<domain::Sample>(const domain::ServerName&,
                                                                 const std::vector<snmp::Varbind>&)>;

    /// Both stay the caller's and may be assigned to.
    Interpreter(const Directory& directory, const Rules& rules, SampleOf sampleOf);

    Interpretation interpret(const snmp::Notification& notification, domain::Instant now);

    /// Is it of nobody that we know, and of no use for a rule either?
    bool isStrange(const snmp::Glance& glance) const;
    /// Counts one of those; false when it should be interpreted all the same, to be told of.
    bool passOver(domain::Instant now);

    /// That server's SNMP engine, as its signed answers told.
    void learnEngine(const domain::ServerName& server, const std::string& engineId);
    void forgetEngine(const domain::ServerName& server);

    std::uint64_t unknown() const { return m_unknown; }

  private:
    /// Whose it is; `relayed`: somebody else says so.
    struct Origin {
        Directory::Found found;
        bool relayed = false;
    };
    Origin originOf(const snmp::Notification& notification) const;
    std::optional<Number> withCommunity(std::string_view community) const;
    std::vector<Number> withEngine(const snmp::Notification& notification) const;
    bool isOwn(const snmp::Notification& notification, Number server) const;
    std::optional<domain::Sample> sampleFrom(const snmp::Notification& notification, const Origin& origin,
                                             domain::Instant now);
    Looks looksOf(const snmp::Notification& notification, const Rule& rule) const;
    std::string deedOf(const Origin& origin, const Rule& rule, const Looks& beyond) const;
    std::string nameOf(const Origin& origin) const;
    static Looks looksBy(const Rule& rule, const Origin& origin, const Looks& beyond, bool sampled);
    NotificationSeen describe(const snmp::Notification& notification, const Origin& origin,
                              domain::Instant now) const;
    Interpretation ofStranger(const snmp::Notification& notification, domain::Instant now);
    bool mayTell(const snmp::Notification& notification, const Origin& origin, domain::Instant now);
    bool mayTell(domain::Instant now);

    const Directory& m_directory;
    const Rules& m_rules;
    const SampleOf m_sampleOf;
    std::unordered_map<domain::ServerName, std::string> m_engines;
    std::unordered_multimap<std::string, domain::ServerName> m_serversOf; ///< by engine
    std::uint64_t m_unknown = 0;
    std::optional<domain::Instant> m_strangersTold;
    std::uint64_t m_untold = 0;
    snmp::Recent m_told{12};
    snmp::Recent m_sampled{12};
    snmp::RateLimit m_telling;
};

/// mteTriggerRising, linkDown, …; the number for those not known.
std::string notificationName(const snmp::Oid& trapOid);

}
