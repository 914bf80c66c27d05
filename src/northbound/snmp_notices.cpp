#include "northbound/snmp_notices.hpp"

#include "mib/headgate_mib.hpp"
#include "northbound/mib_values.hpp"

namespace headgate::northbound {
namespace {

using Notice = snmp::NotificationOriginator::Notice;
using mib::manager::Notification;
using Object = mib::manager::Event;

Notice notice(Notification which, const domain::Event& event) {
    const auto object = [](Object part) { return mib::manager::scalar(part) + 0; };
    return {mib::manager::notification(which),
            {{object(Object::time), mibTime(event.at)},
             {object(Object::severity), mibEnum(event.severity)},
             {object(Object::kind), mibText(event.kind)},
             {object(Object::pool), mibName(event.pool)},
             {object(Object::server), mibName(event.server)},
             {object(Object::appliance), mibName(event.appliance)},
             {object(Object::transaction), mibTransaction(event.transaction)},
             {object(Object::text), mibText(event.text)}},
            event.severity == domain::EventSeverity::alarm || event.severity == domain::EventSeverity::clear};
}

/// Only what went well is no news to act on.
domain::EventSeverity severityOf(domain::OutcomeKind outcome) {
    return outcome == domain::OutcomeKind::committed ? domain::EventSeverity::notice
                                                     : domain::EventSeverity::warning;
}

}

std::optional<Notice> noticeOfPool(const domain::Event& event) {
    if (event.kind == "pool-full") return notice(Notification::poolFull, event);
    if (event.kind == "pool-grown") return notice(Notification::poolGrown, event);
    if (event.kind == "pool-shrunk") return notice(Notification::poolShrunk, event);
    return std::nullopt;
}

Notice noticeOfAlarm(const domain::Event& event) {
    return notice(event.severity == domain::EventSeverity::clear ? Notification::alarmCleared
                                                                 : Notification::alarmRaised,
                  event);
}

Notice noticeOfEnd(const domain::TransactionView& ended) {
    using Column = mib::manager::Transaction;
    const auto outcome = ended.outcome.value_or(domain::OutcomeKind::indeterminate);
    domain::Event event;
    event.at = ended.ended.value_or(ended.started);
    event.severity = severityOf(outcome);
    event.kind = "transaction-over";
    event.pool = ended.pool;
    if (!ended.server.value.empty()) event.server = ended.server;
    event.transaction = ended.id;
    event.text = ended.reason;
    auto made = notice(Notification::transactionOver, event);
    const auto row = std::get<snmp::Gauge>(mibTransaction(ended.id)).value;
    made.objects.push_back({mib::manager::column(Column::kind) + row, mibEnum(ended.kind)});
    made.objects.push_back({mib::manager::column(Column::outcome) + row, mibEnum(outcome)});
    return made;
}

Notice noticeNotTold(std::uint64_t count, domain::Instant now) {
    domain::Event event;
    event.at = now;
    event.severity = domain::EventSeverity::warning;
    event.kind = "not-told";
    event.text = std::to_string(count) + (count == 1 ? " notification was" : " notifications were") +
                 " not told: see the tables for what is true now";
    auto made = notice(Notification::notTold, event);
    made.objects.push_back({mib::manager::scalar(Object::count) + 0, mibCount(count)});
    return made;
}

}
