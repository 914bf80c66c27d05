#pragma once

#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "daemon/committing.hpp"
#include "daemon/daemon.hpp"
#include "daemon/doorbell.hpp"
#include "daemon/engine_twins.hpp"
#include "daemon/flight_recorder.hpp"
#include "daemon/performer.hpp"
#include "daemon/rooms.hpp"
#include "daemon/secrets.hpp"
#include "daemon/start.hpp"
#include "daemon/unreached.hpp"

#include <concepts>
#include <map>
#include <optional>
#include <set>

namespace headgate::daemon {

/// The controller's thread: daemon.cpp has its life, hearing.cpp what it is told, outlet.cpp what it tells.
class Daemon::Impl : private Outlet {
  public:
    explicit Impl(const Options& options);
    ~Impl() override;
    void run();

  private:
    // The dialogue with the other threads.
    void drain();
    void take(domain::Sample sample);
    void take(const telemetry::NotificationSeen& seen);
    void take(const telemetry::Observation& observation);
    void take(const telemetry::ApplianceHint& hint);
    void take(const telemetry::EngineChanged& changed);
    void take(const telemetry::SharedEngines& shared);
    void take(const telemetry::PoolHint& hint);
    void take(const Trouble& trouble);
    void take(const southbound::Status& status);
    void take(const southbound::Notice& notice);
    void take(const northbound::Request& request);
    void take(const domain::Announcement& announcement);
    void take(const domain::PollingState& polling);
    template <std::convertible_to<controller::Input> Told>
    void take(Told told) {
        handle(std::move(told));
    }
    void handle(controller::Input input);
    /// Running is another one, or the first.
    void configure();
    void load(const northbound::Request& request);
    /// The revision that a load or a rollback asks for. Throws northbound::InvalidConfiguration.
    std::string wanted(const northbound::Request& request);
    /// The same, done; the answer is for the caller to give.
    northbound::Answer loaded(const northbound::Request& request);
    static northbound::Answer refusalOf(const northbound::InvalidConfiguration& invalid);
    /// What this machine and the running configuration have against it.
    std::vector<northbound::Problem> problemsOf(const northbound::Changed& next) const;
    void tellHistory(const northbound::Request& request);
    // Commits of several steps: committing.cpp.
    Situation situation() const;
    void commit(const northbound::Request& request);
    void judge(const northbound::Steps& steps);
    void begin(const northbound::Request& request, northbound::Steps steps);
    void proceed();
    void stepEnded(northbound::Answer answer);
    void arrive();
    void nothingDone(northbound::Answer answer);
    void undo(const std::string& why);
    void undoFailed(const northbound::Answer& answer);
    void undone();
    void awaitConfirmation();
    void tellCommit(datastore::ConfirmedCommit event);
    void cancelCommit(const northbound::Request& request);
    void commitsSessionEnded(const northbound::Request& request);
    void resumeCommit();
    void reply(std::uint64_t request, northbound::Answer answer);

    /// Before it is loaded: a port that cannot be had refuses it.
    void openDoors(const domain::Configuration& next);
    /// After it was not loaded.
    void reopenDoors();

    // What the controller wants done, besides what is recorded.
    void submit(const transaction::Command& command) override {
        m_doorbell.expect();
        m_rooms->south().submit(command);
    }
    void gather(const transaction::Gather& question) override;
    void assign(const transaction::Assign& order) override;
    void observe(const transaction::Observe& question) override;
    void tell(const domain::Event& event, std::uint64_t number) override;
    void ended(const domain::TransactionView& transaction) override { m_rooms->snmp().ended(transaction); }
    void answer(const controller::Answer& answer) override;
    void runningChanged() override;
    void note(const std::optional<std::vector<domain::PoolName>>& pools);
    void tellController();

    std::shared_ptr<const adapters::Adapter> adapterOf(const domain::ApplianceName& name) const;
    void write();
    /// What is told of the configuration, for the flight record.
    std::vector<flight::Configuration> recordable(const controller::Input& input);
    void setTimer();
    void snapshotSoon();
    void postSnapshot();
    void stop();
    /// A line of the log for each transaction in flight.
    void tellInFlight(const char* what) const;
    void refuseWaiting();
    void refuse(std::uint64_t request);
    bool busy() const;

    base::SteadyWallClock m_clock;
    base::EventLoop m_loop;
    // producers: telemetry, southbound's workers, northbound → consumer: the controller's thread
    base::Channel<Inbound> m_inbox{[this] { m_doorbell.ring(); }};
    Doorbell m_doorbell{m_loop, [this] { drain(); }};
    Families m_families{[this](std::string_view secret) {
        return m_vault.seal(base::Secret(std::string(secret))); // nothing is read before there is a vault
    }};
    Recorder m_recorder;
    vault::Vault m_vault; ///< its key may be in the state directory, which the recorder has locked
    Found m_found;        ///< what an earlier daemon had not ended
    std::vector<std::shared_ptr<const domain::TransactionView>>
        m_history; ///< ended before this daemon started
    controller::Controller m_controller;
    FlightRecorder m_flight;
    Performer m_performer{m_recorder, *this, m_clock};
    std::map<domain::ApplianceName, domain::ApplianceState> m_appliances;
    std::uint64_t m_samplesTaken = 0, m_pollsMissed = 0;
    std::optional<domain::PollingState> m_polling;
    std::optional<std::set<domain::PoolName>> m_untold = std::set<domain::PoolName>{};
    std::set<std::uint64_t> m_asked;  ///< operators' requests that wait for a transaction's end
    std::unique_ptr<Commit> m_commit; ///< the one that is under way, or waits to be confirmed
    Unreached m_unreached;
    EngineTwins m_engineTwins{m_recorder.alarms()};
    std::unique_ptr<Rooms> m_rooms;
    base::EventLoop::Handle m_tick, m_snapshot, m_write, m_signals, m_commitTimer;
    std::optional<domain::Instant> m_tickAt;
    base::Duration m_snapshotTook{0};
    bool m_stopping = false;
};

}
