#define BOOST_TEST_MODULE telemetry_live
#include "base/channel.hpp"
#include "base/event_loop.hpp"
#include "snmp/client.hpp"
#include "snmp/error.hpp"
#include "support/snmp_agent.hpp"
#include "telemetry/read_credentials.hpp"
#include "telemetry/telemetry.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <algorithm>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::test;
using namespace std::chrono_literals;

namespace {

/// A service of the test's own: listens, and holds as many connections to itself as wanted.
class Service {
  public:
    Service() {
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(0);
        ::bind(m_listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(m_listener, 64);
        socklen_t size = sizeof address;
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
    }
    ~Service() {
        hold(0);
        ::close(m_listener);
    }
    void hold(std::size_t count) {
        while (m_held.size() > count) {
            ::close(m_held.back().first);
            ::close(m_held.back().second);
            m_held.pop_back();
        }
        while (m_held.size() < count) {
            const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address = loopback(m_port);
            BOOST_REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
            m_held.emplace_back(client, ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC));
        }
    }
    std::uint16_t port() const { return m_port; }

  private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    int m_listener;
    std::uint16_t m_port = 0;
    std::vector<std::pair<int, int>> m_held;
};

/// This process's name, as hrSWRunName tells it.
std::string ownName() {
    std::ifstream in("/proc/self/comm");
    std::string name;
    std::getline(in, name);
    return name;
}

const std::string gauge = "1.3.6.1.4.1.32473.7.99.1.0";

struct Field {
    SnmpAgent agent;
    Service service;
    TemporaryFolder folder;
    base::Channel<domain::Sample> samples;
    base::Channel<domain::Gathered> gathered;
    base::Channel<NotificationSeen> seen;
    base::Channel<std::string> troubles;
    Telemetry telemetry{
        {folder.path() / "engine", std::nullopt, [](const base::Secret&) { return std::string("sealed"); }},
        {[this](domain::Sample sample) { samples.post(std::move(sample)); },
         [this](domain::Gathered answer) { gathered.post(std::move(answer)); },
         [](const domain::Assigned&) {}, [this](NotificationSeen told) { seen.post(std::move(told)); },
         [this](std::string text) { troubles.post(std::move(text)); }}};
    Configure configuration;

    Field()
        : Field("", SnmpAgent::Remembers::yes) {}
    Field(const std::string& moreConfiguration, SnmpAgent::Remembers remembers)
        : agent(moreConfiguration, remembers) {
        lowerCaches();
        auto& c = configuration.configuration;
        c.notificationsAddresses = {"127.0.0.1:0"};
        c.notificationUsers = {"usm"};
        c.applications = {{{"web"}, ownName(), service.port(), "http"}};
        c.profiles = {{{"usual"},
                       domain::Combination::greatest,
                       {{"connections", 100, 1, "", {}, 1},
                        {"sessions", 100, 1, gauge, {}, 1},
                        {"octets-in", 1e9, 1, "", {}, 1},
                        {"cpu", 1000, 1, "", {}, 1},
                        {"memory", 1000, 1, "", {}, 1},
                        {"load", 100, 1, "", {}, 1}}}};
        domain::Server server;
        server.name = {"real1"};
        server.address = "127.0.0.1";
        server.snmpAddress = agent.address();
        server.credential = {"usm"};
        server.applications = {{"web"}};
        server.profile = {"usual"};
        server.interface = "lo";
        server.pollInterval = 1s;
        c.servers = {server};
        configuration.credentials[{"usm"}] = readCredentials(secretFile("usm", 0600));
    }

    domain::Credential secretFile(const std::string& name, mode_t mode) {
        const auto file = folder.path() / name;
        std::ofstream(file) << "auth=" << SnmpAgent::authPassword << "\npriv=" << SnmpAgent::privPassword
                            << "\n";
        ::chmod(file.c_str(), mode);
        return {{name}, domain::CredentialKind::snmpV3, "ape", "sha-256", "aes", file.string()};
    }

    /// snmpd remembers its tables for up to a minute; it lowers that when told to. The first answer shows
    /// that it is up.
    void lowerCaches() {
        base::SteadyWallClock clock;
        base::EventLoop loop;
        snmp::Client client(loop, clock);
        const auto target = snmp::makeTarget(
            {*snmp::Endpoint::parse(agent.address()),
             snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("public")}), 250ms, 80});
        for (const auto* table : {"1.3.6.1.2.1.6.19", "1.3.6.1.2.1.6.20", "1.3.6.1.2.1.25.4.2"}) {
            bool done = false;
            client.set(
                target,
                {{snmp::Oid::of("1.3.6.1.4.1.8072.1.5.3.1.2") + snmp::Oid::of(table), snmp::Integer{1}}},
                [&](snmp::Reply reply) {
                    done = bool(reply);
                    BOOST_TEST(done, (reply.failure ? reply.failure->text : ""));
                    loop.stop();
                });
            loop.run();
        }
    }

    /// The first one for which `right` holds, at most 30 s from now.
    template <typename T, typename Right>
    T await(base::Channel<T>& channel, const char* what, Right right) {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (std::chrono::steady_clock::now() < end)
            if (auto value = channel.receiveFor(500ms); value && right(*value)) return *std::move(value);
        while (auto told = seen.tryReceive())
            BOOST_TEST_MESSAGE("heard: " << told->text);
        BOOST_FAIL("waited in vain for " << what << "; snmpd says: " << agent.log());
        throw std::logic_error("not reached");
    }

    static bool connectionsAre(const domain::Sample& sample, double count) {
        const auto* found = sample.readings.find("connections");
        return found && found->value == count;
    }
};

}

BOOST_AUTO_TEST_CASE(what_snmpd_itself_monitors_comes_as_a_sample_when_it_rises_and_when_it_falls) {
    TemporaryFolder figures;
    const auto figure = figures.path() / "figure";
    const auto script = figures.path() / "tell";
    const auto runs = figures.path() / "runs";
    const auto set = [&](int value) { std::ofstream(figure) << value << "\n"; };
    set(5);
    // pass_persist, because what pass says is remembered for half a minute.
    std::ofstream(script) << "while read word; do case $word in\n"
                          << "PING) echo PONG;;\n"
                          << "get) read oid; echo x >> " << runs.string() << "; echo $oid; echo gauge; cat "
                          << figure.string() << ";;\n"
                          << "*) read oid; echo NONE;;\nesac; done\n";
    const auto to = "127.0.0.1:" + std::to_string(freeUdpPort());
    // The configuration of DISMAN-EVENT-MIB that lab/parts/server.py explains.
    Field field(
        "pass_persist ." + gauge.substr(0, gauge.size() - 2) + " /bin/sh " + script.string() +
            "\nexactEngineID 0x80001f8804746573743031\niquerySecName iquser\niquerySecLevel authNoPriv\n"
            "rouser iquser auth -V all\nview all included .1\n"
            "trapsess -Ci -v 3 -u ape -l authPriv -a SHA-256 -A " +
            SnmpAgent::authPassword + " -x AES -X " + SnmpAgent::privPassword + " -r 10 -t 1 " + to +
            "\nmonitor -I -S -r 1 \"figure\" ." + gauge + " 20 64\n",
        SnmpAgent::Remembers::no);
    field.configuration.configuration.notificationsAddresses = {to};
    field.configuration.configuration.servers[0].pollInterval = 3600s;
    field.telemetry.post(field.configuration);
    const auto sessions = [&](double value) {
        return [value](const domain::Sample& sample) {
            const auto* found = sample.readings.find("sessions");
            return sample.source == domain::SampleSource::notification && found && found->value == value;
        };
    };
    // A rise is one only from a low value that the monitor has seen.
    const auto asked = [&] {
        std::ifstream in(runs);
        return std::count(std::istreambuf_iterator<char>(in), {}, '\n');
    };
    const auto before = asked();
    field.await(field.samples, "the first poll", [](const auto& sample) { return sample.answered; });
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (asked() < before + 2 && std::chrono::steady_clock::now() < end)
        field.seen.receiveFor(50ms);
    set(90);
    field.await(field.samples, "the rising one", sessions(90));
    const auto told = field.await(field.seen, "what is told of it",
                                  [](const auto& seen) { return seen.name == "mteTriggerRising"; });
    BOOST_TEST(told.text == "v3 inform mteTriggerRising from real1: taken as a sample, sessions 90");
    set(3);
    field.await(field.samples, "the falling one", sessions(3));
}

BOOST_FIXTURE_TEST_SUITE(telemetry_of_a_real_agent, Field)

BOOST_AUTO_TEST_CASE(samples_tell_the_connections_the_application_and_the_machine) {
    service.hold(7);
    telemetry.post(configuration);
    const auto sample = await(samples, "seven connections", [](const auto& s) {
        return connectionsAre(s, 7) && s.readings.contains("cpu") && s.readings.contains("octets-in");
    });
    BOOST_TEST(sample.answered);
    BOOST_TEST((sample.applications.at({"web"}) == domain::ApplicationState::running));
    BOOST_TEST(sample.readings.at("memory") > 0.0);
    BOOST_TEST(sample.readings.at("memory") < 1000.0);
    BOOST_TEST(sample.readings.at("cpu") <= 1000.0);
    BOOST_TEST(sample.readings.contains("load"));
    BOOST_TEST(!sample.readings.contains("sessions"));
    service.hold(2);
    await(samples, "two connections", [](const auto& s) { return connectionsAre(s, 2); });
    service.hold(0);
    await(samples, "no connection", [](const auto& s) { return connectionsAre(s, 0); });
}

BOOST_AUTO_TEST_CASE(a_candidate_tells_its_settings_and_one_that_serves_nothing_why_not) {
    configuration.configuration.applications.push_back({{"mail"}, "postfix", 1, "tcp"});
    telemetry.post(configuration);
    telemetry.post(Gather{{1}, {"real1"}, {"web"}});
    const auto yes = await(gathered, "settings", [](const auto&) { return true; });
    BOOST_REQUIRE_MESSAGE(yes.connection.has_value(), yes.reason);
    BOOST_TEST(yes.connection->port == service.port());
    telemetry.post(Gather{{2}, {"real1"}, {"mail"}});
    const auto no = await(gathered, "a refusal", [](const auto& g) { return g.transaction.value == 2; });
    BOOST_TEST(!no.connection.has_value());
    BOOST_TEST(no.reason == "nothing listens on port 1");
}

BOOST_AUTO_TEST_CASE(an_agent_that_goes_is_missed_and_one_that_comes_back_has_restarted) {
    telemetry.post(configuration);
    await(samples, "a first sample", [](const auto& s) { return s.answered; });
    agent.stop();
    const auto gone = await(samples, "a missed poll", [](const auto& s) { return !s.answered; });
    BOOST_TEST(gone.failure.find(agent.address()) != std::string::npos);
    agent.start();
    await(samples, "its restart", [](const auto& s) { return s.answered && s.restarted; });
}

BOOST_AUTO_TEST_CASE(a_signed_inform_is_a_sample_and_a_trap_makes_a_poll) {
    configuration.configuration.servers[0].pollInterval = 3600s;
    telemetry.post(configuration);
    await(samples, "the first poll", [](const auto& s) { return s.answered; });
    const auto to = telemetry.notificationAddresses().at(0);
    const std::string rising = "1.3.6.1.2.1.88.2.0.2";
    BOOST_TEST(runTool({"snmpinform",
                        "-v",
                        "3",
                        "-u",
                        "ape",
                        "-l",
                        "authPriv",
                        "-a",
                        "SHA-256",
                        "-A",
                        SnmpAgent::authPassword,
                        "-x",
                        "AES",
                        "-X",
                        SnmpAgent::privPassword,
                        "-t",
                        "5",
                        to,
                        "1",
                        rising,
                        "1.3.6.1.2.1.88.2.1.4.0",
                        "o",
                        gauge,
                        "1.3.6.1.2.1.88.2.1.5.0",
                        "i",
                        "64"}) == 0);
    const auto told = await(samples, "the inform's sample",
                            [](const auto& s) { return s.source == domain::SampleSource::notification; });
    BOOST_TEST(told.readings.at("sessions") == 64.0);
    BOOST_TEST(
        (await(seen, "the inform", [](const auto&) { return true; }).use == NotificationSeen::Use::sample));

    BOOST_TEST(runTool({"snmptrap", "-v", "2c", "-c", "anything", to, "1", rising}) == 0);
    BOOST_TEST(
        (await(seen, "the trap", [](const auto&) { return true; }).use == NotificationSeen::Use::hint));
    await(samples, "the poll that the hint makes",
          [](const auto& s) { return s.source == domain::SampleSource::poll && s.answered; });
}

BOOST_AUTO_TEST_CASE(an_address_that_is_taken_is_trouble_that_is_told_and_polls_go_on) {
    base::SteadyWallClock clock;
    configuration.configuration.notificationsAddresses = {agent.address()};
    telemetry.post(configuration);
    const auto text = await(troubles, "the trouble", [](const auto&) { return true; });
    BOOST_TEST(text.find(agent.address()) != std::string::npos);
    await(samples, "a sample", [](const auto& s) { return s.answered; });
}

BOOST_AUTO_TEST_CASE(a_secret_file_that_others_may_read_is_refused) {
    const auto open = secretFile("open", 0644);
    BOOST_CHECK_EXCEPTION(readCredentials(open), snmp::Error, [&](const snmp::Error& error) {
        const std::string text = error.what();
        return text.find("chmod 600") != std::string::npos &&
               text.find(SnmpAgent::authPassword) == std::string::npos;
    });
    auto absent = open;
    absent.secretFile += ".gone";
    BOOST_CHECK_THROW(readCredentials(absent), snmp::Error);
}

BOOST_AUTO_TEST_SUITE_END()
