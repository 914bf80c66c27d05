#pragma once

#include "domain/event.hpp"
#include "northbound/alarm_types.hpp"

#include <compare>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::northbound {

/// What tells one alarm from another (RFC 8632, section 3.4): the instance-identifier of the resource, in
/// libyang's form with modules' names; the identity without its module; the qualifier, which may be empty.
struct AlarmKey {
    std::string resource;
    std::string type;
    std::string qualifier;
    auto operator<=>(const AlarmKey&) const = default;
};

/// One change of an alarm's status; no severity: it was cleared.
struct StatusChange {
    domain::Instant at{};
    std::optional<AlarmSeverity> severity;
    std::string text;
    bool operator==(const StatusChange&) const = default;
};

/// What an operator has said of an alarm: none | ack | closed; or what a shelf has made of it: shelved |
/// un-shelved.
struct OperatorChange {
    domain::Instant at{};
    std::string by;
    std::string state;
    std::string text;
    bool operator==(const OperatorChange&) const = default;
};

/// An alarm, standing or cleared.
struct Alarm {
    domain::Instant created{};
    domain::Instant raised{}; ///< last
    domain::Instant changed{};
    AlarmSeverity severity = AlarmSeverity::major; ///< while it stood last
    std::deque<StatusChange> changes{};            ///< latest first; never empty
    std::deque<OperatorChange> operators{};        ///< latest first
    std::optional<std::string> shelf{};            ///< that it is on

    bool cleared() const { return !changes.front().severity; }
    bool closed() const { return !operators.empty() && operators.front().state == "closed"; }
};

/// One criterion of a shelf: an identity with its module, or one that it is derived from, and a regular
/// expression for the whole qualifier.
struct ShelvedType {
    std::string type;
    std::string qualifier;
    bool operator==(const ShelvedType&) const = default;
};

/// Alarms that are not told. What is empty is no criterion.
struct Shelf {
    std::string name;
    std::vector<std::string> resources{}; ///< XPath
    std::vector<ShelvedType> types{};
    bool operator==(const Shelf&) const = default;
};

enum class NotifyAlarms { everyChange, raiseAndClear, fromSeverity };

/// How alarms are looked after: /alarms/control.
struct AlarmControl {
    std::optional<std::size_t> keptChanges = 32; ///< of each alarm; nothing: as many as there are
    NotifyAlarms notify = NotifyAlarms::everyChange;
    AlarmSeverity from = AlarmSeverity::indeterminate;
    std::vector<Shelf> shelves{};
    bool operator==(const AlarmControl&) const = default;
};

/// What purge and compress take: all that is set must hold.
struct AlarmFilter {
    std::optional<bool> cleared{};
    std::optional<domain::Instant> changedBefore{};
    std::function<bool(AlarmSeverity)> severity{};
    std::optional<std::string> operatorState{};
    std::optional<std::string> operatorName{};
    std::optional<std::string> resource{}; ///< XPath
    std::optional<std::string> type{};     ///< identity without its module
    std::optional<std::string> qualifier{};
};

enum class AlarmPlace { list, shelves };

/// The alarms that there are and were (RFC 8632), as Headgate's events tell of them. Bounded: the alarms that
/// were cleared longest ago go when there are too many.
class AlarmList {
  public:
    /// Does the XPath expression select that resource?
    using Selects = std::function<bool(const std::string& xpath, const std::string& resource)>;
    /// `selects` is for shelves, which are configuration; `asked` for what a user asks for.
    AlarmList(Selects selects, Selects asked)
        : m_selects(std::move(selects))
        , m_asked(std::move(asked)) {}

    /// What came of an event and is to be told.
    struct News {
        AlarmKey key;
        StatusChange change;
    };
    /// Any event; those that neither raise nor clear an alarm change nothing.
    std::optional<News> take(const domain::Event& event);
    /// Those of `standing` stand from before, with what the history tells of them, and no others.
    void restore(const std::vector<domain::Event>& history, const std::vector<domain::Event>& standing);

    void control(AlarmControl control, domain::Instant now);

    /// False when it is not in the list.
    bool setOperatorState(const AlarmKey& key, OperatorChange change);
    /// How many there were.
    std::size_t purge(AlarmPlace place, const AlarmFilter& filter, domain::Instant now);
    std::size_t compress(AlarmPlace place, const AlarmFilter& filter);

    const std::map<AlarmKey, Alarm>& alarms() const { return m_alarms; }
    std::size_t count(AlarmPlace place) const;
    std::optional<domain::Instant> lastChanged(AlarmPlace place) const {
        return place == AlarmPlace::list ? m_listChanged : m_shelvesChanged;
    }

  private:
    std::optional<News> change(const AlarmKey& key, Alarm& alarm, StatusChange change);
    bool isTold(const Alarm& alarm, const StatusChange& change, bool raisesOrClears) const;
    bool matches(const AlarmFilter& filter, const AlarmKey& key, const Alarm& alarm) const;
    bool matches(const Shelf& shelf, const AlarmKey& key) const;
    std::optional<std::string> shelfOf(const AlarmKey& key) const;
    void trim(Alarm& alarm) const;
    void makeRoom();
    void touch(AlarmPlace place, domain::Instant at);

    Selects m_selects;
    Selects m_asked;
    AlarmControl m_control;
    std::map<AlarmKey, Alarm> m_alarms;
    std::optional<domain::Instant> m_listChanged;
    std::optional<domain::Instant> m_shelvesChanged;
};

/// Which alarm an event is about.
AlarmKey alarmKeyOf(const domain::Event& event);
AlarmPlace placeOf(const Alarm& alarm);

}
