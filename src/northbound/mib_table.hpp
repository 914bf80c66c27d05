#pragma once

#include "snmp/view.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace headgate::northbound {

/// A conceptual table, or a group of scalars (with one row, 0): its columns are numbered without a gap.
struct MibTable {
    std::uint32_t firstColumn = 1;
    std::uint32_t lastColumn = 0;
    std::vector<snmp::Oid> rows; ///< indexes, ascending, each once
    std::function<snmp::Value(std::size_t row, std::uint32_t column)> cell;
};

/// A table of such rows, in whatever order they are given; `cell` gives a row's value of a column.
template <typename Column, typename Row, typename Cell>
MibTable mibTable(Column first, Column last, std::vector<std::pair<snmp::Oid, Row>> given, Cell cell) {
    const auto byIndex = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(given.begin(), given.end(), byIndex);
    const auto sameIndex = [](const auto& a, const auto& b) { return a.first == b.first; };
    given.erase(std::unique(given.begin(), given.end(), sameIndex), given.end());
    MibTable table{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last), {}, {}};
    auto rows = std::make_shared<std::vector<Row>>();
    for (auto& [index, row] : given) {
        table.rows.push_back(std::move(index));
        rows->push_back(std::move(row));
    }
    table.cell = [rows, cell](std::size_t row, std::uint32_t column) -> snmp::Value {
        return cell((*rows)[row], static_cast<Column>(column));
    };
    return table;
}

/// Tables side by side, in the order of SNMP: column by column, row by row. A table is made when it is first
/// looked at, so that nobody's question about one pays for the others.
class MibView final : public snmp::View {
  public:
    struct Place {
        snmp::Oid entry; ///< what the columns are below
        std::function<MibTable()> make;
    };
    /// Ascending by entry, none below another.
    explicit MibView(std::vector<Place> places);

    snmp::Value get(const snmp::Oid& name) override;
    std::optional<snmp::Varbind> next(const snmp::Oid& name, bool inclusive) override;

  private:
    const MibTable& table(std::size_t number);
    std::optional<snmp::Varbind> nextIn(std::size_t number, const snmp::Oid& name, bool inclusive);

    std::vector<Place> m_places;
    std::vector<std::optional<MibTable>> m_tables;
};

}
