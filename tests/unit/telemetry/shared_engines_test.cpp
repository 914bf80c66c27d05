#include "base/event_loop.hpp"
#include "snmp/agent.hpp"
#include "telemetry/telemetry.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace headgate;
using namespace headgate::telemetry;
using namespace std::chrono_literals;

// Real agents on the loopback: machines of one image, so of one engine id.

namespace {

struct Clones {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("headgate-clones-" + std::to_string(::getpid()));
    snmp::CredentialsPtr user = makeUser();
    snmp::Objects objects;
    std::vector<std::unique_ptr<snmp::Agent>> agents;
    std::optional<SharedEngines> told;

    Clones() { std::filesystem::create_directory(folder); }
    ~Clones() { std::filesystem::remove_all(folder); }

    static snmp::CredentialsPtr makeUser() {
        snmp::UserCredentials given;
        given.user = "ape";
        given.authPassword = snmp::Secret("authentic-words");
        given.privPassword = snmp::Secret("private-words");
        return snmp::Credentials::make(std::move(given));
    }
    domain::Server start(const std::string& name, const std::string& engine) {
        const auto file = folder / name;
        std::ofstream(file) << "engine-id " << engine << "\nboots 1\n";
        snmp::Agent::Options options{*snmp::Endpoint::parse("127.0.0.1", 0), {}, {user}, file};
        agents.push_back(std::make_unique<snmp::Agent>(loop, clock, options,
                                                       [this]() -> const snmp::Objects& { return objects; }));
        domain::Server server;
        server.name = {name};
        server.address = "127.0.0.1";
        server.snmpAddress = agents.back()->address().print();
        server.credential = {"usm"};
        server.pollInterval = 1s;
        return server;
    }
    /// Until the next word of shared engines.
    void wait() {
        told.reset();
        const auto limit = loop.after(20s, [this] { loop.stop(); });
        loop.run();
        BOOST_REQUIRE(told.has_value());
    }
};

}

BOOST_AUTO_TEST_SUITE(shared_engines)

BOOST_AUTO_TEST_CASE(clones_are_told_when_both_have_answered_and_no_more_when_one_has_gone) {
    Clones clones;
    Configure configuration;
    configuration.credentials[{"usm"}] = clones.user;
    configuration.configuration.servers = {clones.start("real1", "80007ed905aabbcc"),
                                           clones.start("real2", "80007ed905aabbcc"),
                                           clones.start("real3", "80007ed905aabbdd")};
    Sinks sinks;
    sinks.sample = [](const domain::Sample&) {};
    sinks.trouble = [](const std::string&) {};
    sinks.sharedEngines = [&clones](SharedEngines shared) {
        clones.loop.post([&clones, shared = std::move(shared)] {
            clones.told = shared;
            clones.loop.stop();
        });
    };
    Telemetry telemetry({{}, std::nullopt, {}}, std::move(sinks));
    telemetry.post(configuration);
    clones.wait();
    const SharedEngines both{{{"0x80007ed905aabbcc", {{"real1"}, {"real2"}}}}};
    BOOST_TEST((*clones.told == both));
    configuration.configuration.servers.erase(configuration.configuration.servers.begin());
    telemetry.post(configuration);
    clones.wait();
    BOOST_TEST((*clones.told == SharedEngines{}));
}

BOOST_AUTO_TEST_SUITE_END()
