#include "northbound/standing_alarms.hpp"

#include <algorithm>
#include <utility>

namespace headgate::northbound {

using domain::EventSeverity;

StandingAlarms::StandingAlarms(std::vector<domain::Event> standing) {
    for (auto& event : standing)
        m_alarms.push_back({++m_last, std::move(event)});
}

StandingAlarms::Heard StandingAlarms::hear(const domain::Event& event) {
    if (event.severity != EventSeverity::alarm && event.severity != EventSeverity::clear) return {};
    const auto found = std::find_if(m_alarms.begin(), m_alarms.end(), [&](const Alarm& alarm) {
        return domain::sameAlarm(alarm.event, event);
    });
    const bool stands = found != m_alarms.end();
    if (event.severity == EventSeverity::clear) {
        if (!stands) return {};
        auto over = std::move(found->event);
        over.severity = event.severity;
        over.at = event.at;
        over.text = event.text;
        m_alarms.erase(found);
        return {News::cleared, std::move(over)};
    }
    if (stands) {
        found->event.text = event.text;
        return {};
    }
    m_alarms.push_back({++m_last, event});
    return {News::raised, event};
}

}
