#pragma once

#include "northbound/alarm_list.hpp"
#include "yang/context.hpp"
#include "yang/node.hpp"
#include "yang/tree.hpp"

namespace headgate::northbound {

/// /alarms/control as a value.
AlarmControl readAlarmControl(const yang::Tree& running);

/// The key of an entry of /alarms/alarm-list/alarm.
AlarmKey readAlarmKey(const yang::Node& alarm);

/// The input of purge-alarms or compress-alarms; ages are counted back from `now`. Throws yang::RpcErrors for
/// what is missing.
AlarmFilter readAlarmFilter(const yang::Node& operation, domain::Instant now);

/// Puts inventory, summary, list and shelves into `data`.
void fillAlarms(yang::Tree& data, const AlarmList& list);

/// The notification alarm-notification.
yang::Tree alarmNotification(const yang::Context& context, const AlarmKey& key, const StatusChange& change);
/// The notification operator-action, within its alarm.
yang::Tree operatorNotification(const yang::Context& context, const AlarmKey& key,
                                const OperatorChange& change);

}
