#include "southbound/conversation.hpp"
#include "unit/southbound/fake_appliance.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::test;
using namespace headgate::transaction;

namespace {

using Names = std::vector<std::string>;

struct Talk {
    FakeAppliance appliance;
    std::vector<Status> statuses;
    std::vector<Notice> notices;
    int pauses = 0;
    std::function<bool()> onPause = [] { return true; };
    Conversation conversation{placeOf("lb1"), appliance.connect(),
                              [this](base::Duration) {
                                  ++pauses;
                                  return onPause();
                              },
                              [this](Status status) { statuses.push_back(std::move(status)); },
                              [this](Notice notice) { notices.push_back(std::move(notice)); }};

    Result ask(Request request, std::uint64_t transaction = 1) {
        return conversation.carryOut(command(transaction, std::move(request)));
    }
    /// Answers the named operation so, everything else with ok.
    void answer(const std::string& name, Answer answer) {
        appliance.script = [=](const std::string& asked, int) { return asked == name ? answer : ok(); };
    }
    /// The same in the first session only.
    void answerOnce(const std::string& name, Answer answer) {
        appliance.script = [=](const std::string& asked, int session) {
            return asked == name && session == 0 ? answer : ok();
        };
    }
};

void checkNames(Talk& talk, const Names& expected) {
    const auto asked = talk.appliance.askedSoFar();
    BOOST_CHECK_EQUAL_COLLECTIONS(asked.begin(), asked.end(), expected.begin(), expected.end());
}

}

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
                      "commit confirmed", "get-config candidate", "get-config", "get", "commit",
                      "copy-config", "unlock running", "unlock candidate"});
    BOOST_TEST(talk.appliance.sessions == 1);
    // That it keeps what was validated is known from now on.
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    as<Done>(talk.ask(Validate{}));
    as<Done>(talk.ask(Commit{domain::Duration(60000), "id-2"}));
    checkNames(talk, {"lock candidate", "lock running", "edit-config", "validate", "commit confirmed"});
}

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

namespace {

/// An appliance that forgets at validate that candidate was edited, and then commits nothing.
struct Forgetful {
    int edits = 0; ///< in candidate
    int committed = 0;
    bool dirty = false;
    bool refusesSecond = false;
    int commits = 0;

    Answer operator()(const std::string& name) {
        if (name == "edit-config") dirty = ++edits > 0;
        if (name == "discard-changes") edits = committed;
        if (name == "validate") dirty = false;
        if (name.starts_with("commit") && refusesSecond && ++commits == 2) return refused("in-use", "no");
        if (name.starts_with("commit") && dirty) committed = edits;
        if (name == "get-config candidate") return Accepted{std::to_string(edits)};
        if (name == "get-config") return Accepted{std::to_string(committed)};
        return ok();
    }
};

}

BOOST_AUTO_TEST_CASE(an_edit_that_the_appliance_forgot_after_validate_is_made_anew) {
    for (const bool confirmed : {true, false}) {
        Talk talk;
        Forgetful server;
        talk.appliance.script = [&](const std::string& name, int) { return server(name); };
        const auto strategy = confirmed ? domain::Strategy::confirmed : domain::Strategy::candidate;
        const Request commit =
            confirmed ? Request(Commit{domain::Duration(60000), "id"}) : Request(CommitNow{});
        for (int transaction = 1; transaction <= 2; ++transaction) {
            as<Done>(talk.ask(Lock{domain::Duration(0), strategy}));
            as<Done>(talk.ask(Edit{"web", adding("real2")}));
            as<Done>(talk.ask(Validate{}));
            as<Done>(talk.ask(commit));
            BOOST_TEST(server.committed == transaction);
            as<Done>(talk.ask(Unlock{}));
            const std::string first = confirmed ? "commit confirmed" : "commit";
            const std::string again = confirmed ? "commit extended" : "commit";
            if (transaction == 1)
                checkNames(talk, {"lock candidate", "lock running", "edit-config", "validate", first,
                                  "get-config candidate", "get-config", "discard-changes", "edit-config",
                                  again, "unlock running", "unlock candidate"});
            else // it is known by now
                checkNames(talk,
                           {"lock candidate", "lock running", "edit-config", "validate", "discard-changes",
                            "edit-config", first, "unlock running", "unlock candidate"});
        }
    }
}

BOOST_AUTO_TEST_CASE(a_confirmed_commit_that_could_not_be_made_up_for_is_cancelled_and_refused) {
    Talk talk;
    Forgetful server;
    server.refusesSecond = true;
    talk.appliance.script = [&](const std::string& name, int) { return server(name); };
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    as<Done>(talk.ask(Validate{}));
    as<Refused>(talk.ask(Commit{domain::Duration(60000), "id"}));
    BOOST_TEST(talk.appliance.askedSoFar().back() == "cancel-commit");
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
          Request(Rehearse{"web", adding("real2")})}) {
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
    as<Done>(talk.ask(Save{}));
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
    as<Unreachable>(talk.ask(Edit{"web", adding("real2")}, 2));
    as<Done>(talk.ask(Unlock{}, 2)); // takes nothing from transaction 1
    as<Done>(talk.ask(Validate{}, 1));
    as<Done>(talk.ask(Unlock{}, 1));
    as<Done>(talk.ask(Lock{}, 2));
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

BOOST_AUTO_TEST_CASE(what_an_appliance_says_unasked_is_told_in_the_familys_words) {
    Talk talk;
    BOOST_REQUIRE(talk.conversation.connect());
    for (const auto* heard : {"<netconf-config-change/>", "<nonsense>", "<restarted xmlns=\"urn:v\"/>"})
        talk.appliance.tells.post(heard);
    talk.conversation.look();
    BOOST_REQUIRE(talk.notices.size() == 1U);
    BOOST_TEST(talk.notices[0].appliance.value == "lb1");
    BOOST_TEST(talk.notices[0].text == "lb1: its engine was restarted");
    BOOST_TEST(talk.notices[0].changed);
    BOOST_TEST(talk.conversation.connected());
}

BOOST_AUTO_TEST_CASE(who_changed_the_configuration_is_told_unless_it_was_this_session) {
    const auto event = [](const std::string& name, const std::string& content) {
        return "<n:" + name + " xmlns:n=\"urn:ietf:params:xml:ns:yang:ietf-netconf-notifications\" " +
               "xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-notifications\">" + content + "</n:" + name +
               ">";
    };
    const auto by = [](const std::string& session) {
        return "<changed-by><username>ann</username><session-id>" + session +
               "</session-id><source-host>192.0.2.9</source-host></changed-by>";
    };
    const std::pair<std::string, std::string> rows[] = {
        {event("netconf-config-change",
               by("9") + "<datastore>running</datastore><edit><target>/a</target><operation>merge</operation>"
                         "</edit>"),
         "lb1: running was changed by ann (session 9) from 192.0.2.9: merge /a"},
        {event("netconf-config-change", "<changed-by><server/></changed-by>"),
         "lb1: running was changed by the appliance itself"},
        {event("netconf-config-change", by("9") + "<datastore>startup</datastore>"), ""},
        {event("netconf-config-change", by("1")), ""}, // ours
        {event("netconf-confirmed-commit", "<confirm-event>timeout</confirm-event>"),
         "lb1: a confirmed commit was not confirmed in time and was taken back"},
        {event("netconf-confirmed-commit", "<confirm-event>cancel</confirm-event><username>ann</username>"),
         "lb1: a confirmed commit was cancelled by ann"},
        {event("netconf-confirmed-commit", "<confirm-event>cancel</confirm-event><session-id>1</session-id>"),
         ""},
        {event("netconf-confirmed-commit", "<confirm-event>start</confirm-event>"), ""},
        {"<netconf-config-change xmlns=\"urn:other\"/>", ""},
    };
    for (const auto& [heard, text] : rows)
        BOOST_TEST_CONTEXT(heard) {
            Talk talk;
            BOOST_REQUIRE(talk.conversation.connect());
            talk.appliance.tells.post(heard);
            talk.conversation.look();
            BOOST_REQUIRE(talk.notices.size() == (text.empty() ? 0U : 1U));
            if (text.empty()) continue;
            BOOST_TEST(talk.notices[0].text == text);
            BOOST_TEST(talk.notices[0].changed);
        }
}

namespace {

std::string sessionList(const std::string& user, const std::string& formerLogin,
                        const std::string& presentLogin) {
    const auto session = [&](const char* id, const std::string& login) {
        return std::string("<session><session-id>") + id + "</session-id><username>" + user +
               "</username><login-time>" + login + "</login-time></session>";
    };
    return "<data xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><netconf-state "
           "xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\"><sessions>" +
           session("1", formerLogin) + session("2", presentLogin) + "</sessions></netconf-state></data>";
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
