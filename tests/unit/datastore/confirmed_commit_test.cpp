#include "server.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::datastore::test {

using namespace std::chrono_literals;

namespace {

const std::string confirmed = "<commit><confirmed/></commit>";
const std::string persistent = "<commit><confirmed/><persist>key</persist></commit>";

std::string withId(const std::string& operation, const std::string& id, const std::string& more = {}) {
    return "<" + operation + ">" + more + "<persist-id>" + id + "</persist-id></" + operation + ">";
}

/// A server with <name>old</name> running and <name>new</name> in the candidate.
struct Ready : Server {
    explicit Ready(const Options& options = {})
        : Server(options) {
        ok(edit("<name>old</name>"));
        ok("<commit/>");
        ok(edit("<name>new</name>"));
        events.commits.clear();
    }
    bool isOld() { return config("running") == canonical("<name>old</name>"); }
    bool isNew() { return config("running") == canonical("<name>new</name>"); }
};

}

BOOST_AUTO_TEST_SUITE(confirmed_commit)

BOOST_AUTO_TEST_CASE(a_second_commit_confirms) {
    Ready server;
    server.ok(confirmed);
    BOOST_TEST(server.isNew());
    BOOST_TEST((server.service.nextDeadline() == server.clock.at + 600s));
    server.ok("<commit/>");
    BOOST_TEST(!server.service.nextDeadline());
    server.clock.at += 1h;
    server.service.expire(server.clock.at);
    BOOST_TEST(server.isNew());
    BOOST_TEST(server.events.commits == "start complete ");
}

BOOST_AUTO_TEST_CASE(without_confirmation_running_goes_back) {
    Ready server;
    server.ok("<commit><confirmed/><confirm-timeout>30</confirm-timeout></commit>");
    server.clock.at += 30s - 1ms;
    server.service.expire(server.clock.at);
    BOOST_TEST(server.isNew());
    server.clock.at += 1ms;
    server.service.expire(server.clock.at);
    BOOST_TEST(server.isOld());
    BOOST_TEST(server.participant.last == server.canonical("<name>old</name>"));
    BOOST_TEST(server.events.commits == "start timeout ");
}

BOOST_AUTO_TEST_CASE(the_timer_fires_under_steady_traffic) {
    Ready server;
    server.ok("<commit><confirmed/><confirm-timeout>5</confirm-timeout></commit>");
    for (int i = 0; i < 60; ++i) {
        server.clock.at += 100ms;
        server.config("running"); // Nobody calls expire() but the traffic.
    }
    BOOST_TEST(server.isOld());
}

BOOST_AUTO_TEST_CASE(cancel_commit_goes_back_at_once) {
    Ready server;
    server.ok(confirmed);
    server.ok("<cancel-commit/>");
    BOOST_TEST(server.isOld());
    BOOST_TEST(!server.service.nextDeadline());
    BOOST_TEST(server.events.commits == "start cancel ");
    BOOST_TEST(server.refused("<cancel-commit/>").tag == "operation-failed");
}

BOOST_AUTO_TEST_CASE(another_session_can_neither_confirm_nor_cancel) {
    Ready server;
    server.ok(confirmed, 4);
    BOOST_TEST(server.refused("<commit/>", 5).tag == "in-use");
    BOOST_TEST(server.refused("<cancel-commit/>", 5).tag == "in-use");
    BOOST_TEST(server.refused(withId("cancel-commit", "x"), 4).tag == "invalid-value");
    const auto denied = server.refused("<lock><target><running/></target></lock>", 5);
    BOOST_TEST(denied.tag == "lock-denied");
    BOOST_TEST(hasInfo(denied, "session-id", "4"));
    BOOST_TEST(server.isNew());
    server.ok("<commit/>", 4);
}

BOOST_AUTO_TEST_CASE(a_follow_up_extends_the_time_and_keeps_the_way_back) {
    Ready server;
    server.ok("<commit><confirmed/><confirm-timeout>30</confirm-timeout></commit>");
    server.clock.at += 20s;
    server.ok(server.edit("<size>9</size>"));
    server.ok("<commit><confirmed/><confirm-timeout>30</confirm-timeout></commit>");
    BOOST_TEST(server.config("running") == server.canonical("<name>new</name><size>9</size>"));
    server.clock.at += 29s;
    server.service.expire(server.clock.at);
    BOOST_TEST(server.service.nextDeadline().has_value());
    server.clock.at += 1s;
    server.service.expire(server.clock.at);
    BOOST_TEST(server.isOld());
    BOOST_TEST(server.events.commits == "start extend timeout ");
}

BOOST_AUTO_TEST_CASE(the_end_of_its_session_reverts_it) {
    Ready server;
    server.ok(confirmed, 4);
    server.service.sessionEnded(5);
    BOOST_TEST(server.isNew());
    server.service.sessionEnded(4);
    BOOST_TEST(server.isOld());
    BOOST_TEST(!server.service.nextDeadline());
    BOOST_TEST(server.events.commits == "start cancel ");
}

BOOST_AUTO_TEST_CASE(with_persist_it_outlives_its_session_and_any_session_confirms_it) {
    Ready server;
    server.ok(persistent, 4);
    server.service.sessionEnded(4);
    BOOST_TEST(server.isNew());
    BOOST_TEST(server.refused("<commit/>", 5).tag == "in-use");
    BOOST_TEST(server.refused(withId("commit", "other"), 5).tag == "invalid-value");
    server.ok(withId("commit", "key"), 5);
    BOOST_TEST(server.isNew());
    BOOST_TEST(!server.service.nextDeadline());
}

BOOST_AUTO_TEST_CASE(with_persist_it_is_cancelled_by_its_token_only) {
    Ready server;
    server.ok(persistent, 4);
    BOOST_TEST(server.refused("<cancel-commit/>", 4).tag == "in-use");
    BOOST_TEST(server.refused(withId("cancel-commit", "other"), 4).tag == "invalid-value");
    BOOST_TEST(server.isNew());
    server.ok(withId("cancel-commit", "key"), 5);
    BOOST_TEST(server.isOld());
}

BOOST_AUTO_TEST_CASE(a_follow_up_needs_the_token_and_may_change_it) {
    Ready server;
    server.ok(persistent, 4);
    BOOST_TEST(server.refused(confirmed, 4).tag == "in-use");
    server.ok(withId("commit", "key", "<confirmed/><persist>second</persist>"), 5);
    BOOST_TEST(server.refused(withId("commit", "key"), 5).tag == "invalid-value");
    server.ok(withId("commit", "second"), 5);
    BOOST_TEST(server.isNew());
}

BOOST_AUTO_TEST_CASE(a_token_without_a_pending_commit_is_wrong) {
    Ready server;
    BOOST_TEST(server.refused(withId("commit", "key")).tag == "invalid-value");
    BOOST_TEST(server.refused(withId("cancel-commit", "key")).tag == "invalid-value");
    BOOST_TEST(server.isOld());
}

BOOST_AUTO_TEST_CASE(a_refused_confirmed_commit_leaves_nothing_to_cancel) {
    Ready server;
    server.participant.refusal = "full";
    BOOST_TEST(server.refused(confirmed).message == "full");
    server.participant.refusal.clear();
    BOOST_TEST(!server.service.nextDeadline());
    BOOST_TEST(server.refused("<cancel-commit/>").tag == "operation-failed");
    server.ok(server.edit("<odd>2</odd>", "<test-option>set</test-option>"));
    BOOST_TEST(server.refused(persistent).appTag == "must-violation");
    BOOST_TEST(server.refused(withId("cancel-commit", "key")).tag == "invalid-value");
    BOOST_TEST(server.isOld());
    BOOST_TEST(server.events.commits == "");
}

BOOST_AUTO_TEST_CASE(a_refused_follow_up_keeps_the_first_one_pending) {
    Ready server;
    server.ok("<commit><confirmed/><confirm-timeout>30</confirm-timeout></commit>");
    const auto deadline = server.service.nextDeadline();
    server.clock.at += 1s;
    server.ok(server.edit("<size>9</size>"));
    server.participant.refusal = "full";
    server.refused(confirmed);
    server.participant.refusal.clear();
    BOOST_TEST((server.service.nextDeadline() == deadline));
    BOOST_TEST(server.isNew());
    server.ok("<cancel-commit/>");
    BOOST_TEST(server.isOld());
}

BOOST_AUTO_TEST_CASE(a_refused_revert_says_the_truth_and_is_tried_again) {
    Ready server;
    server.ok("<commit><confirmed/><confirm-timeout>30</confirm-timeout></commit>");
    server.participant.refusal = "data plane is gone";
    BOOST_TEST(server.refused("<cancel-commit/>").message == "data plane is gone");
    server.clock.at += 30s;
    server.service.expire(server.clock.at);
    BOOST_TEST(server.isNew());
    BOOST_REQUIRE(server.service.nextDeadline().has_value());
    server.participant.refusal.clear();
    server.clock.at = *server.service.nextDeadline();
    server.service.expire(server.clock.at);
    BOOST_TEST(server.isOld());
    BOOST_TEST(!server.service.nextDeadline());
}

BOOST_AUTO_TEST_CASE(parameters_that_make_no_sense_are_refused) {
    Ready server;
    BOOST_TEST(server.refused("<commit><persist>key</persist></commit>").tag == "bad-element");
    BOOST_TEST(server.refused("<commit><confirm-timeout>5</confirm-timeout></commit>").tag == "bad-element");
    BOOST_TEST(server.isOld());
}

BOOST_AUTO_TEST_CASE(without_startup_only_what_is_confirmed_is_saved) {
    Ready server({.startup = false});
    BOOST_TEST(server.storage.saved.value().find("old") != std::string::npos);
    server.ok(confirmed);
    BOOST_TEST(server.storage.saved.value().find("old") != std::string::npos);
    server.ok("<commit/>");
    BOOST_TEST(server.storage.saved.value().find("new") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}
