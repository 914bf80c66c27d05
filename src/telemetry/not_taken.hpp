#pragma once

#include "snmp/notification_receiver.hpp"
#include "telemetry/hearing.hpp"

#include <string>

namespace headgate::telemetry {

/// Says now and then how many notifications were not taken, and why: a line for them all.
class NotTaken {
  public:
    /// "limited=7 unknown-engine=2" of what was counted since the last time; empty: nothing.
    std::string since(const snmp::NotificationReceiver::Counters& received, const Hearing::Counters& heard);

  private:
    snmp::NotificationReceiver::Counters m_received;
    Hearing::Counters m_heard;
};

}
