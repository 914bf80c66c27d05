#pragma once

#include "domain/names.hpp"
#include "mib/server_mib.hpp"
#include "snmp/varbind.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::telemetry {

/// The index of both tables of HEADGATE-SERVER-MIB.
struct RowName {
    std::string application;
    std::string instance;
    auto operator<=>(const RowName&) const = default;

    snmp::Oid index() const;
};

/// A row's cells by column, as an agent told them: decoded from the wire, not yet believed.
class AgentRow {
  public:
    void put(std::uint32_t column, snmp::Value value) { m_cells.insert_or_assign(column, std::move(value)); }

    /// Empty when it is missing, or no number.
    template <typename Column>
    std::optional<std::int64_t> number(Column column) const {
        return numberAt(static_cast<std::uint32_t>(column));
    }
    /// Empty text when it is missing, or no octets.
    template <typename Column>
    std::string text(Column column) const {
        return textAt(static_cast<std::uint32_t>(column));
    }
    template <typename Column>
    bool has(Column column) const {
        return m_cells.contains(static_cast<std::uint32_t>(column));
    }
    /// Forgets the cells, and overwrites their texts.
    void wipe();
    bool empty() const { return m_cells.empty(); }

  private:
    std::optional<std::int64_t> numberAt(std::uint32_t column) const;
    std::string textAt(std::uint32_t column) const;
    std::map<std::uint32_t, snmp::Value> m_cells;
};

/// The rows below `entry` in a walk or an answer; what has no such index, or is missing, is left out.
std::map<RowName, AgentRow> readRows(const snmp::Oid& entry, const std::vector<snmp::Varbind>& varbinds);

/// The application's row: of several instances the first that is up, else the first. Whoever asks, by their
/// states: it is the same. Null when there is none.
const std::pair<const RowName, AgentRow>* rowOf(const domain::ApplicationName& application,
                                                const std::map<RowName, AgentRow>& rows);

}
