#include "southbound/southbound.hpp"

#include "southbound/worker.hpp"

#include <algorithm>
#include <set>

namespace headgate::southbound {

Southbound::Southbound(std::function<void(transaction::Reply)> replies, std::function<void(Status)> statuses,
                       Connect connect, std::function<void(Notice)> notices)
    : m_replies(std::move(replies))
    , m_statuses(std::move(statuses))
    , m_connect(std::move(connect))
    , m_notices(std::move(notices)) {}

Southbound::~Southbound() {
    stop();
}

void Southbound::configure(std::vector<Place> places) {
    if (m_stopped) return;
    std::set<domain::ApplianceName> named;
    for (auto& place : places) {
        const auto name = place.endpoint.appliance.name;
        named.insert(name);
        if (const auto found = m_workers.find(name); found != m_workers.end())
            found->second->move(std::move(place));
        else
            m_workers.emplace(name, std::make_unique<Worker>(std::move(place), m_connect, m_replies,
                                                             m_statuses, m_notices));
    }
    for (auto worker = m_workers.begin(); worker != m_workers.end();) {
        if (named.contains(worker->first)) {
            ++worker;
            continue;
        }
        worker->second->retire();
        m_retired.push_back(std::move(worker->second));
        worker = m_workers.erase(worker);
    }
    std::erase_if(m_retired, [](const auto& worker) { return worker->finished(); });
}

void Southbound::submit(transaction::Command command) {
    const auto found = m_workers.find(command.appliance);
    if (found != m_workers.end() && found->second->submit(command)) return;
    m_replies({command.transaction, command.appliance, command.token,
               transaction::Unreachable{m_stopped ? "Headgate stops" : "no such appliance is configured"}});
}

void Southbound::stop() {
    m_stopped = true;
    for (const auto& [name, worker] : m_workers)
        worker->retire();
    m_workers.clear();
    m_retired.clear();
}

std::string nativeEdit(const adapters::Adapter& adapter, const std::string& object,
                       const domain::Change& change) {
    return adapter.edit(object, change);
}

}
