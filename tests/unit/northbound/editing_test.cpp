// Candidate is edited by clients, and committed by the daemon.

#include "unit/northbound/rig.hpp"

#include <future>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;
using netconf::Datastore;

namespace {

std::string upper(int level) {
    return filtered("<pool><name>web</name><policy><upper>" + std::to_string(level) +
                    "</upper></policy></pool>");
}

/// Refused, with every rpc-error on a line.
template <typename Operation>
std::string refusal(Operation operation) {
    try {
        operation();
    } catch (const netconf::Error& error) {
        return error.what();
    }
    return "was taken";
}

/// Says yes to the load that is asked for, as the daemon does: what is running comes before the answer.
Request takeLoad(Daemon& daemon) {
    auto request = daemon.nextRequest();
    BOOST_TEST((request.kind == RequestKind::load));
    daemon.running.accept(request.configuration);
    daemon.northbound->commitRunning(request.configuration);
    daemon.northbound->answer(request.id, {});
    return request;
}

std::string upperIn(netconf::Client& client, Datastore datastore) {
    const auto pool = client.getConfig(datastore, filtered("<pool><policy><upper/></policy></pool>"));
    const auto from = pool.find("<upper>");
    return from == std::string::npos ? pool : pool.substr(from + 7, pool.find('<', from + 1) - from - 7);
}

std::future<void> committing(netconf::Client& client) {
    return std::async(std::launch::async, [&] { client.commit(); });
}

domain::Member real2() {
    domain::Member member;
    member.server = {"real2"};
    member.origin = domain::Origin::allocated;
    member.connection = {"127.77.0.102", 8080, "http", 1, 0};
    return member;
}

}

BOOST_AUTO_TEST_SUITE(editing)

BOOST_AUTO_TEST_CASE(what_is_committed_is_loaded_by_the_daemon_and_then_running) {
    Daemon daemon;
    auto client = daemon.client();
    BOOST_TEST(client.has(":candidate"));
    BOOST_TEST(client.has(":validate"));
    BOOST_TEST(client.has(":rollback-on-error"));
    BOOST_TEST(!client.has(":writable-running"));
    client.editConfig(Datastore::candidate, upper(700));
    client.validate(Datastore::candidate);
    BOOST_TEST(upperIn(client, Datastore::running) == "800");
    auto commit = committing(client);
    const auto request = takeLoad(daemon);
    commit.get();
    BOOST_TEST(!request.user.empty());
    BOOST_TEST(!RunningConfiguration::isWhole(request.configuration), request.configuration);
    BOOST_TEST(daemon.running.value().pools[0].policy.upper == 700);
    BOOST_TEST(upperIn(client, Datastore::running) == "700");
    BOOST_TEST(upperIn(client, Datastore::candidate) == "700");
}

BOOST_AUTO_TEST_CASE(a_commit_of_nothing_asks_nobody) {
    Daemon daemon;
    auto client = daemon.client();
    client.commit();
    BOOST_TEST(!daemon.asked.tryReceive());
}

BOOST_AUTO_TEST_CASE(what_the_daemon_refuses_comes_back_problem_by_problem_and_candidate_keeps_it) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, upper(700));
    auto commit = committing(client);
    Answer refused;
    refused.kind = AnswerKind::refused;
    refused.reason = "two things";
    refused.problems = {{"/headgate:headgate/pool[name='web']/member", "its members change otherwise", 0},
                        {"/headgate:headgate/credential[name='lab-v3']/secret-file", "there is none", 0}};
    daemon.northbound->answer(daemon.nextRequest().id, refused);
    const auto said = refusal([&] { commit.get(); });
    BOOST_TEST(has(said, "operation-failed"), said);
    BOOST_TEST(has(said, "pool[name='web']/member"), said);
    BOOST_TEST(has(said, "its members change otherwise"), said);
    BOOST_TEST(has(said, "there is none"), said);
    BOOST_TEST(upperIn(client, Datastore::running) == "800");
    BOOST_TEST(upperIn(client, Datastore::candidate) == "700");
    client.discardChanges();
    BOOST_TEST(upperIn(client, Datastore::candidate) == "800");
}

std::string memberOf(const std::string& content, const std::string& operation = "") {
    return filtered("<pool><name>web</name><member xmlns:nc='urn:ietf:params:xml:ns:netconf:base:1.0'" +
                    (operation.empty() ? "" : " nc:operation='" + operation + "'") +
                    "><server>real2</server>" + content + "</member></pool>");
}

const std::string at102 = "<connection><address>127.77.0.102</address><port>8080</port></connection>";

BOOST_AUTO_TEST_CASE(a_member_that_is_committed_is_allocated_and_comes_with_what_its_server_tells) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, memberOf(at102));
    auto commit = committing(client);
    const auto request = daemon.nextRequest();
    BOOST_TEST((request.kind == RequestKind::allocate));
    BOOST_TEST(request.pool->value == "web");
    BOOST_TEST(request.server->value == "real2");
    BOOST_REQUIRE(request.asked.has_value());
    BOOST_TEST((request.asked->origin == domain::Origin::configured));
    BOOST_TEST(*request.asked->address == "127.77.0.102");
    BOOST_TEST(*request.asked->port == 8080);
    BOOST_TEST(!request.asked->weight.has_value()); // nobody has said 1
    auto member = real2();
    member.origin = domain::Origin::configured;
    member.connection.weight = 7;
    daemon.northbound->commitRunning(daemon.running.withMember({"web"}, member));
    Answer answer;
    answer.kind = AnswerKind::committed;
    answer.transaction = domain::TransactionId{5};
    daemon.northbound->answer(request.id, answer);
    commit.get();
    for (const auto datastore : {Datastore::running, Datastore::candidate})
        BOOST_TEST(has(client.getConfig(datastore, filtered("<pool/>")), "<weight>7</weight>"));
    client.commit(); // there is nothing left of it
    BOOST_TEST(!daemon.asked.tryReceive());
}

BOOST_AUTO_TEST_CASE(a_transaction_that_was_rolled_back_refuses_its_commit_in_the_appliances_words) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, memberOf(at102));
    auto commit = committing(client);
    Answer answer;
    answer.kind = AnswerKind::rolledBack;
    answer.reason = "citrix-1: validate refused: not today (operation-failed)";
    daemon.northbound->answer(daemon.nextRequest().id, answer);
    const auto said = refusal([&] { commit.get(); });
    BOOST_TEST(has(said, "citrix-1: validate refused: not today"), said);
    BOOST_TEST(has(said, "rolled-back"), said);
    BOOST_TEST(!has(client.getConfig(Datastore::running, filtered("<pool/>")), "real2"));
    BOOST_TEST(has(client.getConfig(Datastore::candidate, filtered("<pool/>")), "real2"));
}

BOOST_AUTO_TEST_CASE(a_member_that_is_deleted_is_released) {
    Daemon daemon;
    daemon.running.accept(daemon.running.withMember({"web"}, real2()));
    daemon.northbound->commitRunning(daemon.running.text());
    auto client = daemon.client();
    getUntil(client, filtered("<pool/>"), "real2");
    client.editConfig(Datastore::candidate, memberOf("", "delete"));
    auto commit = committing(client);
    const auto request = daemon.nextRequest();
    BOOST_TEST((request.kind == RequestKind::release));
    BOOST_TEST(request.server->value == "real2");
    daemon.northbound->commitRunning(daemon.running.withoutMember({"web"}, {"real2"}));
    Answer answer;
    answer.kind = AnswerKind::committed;
    daemon.northbound->answer(request.id, answer);
    commit.get();
    BOOST_TEST(!has(client.getConfig(Datastore::running, filtered("<pool/>")), "real2"));
}

BOOST_AUTO_TEST_CASE(a_member_among_other_edits_is_judged_with_them) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, memberOf(at102));
    client.editConfig(Datastore::candidate, upper(700));
    auto commit = committing(client);
    const auto request = daemon.nextRequest();
    BOOST_TEST((request.kind == RequestKind::load));
    BOOST_TEST(has(request.configuration, "real2"));
    Answer refused;
    refused.kind = AnswerKind::refused;
    refused.reason = "no";
    daemon.northbound->answer(request.id, refused);
    BOOST_TEST(has(refusal([&] { commit.get(); }), "no"));
}

BOOST_AUTO_TEST_CASE(how_a_port_authenticates_is_not_committed_by_others) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate,
                      memberOf(at102 + "<authentication><kind>password</kind><user>u</user>"
                                       "<secret>sealed:v1:QUJD</secret></authentication>"));
    const auto said = refusal([&] { client.commit(); });
    BOOST_TEST(has(said, "is told by the server itself"), said);
    BOOST_TEST(has(said, "/authentication/"), said);
    BOOST_TEST(!daemon.asked.tryReceive());
}

BOOST_AUTO_TEST_CASE(a_busy_daemon_is_in_use) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, upper(700));
    auto commit = committing(client);
    Answer busy;
    busy.kind = AnswerKind::refused;
    busy.busy = true;
    busy.reason = "a transaction is in flight: try again when that has ended";
    daemon.northbound->answer(daemon.nextRequest().id, busy);
    const auto said = refusal([&] { commit.get(); });
    BOOST_TEST(has(said, "in-use"), said);
    BOOST_TEST(has(said, "a transaction is in flight"), said);
}

BOOST_AUTO_TEST_CASE(what_breaks_a_rule_of_the_model_is_refused_before_the_daemon_is_asked) {
    Daemon daemon;
    auto client = daemon.client();
    const auto wrong = filtered("<pool><name>web</name><application>nothing</application></pool>");
    netconf::EditOptions unchecked;
    unchecked.testOption = netconf::EditOptions::TestOption::set;
    const auto edited = refusal([&] { client.editConfig(Datastore::candidate, wrong); });
    BOOST_TEST(has(edited, "nothing"), edited);
    client.editConfig(Datastore::candidate, wrong, unchecked);
    for (const auto& said :
         {refusal([&] { client.validate(Datastore::candidate); }), refusal([&] { client.commit(); })})
        BOOST_TEST(has(said, "nothing"), said);
    BOOST_TEST(!daemon.asked.tryReceive());
    BOOST_TEST(has(refusal([&] { client.editConfig(Datastore::candidate, upper(700000)); }), "700000"));
    BOOST_TEST(has(refusal([&] { client.editConfig(Datastore::running, upper(700)); }), "running"));
}

BOOST_AUTO_TEST_CASE(a_change_by_headgate_itself_goes_into_a_candidate_that_is_being_edited) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, upper(700));
    daemon.northbound->commitRunning(daemon.running.withMember({"web"}, real2()));
    getUntil(client, filtered("<pool/>"), "<origin>allocated</origin>");
    const auto candidate = client.getConfig(Datastore::candidate, filtered("<pool/>"));
    BOOST_TEST(has(candidate, "<upper>700</upper>"), candidate);
    BOOST_TEST(has(candidate, "127.77.0.102"), candidate);
    auto commit = committing(client);
    takeLoad(daemon);
    commit.get();
    const auto& next = daemon.running.value();
    BOOST_TEST(next.pools[0].policy.upper == 700);
    BOOST_TEST((next.pools[0].member({"real2"}) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_change_by_headgate_itself_leaves_a_candidate_that_contradicts_it_as_it_is) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(
        Datastore::candidate,
        filtered("<pool xmlns:nc='urn:ietf:params:xml:ns:netconf:base:1.0' nc:operation='delete'>"
                 "<name>web</name></pool>"));
    daemon.northbound->commitRunning(daemon.running.withMember({"web"}, real2()));
    getUntil(client, filtered("<pool/>"), "<origin>allocated</origin>");
    BOOST_TEST(!has(client.getConfig(Datastore::candidate, filtered("<pool/>")), "<pool"));
}

BOOST_AUTO_TEST_CASE(a_change_by_headgate_itself_does_not_wait_for_anybodys_lock) {
    Daemon daemon;
    auto client = daemon.client();
    client.lock(Datastore::running);
    client.lock(Datastore::candidate);
    daemon.northbound->commitRunning(daemon.running.withMember({"web"}, real2()));
    getUntil(client, filtered("<pool/>"), "<origin>allocated</origin>");
}

BOOST_AUTO_TEST_CASE(what_one_has_locked_nobody_else_changes) {
    Daemon daemon;
    auto owner = daemon.client();
    auto other = daemon.client();
    owner.lock(Datastore::running);
    BOOST_TEST(has(refusal([&] { other.lock(Datastore::running); }), "lock-denied"));
    other.editConfig(Datastore::candidate, upper(700));
    BOOST_TEST(has(refusal([&] { other.commit(); }), "in-use"));
    const auto answer =
        other.rpc("<load xmlns=\"urn:headgate:yang:headgate\"><configuration>{}</configuration></load>");
    BOOST_TEST(has(answer, ">refused</outcome>"), answer);
    BOOST_TEST(has(answer, "is locked by NETCONF session " + std::to_string(owner.sessionId())), answer);
    BOOST_TEST(!daemon.asked.tryReceive());
    auto commit = committing(owner);
    takeLoad(daemon);
    commit.get();
    // An ended session's locks go.
    owner.close();
    getUntil(other, filtered("<pool/>"), "<upper>700</upper>");
    for (bool locked = false; !locked;)
        locked = refusal([&] { other.lock(Datastore::running); }) == "was taken";
}

BOOST_AUTO_TEST_CASE(everybody_hears_who_has_changed_what) {
    Daemon daemon;
    auto client = daemon.client();
    auto listener = daemon.client();
    std::string heard;
    listener.onNotification([&](const netconf::Notification& told) { heard += told.xml; });
    listener.subscribe();
    client.editConfig(Datastore::candidate, upper(700));
    auto commit = committing(client);
    takeLoad(daemon);
    commit.get();
    while (!has(heard, "netconf-config-change"))
        BOOST_REQUIRE(listener.poll(patience) > 0U);
    BOOST_TEST(has(heard, "<session-id>" + std::to_string(client.sessionId()) + "</session-id>"), heard);
    BOOST_TEST(has(heard, "policy/hg:upper"), heard);
    heard.clear();
    daemon.northbound->commitRunning(daemon.running.withHeld({"web"}, true));
    while (!has(heard, "netconf-config-change"))
        BOOST_REQUIRE(listener.poll(patience) > 0U);
    BOOST_TEST(has(heard, "<server/>"), heard);
}

BOOST_AUTO_TEST_CASE(whoever_commits_a_member_has_changed_it) {
    Daemon daemon;
    auto client = daemon.client();
    auto listener = daemon.client();
    std::string heard;
    listener.onNotification([&](const netconf::Notification& told) { heard += told.xml; });
    listener.subscribe();
    client.editConfig(Datastore::candidate, memberOf(at102));
    auto commit = committing(client);
    const auto request = daemon.nextRequest();
    auto member = real2();
    member.connection.weight = 7; // as its server tells
    member.authentication.kind = domain::AuthenticationKind::password;
    member.authentication.user = "u";
    member.authentication.secret = {"sealed:v1:QUJD"};
    daemon.northbound->commitRunning(daemon.running.withMember({"web"}, member));
    Answer answer;
    answer.kind = AnswerKind::committed;
    daemon.northbound->answer(request.id, answer);
    commit.get();
    while (!has(heard, "netconf-config-change"))
        BOOST_REQUIRE(listener.poll(patience) > 0U);
    BOOST_TEST(has(heard, "<session-id>" + std::to_string(client.sessionId()) + "</session-id>"), heard);
}

BOOST_AUTO_TEST_CASE(a_commit_whose_asker_gave_up_is_told_of_when_it_ends_and_is_still_its_users) {
    Daemon daemon(100ms);
    auto client = daemon.client();
    auto listener = daemon.client();
    std::string heard;
    listener.onNotification([&](const netconf::Notification& told) { heard += told.xml; });
    listener.subscribe();
    client.editConfig(Datastore::candidate, upper(700));
    const auto said = refusal([&] { client.commit(); });
    BOOST_TEST(has(said, "answer-late"), said);
    const auto request = takeLoad(daemon); // It is made in the end.
    while (!has(heard, "netconf-config-change"))
        BOOST_REQUIRE(listener.poll(patience) > 0U);
    BOOST_TEST(has(heard, "<session-id>" + std::to_string(client.sessionId()) + "</session-id>"), heard);
    const auto late = daemon.nextRequest();
    BOOST_TEST((late.kind == RequestKind::lateAnswer));
    BOOST_TEST(late.user == request.user);
    BOOST_TEST(late.late == request.user + " had given up waiting for the commit: it was done");
    BOOST_TEST(!late.lateInVain);
    // The candidate has nothing left to commit.
    client.commit();
    BOOST_TEST(!daemon.asked.tryReceive());
}

BOOST_AUTO_TEST_CASE(a_commit_that_is_refused_when_its_asker_has_given_up_is_told_of_too) {
    Daemon daemon(100ms);
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, upper(700));
    BOOST_TEST(has(refusal([&] { client.commit(); }), "took too long"));
    Answer refused;
    refused.kind = AnswerKind::refused;
    refused.reason = "other transactions were in flight for 120 s";
    daemon.northbound->answer(daemon.nextRequest().id, refused);
    const auto late = daemon.nextRequest();
    BOOST_TEST(has(late.late, "the commit: it was refused: other transactions were in flight"), late.late);
    BOOST_TEST(late.lateInVain);
}

BOOST_AUTO_TEST_CASE(a_commit_that_waits_when_the_daemon_stops_is_told) {
    Daemon daemon;
    auto client = daemon.client();
    client.editConfig(Datastore::candidate, upper(700));
    auto commit = committing(client);
    daemon.nextRequest();
    daemon.northbound.reset();
    BOOST_TEST(has(refusal([&] { commit.get(); }), "stopping"));
}

BOOST_AUTO_TEST_CASE(a_session_can_be_ended_by_another_one) {
    Daemon daemon;
    auto client = daemon.client();
    auto other = daemon.client();
    client.rpc("<kill-session xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><session-id>" +
               std::to_string(other.sessionId()) + "</session-id></kill-session>");
    BOOST_CHECK_THROW(other.get(), netconf::Error);
}

BOOST_AUTO_TEST_SUITE_END()
