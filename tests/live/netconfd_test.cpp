// Southbound against netconfd (Yuma123) behind Debian's sshd: a server that no one here wrote, with the
// F5-style model. Its faults, which a client has to stay correct in spite of, are named where they are met.

#define BOOST_TEST_MODULE live_netconfd
#include "southbound_stories.hpp"

#include <places.hpp>

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::live;

namespace {

/// netconfd and its sshd, started by the lab's own part; they end with it.
class Netconfd {
  public:
    Netconfd(const Folder& folder, const std::string& target) {
        int in[2], out[2];
        if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        const std::string root = HEADGATE_SOURCE_DIR;
        const std::string words[] = {"python3",
                                     "-B",
                                     "-m",
                                     "lab.parts.netconfd",
                                     folder / "netconfd",
                                     folder / "user.pub",
                                     root + "/tests/contract/base/f5.xml",
                                     target};
        std::vector<char*> arguments;
        for (const auto& word : words)
            arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        m_pid = fork();
        if (m_pid == 0) {
            dup2(in[0], STDIN_FILENO);
            dup2(out[1], STDOUT_FILENO);
            if (chdir(root.c_str()) == 0) execv("/usr/bin/python3", arguments.data());
            _exit(127);
        }
        close(in[0]);
        close(out[1]);
        m_in = in[1];
        m_out = fdopen(out[0], "r");
        const auto said = line();
        m_place.endpoint.appliance.name = {"netconfd"};
        m_place.endpoint.appliance.family = "f5";
        m_place.endpoint.appliance.host = "127.0.0.1";
        m_place.endpoint.appliance.port = static_cast<std::uint16_t>(std::stoi(word(said, 0)));
        m_place.endpoint.user = word(said, 1);
        m_place.endpoint.keyFile = folder / "user";
        m_place.endpoint.appliance.knownHostsFile = folder / "netconfd/known_hosts";
        m_place.adapter = adapters::makeF5(fakeSeal);
    }
    ~Netconfd() {
        close(m_in); // its end
        waitpid(m_pid, nullptr, 0);
        fclose(m_out);
    }

    const Place& place() const { return m_place; }
    /// kill | start | stop | go
    void tell(const std::string& command) {
        const auto text = command + "\n";
        if (write(m_in, text.data(), text.size()) < 0) throw std::runtime_error("netconfd's part is gone");
        if (line() != "done\n") throw std::runtime_error("netconfd: " + command + " failed");
    }

  private:
    std::string line() {
        char text[512] = "";
        if (!fgets(text, sizeof text, m_out)) throw std::runtime_error("netconfd does not start");
        return text;
    }
    static std::string word(const std::string& text, int which) {
        std::istringstream stream(text);
        std::string found;
        for (int i = 0; i <= which; ++i)
            stream >> found;
        return found;
    }

    Place m_place;
    pid_t m_pid = 0;
    int m_in = -1;
    FILE* m_out = nullptr;
};

struct NetconfdParts {
    explicit NetconfdParts(const std::string& target)
        : netconfd(folder, target) {}
    Folder folder;
    Netconfd netconfd;
};
struct NetconfdHouse : private NetconfdParts, House {
    explicit NetconfdHouse(const std::string& target = "candidate", base::Duration rpcTimeout = patience)
        : NetconfdParts(target)
        , House(netconfd.place(), "/Common/web", rpcTimeout) {}
    using NetconfdParts::netconfd;

    Edit adding() const { return addingOne(*this); }
    /// Somebody else's session. What netconfd reads together with the hello is lost: it is asked again.
    netconf::Client client() const {
        const auto& endpoint = netconfd.place().endpoint;
        const netconf::SshEndpoint ssh{"127.0.0.1", endpoint.appliance.port, endpoint.user, endpoint.keyFile,
                                       endpoint.appliance.knownHostsFile};
        for (int attempt = 1;; ++attempt) {
            auto client = netconf::Client::connect(ssh, {patience, base::Duration(2000)});
            try {
                client.keepalive();
                client.setRpcTimeout(patience);
                return client;
            } catch (const netconf::Error& error) {
                if (attempt == 5) throw;
            }
        }
    }
};

}

/// It loses a validated edit and says ok; see southbound/edits.hpp.
BOOST_AUTO_TEST_CASE(every_edit_is_committed_and_taken_back_although_the_server_forgets_validated_edits) {
    NetconfdHouse house;
    for (const auto& edit : oneOfEachKind(house))
        isMadeAndTakenBack(house, edit);
}

BOOST_AUTO_TEST_CASE(each_authentication_is_made_removed_and_restored_with_its_objects) {
    NetconfdHouse house;
    for (const auto& edit : oneOfEachAuthentication(house))
        isMadeRemovedAndRestoredWithItsObjects(house, edit);
}

BOOST_AUTO_TEST_CASE(what_is_not_as_expected_is_refused_and_leaves_nothing) {
    NetconfdHouse house;
    refusesWhatIsNotAsExpected(house);
}

/// While running is locked it cannot put it back, neither at a cancel nor at the end of the window, and says
/// ok.
BOOST_AUTO_TEST_CASE(a_cancelled_commit_leaves_every_leaf_as_it_was) {
    NetconfdHouse house;
    isCommittedAndCancelled(house);
    auto other = house.client();
    other.lock(netconf::Datastore::candidate); // nothing was left in it
    other.lock(netconf::Datastore::running);
}

BOOST_AUTO_TEST_CASE(a_commit_that_nobody_confirms_is_taken_back_by_the_server) {
    NetconfdHouse house;
    const auto before = house.read();
    house.done(Lock{});
    house.done(house.adding());
    house.done(Commit{domain::Duration(2000), "short"});
    BOOST_TEST(house.read().members.size() == before.members.size() + 1);
    house.southbound.stop(); // as a headgated that died
    auto other = house.client();
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto added = [&] {
        return other.getConfig(netconf::Datastore::running).find("real3") != std::string::npos;
    };
    while (added() && std::chrono::steady_clock::now() < deadline)
        sleep(3); // its timer starves under traffic
    BOOST_TEST(!added());
}

BOOST_AUTO_TEST_CASE(its_death_in_the_middle_leaves_all_old_and_it_is_found_again) {
    NetconfdHouse house;
    house.awaitConnected(true);
    const auto before = house.read();
    for (const bool committed : {false, true}) {
        BOOST_TEST_CONTEXT("committed: " << committed) {
            house.done(Lock{patience});
            house.done(house.adding());
            house.done(Validate{});
            if (committed) house.done(aWhile);
            house.netconfd.tell("kill");
            house.awaitConnected(false);
            BOOST_TEST(!std::get<Unreachable>(house.ask(aWhile)).reason.empty());
            house.done(Unlock{});
            house.netconfd.tell("start"); // beside the socket that the dead one left
            house.awaitConnected(true);
            BOOST_TEST((house.read() == before));
            if (committed) BOOST_TEST(std::holds_alternative<Refused>(house.ask(Cancel{aWhile.persistId})));
        }
    }
    // What was saved is there after a death.
    house.done(Lock{});
    house.done(house.adding());
    house.done(Validate{});
    house.done(aWhile);
    house.done(Confirm{aWhile.persistId});
    house.done(Save{});
    house.done(Unlock{});
    const auto after = house.read();
    house.netconfd.tell("kill");
    house.awaitConnected(false);
    house.netconfd.tell("start");
    house.awaitConnected(true);
    BOOST_TEST((house.read() == after));
    BOOST_TEST(after.members.size() == before.members.size() + 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_is_given_up_and_found_again) {
    NetconfdHouse house("candidate", base::Duration(1500));
    const auto before = house.read();
    house.done(Lock{});
    house.done(house.adding());
    house.netconfd.tell("stop");
    BOOST_TEST(!std::get<NoAnswer>(house.ask(aWhile)).reason.empty());
    house.netconfd.tell("go");
    house.awaitConnected(true);
    // It may have carried out what it found waiting for it.
    if (house.read().members.size() > before.members.size()) house.done(Cancel{aWhile.persistId});
    BOOST_TEST((house.read() == before));
    house.done(Lock{patience});
    house.done(Unlock{});
}

BOOST_AUTO_TEST_CASE(without_a_candidate_it_is_edited_directly_and_taken_back) {
    NetconfdHouse house("running");
    const auto before = house.read();
    const auto edit = house.edit(Operation::remove, "real2", "192.0.2.12");
    for (const auto& change : {edit.change, *domain::inverse(edit.change, before)}) {
        const auto present = house.read();
        house.done(Lock{patience, domain::Strategy::direct});
        house.done(Rehearse{edit.object, change});
        BOOST_TEST((house.read() == present));
        house.done(Apply{edit.object, change});
        house.done(Save{});
        house.done(Unlock{});
        BOOST_TEST(domain::differences(before, house.read()).empty() == (change != edit.change));
    }
}

BOOST_AUTO_TEST_CASE(a_change_by_somebody_else_is_told_and_ours_is_not) {
    NetconfdHouse house;
    tellsOfOthersChangesAndNotOfOurs(house, [&] { return house.client(); });
}

BOOST_AUTO_TEST_CASE(a_lock_held_by_another_session_is_waited_for_and_its_owner_named) {
    NetconfdHouse house;
    waitsForALockAndNamesItsOwner(house, [&] { return house.client(); });
}
