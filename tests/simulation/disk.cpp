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
    if (!entry.record.empty()) m_now.open[entry.view.id] = std::make_shared<const std::string>(entry.record);
    m_now.last = std::max(m_now.last, entry.view.id.value);
    if (entry.durability == transaction::Durability::needed) makeDurable();
    return true;
}

void Disk::makeDurable() {
    for (const auto& event : m_events) {
        std::erase_if(m_now.alarms,
                      [&](const domain::Event& other) { return domain::sameAlarm(other, event); });
        if (event.severity == domain::EventSeverity::alarm) m_now.alarms.push_back(event);
    }
    m_events.clear();
    m_durable = m_now;
}

void Disk::tell(const domain::Event& event) {
    if (event.severity == domain::EventSeverity::alarm || event.severity == domain::EventSeverity::clear)
        m_events.push_back(event);
}

void Disk::flush() {
    if (!full && !m_events.empty()) makeDurable();
}

void Disk::change(const domain::PoolName& pool, const std::function<void(domain::Pool&)>& how) {
    auto configuration = *m_running;
    if (auto* found = configuration.pool(pool)) how(*found);
    m_running = std::make_shared<const domain::Configuration>(std::move(configuration));
}

void Disk::ended(const controller::Ended& end) {
    if (end.doubt) return keep({end.view.id, nullptr, controller::Doubt{end.view, end.doubt}});
    if (!end.membership) return keep({end.view.id, nullptr});
    change(end.membership->pool, [&](domain::Pool& pool) { apply(*end.membership, pool); });
    keep({end.view.id, m_running});
}

void Disk::doubtEnded(const controller::DoubtEnded& doubt) {
    keep({std::nullopt, nullptr, std::nullopt, doubt.pool});
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
        if (one.doubt) m_now.doubts[*one.end] = *one.doubt;
        if (one.doubtEnded)
            std::erase_if(m_now.doubts,
                          [&](const auto& each) { return each.second.view.pool == *one.doubtEnded; });
        makeDurable();
    }
    return true;
}

void Disk::processEnds() {
    m_waiting.clear();
    m_events.clear();
    m_running = m_now.configuration;
}

void Disk::powerFails() {
    m_now = m_durable;
    processEnds();
}

std::vector<transaction::State> Disk::unfinished() const {
    std::vector<transaction::State> states;
    for (const auto& [id, record] : m_now.open)
        states.push_back(transaction::fromRecord(*record));
    return states;
}

std::vector<controller::Doubt> Disk::doubts() const {
    std::vector<controller::Doubt> found;
    for (const auto& [id, doubt] : m_now.doubts)
        found.push_back({doubt.view, std::make_shared<const transaction::State>(
                                         transaction::fromRecord(transaction::toRecord(*doubt.state)))});
    return found;
}

}
