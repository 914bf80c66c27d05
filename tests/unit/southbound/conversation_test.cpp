#include "unit/southbound/talk.hpp"

#include <map>

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::test;
using namespace headgate::transaction;

BOOST_AUTO_TEST_CASE(a_whole_transaction_says_what_the_rfc_has_for_it) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    as<Facts>(talk.ask(Read{"web", false}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    as<Done>(talk.ask(Validate{}));
    as<Done>(talk.ask(Commit{domain::Duration(60000), "id-1"}));
    as<Facts>(talk.ask(Read{"web", true}));
    as<Done>(talk.ask(Confirm{"id-1"}));
    as<Done>(talk.ask(Save{}));
    as<Done>(talk.ask(Unlock{}));
    checkNames(talk, {"lock candidate", "lock running", "get-config", "edit-config", "validate",
                      "get-config candidate", "commit confirmed", "get-config", "get", "commit",
                      "copy-config", "unlock running", "unlock candidate"});
    BOOST_TEST(talk.appliance.sessions == 1);
    // That it keeps what was validated is known from now on.
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    as<Done>(talk.ask(Validate{}));
    as<Done>(talk.ask(Commit{domain::Duration(60000), "id-2"}));
    checkNames(talk, {"lock candidate", "lock running", "edit-config", "validate", "commit confirmed"});
}

BOOST_AUTO_TEST_CASE(an_appliance_without_confirmed_commit_is_committed_plainly) {
    Talk talk;
    talk.appliance.capabilities = {"urn:ietf:params:netconf:capability:candidate:1.0"};
    as<Done>(talk.ask(Lock{domain::Duration(0), domain::Strategy::candidate}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    as<Done>(talk.ask(Validate{})); // commit does it
    as<Done>(talk.ask(CommitNow{}));
    as<Done>(talk.ask(Discard{}));
    as<Done>(talk.ask(Unlock{}));
    checkNames(talk, {"lock candidate", "lock running", "edit-config", "commit", "discard-changes",
                      "unlock running", "unlock candidate"});
}

BOOST_AUTO_TEST_CASE(an_appliance_that_has_only_running_is_rehearsed_and_edited_there) {
    for (const bool rehearses : {true, false}) {
        Talk talk;
        talk.appliance.capabilities = runningOnly;
        if (!rehearses) talk.appliance.capabilities.erase(talk.appliance.capabilities.begin() + 2);
        as<Done>(talk.ask(Lock{domain::Duration(0), domain::Strategy::direct}));
        as<Done>(talk.ask(Rehearse{"web", adding("real2")}));
        as<Done>(talk.ask(Apply{"web", adding("real2")}));
        as<Done>(talk.ask(Discard{})); // of a candidate that is not locked, or not there
        as<Done>(talk.ask(Unlock{}));
        Names expected{"lock running", "edit-config running", "unlock running"};
        if (rehearses) expected.insert(expected.begin() + 1, "edit-config test-only");
        checkNames(talk, expected);
    }
}

BOOST_AUTO_TEST_CASE(a_confirm_window_is_extended_under_the_locks) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Commit{domain::Duration(60000), "id"}));
    as<Done>(talk.ask(Extend{domain::Duration(60000), "id"}));
    checkNames(talk, {"lock candidate", "lock running", "commit confirmed", "commit extended"});
}

BOOST_AUTO_TEST_CASE(what_gets_no_answer_is_no_answer_and_drops_the_session) {
    const std::map<std::string, Request> requests{
        {"edit-config", Edit{"web", adding("real2")}},
        {"validate", Validate{}},
        {"commit confirmed", Commit{domain::Duration(60000), "id"}},
        {"commit extended", Extend{domain::Duration(60000), "id"}},
        {"edit-config running", Apply{"web", adding("real2")}},
        {"edit-config test-only", Rehearse{"web", adding("real2")}},
        {"discard-changes", Discard{}},
        {"commit", Confirm{"id"}},
        {"cancel-commit", Cancel{"id"}},
    };
    for (const auto& [name, request] : requests)
        for (const auto& silence : {broken(), timeout()}) {
            BOOST_TEST_CONTEXT(name) {
                Talk talk;
                as<Done>(talk.ask(Lock{}));
                talk.answer(name, silence);
                const auto result = as<NoAnswer>(talk.ask(request));
                BOOST_TEST(!result.reason.empty());
                BOOST_TEST(!talk.conversation.connected());
                BOOST_TEST(talk.appliance.open == 0);
                BOOST_TEST(!talk.statuses.back().connected);
                BOOST_TEST(talk.appliance.sessions == 1);
            }
        }
}

BOOST_AUTO_TEST_CASE(nothing_is_changed_in_a_session_without_the_locks) {
    for (const Request& request :
         {Request(Edit{"web", adding("real2")}), Request(Validate{}),
          Request(Commit{domain::Duration(60000), "id"}), Request(Extend{domain::Duration(60000), "id"}),
          Request(CommitNow{}), Request(Apply{"web", adding("real2")}),
          Request(Rehearse{"web", adding("real2")}), Request(Save{})}) {
        Talk talk;
        as<Done>(talk.ask(Lock{}));
        talk.appliance.closedByPeer = true;
        const auto result = as<Unreachable>(talk.ask(request));
        BOOST_TEST(result.reason == "session lost, locks gone");
        as<Facts>(talk.ask(Read{"web", true})); // opens a new session
        as<Unreachable>(talk.ask(request));
        as<Done>(talk.ask(Discard{})); // not sent: it could be of somebody else's edits
        as<Done>(talk.ask(Unlock{}));
        checkNames(talk, {"lock candidate", "lock running", "get"});
    }
}

BOOST_AUTO_TEST_CASE(a_pending_commit_is_confirmed_or_cancelled_on_a_new_session) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Commit{domain::Duration(60000), "id"}));
    talk.appliance.closedByPeer = true;
    as<Done>(talk.ask(Confirm{"id"}));
    as<Done>(talk.ask(Cancel{"id"}));
    BOOST_TEST(talk.appliance.sessions == 2);
}

BOOST_AUTO_TEST_CASE(a_read_is_asked_again_when_the_warm_session_proves_broken_but_not_after_a_timeout) {
    Talk first;
    first.conversation.connect();
    first.answerOnce("get", broken());
    as<Facts>(first.ask(Read{"web", true}));
    BOOST_TEST(first.appliance.sessions == 2);

    Talk second;
    second.conversation.connect();
    second.answerOnce("get", timeout());
    as<NoAnswer>(second.ask(Read{"web", true}));
    BOOST_TEST(second.appliance.sessions == 1);
}

BOOST_AUTO_TEST_CASE(an_appliance_that_cannot_be_reached_gets_nothing) {
    Talk talk;
    talk.appliance.reachable = false;
    for (const Request& request : {Request(Lock{}), Request(Read{"web", false}), Request(Confirm{"id"}),
                                   Request(Cancel{"id"}), Request(Save{})})
        BOOST_TEST(as<Unreachable>(talk.ask(request)).reason == "connection refused");
    as<Done>(talk.ask(Unlock{}));
    as<Done>(talk.ask(Discard{}));
    // One failure is told once.
    BOOST_TEST(talk.statuses.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_refusal_keeps_the_appliances_own_words_and_says_whether_the_member_is_named) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    talk.answer("commit confirmed", refused("operation-failed", "no room", {}, "/pool/real2"));
    auto result = as<Refused>(talk.ask(Commit{domain::Duration(60000), "id"}));
    BOOST_TEST(result.tag == "operation-failed");
    BOOST_TEST(result.message == "no room");
    BOOST_TEST(result.namesMember);
    talk.answer("commit confirmed", refused("operation-failed", "no room", {}, "/pool/real9"));
    result = as<Refused>(talk.ask(Commit{domain::Duration(60000), "id"}));
    BOOST_TEST(!result.namesMember);
}

BOOST_AUTO_TEST_CASE(a_refused_edit_names_the_member_that_it_is_about) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    talk.answer("edit-config", refused("data-exists", "real2 is there"));
    BOOST_TEST(as<Refused>(talk.ask(Edit{"web", adding("real2")})).namesMember);
    // What the family cannot say is the candidate's fault too, and is not sent.
    talk.appliance.askedSoFar();
    BOOST_TEST(as<Refused>(talk.ask(Edit{"web", adding("")})).namesMember);
    checkNames(talk, {});
}

BOOST_AUTO_TEST_CASE(a_warning_beside_an_error_does_not_hide_it) {
    Talk talk;
    as<Done>(talk.ask(Lock{}));
    yang::RpcError warning;
    warning.severity = "warning";
    warning.message = "by the way";
    yang::RpcError error;
    error.tag = "invalid-value";
    error.message = "no";
    talk.answer("validate", Rejected{{warning, error}});
    BOOST_TEST(as<Refused>(talk.ask(Validate{})).message == "no");
}

BOOST_AUTO_TEST_CASE(data_that_is_no_pool_is_a_refusal) {
    Talk talk;
    talk.answer("get", Accepted{"<nonsense>"});
    BOOST_TEST(as<Refused>(talk.ask(Read{"web", true})).message == "not a pool");
    BOOST_TEST(talk.conversation.connected());
}

BOOST_AUTO_TEST_CASE(save_is_done_at_once_where_there_is_no_startup) {
    Talk talk;
    talk.appliance.capabilities.pop_back();
    as<Done>(talk.ask(Save{}));
    checkNames(talk, {});
}

BOOST_AUTO_TEST_CASE(a_heartbeat_finds_a_peer_that_does_not_answer) {
    Talk talk;
    talk.conversation.connect();
    talk.answer("heartbeat", refused("access-denied", "no"));
    talk.conversation.heartbeat();
    BOOST_TEST(talk.conversation.connected()); // a refusal is an answer too
    talk.answer("heartbeat", timeout());
    talk.conversation.heartbeat();
    BOOST_TEST(!talk.conversation.connected());
    BOOST_TEST(talk.statuses.back().reason == "no answer within 15 s");
}

BOOST_AUTO_TEST_CASE(another_endpoint_means_another_session) {
    Talk talk;
    talk.conversation.connect();
    talk.conversation.move(placeOf("lb1"));
    BOOST_TEST(talk.conversation.connected());
    talk.conversation.move(placeOf("lb1", "127.0.0.2"));
    BOOST_TEST(!talk.conversation.connected());
}

BOOST_AUTO_TEST_CASE(a_failure_of_our_own_still_gives_an_answer) {
    Talk talk;
    talk.appliance.script = [](const std::string&, int) -> Answer { throw std::runtime_error("a bug"); };
    BOOST_TEST(as<NoAnswer>(talk.ask(Read{"web", false})).reason == "a bug");
    BOOST_TEST(!talk.conversation.connected());
}

BOOST_AUTO_TEST_CASE(a_secret_that_an_appliance_quotes_is_not_told_on) {
    // What stands instead of the second holds it again.
    for (const std::string secret : {"hunter2", "secret"}) {
        FakeAppliance appliance;
        auto place = placeOf("lb1");
        place.reveal = [&](const std::string& operation) -> std::optional<Revealed> {
            if (operation.find("edit-config") == std::string::npos) return std::nullopt;
            return Revealed{operation, {base::Secret(secret)}};
        };
        Conversation conversation{place, appliance.connect(), [](base::Duration) { return true; },
                                  [](Status) {}, [](Notice) {}};
        as<Done>(conversation.carryOut(command(1, Lock{})));
        appliance.script = [&](const std::string& name, int) {
            return name == "edit-config" ? refused("bad-element", "no: " + secret + secret) : ok();
        };
        const auto result = as<Refused>(conversation.carryOut(command(1, Edit{"web", adding("real2")})));
        BOOST_TEST(result.message == "no: (a secret)(a secret)");
    }
}
