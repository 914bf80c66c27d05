// What a commit becomes, in which order, and whose it is.

#include "daemon/committing.hpp"
#include "daemon/loading.hpp"
#include "lab_configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::daemon;
using northbound::Answer;
using northbound::RequestKind;
using northbound::RunningConfiguration;

namespace {

struct Committing {
    RunningConfiguration running = RunningConfiguration::fromFile(labFile);
    RunningConfiguration target = RunningConfiguration::fromFile(labFile);

    void join(const domain::Member& member) { target.accept(target.withMember({"web"}, member)); }
    void leave(const std::string& server) { target.accept(target.withoutMember({"web"}, {server})); }
    void replace(const std::string& what, const std::string& by) {
        auto text = target.text();
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
        target.accept(text);
    }
    /// "allocate real2, load", …
    std::string order() const {
        std::string words;
        for (const auto& step : inOrder(running.stepsTo(target.text()), "ann", false))
            words += (words.empty() ? "" : ", ") + std::string(toString(step.kind)) +
                     (step.server ? " " + step.server->value : "");
        return words;
    }
    static domain::Member real(const std::string& name) {
        auto member = memberReal2();
        member.server = {name};
        return member;
    }
};

Commit pending(std::uint32_t session, std::optional<std::string> persist = {}) {
    Commit commit;
    commit.stage = Commit::Stage::pending;
    commit.terms.session = session;
    commit.record.persist = std::move(persist);
    commit.record.user = "ann";
    return commit;
}

bool idle() {
    return false;
}
bool inFlight() {
    return true;
}

/// Of session 1, when three revisions had been told.
northbound::Request commitOf(const std::string& configuration) {
    northbound::Request request;
    request.kind = RequestKind::load;
    request.configuration = configuration;
    request.commit = northbound::CommitTerms{};
    request.commit->session = 1;
    request.seen = 3;
    return request;
}

northbound::CommitTerms terms(std::uint32_t session, std::optional<std::string> persistId = {}) {
    northbound::CommitTerms made;
    made.session = session;
    made.persistId = std::move(persistId);
    return made;
}

}

BOOST_FIXTURE_TEST_SUITE(committing, Committing)

BOOST_AUTO_TEST_CASE(the_same_needs_nothing) {
    BOOST_TEST(running.stepsTo(target.text()).empty());
}

BOOST_AUTO_TEST_CASE(the_rest_is_loaded_before_members_change_and_those_that_join_come_first) {
    join(memberReal2());
    leave("real1");
    replace("\"upper\": 800", "\"upper\": 790");
    BOOST_TEST(order() == "load, allocate real2, release real1");
}

BOOST_AUTO_TEST_CASE(members_alone_load_nothing) {
    join(memberReal2());
    BOOST_TEST(order() == "allocate real2");
    const auto steps = running.stepsTo(target.text());
    BOOST_TEST(steps.members.front().asked.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_loaded_has_the_members_of_now) {
    join(memberReal2());
    leave("real1");
    replace("\"upper\": 800", "\"upper\": 790");
    const auto rest = RunningConfiguration::fromText(running.stepsTo(target.text()).rest);
    BOOST_TEST((rest.value().pools.front().members == running.value().pools.front().members));
    BOOST_TEST(rest.value().pools.front().policy.upper == 790);
}

BOOST_AUTO_TEST_CASE(a_server_goes_with_its_membership_and_is_loaded_away_after_it_has_left) {
    join(memberReal2());
    running.accept(target.text());
    leave("real2");
    auto text = target.text();
    const auto from = text.find("\"name\": \"real2\"");
    BOOST_REQUIRE(from != std::string::npos);
    const auto begin = text.rfind('{', from);
    auto end = begin;
    for (int depth = 0; end == begin || depth > 0; ++end)
        depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    text.erase(begin, text[end] == ',' ? end + 1 - begin : end - begin);
    const auto steps = running.stepsTo(text);
    BOOST_TEST(!steps.restFirst);
    const auto order = inOrder(steps, "ann", false, {4, "local"});
    BOOST_REQUIRE(order.size() == 2U);
    for (const auto& step : order) {
        BOOST_TEST(step.user == "ann");
        BOOST_TEST(step.session.id == 4U);
    }
    BOOST_TEST((order[0].kind == RequestKind::release));
    // Valid, as soon as that one has left.
    const auto rest = RunningConfiguration::fromText(order[1].configuration);
    BOOST_TEST(!rest.value().pools.front().member({"real2"}));
    BOOST_TEST(!rest.value().server({"real2"}));
}

BOOST_AUTO_TEST_CASE(a_commit_that_followed_is_taken_back_with_the_first_one) {
    const auto before = running.text();
    join(memberReal2());
    const auto first = target.text();
    running.accept(first);
    leave("real2");
    join(real("real3"));
    running.accept(running.withMember({"web"}, real("real3"))); // and the second could not release real2
    std::string words;
    for (const auto& step : running.stepsBack(before, {first, target.text()}).members)
        words += std::string(toString(step.kind)) + " " + step.server->value + ",";
    BOOST_TEST(words == "release real2,release real3,");
}

BOOST_AUTO_TEST_CASE(what_is_said_otherwise_of_a_member_that_stays_is_refused_and_not_forgotten) {
    join(memberReal2());
    auto other = running.value().pools.front().members.front();
    other.connection.weight = 7;
    join(other);
    BOOST_CHECK_EXCEPTION(running.stepsTo(target.text()), northbound::InvalidConfiguration,
                          [](const northbound::InvalidConfiguration& refused) {
                              return refused.problems().front().path.find(
                                         "/member[server='real1']/connection/") != std::string::npos;
                          });
}

BOOST_AUTO_TEST_CASE(what_is_said_of_a_member_that_stays_in_other_words_is_the_same) {
    join(memberReal2());
    auto text = target.text();
    const std::string address = "\"address\": \"127.77.0.101\",";
    const auto at = text.find(address, text.find("\"member\""));
    BOOST_REQUIRE(at != std::string::npos);
    text.insert(at, "\"weight\": 1, \"protocol\": \"http\", ");
    BOOST_TEST(running.stepsTo(text).members.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_else_is_said_of_a_member_that_stays_is_loaded_and_taken_back) {
    const auto before = running.text();
    auto real1 = running.value().pools.front().members.front();
    real1.origin = domain::Origin::allocated;
    real1.revision = 7;
    join(real1);
    join(memberReal2());
    BOOST_TEST(order() == "load, allocate real2");
    const auto made = RunningConfiguration::fromText(running.stepsTo(target.text()).rest);
    BOOST_TEST((made.value().pools.front().members == std::vector<domain::Member>{real1}));
    running.accept(target.text());
    const auto back = RunningConfiguration::fromText(running.stepsBack(before, {target.text()}).rest);
    BOOST_TEST((back.value().pools.front().member({"real1"})->origin == domain::Origin::configured));
    BOOST_TEST((back.value().pools.front().member({"real2"}) != nullptr));
}

BOOST_AUTO_TEST_CASE(what_a_server_has_told_anew_since_a_commit_stays_when_that_is_taken_back) {
    const auto before = running.text();
    auto real1 = running.value().pools.front().members.front();
    real1.origin = domain::Origin::allocated;
    join(real1);
    const auto after = target.text();
    real1.connection.weight = 5;
    running.accept(running.withMember({"web"}, real1));
    BOOST_TEST(running.stepsBack(before, {after}).empty());
}

BOOST_AUTO_TEST_CASE(back_goes_what_the_commit_changed_and_nothing_else) {
    const auto before = running.text();
    join(memberReal2());
    replace("\"upper\": 800", "\"upper\": 790");
    const auto after = target.text();
    // It was made, and meanwhile Headgate has added a member by itself.
    running.accept(running.withMember({"web"}, memberReal2()));
    auto made = running.text();
    made.replace(made.find("\"upper\": 800"), 12, "\"upper\": 790");
    running.accept(made);
    running.accept(running.withMember({"web"}, real("real3")));
    std::string words;
    const auto back = running.stepsBack(before, {after});
    for (const auto& step : back.members)
        words += std::string(toString(step.kind)) + " " + step.server->value;
    BOOST_TEST(words == "release real2");
    const auto rest = RunningConfiguration::fromText(back.rest);
    BOOST_TEST(rest.value().pools.front().policy.upper == 800);
    BOOST_TEST((rest.value().pools.front().member({"real3"}) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_member_that_two_commits_changed_and_took_out_comes_back) {
    running.accept(running.withMember({"web"}, memberReal2()));
    const auto before = running.text();
    auto otherwise = memberReal2();
    otherwise.origin = domain::Origin::configured;
    running.accept(running.withMember({"web"}, otherwise));
    const auto first = running.text();
    running.accept(running.withoutMember({"web"}, {"real2"}));
    const auto second = running.text();
    const auto back = running.stepsBack(before, {first, second}, {before, first});
    BOOST_TEST_REQUIRE(back.members.size() == 1U);
    BOOST_TEST((back.members[0].kind == RequestKind::allocate));
    BOOST_TEST(back.members[0].server->value == "real2");
}

BOOST_AUTO_TEST_CASE(what_happened_between_two_commits_stays_when_they_are_taken_back) {
    const auto upper = [](std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find("\"upper\": " + from);
        BOOST_REQUIRE(at != std::string::npos);
        return text.replace(at + 9, from.size(), to);
    };
    const auto before = running.text();
    const auto first = upper(before, "800", "790");
    running.accept(first);
    running.accept(running.withMember({"web"}, memberReal2()));
    running.accept(running.withHeld({"web"}, true));
    const auto seen = running.text();
    const auto second = upper(seen, "790", "780");
    running.accept(second);
    const auto back = running.stepsBack(before, {first, second}, {before, seen});
    BOOST_TEST(back.members.empty());
    const auto rest = RunningConfiguration::fromText(back.rest);
    const auto& web = rest.value().pools.front();
    BOOST_TEST(web.policy.upper == 800);
    BOOST_TEST(web.held);
    BOOST_TEST((web.member({"real2"}) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_pool_that_grew_since_it_was_made_is_emptied_before_it_goes) {
    // The pool is of the commit, with a member that Headgate might release; it may not have fewer members
    // than one, and has got one more by itself.
    auto own = running.value().pools.front().members.front();
    own.origin = domain::Origin::allocated;
    running.accept(running.withMember({"web"}, own));
    const auto after = running.text();
    auto text = after;
    const auto from = text.find("\"pool\": [");
    auto end = text.find('[', from);
    for (int depth = 0; end == text.find('[', from) || depth > 0; ++end)
        depth += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
    const auto comma = text.rfind(',', from);
    text.erase(comma, end - comma);
    const auto before = RunningConfiguration::fromText(text);
    BOOST_REQUIRE(before.value().pools.empty());
    running.accept(running.withMember({"web"}, memberReal2()));

    // A commit that followed has seen what it has grown by.
    const auto order = inOrder(running.stepsBack(before.text(), {after, running.text()}), "headgated", true);
    BOOST_REQUIRE_EQUAL(order.size(), 3U);
    BOOST_TEST((order[0].kind == RequestKind::load));
    const auto opened = RunningConfiguration::fromText(order[0].configuration);
    BOOST_TEST(opened.value().pools.front().held);
    BOOST_TEST(opened.value().pools.front().policy.minimum == 0U);
    BOOST_TEST((opened.value().pools.front().members.front().origin == domain::Origin::configured));
    BOOST_TEST(notByLoading(running.value(), opened.value()).empty());
    BOOST_TEST((order[1].kind == RequestKind::release));
    BOOST_TEST(order[1].server->value == "real2");
    running.accept(order[0].configuration);
    BOOST_TEST(running.stepsBack(before.text(), {after}).opening.empty()); // it is done once
    running.accept(running.withoutMember({"web"}, {"real2"}));
    BOOST_TEST((order[2].kind == RequestKind::load));
    BOOST_TEST(order[2].takesBack);
    const auto rest = RunningConfiguration::fromText(order[2].configuration);
    BOOST_TEST(rest.value().pools.empty());
    BOOST_TEST(notByLoading(running.value(), rest.value()).empty());
}

BOOST_AUTO_TEST_CASE(a_commit_that_changes_nothing_is_answered_at_once_confirmed_or_not) {
    auto request = commitOf(running.text());
    for (const bool confirmed : {false, true}) {
        request.commit->confirmed = confirmed;
        const auto verdict = judged(request, {running, nullptr, 3, idle});
        BOOST_REQUIRE(std::holds_alternative<Answer>(verdict));
        BOOST_TEST((std::get<Answer>(verdict).kind == northbound::AnswerKind::done));
    }
    // While one waits to be confirmed it is its confirmation.
    const auto own = pending(1);
    BOOST_TEST(std::get<northbound::Steps>(judged(request, {running, &own, 3, idle})).empty());
}

BOOST_AUTO_TEST_CASE(who_only_confirms_does_not_wait_for_the_transactions_of_others) {
    const auto own = pending(1);
    auto request = commitOf(running.text());
    BOOST_TEST(std::holds_alternative<northbound::Steps>(judged(request, {running, &own, 3, inFlight})));
    join(memberReal2());
    request.configuration = target.text();
    BOOST_TEST(std::get<Answer>(judged(request, {running, &own, 3, inFlight})).busy);
    BOOST_TEST(std::get<northbound::Steps>(judged(request, {running, &own, 3, idle})).members.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_commit_judged_against_an_older_running_is_in_use) {
    join(memberReal2());
    const auto request = commitOf(target.text());
    BOOST_TEST(std::holds_alternative<northbound::Steps>(judged(request, {running, nullptr, 3, idle})));
    const auto refused = std::get<Answer>(judged(request, {running, nullptr, 4, idle}));
    BOOST_TEST((refused.kind == northbound::AnswerKind::refused));
    BOOST_TEST(refused.busy);
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_back_while_a_transaction_is_in_flight) {
    const auto before = running.text();
    join(memberReal2());
    const store::OpenCommit open{1, {target.text()}, "ann"};
    // Its member is still to join, by a transaction of a daemon before this one: it is not over yet.
    BOOST_TEST(!toTakeBack(open, before, {running, nullptr, 0, inFlight}).has_value());
    BOOST_TEST(toTakeBack(open, before, {running, nullptr, 0, idle})->empty());
    running.accept(target.text());
    BOOST_TEST(!toTakeBack(open, before, {running, nullptr, 0, inFlight}).has_value());
    const auto back = toTakeBack(open, before, {running, nullptr, 0, idle});
    BOOST_REQUIRE(back && back->size() == 1U);
    BOOST_TEST((back->front().kind == RequestKind::release));
}

BOOST_AUTO_TEST_CASE(a_confirmed_commit_is_its_sessions_or_whose_persist_id_it_is) {
    BOOST_TEST(!refusedFor(terms(1), nullptr));
    const auto own = pending(1);
    BOOST_TEST(!refusedFor(terms(1), &own));
    BOOST_TEST(refusedFor(terms(2), &own)->busy);
    const auto persistent = pending(1, "night");
    BOOST_TEST(refusedFor(terms(1), &persistent)->busy);
    BOOST_TEST(!refusedFor(terms(2, "night"), &persistent));
    BOOST_TEST(refusedFor(terms(2, "day"), &persistent)->wrongPersistId);
    BOOST_TEST(refusedFor(terms(2, "night"), nullptr)->wrongPersistId);
    auto making = pending(1);
    making.stage = Commit::Stage::making;
    BOOST_TEST(refusedFor(terms(1), &making)->busy);
}

BOOST_AUTO_TEST_SUITE_END()
