#include "simulation/ledger.hpp"

#include "transaction/record.hpp"

#include <algorithm>
#include <utility>

namespace headgate::simulation {
namespace {

using namespace std::chrono_literals;

/// A candidate may be refused by its appliances again and again, each time for minutes; but not for ever.
constexpr domain::Duration patience = 40min;

std::string id(domain::TransactionId transaction) {
    return "transaction " + std::to_string(transaction.value);
}

template <typename T>
bool is(const transaction::Request& request) {
    return std::holds_alternative<T>(request);
}

}

void Ledger::violation(domain::Instant now, const std::string& what) {
    violations.push_back(std::to_string(now.time_since_epoch().count() - 1'700'000'000'000) + " ms: " + what);
}

const Ledger::Record* Ledger::open(domain::TransactionId transaction) const {
    const auto found = m_open.find(transaction);
    return found == m_open.end() ? nullptr : &found->second;
}

void Ledger::effect(domain::Instant now, const controller::Effect& effect) {
    if (const auto* what = std::get_if<transaction::Journal>(&effect)) journal(now, *what);
    if (const auto* what = std::get_if<transaction::Command>(&effect)) command(now, *what);
    if (const auto* what = std::get_if<controller::Ended>(&effect)) ended(now, *what);
    if (const auto* what = std::get_if<controller::DoubtEnded>(&effect))
        if (const auto node = m_doubts.extract(what->pool))
            std::erase_if(m_promised, [&](const auto& entry) {
                return node.mapped().transactions.contains(entry.second);
            });
    if (const auto* what = std::get_if<domain::Event>(&effect)) event(*what);
    if (const auto* what = std::get_if<controller::Answer>(&effect)) answer(now, *what);
}

void Ledger::answer(domain::Instant now, const controller::Answer& answer) {
    const auto asked = m_unanswered.find(answer.request);
    if (asked == m_unanswered.end())
        return violation(now,
                         "request " + std::to_string(answer.request) + " was answered twice, or never asked");
    if (now > asked->second + patience)
        violation(now, "request " + std::to_string(answer.request) + " waited for its answer for too long");
    m_unanswered.erase(asked);
    if (answer.text.empty())
        violation(now, "request " + std::to_string(answer.request) + " was answered without a word");
}

void Ledger::journal(domain::Instant now, const transaction::Journal& journal) {
    const auto& view = journal.view;
    if (m_ended.contains(view.id)) return violation(now, id(view.id) + " writes its journal after its end");
    auto [entry, begun] = m_open.try_emplace(view.id);
    auto& record = entry->second;
    if (view.state == "committing" && record.state != "committing") record.committing = now;
    if (view.state == "locking") {
        record.locked.clear();
        record.validated.clear();
    }
    record.state = view.state;
    record.server = view.server;
    record.pool = view.pool;
    record.kind = view.kind;
    if (!journal.record.empty())
        record.written = std::make_shared<const transaction::State>(transaction::fromRecord(journal.record));
    if (!begun) return;
    record.begun = now;
    if (!m_recovering.empty())
        violation(now, id(view.id) + " begins before " + id(*m_recovering.begin()) +
                           ", which was recovered, has ended");
    if (view.kind == domain::IntentKind::withdraw) return; // promised to nobody
    const auto [promise, free] = m_promised.emplace(view.server, view.id);
    const auto doubt = m_doubts.find(view.pool);
    // The repair of what was left in doubt takes over its server.
    const bool mends = doubt != m_doubts.end() && doubt->second.transactions.contains(promise->second);
    if (!free && !mends)
        violation(now,
                  view.server.value + " is promised to " + id(promise->second) + " and to " + id(view.id));
}

bool Ledger::allowed(const Record& record, const transaction::Request& request) const {
    using namespace transaction;
    const bool undoing = record.state == "undoing";
    if (is<Edit>(request)) return undoing || record.state == "editing";
    if (is<Commit>(request) || is<CommitNow>(request)) return undoing || record.state == "committing";
    if (is<Apply>(request)) return undoing || record.state == "committing";
    if (is<Extend>(request)) return record.state == "committing" || record.state == "verifying";
    if (is<Confirm>(request)) return undoing || record.state == "confirming";
    if (is<Cancel>(request)) return undoing;
    return true;
}

void Ledger::command(domain::Instant now, const transaction::Command& command) {
    if (command.transaction.value == 0) {
        ++checks;
        if (!is<transaction::Read>(command.request))
            violation(now, "a check sends " + std::string(toString(command.request)));
        if (!m_checks.insert(command.token).second)
            violation(now, "a check uses a token that was used before");
        return;
    }
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
    const auto& state = found->second.state;
    if (is<transaction::Save>(command.request) && state != "saving" && state != "undoing")
        m_unsaved[{found->second.pool, command.appliance}] = command.transaction;
    barrier(now, command, found->second);
}

/// Who was locked in this leg has validated before anybody commits.
void Ledger::barrier(domain::Instant now, const transaction::Command& command, Record& record) {
    using namespace transaction;
    const auto& request = command.request;
    if (is<Lock>(request)) record.locked.insert(command.appliance);
    const bool commits = is<Commit>(request) || is<CommitNow>(request) || is<Apply>(request);
    if (!commits || record.state != "committing" || record.recovered) return;
    const auto idle = [&](const domain::ApplianceName& appliance) {
        const auto& sites = record.written->sites;
        return std::any_of(sites.begin(), sites.end(),
                           [&](const auto& site) { return site.appliance == appliance && site.idle; });
    };
    for (const auto& appliance : record.locked)
        if (!record.validated.contains(appliance) && !idle(appliance))
            return violation(now, id(command.transaction) + " commits on " + command.appliance.value +
                                      " although " + appliance.value + " is not ready");
}

void Ledger::reply(const transaction::Reply& reply) {
    const auto sent = m_sent.find(reply.token);
    if (sent == m_sent.end()) return;
    if (!is<transaction::Validate>(sent->second.request) && !is<transaction::Rehearse>(sent->second.request))
        return;
    const auto open = m_open.find(reply.transaction);
    if (open == m_open.end() || !std::holds_alternative<transaction::Done>(reply.result)) return;
    open->second.validated.insert(reply.appliance);
}

void Ledger::ended(domain::Instant now, const controller::Ended& ended) {
    const auto& view = ended.view;
    const auto found = m_open.find(view.id);
    if (found == m_open.end()) return violation(now, id(view.id) + " ended twice, or was never begun");
    m_open.erase(found);
    m_ended.insert(view.id);
    m_recovering.erase(view.id);
    std::erase_if(m_inFlight, [&](const auto& entry) { return entry.second == view.id; });
    std::erase_if(m_sent, [&](const auto& entry) { return entry.second.transaction == view.id; });
    if (ended.outcome.reason.empty()) violation(now, id(view.id) + " ended without a reason");
    if (ended.outcome.kind == domain::OutcomeKind::indeterminate) {
        ++indeterminate;
        m_doubtful[view.id] = {view.pool,
                               view.server,
                               view.kind,
                               {ended.outcome.appliances.begin(), ended.outcome.appliances.end()}};
        doubt(view.id);
        if (!ended.doubt) violation(now, id(view.id) + " is in doubt, and nothing is kept of it");
        for (const auto& appliance : ended.outcome.appliances)
            m_unsaved[{view.pool, appliance}] = view.id;
        if (ended.outcome.appliances.empty())
            violation(now, id(view.id) + " is indeterminate and names no appliance");
        return;
    }
    if (const auto promise = m_promised.find(view.server);
        promise != m_promised.end() && promise->second == view.id)
        m_promised.erase(promise);
    // A repair gives back whom it took over.
    if (const auto still = m_doubts.find(view.pool); still != m_doubts.end())
        for (const auto transaction : still->second.transactions)
            doubt(transaction);
    const bool done = ended.outcome.kind == domain::OutcomeKind::committed;
    ++(done ? committed : rolledBack);
    if ((done && !domain::repairs(view.kind)) != ended.membership.has_value())
        violation(now, id(view.id) + ": outcome and membership do not fit");
    if (done)
        for (const auto& [appliance, part] : view.appliances)
            std::erase_if(m_unsaved, [&, name = appliance](const auto& entry) {
                return entry.first == Place{view.pool, name} && entry.second != view.id;
            });
}

void Ledger::doubt(domain::TransactionId transaction) {
    const auto& what = m_doubtful.at(transaction);
    auto& doubt = m_doubts[what.pool];
    doubt.transactions.insert(transaction);
    doubt.appliances.insert(what.appliances.begin(), what.appliances.end());
    if (what.kind != domain::IntentKind::withdraw) m_promised.emplace(what.server, transaction);
}

std::map<domain::PoolName, std::set<domain::ServerName>> Ledger::doubted() const {
    std::map<domain::PoolName, std::set<domain::ServerName>> found;
    for (const auto& [pool, doubt] : m_doubts)
        for (const auto transaction : doubt.transactions) {
            const auto& what = m_doubtful.at(transaction);
            auto& servers = found[pool];
            if (what.kind != domain::IntentKind::withdraw) servers.insert(what.server);
        }
    return found;
}

/// An end that was not written has not happened: its transaction is open again, and finds again what it
/// found.
void Ledger::remember(domain::Instant now, const std::vector<transaction::State>& found,
                      const std::vector<controller::Doubt>& doubts,
                      const std::vector<domain::Event>& alarms) {
    const auto open = [&](domain::TransactionId transaction) {
        return std::any_of(found.begin(), found.end(),
                           [&](const auto& state) { return state.id == transaction; });
    };
    for (const auto& [pool, before] : std::exchange(m_doubts, {}))
        for (const auto transaction : before.transactions)
            if (!open(transaction) && std::none_of(doubts.begin(), doubts.end(), [&](const auto& each) {
                    return each.view.id == transaction && each.state;
                }))
                violation(now, "a restart forgets that " + id(transaction) + " is in doubt");
    for (const auto& each : doubts)
        doubt(each.view.id);
    m_mustStand.clear();
    for (const auto& alarm : std::exchange(m_standing, alarms)) {
        const bool stays =
            alarm.kind == "not-saved" || alarm.kind == "lock-left" || alarm.kind == "data-source-left";
        if (!stays || open(*alarm.transaction)) continue;
        m_mustStand.push_back(alarm);
    }
}

void Ledger::lookedAfter(domain::Instant now) {
    for (const auto& alarm : std::exchange(m_mustStand, {}))
        if (std::none_of(m_standing.begin(), m_standing.end(),
                         [&](const domain::Event& other) { return domain::sameAlarm(other, alarm); }))
            violation(now, "a restart forgets the alarm " + alarm.kind + ": " + alarm.text);
    for (const auto& [pool, doubt] : m_doubts)
        if (std::none_of(m_standing.begin(), m_standing.end(), [&, name = pool](const domain::Event& other) {
                return other.kind == "indeterminate" && other.pool == name;
            }))
            violation(now, pool.value + " is in doubt, and no alarm says so after a restart");
}

void Ledger::restarted(domain::Instant now, const std::vector<transaction::State>& found,
                       const std::vector<controller::Doubt>& doubts,
                       const std::vector<domain::Event>& alarms) {
    m_open.clear();
    m_recovering.clear();
    m_promised.clear();
    m_inFlight.clear();
    m_sent.clear();
    m_checks.clear();
    m_unanswered.clear();
    for (const auto& state : found) {
        ++recovered;
        const auto view = transaction::view(state);
        Record record;
        record.state = view.state;
        record.server = view.server;
        record.pool = view.pool;
        record.kind = view.kind;
        record.begun = state.started;
        record.recovered = true;
        record.written = std::make_shared<const transaction::State>(state);
        m_open.emplace(state.id, record);
        m_ended.erase(state.id);
        m_recovering.insert(state.id);
        if (view.kind != domain::IntentKind::withdraw) m_promised.emplace(view.server, state.id);
        for (const auto& site : state.sites)
            if (!m_inFlight.emplace(site.appliance, state.id).second)
                violation(now, site.appliance.value + " was being changed by two transactions");
    }
    // A repair that is open has taken over the server of the doubt that it mends.
    remember(now, found, doubts, alarms);
    // A power failure may have taken the last ids with it.
    for (auto it = m_ended.begin(); it != m_ended.end();)
        it = m_open.empty() || *it > m_open.rbegin()->first ? m_ended.erase(it) : std::next(it);
}

void Ledger::event(const domain::Event& event) {
    const auto same = [&](const domain::Event& other) { return domain::sameAlarm(other, event); };
    if (event.severity == domain::EventSeverity::clear) {
        std::erase_if(m_standing, same);
        if (event.kind == "indeterminate" && event.pool && m_doubts.contains(*event.pool))
            violation(event.at, event.pool->value + " is in doubt, and its alarm is over");
    }
    if (event.severity != domain::EventSeverity::alarm) return;
    m_standing.push_back(event);
    if (event.kind == "data-source-left") m_sourceLeft.insert(*event.transaction);
    if (event.pool && event.appliance && (event.kind == "not-saved" || event.kind == "drift"))
        m_unsaved[{*event.pool, *event.appliance}] = event.transaction.value_or(domain::TransactionId{});
}

bool Ledger::excused(const domain::PoolName& pool, const domain::ApplianceName& appliance) const {
    const auto doubt = m_doubts.find(pool);
    if (doubt != m_doubts.end() && doubt->second.appliances.contains(appliance)) return true;
    return std::any_of(m_standing.begin(), m_standing.end(), [&](const domain::Event& event) {
        return event.appliance == appliance && event.pool == pool && event.kind == "drift";
    });
}

bool Ledger::excusedAtStartup(const domain::PoolName& pool, const domain::ApplianceName& appliance) const {
    return excused(pool, appliance) || m_unsaved.contains({pool, appliance});
}

bool Ledger::alarmed(const domain::PoolName& pool) const {
    if (m_doubts.contains(pool)) return true;
    return std::any_of(m_standing.begin(), m_standing.end(), [&](const domain::Event& event) {
        return event.pool == pool && event.kind == "drift";
    });
}

void Ledger::atTheEnd(domain::Instant now) {
    for (const auto& [transaction, record] : m_open)
        violation(now, id(transaction) + " never ended: " + record.state);
    for (const auto& [request, when] : m_unanswered)
        violation(now, "request " + std::to_string(request) + " was never answered");
}

}
