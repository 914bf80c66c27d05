#include "telemetry/telemetry.hpp"

#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "snmp/client.hpp"
#include "snmp/error.hpp"
#include "telemetry/client_asker.hpp"
#include "telemetry/hearing.hpp"
#include "telemetry/notification_listener.hpp"
#include "telemetry/observer.hpp"
#include "telemetry/poller.hpp"
#include "telemetry/server_engines.hpp"
#include "telemetry/weak_protocols.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Log logger("telemetry");
constexpr base::Duration afterFailure = 1s;
constexpr base::Duration together = 10ms;
constexpr std::uint64_t manyAtOnce = 4;    // polls begun at one tick
constexpr base::Duration nowAndThen = 10s; // to tell which engines are shared

using OnEngineChange = std::function<void(const snmp::TargetPtr&, const snmp::EngineChange&)>;

snmp::Client::Options clientOptions(const Options& options, OnEngineChange onEngineChange) {
    snmp::Client::Options result;
    result.onEngineChange = std::move(onEngineChange);
    if (!options.sourceAddress) return result;
    result.source = snmp::Endpoint::parse(*options.sourceAddress, 0);
    if (!result.source) throw snmp::Error("not an IP address to poll from: " + *options.sourceAddress);
    return result;
}

}

class Telemetry::Impl {
  public:
    Impl(const Options& options, Sinks sinks)
        : m_options(options)
        , m_sinks(std::move(sinks))
        , m_client(m_loop, m_clock,
                   clientOptions(options,
                                 [this](const auto& target, const auto& change) {
                                     if (const auto* watch = m_poller.watch(target))
                                         m_engines.changed(watch->name(), change);
                                 }))
        , m_poller(m_asker, m_clock, toldByPoller())
        , m_observer(m_asker,
                     [this](Observation observation) { m_sinks.observation(std::move(observation)); })
        , m_hearing(m_clock, options.shippedRules, toldByHearing())
        , m_engines(m_clock, m_hearing.interpreter(), toldByEngines())
        , m_listener(m_loop, m_clock, options.engineFile, m_hearing, toldByListener())
        , m_thread([this] { run(); }) {}

    ~Impl() {
        m_loop.stop();
        m_thread.join();
    }

    void post(Command command) {
        m_loop.post([this, command = std::move(command)] {
            std::visit([this](const auto& wanted) { handle(wanted); }, command);
            arm();
        });
    }

    std::vector<std::string> addresses() {
        auto answer = std::make_shared<base::Channel<std::vector<std::string>>>();
        m_loop.post([this, answer] { answer->post(m_listener.addresses()); });
        return answer->receiveFor(10s).value_or(std::vector<std::string>{});
    }

  private:
    void run();
    void tell(const std::string& trouble) noexcept;
    Poller::Told toldByPoller();
    Hearing::Outlets toldByHearing();
    ServerEngines::Outlets toldByEngines();
    NotificationListener::Outlets toldByListener();
    void handle(const Configure& configuration);
    void handle(const PollNow& wanted) { m_poller.pollNow(wanted.server); }
    void handle(const Gather& wanted) { m_poller.gather(wanted); }
    void handle(const Assign& wanted) { m_poller.assign(wanted); }
    void handle(const Observe& wanted) { m_observer.observe(wanted); }
    void arm();
    void tellPolling();
    void armAgain();
    void armAt(base::Instant due);

    const Options m_options;
    const Sinks m_sinks;
    base::SteadyWallClock m_clock;
    base::EventLoop m_loop;
    snmp::Client m_client;
    ClientAsker m_asker{m_client, m_loop};
    Poller m_poller;
    Observer m_observer;
    Hearing m_hearing;
    ServerEngines m_engines;
    NotificationListener m_listener;
    WeakProtocols m_weak;
    bool m_asked = false; ///< notifications of this turn ask for polls
    base::EventLoop::Handle m_timer;
    std::optional<base::Instant> m_armed; ///< when it fires
    bool m_busy = false;
    base::EventLoop::Handle m_polling = m_loop.every(m_options.tellPollingEvery, [this] { tellPolling(); });
    base::EventLoop::Handle m_nowAndThen = m_loop.every(nowAndThen, [this] { m_engines.tick(); });
    std::thread m_thread; // last: it uses all of the above
};

void Telemetry::Impl::tell(const std::string& trouble) noexcept {
    try {
        m_sinks.trouble(trouble);
    } catch (const std::exception& error) {
        logger.error("a trouble was not taken", {{"error", error.what()}});
    }
}

void Telemetry::Impl::run() {
    while (true) {
        try {
            m_loop.run();
            return;
        } catch (const std::exception& error) {
            // What was under way is lost; the other servers are not.
            logger.error("a callback failed", {{"error", error.what()}});
            tell(std::string("telemetry: ") + error.what());
            // Not at once: what failed may fail again, and an exception from here would end the process.
            m_armed = m_clock.now() + afterFailure;
            m_timer = m_loop.after(afterFailure, [this] { arm(); });
        }
    }
}

Poller::Told Telemetry::Impl::toldByPoller() {
    return {[this](domain::Sample sample) {
                m_engines.polled(sample.server);
                m_sinks.sample(std::move(sample));
            },
            [this](domain::Gathered gathered) { m_sinks.gathered(std::move(gathered)); },
            [this](domain::Assigned assigned) { m_sinks.assigned(std::move(assigned)); },
            [this](const domain::ServerName& server, const snmp::EngineState& engine) {
                if (const auto* watch = m_poller.watch(server)) m_engines.learn(*watch, engine);
            },
            [this](base::Instant due) {
                if (!m_armed || due < *m_armed) armAt(due);
            },
            m_options.seal};
}

void Telemetry::Impl::handle(const Configure& configuration) {
    m_poller.configure(configuration);
    m_observer.configure(configuration);
    m_hearing.configure(configuration);
    m_engines.configure(configuration.configuration, m_poller);
    m_listener.configure(configuration);
    for (const auto& weak : m_weak.newIn(configuration.configuration))
        logger.warning("a credential uses an SNMPv3 protocol that is broken",
                       {{"credential", weak.credential.value}, {"what", weak.text}});
    for (const auto& server : configuration.configuration.servers)
        if (!m_poller.watch(server.name))
            logger.warning(
                "a server cannot be watched: it has no SNMP address or credential that can be used",
                {{"server", server.name.value}, {"address", server.snmpAddress}});
}

Hearing::Outlets Telemetry::Impl::toldByHearing() {
    return {[this](const domain::ServerName& server, const std::vector<snmp::Varbind>& varbinds) {
                const auto* watch = m_poller.watch(server);
                return watch ? std::optional(watch->sampleOf(varbinds)) : std::nullopt;
            },
            [this](const domain::ServerName& server) {
                m_poller.pollNow(server);
                m_asked = true;
            },
            m_sinks.sample,
            m_sinks.notification,
            m_sinks.applianceHint,
            m_sinks.poolHint};
}

ServerEngines::Outlets Telemetry::Impl::toldByEngines() {
    return {[this](const auto& engine) { m_listener.trust(engine); },
            [this](const auto& engine) { m_listener.forget(engine); },
            [this](const auto& engine) { m_listener.setTime(engine); }, m_sinks.engineChanged,
            m_sinks.sharedEngines};
}

NotificationListener::Outlets Telemetry::Impl::toldByListener() {
    return {m_sinks.trouble,
            [this] {
                // Once a turn, however many it had.
                if (std::exchange(m_asked, false) || m_hearing.nextDue()) arm();
            },
            [this] { return m_engines.trusted(); }};
}

void Telemetry::Impl::arm() {
    m_hearing.tick();
    const auto before = m_poller.counters().begun;
    m_poller.tick();
    m_busy = m_poller.counters().begun - before >= manyAtOnce;
    m_armed.reset();
    armAgain();
}

void Telemetry::Impl::tellPolling() {
    if (!m_sinks.polling) return;
    const auto& asked = m_client.counters();
    const auto& polls = m_poller.counters();
    m_sinks.polling({.sent = asked.sent,
                     .answered = asked.answered,
                     .timedOut = asked.timedOut,
                     .overruns = polls.overruns,
                     .inFlight = static_cast<std::uint32_t>(m_client.inFlight()),
                     .silent = static_cast<std::uint32_t>(polls.silent)});
}

void Telemetry::Impl::armAgain() {
    auto due = m_poller.nextDue();
    if (const auto look = m_hearing.nextDue()) due = due ? std::min(*due, *look) : *look;
    if (due && (!m_armed || *due < *m_armed)) armAt(*due);
}

void Telemetry::Impl::armAt(base::Instant due) {
    const auto now = m_clock.now();
    // Many go out together: a wake-up for each would cost more than they do.
    const auto soonest = now + (m_busy ? together : base::Duration(1));
    if (m_armed && *m_armed <= soonest) return;
    m_armed = std::max(due, soonest);
    m_timer = m_loop.after(*m_armed - now, [this] { arm(); });
}

Telemetry::Telemetry(const Options& options, Sinks sinks)
    : m_impl(std::make_unique<Impl>(options, std::move(sinks))) {}

Telemetry::~Telemetry() = default;

void Telemetry::post(Command command) {
    m_impl->post(std::move(command));
}

std::vector<std::string> Telemetry::notificationAddresses() {
    return m_impl->addresses();
}

}
