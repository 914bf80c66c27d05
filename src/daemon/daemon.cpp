#include "daemon/daemon.hpp"

#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "daemon/answers.hpp"
#include "daemon/event_log.hpp"
#include "daemon/performer.hpp"
#include "daemon/rooms.hpp"
#include "daemon/start.hpp"

#include <algorithm>
#include <concepts>
#include <csignal>
#include <deque>
#include <iterator>

namespace headgate::daemon {
namespace {

constexpr base::Log logger{"daemon"};
constexpr base::Duration snapshotPause{100}; ///< northbound gets at most ten snapshots a second
constexpr base::Duration writePeriod{1000};  ///< of the event history, and of what could not be written
constexpr std::size_t historyKept = 100;     ///< ended transactions shown

std::string stopping() {
    return "headgated is stopping: ask again when it has started";
}

}

class Daemon::Impl : private Outlet {
  public:
    explicit Impl(const Options& options);
    ~Impl() override;
    void run();

  private:
    // The dialogue with the other threads.
    void drain();
    void take(const telemetry::NotificationSeen& seen);
    void take(const telemetry::Observation& observation);
    void take(const telemetry::ApplianceHint& hint);
    void take(const Trouble& trouble);
    void take(const southbound::Status& status);
    void take(const southbound::Notice& notice);
    void take(const northbound::Request& request);
    template <std::convertible_to<controller::Input> Told>
    void take(Told told) {
        handle(std::move(told));
    }
    void handle(controller::Input input);

    // What the controller wants done, besides what is recorded.
    void submit(const transaction::Command& command) override { m_rooms->south().submit(command); }
    void gather(const transaction::Gather& question) override;
    void observe(const transaction::Observe& question) override;
    void tell(const domain::Event& event) override;
    void answer(const controller::Answer& answer) override;
    void runningChanged() override;

    std::shared_ptr<const adapters::Adapter> adapterOf(const domain::ApplianceName& name) const;
    void write();
    void setTimer();
    void postSnapshot();
    void stop();
    void refuseWaiting();
    bool busy() const;

    base::SteadyWallClock m_clock;
    base::EventLoop m_loop;
    // producers: telemetry, southbound's workers, northbound → consumer: the controller's thread
    base::Channel<Inbound> m_inbox{[this] { m_loop.post([this] { drain(); }); }};
    Families m_families;
    Recorder m_recorder;
    Found m_found;                                  ///< what an earlier daemon had not ended
    std::vector<domain::TransactionView> m_history; ///< ended before this daemon started
    controller::Controller m_controller;
    Performer m_performer{m_recorder, *this, m_clock};
    std::map<domain::ApplianceName, domain::ApplianceState> m_appliances;
    std::set<std::uint64_t> m_asked; ///< operators' requests that wait for a transaction's end
    std::unique_ptr<Rooms> m_rooms;
    base::EventLoop::Handle m_tick, m_snapshot, m_write, m_signals;
    std::optional<domain::Instant> m_tickAt;
    bool m_stopping = false;
};

Daemon::Impl::Impl(const Options& options)
    : m_recorder(openRecorder(options, m_families, m_clock.now()))
    , m_found(findUnfinished(m_recorder, options.abandoned, m_clock.now())) {
    for (const auto& view : m_recorder.latestTransactions(historyKept))
        if (view.outcome) m_history.push_back(view); // the others are the controller's
    controller::Options brain;
    brain.firstTransaction = m_recorder.nextTransactionId();
    m_controller = controller::Controller(brain);
    m_rooms = std::make_unique<Rooms>(options, m_recorder,
                                      [this](Inbound inbound) { m_inbox.post(std::move(inbound)); });
    for (const auto& alarm : m_found.alarms)
        log(alarm);
    logger.info("started", {{"state", options.state.string()}, {"socket", options.socket}});
}

Daemon::Impl::~Impl() {
    m_rooms.reset();
    m_inbox.close();
}

void Daemon::Impl::run() {
    m_signals = m_loop.onSignal({SIGTERM, SIGINT}, [this](int) { stop(); });
    m_write = m_loop.every(writePeriod, [this] { write(); });
    for (const auto& appliance : m_recorder.running().value().appliances) {
        auto& state = m_appliances[appliance.name];
        state.name = appliance.name;
        state.reason = "not connected yet";
    }
    handle(controller::Configured{m_recorder.running().value()});
    m_rooms->configure(m_recorder.running().value(), m_families);
    // After southbound knows its appliances: commands are part of what is done first.
    m_performer.recovering(m_found.transactions);
    handle(controller::Recover{std::move(m_found.transactions)});
    m_loop.run();
    write();
    logger.info("stopped");
}

void Daemon::Impl::stop() {
    if (m_stopping || !busy()) {
        if (!m_stopping) refuseWaiting();
        m_loop.stop();
        return;
    }
    logger.info("stopping when the transaction in flight has ended; a second signal stops at once");
    m_stopping = true;
    handle(m_performer.refuseNew(stopping()));
}

/// Nothing is in flight, so none of them has begun.
void Daemon::Impl::refuseWaiting() {
    northbound::Answer refused;
    refused.kind = northbound::AnswerKind::refused;
    refused.reason = stopping();
    for (const auto id : m_asked)
        m_rooms->north().answer(id, refused);
    m_asked.clear();
}

void Daemon::Impl::drain() {
    while (auto inbound = m_inbox.tryReceive())
        std::visit([this](auto& told) { take(std::move(told)); }, *inbound);
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

std::shared_ptr<const adapters::Adapter> Daemon::Impl::adapterOf(const domain::ApplianceName& name) const {
    const auto* appliance = m_recorder.running().value().appliance(name);
    return appliance ? m_families.find(appliance->family) : nullptr;
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

void Daemon::Impl::take(const northbound::Request& request) {
    const bool harmless = request.kind == northbound::RequestKind::plan;
    if (!m_stopping || harmless) {
        if (!harmless) m_asked.insert(request.id);
        return handle(toController(request));
    }
    northbound::Answer refused;
    refused.kind = northbound::AnswerKind::refused;
    refused.reason = stopping();
    m_rooms->north().answer(request.id, std::move(refused));
}

/// What the controller is to know of what came of its effects comes before anything else.
void Daemon::Impl::handle(controller::Input input) {
    std::deque<controller::Input> inputs{std::move(input)};
    for (; !inputs.empty(); inputs.pop_front()) {
        auto told = m_performer.perform(m_controller.handle(m_clock.now(), inputs.front()));
        std::move(told.begin(), told.end(), std::back_inserter(inputs));
    }
    if (!m_snapshot) m_snapshot = m_loop.after(snapshotPause, [this] { postSnapshot(); });
    setTimer();
    if (!m_stopping || busy()) return;
    refuseWaiting();
    m_loop.stop();
}

void Daemon::Impl::gather(const transaction::Gather& question) {
    m_rooms->telemetry().post(telemetry::Gather{question.transaction, question.server, question.application});
}

void Daemon::Impl::observe(const transaction::Observe& question) {
    const auto adapter = adapterOf(question.appliance);
    m_rooms->telemetry().post(
        telemetry::Observe{question.transaction, question.appliance, question.object,
                           adapter ? adapter->statisticsColumns() : std::vector<std::string>{}});
}

void Daemon::Impl::tell(const domain::Event& event) {
    log(event);
    m_rooms->north().post(event);
}

void Daemon::Impl::answer(const controller::Answer& answer) {
    m_asked.erase(answer.request);
    postSnapshot(); // whoever has the answer sees its result
    auto told = toNorthbound(answer, m_recorder.running().value(), m_families);
    if (!told.server && answer.transaction)
        for (const auto& view : m_controller.snapshot(m_clock.now()).transactions)
            if (view.id == *answer.transaction) told.server = view.server;
    m_rooms->north().answer(answer.request, std::move(told));
}

void Daemon::Impl::runningChanged() {
    // Operators see what is on the disk; what waits for that is told them by the alarm.
    if (!m_recorder.waiting()) m_rooms->north().commitRunning(m_recorder.running().text());
    // Not from inside the effects of another input: their order must not change.
    m_loop.post([this] { handle(controller::Configured{m_recorder.running().value()}); });
}

void Daemon::Impl::write() {
    for (auto& input : m_performer.retry())
        handle(std::move(input));
    if (const auto trouble = m_recorder.flush(m_clock.now())) tell(*trouble);
}

void Daemon::Impl::setTimer() {
    const auto due = m_controller.nextDeadline();
    if (due == m_tickAt && m_tick) return;
    m_tickAt = due;
    if (!due) {
        m_tick.cancel();
        return;
    }
    const auto wait = std::max(*due - m_clock.now(), domain::Duration(0));
    m_tick = m_loop.after(wait, [this] {
        m_tickAt.reset();
        m_tick.cancel();
        handle(controller::Tick{});
    });
}

void Daemon::Impl::postSnapshot() {
    m_snapshot.cancel();
    auto snapshot = m_controller.snapshot(m_clock.now());
    snapshot.transactions.insert(snapshot.transactions.begin(), m_history.begin(), m_history.end());
    if (snapshot.transactions.size() > historyKept)
        snapshot.transactions.erase(snapshot.transactions.begin(),
                                    snapshot.transactions.end() - static_cast<std::ptrdiff_t>(historyKept));
    std::vector<domain::ApplianceState> appliances;
    for (const auto& [name, state] : m_appliances)
        appliances.push_back(state);
    m_rooms->north().post(std::move(snapshot), std::move(appliances));
}

bool Daemon::Impl::busy() const {
    const auto snapshot = m_controller.snapshot(m_clock.now());
    return std::any_of(snapshot.transactions.begin(), snapshot.transactions.end(),
                       [](const auto& view) { return !view.outcome; });
}

Daemon::Daemon(const Options& options)
    : m_impl(std::make_unique<Impl>(options)) {}
Daemon::~Daemon() = default;

void Daemon::run() {
    m_impl->run();
}

}
