#pragma once

#include "telemetry/column_metric.hpp"

#include <functional>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// All such metrics of one server: those of its profile, and what stands in for UCD-SNMP-MIB on an agent that
/// does not have that: cpu and memory by HOST-RESOURCES-MIB. disk is dskPercent, or the fullest fixed disk of
/// hrStorageTable.
class ColumnMetrics {
  public:
    using Learn =
        std::function<void(const std::string& metric, double reading, domain::ReadingOrigin origin)>;

    explicit ColumnMetrics(const domain::Profile& profile);

    /// Of cpu or memory: is it to stand in, because the agent did not show UCD-SNMP-MIB's objects?
    void standIn(const std::string& metric, bool needed);
    /// All is looked for anew: the agent restarted, and rows may have other indexes.
    void lookSoon();

    std::vector<snmp::Oid> names() const;
    void read(const std::vector<snmp::Varbind>& varbinds, const Learn& learn);
    /// Looks for what is due; `begin` is called at the beginning of each search and `end` at its end. This
    /// must be kept until then.
    void look(Reader& reader, const snmp::TargetPtr& target, base::Instant now, const Learn& learn,
              const std::function<void()>& begin, const std::function<void()>& end);

  private:
    struct Entry {
        ColumnMetric metric;
        bool active = true;
    };
    std::vector<Entry> m_entries;
};

/// Does the profile's metric need a ColumnMetric of its own? Then its oid is no object to GET.
bool isColumnMetric(const domain::Metric& metric);

}
