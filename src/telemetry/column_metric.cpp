#include "telemetry/column_metric.hpp"

#include "telemetry/figure.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;
using domain::Aggregate;

constexpr std::size_t mostNamed = 32;       // rows that are asked for by name: what fits beside the others
constexpr std::size_t mostRows = 4096;      // of a table at all
constexpr base::Duration lookAgain = 5min;  // for rows that came
constexpr base::Duration lookForAny = 1min; // for a table that was not there
constexpr double outgrown = 4294967296.0;   // 2^32

/// Where a cell's column is: of the reading's own, its divisor and its condition.
enum Part : std::size_t { own, divisor, where, parts };

const snmp::Oid* columnOf(const ColumnReading& reading, std::size_t part) {
    if (part == own) return &reading.object;
    const auto& other = part == divisor ? reading.divisor : reading.where;
    return other ? &*other : nullptr;
}

std::string wordOf(const snmp::Value& value) {
    if (const auto text = snmp::textOf(value)) return *text;
    return snmp::print(value);
}

bool fits(const ColumnReading& reading, const std::vector<snmp::Value>& row) {
    return !reading.where || wordOf(row[where]) == reading.value;
}

std::optional<double> grownOut(const snmp::Value& value) {
    const auto read = figureOf(value);
    if (!read || *read >= 0 || !std::holds_alternative<snmp::Integer>(value)) return read;
    return *read + outgrown;
}

struct Share {
    double value = 0;
    double of = 1;
    double ratio() const { return value / of; }
};

std::optional<Share> shareOf(const ColumnReading& reading, const std::vector<snmp::Value>& row) {
    if (!reading.divisor) {
        const auto value = figureOf(row[own]);
        return value ? std::optional(Share{*value}) : std::nullopt;
    }
    const auto value = grownOut(row[own]);
    const auto of = grownOut(row[divisor]);
    if (!value || !of || *of <= 0) return std::nullopt;
    return Share{*value, *of};
}

double aggregated(const std::vector<Share>& shares, Aggregate how, bool ratio) {
    Share sum{0, 0};
    double ratios = 0, most = shares.front().ratio(), least = most;
    for (const auto& share : shares) {
        sum.value += share.value;
        sum.of += share.of;
        ratios += share.ratio();
        most = std::max(most, share.ratio());
        least = std::min(least, share.ratio());
    }
    switch (how) {
    case Aggregate::average: return ratios / static_cast<double>(shares.size());
    case Aggregate::sum: return ratio ? sum.ratio() : sum.value;
    case Aggregate::maximum: return most;
    case Aggregate::minimum: return least;
    }
    return most;
}

}

std::optional<double> figureOf(const ColumnReading& reading,
                               const std::vector<std::vector<snmp::Value>>& rows) {
    std::vector<Share> shares;
    for (const auto& row : rows)
        if (const auto share = shareOf(reading, row)) shares.push_back(*share);
    if (shares.empty()) return std::nullopt;
    return aggregated(shares, reading.rows.value_or(Aggregate::maximum), reading.divisor.has_value()) *
           reading.scale;
}

/// A search under way: which reading is tried, and what its columns have shown so far.
struct ColumnMetric::Search {
    Reader& reader;
    snmp::TargetPtr target;
    base::Instant at;
    std::function<void(std::optional<double>)> done;
    std::size_t tried = 0;
    std::map<std::vector<std::uint32_t>, std::vector<snmp::Value>> rows{};
    int awaited = 0;
    bool failed = false;
};

ColumnMetric::ColumnMetric(std::string metric, std::vector<ColumnReading> readings)
    : m_metric(std::move(metric))
    , m_readings(std::move(readings)) {}

std::vector<snmp::Oid> ColumnMetric::names() const {
    std::vector<snmp::Oid> all;
    if (m_rows.size() > mostNamed) return all;
    const auto& reading = m_readings[m_used];
    for (const auto& row : m_rows)
        for (const auto part : {own, divisor})
            if (const auto* column = columnOf(reading, part)) all.push_back(*column + snmp::Oid(row));
    return all;
}

std::optional<double> ColumnMetric::read(const std::vector<snmp::Varbind>& varbinds) {
    if (m_rows.empty() || m_rows.size() > mostNamed) return std::nullopt;
    const auto& reading = m_readings[m_used];
    std::vector<std::vector<snmp::Value>> rows;
    for (const auto& index : m_rows) {
        std::vector<snmp::Value> row(parts, snmp::NoSuchInstance{});
        for (const auto part : {own, divisor}) {
            const auto* column = columnOf(reading, part);
            const auto* value = column ? snmp::find(varbinds, *column + snmp::Oid(index)) : nullptr;
            if (value) row[part] = *value;
            // A row that has gone may have come back with another index, or another may have its index soon.
            if (column && (!value || snmp::isMissing(*value))) {
                lookSoon();
                return std::nullopt;
            }
        }
        rows.push_back(std::move(row));
    }
    return figureOf(reading, rows);
}

void ColumnMetric::look(Reader& reader, const snmp::TargetPtr& target, base::Instant now,
                        std::function<void(std::optional<double>)> done) {
    m_lookAt = now + lookForAny;
    m_rows.clear();
    walk(std::make_shared<Search>(Search{reader, target, now, std::move(done)}));
}

void ColumnMetric::walk(const std::shared_ptr<Search>& search) {
    const auto& reading = m_readings[search->tried];
    for (std::size_t part = own; part < parts; ++part)
        search->awaited += columnOf(reading, part) ? 1 : 0;
    for (std::size_t part = own; part < parts; ++part) {
        const auto* column = columnOf(reading, part);
        if (!column) continue;
        search->reader.walk(search->target, *column, {.rows = mostRows},
                            [this, search, part, of = *column](const snmp::Reply& reply) {
                                search->failed = search->failed || reply.failure || reply.truncated;
                                for (const auto& cell : reply.varbinds) {
                                    const auto tail = cell.name.after(of);
                                    auto& row = search->rows[{tail.begin(), tail.end()}];
                                    row.resize(parts, snmp::NoSuchInstance{});
                                    row[part] = cell.value;
                                }
                                if (--search->awaited == 0) walked(search);
                            });
    }
}

void ColumnMetric::walked(const std::shared_ptr<Search>& search) {
    const auto& reading = m_readings[search->tried];
    std::vector<std::vector<snmp::Value>> rows;
    if (!search->failed)
        for (auto& [index, row] : search->rows)
            if (fits(reading, row) && shareOf(reading, row)) {
                m_rows.push_back(index);
                rows.push_back(std::move(row));
            }
    if (rows.empty() && !search->failed && search->tried + 1 < m_readings.size()) {
        ++search->tried;
        search->rows.clear();
        return walk(search);
    }
    m_used = search->tried;
    if (search->failed || rows.size() > mostNamed)
        lookSoon();
    else if (!rows.empty())
        m_lookAt = search->at + lookAgain;
    search->done(figureOf(reading, rows));
}

}
