// Southbound with the real adapters, over SSH, against real appliances: every golden edit and its inverse,
// one after the other, and what happens to a transaction when the appliance refuses, hangs, drops out or is
// locked.

#define BOOST_TEST_MODULE live_southbound
#include "adapters/citrix/citrix.hpp"
#include "adapters/f5/f5.hpp"
#include "base/channel.hpp"
#include "netconf/client.hpp"
#include "southbound/southbound.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::transaction;
using domain::Operation;

namespace {

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
    Appliance(const Folder& folder, const std::string& family)
        : m_folder(folder)
        , m_family(family) {
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
        place.adapter = m_family == "f5" ? adapters::makeF5() : adapters::makeCitrix();
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
    pid_t m_pid = 0;
};

struct House {
    explicit House(const std::string& family, base::Duration rpcTimeout = patience)
        : appliance(folder, family) {
        auto place = appliance.place();
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
        return std::get<Facts>(ask(Read{appliance.object(), operational})).pool;
    }
    Edit edit(Operation operation, const std::string& server, const std::string& address,
              int weight = 1) const {
        domain::Change change;
        change.operation = operation;
        change.member.server = {server};
        change.member.connection = {address, 8080, "http", weight, 0};
        return {appliance.object(), change};
    }
    void awaitConnected(bool connected) {
        while (true) {
            const auto status = statuses.receiveFor(patience);
            if (!status) throw std::runtime_error("no status");
            if (status->connected == connected) return;
        }
    }

    Folder folder;
    Appliance appliance;
    domain::ApplianceName name;
    std::uint64_t token = 0;
    base::Channel<Reply> replies;
    base::Channel<Status> statuses;
    Southbound southbound{[this](Reply reply) { replies.post(std::move(reply)); },
                          [this](Status status) { statuses.post(std::move(status)); }};
};

const Commit aWhile{domain::Duration(60000), "a-transaction"};

}

BOOST_AUTO_TEST_CASE(every_edit_and_its_inverse_are_accepted_one_after_the_other) {
    for (const auto* family : {"f5", "citrix"}) {
        BOOST_TEST_CONTEXT(family) {
            House house(family);
            for (const auto& edit : {house.edit(Operation::add, "real3", "192.0.2.13", 4),
                                     house.edit(Operation::add, "real6", "2001:db8::6"),
                                     house.edit(Operation::remove, "real2", "192.0.2.12"),
                                     house.edit(Operation::drain, "real1", "192.0.2.11"),
                                     house.edit(Operation::resume, "real4", "192.0.2.14"),
                                     house.edit(Operation::setWeight, "real2", "192.0.2.12", 50)}) {
                BOOST_TEST_CONTEXT(domain::describe(edit.change)) {
                    const auto before = house.read();
                    const auto back = domain::inverse(edit.change, before);
                    BOOST_TEST_REQUIRE(back.has_value());
                    for (const auto& change : {edit.change, *back}) {
                        house.done(Lock{});
                        house.done(Edit{edit.object, change});
                        house.done(Validate{});
                        house.done(aWhile);
                        BOOST_TEST(house.read(true).exists);
                        house.done(Confirm{aWhile.persistId});
                        house.done(Save{});
                        house.done(Unlock{});
                        const bool undone = domain::differences(before, house.read()).empty();
                        BOOST_TEST(undone == (change != edit.change));
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_cancelled_commit_leaves_every_leaf_as_it_was) {
    for (const auto* family : {"f5", "citrix"}) {
        House house(family);
        const auto before = house.read();
        house.done(Lock{});
        house.done(house.edit(Operation::add, "real3", "192.0.2.13"));
        house.done(aWhile);
        BOOST_TEST(house.read().members.size() == before.members.size() + 1);
        house.done(Cancel{aWhile.persistId});
        house.done(Unlock{});
        BOOST_TEST((house.read() == before));
        BOOST_TEST(std::holds_alternative<Refused>(house.ask(Cancel{aWhile.persistId})));
    }
}

BOOST_AUTO_TEST_CASE(an_edit_of_what_is_not_as_expected_is_refused_with_the_appliances_words) {
    for (const auto* family : {"f5", "citrix"}) {
        House house(family);
        house.done(Lock{});
        const auto there = std::get<Refused>(house.ask(house.edit(Operation::add, "real1", "192.0.2.11")));
        BOOST_TEST(there.tag == "data-exists");
        BOOST_TEST(there.namesMember);
        const auto gone = std::get<Refused>(house.ask(house.edit(Operation::drain, "real9", "192.0.2.19")));
        BOOST_TEST(gone.tag == "data-missing");
        house.done(Discard{});
        house.done(Unlock{});
    }
}

BOOST_AUTO_TEST_CASE(a_lock_held_by_another_session_is_waited_for_and_its_owner_named) {
    House house("f5");
    auto other = house.appliance.client();
    other.lock(netconf::Datastore::running);
    const auto refused = std::get<Refused>(house.ask(Lock{domain::Duration(300)}));
    BOOST_TEST(refused.lockHeldByOther);
    BOOST_TEST(refused.message.find("locked by session " + std::to_string(other.sessionId())) !=
               std::string::npos);
    other.lock(netconf::Datastore::candidate); // ours was given back
    other.close();
    house.done(Lock{patience});
    house.done(Unlock{});
}

BOOST_AUTO_TEST_CASE(another_operators_edits_in_candidate_are_reported_and_kept) {
    House house("f5");
    auto other = house.appliance.client();
    other.editConfig(netconf::Datastore::candidate,
                     "<ltm xmlns=\"urn:headgate:yang:adc-f5-ltm\"><pool><name>/Common/web</name>"
                     "<description>mine</description></pool></ltm>");
    const auto refused = std::get<Refused>(house.ask(Lock{domain::Duration(100)}));
    BOOST_TEST(refused.lockHeldByOther);
    BOOST_TEST_MESSAGE(refused.message);
    BOOST_TEST(other.getConfig(netconf::Datastore::candidate).find("mine") != std::string::npos);
    other.discardChanges();
    house.done(Lock{});
}

BOOST_AUTO_TEST_CASE(a_refused_commit_keeps_the_session_and_says_why) {
    House house("citrix");
    house.done(Lock{});
    house.done(house.edit(Operation::add, "real3", "192.0.2.13"));
    house.appliance.fault("commit", "refuse", "no room for real3");
    const auto refused = std::get<Refused>(house.ask(aWhile));
    BOOST_TEST(refused.tag == "operation-failed");
    BOOST_TEST(refused.message == "no room for real3");
    BOOST_TEST(refused.namesMember);
    house.done(Discard{});
    house.done(Unlock{});
}

BOOST_AUTO_TEST_CASE(a_commit_without_an_answer_is_no_answer_and_can_be_cancelled_on_a_new_session) {
    House house("f5", base::Duration(1500));
    const auto before = house.read();
    for (const auto* effect : {"hang", "drop-session", "drop-after-apply"}) {
        BOOST_TEST_CONTEXT(effect) {
            house.done(Lock{patience});
            house.done(house.edit(Operation::add, "real3", "192.0.2.13"));
            house.appliance.fault("commit", effect);
            BOOST_TEST(!std::get<NoAnswer>(house.ask(aWhile)).reason.empty());
            BOOST_TEST(!std::get<Unreachable>(house.ask(Validate{})).reason.empty());
            const bool applied = house.read().members.size() > before.members.size();
            BOOST_TEST(applied == (std::string(effect) == "drop-after-apply"));
            if (applied) house.done(Cancel{aWhile.persistId});
            house.done(Discard{});
            house.done(Unlock{});
            BOOST_TEST((house.read() == before));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_appliance_that_dies_is_noticed_and_found_again) {
    House house("f5");
    house.awaitConnected(true);
    house.done(Lock{});
    house.done(house.edit(Operation::add, "real3", "192.0.2.13"));
    house.appliance.end(SIGKILL);
    house.awaitConnected(false);
    BOOST_TEST(!std::get<Unreachable>(house.ask(aWhile)).reason.empty());
    house.done(Unlock{});
    house.appliance.restart();
    house.awaitConnected(true);
    BOOST_TEST(house.read().members.size() == 3U);
    house.done(Lock{});
}

BOOST_AUTO_TEST_CASE(a_wrong_host_key_is_refused) {
    Folder folder;
    Appliance appliance(folder, "f5");
    std::ofstream known(folder / "f5.known", std::ios::trunc);
    std::ifstream key(folder / "user.pub"); // somebody else's
    known << "[127.0.0.1]:" << appliance.port << " " << key.rdbuf();
    known.close();
    const auto place = appliance.place();
    BOOST_CHECK_THROW(connectWithNetconf()(place.endpoint), ConnectError);
}
