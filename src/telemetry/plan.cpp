#include "telemetry/plan.hpp"

#include "telemetry/column_metrics.hpp"
#include "telemetry/figure.hpp"
#include "telemetry/objects.hpp"

#include <algorithm>

namespace headgate::telemetry {

namespace {

namespace tag = snmp::tag;

constexpr std::size_t upTime = 0;
constexpr std::size_t engineBoots = 1;
constexpr std::size_t engineTime = 2;

}

Figure Figure::of(const snmp::Cell& cell) {
    Figure figure{cell.type, cell.bits};
    if (cell.type == tag::octets) figure.text = numberIn(cell.octets);
    return figure;
}

std::optional<double> Figure::number() const {
    switch (type) {
    case tag::integer: return static_cast<double>(static_cast<std::int64_t>(bits));
    case tag::counter32:
    case tag::gauge:
    case tag::timeTicks:
    case tag::counter64: return static_cast<double>(bits);
    default: return std::nullopt;
    }
}

snmp::Value Figure::value() const {
    const auto narrow = static_cast<std::uint32_t>(bits);
    switch (type) {
    case tag::integer: return snmp::Integer{static_cast<std::int32_t>(narrow)};
    case tag::counter32: return snmp::Counter32{narrow};
    case tag::gauge: return snmp::Gauge{narrow};
    case tag::timeTicks: return snmp::TimeTicks{narrow};
    case tag::counter64: return snmp::Counter64{bits};
    default: return snmp::Null{};
    }
}

Plan::Plan(const domain::Profile& profile)
    : m_profile(profile) {
    add(objects::sysUpTime);
    add(objects::snmpEngineBoots);
    add(objects::snmpEngineTime);
    if (wants("cpu")) {
        m_cpu = add(objects::ssCpuRawIdle);
        add(objects::ssCpuRawWait);
        for (const auto& name : objects::ssCpuRawBusy)
            add(name);
        m_counters = 2 + objects::ssCpuRawBusy.size();
    }
    if (wants("memory")) {
        m_memory = add(objects::memTotalReal);
        add(objects::memAvailReal);
        add(objects::memBuffer);
        add(objects::memCached);
    }
    if (wants("load")) m_load = add(objects::laLoadInt);
    for (std::size_t i = 0; i < m_profile.metrics.size(); ++i) {
        const auto name = snmp::Oid::parse(m_profile.metrics[i].oid);
        if (!name || isColumnMetric(m_profile.metrics[i])) continue;
        Own own{i, add(*name), 0};
        const auto divisor = snmp::Oid::parse(m_profile.metrics[i].divisor);
        if (divisor)
            own.divisor = add(*divisor);
        else if (m_profile.metrics[i].kind == domain::ReadingKind::counter)
            own.counter = m_counters++;
        m_own.push_back(own);
    }
    m_parts.resize(pages());
    for (std::size_t page = 0; page < pages(); ++page)
        m_wholes.push_back(question(page, whole(page)));
}

std::size_t Plan::add(const snmp::Oid& name) {
    m_names.push_back(name);
    return m_names.size() - 1;
}

std::uint64_t Plan::whole(std::size_t page) const {
    const auto names = std::min(m_names.size() - page * pageSize, pageSize);
    return names == pageSize ? ~std::uint64_t{0} : (std::uint64_t{1} << names) - 1;
}

snmp::QuestionPtr Plan::question(std::size_t page, std::uint64_t mask) const {
    auto& [byMask, most] = m_parts[page];
    if (const auto known = byMask.find(mask); known != byMask.end())
        if (auto question = known->second.lock()) return question;
    if (byMask.size() >= most) {
        std::erase_if(byMask, [](const auto& entry) { return entry.second.expired(); });
        most = std::max<std::size_t>(64, 2 * byMask.size());
    }
    std::vector<snmp::Oid> names;
    for (std::size_t i = 0; i < pageSize; ++i)
        if ((mask >> i) & 1) names.push_back(m_names[page * pageSize + i]);
    auto question = std::make_shared<const snmp::Question>(std::move(names));
    byMask[mask] = question;
    return question;
}

bool Plan::wants(std::string_view metric) const {
    return std::any_of(m_profile.metrics.begin(), m_profile.metrics.end(),
                       [&](const domain::Metric& m) { return m.name == metric && m.oid.empty(); });
}

Plan::Age Plan::age(const Row& row) const {
    return {row[engineBoots].count(), row[engineTime].count(), row[upTime].count()};
}

void Plan::read(const Row& row, CounterTrack* counters, base::Duration since, domain::Sample& sample) const {
    sample.readings.reserve(m_profile.metrics.size());
    if (m_cpu) readProcessor(row, counters, since, sample);
    if (m_memory) readMemory(row, sample);
    if (m_load)
        if (const auto load = row[*m_load].number())
            sample.readings.set("load", *load / 100.0, domain::ReadingOrigin::ucdSnmp);
    for (const auto& own : m_own) {
        const auto& metric = m_profile.metrics[own.metric];
        const auto& figure = row[own.name];
        if (own.divisor) {
            const auto part = figure.number();
            const auto whole = row[*own.divisor].number();
            if (part && whole && *whole > 0) sample.readings.set(metric.name, *part / *whole * metric.scale);
        } else if (metric.kind == domain::ReadingKind::gauge) {
            const auto number = figure.text ? figure.text : figure.number();
            if (number) sample.readings.set(metric.name, *number * metric.scale);
        } else if (const auto growth = counters[own.counter].next(figure.value(), since)) {
            if (const auto rate = growth->perSecond()) sample.readings.set(metric.name, *rate * metric.scale);
        }
    }
}

void Plan::readProcessor(const Row& row, CounterTrack* counters, base::Duration since,
                         domain::Sample& sample) const {
    const auto grown = [&](std::size_t i) -> std::optional<std::uint64_t> {
        const auto growth = counters[i].next(row[*m_cpu + i].value(), since);
        if (!growth) return std::nullopt;
        return growth->amount;
    };
    const auto idle = grown(0);
    const auto wait = grown(1);
    std::uint64_t busy = 0;
    bool known = idle.has_value();
    for (std::size_t i = 2; i < 2 + objects::ssCpuRawBusy.size(); ++i) {
        const auto more = grown(i);
        busy += more.value_or(0);
        // What it shows, and nobody knows how far it has come, would be missing in the sum.
        known = known && (more || row[*m_cpu + i].isMissing());
    }
    if (!known) return;
    const auto total = busy + *idle + wait.value_or(0);
    if (total == 0) return;
    sample.readings.set("cpu", 1000.0 * static_cast<double>(busy) / static_cast<double>(total),
                        domain::ReadingOrigin::ucdSnmp);
}

void Plan::readMemory(const Row& row, domain::Sample& sample) const {
    const auto total = row[*m_memory].number();
    const auto available = row[*m_memory + 1].number();
    if (!total || !available || *total <= 0) return;
    // What the kernel would give back at once is not in use.
    const auto free =
        *available + row[*m_memory + 2].number().value_or(0) + row[*m_memory + 3].number().value_or(0);
    sample.readings.set("memory", 1000.0 * std::clamp(1.0 - free / *total, 0.0, 1.0),
                        domain::ReadingOrigin::ucdSnmp);
}

}
