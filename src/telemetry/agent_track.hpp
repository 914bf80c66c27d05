#pragma once

#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "telemetry/agent_rows.hpp"

#include <map>
#include <optional>
#include <vector>

namespace headgate::telemetry {

/// What is known, from poll to poll, of the headgate-agent on one server: which rows of its table are the
/// applications'. A server without one is asked for it now and then.
class AgentTrack {
  public:
    /// The cells to be asked for in a poll.
    std::vector<snmp::Oid> names() const;

    /// Puts what an answer (or a notification) says of these applications into the sample. The figures are
    /// those of the first one.
    void read(const std::vector<snmp::Varbind>& varbinds,
              const std::vector<domain::Application>& applications, domain::Sample& sample) const;

    /// Did an answer show that a row has gone? Then it is looked for at once.
    bool lost(const std::vector<snmp::Varbind>& varbinds) const;

    bool lookDue(domain::Instant now) const { return now >= m_lookAt; }
    /// What to walk for it: one column.
    static snmp::Oid whatToWalk();
    /// Takes the rows of that walk; false when there are none of these applications.
    bool found(const std::vector<snmp::Varbind>& rows, const std::vector<domain::Application>& applications,
               domain::Instant now);
    void lookSoon() { m_lookAt = {}; }

  private:
    std::map<domain::ApplicationName, RowName> m_rows;
    domain::Instant m_lookAt{};
};

}
