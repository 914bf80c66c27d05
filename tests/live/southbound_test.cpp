// Southbound with the real adapters, over SSH, against real appliances: every golden edit and its inverse,
// one after the other, in each strategy, and what happens to a transaction when the appliance refuses, hangs,
// drops out or is locked.

#define BOOST_TEST_MODULE live_southbound
#include "southbound_stories.hpp"
#include "support/ports.hpp"

#include <sys/socket.h>

#include <iterator>

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::live;

BOOST_AUTO_TEST_CASE(every_edit_and_its_inverse_are_accepted_one_after_the_other) {
    for (const auto* family : {"f5", "citrix"}) {
        BOOST_TEST_CONTEXT(family) {
            VirtualHouse house(family);
            for (const auto& edit : oneOfEachKind(house))
                isMadeAndTakenBack(house, edit);
            isMadeAndTakenBack(house, house.edit(Operation::add, "real6", "2001:db8::6"));
        }
    }
}

BOOST_AUTO_TEST_CASE(each_authentication_is_made_removed_and_restored_with_its_objects) {
    for (const auto* family : {"f5", "citrix"})
        BOOST_TEST_CONTEXT(family) {
            VirtualHouse house(family);
            for (const auto& edit : oneOfEachAuthentication(house))
                isMadeRemovedAndRestoredWithItsObjects(house, edit);
        }
}

BOOST_AUTO_TEST_CASE(a_cancelled_commit_leaves_every_leaf_as_it_was) {
    for (const auto* family : {"f5", "citrix"}) {
        VirtualHouse house(family);
        isCommittedAndCancelled(house);
    }
}

BOOST_AUTO_TEST_CASE(an_edit_of_what_is_not_as_expected_is_refused_with_the_appliances_words) {
    for (const auto* family : {"f5", "citrix"}) {
        VirtualHouse house(family);
        refusesWhatIsNotAsExpected(house);
    }
}

BOOST_AUTO_TEST_CASE(a_lock_held_by_another_session_is_waited_for_and_its_owner_named) {
    VirtualHouse house("f5");
    waitsForALockAndNamesItsOwner(house, [&] { return house.appliance.client(); });
}

BOOST_AUTO_TEST_CASE(another_operators_edits_in_candidate_are_reported_and_kept) {
    VirtualHouse house("f5");
    auto other = house.appliance.client();
    describePool(other);
    const auto refused = std::get<Refused>(house.ask(Lock{domain::Duration(100)}));
    BOOST_TEST(refused.lockHeldByOther);
    BOOST_TEST_MESSAGE(refused.message);
    BOOST_TEST(other.getConfig(netconf::Datastore::candidate).find("mine") != std::string::npos);
    other.discardChanges();
    house.done(Lock{});
}

BOOST_AUTO_TEST_CASE(a_refused_commit_keeps_the_session_and_says_why) {
    VirtualHouse house("citrix");
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
    VirtualHouse house("f5", base::Duration(1500));
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

BOOST_AUTO_TEST_CASE(without_confirmed_commit_or_without_candidate_the_same_changes_are_made_and_taken_back) {
    for (const auto* family : {"f5", "citrix"})
        for (const auto* lacking : {"confirmed-commit", "candidate"}) {
            BOOST_TEST_CONTEXT(family << " without " << lacking) {
                VirtualHouse house(family, patience, {lacking});
                const bool direct = std::string(lacking) == "candidate";
                const auto strategy = direct ? domain::Strategy::direct : domain::Strategy::candidate;
                const auto refused = std::get<Refused>(house.ask(Lock{}));
                BOOST_TEST(refused.tag == "operation-not-supported");
                const auto before = house.read();
                const auto edit = house.edit(Operation::remove, "real2", "192.0.2.12");
                for (const auto& change : {edit.change, *domain::inverse(edit.change, before)}) {
                    house.done(Lock{patience, strategy});
                    if (direct) {
                        const auto rehearsed = house.read();
                        house.done(Rehearse{edit.object, change});
                        BOOST_TEST((house.read() == rehearsed));
                        house.done(Apply{edit.object, change});
                    } else {
                        house.done(Edit{edit.object, change});
                        house.done(Validate{});
                        house.done(CommitNow{});
                    }
                    house.done(Save{});
                    house.done(Discard{});
                    house.done(Unlock{});
                    BOOST_TEST(domain::differences(before, house.read()).empty() == (change != edit.change));
                }
                // What the appliance would refuse is refused by the rehearsal too.
                if (!direct) continue;
                house.done(Lock{patience, strategy});
                const auto there = house.edit(Operation::add, "real1", "192.0.2.11");
                BOOST_TEST(std::get<Refused>(house.ask(Rehearse{there.object, there.change})).tag ==
                           "data-exists");
                house.done(Unlock{});
            }
        }
}

BOOST_AUTO_TEST_CASE(a_change_by_somebody_else_is_told_and_ours_is_not) {
    VirtualHouse house("f5");
    tellsOfOthersChangesAndNotOfOurs(house, [&] { return house.appliance.client(); });
}

/// A relay whose connections can be frozen: the far end keeps what the near end has given up.
class Relay {
  public:
    explicit Relay(std::uint16_t to) {
        const auto listen = "TCP-LISTEN:" + std::to_string(port) + ",bind=127.0.0.1,reuseaddr,fork";
        const auto target = "TCP:127.0.0.1:" + std::to_string(to);
        m_pid = fork();
        if (m_pid == 0) {
            execlp("socat", "socat", listen.c_str(), target.c_str(), nullptr);
            _exit(127);
        }
    }
    ~Relay() {
        for (const auto child : children())
            kill(child, SIGKILL);
        kill(m_pid, SIGKILL);
        waitpid(m_pid, nullptr, 0);
    }
    void freeze() const {
        for (const auto child : children())
            kill(child, SIGSTOP);
    }

    std::uint16_t port = test::freePort(SOCK_STREAM);

  private:
    std::vector<pid_t> children() const {
        const auto pid = std::to_string(m_pid);
        std::ifstream list("/proc/" + pid + "/task/" + pid + "/children");
        return {std::istream_iterator<pid_t>(list), {}};
    }
    pid_t m_pid = 0;
};

BOOST_AUTO_TEST_CASE(a_lock_of_our_own_session_that_the_appliance_has_not_missed_yet_is_freed) {
    Folder folder;
    const Appliance appliance(folder, "f5");
    const Relay relay(appliance.port);
    auto place = appliance.place();
    place.endpoint.appliance.port = relay.port;
    std::ofstream known(place.endpoint.appliance.knownHostsFile, std::ios::app);
    std::ifstream key(folder / "host.pub");
    known << "[127.0.0.1]:" << relay.port << " " << key.rdbuf() << std::flush;
    House house(place, appliance.object(), base::Duration(1500));
    house.awaitConnected(true);
    house.done(Lock{});
    house.done(house.edit(Operation::add, "real3", "192.0.2.13"));
    relay.freeze();
    BOOST_TEST(!std::get<NoAnswer>(house.ask(Validate{})).reason.empty());
    // The appliance holds candidate, with an edit in it, and running.
    BOOST_CHECK_THROW(appliance.client().lock(netconf::Datastore::running), netconf::Error);
    house.done(Lock{patience});
    house.done(Unlock{});
    BOOST_TEST(house.read().members.size() == 3U);
    appliance.client().lock(netconf::Datastore::candidate);
}

/// As after the end of our machine: nobody is left who had that session, and the appliance waits for it.
BOOST_AUTO_TEST_CASE(a_lock_of_a_session_from_before_our_restart_is_freed_if_it_is_proven_ours) {
    VirtualHouse house("f5");
    house.awaitConnected(true);
    const auto opened = std::chrono::floor<domain::Duration>(std::chrono::system_clock::now());
    auto before = house.appliance.client();
    before.lock(netconf::Datastore::candidate);
    before.lock(netconf::Datastore::running);
    const auto id = std::to_string(before.sessionId());
    const auto locking = [](const SessionMark& former) {
        return Lock{domain::Duration(0), domain::Strategy::confirmed, {former}};
    };
    const auto refused = std::get<Refused>(house.ask(locking({id, opened - std::chrono::minutes(1)})));
    BOOST_TEST(refused.lockHeldByOther);
    before.keepalive(); // it lives
    house.done(locking({id, opened}));
    BOOST_CHECK_THROW(before.keepalive(), netconf::Error);
    house.done(Unlock{});
}

BOOST_AUTO_TEST_CASE(an_appliance_that_dies_is_noticed_and_found_again) {
    VirtualHouse house("f5");
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
