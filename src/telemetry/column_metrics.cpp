// Which metrics are read from tables, and what Headgate knows of them by itself.

#include "telemetry/column_metrics.hpp"

#include "telemetry/objects.hpp"

#include <utility>

namespace headgate::telemetry {

namespace {

using domain::Aggregate;
using domain::ReadingOrigin;

ColumnReading ownReading(const domain::Metric& metric) {
    ColumnReading reading;
    reading.object = snmp::Oid::of(metric.oid);
    reading.divisor = snmp::Oid::parse(metric.divisor);
    reading.where = snmp::Oid::parse(metric.whereOid);
    reading.value = metric.whereValue;
    reading.rows = metric.rows;
    reading.scale = metric.scale;
    return reading;
}

constexpr auto hostResources = ReadingOrigin::hostResources;

ColumnReading fullestStorage(const snmp::Oid& type) {
    return {hostResources,
            objects::hrStorageUsed,
            objects::hrStorageSize,
            objects::hrStorageType,
            type.print(),
            Aggregate::maximum,
            1000};
}

/// What Headgate knows by itself, and reads from tables.
std::vector<ColumnReading> builtIn(const std::string& metric) {
    if (metric == "cpu")
        return {{hostResources, objects::hrProcessorLoad, {}, {}, {}, Aggregate::average, 10}};
    if (metric == "memory") return {fullestStorage(objects::hrStorageRam)};
    if (metric == "disk")
        return {{ReadingOrigin::ucdSnmp, objects::dskPercent, {}, {}, {}, Aggregate::maximum, 10},
                fullestStorage(objects::hrStorageFixedDisk)};
    return {};
}

}

bool isColumnMetric(const domain::Metric& metric) {
    return !metric.oid.empty() && metric.rows.has_value();
}

ColumnMetrics::ColumnMetrics(const domain::Profile& profile) {
    for (const auto& metric : profile.metrics) {
        if (isColumnMetric(metric))
            m_entries.push_back({ColumnMetric(metric.name, {ownReading(metric)})});
        else if (auto readings = builtIn(metric.name); metric.oid.empty() && !readings.empty())
            m_entries.push_back({ColumnMetric(metric.name, std::move(readings)), metric.name == "disk"});
    }
}

void ColumnMetrics::standIn(const std::string& metric, bool needed) {
    for (auto& entry : m_entries)
        if (entry.metric.metric() == metric && entry.metric.origin() != ReadingOrigin::object)
            entry.active = needed;
}

void ColumnMetrics::lookSoon() {
    for (auto& entry : m_entries)
        entry.metric.lookSoon();
}

std::vector<snmp::Oid> ColumnMetrics::names() const {
    std::vector<snmp::Oid> all;
    for (const auto& entry : m_entries) {
        if (!entry.active) continue;
        const auto some = entry.metric.names();
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

void ColumnMetrics::read(const std::vector<snmp::Varbind>& varbinds, const Learn& learn) {
    for (auto& entry : m_entries) {
        if (!entry.active) continue;
        if (const auto reading = entry.metric.read(varbinds))
            learn(entry.metric.metric(), *reading, entry.metric.origin());
    }
}

void ColumnMetrics::look(Reader& reader, const snmp::TargetPtr& target, base::Instant now, const Learn& learn,
                         const std::function<void()>& begin, const std::function<void()>& end) {
    for (auto& entry : m_entries) {
        if (!entry.active || !entry.metric.lookDue(now)) continue;
        begin();
        entry.metric.look(reader, target, now, [&metric = entry.metric, learn, end](auto reading) {
            if (reading) learn(metric.metric(), *reading, metric.origin());
            end();
        });
    }
}

}
