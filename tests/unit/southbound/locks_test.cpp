#include "unit/southbound/talk.hpp"

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::test;
using namespace headgate::transaction;

BOOST_AUTO_TEST_CASE(a_lock_held_by_another_session_is_refused_with_its_owner_when_the_wait_is_over) {
    Talk talk;
    talk.answer("lock candidate", refused("lock-denied", "locked", "17"));
    const auto result = as<Refused>(talk.ask(Lock{domain::Duration(0)}));
    BOOST_TEST(result.tag == "lock-denied");
    BOOST_TEST(result.lockHeldByOther);
    BOOST_TEST(result.message == "candidate of lb1 is locked by session 17: locked");
    checkNames(talk, {"lock candidate"});
}

BOOST_AUTO_TEST_CASE(a_lock_is_tried_again_until_it_is_free) {
    Talk talk;
    talk.answer("lock running", refused("lock-denied", "locked", "17"));
    talk.onPause = [&] {
        if (talk.pauses == 2) talk.appliance.script = [](const auto&, int) { return ok(); };
        return true;
    };
    as<Done>(talk.ask(Lock{domain::Duration(20000)}));
    BOOST_TEST(talk.pauses == 2);
    // Candidate is given back while running is waited for.
    checkNames(talk, {"lock candidate", "lock running", "unlock candidate", "lock candidate", "lock running",
                      "unlock candidate", "lock candidate", "lock running"});
}

BOOST_AUTO_TEST_CASE(a_candidate_that_somebody_else_has_edited_is_reported_and_not_discarded) {
    Talk talk;
    talk.answer("lock candidate", refused("lock-denied", "candidate has been modified", "0"));
    const auto result = as<Refused>(talk.ask(Lock{domain::Duration(0)}));
    BOOST_TEST(result.message.find("uncommitted changes") != std::string::npos);
    BOOST_TEST(result.message.find("candidate has been modified") != std::string::npos);
    checkNames(talk, {"lock candidate"});
}

BOOST_AUTO_TEST_CASE(a_lock_that_nobody_wants_any_more_is_given_up) {
    Talk talk;
    talk.answer("lock candidate", refused("lock-denied", "locked", "17"));
    talk.onPause = [] { return false; };
    as<Refused>(talk.ask(Lock{domain::Duration(600000)}));
    BOOST_TEST(talk.pauses == 1);
}

BOOST_AUTO_TEST_CASE(a_refusal_that_will_not_pass_is_not_waited_out) {
    Talk talk;
    talk.answer("lock candidate", refused("access-denied", "not you"));
    const auto result = as<Refused>(talk.ask(Lock{domain::Duration(600000)}));
    BOOST_TEST(!result.lockHeldByOther);
    BOOST_TEST(talk.pauses == 0);
}

BOOST_AUTO_TEST_CASE(a_lock_on_a_session_that_proves_broken_is_had_on_a_new_one) {
    Talk talk;
    BOOST_TEST(talk.conversation.connect());
    talk.answerOnce("lock candidate", broken());
    as<Done>(talk.ask(Lock{}));
    BOOST_TEST(talk.appliance.sessions == 2);
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
}

BOOST_AUTO_TEST_CASE(
    a_lock_for_a_strategy_that_the_session_does_not_allow_is_refused_and_names_what_is_missing) {
    struct Row {
        domain::Strategy strategy;
        std::vector<std::string> capabilities;
        std::string missing;
    };
    const std::vector<std::string> candidateOnly{"urn:ietf:params:netconf:capability:candidate:1.0"};
    const Row rows[] = {
        {domain::Strategy::confirmed, candidateOnly, ":confirmed-commit:1.1 that"},
        {domain::Strategy::confirmed, runningOnly, ":candidate:1.0 and :confirmed-commit:1.1 that"},
        {domain::Strategy::candidate, runningOnly, ":candidate:1.0 that"},
        {domain::Strategy::direct, everyCapability, ":writable-running:1.0 that"},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(domain::toString(row.strategy) << row.missing) {
            Talk talk;
            talk.appliance.capabilities = row.capabilities;
            const auto result = as<Refused>(talk.ask(Lock{domain::Duration(600000), row.strategy}));
            BOOST_TEST(result.tag == "operation-not-supported");
            BOOST_TEST(result.message.find(row.missing) != std::string::npos, result.message);
            BOOST_TEST(talk.pauses == 0);
            checkNames(talk, {});
        }
}

BOOST_AUTO_TEST_CASE(only_an_appliance_that_no_strategy_fits_is_said_to_take_part_in_nothing) {
    for (const auto& [capabilities, fits] :
         {std::pair(everyCapability, true), {runningOnly, true}, {std::vector<std::string>{}, false}}) {
        Talk talk;
        talk.appliance.capabilities = capabilities;
        BOOST_REQUIRE(talk.conversation.connect());
        BOOST_TEST(talk.statuses.back().connected);
        BOOST_TEST(talk.statuses.back().reason.empty() == fits, talk.statuses.back().reason);
    }
}

BOOST_AUTO_TEST_CASE(running_is_not_locked_while_a_confirmed_commit_is_cancelled) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Commit{domain::Duration(60000), "id"}));
    as<Done>(talk.ask(Cancel{"id"}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    checkNames(talk, {"lock candidate", "lock running", "commit confirmed", "unlock running", "cancel-commit",
                      "lock running", "edit-config"});
    // Somebody else was quicker: nothing more is done without the lock.
    talk.answer("lock running", refused("lock-denied", "locked", "9"));
    as<Done>(talk.ask(Cancel{"id"}));
    as<Unreachable>(talk.ask(Edit{"web", adding("real2")}));
    BOOST_TEST(talk.appliance.open == 0);
}

BOOST_AUTO_TEST_CASE(a_refused_unlock_ends_the_session_and_with_it_the_lock) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    talk.answer("unlock running", refused("operation-failed", "no"));
    as<Done>(talk.ask(Unlock{}));
    BOOST_TEST(talk.appliance.open == 0);
}

BOOST_AUTO_TEST_CASE(two_transactions_do_not_share_an_appliance) {
    Talk talk;
    as<Done>(talk.ask(Lock{}, 1));
    BOOST_TEST(as<Refused>(talk.ask(Lock{}, 2)).message == "transaction 1 is not yet done with lb1");
    as<Done>(talk.ask(Edit{"web", adding("real2")}, 1));
    as<Refused>(talk.ask(Lock{}, 2));
    as<Unreachable>(talk.ask(Edit{"web", adding("real2")}, 2));
    as<Done>(talk.ask(Unlock{}, 2)); // takes nothing from transaction 1
    talk.answer("validate", refused("operation-failed", "real2 is odd"));
    BOOST_TEST(as<Refused>(talk.ask(Validate{}, 1)).namesMember);
    talk.appliance.script = [](const auto&, int) { return ok(); };
    as<Done>(talk.ask(Validate{}, 1));
    as<Done>(talk.ask(Unlock{}, 1));
    as<Done>(talk.ask(Lock{}, 2));
}

BOOST_AUTO_TEST_CASE(a_fenced_read_has_the_locks_for_as_long_as_it_takes) {
    Talk talk;
    const Read fenced{"web", false, Lock{domain::Duration(0)}};
    as<Facts>(talk.ask(fenced, 0));
    checkNames(talk, {"lock candidate", "lock running", "get-config", "unlock running", "unlock candidate"});
    talk.answer("lock running", refused("lock-denied", "locked", "9"));
    BOOST_TEST(as<Refused>(talk.ask(fenced, 0)).lockHeldByOther);
    checkNames(talk, {"lock candidate", "lock running", "unlock candidate"});
}

BOOST_AUTO_TEST_CASE(a_fenced_read_takes_nothing_from_a_transaction) {
    Talk talk;
    as<Done>(talk.ask(Lock{}, 1));
    as<Refused>(talk.ask(Read{"web", false, Lock{domain::Duration(0)}}, 0));
    as<Done>(talk.ask(Edit{"web", adding("real2")}, 1));
}

namespace {

std::string sessionList(const std::string& user, const std::string& formerLogin,
                        const std::string& presentLogin, const std::string& formerId = "1",
                        const std::string& presentId = "2") {
    const auto session = [&](const std::string& id, const std::string& login) {
        return "<session><session-id>" + id + "</session-id><username>" + user + "</username><login-time>" +
               login + "</login-time></session>";
    };
    return "<data xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><netconf-state "
           "xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\"><sessions>" +
           session(formerId, formerLogin) + session(presentId, presentLogin) +
           "</sessions></netconf-state></data>";
}

}

/// Session 1 was ours and was dropped; the appliance says that session 1 holds the lock.
BOOST_AUTO_TEST_CASE(a_lock_of_our_own_dead_session_is_freed_and_nobody_elses_ever) {
    struct Row {
        const char* name;
        Answer how; ///< our session 1 ended
        Answer list;
        bool kills;
    };
    const Answer none = refused("operation-not-supported", "no such module");
    const auto at = [](const std::string& former) {
        return Accepted{sessionList("headgate", former, "2026-11-22T15:00:00Z")};
    };
    const Row rows[] = {
        {"silent, no list", timeout(), none, true},
        {"silent, an empty list", timeout(), Accepted{}, true},
        {"broken, no list: it may have been started anew", broken(), none, false},
        {"broken, but it is on the list", broken(), at("2026-11-22T14:59:59.5Z"), true},
        {"the same in another time zone", broken(), at("2026-11-22T16:59:58+02:00"), true},
        {"on the list, but younger than ours could be", timeout(), at("2026-11-22T15:00:10Z"), false},
        {"on the list, but far older than ours", timeout(), at("2026-11-22T14:00:00Z"), false},
        {"another user's", timeout(),
         Accepted{sessionList("ann", "2026-11-22T15:00:00Z", "2026-11-22T15:00:00Z")}, false},
        {"a list that says nothing of it", timeout(), at("yesterday"), false},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) {
            Talk talk;
            bool killed = false;
            talk.appliance.script = [&](const std::string& name, int session) -> Answer {
                if (session == 0) return name == "get" ? row.how : ok();
                if (name == "get sessions") return row.list;
                if (name == "kill-session") killed = true;
                return name == "lock candidate" && !killed ? refused("lock-denied", "locked", "1") : ok();
            };
            as<Done>(talk.ask(Lock{}));
            talk.ask(Read{"web", true});
            const auto result = talk.ask(Lock{domain::Duration(0)}, 2);
            BOOST_TEST(killed == row.kills);
            if (row.kills)
                as<Done>(result);
            else
                BOOST_TEST(as<Refused>(result).message.find(
                               "by our own session 1, which was dropped and which the appliance still "
                               "holds") != std::string::npos);
        }
}

/// Session 41 was a former daemon's, opened ten minutes ago by our clock; the appliance's clock is another.
BOOST_AUTO_TEST_CASE(a_lock_of_a_former_daemons_session_is_freed_if_the_appliances_list_proves_it_ours) {
    struct Row {
        const char* name;
        Answer list;
        std::string owner;
        bool kills;
    };
    const auto at = [](const std::string& user, const std::string& former) {
        return Accepted{sessionList(user, former, "2031-01-01T15:00:00Z", "41", "1")};
    };
    const Row rows[] = {
        {"user and time fit", at("headgate", "2031-01-01T14:50:01Z"), "41", true},
        {"no list: a number is no proof", refused("operation-not-supported", "no such module"), "41", false},
        {"an empty list", Accepted{}, "41", false},
        {"another user's", at("ann", "2031-01-01T14:50:00Z"), "41", false},
        {"younger: our clock was set, or the appliance restarted", at("headgate", "2031-01-01T14:59:00Z"),
         "41", false},
        {"a number that was never ours", at("headgate", "2031-01-01T14:50:00Z"), "42", false},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) {
            Talk talk;
            bool killed = false;
            talk.appliance.script = [&](const std::string& name, int) -> Answer {
                if (name == "get sessions") return row.list;
                if (name == "kill-session") killed = true;
                return name == "lock candidate" && !killed ? refused("lock-denied", "locked", row.owner)
                                                           : ok();
            };
            using namespace std::chrono;
            const auto opened = floor<domain::Duration>(system_clock::now()) - minutes(10);
            const auto result =
                talk.ask(Lock{domain::Duration(0), domain::Strategy::confirmed, {{"41", opened}}}, 2);
            BOOST_TEST(killed == row.kills);
            if (row.kills)
                as<Done>(result);
            else
                BOOST_TEST(as<Refused>(result).message.find("session " + row.owner) != std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(a_number_that_the_appliance_may_have_given_anew_is_not_killed) {
    Talk talk;
    talk.appliance.script = [](const std::string& name, int session) -> Answer {
        if (session == 0) return name == "get" ? timeout() : ok();
        if (name == "get sessions") return Accepted{};
        return name == "lock candidate" ? refused("lock-denied", "locked", "1") : ok();
    };
    as<Done>(talk.ask(Lock{}));
    as<NoAnswer>(talk.ask(Read{"web", true}));
    talk.appliance.reachable = false; // and so maybe restarted
    BOOST_TEST(!talk.conversation.connect());
    talk.appliance.reachable = true;
    as<Refused>(talk.ask(Lock{domain::Duration(0)}, 2));
    for (const auto& name : talk.appliance.askedSoFar())
        BOOST_TEST(name != "kill-session");
}

BOOST_AUTO_TEST_CASE(a_lock_of_another_session_is_asked_for_no_more_than_before) {
    Talk talk;
    talk.answer("lock candidate", refused("lock-denied", "locked", "17"));
    as<Refused>(talk.ask(Lock{domain::Duration(0)}));
    checkNames(talk, {"lock candidate"});
}
