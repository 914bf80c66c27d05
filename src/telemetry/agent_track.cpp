#include "telemetry/agent_track.hpp"

#include "telemetry/agent_settings.hpp"

#include <algorithm>
#include <array>

namespace headgate::telemetry {
namespace {

using Column = mib::server::Application;
using mib::server::column;
using mib::server::State;

constexpr auto lookApart = std::chrono::seconds(60);
constexpr std::array asked{Column::state, Column::stateReason, Column::utilisation,
                           Column::level, Column::connections, Column::settingsRevision};

void take(const domain::Application& application, const AgentRow& row, domain::Sample& sample) {
    const auto state = row.number(Column::state);
    if (state == static_cast<int>(State::up))
        sample.applications[application.name] = domain::ApplicationState::running;
    else if (state == static_cast<int>(State::down))
        sample.applications[application.name] = domain::ApplicationState::notRunning;
    if (const auto reason = row.text(Column::stateReason); !reason.empty())
        sample.reasons[application.name] = "headgate-agent: " + shown(reason);
    if (const auto revision = row.number(Column::settingsRevision))
        sample.revisions[application.name] = static_cast<std::uint32_t>(*revision);
}

void takeFigures(const AgentRow& row, domain::Sample& sample) {
    const auto learn = [&](const char* name, std::optional<std::int64_t> value) {
        if (!value) return;
        sample.readings.set(name, static_cast<double>(*value), domain::ReadingOrigin::headgateAgent);
    };
    // What has no level is not known.
    if (row.number(Column::level).value_or(0) > static_cast<int>(mib::server::Level::unknown))
        learn("utilisation", row.number(Column::utilisation));
    learn("connections", row.number(Column::connections));
}

}

std::vector<snmp::Oid> AgentTrack::names() const {
    std::vector<snmp::Oid> names;
    for (const auto& [application, row] : m_rows)
        for (const auto which : asked)
            names.push_back(column(which) + row.index());
    return names;
}

void AgentTrack::read(const std::vector<snmp::Varbind>& varbinds,
                      const std::vector<domain::Application>& applications, domain::Sample& sample) const {
    const auto rows = readRows(mib::server::applicationEntry, varbinds);
    for (const auto& application : applications) {
        const auto name = m_rows.find(application.name);
        const auto row = name == m_rows.end() ? rows.end() : rows.find(name->second);
        if (row == rows.end()) continue;
        take(application, row->second, sample);
        if (application.name == applications.front().name) takeFigures(row->second, sample);
    }
}

bool AgentTrack::lost(const std::vector<snmp::Varbind>& varbinds) const {
    return std::any_of(m_rows.begin(), m_rows.end(), [&](const auto& row) {
        const auto* state = snmp::find(varbinds, column(Column::state) + row.second.index());
        return state && snmp::isMissing(*state);
    });
}

snmp::Oid AgentTrack::whatToWalk() {
    return column(Column::state);
}

bool AgentTrack::found(const std::vector<snmp::Varbind>& rows,
                       const std::vector<domain::Application>& applications, domain::Instant now) {
    m_rows.clear();
    m_lookAt = now + lookApart;
    const auto offered = readRows(mib::server::applicationEntry, rows);
    for (const auto& application : applications)
        if (const auto* row = rowOf(application.name, offered)) m_rows[application.name] = row->first;
    return !m_rows.empty();
}

}
