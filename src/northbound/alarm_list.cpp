#include "northbound/alarm_list.hpp"

#include "northbound/translate.hpp"

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>
#include <utility>

namespace headgate::northbound {
namespace {

constexpr std::size_t alarmBound = 10'000;
constexpr std::size_t changeBound = 65'535; ///< "infinite": as many as a number can ask for
constexpr std::size_t operatorBound = 100;

/// The whole of it, as XML Schema has it.
bool matchesWhole(const std::string& text, const std::string& expression) {
    try {
        return std::regex_match(text, std::regex(expression));
    } catch (const std::regex_error&) {
        return text == expression;
    }
}

bool isOrDerives(const std::string& type, const std::string& from) {
    return from == "ietf-alarms:alarm-type-id" || from == "headgate-alarms:headgate-alarm" ||
           from == "headgate-alarms:" + type;
}

std::string entry(const char* list, const char* key, const std::string& name) {
    return std::string("/") + list + "[" + key + "='" + name + "']";
}

std::string resourceOf(const domain::Event& event) {
    const std::string top = topPath;
    const bool ofServer = event.server && (!event.pool || domain::isOfServer(event.kind));
    if (!event.pool && ofServer) return top + entry("server", "name", event.server->value);
    if (event.pool && ofServer) return poolPath(*event.pool) + entry("member", "server", event.server->value);
    if (event.pool && event.appliance)
        return poolPath(*event.pool) + entry("appliance", "name", event.appliance->value);
    if (event.pool) return poolPath(*event.pool);
    if (event.appliance) return appliancePath(*event.appliance);
    return top + "/daemon";
}

}

AlarmKey alarmKeyOf(const domain::Event& event) {
    const auto& type = alarmType(event.kind);
    AlarmKey key{resourceOf(event), std::string(type.name), {}};
    if (type.name != event.kind) key.qualifier = event.kind;
    // Two that differ in what the resource cannot say are two all the same.
    if (event.appliance && event.server && (!event.pool || domain::isOfServer(event.kind)))
        key.qualifier += (key.qualifier.empty() ? "" : " ") + event.appliance->value;
    return key;
}

AlarmPlace placeOf(const Alarm& alarm) {
    return alarm.shelf ? AlarmPlace::shelves : AlarmPlace::list;
}

std::optional<AlarmList::News> AlarmList::take(const domain::Event& event) {
    using domain::EventSeverity;
    if (event.severity != EventSeverity::alarm && event.severity != EventSeverity::clear) return std::nullopt;
    const auto key = alarmKeyOf(event);
    const auto found = m_alarms.find(key);
    if (event.severity == EventSeverity::clear) {
        if (found == m_alarms.end() || found->second.cleared()) return std::nullopt;
        return change(key, found->second, {event.at, std::nullopt, event.text});
    }
    const auto severity = alarmType(event.kind).severity;
    if (found != m_alarms.end()) {
        const auto& last = found->second.changes.front();
        if (last.severity == severity && last.text == event.text) return std::nullopt;
        return change(key, found->second, {event.at, severity, event.text});
    }
    makeRoom();
    Alarm alarm;
    alarm.created = event.at;
    alarm.shelf = shelfOf(key);
    if (alarm.shelf) alarm.operators.push_front({event.at, "headgated", "shelved", "shelf " + *alarm.shelf});
    return change(key, m_alarms.emplace(key, std::move(alarm)).first->second,
                  {event.at, severity, event.text});
}

std::optional<AlarmList::News> AlarmList::change(const AlarmKey& key, Alarm& alarm, StatusChange change) {
    const bool wasCleared = alarm.changes.empty() || alarm.cleared();
    // The list's key is the time.
    if (!alarm.changes.empty())
        change.at = std::max(change.at, alarm.changes.front().at + domain::Duration(1));
    alarm.changed = std::max(alarm.changed, change.at);
    if (change.severity) {
        alarm.severity = *change.severity;
        if (wasCleared) alarm.raised = change.at;
    }
    alarm.changes.push_front(change);
    trim(alarm);
    touch(placeOf(alarm), change.at);
    if (!isTold(alarm, change, wasCleared || !change.severity)) return std::nullopt;
    return News{key, std::move(change)};
}

bool AlarmList::isTold(const Alarm& alarm, const StatusChange& change, bool raisesOrClears) const {
    if (alarm.shelf) return false;
    switch (m_control.notify) {
    case NotifyAlarms::everyChange: return true;
    case NotifyAlarms::raiseAndClear: return raisesOrClears;
    case NotifyAlarms::fromSeverity: return !change.severity || *change.severity >= m_control.from;
    }
    return true;
}

void AlarmList::restore(const std::vector<domain::Event>& history,
                        const std::vector<domain::Event>& standing) {
    for (const auto& event : history)
        take(event);
    std::set<AlarmKey> stand;
    for (const auto& alarm : standing) {
        take(alarm);
        stand.insert(alarmKeyOf(alarm));
    }
    std::erase_if(m_alarms, [&](const auto& each) { return !stand.contains(each.first); });
}

bool AlarmList::matches(const Shelf& shelf, const AlarmKey& key) const {
    const auto selects = [&](const std::string& xpath) { return m_selects(xpath, key.resource); };
    const auto is = [&](const ShelvedType& one) {
        return isOrDerives(key.type, one.type) && matchesWhole(key.qualifier, one.qualifier);
    };
    const auto& [name, resources, types] = shelf;
    return (types.empty() || std::any_of(types.begin(), types.end(), is)) &&
           (resources.empty() || std::any_of(resources.begin(), resources.end(), selects));
}

std::optional<std::string> AlarmList::shelfOf(const AlarmKey& key) const {
    for (const auto& shelf : m_control.shelves)
        if (matches(shelf, key)) return shelf.name;
    return std::nullopt;
}

void AlarmList::control(AlarmControl control, domain::Instant now) {
    m_control = std::move(control);
    for (auto& [key, alarm] : m_alarms) {
        auto shelf = shelfOf(key);
        trim(alarm);
        if (shelf == alarm.shelf) continue;
        const auto left = std::exchange(alarm.shelf, std::move(shelf));
        const auto& named = alarm.shelf ? alarm.shelf : left;
        const auto at =
            alarm.operators.empty() ? now : std::max(now, alarm.operators.front().at + domain::Duration(1));
        alarm.operators.push_front(
            {at, "headgated", alarm.shelf ? "shelved" : "un-shelved", "shelf " + *named});
        alarm.changed = at;
        trim(alarm);
        touch(AlarmPlace::list, now);
        touch(AlarmPlace::shelves, now);
    }
}

bool AlarmList::setOperatorState(const AlarmKey& key, OperatorChange change) {
    const auto found = m_alarms.find(key);
    if (found == m_alarms.end() || found->second.shelf) return false;
    auto& alarm = found->second;
    if (!alarm.operators.empty())
        change.at = std::max(change.at, alarm.operators.front().at + domain::Duration(1));
    alarm.changed = std::max(alarm.changed, change.at);
    touch(AlarmPlace::list, change.at);
    alarm.operators.push_front(std::move(change));
    trim(alarm);
    return true;
}

bool AlarmList::matches(const AlarmFilter& filter, const AlarmKey& key, const Alarm& alarm) const {
    const auto& said = alarm.operators;
    if (filter.cleared && *filter.cleared != alarm.cleared()) return false;
    if (filter.changedBefore && alarm.changes.front().at >= *filter.changedBefore) return false;
    if (filter.severity && !filter.severity(alarm.severity)) return false;
    if (filter.operatorState && (said.empty() ? "none" : said.front().state) != *filter.operatorState)
        return false;
    if (filter.operatorName && (said.empty() || said.front().by != *filter.operatorName)) return false;
    if (filter.type && *filter.type != key.type) return false;
    if (filter.qualifier && *filter.qualifier != key.qualifier) return false;
    return !filter.resource || m_asked(*filter.resource, key.resource);
}

std::size_t AlarmList::purge(AlarmPlace place, const AlarmFilter& filter, domain::Instant now) {
    const auto purged = std::erase_if(m_alarms, [&](const auto& each) {
        return placeOf(each.second) == place && matches(filter, each.first, each.second);
    });
    if (purged > 0) touch(place, now);
    return purged;
}

std::size_t AlarmList::compress(AlarmPlace place, const AlarmFilter& filter) {
    std::size_t compressed = 0;
    for (auto& [key, alarm] : m_alarms) {
        if (placeOf(alarm) != place || !matches(filter, key, alarm)) continue;
        alarm.changes.resize(1);
        ++compressed;
    }
    return compressed;
}

std::size_t AlarmList::count(AlarmPlace place) const {
    return static_cast<std::size_t>(std::count_if(
        m_alarms.begin(), m_alarms.end(), [&](const auto& each) { return placeOf(each.second) == place; }));
}

void AlarmList::trim(Alarm& alarm) const {
    const auto most = std::clamp<std::size_t>(m_control.keptChanges.value_or(changeBound), 1, changeBound);
    if (alarm.changes.size() > most) alarm.changes.resize(most);
    if (alarm.operators.size() > operatorBound) alarm.operators.resize(operatorBound);
}

void AlarmList::makeRoom() {
    if (m_alarms.size() < alarmBound) return;
    auto oldest = m_alarms.begin();
    for (auto each = std::next(oldest); each != m_alarms.end(); ++each) {
        const auto rank = [](const Alarm& alarm) { return std::pair(!alarm.cleared(), alarm.changed); };
        if (rank(each->second) < rank(oldest->second)) oldest = each;
    }
    m_alarms.erase(oldest);
}

void AlarmList::touch(AlarmPlace place, domain::Instant at) {
    auto& changed = place == AlarmPlace::list ? m_listChanged : m_shelvesChanged;
    changed = std::max(changed.value_or(at), at);
}

}
