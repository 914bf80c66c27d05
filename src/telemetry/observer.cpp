#include "telemetry/observer.hpp"

namespace headgate::telemetry {
namespace {

/// A pool has so many members at the most that one look counts; a table holds those of all pools.
constexpr std::size_t mostRows = 20'000;
constexpr base::Duration patience{1000};
constexpr unsigned tries = 2;

std::string wordOf(const snmp::Value& value) {
    if (const auto number = snmp::countOf(value)) return std::to_string(*number);
    return snmp::textOf(value).value_or("");
}

}

Observer::Observer(Asker& asker, std::function<void(Observation)> told)
    : m_asker(asker)
    , m_told(std::move(told)) {}

void Observer::configure(const Configure& configuration) {
    m_targets.clear();
    for (const auto& appliance : configuration.configuration.appliances) {
        const auto credential = configuration.credentials.find(appliance.snmpCredential);
        const auto address = snmp::Endpoint::parse(appliance.snmpAddress, 161);
        if (address && credential != configuration.credentials.end())
            m_targets[appliance.name] = snmp::makeTarget({*address, credential->second, patience, tries});
    }
}

void Observer::observe(const Observe& request) {
    auto made = std::make_shared<Observation>();
    made->transaction = request.transaction;
    made->appliance = request.appliance;
    made->object = request.object;
    const auto target = m_targets.find(request.appliance);
    if (target == m_targets.end() || request.columns.empty()) {
        made->reason = "no SNMP agent is configured for " + request.appliance.value;
        return m_told(std::move(*made));
    }
    made->answered = true;
    const auto left = std::make_shared<std::size_t>(request.columns.size());
    for (const auto& column : request.columns)
        walk(target->second, made, snmp::Oid::of(column), left);
}

void Observer::walk(const snmp::TargetPtr& target, const std::shared_ptr<Observation>& made,
                    const snmp::Oid& column, const std::shared_ptr<std::size_t>& left) {
    snmp::WalkLimits limits;
    limits.rows = mostRows;
    m_asker.walk(target, column, limits, [this, made, column, left](const snmp::Reply& reply) {
        if (reply.failure) {
            made->answered = false;
            made->reason = reply.failure->text;
        }
        auto& rows = made->columns[column.print()];
        for (const auto& varbind : reply.varbinds) {
            const auto tail = varbind.name.after(column);
            rows[snmp::Oid(std::vector<std::uint32_t>(tail.begin(), tail.end())).print()] =
                wordOf(varbind.value);
        }
        if (--*left == 0) m_told(std::move(*made));
    });
}

}
