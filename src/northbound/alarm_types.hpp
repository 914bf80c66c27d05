#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace headgate::northbound {

/// RFC 8632's, in rising order.
enum class AlarmSeverity { indeterminate, warning, minor, major, critical };

/// What is known of an alarm by its kind alone: an identity of headgate-alarms, and its entry in the
/// inventory.
struct AlarmType {
    std::string_view name; ///< the identity, and the kind of the events
    AlarmSeverity severity;
    bool willClear; ///< an event says when it is over
    std::string_view description;
};

/// Each that can be raised.
std::span<const AlarmType> alarmTypes();
/// The one of that kind of events; `other` when it has none.
const AlarmType& alarmType(std::string_view kind);

std::string_view toString(AlarmSeverity severity);
std::optional<AlarmSeverity> alarmSeverity(std::string_view word);

}
