#include "telemetry/telemetry.hpp"

#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "snmp/client.hpp"
#include "snmp/error.hpp"
#include "snmp/notification_receiver.hpp"
#include "snmp/usm_peer.hpp"
#include "telemetry/engine_registry.hpp"
#include "telemetry/hearing.hpp"
#include "telemetry/not_taken.hpp"
#include "telemetry/observer.hpp"
#include "telemetry/poller.hpp"
#include "telemetry/weak_protocols.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Log logger("telemetry");
constexpr base::Duration retryListening = 10s;
constexpr base::Duration betweenReports = 60s; // of notifications that are not taken
constexpr base::Duration afterFailure = 1s;
constexpr base::Duration together = 10ms;
constexpr std::uint64_t manyAtOnce = 4; // polls begun at one tick
constexpr base::Duration pollingTold = 10s;
constexpr base::Duration heardAll = 60s; // by then each server has answered, or does not

class ClientAsker final : public Asker {
  public:
    ClientAsker(snmp::Client& client, base::EventLoop& loop)
        : m_client(client)
        , m_loop(loop) {}
    void get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) override {
        m_client.get(target, std::move(names), std::move(done));
    }
    void poll(const snmp::TargetPtr& target, const snmp::QuestionPtr& question,
              const std::shared_ptr<snmp::PollListener>& listener) override {
        m_client.poll(target, question, listener);
    }
    Load load() const override { return {m_client.counters().sent, m_client.inFlight()}; }
    void hold() override { m_client.hold(); }
    void flush() override { m_client.flush(); }
    void walk(const snmp::TargetPtr& target, const snmp::Oid& subtree, const snmp::WalkLimits& limits,
              snmp::OnReply done) override {
        m_client.walk(target, subtree, limits, std::move(done));
    }
    void set(const snmp::TargetPtr& target, std::vector<snmp::Varbind> values, snmp::OnReply done) override {
        m_client.set(target, std::move(values), std::move(done));
    }
    void later(base::Duration pause, std::function<void()> what) override {
        const auto number = m_next++;
        m_timers[number] = m_loop.after(pause, [this, number, what = std::move(what)] {
            const auto timer = m_timers.extract(number); // it is running
            what();
        });
    }

  private:
    snmp::Client& m_client;
    base::EventLoop& m_loop;
    std::map<std::uint64_t, base::EventLoop::Handle> m_timers;
    std::uint64_t m_next = 0;
};

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
                   clientOptions(options, [this](const auto& target,
                                                 const auto& change) { onEngineChange(target, change); }))
        , m_poller(m_asker, m_clock, toldByPoller())
        , m_observer(m_asker,
                     [this](Observation observation) { m_sinks.observation(std::move(observation)); })
        , m_hearing(m_clock, options.shippedRules, toldByHearing())
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
        m_loop.post([this, answer] {
            std::vector<std::string> texts;
            if (m_receiver)
                for (const auto& address : m_receiver->addresses())
                    texts.push_back(address.print());
            answer->post(std::move(texts));
        });
        return answer->receiveFor(10s).value_or(std::vector<std::string>{});
    }

  private:
    void run();
    void tell(const std::string& trouble) noexcept;
    Poller::Told toldByPoller();
    Hearing::Outlets toldByHearing();
    void handle(const Configure& configuration);
    void handle(const PollNow& wanted) { m_poller.pollNow(wanted.server); }
    void handle(const Gather& wanted) { m_poller.gather(wanted); }
    void handle(const Assign& wanted) { m_poller.assign(wanted); }
    void handle(const Observe& wanted) { m_observer.observe(wanted); }
    void listen();
    void openReceiver();
    void tellOfListening(const std::string& trouble);
    void trust();
    void onEngine(const domain::ServerName& server, const snmp::EngineState& engine);
    void onEngineChange(const snmp::TargetPtr& target, const snmp::EngineChange& change);
    void tellSharedEngines() {
        if (m_sinks.sharedEngines) m_sinks.sharedEngines(m_registry.shared());
    }
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
    std::map<domain::ServerName, snmp::NotificationReceiver::TrapEngine> m_engines;
    std::map<domain::CredentialName, snmp::CredentialsPtr> m_credentials;
    std::vector<std::string> m_listenAt; ///< as configured
    std::vector<std::string> m_listenTo;
    EngineRegistry m_registry;
    WeakProtocols m_weak;
    std::string m_trouble; ///< why nothing is heard, or not everywhere
    bool m_asked = false;  ///< notifications of this turn ask for polls
    std::unique_ptr<snmp::NotificationReceiver> m_receiver;
    NotTaken m_notTaken;
    base::EventLoop::Handle m_reports;
    base::EventLoop::Handle m_listenAgain;
    base::EventLoop::Handle m_timer;
    std::optional<base::Instant> m_armed; ///< when it fires
    bool m_busy = false;
    base::EventLoop::Handle m_pollingTold = m_loop.every(pollingTold, [this] { tellPolling(); });
    base::EventLoop::Handle m_firstWord = m_loop.after(heardAll, [this] { tellSharedEngines(); });
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
    return {[this](domain::Sample sample) { m_sinks.sample(std::move(sample)); },
            [this](domain::Gathered gathered) { m_sinks.gathered(std::move(gathered)); },
            [this](domain::Assigned assigned) { m_sinks.assigned(std::move(assigned)); },
            [this](const domain::ServerName& server, const snmp::EngineState& engine) {
                onEngine(server, engine);
            },
            [this](base::Instant due) {
                if (!m_armed || due < *m_armed) armAt(due);
            },
            m_options.seal};
}

void Telemetry::Impl::handle(const Configure& configuration) {
    m_credentials = configuration.credentials;
    m_listenAt = configuration.configuration.notificationsAddresses;
    m_listenTo = configuration.configuration.notificationUsers;
    m_poller.configure(configuration);
    m_observer.configure(configuration);
    m_hearing.configure(configuration);
    bool sharedOthers = false;
    std::erase_if(m_engines, [&](const auto& known) {
        const auto* watch = m_poller.watch(known.first);
        const bool gone = !watch || watch->target()->credentials != known.second.user ||
                          !m_registry.knows(known.first, watch->target()->endpoint);
        if (!gone) return false;
        m_hearing.interpreter().forgetEngine(known.first);
        sharedOthers = m_registry.forget(known.first) || sharedOthers;
        return true;
    });
    if (sharedOthers) tellSharedEngines();
    for (const auto& weak : m_weak.newIn(configuration.configuration))
        logger.warning("a credential uses an SNMPv3 protocol that is broken",
                       {{"credential", weak.credential.value}, {"what", weak.text}});
    listen();
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

void Telemetry::Impl::openReceiver() {
    snmp::NotificationReceiver::Options options;
    options.engineFile = m_options.engineFile;
    options.filter.admit = [this](const snmp::Endpoint& source) { return m_hearing.admit(source); };
    options.filter.wants = [this](const snmp::Glance& glance) { return m_hearing.wants(glance); };
    options.filter.turnEnded = [this] {
        // Once a turn, however many it had.
        if (std::exchange(m_asked, false) || m_hearing.nextDue()) arm();
    };
    m_receiver = std::make_unique<snmp::NotificationReceiver>(
        m_loop, m_clock, options,
        [this](const snmp::Notification& notification) { m_hearing.hear(notification); });
    m_reports = m_loop.every(betweenReports, [this] {
        const auto text = m_notTaken.since(m_receiver->counters(), m_hearing.counters());
        if (!text.empty()) logger.warning("notifications were not taken", {{"reasons", text}});
    });
}

/// What cannot be bound is tried again and again, and told once; the others hear meanwhile.
void Telemetry::Impl::listen() {
    const auto& wanted = m_listenAt;
    m_listenAgain.cancel();
    std::string trouble;
    const auto note = [&](const std::string& text) { trouble += (trouble.empty() ? "" : "; ") + text; };
    try {
        // Kept also when nothing is to be heard: its engine would count one boot more.
        if (!m_receiver && wanted.empty()) return m_trouble.clear();
        if (!m_receiver) openReceiver();
        std::vector<snmp::Endpoint> addresses;
        for (const auto& text : wanted)
            if (const auto address = snmp::Endpoint::parse(text, 162))
                addresses.push_back(*address);
            else
                note("not an address and port to hear notifications at: " + text);
        for (const auto& problem : m_receiver->listen(addresses))
            note(problem);
        trust();
    } catch (const snmp::Error& error) {
        note(error.what());
    }
    tellOfListening(trouble);
}

void Telemetry::Impl::tellOfListening(const std::string& trouble) {
    if (!trouble.empty()) m_listenAgain = m_loop.after(retryListening, [this] { listen(); });
    if (std::exchange(m_trouble, trouble) == trouble) return;
    if (trouble.empty()) return logger.info("notifications are heard again", {});
    const bool some = m_receiver && !m_receiver->addresses().empty();
    logger.error("notifications are not heard", {{"elsewhere", some ? "yes" : "no"}, {"error", trouble}});
    m_sinks.trouble(
        (some ? "SNMP notifications are not heard everywhere: " : "no SNMP notifications are heard: ") +
        trouble);
}

void Telemetry::Impl::trust() {
    snmp::NotificationReceiver::Trusted trusted;
    for (const auto& name : m_listenTo)
        if (const auto found = m_credentials.find(domain::CredentialName{name}); found != m_credentials.end())
            trusted.users.push_back(found->second);
    for (const auto& [server, engine] : m_engines)
        trusted.trapEngines.push_back(engine);
    m_receiver->trust(std::move(trusted));
}

void Telemetry::Impl::onEngine(const domain::ServerName& server, const snmp::EngineState& engine) {
    auto& known = m_engines[server];
    if (known.engineId == engine.id) return;
    const auto* watch = m_poller.watch(server);
    known = {engine.id, watch ? watch->target()->credentials : nullptr};
    m_hearing.interpreter().learnEngine(server, engine.id);
    if (m_receiver) m_receiver->trustEngine(known);
    if (watch && m_registry.learn(server, watch->target()->endpoint, engine.id)) tellSharedEngines();
}

void Telemetry::Impl::onEngineChange(const snmp::TargetPtr& target, const snmp::EngineChange& change) {
    for (const auto* watch : m_poller.watches()) {
        if (watch->target() != target) continue;
        logger.warning("an SNMP engine is not what it was",
                       {{"server", watch->name().value}, {"what", print(change)}});
        if (m_sinks.engineChanged) m_sinks.engineChanged({watch->name(), print(change)});
    }
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
    m_sinks.polling({asked.sent, asked.answered, asked.timedOut, polls.overruns,
                     static_cast<std::uint32_t>(m_client.inFlight()),
                     static_cast<std::uint32_t>(polls.silent)});
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
