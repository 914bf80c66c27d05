// What the controller wants done in the other rooms.

#include "daemon/answers.hpp"
#include "daemon/daemon_impl.hpp"
#include "daemon/event_log.hpp"

#include <utility>

namespace headgate::daemon {

std::shared_ptr<const adapters::Adapter> Daemon::Impl::adapterOf(const domain::ApplianceName& name) const {
    const auto* appliance = m_recorder.running().value().appliance(name);
    return appliance ? m_families.find(appliance->family) : nullptr;
}

void Daemon::Impl::gather(const transaction::Gather& question) {
    m_rooms->telemetry().post(telemetry::Gather{question.transaction, question.server, question.application});
}

void Daemon::Impl::assign(const transaction::Assign& order) {
    m_rooms->telemetry().post(
        telemetry::Assign{order.transaction, order.server, order.application, order.dataSource});
}

void Daemon::Impl::observe(const transaction::Observe& question) {
    const auto adapter = adapterOf(question.appliance);
    m_rooms->telemetry().post(
        telemetry::Observe{question.transaction, question.appliance, question.object,
                           adapter ? adapter->statisticsColumns() : std::vector<std::string>{}});
}

void Daemon::Impl::tell(const domain::Event& event, std::uint64_t number) {
    log(event);
    m_rooms->north().post(event, number);
    m_rooms->snmp().post(event);
}

void Daemon::Impl::answer(const controller::Answer& answer) {
    m_asked.erase(answer.request);
    postSnapshot(); // whoever has the answer sees its result
    auto told = toNorthbound(answer, m_recorder.running().value(), m_families);
    if (!told.server && answer.transaction)
        for (const auto& view : m_controller.snapshot(m_clock.now()).history)
            if (view->id == *answer.transaction) told.server = view->server;
    if (answer.request != commitsOwn) return m_rooms->north().answer(answer.request, std::move(told));
    // Not from inside the effects of another input.
    m_loop.post([this, told = std::move(told)] { stepEnded(told); });
}

void Daemon::Impl::runningChanged() {
    // Operators see what is on the disk; what waits for that is told them by the alarm.
    if (m_recorder.waiting()) {
        m_untold = std::nullopt;
    } else {
        for (auto& revision : m_recorder.takeAccepted()) {
            note(northbound::RunningConfiguration::poolsOf(revision));
            m_rooms->north().commitRunning(std::move(revision));
        }
    }
    m_rooms->showConfiguration(m_recorder.running().value());
    // Not from inside the effects of another input: their order must not change.
    m_loop.post([this] { tellController(); });
}

/// The pools that the controller is to be told of; nothing: all of the configuration.
void Daemon::Impl::note(const std::optional<std::vector<domain::PoolName>>& pools) {
    if (!pools)
        m_untold.reset();
    else if (m_untold)
        m_untold->insert(pools->begin(), pools->end());
}

void Daemon::Impl::tellController() {
    const auto names = std::exchange(m_untold, std::set<domain::PoolName>{});
    const auto& running = m_recorder.running().value();
    controller::PoolsChanged changed;
    bool others = !names;
    for (const auto& name : names.value_or(std::set<domain::PoolName>{})) {
        const auto* pool = running.pool(name);
        others = others || !pool || !m_controller.configuration().pool(name);
        if (pool) changed.pools.push_back(*pool);
    }
    if (others)
        configure();
    else if (!changed.pools.empty())
        handle(std::move(changed));
}

}
