#include "assessment/assessment.hpp"
#include "assessment/contact_tracker.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace headgate;
using namespace headgate::support;
using assessment::Assessment;
using domain::PollFailure;
using domain::Trust;

namespace {

// Polls are a second apart: what is known goes stale after 3.5 s.
struct Fixture {
    Assessment assessment;

    Fixture() { assessment.configure(configuration({"real1"}, {"real1"}), noon); }
    const domain::Contact& contact() const { return assessment.server({"real1"})->contact; }

    void answer(domain::Duration after, std::optional<domain::RoundTrip> took = std::nullopt,
                double cpu = 100) {
        auto made = sample("real1", noon + after, 100);
        made.readings.set("cpu", cpu);
        made.took = took;
        assessment.observe(made);
    }
    void fail(domain::Duration after, PollFailure kind = PollFailure::timeout,
              const std::string& words = "no answer") {
        auto made = missedPoll("real1", noon + after);
        made.failureKind = kind;
        made.failure = words;
        assessment.observe(made);
    }
    bool is(Trust trust) const { return contact().trust == trust; }
};

}

BOOST_FIXTURE_TEST_SUITE(contact_, Fixture)

BOOST_AUTO_TEST_CASE(a_server_that_was_never_heard_is_silent_and_says_so) {
    BOOST_TEST(is(Trust::silent));
    BOOST_TEST(contact().trustReason == "it has not answered yet");
    BOOST_TEST(!contact().lastAnswer);
}

BOOST_AUTO_TEST_CASE(the_last_answer_and_its_round_trip_are_kept_and_an_eighth_of_it_smoothed_in) {
    answer(0s, 800us);
    BOOST_TEST((contact().lastAnswer == noon));
    BOOST_TEST((contact().roundTrip == 800us));
    BOOST_TEST((contact().smoothedRoundTrip == 800us));
    answer(1s, 1600us);
    BOOST_TEST((contact().roundTrip == 1600us));
    BOOST_TEST((contact().smoothedRoundTrip == 900us));
    answer(2s); // not measured
    BOOST_TEST((contact().lastAnswer == noon + 2s));
    BOOST_TEST((contact().roundTrip == 1600us));
    answer(1500ms, 5s); // overtaken
    BOOST_TEST((contact().lastAnswer == noon + 2s));
    BOOST_TEST((contact().roundTrip == 1600us));
}

BOOST_AUTO_TEST_CASE(a_notification_is_no_answer) {
    auto told = sample("real1", noon, 100);
    told.source = domain::SampleSource::notification;
    assessment.observe(told);
    BOOST_TEST(!contact().lastAnswer);
    BOOST_TEST(is(Trust::silent));
}

BOOST_AUTO_TEST_CASE(errors_are_counted_by_kind_and_the_last_is_told_with_its_time) {
    fail(1s);
    fail(2s, PollFailure::unreachable, "no route to host");
    fail(3s, PollFailure::authentication, "wrong digest");
    fail(4s, PollFailure::refused, "tooBig");
    fail(5s, PollFailure::malformed, "other objects");
    fail(6s, PollFailure::malformed, "rows out of order");
    fail(4500ms, PollFailure::timeout, "told late");
    BOOST_TEST(contact().timeouts == 2U);
    BOOST_TEST(contact().unreachable == 1U);
    BOOST_TEST(contact().authentication == 1U);
    BOOST_TEST(contact().refused == 1U);
    BOOST_TEST(contact().malformed == 2U);
    BOOST_TEST(contact().lastError == "rows out of order");
    BOOST_TEST((contact().lastErrorAt == noon + 6s));
    answer(7s);
    BOOST_TEST(contact().timeouts == 2U, "an answer does not make it undone");
    BOOST_TEST(contact().lastError == "rows out of order");
}

BOOST_AUTO_TEST_CASE(two_missed_polls_do_not_make_it_silent_and_three_do) {
    answer(0s);
    BOOST_TEST(is(Trust::trusted));
    BOOST_TEST(contact().trustReason == "");
    fail(1s);
    fail(2s);
    BOOST_TEST(is(Trust::trusted));
    fail(3s);
    BOOST_TEST(is(Trust::silent));
    BOOST_TEST(contact().trustReason == "it missed 3 polls in a row");
    answer(4s);
    BOOST_TEST(is(Trust::trusted));
}

BOOST_AUTO_TEST_CASE(without_an_answer_for_as_long_as_a_reading_is_believed_it_is_stale) {
    answer(0s);
    assessment.tick(noon + 3499ms);
    BOOST_TEST(is(Trust::trusted));
    BOOST_TEST((assessment.nextDeadline() == noon + 3500ms));
    assessment.tick(noon + 3500ms);
    BOOST_TEST(is(Trust::stale));
    BOOST_TEST(contact().trustReason == "it has not answered a poll for 3.5 s");
}

BOOST_AUTO_TEST_CASE(an_answer_that_says_what_cannot_be_is_contradictory_until_the_next) {
    answer(0s, {}, 1001);
    BOOST_TEST(is(Trust::trusted), "rounded");
    answer(1s, {}, 1001.5);
    BOOST_TEST(is(Trust::contradictory));
    BOOST_TEST(contact().trustReason == "its cpu is more than all of it");
    answer(2s, {}, -0.5);
    BOOST_TEST(contact().trustReason == "its cpu is less than nothing");
    answer(3s, {}, std::numeric_limits<double>::quiet_NaN());
    BOOST_TEST(contact().trustReason == "its cpu is no number");
    answer(4s, {}, 0);
    BOOST_TEST(is(Trust::trusted));
    auto cold = sample("real1", noon + 5s, 5000);
    cold.readings.set("inlet-temperature", -4);
    assessment.observe(cold);
    BOOST_TEST(is(Trust::trusted), "of a metric that Headgate does not know by itself anything may be");
}

BOOST_AUTO_TEST_CASE(five_of_its_last_sixteen_polls_unanswered_make_it_doubtful_and_four_do_not) {
    auto at = 0s;
    const auto round = [&] {
        fail(++at);
        answer(++at);
    };
    for (int i = 0; i < 4; ++i)
        round();
    BOOST_TEST(is(Trust::trusted));
    BOOST_TEST(contact().trustValue == 750);
    round();
    BOOST_TEST(is(Trust::doubtful));
    BOOST_TEST(contact().trustValue == 688);
    BOOST_TEST(contact().trustReason == "688 permille: 5 of its last 16 polls went unanswered");
    for (int i = 0; i < 7; ++i)
        answer(++at);
    BOOST_TEST(is(Trust::trusted), "the first is forgotten");
    BOOST_TEST(contact().trustValue == 750);
}

BOOST_AUTO_TEST_CASE(one_that_was_started_anew_is_doubtful_for_a_minute) {
    auto anew = sample("real1", noon, 100);
    anew.restarted = true;
    assessment.observe(anew);
    BOOST_TEST(is(Trust::doubtful));
    BOOST_TEST(contact().trustReason == "650 permille: it was started anew at 12:00:00Z");
    for (auto at = 1s; at < 60s; ++at)
        answer(at);
    answer(59999ms);
    BOOST_TEST(is(Trust::doubtful));
    answer(60s);
    BOOST_TEST(is(Trust::trusted));
    BOOST_TEST(contact().trustValue == 1000);
}

BOOST_AUTO_TEST_CASE(another_machine_begins_anew) {
    answer(0s, 800us);
    fail(1s);
    auto moved = configuration({"real1"}, {"real1"});
    moved.servers[0].address = "127.0.0.2";
    assessment.configure(moved, noon + 2s);
    BOOST_TEST(
        (contact() ==
         domain::Contact{{}, {}, {}, 0, 0, 0, 0, 0, "", {}, 0, Trust::silent, "it has not answered yet"}));
}

BOOST_AUTO_TEST_SUITE_END()
