#include "base/event_loop.hpp"
#include "snmp/agent.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm.hpp"
#include "support/standard_error.hpp"
#include "telemetry/telemetry.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

using namespace headgate;
using namespace headgate::telemetry;
using namespace std::chrono_literals;

// Real agents on the loopback, and what telemetry makes of their engines.

namespace {

const auto gauge = snmp::Oid::of("1.3.6.1.4.1.99999.5.0");
const std::string anEngine = "80007ed905aabbcc";
const std::string another = "80007ed905aabbdd";

struct House {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("headgate-engines-" + std::to_string(::getpid()));
    snmp::CredentialsPtr user = makeUser();
    snmp::Objects objects;
    std::map<std::string, std::unique_ptr<snmp::Agent>> agents;
    Configure configuration;
    std::vector<SharedEngines> shared;
    std::vector<EngineChanged> changes;
    std::vector<domain::Sample> samples;
    std::vector<NotificationSeen> seen;
    std::unique_ptr<Telemetry> telemetry;

    House() {
        std::filesystem::create_directory(folder);
        configuration.credentials[{"usm"}] = user;
        auto& c = configuration.configuration;
        c.notificationsAddresses = {"127.0.0.1:0"};
        c.profiles = {
            {{"usual"}, domain::Combination::greatest, {{"sessions", 1000, 1, gauge.print(), {}, 1}}}};
        Sinks sinks;
        sinks.sample = [this](domain::Sample sample) { note(samples, std::move(sample)); };
        sinks.notification = [this](NotificationSeen one) { note(seen, std::move(one)); };
        sinks.trouble = [](const std::string&) {};
        sinks.engineChanged = [this](EngineChanged change) { note(changes, std::move(change)); };
        sinks.sharedEngines = [this](SharedEngines now) { note(shared, std::move(now)); };
        telemetry = std::make_unique<Telemetry>(Options{{}, std::nullopt, {}, {}}, std::move(sinks));
    }
    ~House() {
        telemetry.reset();
        std::filesystem::remove_all(folder);
    }

    template <typename Told>
    void note(std::vector<Told>& list, Told told) {
        loop.post([&list, told = std::move(told)] { list.push_back(told); });
    }
    static snmp::CredentialsPtr makeUser() {
        snmp::UserCredentials given;
        given.user = "ape";
        given.authPassword = snmp::Secret("authentic-words");
        given.privPassword = snmp::Secret("private-words");
        return snmp::Credentials::make(std::move(given));
    }
    /// With one boot more than that. In the place of one of that name, which ends.
    void start(const std::string& name, const std::string& engine, int boots = 1) {
        auto& agent = agents[name];
        const auto where = agent ? agent->address() : *snmp::Endpoint::parse("127.0.0.1", 0);
        agent.reset();
        const auto file = folder / name;
        std::ofstream(file) << "engine-id " << engine << "\nboots " << boots << "\n";
        snmp::Agent::Options options{where, {}, {user}, file};
        agent = std::make_unique<snmp::Agent>(loop, clock, options,
                                              [this]() -> const snmp::Objects& { return objects; });
    }
    void watch(const std::string& name, const std::string& engine) {
        start(name, engine);
        watchAt(name, name);
    }
    /// A server whose agent is that one.
    void watchAt(const std::string& name, const std::string& agent) {
        domain::Server server;
        server.name = {name};
        server.address = "127.0.0.1";
        server.snmpAddress = agents[agent]->address().print();
        server.credential = {"usm"};
        server.profile = {"usual"};
        server.pollInterval = 1s;
        configuration.configuration.servers.push_back(server);
    }
    void until(const std::function<bool()>& wanted) {
        bool late = false;
        const auto limit = loop.after(20s, [&] { late = true, loop.stop(); });
        const auto look = loop.every(1ms, [&] {
            if (wanted()) loop.stop();
        });
        loop.run();
        BOOST_TEST_REQUIRE(!late);
    }
    bool answered() const {
        return std::any_of(samples.begin(), samples.end(),
                           [](const auto& sample) { return sample.answered; });
    }
};

std::vector<std::uint8_t> trap(const snmp::CredentialsPtr& user, const std::string& engineId,
                               std::uint32_t boots, std::int32_t value) {
    snmp::V3Header header;
    header.id = 1;
    header.level = user->level();
    header.engineId = header.contextEngineId = engineId;
    header.boots = boots;
    header.user = user->keys().user;
    header.salt = 1;
    const snmp::Pdu pdu{snmp::PduType::trapV2,
                        1,
                        0,
                        0,
                        {{snmp::Oid::of("1.3.6.1.2.1.1.3.0"), snmp::TimeTicks{1}},
                         {snmp::Oid::of("1.3.6.1.6.3.1.1.4.1.0"), snmp::Oid::of("1.3.6.1.4.1.99999.0.1")},
                         {gauge, snmp::Gauge{static_cast<std::uint32_t>(value)}}}};
    snmp::BerWriter out;
    snmp::writeV3Message(out, header, snmp::localize(user->keys(), engineId), pdu);
    return {out.bytes().begin(), out.bytes().end()};
}

}

BOOST_FIXTURE_TEST_SUITE(engines_of_real_agents, House)

BOOST_AUTO_TEST_CASE(clones_are_told_when_all_have_answered_and_no_more_when_one_has_gone) {
    watch("real1", anEngine);
    watch("real2", anEngine);
    watch("real3", another);
    telemetry->post(configuration);
    until([&] { return !shared.empty(); });
    const SharedEngines both{{{"0x" + anEngine, {{"real1"}, {"real2"}}}}};
    BOOST_TEST((shared[0] == both));
    auto& servers = configuration.configuration.servers;
    servers.erase(servers.begin());
    telemetry->post(configuration);
    until([&] { return shared.size() > 1; });
    BOOST_TEST((shared[1] == SharedEngines{}));
}

BOOST_AUTO_TEST_CASE(an_agent_that_comes_back_with_another_engine_is_told) {
    watch("real1", anEngine);
    telemetry->post(configuration);
    until([&] { return answered(); });
    BOOST_TEST(changes.empty());
    start("real1", another);
    until([&] { return !changes.empty(); });
    BOOST_TEST(changes[0].server.value == "real1");
    BOOST_TEST(changes[0].text == "its SNMP engine was 0x" + anEngine + " and is 0x" + another +
                                      ": another agent, or one that has lost its state");
}

BOOST_AUTO_TEST_CASE(a_trap_that_was_recorded_before_a_start_is_not_heard) {
    watch("real1", anEngine);
    configuration.configuration.servers[0].pollInterval = 3600s;
    telemetry->post(configuration);
    until([&] { return answered(); });
    const auto engine = agents["real1"]->engineId();
    const auto to = *snmp::Endpoint::parse(telemetry->notificationAddresses().at(0));
    snmp::UdpSocket sender(*snmp::Endpoint::parse("127.0.0.1:0"), 1 << 16);
    BOOST_TEST_REQUIRE(sender.send(to, trap(user, engine, 1, 50)) == 0); // of the boot before
    BOOST_TEST_REQUIRE(sender.send(to, trap(user, engine, 2, 900)) == 0);
    const auto told = [&] { return samples.back().source == domain::SampleSource::notification; };
    until(told);
    BOOST_TEST(samples.back().readings.at("sessions") == 900.0);
    BOOST_TEST(samples.size() == 2U);
}

BOOST_AUTO_TEST_CASE(traps_of_an_agent_that_lost_its_boots_are_heard_though_two_servers_stand_for_it) {
    start("real1", anEngine, 8);
    watchAt("real1", "real1");
    watchAt("real2", "real1");
    telemetry->post(configuration);
    until([&] { return !shared.empty(); }); // both have answered
    start("real1", anEngine, 1);
    until([&] { return changes.size() == 2; });
    const auto to = *snmp::Endpoint::parse(telemetry->notificationAddresses().at(0));
    snmp::UdpSocket sender(*snmp::Endpoint::parse("127.0.0.1:0"), 1 << 16);
    BOOST_TEST_REQUIRE(sender.send(to, trap(user, agents["real1"]->engineId(), 2, 900)) == 0);
    until([&] { return !seen.empty(); });
    BOOST_TEST((seen[0].use == NotificationSeen::Use::hint), seen[0].text);
}

BOOST_AUTO_TEST_CASE(a_credential_of_md5_or_des_is_in_the_log_and_one_of_the_defaults_is_not) {
    auto& credentials = configuration.configuration.credentials;
    const auto told = [&] {
        return headgate::test::writtenBy([&] {
            telemetry->post(configuration);
            telemetry->notificationAddresses(); // it has been configured then
        });
    };
    domain::Credential usual;
    usual.name = {"usual"};
    usual.kind = domain::CredentialKind::snmpV3;
    credentials = {usual};
    BOOST_TEST(told() == "");
    auto weak = usual;
    weak.name = {"weak"};
    weak.authProtocol = "md5";
    weak.privProtocol = "des";
    credentials = {usual, weak};
    const auto text = told();
    BOOST_TEST(text.find("warning") != std::string::npos, text);
    BOOST_TEST(text.find("credential=weak") != std::string::npos, text);
    BOOST_TEST(text.find("md5") != std::string::npos, text);
    BOOST_TEST(text.find("des") != std::string::npos, text);
    BOOST_TEST(text.find("usual") == std::string::npos, text);
    BOOST_TEST(told() == "", "once");
}

BOOST_AUTO_TEST_SUITE_END()
