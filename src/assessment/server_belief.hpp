#pragma once

#include "assessment/contact_tracker.hpp"
#include "assessment/level_tracker.hpp"
#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "domain/state.hpp"

#include <map>
#include <optional>
#include <string>

namespace headgate::assessment {

/// What a server is judged by. The pointers are into the configuration; `pool` is null for a spare one,
/// `profile` when there is none of that name.
struct ServerContext {
    const domain::Configuration* configuration = nullptr;
    const domain::Server* server = nullptr;
    const domain::Profile* profile = nullptr;
    const domain::Pool* pool = nullptr;
};

/// The belief in one server: its facts, each with its own time, and the state that follows from them.
class ServerBelief {
  public:
    ServerBelief() = default;
    explicit ServerBelief(const ServerContext& context);

    /// The same server under another configuration. Another address is another machine: its facts are
    /// forgotten.
    void judgeBy(const ServerContext& context);
    /// Takes the facts in; `assess` draws the conclusions.
    void take(const domain::Sample& sample);
    void assess(domain::Instant now);
    /// It joined that pool then, and warms up.
    void warmsUp(const domain::PoolName& pool, domain::Instant at) { m_joined = Joined{pool, at}; }

    const domain::Server& server() const { return *m_context.server; }
    const domain::ServerState& state() const { return m_state; }
    /// Why its level is what it is: "connections 35 of 40 (875 permille ≥ 800) for 5 s".
    const std::string& levelWords() const { return m_levelWords; }
    std::optional<domain::Instant> nextDeadline(domain::Instant now) const;

  private:
    template <typename Value>
    struct Fact {
        Value value;
        domain::Instant at;
    };

    struct Joined {
        domain::PoolName pool;
        domain::Instant at{};
    };

    void forget();
    void forgetStale(domain::Instant now);
    bool judgeAgent(domain::Instant now);
    void judgeApplications();
    void judgeUtilisation(domain::Instant now);
    void judgeWarmth(domain::Instant now);
    std::string describeLevel(const std::string& words) const;

    ServerContext m_context;
    std::string m_address, m_snmpAddress;
    std::optional<domain::PoolName> m_judgedFor;
    std::map<std::string, Fact<double>> m_readings;
    std::map<std::string, std::string> m_origins;             ///< who told them
    std::map<domain::ApplicationName, std::string> m_reasons; ///< why an application is not running
    std::optional<bool> m_agent;                              ///< headgate-agent answers there
    std::map<domain::ApplicationName, Fact<bool>> m_applications;
    std::optional<domain::Instant> m_heard;
    std::string m_failure;
    ContactTracker m_contact;
    std::optional<Joined> m_joined; ///< until it is warm
    LevelTracker m_level;
    std::string m_levelWords;
    domain::ServerState m_state;
};

}
