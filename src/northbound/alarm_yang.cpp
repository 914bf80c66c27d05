// Alarms in the words of ietf-alarms.

#include "northbound/alarm_yang.hpp"

#include "base/clock.hpp"
#include "northbound/northbound.hpp"
#include "northbound/writer.hpp"
#include "yang/rpc_error.hpp"

#include <libyang/libyang.h>

#include <array>
#include <chrono>
#include <utility>

namespace headgate::northbound {
namespace {

const std::string top = "/ietf-alarms:alarms";

std::string identityOf(std::string_view type) {
    return "headgate-alarms:" + std::string(type);
}

std::string withoutModule(const std::string& identity) {
    return identity.substr(identity.find(':') + 1);
}

std::string_view wordOf(const std::optional<AlarmSeverity>& severity) {
    return severity ? toString(*severity) : "cleared";
}

/// Counts of one severity.
struct Tally {
    std::size_t cleared = 0, standing = 0, clearedClosed = 0, standingClosed = 0;
};

void writeChange(const Writer& to, const StatusChange& change) {
    to.leaf("perceived-severity", wordOf(change.severity));
    to.leaf("alarm-text", change.text);
}

void writeOperator(const Writer& to, const OperatorChange& change) {
    to.leaf("operator", change.by);
    to.leaf("state", change.state);
    to.text("text", change.text);
}

/// What an alarm has in the list and on a shelf.
void writeAlarm(const Writer& to, const Alarm& alarm) {
    if (!to) return;
    to.boolean("is-cleared", alarm.cleared());
    to.time("last-raised", alarm.raised);
    to.time("last-changed", alarm.changed);
    to.leaf("perceived-severity", toString(alarm.severity));
    to.leaf("alarm-text", alarm.changes.front().text);
    for (const auto& change : alarm.changes)
        writeChange(to.entry("status-change", base::rfc3339(change.at)), change);
    for (const auto& change : alarm.operators)
        writeOperator(to.entry("operator-state-change", base::rfc3339(change.at)), change);
}

void writeInventory(const Writer& to) {
    for (const auto& type : alarmTypes()) {
        const auto entry = to.entry("alarm-type", identityOf(type.name));
        entry.boolean("will-clear", type.willClear);
        entry.leaf("severity-level", toString(type.severity));
        entry.leaf("description", type.description);
    }
}

void writeSummary(const Writer& to, const AlarmList& list) {
    std::map<AlarmSeverity, Tally> tallies;
    for (const auto severity :
         {AlarmSeverity::warning, AlarmSeverity::minor, AlarmSeverity::major, AlarmSeverity::critical})
        tallies[severity];
    for (const auto& [key, alarm] : list.alarms()) {
        if (alarm.shelf) continue;
        auto& tally = tallies[alarm.severity];
        ++(alarm.cleared() ? tally.cleared : tally.standing);
        if (alarm.closed()) ++(alarm.cleared() ? tally.clearedClosed : tally.standingClosed);
    }
    for (const auto& [severity, tally] : tallies) {
        const auto entry = to.entry("alarm-summary", std::string(toString(severity)));
        entry.number("total", tally.cleared + tally.standing);
        entry.number("not-cleared", tally.standing);
        entry.number("cleared", tally.cleared);
        entry.number("cleared-not-closed", tally.cleared - tally.clearedClosed);
        entry.number("cleared-closed", tally.clearedClosed);
        entry.number("not-cleared-closed", tally.standingClosed);
        entry.number("not-cleared-not-closed", tally.standing - tally.standingClosed);
    }
    if (list.count(AlarmPlace::shelves) > 0) to.leaf("shelves-active", "");
}

Shelf readShelf(const yang::Node& node) {
    Shelf shelf{node.leafOr("name", ""), node.leafList("resource"), {}};
    for (const auto& type : node.children("alarm-type"))
        shelf.types.push_back(
            {type.leafOr("alarm-type-id", ""), type.leafOr("alarm-type-qualifier-match", "")});
    return shelf;
}

std::optional<domain::Duration> readAge(const yang::Node& age) {
    using std::chrono::seconds;
    for (const auto& [unit, length] : {std::pair{"seconds", seconds(1)}, std::pair{"minutes", seconds(60)},
                                       std::pair{"hours", seconds(3600)}, std::pair{"days", seconds(86400)},
                                       std::pair{"weeks", seconds(7 * 86400)}})
        if (const auto number = age.leaf(unit)) return length * std::stol(*number);
    return std::nullopt;
}

std::function<bool(AlarmSeverity)> readSeverities(const yang::Node& node) {
    const auto level = [&](const char* leaf) { return alarmSeverity(node.leafOr(leaf, "")); };
    if (const auto most = level("below")) return [most](AlarmSeverity is) { return is < *most; };
    if (const auto one = level("is")) return [one](AlarmSeverity is) { return is == *one; };
    if (const auto least = level("above")) return [least](AlarmSeverity is) { return is > *least; };
    return {};
}

[[noreturn]] void clearanceMissing() {
    yang::RpcError error;
    error.tag = "missing-element";
    error.info = {{"bad-element", "alarm-clearance-status"}};
    error.message = "Which alarms are to be purged: any, cleared, or not-cleared?";
    throw yang::RpcErrors(std::move(error));
}

}

AlarmControl readAlarmControl(const yang::Tree& running) {
    AlarmControl control;
    const auto node = running.find(top + "/control");
    if (!node) return control;
    const auto kept = node->leafOr("max-alarm-status-changes", "32");
    control.keptChanges = kept == "infinite" ? std::nullopt : std::optional<std::size_t>(std::stoul(kept));
    const auto notify = node->leafOr("notify-status-changes", "all-state-changes");
    if (notify == "raise-and-clear") control.notify = NotifyAlarms::raiseAndClear;
    if (notify == "severity-level") control.notify = NotifyAlarms::fromSeverity;
    control.from =
        alarmSeverity(node->leafOr("notify-severity-level", "")).value_or(AlarmSeverity::indeterminate);
    if (const auto shelving = node->child("alarm-shelving"))
        for (const auto& shelf : shelving->children("shelf"))
            control.shelves.push_back(readShelf(shelf));
    return control;
}

AlarmKey readAlarmKey(const yang::Node& alarm) {
    return {alarm.leafOr("resource", ""), withoutModule(alarm.leafOr("alarm-type-id", "")),
            alarm.leafOr("alarm-type-qualifier", "")};
}

AlarmFilter readAlarmFilter(const yang::Node& operation, domain::Instant now) {
    AlarmFilter filter;
    if (operation.name().starts_with("purge-")) {
        const auto status = operation.leaf("alarm-clearance-status");
        if (!status) clearanceMissing();
        if (*status != "any") filter.cleared = *status == "cleared";
    }
    if (const auto older = operation.child("older-than"))
        if (const auto age = readAge(*older)) filter.changedBefore = now - *age;
    if (const auto severity = operation.child("severity")) filter.severity = readSeverities(*severity);
    if (const auto said = operation.child("operator-state-filter")) {
        filter.operatorState = said->leaf("state");
        filter.operatorName = said->leaf("user");
    }
    filter.resource = operation.leaf("resource");
    if (const auto type = operation.leaf("alarm-type-id")) filter.type = withoutModule(*type);
    filter.qualifier = operation.leaf("alarm-type-qualifier");
    return filter;
}

void fillAlarms(yang::Tree& data, const AlarmList& list) {
    if (!data.find(top)) data.set(top);
    const Writer to(const_cast<lyd_node*>(data.find(top)->raw()));
    writeInventory(to.container("alarm-inventory"));
    writeSummary(to.container("summary"), list);
    const auto current = to.container("alarm-list");
    current.number("number-of-alarms", list.count(AlarmPlace::list));
    current.time("last-changed", list.lastChanged(AlarmPlace::list));
    const auto shelves = to.container("shelved-alarms");
    shelves.number("number-of-shelved-alarms", list.count(AlarmPlace::shelves));
    shelves.time("shelved-alarms-last-changed", list.lastChanged(AlarmPlace::shelves));
    for (const auto& [key, alarm] : list.alarms()) {
        const auto entry = (alarm.shelf ? shelves : current)
                               .entry(alarm.shelf ? "shelved-alarm" : "alarm", key.resource,
                                      identityOf(key.type), key.qualifier);
        writeAlarm(entry, alarm);
        if (alarm.shelf)
            entry.leaf("shelf-name", *alarm.shelf);
        else
            entry.time("time-created", alarm.created);
    }
}

yang::Tree alarmNotification(const yang::Context& context, const AlarmKey& key, const StatusChange& change) {
    const auto* module = ly_ctx_get_module_implemented(context.raw(), "ietf-alarms");
    lyd_node* node = nullptr;
    if (!module || lyd_new_inner(nullptr, module, "alarm-notification", 0, &node) != LY_SUCCESS)
        throw Error("the notification alarm-notification is not in the model");
    auto tree = yang::Tree::adopt(context.raw(), node);
    const Writer to(node);
    to.leaf("resource", key.resource);
    to.leaf("alarm-type-id", identityOf(key.type));
    to.leaf("alarm-type-qualifier", key.qualifier);
    to.time("time", change.at);
    writeChange(to, change);
    return tree;
}

yang::Tree operatorNotification(const yang::Context& context, const AlarmKey& key,
                                const OperatorChange& change) {
    yang::Tree tree(context);
    const auto alarm = top + "/alarm-list/alarm[resource=" + yang::quoted(key.resource) +
                       "][alarm-type-id='" + identityOf(key.type) +
                       "'][alarm-type-qualifier=" + yang::quoted(key.qualifier) + "]";
    tree.set(alarm + "/operator-action/time", base::rfc3339(change.at));
    writeOperator(Writer(const_cast<lyd_node*>(tree.find(alarm + "/operator-action")->raw())), change);
    return tree;
}

}
