#include "daemon/daemon.hpp"

#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "daemon/answers.hpp"
#include "daemon/start.hpp"
#include "northbound/northbound.hpp"
#include "southbound/southbound.hpp"
#include "telemetry/telemetry.hpp"

#include <algorithm>
#include <csignal>

namespace headgate::daemon {
namespace {

constexpr base::Log logger{"daemon"};
constexpr base::Duration snapshotPause{100}; ///< northbound gets at most ten snapshots a second
constexpr base::Duration flushPeriod{1000};  ///< of the event history
constexpr std::size_t historyKept = 100;     ///< ended transactions shown

struct Trouble {
    std::string text;
};

/// Everything that other threads tell the controller's.
using Inbound = std::variant<domain::Sample, domain::Gathered, telemetry::NotificationSeen, Trouble,
                             transaction::Reply, southbound::Status, southbound::Notice, northbound::Request>;

void log(const domain::Event& event) {
    const auto name = [](const auto& subject) { return subject ? subject->value : std::string("-"); };
    const std::string transaction = event.transaction ? std::to_string(event.transaction->value) : "-";
    if (event.severity == domain::EventSeverity::alarm)
        logger.error(event.text, {{"event", event.kind},
                                  {"pool", name(event.pool)},
                                  {"server", name(event.server)},
                                  {"appliance", name(event.appliance)},
                                  {"transaction", transaction}});
    else if (event.severity == domain::EventSeverity::warning)
        logger.warning(event.text, {{"event", event.kind},
                                    {"pool", name(event.pool)},
                                    {"server", name(event.server)},
                                    {"appliance", name(event.appliance)},
                                    {"transaction", transaction}});
    else
        logger.info(event.text, {{"event", event.kind},
                                 {"pool", name(event.pool)},
                                 {"server", name(event.server)},
                                 {"appliance", name(event.appliance)},
                                 {"transaction", transaction}});
}

}

class Daemon::Impl {
  public:
    explicit Impl(const Options& options);
    ~Impl();
    void run();

  private:
    // The dialogue with the other threads.
    void drain();
    void take(Inbound&& inbound);
    void tell(const telemetry::NotificationSeen& seen);
    void tell(const southbound::Status& status);
    void tell(const southbound::Notice& notice);
    void tell(const northbound::Request& request);
    void handle(const controller::Input& input);

    // The effects, in the order in which the controller gives them.
    void perform(const controller::Effect& effect);
    void doIt(const transaction::Command& command) { m_southbound->submit(command); }
    void doIt(const controller::Gather& gather) {
        m_telemetry->post(telemetry::Gather{gather.transaction, gather.server, gather.application});
    }
    void doIt(const controller::Observe&) {}
    void doIt(const controller::Adopted&) {}
    void doIt(const controller::Journal& entry) { m_recorder.journal(entry, m_clock.now()); }
    void doIt(const controller::Ended& end);
    void doIt(const controller::HoldChanged& change);
    void doIt(const domain::Event& event);
    void doIt(const controller::Answer& answer);

    void configureRooms();
    void runningChanged();
    controller::Configured configured() const;
    void flush();
    void setTimer();
    void postSnapshot();
    bool busy() const;

    base::SteadyWallClock m_clock;
    base::EventLoop m_loop;
    // producers: telemetry, southbound's workers, northbound → consumer: the controller's thread
    base::Channel<Inbound> m_inbox{[this] { m_loop.post([this] { drain(); }); }};
    Families m_families;
    Recorder m_recorder;
    std::vector<domain::TransactionView> m_history; ///< ended before this daemon started
    controller::Controller m_controller;
    std::map<domain::ApplianceName, domain::ApplianceState> m_appliances;
    std::unique_ptr<northbound::Northbound> m_northbound;
    std::unique_ptr<southbound::Southbound> m_southbound;
    std::unique_ptr<telemetry::Telemetry> m_telemetry;
    base::EventLoop::Handle m_tick, m_snapshot, m_flush, m_signals;
    std::optional<domain::Instant> m_tickAt;
    bool m_stopping = false;
};

Daemon::Impl::Impl(const Options& options)
    : m_recorder(openRecorder(options, m_families, m_clock.now())) {
    const auto alarms = m_recorder.closeUnfinished(m_clock.now());
    m_history = m_recorder.latestTransactions(historyKept);
    controller::Options brain;
    brain.firstTransaction = m_recorder.nextTransactionId();
    m_controller = controller::Controller(brain);

    northbound::Options north;
    north.unixSocket = options.socket;
    m_northbound = std::make_unique<northbound::Northbound>(
        north, m_recorder.running().text(),
        [this](northbound::Request request) { m_inbox.post(std::move(request)); });
    for (const auto& event : m_recorder.latestEvents(north.eventsKept))
        m_northbound->post(event);
    for (const auto& alarm : alarms)
        log(alarm);

    m_southbound = std::make_unique<southbound::Southbound>(
        [this](transaction::Reply reply) { m_inbox.post(std::move(reply)); },
        [this](southbound::Status status) { m_inbox.post(std::move(status)); },
        southbound::connectWithNetconf(),
        [this](southbound::Notice notice) { m_inbox.post(std::move(notice)); });
    m_telemetry = std::make_unique<telemetry::Telemetry>(
        telemetry::Options{options.state / "snmp-engine", std::nullopt},
        telemetry::Sinks{[this](domain::Sample sample) { m_inbox.post(std::move(sample)); },
                         [this](domain::Gathered gathered) { m_inbox.post(std::move(gathered)); },
                         [this](telemetry::NotificationSeen seen) { m_inbox.post(std::move(seen)); },
                         [this](std::string text) { m_inbox.post(Trouble{std::move(text)}); }});
    logger.info("started", {{"state", options.state.string()}, {"socket", options.socket}});
}

Daemon::Impl::~Impl() {
    // Northbound first, so that nobody asks any more; then those that could still post.
    m_northbound.reset();
    if (m_southbound) m_southbound->stop();
    m_telemetry.reset();
    m_inbox.close();
}

void Daemon::Impl::run() {
    m_signals = m_loop.onSignal({SIGTERM, SIGINT}, [this](int) {
        if (m_stopping || !busy()) {
            m_loop.stop();
            return;
        }
        logger.info("stopping when the transaction in flight has ended; a second signal stops at once");
        m_stopping = true;
        handle(controller::Request{0, controller::Hold{}});
    });
    m_flush = m_loop.every(flushPeriod, [this] { flush(); });
    handle(configured());
    configureRooms();
    m_loop.run();
    flush();
    logger.info("stopped");
}

void Daemon::Impl::configureRooms() {
    const auto& configuration = m_recorder.running().value();
    std::vector<southbound::Place> places;
    for (const auto& appliance : configuration.appliances) {
        m_appliances[appliance.name].name = appliance.name;
        m_appliances[appliance.name].reason = "not connected yet";
        const auto* credential = configuration.credential(appliance.credential);
        if (!credential) continue; // the model's leafref forbids it
        places.push_back(
            {{appliance, credential->user, credential->secretFile}, m_families.find(appliance.family)});
    }
    m_southbound->configure(std::move(places));

    telemetry::Configure watch{configuration, {}};
    for (const auto& credential : configuration.credentials)
        if (credential.kind != domain::CredentialKind::ssh)
            watch.credentials.emplace(credential.name, telemetry::readCredentials(credential));
    m_telemetry->post(std::move(watch));
}

void Daemon::Impl::drain() {
    while (auto inbound = m_inbox.tryReceive())
        take(std::move(*inbound));
}

void Daemon::Impl::take(Inbound&& inbound) {
    std::visit(
        [this](auto&& told) {
            using Told = std::decay_t<decltype(told)>;
            if constexpr (std::is_same_v<Told, telemetry::NotificationSeen> ||
                          std::is_same_v<Told, southbound::Status> ||
                          std::is_same_v<Told, southbound::Notice> ||
                          std::is_same_v<Told, northbound::Request>)
                tell(told);
            else if constexpr (std::is_same_v<Told, Trouble>)
                doIt(domain::Event{m_clock.now(),
                                   domain::EventSeverity::alarm,
                                   "telemetry-trouble",
                                   {},
                                   {},
                                   {},
                                   {},
                                   told.text});
            else
                handle(std::move(told));
        },
        std::move(inbound));
}

void Daemon::Impl::tell(const telemetry::NotificationSeen& seen) {
    const bool unknown = seen.use == telemetry::NotificationSeen::Use::unknownSource;
    doIt(domain::Event{seen.at,
                       unknown ? domain::EventSeverity::warning : domain::EventSeverity::notice,
                       "notification",
                       seen.server,
                       {},
                       {},
                       {},
                       seen.text});
}

void Daemon::Impl::tell(const southbound::Status& status) {
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

void Daemon::Impl::tell(const southbound::Notice& notice) {
    doIt(domain::Event{m_clock.now(),
                       domain::EventSeverity::warning,
                       "appliance-notice",
                       {},
                       {},
                       notice.appliance,
                       {},
                       notice.text});
}

void Daemon::Impl::tell(const northbound::Request& request) {
    if (!m_stopping || request.kind == northbound::RequestKind::plan) return handle(toController(request));
    northbound::Answer refused;
    refused.kind = northbound::AnswerKind::refused;
    refused.reason = "headgated is stopping: ask again when it has started";
    m_northbound->answer(request.id, std::move(refused));
}

void Daemon::Impl::handle(const controller::Input& input) {
    for (const auto& effect : m_controller.handle(m_clock.now(), input))
        perform(effect);
    if (!m_snapshot) m_snapshot = m_loop.after(snapshotPause, [this] { postSnapshot(); });
    setTimer();
    if (m_stopping && !busy()) m_loop.stop();
}

void Daemon::Impl::perform(const controller::Effect& effect) {
    std::visit([this](const auto& one) { doIt(one); }, effect);
}

void Daemon::Impl::doIt(const controller::Ended& end) {
    if (m_recorder.ended(end, m_clock.now())) runningChanged();
}

void Daemon::Impl::doIt(const controller::HoldChanged& change) {
    // While stopping, the hold only keeps new transactions from beginning: nobody asked for it to be
    // recorded.
    if (!m_stopping && m_recorder.hold(change, m_clock.now())) runningChanged();
}

void Daemon::Impl::runningChanged() {
    m_northbound->commitRunning(m_recorder.running().text());
    // Not from inside the effects of another input: their order must not change.
    m_loop.post([this] { handle(configured()); });
}

/// While stopping, every pool is held, whatever is recorded: nothing new must begin.
controller::Configured Daemon::Impl::configured() const {
    controller::Configured told{m_recorder.running().value()};
    for (auto& pool : told.configuration.pools)
        pool.held = pool.held || m_stopping;
    return told;
}

void Daemon::Impl::flush() {
    if (const auto trouble = m_recorder.flush(m_clock.now())) doIt(*trouble);
}

void Daemon::Impl::doIt(const domain::Event& event) {
    // Not an operator's, who is refused while we stop.
    if (m_stopping && event.kind == "pool-held") return;
    log(event);
    m_northbound->post(event);
    if (const auto trouble = m_recorder.event(event, m_clock.now())) doIt(*trouble);
}

void Daemon::Impl::doIt(const controller::Answer& answer) {
    if (answer.request == 0) return; // the daemon's own
    postSnapshot();                  // whoever has the answer sees its result
    auto told = toNorthbound(answer, m_recorder.running().value(), m_families);
    if (!told.server && answer.transaction)
        for (const auto& view : m_controller.snapshot(m_clock.now()).transactions)
            if (view.id == *answer.transaction) told.server = view.server;
    m_northbound->answer(answer.request, std::move(told));
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
    m_northbound->post(std::move(snapshot), std::move(appliances));
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
