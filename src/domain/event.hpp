#pragma once

#include "domain/names.hpp"
#include "domain/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace headgate::domain {

/// notice: a state changed; warning: handled; alarm: an operator must act; clear: the alarm of the same
/// `kind` and subject is over.
enum class EventSeverity { notice, warning, alarm, clear };

/// Something that an operator is told. `kind` is a stable word with hyphens, e.g. server-full, pool-grown,
/// no-candidate, appliance-lost, transaction-state, rolled-back, indeterminate, notification.
struct Event {
    Instant at{};
    EventSeverity severity = EventSeverity::notice;
    std::string kind;
    std::optional<ServerName> server;
    std::optional<PoolName> pool;
    std::optional<ApplianceName> appliance;
    std::optional<TransactionId> transaction;
    std::string text; ///< one sentence
    bool operator==(const Event&) const = default;
};

std::string_view toString(EventSeverity severity);

/// Is an alarm of this kind about one server of its pool, so that each of them may have its own?
bool isOfServer(std::string_view kind);
/// Are these two about the same, so that one is told again, or ended, by the other?
bool sameAlarm(const Event& a, const Event& b);

}
