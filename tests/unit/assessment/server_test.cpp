#include "assessment/assessment.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using domain::ApplicationState;
using domain::Functional;
using domain::Level;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Functional)
BOOST_TEST_DONT_PRINT_LOG_VALUE(Level)

namespace {

// real1 is a member of the pool, spare is not. Polls are a second apart: readings go stale after 3.5 s.
struct Fixture {
    Assessment assessment;
    domain::Configuration configured = configuration({"real1", "spare"}, {"real1"});

    Fixture() { assessment.configure(configured, noon); }
    const domain::ServerState& real1() const { return *assessment.server({"real1"}); }
    const domain::ServerState& spare() const { return *assessment.server({"spare"}); }
    auto poll(domain::Duration after, double connections) {
        return assessment.observe(sample("real1", noon + after, connections));
    }
    auto miss(domain::Duration after) { return assessment.observe(missedPoll("real1", noon + after)); }
};

std::vector<std::string> kinds(const std::vector<assessment::BeliefChange>& changes) {
    std::vector<std::string> all;
    for (const auto& change : changes)
        if (change.server) all.push_back(change.kind);
    return all;
}

using Kinds = std::vector<std::string>;

}

BOOST_FIXTURE_TEST_SUITE(server_, Fixture)

BOOST_AUTO_TEST_CASE(a_server_is_unknown_before_its_first_sample) {
    BOOST_TEST(real1().functional == Functional::unknown);
    BOOST_TEST(real1().reason == "unknown: there is no sample of it yet");
    BOOST_TEST(!real1().utilisation);
    BOOST_TEST(!assessment.nextDeadline());
    BOOST_TEST(!assessment.server({"nobody"}));
}

BOOST_AUTO_TEST_CASE(it_is_functional_when_its_agent_answers_and_the_application_runs) {
    const auto changes = poll(0s, 120);
    BOOST_TEST(kinds(changes) == Kinds{"server-functional"}, boost::test_tools::per_element());
    BOOST_TEST(changes[0].text == "real1 is functional: connections 120 of 1000 (120 permille)");
    BOOST_TEST((real1().pool == domain::PoolName{"shop"}));
    BOOST_TEST((real1().lastSample == noon));
}

BOOST_AUTO_TEST_CASE(it_is_down_when_its_agent_says_that_the_application_does_not_run) {
    poll(0s, 120);
    auto said = sample("real1", noon + 1s, 120);
    said.applications[{"web"}] = ApplicationState::notRunning;
    const auto changes = assessment.observe(said);
    BOOST_TEST(kinds(changes) == Kinds{"server-down"}, boost::test_tools::per_element());
    BOOST_TEST(changes[0].text ==
               "real1 is down: its agent answers, and web (nginx on port 8080) does not run");
    BOOST_TEST((changes[0].severity == domain::EventSeverity::warning));
    BOOST_TEST(real1().level == Level::unknown);
}

BOOST_AUTO_TEST_CASE(it_falls_to_unknown_after_the_third_missed_poll_and_never_to_down) {
    poll(0s, 120);
    BOOST_TEST(miss(1s).empty());
    BOOST_TEST(miss(2s).empty());
    BOOST_TEST(real1().functional == Functional::functional);
    const auto changes = miss(3s);
    BOOST_TEST(kinds(changes) == Kinds{"server-unknown"}, boost::test_tools::per_element());
    BOOST_TEST(changes[0].text ==
               "real1 is unknown: its agent missed 3 polls in a row (no answer within 1 s)");
    BOOST_TEST(real1().missedPolls == 3u);
    BOOST_TEST(!real1().utilisation);
    for (int second = 4; second < 100; ++second)
        BOOST_TEST(miss(second * 1s).empty());
    BOOST_TEST(real1().functional == Functional::unknown);
}

BOOST_AUTO_TEST_CASE(one_that_never_answered_is_said_to_be_silent_once) {
    BOOST_TEST(miss(0s).empty());
    BOOST_TEST(miss(1s).empty());
    const auto changes = miss(2s);
    BOOST_TEST(kinds(changes) == Kinds{"server-unknown"}, boost::test_tools::per_element());
    BOOST_TEST(miss(3s).empty());
}

BOOST_AUTO_TEST_CASE(joining_or_leaving_a_pool_is_no_news_of_a_server) {
    assessment.observe(sample("spare", noon, 400));
    configured.pools[0].members.push_back(member("spare"));
    BOOST_TEST(kinds(assessment.configure(configured, noon + 1s)).empty());
    BOOST_TEST(spare().level == Level::normal);
    BOOST_TEST((spare().pool == domain::PoolName{"shop"}));
    configured.pools[0].members.pop_back();
    BOOST_TEST(kinds(assessment.configure(configured, noon + 2s)).empty());
    BOOST_TEST(spare().level == Level::unknown);
}

BOOST_AUTO_TEST_CASE(one_answer_in_between_begins_the_count_anew) {
    poll(0s, 120);
    miss(1s);
    miss(2s);
    poll(3s, 120);
    miss(4s);
    miss(5s);
    BOOST_TEST(real1().functional == Functional::functional);
    miss(6s);
    BOOST_TEST(real1().functional == Functional::unknown);
}

BOOST_AUTO_TEST_CASE(a_notification_shows_that_the_agent_lives_but_a_missing_one_shows_nothing) {
    poll(0s, 120);
    miss(1s);
    miss(2s);
    auto told = sample("real1", noon + 2500ms, 300);
    told.source = domain::SampleSource::notification;
    told.applications.clear();
    assessment.observe(told);
    BOOST_TEST(real1().missedPolls == 0u);
    BOOST_TEST(real1().utilisation.value() == 300);
    BOOST_TEST(real1().functional == Functional::functional);
}

BOOST_AUTO_TEST_CASE(only_polls_can_be_missed) {
    poll(0s, 120);
    auto odd = missedPoll("real1", noon + 1s);
    odd.source = domain::SampleSource::notification;
    for (int i = 0; i < 5; ++i)
        assessment.observe(odd);
    BOOST_TEST(real1().missedPolls == 0u);
}

BOOST_AUTO_TEST_CASE(a_miss_that_an_answer_overtook_does_not_count) {
    poll(5s, 120);
    miss(1s);
    miss(2s);
    miss(3s);
    BOOST_TEST(real1().missedPolls == 0u);
    BOOST_TEST(real1().functional == Functional::functional);
}

BOOST_AUTO_TEST_CASE(what_nobody_confirms_goes_stale_by_itself) {
    poll(0s, 120);
    BOOST_TEST((assessment.nextDeadline() == noon + 3500ms));
    BOOST_TEST(assessment.tick(noon + 3499ms).empty());
    BOOST_TEST(real1().functional == Functional::functional);
    BOOST_TEST(kinds(assessment.tick(noon + 3500ms)) == Kinds{"server-unknown"},
               boost::test_tools::per_element());
    BOOST_TEST(real1().reason == "unknown: nothing was heard of it for 3.5 s");
    BOOST_TEST(!assessment.nextDeadline());
}

BOOST_AUTO_TEST_CASE(readings_merge_by_metric_and_go_stale_one_by_one) {
    configured.profiles[0].metrics.push_back(metric("cpu", 1000));
    assessment.configure(configured, noon);
    poll(0s, 700);
    auto more = sample("real1", noon + 2s, 0);
    more.readings = {{"cpu", 100}};
    assessment.observe(more);
    BOOST_TEST(real1().utilisation.value() == 700);
    BOOST_TEST(real1().binding == "connections");
    BOOST_TEST(real1().unknownMetrics.empty());

    assessment.tick(noon + 3500ms);
    BOOST_TEST(real1().functional == Functional::functional);
    BOOST_TEST(real1().utilisation.value() == 100);
    BOOST_TEST(real1().unknownMetrics == Kinds{"connections"}, boost::test_tools::per_element());
    BOOST_TEST(real1().readings.count("connections") == 0u);
}

BOOST_AUTO_TEST_CASE(an_older_reading_does_not_replace_a_newer_one) {
    poll(5s, 700);
    auto late = sample("real1", noon + 4s, 100);
    late.applications[{"web"}] = ApplicationState::notRunning;
    BOOST_TEST(assessment.observe(late).empty());
    BOOST_TEST(real1().utilisation.value() == 700);
    BOOST_TEST(real1().functional == Functional::functional);
}

BOOST_AUTO_TEST_CASE(a_restart_makes_what_was_known_before_unknown) {
    poll(0s, 900);
    domain::Sample restarted;
    restarted.server = {"real1"};
    restarted.at = noon + 1s;
    restarted.restarted = true;
    BOOST_TEST(kinds(assessment.observe(restarted)) == Kinds{"server-unknown"},
               boost::test_tools::per_element());
    BOOST_TEST(!real1().utilisation);
    poll(2s, 10);
    BOOST_TEST(real1().functional == Functional::functional);
}

BOOST_AUTO_TEST_CASE(it_is_functional_but_full_at_800_held_for_five_seconds) {
    for (int second = 0; second < 5; ++second)
        BOOST_TEST(kinds(poll(second * 1s, 800)) == (second ? Kinds{} : Kinds{"server-functional"}),
                   boost::test_tools::per_element());
    BOOST_TEST(real1().reason ==
               "functional: connections 800 of 1000 (800 permille ≥ 800 since 12:00:00Z, full after 5 s)");
    const auto changes = poll(5s, 800);
    BOOST_TEST(kinds(changes) == Kinds{"server-full"}, boost::test_tools::per_element());
    BOOST_TEST(changes[0].text ==
               "real1 is functional but full: connections 800 of 1000 (800 permille ≥ 800) for 5 s");
    BOOST_TEST(kinds(poll(6s, 750)) == Kinds{}, boost::test_tools::per_element());
    BOOST_TEST(real1().reason ==
               "functional but full: connections 750 of 1000 (750 permille, full until below 750)");
    BOOST_TEST(kinds(poll(7s, 749)) == Kinds{"server-normal"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(time_alone_makes_it_full_between_two_polls) {
    configured.servers[0].pollInterval = 10s;
    assessment.configure(configured, noon);
    poll(0s, 800);
    BOOST_TEST((assessment.nextDeadline() == noon + 5s));
    BOOST_TEST(kinds(assessment.tick(noon + 4999ms)).empty());
    BOOST_TEST(kinds(assessment.tick(noon + 5s)) == Kinds{"server-full"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lower_bound_never_makes_it_under_used) {
    configured.profiles[0].metrics.push_back(metric("cpu", 1000));
    assessment.configure(configured, noon);
    for (int second = 0; second < 200; ++second)
        poll(second * 1s, 100);
    BOOST_TEST(real1().level == Level::normal);
    BOOST_TEST(real1().reason == "functional: connections 100 of 1000 (100 permille); unknown: cpu");
}

BOOST_AUTO_TEST_CASE(a_spare_one_has_no_level_and_is_judged_by_what_it_may_have) {
    assessment.observe(sample("spare", noon, 950));
    BOOST_TEST(spare().functional == Functional::functional);
    BOOST_TEST(spare().level == Level::unknown);
    BOOST_TEST(!spare().pool);

    configured.servers[1].applications = {{"web"}, {"mail"}};
    assessment.configure(configured, noon);
    auto mailOnly = sample("spare", noon + 1s, 950);
    mailOnly.applications = {{{"web"}, ApplicationState::notRunning}, {{"mail"}, ApplicationState::running}};
    assessment.observe(mailOnly);
    BOOST_TEST(spare().functional == Functional::functional);
    BOOST_TEST(!spare().applications.at({"web"}));
}

BOOST_AUTO_TEST_CASE(a_member_is_judged_by_its_pools_application_only) {
    configured.servers[0].applications = {{"web"}, {"mail"}};
    assessment.configure(configured, noon);
    auto mailOnly = sample("real1", noon, 10);
    mailOnly.applications = {{{"web"}, ApplicationState::notRunning}, {{"mail"}, ApplicationState::running}};
    assessment.observe(mailOnly);
    BOOST_TEST(real1().functional == Functional::down);
}

BOOST_AUTO_TEST_CASE(an_agent_that_cannot_say_whether_it_runs_leaves_it_unknown) {
    auto blind = sample("real1", noon, 10);
    blind.applications[{"web"}] = ApplicationState::unknown;
    assessment.observe(blind);
    BOOST_TEST(real1().functional == Functional::unknown);
    BOOST_TEST(real1().reason == "unknown: its agent answers, but not whether web (nginx on port 8080) runs");
}

BOOST_AUTO_TEST_CASE(a_new_configuration_keeps_what_is_known_unless_it_is_another_machine) {
    poll(0s, 120);
    configured.pools[0].policy.upper = 900;
    BOOST_TEST(assessment.configure(configured, noon + 1s).empty());
    BOOST_TEST(real1().utilisation.value() == 120);
    poll(1s, 120);
    configured.servers[0].address = "127.0.0.99";
    BOOST_TEST(kinds(assessment.configure(configured, noon + 1s)) == Kinds{"server-unknown"},
               boost::test_tools::per_element());
    BOOST_TEST(!real1().utilisation);
    poll(1s, 120);
    configured.servers.erase(configured.servers.begin());
    assessment.configure(configured, noon + 1s);
    BOOST_TEST(!assessment.server({"real1"}));
    BOOST_TEST(poll(2s, 120).empty());
    BOOST_TEST(assessment.tick(noon + 1h).empty());
}

BOOST_AUTO_TEST_CASE(it_speaks_only_when_a_belief_changes) {
    poll(0s, 100);
    for (int second = 1; second < 30; ++second)
        BOOST_TEST(kinds(poll(second * 1s, 100 + second * 10)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
