#include "telemetry/agent_rows.hpp"

#include "base/secret.hpp"
#include "snmp/objects.hpp"

#include <span>

namespace headgate::telemetry {
namespace {

/// A text of an index (RFC 2578 §7.7), taken off the front.
std::optional<std::string> takeText(std::span<const std::uint32_t>& parts) {
    if (parts.empty() || parts.front() > parts.size() - 1) return std::nullopt;
    std::string text;
    for (const auto octet : parts.subspan(1, parts.front())) {
        if (octet > 255) return std::nullopt;
        text += static_cast<char>(octet);
    }
    parts = parts.subspan(parts.front() + 1);
    return text;
}

std::optional<RowName> nameOf(std::span<const std::uint32_t> index) {
    auto application = takeText(index);
    auto instance = application ? takeText(index) : std::nullopt;
    if (!instance || !index.empty()) return std::nullopt;
    return RowName{*std::move(application), *std::move(instance)};
}

}

snmp::Oid RowName::index() const {
    return snmp::indexOf(application) + snmp::indexOf(instance);
}

std::optional<std::int64_t> AgentRow::numberAt(std::uint32_t column) const {
    const auto found = m_cells.find(column);
    return found == m_cells.end() ? std::nullopt : snmp::numberOf(found->second);
}

std::string AgentRow::textAt(std::uint32_t column) const {
    const auto found = m_cells.find(column);
    return found == m_cells.end() ? std::string() : snmp::textOf(found->second).value_or("");
}

void AgentRow::wipe() {
    for (auto& [column, value] : m_cells)
        if (auto* octets = std::get_if<snmp::Octets>(&value)) base::wipe(octets->value);
    m_cells.clear();
}

std::map<RowName, AgentRow> readRows(const snmp::Oid& entry, const std::vector<snmp::Varbind>& varbinds) {
    std::map<RowName, AgentRow> rows;
    for (const auto& varbind : varbinds) {
        const auto tail = varbind.name.after(entry);
        if (tail.size() < 3 || snmp::isMissing(varbind.value)) continue;
        if (const auto name = nameOf(tail.subspan(1))) rows[*name].put(tail.front(), varbind.value);
    }
    return rows;
}

const std::pair<const RowName, AgentRow>* rowOf(const domain::ApplicationName& application,
                                                const std::map<RowName, AgentRow>& rows) {
    const auto isUp = [](const AgentRow& row) {
        return row.number(mib::server::Application::state) == static_cast<int>(mib::server::State::up);
    };
    const std::pair<const RowName, AgentRow>* chosen = nullptr;
    for (const auto& row : rows)
        if (row.first.application == application.value &&
            (!chosen || (isUp(row.second) && !isUp(chosen->second))))
            chosen = &row;
    return chosen;
}

}
