#pragma once

#include "adapters/citrix/citrix.hpp"
#include "adapters/f5/f5.hpp"
#include "base/channel.hpp"
#include "netconf/client.hpp"
#include "southbound/southbound.hpp"
#include "support/fake_seal.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <places.hpp>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

// What the live tests of southbound share: an appliance of its own for each, and a Southbound that talks to
// it.
namespace headgate::southbound::live {

using namespace headgate::transaction;
using domain::Operation;

constexpr base::Duration patience(20000);

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "headgate-south-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
        for (const auto* key : {"host", "user"})
            if (std::system(("ssh-keygen -q -t ed25519 -N '' -C test -f " + (path / key).string()).c_str()) !=
                0)
                throw std::runtime_error("no ssh-keygen");
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
    std::filesystem::path path;
};

/// A headgate-appliance of its own; ends with it.
class Appliance {
  public:
    /// `without`: capabilities that it does not offer.
    Appliance(const Folder& folder, const std::string& family, std::vector<std::string> without = {})
        : m_folder(folder)
        , m_family(family)
        , m_without(std::move(without)) {
        start("127.0.0.1:0");
        std::ofstream known(folder / (family + ".known"));
        std::ifstream key(folder / "host.pub");
        known << "[127.0.0.1]:" << port << " " << key.rdbuf();
    }
    ~Appliance() { end(SIGTERM); }

    void start(const std::string& listen) {
        int out[2];
        if (pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        const auto program =
            (std::filesystem::canonical("/proc/self/exe").parent_path() / "../../lab/headgate-appliance")
                .string();
        const auto startup = std::string(HEADGATE_SOURCE_DIR) + "/tests/contract/base/" + m_family + ".xml";
        std::vector<std::string> words{program,
                                       "--family",
                                       m_family,
                                       "--data-plane",
                                       "none",
                                       "--listen",
                                       listen,
                                       "--host-key",
                                       m_folder / "host",
                                       "--user",
                                       "headgate=" + (m_folder / "user.pub"),
                                       "--state",
                                       m_folder / (m_family + ".state"),
                                       "--startup",
                                       startup,
                                       "--log-level",
                                       "error"};
        for (const auto& capability : m_without)
            words.insert(words.end(), {"--without", capability});
        std::vector<char*> arguments;
        for (auto& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        m_pid = fork();
        if (m_pid == 0) {
            dup2(out[1], STDOUT_FILENO);
            execv(program.c_str(), arguments.data());
            _exit(127);
        }
        close(out[1]);
        port = portFrom(out[0]);
        close(out[0]);
    }
    void restart() { start("127.0.0.1:" + std::to_string(port)); }
    void end(int signal) {
        if (m_pid <= 0) return;
        kill(m_pid, signal);
        waitpid(m_pid, nullptr, 0);
        m_pid = 0;
    }

    Place place() const {
        Place place;
        place.endpoint.appliance.name = {m_family + "1"};
        place.endpoint.appliance.family = m_family;
        place.endpoint.appliance.host = "127.0.0.1";
        place.endpoint.appliance.port = port;
        place.endpoint.appliance.knownHostsFile = m_folder / (m_family + ".known");
        place.endpoint.user = "headgate";
        place.endpoint.keyFile = m_folder / "user";
        place.adapter = m_family == "f5" ? adapters::makeF5(fakeSeal) : adapters::makeCitrix(fakeSeal);
        return place;
    }
    std::string object() const { return m_family == "f5" ? "/Common/web" : "sg_web"; }

    netconf::Client client() const {
        const auto place = this->place();
        return netconf::Client::connect(netconf::SshEndpoint{
            "127.0.0.1", port, "headgate", place.endpoint.keyFile, place.endpoint.appliance.knownHostsFile});
    }
    void fault(const std::string& operation, const std::string& effect,
               const std::string& message = {}) const {
        client().rpc("<inject-fault xmlns=\"urn:headgate:yang:lab-fault\"><operation>" + operation +
                     "</operation><effect>" + effect + "</effect>" +
                     (message.empty() ? "" : "<message>" + message + "</message>") + "</inject-fault>");
    }

    std::uint16_t port = 0;

  private:
    static std::uint16_t portFrom(int descriptor) {
        std::string text;
        pollfd ready{descriptor, POLLIN, 0};
        while (text.find('\n') == std::string::npos) {
            char bytes[256];
            if (poll(&ready, 1, 20000) <= 0) break;
            const auto count = read(descriptor, bytes, sizeof bytes);
            if (count <= 0) break;
            text.append(bytes, static_cast<std::size_t>(count));
        }
        const auto at = text.find("ssh=127.0.0.1:");
        if (at == std::string::npos) throw std::runtime_error("the appliance does not start: " + text);
        return static_cast<std::uint16_t>(std::stoi(text.substr(at + 14)));
    }

    const Folder& m_folder;
    std::string m_family;
    std::vector<std::string> m_without;
    pid_t m_pid = 0;
};

/// Southbound with one appliance, and what it answers.
struct House {
    House(Place place, std::string pool, base::Duration rpcTimeout = patience)
        : object(std::move(pool)) {
        place.endpoint.appliance.rpcTimeout = rpcTimeout;
        place.endpoint.appliance.connectTimeout = patience;
        name = place.endpoint.appliance.name;
        southbound.configure({place});
    }

    Result ask(Request request, std::uint64_t transaction = 1) {
        southbound.submit({{transaction}, name, {++token}, std::move(request)});
        const auto reply = replies.receiveFor(patience * 3);
        if (!reply) throw std::runtime_error("no reply");
        BOOST_TEST(reply->token.value == token);
        return reply->result;
    }
    void done(Request request) {
        const auto what = std::string(toString(request));
        const auto result = ask(std::move(request));
        const auto* refused = std::get_if<Refused>(&result);
        BOOST_TEST_REQUIRE(std::holds_alternative<Done>(result),
                           what << ": " << (refused ? refused->tag + ": " + refused->message : "no answer"));
    }
    domain::PoolFacts read(bool operational = false) {
        return std::get<Facts>(ask(Read{object, operational})).pool;
    }
    Edit edit(Operation operation, const std::string& server, const std::string& address,
              int weight = 1) const {
        domain::Change change;
        change.operation = operation;
        change.member.server = {server};
        change.member.connection = {address, 8080, "http", weight, 0};
        return {object, change};
    }
    void awaitConnected(bool connected) {
        while (true) {
            const auto status = statuses.receiveFor(patience);
            if (!status) throw std::runtime_error("no status");
            if (status->connected == connected) return;
        }
    }

    std::string object; ///< the pool's native name
    domain::ApplianceName name;
    std::uint64_t token = 0;
    base::Channel<Reply> replies;
    base::Channel<Status> statuses;
    base::Channel<Notice> notices;
    Southbound southbound{[this](Reply reply) { replies.post(std::move(reply)); },
                          [this](Status status) { statuses.post(std::move(status)); }, connectWithNetconf(),
                          [this](Notice notice) { notices.post(std::move(notice)); }};
};

/// The same with a virtual appliance.
struct VirtualParts {
    Folder folder;
    Appliance appliance;
};
struct VirtualHouse : private VirtualParts, House {
    explicit VirtualHouse(const std::string& family, base::Duration rpcTimeout = patience,
                          std::vector<std::string> without = {})
        : VirtualParts{{}, {folder, family, std::move(without)}}
        , House(appliance.place(), appliance.object(), rpcTimeout) {}
    using VirtualParts::appliance;
};

}
