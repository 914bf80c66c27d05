#pragma once

#include "snmp/notification.hpp"
#include "snmp/pdu.hpp"

namespace headgate::snmp {

/// Puts what the PDU of a trap or inform says into the notification: its kind, snmpTrapOID.0, sysUpTime.0 and
/// the varbinds after them (RFC 3416 §4.2.6), and whom it is passed on for (RFC 3584 §3.1). False when it
/// names no trap.
bool take(Pdu pdu, Notification& notification);

/// The same of a trap of v1 (RFC 3584 §3.1); its source is for the caller to set.
Notification notificationOf(TrapV1 trap);

}
