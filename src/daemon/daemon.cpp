#include "base/log.hpp"
#include "daemon/daemon_impl.hpp"

#include <algorithm>
#include <csignal>
#include <deque>
#include <iterator>
#include <utility>

namespace headgate::daemon {
namespace {

constexpr base::Log logger{"daemon"};
constexpr base::Duration snapshotPause{250}; ///< from a change until northbound gets to see it
constexpr int snapshotShare = 10; ///< that pause is so many times what a snapshot takes, if that is longer
constexpr base::Duration writePeriod{1000}; ///< of the event history, and of what could not be written
constexpr std::size_t historyKept = 100;    ///< ended transactions shown

constexpr auto stopping = "headgated is stopping: ask again when it has started";

}

Daemon::Impl::Impl(const Options& options)
    : m_recorder(openRecorder(options, m_families, m_clock.now()))
    , m_vault(openVault(options))
    , m_found(findUnfinished(m_recorder, options.abandoned, m_clock.now()))
    , m_flight(options.state / "flight") {
    m_signals = m_loop.onSignal({SIGTERM, SIGINT}, [this](int) { stop(); });
    for (auto& view : m_recorder.latestTransactions(historyKept))
        if (view.outcome) // the others are the controller's
            m_history.push_back(std::make_shared<const domain::TransactionView>(std::move(view)));
    controller::Options brain;
    brain.firstTransaction = m_recorder.nextTransactionId();
    m_controller = controller::Controller(brain);
    m_flight.begin(m_clock.now(), brain.firstTransaction);
    m_rooms = std::make_unique<Rooms>(options, m_recorder, m_vault, [this](Inbound inbound) {
        if (std::holds_alternative<transaction::Reply>(inbound)) m_doorbell.came();
        m_inbox.post(std::move(inbound));
    });
    logger.info("started", {{"state", options.state.string()}, {"socket", options.socket}});
}

Daemon::Impl::~Impl() {
    m_rooms.reset();
    // How its sessions ended is what a replay begins with after the next start.
    while (const auto left = m_inbox.tryReceive())
        if (const auto* announcement = std::get_if<domain::Announcement>(&*left)) take(*announcement);
    m_inbox.close();
}

void Daemon::Impl::run() {
    m_write = m_loop.every(writePeriod, [this] { write(); });
    for (const auto& appliance : m_recorder.running().value().appliances) {
        auto& state = m_appliances[appliance.name];
        state.name = appliance.name;
        state.reason = "not connected yet";
    }
    configure();
    m_rooms->configure(m_recorder.running().value(), m_families);
    // After southbound knows its appliances: commands are part of what is done first.
    m_performer.recovering(m_found.transactions);
    handle(controller::Recover{std::move(m_found.transactions), std::move(m_found.doubts),
                               std::move(m_found.alarms), std::move(m_found.changes)});
    resumeCommit();
    m_loop.run();
    write();
    logger.info("stopped");
}

void Daemon::Impl::stop() {
    if (m_commit && m_commit->stage != Commit::Stage::pending)
        logger.info("the commit under way is left as far as it is; the next start takes it back",
                    {{"user", m_commit->record.user}});
    if (m_stopping || !busy()) {
        if (m_stopping)
            tellInFlight("parked: all that the next start needs to go on from here is in the journal");
        else
            refuseWaiting();
        m_loop.stop();
        return;
    }
    tellInFlight("stopping when it has ended: a second signal parks it");
    m_stopping = true;
    handle(m_performer.refuseNew(stopping));
}

void Daemon::Impl::tellInFlight(const char* what) const {
    for (const auto& transaction : m_controller.snapshot(m_clock.now()).transactions)
        logger.info(what, {{"transaction", std::to_string(transaction.id.value)},
                           {"pool", transaction.pool.value},
                           {"server", transaction.server.value},
                           {"state", transaction.state}});
}

/// Nothing is in flight, so none of them has begun.
void Daemon::Impl::refuseWaiting() {
    for (const auto id : std::exchange(m_asked, {}))
        refuse(id);
}

void Daemon::Impl::refuse(std::uint64_t request) {
    northbound::Answer refused;
    refused.kind = northbound::AnswerKind::refused;
    refused.reason = stopping;
    m_rooms->north().answer(request, std::move(refused));
}

/// What the controller is to know of what came of its effects comes before anything else.
void Daemon::Impl::handle(controller::Input input) {
    std::deque<controller::Input> inputs;
    inputs.push_back(std::move(input));
    for (; !inputs.empty(); inputs.pop_front()) {
        const auto now = m_clock.now();
        m_flight.told(now, inputs.front(), recordable(inputs.front()));
        const auto effects = m_controller.handle(now, std::move(inputs.front()));
        m_flight.done(effects, m_controller);
        auto told = m_performer.perform(effects);
        std::move(told.begin(), told.end(), std::back_inserter(inputs));
    }
    snapshotSoon();
    setTimer();
    if (!m_stopping || busy()) return;
    refuseWaiting();
    m_loop.stop();
}

void Daemon::Impl::write() {
    for (auto& input : m_performer.retry())
        handle(std::move(input));
    if (const auto trouble = m_recorder.flush(m_clock.now())) tell(*trouble, 0);
    if (const auto trouble = m_flight.write(m_clock.now(), m_controller)) m_performer.tell(*trouble);
    m_rooms->north().logAged(m_recorder.logAged());
}

std::vector<flight::Configuration> Daemon::Impl::recordable(const controller::Input& input) {
    std::vector<flight::Configuration> texts;
    const auto& running = m_recorder.running();
    const auto revision = [this]() -> std::uint64_t {
        try {
            return m_recorder.runningNumber();
        } catch (const store::Error&) {
            return 0; // It waits for the disk, and has no number yet.
        }
    };
    if (std::holds_alternative<controller::Configured>(input))
        texts.push_back({revision(), true, running.forRecord()});
    else if (const auto* changed = std::get_if<controller::PoolsChanged>(&input))
        for (const auto& pool : changed->pools)
            texts.push_back({revision(), false, running.forRecord(pool.name)});
    return texts;
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

void Daemon::Impl::snapshotSoon() {
    if (m_snapshot) return;
    m_snapshot =
        m_loop.after(std::max(snapshotPause, snapshotShare * m_snapshotTook), [this] { postSnapshot(); });
}

void Daemon::Impl::postSnapshot() {
    m_snapshot.cancel();
    const auto begun = m_clock.now();
    auto made = m_controller.snapshot(begun);
    made.polling = m_polling;
    auto& history = made.history;
    history.insert(history.begin(), m_history.begin(), m_history.end());
    if (history.size() > historyKept)
        history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(historyKept));
    std::vector<domain::ApplianceState> appliances;
    for (const auto& [name, state] : m_appliances)
        appliances.push_back(state);
    const auto snapshot = std::make_shared<const domain::Snapshot>(std::move(made));
    if (m_recorder.running().value().snmpAgent.enabled)
        m_rooms->snmp().post(std::make_shared<const northbound::SnmpSeen>(
            northbound::SnmpSeen{snapshot, appliances, m_performer.begun(), m_samplesTaken, m_pollsMissed}));
    m_rooms->north().post(snapshot, std::move(appliances));
    m_snapshotTook = m_clock.now() - begun;
}

bool Daemon::Impl::busy() const {
    return m_controller.busy();
}

Daemon::Daemon(const Options& options)
    : m_impl(std::make_unique<Impl>(options)) {}
Daemon::~Daemon() = default;

void Daemon::run() {
    m_impl->run();
}

}
