#include "simulation/disk.hpp"

#include "transaction/record.hpp"

#include <algorithm>

namespace headgate::simulation {
namespace {

void apply(const controller::MembershipChange& change, domain::Pool& pool) {
    std::erase_if(pool.members, [&](const domain::Member& member) {
        return member.server == (change.added ? change.added->server : *change.removed);
    });
    if (change.added) pool.members.push_back(*change.added);
}

}

Disk::Disk(domain::Configuration configuration)
    : m_now{std::make_shared<const domain::Configuration>(std::move(configuration))}
    , m_durable(m_now)
    , m_running(m_now.configuration) {}

bool Disk::journal(const controller::Journal& entry) {
    // What waits comes first: the order of what happened is kept.
    if (full || (!m_waiting.empty() && !catchUp())) return false;
    m_now.open[entry.view.id] = entry.state;
    m_now.last = std::max(m_now.last, entry.view.id.value);
    if (entry.durability == transaction::Durability::needed) m_durable = m_now;
    return true;
}

void Disk::change(const domain::PoolName& pool, const std::function<void(domain::Pool&)>& how) {
    auto configuration = *m_running;
    if (auto* found = configuration.pool(pool)) how(*found);
    m_running = std::make_shared<const domain::Configuration>(std::move(configuration));
}

void Disk::ended(const controller::Ended& end) {
    if (!end.membership) return keep({end.view.id, nullptr});
    change(end.membership->pool, [&](domain::Pool& pool) { apply(*end.membership, pool); });
    keep({end.view.id, m_running});
}

void Disk::adopted(const controller::Adopted& adopted) {
    change(adopted.membership.pool, [&](domain::Pool& pool) { apply(adopted.membership, pool); });
    keep({std::nullopt, m_running});
}

void Disk::hold(const controller::HoldChanged& held) {
    change(held.pool, [&](domain::Pool& pool) { pool.held = held.held; });
    keep({std::nullopt, m_running});
}

void Disk::keep(Waiting one) {
    m_waiting.push_back(std::move(one));
    catchUp();
}

bool Disk::catchUp() {
    if (full) return false;
    for (; !m_waiting.empty(); m_waiting.pop_front()) {
        const auto& one = m_waiting.front();
        if (one.end) m_now.open.erase(*one.end);
        // An end whose transaction never had an entry leaves its id in the journal.
        if (one.end) m_now.last = std::max(m_now.last, one.end->value);
        if (one.configuration) m_now.configuration = one.configuration;
        m_durable = m_now;
    }
    return true;
}

void Disk::processEnds() {
    m_waiting.clear();
    m_running = m_now.configuration;
}

void Disk::powerFails() {
    m_now = m_durable;
    processEnds();
}

std::vector<transaction::State> Disk::unfinished() const {
    std::vector<transaction::State> states;
    for (const auto& [id, state] : m_now.open)
        states.push_back(transaction::fromRecord(transaction::toRecord(*state)));
    return states;
}

}
