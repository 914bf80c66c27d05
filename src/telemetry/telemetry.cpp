#include "telemetry/telemetry.hpp"

#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "snmp/client.hpp"
#include "snmp/error.hpp"
#include "snmp/notification_receiver.hpp"
#include "telemetry/interpreter.hpp"
#include "telemetry/observer.hpp"
#include "telemetry/poller.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Log logger("telemetry");
constexpr base::Duration retryListening = 10s;
constexpr base::Duration afterFailure = 1s;

class ClientAsker final : public Asker {
  public:
    ClientAsker(snmp::Client& client, base::EventLoop& loop)
        : m_client(client)
        , m_loop(loop) {}
    void get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) override {
        m_client.get(target, std::move(names), std::move(done));
    }
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

snmp::Client::Options clientOptions(const Options& options) {
    snmp::Client::Options result;
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
        , m_client(m_loop, m_clock, clientOptions(options))
        , m_poller(m_asker, m_clock, toldByPoller())
        , m_observer(m_asker,
                     [this](Observation observation) { m_sinks.observation(std::move(observation)); })
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
    void handle(const Configure& configuration);
    void handle(const PollNow& wanted) { m_poller.pollNow(wanted.server); }
    void handle(const Gather& wanted) { m_poller.gather(wanted); }
    void handle(const Assign& wanted) { m_poller.assign(wanted); }
    void handle(const Observe& wanted) { m_observer.observe(wanted); }
    void listen();
    void trust();
    void onNotification(const snmp::Notification& notification);
    void onEngine(const domain::ServerName& server, const snmp::EngineState& engine);
    void arm();

    const Options m_options;
    const Sinks m_sinks;
    base::SteadyWallClock m_clock;
    base::EventLoop m_loop;
    snmp::Client m_client;
    ClientAsker m_asker{m_client, m_loop};
    Poller m_poller;
    Observer m_observer;
    Interpreter m_interpreter;
    std::map<domain::ServerName, snmp::NotificationReceiver::TrapEngine> m_engines;
    Configure m_configuration;
    std::string m_listeningAt;
    std::string m_trouble; ///< why nothing is heard
    std::unique_ptr<snmp::NotificationReceiver> m_receiver;
    base::EventLoop::Handle m_listenAgain;
    base::EventLoop::Handle m_timer;
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
            m_timer = m_loop.after(afterFailure, [this] { arm(); });
        }
    }
}

Poller::Told Telemetry::Impl::toldByPoller() {
    return {[this](domain::Sample sample) {
                m_sinks.sample(std::move(sample));
                arm();
            },
            [this](domain::Gathered gathered) { m_sinks.gathered(std::move(gathered)); },
            [this](domain::Assigned assigned) { m_sinks.assigned(std::move(assigned)); },
            [this](const domain::ServerName& server, const snmp::EngineState& engine) {
                onEngine(server, engine);
            },
            m_options.seal};
}

void Telemetry::Impl::handle(const Configure& configuration) {
    m_configuration = configuration;
    m_poller.configure(configuration);
    m_observer.configure(configuration);
    std::erase_if(m_engines, [&](const auto& known) {
        const auto* watch = m_poller.watch(known.first);
        const bool gone = !watch || watch->subject().credentials != known.second.user;
        if (gone) m_interpreter.forgetEngine(known.first);
        return gone;
    });
    listen();
    for (const auto& server : configuration.configuration.servers)
        if (!m_poller.watch(server.name))
            logger.warning(
                "a server cannot be watched: it has no SNMP address or credential that can be used",
                {{"server", server.name.value}, {"address", server.snmpAddress}});
}

void Telemetry::Impl::listen() {
    const auto& wanted = m_configuration.configuration.notificationsAddress;
    if (!m_receiver || m_listeningAt != wanted) {
        m_receiver.reset();
        m_listenAgain.cancel();
        m_listeningAt.clear();
        if (wanted.empty()) return;
        try {
            const auto address = snmp::Endpoint::parse(wanted, 162);
            if (!address) throw snmp::Error("not an address and port to hear notifications at: " + wanted);
            m_receiver = std::make_unique<snmp::NotificationReceiver>(
                m_loop, m_clock, snmp::NotificationReceiver::Options{{*address}, m_options.engineFile},
                [this](const snmp::Notification& notification) { onNotification(notification); });
            m_listeningAt = wanted;
            if (!std::exchange(m_trouble, "").empty())
                logger.info("notifications are heard again", {{"address", wanted}});
        } catch (const snmp::Error& error) {
            const auto text = std::string("no SNMP notifications are heard: ") + error.what();
            // It is tried again and again, and told once.
            if (std::exchange(m_trouble, text) != text) {
                logger.error("no notifications are heard", {{"address", wanted}, {"error", error.what()}});
                m_sinks.trouble(text);
            }
            m_listenAgain = m_loop.after(retryListening, [this] { listen(); });
            return;
        }
    }
    trust();
}

void Telemetry::Impl::trust() {
    snmp::NotificationReceiver::Trusted trusted;
    const auto& credentials = m_configuration.credentials;
    for (const auto& name : m_configuration.configuration.notificationUsers)
        if (const auto found = credentials.find(domain::CredentialName{name}); found != credentials.end())
            trusted.users.push_back(found->second);
    for (const auto& [server, engine] : m_engines)
        trusted.trapEngines.push_back(engine);
    m_receiver->trust(std::move(trusted));
}

void Telemetry::Impl::onEngine(const domain::ServerName& server, const snmp::EngineState& engine) {
    auto& known = m_engines[server];
    if (known.engineId == engine.id) return;
    const auto* watch = m_poller.watch(server);
    known = {engine.id, watch ? watch->subject().credentials : nullptr};
    m_interpreter.learnEngine(server, engine.id);
    if (m_receiver) m_receiver->trustEngine(known);
}

void Telemetry::Impl::onNotification(const snmp::Notification& notification) {
    if (const auto* appliance = m_observer.at(notification.source)) {
        auto [seen, told] = m_interpreter.ofAppliance(notification, *appliance, m_clock.now());
        m_sinks.applianceHint({*appliance, seen.text});
        if (told) m_sinks.notification(std::move(seen));
        return;
    }
    auto meaning = m_interpreter.interpret(notification, m_poller.watches(), m_clock.now());
    if (meaning.seen) m_sinks.notification(*std::move(meaning.seen));
    if (meaning.sample) m_sinks.sample(*std::move(meaning.sample));
    for (const auto& server : meaning.hints)
        m_poller.pollNow(server);
    arm();
}

void Telemetry::Impl::arm() {
    m_poller.tick();
    const auto due = m_poller.nextDue();
    if (!due) return;
    m_timer = m_loop.after(std::max(*due - m_clock.now(), base::Duration(1)), [this] { arm(); });
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
