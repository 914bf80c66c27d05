#pragma once

#include "domain/sample.hpp"
#include "telemetry/agent_track.hpp"
#include "telemetry/column_metrics.hpp"
#include "telemetry/in_turn.hpp"
#include "telemetry/listening.hpp"
#include "telemetry/plan.hpp"
#include "telemetry/rate.hpp"
#include "telemetry/survey.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

class Watch;

/// What a poll learns from an agent's tables, where it is wanted: who listens, the connections, the
/// interfaces, the metrics of columns, and the rows of headgate-agent.
class Tables {
  public:
    static bool wanted(const Role& role);

    /// `address`: where the applications are; `interface`: whose octets are counted, empty: all.
    Tables(Watch& watch, std::string address, std::string interface);

    /// Completes the sample, and then gives it back to the watch.
    struct StandIns {
        bool processor = false;
        bool memory = false;
    };
    void ask(domain::Sample sample, StandIns standIns);

    /// What varbinds say of headgate-agent's rows.
    void readAgent(const std::vector<snmp::Varbind>& varbinds, domain::Sample& sample) const;
    void forgetCounters() { m_interfaces.clear(); }
    /// What was learned of how much it answers at a time.
    void forgetSize() { m_reader.forgetSize(); }
    /// The poll under way is not brought to its end.
    void retire() { m_reader.drop(); }
    /// Of the poll under way, with retries.
    std::uint32_t requests() const { return m_reader.requests(); }
    const std::string& address() const { return m_address; }
    const std::string& interface() const { return m_interface; }

  private:
    using Self = std::shared_ptr<Watch>; ///< keeps the watch, and so this, while a question is on its way

    void learn(std::string_view metric, double reading, domain::ReadingOrigin origin);
    void learnColumn(const std::string& metric, double reading, domain::ReadingOrigin origin);
    bool askRows(); ///< false: there are none to be asked
    void lookForAgent(bool again);
    void lookForColumns();
    void askServices();
    bool wantsConnections() const;
    void askConnections(const Survey& found);
    struct InterfaceRows;
    void askInterfaces(const std::shared_ptr<InterfaceRows>& rows, std::size_t column = 0);
    void readInterfaces(const InterfaceRows& rows);
    Self part(); ///< one more answer is awaited
    void partDone();

    struct Interface {
        CounterTrack in;
        CounterTrack out;
    };

    Watch& m_watch;
    std::string m_address;
    std::string m_interface;
    InTurn m_reader;

    // Between polls.
    std::map<std::uint32_t, Interface> m_interfaces;
    base::Instant m_inAt{};        ///< when the octets in were read
    base::Instant m_outAt{};       ///< and those out: a column may come late
    bool m_showsListeners = false; ///< the agent has had rows in its tcpListenerTable
    AgentTrack m_agent;
    Listening m_listening;
    ColumnMetrics m_columns;

    // Of the poll under way.
    domain::Sample m_sample;
    int m_awaited = 0;
    bool m_looked = false; ///< for columns
};

}
