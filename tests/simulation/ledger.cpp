#include "simulation/ledger.hpp"

#include <algorithm>

namespace headgate::simulation {
namespace {

std::string id(domain::TransactionId transaction) {
    return "transaction " + std::to_string(transaction.value);
}

}

void Ledger::violation(domain::Instant now, const std::string& what) {
    violations.push_back(std::to_string(now.time_since_epoch().count()) + " ms: " + what);
}

void Ledger::effect(domain::Instant now, const controller::Effect& effect) {
    if (const auto* what = std::get_if<transaction::Journal>(&effect)) journal(now, *what);
    if (const auto* what = std::get_if<transaction::Command>(&effect)) command(now, *what);
    if (const auto* what = std::get_if<controller::Ended>(&effect)) ended(now, *what);
    if (const auto* what = std::get_if<domain::Event>(&effect)) event(*what);
    if (const auto* what = std::get_if<controller::Answer>(&effect);
        what && m_unanswered.erase(what->request) != 1)
        violation(now, "request " + std::to_string(what->request) + " was answered twice, or never asked");
}

void Ledger::journal(domain::Instant now, const transaction::Journal& journal) {
    const auto& view = journal.view;
    if (m_ended.contains(view.id)) return violation(now, id(view.id) + " writes its journal after its end");
    auto [entry, begun] = m_open.try_emplace(view.id);
    entry->second.state = view.state;
    entry->second.server = view.server;
    entry->second.pool = view.pool;
    if (!begun) return;
    const auto [promise, free] = m_promised.emplace(view.server, view.id);
    if (!free)
        violation(now,
                  view.server.value + " is promised to " + id(promise->second) + " and to " + id(view.id));
}

bool Ledger::allowed(const Record& record, const transaction::Request& request) const {
    using namespace transaction;
    const bool undoing = record.state == "undoing";
    if (std::holds_alternative<Edit>(request)) return undoing || record.state == "editing";
    if (std::holds_alternative<Commit>(request)) return undoing || record.state == "committing";
    if (std::holds_alternative<Confirm>(request)) return undoing || record.state == "confirming";
    if (std::holds_alternative<Cancel>(request)) return undoing;
    if (std::holds_alternative<Save>(request)) return record.state == "saving";
    return true;
}

void Ledger::command(domain::Instant now, const transaction::Command& command) {
    const auto found = m_open.find(command.transaction);
    const std::string what = id(command.transaction) + " sends " + std::string(toString(command.request)) +
                             " to " + command.appliance.value;
    if (found == m_open.end())
        return violation(now, what + " before its journal was begun, or after its end");
    if (!allowed(found->second, command.request)) violation(now, what + " while " + found->second.state);
    const auto owner = m_inFlight.emplace(command.appliance, command.transaction).first->second;
    if (owner != command.transaction) violation(now, what + " while " + id(owner) + " is changing it");
    if (!m_sent.emplace(command.token, command).second)
        violation(now, what + " with a token that was used before");
    const auto* commit = std::get_if<transaction::Commit>(&command.request);
    if (!commit || found->second.state != "committing") return;
    // The barrier: as many validations as commits on each appliance that has shown itself.
    const unsigned leg = ++found->second.commits[command.appliance];
    for (const auto& [token, sent] : m_sent)
        if (sent.transaction == command.transaction &&
            std::holds_alternative<transaction::Lock>(sent.request) &&
            found->second.validated[sent.appliance] < leg)
            return violation(now, what + " although " + sent.appliance.value + " is not ready");
}

void Ledger::reply(const transaction::Reply& reply) {
    const auto sent = m_sent.find(reply.token);
    if (sent == m_sent.end() || !std::holds_alternative<transaction::Validate>(sent->second.request)) return;
    const auto open = m_open.find(reply.transaction);
    if (open == m_open.end() || !std::holds_alternative<transaction::Done>(reply.result)) return;
    ++open->second.validated[reply.appliance];
    sent->second.request = transaction::Discard{}; // so that a doubled reply is not counted
}

void Ledger::ended(domain::Instant now, const controller::Ended& ended) {
    const auto& view = ended.view;
    if (m_open.erase(view.id) != 1) return violation(now, id(view.id) + " ended twice, or was never begun");
    m_ended.insert(view.id);
    std::erase_if(m_inFlight, [&](const auto& entry) { return entry.second == view.id; });
    std::erase_if(m_sent, [&](const auto& entry) { return entry.second.transaction == view.id; });
    if (ended.outcome.kind == domain::OutcomeKind::indeterminate) {
        ++indeterminate;
        m_blocking[view.pool] = view.id;
        for (const auto& appliance : ended.outcome.appliances)
            m_doubted.emplace(view.pool, appliance);
        if (ended.outcome.appliances.empty())
            violation(now, id(view.id) + " is indeterminate and names no appliance");
        return;
    }
    m_promised.erase(view.server);
    const bool done = ended.outcome.kind == domain::OutcomeKind::committed;
    ++(done ? committed : rolledBack);
    if (done != ended.membership.has_value())
        violation(now, id(view.id) + ": outcome and membership do not fit");
    if (ended.outcome.reason.empty()) violation(now, id(view.id) + " ended without a reason");
}

void Ledger::event(const domain::Event& event) {
    const auto same = [&](const domain::Event& other) {
        return other.kind == event.kind && other.pool == event.pool && other.appliance == event.appliance;
    };
    if (event.severity == domain::EventSeverity::clear) std::erase_if(m_standing, same);
    if (event.severity == domain::EventSeverity::clear && event.kind == "indeterminate")
        std::erase_if(m_promised, [&](const auto& entry) { return m_blocking[*event.pool] == entry.second; });
    if (event.severity == domain::EventSeverity::alarm) m_standing.push_back(event);
}

bool Ledger::excused(const domain::PoolName& pool, const domain::ApplianceName& appliance) const {
    if (m_doubted.contains({pool, appliance})) return true;
    return std::any_of(m_standing.begin(), m_standing.end(), [&](const domain::Event& event) {
        return event.appliance == appliance && event.pool == pool &&
               (event.kind == "drift" || event.kind == "not-saved");
    });
}

void Ledger::atTheEnd(domain::Instant now) {
    for (const auto& [transaction, record] : m_open)
        violation(now, id(transaction) + " never ended: " + record.state);
    for (const auto request : m_unanswered)
        violation(now, "request " + std::to_string(request) + " was never answered");
}

}
