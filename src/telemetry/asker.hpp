#pragma once

#include "snmp/client.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace headgate::telemetry {

/// What it takes to read an agent's tables. Answers come later, on the same thread, never from inside the
/// call.
class Reader {
  public:
    virtual ~Reader() = default;
    virtual void get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) = 0;
    virtual void walk(const snmp::TargetPtr& target, const snmp::Oid& subtree, const snmp::WalkLimits& limits,
                      snmp::OnReply done) = 0;
};

/// What telemetry needs of an SNMP client; a recording fake stands in for it in tests.
class Asker : public Reader {
  public:
    virtual void poll(const snmp::TargetPtr& target, const snmp::QuestionPtr& question,
                      const std::shared_ptr<snmp::PollListener>& listener) = 0;
    /// All that was asked so far, retries and walks included.
    struct Load {
        std::uint64_t sent = 0;
        std::size_t inFlight = 0;
    };
    virtual Load load() const = 0;
    /// From `hold` until `flush` what is asked is kept, to go out together.
    virtual void hold() = 0;
    virtual void flush() = 0;
    virtual void set(const snmp::TargetPtr& target, std::vector<snmp::Varbind> values,
                     snmp::OnReply done) = 0;
    /// Calls back after that time.
    virtual void later(base::Duration pause, std::function<void()> what) = 0;
};

}
