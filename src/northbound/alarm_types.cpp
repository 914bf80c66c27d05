#include "northbound/alarm_types.hpp"

#include <algorithm>
#include <array>

namespace headgate::northbound {
namespace {

using enum AlarmSeverity;

/// In the order of yang/headgate-alarms.yang.
constexpr std::array types{
    AlarmType{
        "indeterminate", critical, true,
        "Nobody knows how a transaction ended on an appliance. Its pool is not touched, and its servers "
        "stay reserved, until a check has proved each of the pool's appliances: see headgate check and "
        "headgate repair."},
    AlarmType{"not-recorded", critical, false,
              "A change that was made cannot be recorded in the running configuration: see the text."},
    AlarmType{"journal-not-written", critical, true,
              "The journal cannot be written, and nothing new is begun: make room in the state directory."},
    AlarmType{"no-candidate", major, true,
              "A pool is full, and no server can join it: see the refusals in the text."},
    AlarmType{"pool-flapping", minor, true,
              "A pool grows and shrinks by turns, and is changed ever more rarely: set its levels farther "
              "apart, or "
              "its shrink-after longer."},
    AlarmType{
        "growth-without-benefit", major, true,
        "A pool is full, and the members that joined it lately relieved nothing: look for what else limits "
        "it, or why its clients do not go to who is new (headgate explain)."},
    AlarmType{
        "appliance-lost", major, true,
        "An appliance is not reached, or did not answer within a transaction: look after it, its network"
        " and its credential."},
    AlarmType{"appliance-refused", major, true,
              "An appliance refused what a transaction asked of it: the text has its words. The pool waits "
              "before it tries again."},
    AlarmType{"lock-held", major, true,
              "Somebody else holds a lock on an appliance that a transaction needs: end that session."},
    AlarmType{"not-confirmed", major, true, "An appliance did not keep to a confirmed commit: see the text."},
    AlarmType{"not-verified", major, true,
              "An appliance did not show what was committed to it: see the text."},
    AlarmType{"pair-unclear", major, true,
              "Which appliance of a pair is the active one is not clear: see the text."},
    AlarmType{"drift", major, true,
              "An appliance has something else than what is recorded: headgate check says what, headgate "
              "repair leads it back."},
    AlarmType{
        "not-saved", major, true,
        "An appliance runs a change that it has not saved to its startup: a restart of it would lose the"
        " change."},
    AlarmType{"refused-by-name", major, true,
              "An appliance refused the member that a transaction changes, by its name: the text has its "
              "words."},
    AlarmType{"interrupted", major, true,
              "headgated ended in the middle of a transaction, which was taken back: see the text."},
    AlarmType{"no-settings", major, true,
              "A server did not tell the settings that a change of its pool needs: see the text."},
    AlarmType{"no-data-source", major, true,
              "A server did not take the data source that its member was to have: see the text."},
    AlarmType{"data-source-full", major, true,
              "A data source is full, and more servers in front of it would not help: give it more capacity, "
              "or its servers another one."},
    AlarmType{"operators-own", minor, true,
              "A repair would have overwritten what an operator has set on a member: see the text."},
    AlarmType{"not-as-asked", major, true, "What a server told is not what was asked for: see the text."},
    AlarmType{"lock-left", minor, true,
              "An appliance still holds a lock of a session of Headgate's that has ended: end that session "
              "there."},
    AlarmType{
        "data-source-left", minor, true,
        "A server that did not join still uses the data source that it was told: tell it the former one."},
    AlarmType{"settings-refused", minor, true,
              "New settings of a server, or more of its weight, were not taken, and its member keeps what is "
              "recorded: see the text."},
    AlarmType{"authentication-expires", warning, true,
              "Authentication settings of a member end soon, or have ended: give the server new ones."},
    AlarmType{"commit-not-undone", major, true,
              "A commit of several steps, or a confirmed one, could not be taken back so far: it is tried "
              "again, see the text."},
    AlarmType{"history-not-written", minor, true,
              "The history of events is not written: make room in the state directory."},
    AlarmType{"telemetry-trouble", major, false,
              "Servers cannot be watched, or notifications not be heard, as configured: see the text."},
    AlarmType{"netconf-server-trouble", major, false,
              "Headgate's own NETCONF server does not serve all that is configured: see the text."},
    AlarmType{
        "call-home-unreachable", major, true,
        "Clients that are to be called are not reached, or do not let a session come about: see the text "
        "for which and why."},
    AlarmType{"duplicate-engine-id", warning, true,
              "SNMP agents at different addresses have the same engine id: give each its own. What they send "
              "unasked is only a hint until then: see the text for whose."},
    AlarmType{"other", major, false, "An alarm of a kind that has no name of its own: see the text."},
};

}

std::span<const AlarmType> alarmTypes() {
    return types;
}

const AlarmType& alarmType(std::string_view kind) {
    const auto found =
        std::find_if(types.begin(), types.end(), [&](const auto& t) { return t.name == kind; });
    return found == types.end() ? types.back() : *found;
}

std::string_view toString(AlarmSeverity severity) {
    switch (severity) {
    case indeterminate: return "indeterminate";
    case warning: return "warning";
    case minor: return "minor";
    case major: return "major";
    case critical: return "critical";
    }
    return "?";
}

std::optional<AlarmSeverity> alarmSeverity(std::string_view word) {
    for (const auto severity : {indeterminate, warning, minor, major, critical})
        if (toString(severity) == word) return severity;
    return std::nullopt;
}

}
