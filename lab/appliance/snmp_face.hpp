#pragma once

#include "appliance/mib.hpp"
#include "appliance/options.hpp"

#include <functional>
#include <memory>
#include <string>

namespace headgate::appliance {

/// The appliance as SNMP managers see it: an agent with the family's objects, and a sender of its traps. It
/// has a thread of its own and never waits for the rest of the appliance, so that it answers whatever that
/// does.
class SnmpFace {
  public:
    /// `look` is called several times a second, on the face's thread: it must have `show` called soon, and
    /// not wait. Throws snmp::Error, std::runtime_error when it cannot serve.
    SnmpFace(const Options& options, std::function<void()> look);
    ~SnmpFace();
    SnmpFace(const SnmpFace&) = delete;
    SnmpFace& operator=(const SnmpFace&) = delete;

    /// Where it is reached.
    std::string address() const;

    // From any thread.

    /// What there is now. Members whose state is another one than before are told of.
    void show(Configuration configuration, Status status);
    void tell(ConfigurationChange change);
    void tell(HaState state);

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
