// What telemetry tells a whole daemon, as its operators see it: real agents on the loopback, a NETCONF client
// at the socket.

#include "base/event_loop.hpp"
#include "daemon/daemon.hpp"
#include "lab_configuration.hpp"
#include "netconf/client.hpp"
#include "snmp/agent.hpp"
#include "snmp/hex.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <sstream>
#include <thread>

using namespace headgate;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 60s;
const std::string anEngine = "80007ed905aabbcc";
const std::string another = "80007ed905aabbdd";

/// SNMPv3 agents that show nothing, on a thread of their own.
class Agents {
  public:
    Agents() {
        snmp::UserCredentials given;
        given.user = "headgate";
        given.authPassword = snmp::Secret("lab-auth-password");
        given.privPassword = snmp::Secret("lab-priv-password");
        m_user = snmp::Credentials::make(std::move(given));
    }
    ~Agents() {
        m_loop.stop();
        m_thread.join();
    }
    /// In the place of one that is there, which ends.
    void start(const std::string& where, const std::string& engine, const std::filesystem::path& file) {
        std::promise<void> done;
        m_loop.post([&] {
            std::ofstream(file) << "engine-id " << engine << "\nboots 1\n";
            auto& agent = m_agents[where];
            agent.reset();
            const snmp::Agent::Options options{*snmp::Endpoint::parse(where), {}, {m_user}, file};
            agent = std::make_unique<snmp::Agent>(m_loop, m_clock, options, [this]() -> const snmp::Objects& {
                ++m_asked;
                return m_objects;
            });
            done.set_value();
        });
        done.get_future().get();
    }
    std::size_t asked() const { return m_asked; } ///< of all together

  private:
    base::SteadyWallClock m_clock;
    base::EventLoop m_loop;
    base::EventLoop::Handle m_busy = m_loop.every(1h, [] {}); // it runs until its end
    snmp::CredentialsPtr m_user;
    snmp::Objects m_objects;
    std::atomic<std::size_t> m_asked = 0;
    std::map<std::string, std::unique_ptr<snmp::Agent>> m_agents;
    std::thread m_thread{[this] { m_loop.run(); }};
};

/// A daemon with the lab's configuration, at addresses of this process's own; real1 and real3 have agents.
struct House {
    daemon::Folder folder;
    Agents agents;
    const std::string network =
        "127." + std::to_string(80 + ::getpid() % 100) + "." + std::to_string(::getpid() / 100 % 250) + ".";
    std::optional<netconf::Client> client;
    std::thread thread;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.path / name) << text;
        std::filesystem::permissions(folder.path / name, std::filesystem::perms(0600));
    }
    std::string at(const std::string& host) const { return network + host; }
    void agent(const std::string& name, const std::string& host, const std::string& engine) {
        agents.start(at(host) + ":10161", engine, folder.path / name);
    }

    void start(const std::function<void(std::string&)>& change = {}) {
        std::stringstream text;
        text << std::ifstream(daemon::labFile).rdbuf();
        auto configuration = text.str();
        replace(configuration, "127.77.0.", network);
        if (change) change(configuration);
        std::filesystem::create_directory(folder.path / "keys");
        write("headgate.json", configuration);
        write("community", "lab-community\n");
        write("usm", "auth=lab-auth-password\npriv=lab-priv-password\n");
        write("keys/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
        write("keys/known_hosts", "[" + at("21") + "]:10830 ssh-ed25519 AAAA\n");
        const daemon::Options options{folder.path / "headgate.json", folder.path / "state",
                                      (folder.path / "socket").string()};
        std::promise<void> made;
        thread = std::thread([&made, options] {
            std::optional<daemon::Daemon> daemon;
            try {
                daemon.emplace(options);
                made.set_value();
            } catch (...) {
                return made.set_exception(std::current_exception());
            }
            daemon->run();
        });
        try {
            made.get_future().get();
        } catch (...) {
            thread.join();
            throw;
        }
        client = netconf::Client::connect(netconf::UnixEndpoint{options.socket}, {patience, patience});
    }
    void stop() {
        client.reset();
        if (!thread.joinable()) return;
        ::raise(SIGTERM);
        thread.join();
    }
    ~House() { stop(); }

    static void replace(std::string& text, const std::string& what, const std::string& by) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
    }
    std::string get(const std::string& content) {
        return client->get("<headgate xmlns=\"urn:headgate:yang:headgate\">" + content + "</headgate>");
    }
    std::string alarms() {
        return client->get(
            "<alarms xmlns=\"urn:ietf:params:xml:ns:yang:ietf-alarms\"><alarm-list/></alarms>");
    }
    void until(const char* what, const std::function<bool()>& wanted) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!wanted()) {
            BOOST_REQUIRE_MESSAGE(std::chrono::steady_clock::now() < end, "waited in vain for " << what);
            std::this_thread::sleep_for(50ms);
        }
    }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    struct Engine {
        std::string id;
        std::uint32_t boots = 0;
    };
    /// Whom an informer would find at the port of the traps (RFC 3414 §4).
    Engine discovered() {
        snmp::UdpSocket sender(*snmp::Endpoint::parse("127.0.0.1:0"), 1 << 16);
        snmp::V3Header probe;
        probe.id = 4711;
        probe.reportable = true;
        snmp::BerWriter out;
        snmp::writeV3Message(out, probe, {}, snmp::Pdu{snmp::PduType::get, 4711, 0, 0, {}});
        Engine found;
        until("the report", [&] {
            sender.send(*snmp::Endpoint::parse(at("1") + ":10162"), out.bytes());
            sender.receive([&](const auto&, const auto&, snmp::Bytes datagram) {
                const auto report = snmp::readV3Message(datagram);
                if (report && report->id == probe.id) found = {std::string(report->engineId), report->boots};
            });
            return !found.id.empty();
        });
        return found;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(hearing_of_telemetry, House)

BOOST_AUTO_TEST_CASE(shared_and_changed_engines_and_what_came_of_polling_are_shown) {
    agent("real1", "101", anEngine);
    agent("real3", "203", anEngine);
    start();
    until("the alarm", [&] { return has(alarms(), "duplicate-engine-id"); });
    BOOST_TEST(has(alarms(), "0x" + anEngine + " of real1, real3"));
    BOOST_TEST(!has(get("<event/>"), "engine-changed"));

    agent("real1", "101", another);
    until("the change", [&] { return has(get("<event/>"), "engine-changed"); });
    BOOST_TEST(has(get("<event/>"), "real1: its SNMP engine was 0x" + anEngine + " and is 0x" + another));
    until("the alarm's end", [&] { return has(alarms(), "each agent has an SNMP engine id of its own"); });

    until("the state of polling", [&] { return has(get("<polling><state/></polling>"), "<answered>"); });
    const auto shown = get("<polling><state/></polling>");
    BOOST_TEST(!has(shown, "<answered>0<"), shown);
    BOOST_TEST(has(shown, "<silent>"), shown);
}

BOOST_AUTO_TEST_CASE(a_hint_for_a_pool_has_its_members_polled) {
    agent("real1", "101", anEngine);
    agent("real3", "203", another);
    start([](std::string& configuration) {
        replace(configuration, "\"poll-interval\": \"1.0\"", "\"poll-interval\": \"3600.0\"");
        replace(configuration, "\"application\": [\n", R"("notification-rule": [ { "name": "batch",
            "trap-oid": "1.3.6.1.4.1.99999.0.7", "look-at": { "sender": false, "pool": ["web"] } } ],
            "application": [)");
    });
    const auto answered = [&](const std::string& server) {
        return has(get("<server><name>" + server + "</name><contact><last-answer/></contact></server>"),
                   "<last-answer>");
    };
    until("the first polls", [&] { return answered("real1") && answered("real3"); });
    const auto before = agents.asked();
    const snmp::Pdu trap{snmp::PduType::trapV2,
                         1,
                         0,
                         0,
                         {{snmp::Oid::of("1.3.6.1.6.3.1.1.4.1.0"), snmp::Oid::of("1.3.6.1.4.1.99999.0.7")}}};
    snmp::BerWriter out;
    snmp::writeCommunityMessage(out, 1, "anything", trap);
    snmp::UdpSocket sender(*snmp::Endpoint::parse("127.0.0.1:0"), 1 << 16);
    BOOST_TEST_REQUIRE(sender.send(*snmp::Endpoint::parse(at("1") + ":10162"), out.bytes()) == 0);
    until("real1 to be asked", [&] { return agents.asked() > before; });
    until("what is told of it", [&] { return has(get("<event/>"), "pool web looked at (rule batch)"); });
}

BOOST_AUTO_TEST_CASE(informers_find_the_same_engine_after_a_restart_with_one_boot_more) {
    start();
    const auto before = discovered();
    BOOST_TEST(before.boots == 1);
    stop();
    start();
    const auto after = discovered();
    BOOST_TEST(snmp::hex(after.id) == snmp::hex(before.id));
    BOOST_TEST(after.boots == before.boots + 1);
}

BOOST_AUTO_TEST_SUITE_END()
