#include "daemon/answers.hpp"
#include "lab_configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::daemon;

BOOST_AUTO_TEST_SUITE(answers)

namespace {

northbound::Answer planned(domain::IntentKind kind, const domain::Member& member,
                           const std::vector<domain::Operation>& operations) {
    const auto running = northbound::RunningConfiguration::fromFile(labFile);
    controller::Answer answer;
    answer.kind = controller::AnswerKind::planned;
    answer.plan = domain::Plan{kind, *running.value().pool({"web"}), member, false, "because"};
    for (const auto operation : operations)
        answer.changes.push_back({operation, member, domain::Duration(10000)});
    return toNorthbound(answer, running.value(), Families());
}

}

BOOST_AUTO_TEST_CASE(a_plan_shows_each_appliances_own_words_and_their_inverse) {
    const auto answer = planned(domain::IntentKind::allocate, memberReal2(), {domain::Operation::add});
    BOOST_REQUIRE(answer.appliances.size() == 2U);
    BOOST_TEST((answer.server == domain::ServerName{"real2"}));
    BOOST_TEST(answer.appliances[0].edit.find("urn:headgate:yang:adc-f5-ltm") != std::string::npos);
    BOOST_TEST(answer.appliances[0].edit.find("127.77.0.102") != std::string::npos);
    BOOST_TEST(answer.appliances[1].edit.find("urn:headgate:yang:adc-citrix-lb") != std::string::npos);
    BOOST_TEST(answer.appliances[1].inverse.find("operation=\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_release_that_starts_with_a_drain_can_be_taken_back) {
    const auto running = northbound::RunningConfiguration::fromFile(labFile);
    const auto member = running.value().pool({"web"})->members.at(0);
    const auto answer =
        planned(domain::IntentKind::release, member, {domain::Operation::drain, domain::Operation::remove});
    BOOST_REQUIRE(answer.appliances.size() == 2U);
    for (const auto& appliance : answer.appliances)
        BOOST_TEST(!appliance.inverse.empty());
}

BOOST_AUTO_TEST_CASE(a_plan_that_an_appliance_cannot_take_is_refused_with_its_name) {
    auto member = memberReal2();
    member.connection.connectionLimit = 5;
    auto answer = planned(domain::IntentKind::allocate, member, {domain::Operation::add});
    BOOST_TEST((answer.kind == northbound::AnswerKind::refused));
    BOOST_TEST(answer.reason.starts_with("citrix-1 cannot take this change: citrix: "));
    BOOST_TEST(answer.appliances.empty());

    member.connection.connectionLimit = 2147483648U;
    answer = planned(domain::IntentKind::allocate, member, {domain::Operation::add});
    BOOST_TEST(answer.reason.starts_with("f5-1 cannot take this change: f5: "));

    answer =
        planned(domain::IntentKind::release, member, {domain::Operation::drain, domain::Operation::remove});
    BOOST_TEST((answer.kind == northbound::AnswerKind::done));
    BOOST_TEST(answer.appliances.size() == 2U);
}

BOOST_AUTO_TEST_CASE(done_is_committed_when_a_transaction_did_it) {
    const auto running = northbound::RunningConfiguration::fromFile(labFile);
    controller::Answer answer;
    answer.kind = controller::AnswerKind::done;
    BOOST_TEST((toNorthbound(answer, running.value(), Families()).kind == northbound::AnswerKind::done));
    answer.transaction = domain::TransactionId{4};
    BOOST_TEST((toNorthbound(answer, running.value(), Families()).kind == northbound::AnswerKind::committed));
}

BOOST_AUTO_TEST_CASE(an_answer_that_came_too_late_is_an_event) {
    northbound::Request late;
    late.kind = northbound::RequestKind::lateAnswer;
    late.pool = domain::PoolName{"web"};
    late.late = "ann had given up waiting for the allocate of web: it was refused: no";
    late.lateInVain = true;
    const auto event = eventOfLate(late, noon);
    BOOST_TEST(event.kind == "answer-late");
    BOOST_TEST((event.severity == domain::EventSeverity::warning));
    BOOST_TEST(event.pool->value == "web");
    BOOST_TEST(event.text == late.late);
}

BOOST_AUTO_TEST_CASE(each_request_becomes_what_the_controller_calls_it) {
    northbound::Request request;
    request.id = 9;
    request.kind = northbound::RequestKind::release;
    request.pool = domain::PoolName{"web"};
    request.server = domain::ServerName{"real1"};
    request.user = "ann";
    request.session = {4, "local"};
    const auto asked = toController(request);
    BOOST_TEST(asked.id == 9U);
    BOOST_TEST(asked.user == "ann");
    BOOST_TEST((asked.session == request.session));
    const auto* release = std::get_if<controller::Release>(&asked.what);
    BOOST_REQUIRE(release);
    BOOST_TEST(release->pool.value == "web");
    BOOST_TEST(release->server.value == "real1");
}

BOOST_AUTO_TEST_SUITE_END()
