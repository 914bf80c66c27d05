#pragma once

#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "telemetry/agent_track.hpp"
#include "telemetry/asker.hpp"
#include "telemetry/rate.hpp"
#include "telemetry/survey.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// What there is to know of one server: its entry, and what its names stand for.
struct Subject {
    domain::Server server;
    std::vector<domain::Application> applications;
    domain::Profile profile;
    snmp::CredentialsPtr credentials;
    bool operator==(const Subject&) const = default;
};

/// Polls one server when told to: one poll at a time, each giving one Sample. Keeps the counters between
/// polls.
class Watch : public std::enable_shared_from_this<Watch> {
  public:
    using OnSample = std::function<void(domain::Sample, const std::optional<snmp::EngineState>&)>;

    Watch(Asker& asker, const base::Clock& clock, Subject subject);

    /// Not while `polling`.
    void poll(OnSample done);

    bool polling() const { return m_done != nullptr; }
    const Subject& subject() const { return m_subject; }
    const snmp::TargetPtr& target() const { return m_target; }

    /// What these varbinds of a notification say of it; counters are left out. Its time is for the caller to
    /// set.
    domain::Sample sampleOf(const std::vector<snmp::Varbind>& varbinds) const;

  private:
    bool wants(const std::string& metric) const;
    void learn(const std::string& metric, double reading, const char* origin);
    void readAgent(const std::vector<snmp::Varbind>& varbinds);
    void askAgent();
    std::vector<snmp::Oid> scalars() const;
    void onScalars(snmp::Reply reply);
    void judgeAge(const std::vector<snmp::Varbind>& varbinds, const std::optional<snmp::EngineState>& engine);
    void readProcessor(const std::vector<snmp::Varbind>& varbinds);
    void readMemory(const std::vector<snmp::Varbind>& varbinds);
    void readOthers(const std::vector<snmp::Varbind>& varbinds);
    void askProcessors();
    void askServices();
    void askConnections(const Survey& found);
    void askInterfaces();
    void readInterfaces(const std::vector<snmp::Varbind>& names, const std::vector<snmp::Varbind>& in,
                        const std::vector<snmp::Varbind>& out);
    void part(); ///< one more answer is awaited
    void partDone();
    void finish();

    struct Interface {
        CounterTrack in;
        CounterTrack out;
    };

    Asker& m_asker;
    const base::Clock& m_clock;
    Subject m_subject;
    snmp::TargetPtr m_target;

    // Between polls.
    AgeTrack m_age;
    CounterTrack m_cpuIdle;
    std::vector<CounterTrack> m_cpuBusy;
    std::map<std::string, CounterTrack> m_counters;
    std::map<std::uint32_t, Interface> m_interfaces;
    bool m_showsListeners = false; ///< the agent has had rows in its tcpListenerTable
    AgentTrack m_agent;

    // Of the poll under way.
    OnSample m_done;
    domain::Sample m_sample;
    std::optional<snmp::EngineState> m_engine;
    base::Instant m_at{};
    int m_awaited = 0;
};

}
