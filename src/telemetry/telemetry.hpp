#pragma once

#include "base/clock.hpp"
#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "snmp/credentials.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headgate::telemetry {

/// Everything to watch from now on. Servers that stay as they are keep their rhythm and their counters.
struct Configure {
    domain::Configuration configuration;
    std::map<domain::CredentialName, snmp::CredentialsPtr>
        credentials; ///< the SNMP ones, see CredentialReader
};

/// Polls that server at once.
struct PollNow {
    domain::ServerName server;
};

/// Asks a candidate for its settings; answered by a domain::Gathered, always.
struct Gather {
    domain::TransactionId transaction;
    domain::ServerName server;
    domain::ApplicationName application;
};

/// Tells a server which data source to use; answered by a domain::Assigned, always.
struct Assign {
    domain::TransactionId transaction;
    domain::ServerName server;
    domain::ApplicationName application;
    std::string dataSource;
};

/// Walks columns of an appliance's SNMP agent; answered by an Observation, always.
struct Observe {
    domain::TransactionId transaction;
    domain::ApplianceName appliance;
    std::string object;               ///< the pool there; given back
    std::vector<std::string> columns; ///< numeric OIDs
};

using Command = std::variant<Configure, PollNow, Gather, Assign, Observe>;

/// What those columns hold: column → index (numeric, dotted) → value, numbers in decimal.
struct Observation {
    domain::TransactionId transaction;
    domain::ApplianceName appliance;
    std::string object;
    bool answered = false;
    std::string reason; ///< why not
    std::map<std::string, std::map<std::string, std::string>> columns;
};

/// A notification as operators are told of it. Hints from one source are told at most once in ten seconds,
/// and of all together two in a second for long.
struct NotificationSeen {
    enum class Use : std::uint8_t {
        sample,        ///< its values are a Sample
        hint,          ///< the server is polled at once; the appliance is to be checked
        unknownSource, ///< from no server of ours; counted, told at most once a minute
        told,          ///< by a rule: nothing is looked at
    };
    domain::Instant at{};
    Use use = Use::hint;
    std::optional<domain::ServerName> server;
    std::optional<domain::ApplianceName> appliance; ///< it is an appliance's: what it holds may have changed
    std::string name;   ///< mteTriggerRising, linkDown, …; the trap's OID for others
    std::string source; ///< ADDRESS:PORT
    std::string text;   ///< one sentence
    std::string rule{}; ///< the notification-rule that acted; empty: none
};

/// A notification says that what an appliance holds may have changed. Told at once, and of those that follow
/// within a quarter second once, after it.
struct ApplianceHint {
    domain::ApplianceName appliance;
    std::string text; ///< one sentence
};

/// The SNMP engine ids that agents at different addresses share, and whose they are: all that there are now.
struct SharedEngines {
    std::map<std::string, std::vector<domain::ServerName>> engines; ///< by the id, as 0x and hexadecimal
    bool operator==(const SharedEngines&) const = default;
};

/// The same of a pool: its members and appliances are to be looked at.
struct PoolHint {
    domain::PoolName pool;
    std::string text;
};

/// An agent's SNMP engine has become another one, or its boots or time went where no restart takes them; it
/// is asked on as it is now.
struct EngineChanged {
    domain::ServerName server;
    std::string text; ///< one sentence
};

/// What telemetry tells. Called on its thread: post to a Channel and return.
struct Sinks {
    std::function<void(domain::Sample)> sample;
    std::function<void(domain::Gathered)> gathered;
    std::function<void(domain::Assigned)> assigned;
    std::function<void(NotificationSeen)> notification;
    std::function<void(std::string)>
        trouble; ///< e.g. the notification address cannot be bound: an operator must act
    std::function<void(Observation)> observation{};
    std::function<void(ApplianceHint)> applianceHint{};
    std::function<void(PoolHint)> poolHint{};
    std::function<void(domain::PollingState)> polling{}; ///< see Options::tellPollingEvery
    std::function<void(EngineChanged)> engineChanged{};
    std::function<void(SharedEngines)> sharedEngines{}; ///< on each change, and once when it begins to know
};

struct Options {
    std::filesystem::path
        engineFile; ///< our SNMP engine id and boots, in the state directory; empty: for this run
    std::optional<std::string> sourceAddress; ///< IP literal to poll from; else the kernel chooses
    /// Seals each secret that a candidate tells, before it leaves telemetry. Called on telemetry's thread.
    std::function<std::string(const base::Secret&)> seal;
    /// Rules that hold where the configuration has none of the same name.
    std::vector<domain::NotificationRule> shippedRules{};
    base::Duration tellPollingEvery = std::chrono::seconds(10);
};

/// Watches the configured servers over SNMP, on a thread of its own that ends with it. The figures of a
/// Sample, by Metric::name: cpu, memory and disk in permille, load as the one-minute average, connections
/// established to the application's port (of the first application that has one), octets-in and octets-out a
/// second, and every metric with an OID, scaled, a counter as its rate a second. What could not be learned is
/// absent, never zero.
class Telemetry {
  public:
    /// Throws snmp::Error when it cannot have its sockets.
    Telemetry(const Options& options, Sinks sinks);
    ~Telemetry();
    Telemetry(const Telemetry&) = delete;
    Telemetry& operator=(const Telemetry&) = delete;

    /// From any thread.
    void post(Command command);

    /// Where notifications are heard, e.g. the port that the kernel chose; from any thread, waits for the
    /// answer.
    std::vector<std::string> notificationAddresses();

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
