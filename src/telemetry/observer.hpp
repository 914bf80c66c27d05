#pragma once

#include "telemetry/asker.hpp"
#include "telemetry/telemetry.hpp"

#include <functional>
#include <map>
#include <memory>

namespace headgate::telemetry {

/// Asks the appliances' SNMP agents what a transaction wants to know of them. It knows nobody's MIB: it is
/// told the columns, and gives their rows.
class Observer {
  public:
    Observer(Asker& asker, std::function<void(Observation)> told);

    void configure(const Configure& configuration);
    void observe(const Observe& request);

  private:
    void walk(const snmp::TargetPtr& target, const std::shared_ptr<Observation>& made,
              const snmp::Oid& column, const std::shared_ptr<std::size_t>& left);

    Asker& m_asker;
    std::function<void(Observation)> m_told;
    std::map<domain::ApplianceName, snmp::TargetPtr> m_targets;
};

}
