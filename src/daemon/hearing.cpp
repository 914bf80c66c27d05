// What the other threads tell the controller's, in the controller's words.

#include "daemon/answers.hpp"
#include "daemon/daemon_impl.hpp"
#include "daemon/event_log.hpp"

#include <utility>
#include <vector>

namespace headgate::daemon {

namespace {

/// As many as their memory may come at once, and still be near when the last of them is handled.
constexpr std::size_t together = 32;

}

void Daemon::Impl::drain() {
    std::vector<Inbound> heard;
    std::vector<const domain::Sample*> samples;
    do {
        heard.clear();
        samples.clear();
        while (heard.size() < together) {
            auto inbound = m_inbox.tryReceive();
            if (!inbound) break;
            heard.push_back(std::move(*inbound));
        }
        for (const auto& inbound : heard)
            if (const auto* sample = std::get_if<domain::Sample>(&inbound)) samples.push_back(sample);
        m_controller.expect(samples);
        for (auto& inbound : heard)
            std::visit([this](auto& told) { take(std::move(told)); }, inbound);
    } while (!heard.empty());
}

void Daemon::Impl::configure() {
    handle(controller::Configured{m_recorder.running().value()});
    if (const auto told = m_unreached.configure(m_recorder.running().value().netconfServer, m_clock.now()))
        m_performer.tell(*told);
}

void Daemon::Impl::take(domain::Sample sample) {
    ++(sample.answered ? m_samplesTaken : m_pollsMissed);
    handle(std::move(sample));
}

void Daemon::Impl::take(const telemetry::NotificationSeen& seen) {
    const bool unknown = seen.use == telemetry::NotificationSeen::Use::unknownSource;
    auto event = eventOf(seen.at, unknown ? domain::EventSeverity::warning : domain::EventSeverity::notice,
                         "notification", seen.text);
    event.server = seen.server;
    event.appliance = seen.appliance;
    m_performer.tell(event);
}

/// Its family knows what the rows say.
void Daemon::Impl::take(const telemetry::Observation& observation) {
    transaction::Observed observed{
        observation.transaction, observation.appliance, observation.answered, observation.reason, {}};
    if (const auto adapter = adapterOf(observation.appliance); adapter && observation.answered) {
        try {
            observed.members = adapter->statistics(observation.object, observation.columns);
        } catch (const adapters::Error& error) {
            observed.answered = false;
            observed.reason = error.what();
        }
    }
    handle(std::move(observed));
}

void Daemon::Impl::take(const telemetry::ApplianceHint& hint) {
    handle(controller::ApplianceChanged{hint.appliance, hint.text});
}

void Daemon::Impl::take(const telemetry::EngineChanged& changed) {
    auto event = eventOf(m_clock.now(), domain::EventSeverity::warning, "engine-changed",
                         changed.server.value + ": " + changed.text);
    event.server = changed.server;
    m_performer.tell(event);
}

void Daemon::Impl::take(const telemetry::SharedEngines& shared) {
    if (const auto told = m_engineTwins.take(shared, m_clock.now())) m_performer.tell(*told);
}

/// Of its members as they are now: telemetry knows them as they were configured.
void Daemon::Impl::take(const telemetry::PoolHint& hint) {
    const auto* pool = m_recorder.running().value().pool(hint.pool);
    if (!pool) return;
    for (const auto& member : pool->members)
        m_rooms->telemetry().post(telemetry::PollNow{member.server});
    const auto places = pool->places; // what is handled may change what is running
    for (const auto& place : places)
        handle(controller::ApplianceChanged{place.appliance, hint.text});
}

void Daemon::Impl::take(const Trouble& trouble) {
    m_performer.tell(eventOf(m_clock.now(), domain::EventSeverity::alarm, "telemetry-trouble", trouble.text));
}

void Daemon::Impl::take(const southbound::Status& status) {
    auto& state = m_appliances[status.appliance];
    state.name = status.appliance;
    state.connected = status.connected;
    state.reason = status.reason;
    if (status.connected) {
        state.capabilities = status.capabilities;
        state.lastContact = m_clock.now();
    }
    handle(
        controller::ApplianceStatus{status.appliance, status.connected, status.reason, status.capabilities});
}

void Daemon::Impl::take(const southbound::Notice& notice) {
    auto event = eventOf(m_clock.now(), domain::EventSeverity::warning, "appliance-notice", notice.text);
    event.appliance = notice.appliance;
    m_performer.tell(event);
    if (notice.changed) handle(controller::ApplianceChanged{notice.appliance, notice.text});
}

void Daemon::Impl::take(const domain::Announcement& announcement) {
    m_recorder.announced(announcement);
}

void Daemon::Impl::take(const domain::PollingState& polling) {
    m_polling = polling;
    snapshotSoon();
}

void Daemon::Impl::take(const northbound::Request& request) {
    using Kind = northbound::RequestKind;
    if (request.kind == Kind::history || request.kind == Kind::getRevision || request.kind == Kind::readLog)
        return tellHistory(request);
    if (request.kind == Kind::lateAnswer) return m_performer.tell(eventOfLate(request, m_clock.now()));
    if (request.kind == Kind::called) {
        if (const auto told = m_unreached.take(*request.call, m_clock.now())) m_performer.tell(*told);
        return;
    }
    const bool harmless = request.kind == Kind::plan;
    if (m_stopping && !harmless && request.kind != Kind::sessionEnded) return refuse(request.id);
    if (request.kind == Kind::sessionEnded) return commitsSessionEnded(request);
    if (request.kind == Kind::cancelCommit) return cancelCommit(request);
    if (request.kind == Kind::load && request.commit) return commit(request);
    if (request.kind == Kind::load || request.kind == Kind::rollback) return load(request);
    if (!harmless) m_asked.insert(request.id);
    handle(toController(request));
}

}
