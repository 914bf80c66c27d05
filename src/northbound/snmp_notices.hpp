#pragma once

#include "domain/event.hpp"
#include "domain/state.hpp"
#include "snmp/notification_originator.hpp"

#include <optional>

// What HEADGATE-MIB tells unasked, as notifications of it.

namespace headgate::northbound {

/// A pool that became full, grew or shrank; empty for every other event.
std::optional<snmp::NotificationOriginator::Notice> noticeOfPool(const domain::Event& event);

/// An alarm that was raised, or the clear of one that stood.
snmp::NotificationOriginator::Notice noticeOfAlarm(const domain::Event& event);

/// A transaction that ended.
snmp::NotificationOriginator::Notice noticeOfEnd(const domain::TransactionView& ended);

/// So many notifications were not told.
snmp::NotificationOriginator::Notice noticeNotTold(std::uint64_t count, domain::Instant now);

}
