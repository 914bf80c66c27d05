#pragma once

#include "snmp/client.hpp"

#include <functional>
#include <vector>

namespace headgate::telemetry {

/// What telemetry needs of an SNMP client; a recording fake stands in for it in tests. Answers come later, on
/// the same thread, never from inside the call.
class Asker {
  public:
    virtual ~Asker() = default;
    virtual void get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) = 0;
    virtual void walk(const snmp::TargetPtr& target, const snmp::Oid& subtree, const snmp::WalkLimits& limits,
                      snmp::OnReply done) = 0;
    virtual void set(const snmp::TargetPtr& target, std::vector<snmp::Varbind> values,
                     snmp::OnReply done) = 0;
    /// Calls back after that time.
    virtual void later(base::Duration pause, std::function<void()> what) = 0;
};

}
