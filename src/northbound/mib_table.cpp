#include "northbound/mib_table.hpp"

namespace headgate::northbound {
namespace {

snmp::Oid tail(const snmp::Oid& name, const snmp::Oid& prefix) {
    const auto after = name.after(prefix);
    return snmp::Oid(std::vector<std::uint32_t>(after.begin(), after.end()));
}

}

MibView::MibView(std::vector<Place> places)
    : m_places(std::move(places))
    , m_tables(m_places.size()) {}

const MibTable& MibView::table(std::size_t number) {
    auto& made = m_tables[number];
    if (!made) made = m_places[number].make();
    return *made;
}

snmp::Value MibView::get(const snmp::Oid& name) {
    for (std::size_t number = 0; number < m_places.size(); ++number) {
        const auto& entry = m_places[number].entry;
        if (!entry.isPrefixOf(name) || name.size() == entry.size()) continue;
        const auto& shown = table(number);
        const auto column = name[entry.size()];
        if (column < shown.firstColumn || column > shown.lastColumn) break;
        const auto index = tail(name, entry + column);
        const auto row = std::lower_bound(shown.rows.begin(), shown.rows.end(), index);
        if (row == shown.rows.end() || *row != index) return snmp::NoSuchInstance{};
        return shown.cell(static_cast<std::size_t>(row - shown.rows.begin()), column);
    }
    return snmp::NoSuchObject{};
}

std::optional<snmp::Varbind> MibView::next(const snmp::Oid& name, bool inclusive) {
    for (std::size_t number = 0; number < m_places.size(); ++number) {
        const auto& entry = m_places[number].entry;
        if (entry < name && !entry.isPrefixOf(name)) continue;
        if (auto found = nextIn(number, name, inclusive)) return found;
    }
    return std::nullopt;
}

std::optional<snmp::Varbind> MibView::nextIn(std::size_t number, const snmp::Oid& name, bool inclusive) {
    const auto& entry = m_places[number].entry;
    const auto& shown = table(number);
    for (auto column = shown.firstColumn; column <= shown.lastColumn; ++column) {
        const auto prefix = entry + column;
        auto row = shown.rows.begin();
        if (prefix.isPrefixOf(name)) {
            const auto index = tail(name, prefix);
            row = inclusive ? std::lower_bound(row, shown.rows.end(), index)
                            : std::upper_bound(row, shown.rows.end(), index);
            // The column's own name is no instance, and comes before the first.
        } else if (prefix < name)
            continue;
        if (row == shown.rows.end()) continue;
        return snmp::Varbind{prefix + *row,
                             shown.cell(static_cast<std::size_t>(row - shown.rows.begin()), column)};
    }
    return std::nullopt;
}

}
