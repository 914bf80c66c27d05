#include "telemetry/rules.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace headgate::telemetry {

namespace {

using domain::NotificationRule;

bool holds(const Rule::Condition& condition, const snmp::Varbind& varbind) {
    if (!condition.oid.isPrefixOf(varbind.name)) return false;
    if (!condition.value && !condition.contains) return true;
    const auto text = plainText(varbind.value);
    return (!condition.value || text == *condition.value) &&
           (!condition.contains || text.find(*condition.contains) != std::string::npos);
}

bool holds(const Rule& rule, const snmp::Notification& notification) {
    const auto& varbinds = notification.varbinds;
    return std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const auto& condition) {
        return std::any_of(varbinds.begin(), varbinds.end(),
                           [&](const auto& varbind) { return holds(condition, varbind); });
    });
}

}

std::string plainText(const snmp::Value& value) {
    if (auto text = snmp::textOf(value)) return *std::move(text);
    return snmp::print(value);
}

std::size_t Rules::Hash::operator()(Parts parts) const noexcept {
    std::size_t value = 1469598103934665603U;
    for (const auto part : parts)
        value = (value ^ part) * 1099511628211U;
    return value;
}

bool Rules::Equal::operator()(Parts a, Parts b) const noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

Rules::Rules(const std::vector<NotificationRule>& operators, const std::vector<NotificationRule>& shipped,
             const Directory& directory) {
    std::set<std::string_view> own;
    std::vector<const NotificationRule*> order;
    for (const auto& rule : operators) {
        own.insert(rule.name);
        order.push_back(&rule);
    }
    const auto operatorsCount = static_cast<std::ptrdiff_t>(order.size());
    for (const auto& rule : shipped)
        if (!own.contains(rule.name)) order.push_back(&rule);
    const auto byName = [](const auto* a, const auto* b) { return a->name < b->name; };
    std::sort(order.begin(), order.begin() + operatorsCount, byName);
    std::sort(order.begin() + operatorsCount, order.end(), byName);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->conditions.size() > b->conditions.size();
    });
    for (const auto* rule : order)
        add(*rule, directory);
    std::set<std::size_t, std::greater<>> lengths;
    for (const auto& [parts, rules] : m_subtrees)
        lengths.insert(parts.size());
    m_subtreeLengths.assign(lengths.begin(), lengths.end());
}

void Rules::add(const NotificationRule& given, const Directory& directory) {
    const auto trapOid = snmp::Oid::parse(given.trapOid);
    if (!trapOid) return;
    Rule rule{given.name, given.action, given.sender, {}, {}, {}, {}, {}};
    for (const auto& condition : given.conditions) {
        const auto oid = snmp::Oid::parse(condition.oid);
        if (!oid) return; // without this condition it would be for too many
        rule.conditions.push_back({*oid, condition.value, condition.contains});
    }
    for (const auto& varbind : given.varbinds)
        if (const auto oid = snmp::Oid::parse(varbind.oid)) rule.varbinds.push_back({*oid, varbind.names});
    for (const auto& name : given.servers)
        if (const auto number = directory.server(name.value)) rule.servers.push_back(*number);
    for (const auto& name : given.appliances)
        if (const auto number = directory.appliance(name.value)) rule.appliances.push_back(*number);
    for (const auto& name : given.pools)
        if (const auto number = directory.pool(name)) rule.pools.push_back(*number);
    m_beyondSender = m_beyondSender || rule.looksBeyondSender();
    m_rules.push_back(std::make_unique<Rule>(std::move(rule)));
    if (given.subtree) m_subtrees[trapOid->parts()].push_back(m_rules.back().get());
    m_exact[trapOid->parts()].push_back(m_rules.back().get());
}

template <typename Take>
bool Rules::eachFor(const snmp::Oid& trapOid, const Take& take) const {
    const Parts parts(trapOid.parts());
    const auto among = [&](const Table& table, Parts wanted) {
        const auto found = table.find(wanted);
        return found != table.end() && std::any_of(found->second.begin(), found->second.end(),
                                                   [&](const Rule* rule) { return take(*rule); });
    };
    if (among(m_exact, parts)) return true;
    return std::any_of(m_subtreeLengths.begin(), m_subtreeLengths.end(), [&](std::size_t length) {
        return length < parts.size() && among(m_subtrees, parts.first(length));
    });
}

const Rule* Rules::match(const snmp::Notification& notification) const {
    const Rule* found = nullptr;
    eachFor(notification.trapOid, [&](const Rule& rule) {
        if (!holds(rule, notification)) return false;
        found = &rule;
        return true;
    });
    return found;
}

bool Rules::mayLookBeyondSender(const snmp::Oid& trapOid) const {
    return m_beyondSender && eachFor(trapOid, [](const Rule& rule) { return rule.looksBeyondSender(); });
}

}
