#pragma once

#include "domain/configuration.hpp"
#include "domain/readings.hpp"
#include "telemetry/asker.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// A reading that is more than one object's value: a column's rows, or the ratio of two objects.
struct ColumnReading {
    domain::ReadingOrigin origin = domain::ReadingOrigin::object;
    snmp::Oid object; ///< a column, or without `rows` an instance
    std::optional<snmp::Oid> divisor{};
    std::optional<snmp::Oid> where{};
    std::string value{};
    std::optional<domain::Aggregate> rows{};
    double scale = 1;
};

/// The figure that `reading` makes of those rows (of each its own cell and the divisor's), scaled; nothing
/// when no row has one. A row without a figure, or with a divisor that is not positive, takes no part. In a
/// ratio a negative Integer32 is one that has outgrown 31 bits, as hrStorageSize of a large disk does.
std::optional<double> figureOf(const ColumnReading& reading,
                               const std::vector<std::vector<snmp::Value>>& rows);

/// One such metric of one server, from poll to poll: where its rows are is looked for now and then by a walk,
/// and in between they are asked for by their names, beside the other objects of the poll. Of several
/// readings the first that the agent has is used.
class ColumnMetric {
  public:
    ColumnMetric(std::string metric, std::vector<ColumnReading> readings);

    const std::string& metric() const { return m_metric; }
    domain::ReadingOrigin origin() const { return m_readings[m_used].origin; }

    /// The cells to be asked for; none while it is not known where they are, or they are too many: then a
    /// walk is cheaper.
    std::vector<snmp::Oid> names() const;
    /// The reading by an answer to them. Cells that are missing are looked for soon.
    std::optional<double> read(const std::vector<snmp::Varbind>& varbinds);

    /// Never of an instance.
    bool lookDue(base::Instant now) const { return m_readings[m_used].rows && now >= m_lookAt; }
    void lookSoon() { m_lookAt = {}; }
    /// Looks for the rows, and tells the reading that they make. Must be kept until then.
    void look(Reader& reader, const snmp::TargetPtr& target, base::Instant now,
              std::function<void(std::optional<double>)> done);

  private:
    struct Search;
    void walk(const std::shared_ptr<Search>& search);
    void walked(const std::shared_ptr<Search>& search);

    std::string m_metric;
    std::vector<ColumnReading> m_readings;
    std::size_t m_used = 0;
    std::vector<std::vector<std::uint32_t>> m_rows; ///< their indexes
    base::Instant m_lookAt{};
};

}
