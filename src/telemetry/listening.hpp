#pragma once

#include "domain/sample.hpp"
#include "telemetry/survey.hpp"

#include <map>
#include <set>
#include <string>

namespace headgate::telemetry {

/// Holds what headgate-agent says of applications against the process table that snmpd shows. Only one way:
/// what listens may well not work, but what does not listen serves nobody. And only where that table has ever
/// shown the application: it may run where snmpd does not see it, such as in a container.
class Listening {
  public:
    /// Another poll; of an agent that was started anew nothing is known of what it sees.
    void begin(bool restarted) {
        m_missing.clear();
        if (restarted) m_seen.clear();
    }
    void found(const domain::ApplicationName& application, const ApplicationFinding& finding);
    /// Puts into the sample, whose applications are as they are believed, what contradicts them.
    void judge(domain::Sample& sample) const;

  private:
    std::set<domain::ApplicationName> m_seen;
    std::map<domain::ApplicationName, std::string> m_missing; ///< of this poll, and why
};

}
