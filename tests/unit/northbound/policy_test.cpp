// Policies of pools, and what they inherit.

#include "netconf/server.hpp"
#include "northbound/policy.hpp"
#include "northbound/state.hpp"
#include "northbound/translate.hpp"
#include "unit/northbound/rig.hpp"
#include "yang/context.hpp"
#include "yang/entries.hpp"

#include <future>
#include <set>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;
using netconf::Datastore;

namespace {

RunningConfiguration shops() {
    return RunningConfiguration::fromFile(instanceData("valid/headgate-policy.json"));
}

const domain::PoolPolicy& policyOf(const RunningConfiguration& running, const std::string& pool) {
    return running.value().pool({pool})->policy;
}

/// The instance data with one text in place of another.
std::string with(const std::string& what, const std::string& instead,
                 const std::string& file = "valid/headgate-policy.json") {
    std::ifstream in(instanceData(file));
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), instead);
}

/// "PATH: RULE" of what is refused; empty when it was taken.
std::string refusal(const std::string& text) {
    try {
        RunningConfiguration::fromContent(text, "/");
    } catch (const InvalidConfiguration& error) {
        const auto& problem = error.problems().front();
        return problem.path + ": " + problem.rule;
    }
    return {};
}

/// The revision that gives an entry that leaf.
std::string changed(const std::string& entry, const std::string& leaf, const std::string& value) {
    yang::Context context;
    netconf::loadServerModules(context);
    loadModel(context);
    auto tree = yang::Tree::parse(context, shops().text(), yang::Format::json);
    tree.validate();
    yang::Patch change{yang::Entries{entry}, std::move(tree)};
    change.part.set(entry + leaf, value);
    change.part = yang::cut(change.part, *change.where);
    return change.text();
}

const std::string web = "/headgate:headgate/pool[name='web']";
const std::string calm = "/headgate:headgate/policy-template[name='calm']";

}

BOOST_AUTO_TEST_SUITE(policy)

BOOST_AUTO_TEST_CASE(what_a_pool_does_not_set_is_its_template_s_and_then_the_default) {
    const auto running = shops();
    const auto& policy = policyOf(running, "web");
    BOOST_TEST(policy.upper == 250); // of shop
    BOOST_TEST(policy.lower == 100);
    BOOST_TEST(policy.releaseConfigured);
    BOOST_TEST(policy.step == 2U); // of calm, which shop inherits
    BOOST_TEST(policy.shrinkMargin == 100);
    BOOST_TEST((policy.warmUp == 45500ms));
    BOOST_TEST(policy.rampSteps == 3U);
    BOOST_TEST((policy.growAfter == 5s)); // its own, though that is the default
    BOOST_TEST(policy.minimum == 2U);
    BOOST_TEST((policy.mode == domain::PolicyMode::recommend));
    BOOST_TEST(!policy.damping);
    BOOST_TEST(policy.priority == 7U);
    BOOST_TEST(policy.lend);
    BOOST_TEST(policy.additionsWithoutBenefit == 3U);
    BOOST_TEST(policyOf(running, "alone").priority == 100U);
    BOOST_TEST(policy.tolerance == 50); // the default
    BOOST_TEST((policy.rateLimit == domain::RateLimit{4, 2h}));
    BOOST_TEST(running.value().pool({"web"})->members.at(0).isProtected);
    BOOST_TEST((policyOf(running, "alone").mode == domain::PolicyMode::off));
    BOOST_TEST(policyOf(running, "alone").upper == 800);
}

BOOST_AUTO_TEST_CASE(it_has_its_template_s_maintenance_windows_and_its_own_in_place_of_one) {
    const auto running = shops();
    const auto& windows = policyOf(running, "web").maintenanceWindows;
    BOOST_REQUIRE(windows.size() == 2U);
    const auto& weekend = windows[0];
    BOOST_TEST(weekend.name == "weekend");
    BOOST_TEST(weekend.days.to_string() == "1100000"); // Sunday first here
    BOOST_TEST((weekend.start == 1350min && weekend.duration == 10h && weekend.utcOffset == -210min));
    BOOST_TEST((weekend.forbids == domain::Forbids::shrink));
    const auto& nightly = windows[1];
    BOOST_TEST(nightly.days.none());
    BOOST_TEST((nightly.start == 3h && nightly.duration == 1min && nightly.utcOffset == 0min));
    BOOST_TEST((nightly.forbids == domain::Forbids::all));
}

BOOST_AUTO_TEST_CASE(it_has_its_template_s_fail_over_as_a_whole_or_its_own) {
    const auto running = shops();
    domain::FailOver calm;
    calm.after = 2500ms;
    calm.choice = domain::StandIn::prioritised;
    calm.candidates = {{{"real2"}, 3}, {{"real1"}, 1}};
    calm.limits = {{"connections", 600}, {"memory", 750}, {"swap", 750}}; // memory has one where none is set
    calm.failBack = false;
    BOOST_TEST((policyOf(running, "web").failOver == calm));
    BOOST_TEST((policyOf(running, "alone").failOver == domain::FailOver{}));
    const auto own =
        with(R"("mode": "recommend",)", R"("mode": "recommend", "fail-over": {"choice": "hash"},)");
    domain::FailOver hashed;
    hashed.choice = domain::StandIn::hash;
    BOOST_TEST((policyOf(RunningConfiguration::fromContent(own, "/"), "web").failOver == hashed));
    const auto none = with(R"("mode": "recommend",)",
                           R"("mode": "recommend", "fail-over": {"enabled": false, "after": "3"},)");
    BOOST_TEST(!policyOf(RunningConfiguration::fromContent(none, "/"), "web").failOver);
    const auto again = with(R"("fail-over": {
          "after": "2.5",)",
                            R"("fail-over": {
          "enabled": false,
          "after": "2.5",)");
    BOOST_TEST(!policyOf(RunningConfiguration::fromContent(again, "/"), "web").failOver);
    BOOST_TEST(
        (policyOf(RunningConfiguration::fromContent(again, "/"), "alone").failOver == domain::FailOver{}));
    BOOST_TEST(
        has(refusal(with(R"([{"server": "real2", "weight": 3})", R"([{"server": "real9"})")), "real9"));
}

BOOST_AUTO_TEST_CASE(it_has_its_template_s_forecast_as_a_whole_or_its_own_or_none) {
    const auto running = shops();
    BOOST_TEST((policyOf(running, "web").forecast == domain::ForecastPolicy{90500ms, 30}));
    BOOST_TEST((policyOf(running, "alone").forecast == domain::ForecastPolicy{}));
    const auto own =
        with(R"("mode": "recommend",)", R"("mode": "recommend", "forecast": {"horizon": "10"},)");
    BOOST_TEST((policyOf(RunningConfiguration::fromContent(own, "/"), "web").forecast ==
                domain::ForecastPolicy{10s, 50}));
    const auto none =
        with(R"("mode": "recommend",)", R"("mode": "recommend", "forecast": {"enabled": false},)");
    BOOST_TEST(!policyOf(RunningConfiguration::fromContent(none, "/"), "web").forecast);
    const auto off = with(R"(, "forecast": {}})", "}");
    BOOST_TEST(!policyOf(RunningConfiguration::fromContent(off, "/"), "alone").forecast);
    for (const auto* wrong : {R"("horizon": "9.999")", R"("horizon": "3600.001")", R"("widest-band": 0)",
                              R"("widest-band": 1001)"})
        BOOST_TEST(has(refusal(with(R"("forecast": {})", "\"forecast\": {" + std::string(wrong) + "}")),
                       "/policy/forecast/"),
                   wrong);
    for (const auto* right : {R"("horizon": "3600", "widest-band": 1)", R"("widest-band": 1000)"})
        BOOST_TEST(refusal(with(R"("forecast": {})", "\"forecast\": {" + std::string(right) + "}")) == "",
                   right);
}

BOOST_AUTO_TEST_CASE(whom_a_member_stands_in_for_is_recorded_and_read_again) {
    auto running = shops();
    auto member = running.value().pool({"alone"})->members.at(0);
    BOOST_TEST(member.standsInFor.value == "real1");
    member.standsInFor = {"real7"}; // who has left since
    member.isProtected = true;
    member.rampsTo = 9;
    running.accept(running.withMember({"alone"}, member));
    BOOST_TEST(
        (RunningConfiguration::fromText(running.text()).value().pool({"alone"})->members.at(0) == member));
}

BOOST_AUTO_TEST_CASE(what_is_set_and_what_is_default_stay_apart_in_what_is_recorded) {
    auto running = shops();
    BOOST_TEST((RunningConfiguration::fromText(running.text()).value() == running.value()));
    running.accept(running.withHeld({"web"}, true));
    BOOST_TEST((policyOf(running, "web") == policyOf(shops(), "web")));
    BOOST_TEST((RunningConfiguration::fromText(running.text()).value() == running.value()));
}

BOOST_AUTO_TEST_CASE(a_template_that_changes_changes_the_pools_that_inherit_it) {
    auto running = shops();
    const auto back = running.accept(changed(calm, "/shrink-margin", "70"));
    BOOST_TEST(policyOf(running, "web").shrinkMargin == 70);
    BOOST_TEST(policyOf(running, "alone").shrinkMargin == 0);
    BOOST_TEST((RunningConfiguration::fromText(running.text()).value() == running.value()));
    running.accept(back);
    BOOST_TEST((running.value() == shops().value()));
    running.accept(changed(web, "/policy/inherit", "calm"));
    BOOST_TEST(policyOf(running, "web").upper == 800);
}

BOOST_AUTO_TEST_CASE(a_template_that_inherits_itself_is_refused) {
    const std::string rule = "/inherit: A policy template must not inherit itself: ";
    BOOST_TEST(refusal(with(R"("name": "calm",)", R"("name": "calm", "inherit": "shop",)")) ==
               calm + rule + "calm, shop, calm.");
    BOOST_TEST(refusal(with(R"("inherit": "calm")", R"("inherit": "shop")")) ==
               "/headgate:headgate/policy-template[name='shop']" + rule + "shop, shop.");
    auto running = shops();
    BOOST_CHECK_EXCEPTION(running.accept(changed(calm, "/inherit", "shop")), InvalidConfiguration,
                          [&](const auto& error) { return has(error.what(), "calm, shop, calm."); });
    BOOST_TEST((running.value() == shops().value()));
    BOOST_TEST(has(refusal(with(R"("inherit": "calm")", R"("inherit": "nothing")")), "nothing"));
}

BOOST_AUTO_TEST_CASE(levels_are_judged_with_what_is_inherited) {
    // 250 is below the default lower level of 300: no fault, since its template has another.
    BOOST_TEST(refusal(with("", "")) == "");
    const std::string crossed = web + "/policy: The lower level must be less than the upper level. (";
    BOOST_TEST(refusal(with(R"("mode": "recommend",)", R"("lower": 250,)")) ==
               crossed + "250 and 250, with what it inherits.)");
    BOOST_TEST(refusal(with(R"("lower": 100)", R"("lower": 300)")) ==
               crossed + "300 and 250, with what it inherits.)");
    BOOST_TEST(refusal(with(R"("mode": "recommend",)", R"("lower": 249,)")) == "");
    BOOST_TEST(refusal(with(R"("mode": "recommend",)", R"("tolerance": 250,)")) ==
               web + "/policy: The tolerance must be less than the upper level. (250 and 250, with what it "
                     "inherits.)");
    BOOST_TEST(refusal(with(R"("mode": "recommend",)", R"("tolerance": 249,)")) == "");
    BOOST_TEST(has(refusal(with(R"("mode": "off",)", R"("mode": "off", "tolerance": 800,)")),
                   "/policy: The tolerance must be less than the upper level."));
    BOOST_TEST(has(refusal(with(R"("step": 2,)", R"("maximum": 1,)")),
                   "/policy: The minimum of members must not be more than the maximum. (2 and 1, "));
    BOOST_TEST(has(refusal(with(R"("step": 2,)", R"("verify-deadline": "60",)")),
                   "still rolls back. (60 s and 60 s, with what it inherits.)"));
    auto running = shops();
    BOOST_CHECK_EXCEPTION(running.accept(changed(web, "/policy/lower", "250")), InvalidConfiguration,
                          [&](const auto& error) { return has(error.what(), "250 and 250"); });
    BOOST_CHECK_EXCEPTION(running.accept(changed(calm, "/maximum", "1")), InvalidConfiguration,
                          [&](const auto& error) { return has(error.what(), "2 and 1, "); });
}

BOOST_AUTO_TEST_CASE(the_policy_that_holds_is_shown_whole) {
    const auto running = shops();
    yang::Context context;
    netconf::loadServerModules(context);
    loadModel(context);
    auto data = yang::Tree::parse(context, running.text(), yang::Format::json);
    data.validate();
    auto snapshot = std::make_shared<domain::Snapshot>();
    domain::PoolState state;
    state.name = {"web"};
    state.policy = policyOf(running, "web");
    state.decision = {domain::IntentKind::allocate, {"web"}, std::nullopt, false, "it is full", true};
    snapshot->pools = {state};
    State shown;
    shown.snapshot = snapshot;
    fill(data, shown);
    const auto pool = *data.find(web);
    BOOST_TEST(!pool.child("forecast"));
    BOOST_TEST(pool.leafOr("decision", "") == "allocate: it is full");
    BOOST_TEST(pool.leafOr("recommendation", "") == "allocate");
    const auto holds = pool.child("effective-policy");
    BOOST_REQUIRE(holds);
    domain::PoolPolicy read;
    apply(read, readPolicyPart(*holds));
    BOOST_TEST((read == policyOf(running, "web")));
    // All of it, and in the model's own words.
    const auto namesIn = [](const yang::Node& node) {
        std::multiset<std::string> names;
        for (const auto& child : node.children())
            names.insert(child.name());
        return names;
    };
    auto all = namesIn(*data.find("/headgate:headgate/pool[name='alone']/policy"));
    all.insert(
        {"maintenance-window", "maintenance-window"}); // beside fail-over and forecast, which both have
    BOOST_TEST(namesIn(*holds) == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_client_that_sets_what_is_the_default_has_it_set) {
    Daemon daemon;
    daemon.running.accept(shops().text());
    daemon.northbound->commitRunning(daemon.running.text());
    auto client = daemon.client();
    client.editConfig(Datastore::candidate,
                      filtered("<pool><name>web</name><policy><upper>800</upper></policy></pool>"));
    auto commit = std::async(std::launch::async, [&] { client.commit(); });
    const auto request = daemon.nextRequest();
    daemon.running.accept(request.configuration);
    daemon.northbound->commitRunning(request.configuration);
    daemon.northbound->answer(request.id, {});
    commit.get();
    BOOST_TEST(policyOf(daemon.running, "web").upper == 800);
}

BOOST_AUTO_TEST_SUITE_END()
