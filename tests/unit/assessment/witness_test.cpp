// What others say of a server than its polls, and where that contradicts them.

#include "assessment/assessment.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using domain::ApplicationState;
using domain::Functional;
using domain::Trust;

namespace {

// Polls are a second apart: what is known goes stale after 3.5 s.
struct Fixture {
    Assessment assessment;

    Fixture() { assessment.configure(configuration({"real1", "real2"}, {"real1"}), noon); }
    const domain::ServerState& server() const { return *assessment.server({"real1"}); }
    const domain::Contact& contact() const { return server().contact; }
    bool is(Trust trust) const { return contact().trust == trust; }
    bool contradicted(const std::string& appliance = "f5-1") const {
        return assessment.contradicted({"shop"}, {appliance});
    }

    void poll(domain::Duration after, double connections = 412,
              ApplicationState state = ApplicationState::running) {
        auto made = sample("real1", noon + after, connections);
        made.applications[{"web"}] = state;
        assessment.observe(made);
    }
    /// Each second, as far as to that one.
    void polls(std::chrono::seconds from, std::chrono::seconds to) {
        for (auto at = from; at <= to; ++at)
            poll(at);
    }
    void notified(domain::Duration after, double connections, ApplicationState state) {
        auto made = sample("real1", noon + after, connections);
        made.source = domain::SampleSource::notification;
        made.applications[{"web"}] = state;
        assessment.observe(made);
    }
    std::vector<assessment::BeliefChange> monitor(domain::Duration after, bool up,
                                                  const std::string& appliance = "f5-1",
                                                  const std::string& pool = "shop") {
        domain::Monitored told{{appliance}, {pool}, {{{"real1"}, up, up ? "" : "Connection refused"}}};
        return assessment.hear(told, noon + after);
    }
};

}

BOOST_FIXTURE_TEST_SUITE(witness, Fixture)

BOOST_AUTO_TEST_CASE(a_monitor_that_says_down_of_a_functional_server_makes_it_doubtful_and_says_why) {
    poll(0s);
    monitor(0s, true);
    BOOST_TEST(is(Trust::trusted), "they agree");
    BOOST_TEST(!contradicted());
    monitor(500ms, false);
    BOOST_TEST(is(Trust::doubtful));
    BOOST_TEST(contradicted());
    BOOST_TEST(!contradicted("citrix-1"));
    BOOST_TEST(contact().trustValue == 600);
    BOOST_TEST(contact().trustReason == "600 permille: f5-1's monitor says that it is down (Connection "
                                        "refused), while its polls say functional at 412 permille");
    polls(1s, 30s);
    monitor(30500ms, false);
    polls(31s, 40s);
    BOOST_TEST(contact().trustReason ==
               "600 permille: f5-1's monitor says that it is down for 39 s (Connection refused), heard 9 s "
               "ago, while its polls say functional at 412 permille");
    monitor(40100ms, true);
    BOOST_TEST(is(Trust::trusted));
    BOOST_TEST(!contradicted());
}

BOOST_AUTO_TEST_CASE(what_is_believed_of_it_is_not_changed_by_a_monitor) {
    poll(0s, 900);
    const auto before = server();
    BOOST_TEST(monitor(0s, false).empty());
    auto after = server();
    after.contact = before.contact;
    BOOST_TEST((after == before));
    poll(5s, 900);
    BOOST_TEST((server().level == domain::Level::full), "low trust keeps nobody from being full");
    BOOST_TEST(is(Trust::doubtful));
}

BOOST_AUTO_TEST_CASE(a_monitor_that_says_up_of_a_server_that_is_down_contradicts_it_too) {
    poll(0s, 10, ApplicationState::notRunning);
    monitor(0s, false);
    BOOST_TEST(is(Trust::trusted), "they agree");
    monitor(2s, true);
    BOOST_TEST((server().functional == Functional::down));
    BOOST_TEST(contact().trustReason ==
               "600 permille: f5-1's monitor says that it is up, while its polls say down");
    BOOST_TEST(contradicted());
}

BOOST_AUTO_TEST_CASE(each_appliance_that_contradicts_it_costs_as_much_again) {
    poll(0s);
    monitor(0s, false);
    monitor(0s, false, "citrix-1");
    BOOST_TEST(contact().trustValue == 200);
    BOOST_TEST(contact().trustReason.starts_with("200 permille: citrix-1's monitor says"));
    BOOST_TEST(contact().trustReason.find(", and f5-1's monitor says") != std::string::npos);
    monitor(1s, false, "f5-2");
    BOOST_TEST(contact().trustValue == 0, "and not less");
}

BOOST_AUTO_TEST_CASE(an_appliance_is_not_believed_for_longer_than_a_minute_and_a_half) {
    monitor(0s, false);
    polls(1s, 89s);
    poll(89999ms);
    BOOST_TEST(is(Trust::doubtful));
    BOOST_TEST(contradicted());
    poll(90s);
    BOOST_TEST(is(Trust::trusted));
    BOOST_TEST(!contradicted());
    monitor(100s, false);
    poll(101s);
    BOOST_TEST(contact().trustReason.find("is down for 1 s") != std::string::npos,
               "what was believed no more is no beginning: " + contact().trustReason);
}

BOOST_AUTO_TEST_CASE(an_appliance_that_says_nothing_any_more_contradicts_nothing) {
    poll(0s);
    monitor(0s, false);
    assessment.hear({{"f5-1"}, {"shop"}, {}}, noon + 1s);
    BOOST_TEST(is(Trust::trusted));
}

BOOST_AUTO_TEST_CASE(a_monitor_says_nothing_of_another_pool_nor_of_who_is_no_member) {
    poll(0s);
    BOOST_TEST(monitor(0s, false, "f5-1", "mail").empty());
    BOOST_TEST(is(Trust::trusted));
    assessment.observe(sample("real2", noon, 100));
    assessment.hear({{"f5-1"}, {"shop"}, {{{"real2"}, false, ""}}}, noon);
    BOOST_TEST((assessment.server({"real2"})->contact.trust == Trust::trusted));
    monitor(0s, false);
    assessment.configure(configuration({"real1", "real2"}, {"real2"}), noon + 1s);
    BOOST_TEST(is(Trust::trusted), "what was said of it as a member counts no more");
}

BOOST_AUTO_TEST_CASE(a_server_of_which_nothing_is_known_is_contradicted_by_nobody) {
    monitor(0s, true);
    BOOST_TEST(is(Trust::silent));
    BOOST_TEST(contact().trustReason == "it has not answered yet");
    BOOST_TEST(!contradicted());
}

BOOST_AUTO_TEST_CASE(a_notification_and_the_poll_after_it_contradict_each_other_by_half_of_a_limit) {
    poll(0s, 412);
    notified(500ms, 900, ApplicationState::running);
    poll(1s, 401);
    BOOST_TEST(is(Trust::trusted), "499 permille apart");
    poll(2s, 100);
    BOOST_TEST(is(Trust::trusted), "after a poll that agrees another one is only news");
    notified(2500ms, 900, ApplicationState::running);
    poll(3s, 400);
    BOOST_TEST(contact().trustReason == "600 permille: a notification told connections 900, and its poll "
                                        "since 400, of 1000 that are its limit");
    poll(4s, 400);
    poll(5s, 400);
    BOOST_TEST(contact().trustReason.starts_with("600 permille: a notification 2 s ago told"));
    poll(5999ms, 400);
    BOOST_TEST(is(Trust::doubtful));
    poll(6s, 400);
    BOOST_TEST(is(Trust::trusted), "it was 3.5 s ago");
}

BOOST_AUTO_TEST_CASE(a_notification_that_a_later_poll_agrees_with_contradicts_nothing_any_more) {
    notified(500ms, 900, ApplicationState::running);
    poll(1s, 400);
    BOOST_TEST(is(Trust::doubtful));
    poll(2s, 880);
    BOOST_TEST(is(Trust::trusted));
    notified(2500ms, 100, ApplicationState::running);
    poll(3s, 900);
    BOOST_TEST(is(Trust::doubtful));
    notified(3100ms, 890, ApplicationState::running);
    BOOST_TEST(is(Trust::trusted), "it says otherwise itself");
}

BOOST_AUTO_TEST_CASE(a_poll_from_before_a_notification_is_not_held_against_it) {
    poll(0s);
    notified(2s, 900, ApplicationState::notRunning);
    poll(1999ms, 100);
    BOOST_TEST(is(Trust::trusted));
}

BOOST_AUTO_TEST_CASE(a_notification_that_an_application_is_gone_contradicts_a_poll_that_sees_it_run) {
    poll(0s);
    notified(500ms, 412, ApplicationState::notRunning);
    BOOST_TEST((server().functional == Functional::down));
    poll(1s, 412, ApplicationState::unknown);
    BOOST_TEST(is(Trust::trusted), "a poll that does not know contradicts nobody");
    poll(2s);
    BOOST_TEST((server().functional == Functional::functional));
    BOOST_TEST(contact().trustReason == "600 permille: a notification 1 s ago said that web does not run, "
                                        "and its poll since that it runs");
    notified(2500ms, 412, ApplicationState::running);
    BOOST_TEST(is(Trust::trusted));
}

BOOST_AUTO_TEST_CASE(a_restart_explains_what_was_told_before) {
    notified(0s, 900, ApplicationState::notRunning);
    auto anew = sample("real1", noon + 1s, 10);
    anew.restarted = true;
    assessment.observe(anew);
    BOOST_TEST(contact().trustReason == "650 permille: it was started anew at 12:00:01Z");
}

BOOST_AUTO_TEST_CASE(what_its_own_process_table_shows_otherwise_counts_until_the_next_poll) {
    auto made = sample("real1", noon, 412);
    made.contradicted[{"web"}] = "headgate-agent says that web runs, while nothing listens on port 8080";
    assessment.observe(made);
    BOOST_TEST(contact().trustReason == "600 permille: headgate-agent says that web runs, while nothing "
                                        "listens on port 8080");
    poll(1s);
    BOOST_TEST(is(Trust::trusted));
    assessment.observe(made);
    BOOST_TEST(is(Trust::trusted), "an older poll says nothing");
}

BOOST_AUTO_TEST_CASE(another_machine_has_no_witnesses) {
    poll(0s);
    monitor(0s, false);
    auto moved = configuration({"real1", "real2"}, {"real1"});
    moved.servers[0].address = "127.0.0.2";
    assessment.configure(moved, noon + 1s);
    poll(2s);
    BOOST_TEST(is(Trust::trusted));
}

BOOST_AUTO_TEST_CASE(what_monitors_said_can_be_recalled_by_another_assessment) {
    polls(0s, 10s);
    monitor(10s, false);
    polls(11s, 50s);
    monitor(50s, true, "citrix-1");
    polls(51s, 90s);
    monitor(90s, false);
    polls(91s, 145s);
    const auto words = assessment.monitorWords(); // citrix-1's no longer counts
    BOOST_TEST_REQUIRE(words.size() == 1U);
    BOOST_TEST((words[0].since == noon + 10s));
    BOOST_TEST((words[0].at == noon + 90s));
    const auto before = contact();
    assessment = Assessment{};
    assessment.configure(configuration({"real1", "real2"}, {"real1"}), noon + 144s);
    poll(145s);
    assessment.recall(words);
    poll(145s);
    BOOST_TEST(contact().trustReason == before.trustReason);
    BOOST_TEST(is(Trust::doubtful));
}

BOOST_AUTO_TEST_SUITE_END()
