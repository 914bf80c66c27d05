#include "cli/command_line.hpp"
#include "cli/render_replay.hpp"
#include "cli/run.hpp"
#include "flight/scribe.hpp"
#include "northbound/configuration.hpp"
#include "unit/cli/worlds.hpp"
#include "unit/northbound/support.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace headgate;
using namespace headgate::cli;
using namespace headgate::cli::test;
using namespace std::chrono_literals;
using northbound::test::TemporaryFolder;

namespace {

void sameAsGolden(const std::string& name, const std::string& screen) {
    const std::string file = HEADGATE_SOURCE_DIR "/tests/unit/cli/golden/" + name + ".txt";
    if (std::getenv("HEADGATE_WRITE_GOLDEN")) std::ofstream(file) << screen;
    std::ifstream in(file);
    const std::string golden{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    BOOST_TEST(screen == golden, name << " is now:\n" << screen);
}

replay::Report evening() {
    replay::Report report;
    report.from = noon(0);
    report.to = noon(7200);
    report.version = "0.1.0";
    report.revisions = {12, 14};
    report.samples = 36000;
    report.decisions = 7200;
    report.recorded.pools[{"web"}] = {12min, 3, 5h};
    report.recorded.pools[{"mail"}] = {0min, 0, 4h};
    report.recorded.changes = {{noon(600),
                                {"web"},
                                domain::IntentKind::allocate,
                                {"real2"},
                                "pool web is full: 850 permille",
                                domain::OutcomeKind::committed},
                               {noon(900),
                                {"web"},
                                domain::IntentKind::allocate,
                                {"real3"},
                                "pool web is full: 830 permille",
                                domain::OutcomeKind::rolledBack},
                               {noon(5400),
                                {"web"},
                                domain::IntentKind::release,
                                {"real2"},
                                "pool web is under-used",
                                std::nullopt}};
    return report;
}

replay::Report instead() {
    auto report = evening();
    report.hypothesis = report.recorded;
    auto& changes = report.hypothesis->changes;
    changes.erase(changes.begin() + 1);
    changes[1].at = noon(6000);
    report.hypothesis->pools[{"web"}] = {20min, 2, 4h + 30min};
    return report;
}

struct Said {
    int code;
    std::string out, err;
};

Said says(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"headgate"};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    const auto asked = readCommandLine(static_cast<int>(argv.size()), argv.data());
    BOOST_REQUIRE(std::holds_alternative<Invocation>(asked));
    std::ostringstream out, err;
    const int code = run(std::get<Invocation>(asked), {out, err, {.width = 0}, false});
    return {code, out.str(), err.str()};
}

/// Some seconds of the lab, as headgated writes them down.
std::string recorded() {
    const auto running =
        northbound::RunningConfiguration::fromFile(northbound::test::instanceData("valid/headgate-lab.json"));
    controller::Controller controller;
    flight::Encoder encoder;
    flight::Scribe scribe(encoder);
    auto now = noon(0);
    encoder.begin({"0.1.0", now, 1, false, 1});
    const auto tell = [&](controller::Input input) {
        std::vector<flight::Configuration> texts;
        if (std::holds_alternative<controller::Configured>(input))
            texts.push_back({3, true, running.forRecord()});
        scribe.told(now, input, texts);
        const auto effects = controller.handle(now, std::move(input));
        scribe.done(effects, controller);
    };
    tell(controller::Configured{running.value()});
    for (int second = 0; second < 10; ++second, now += 1s) {
        domain::Sample sample;
        sample.server = {"real1"};
        sample.at = now;
        sample.readings.set("connections", 30 + second);
        sample.applications[{"web"}] = domain::ApplicationState::running;
        tell(sample);
        tell(controller::Tick{});
        scribe.sum(controller);
    }
    return encoder.take();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}

BOOST_AUTO_TEST_CASE(a_replay_says_that_all_is_as_it_was_and_how_it_went) {
    sameAsGolden("replay", renderReplay(evening(), {.width = 100}));
    sameAsGolden("replay-json", replayJson(instead()));
}

BOOST_AUTO_TEST_CASE(a_replay_with_another_policy_shows_both_and_what_only_one_of_them_does) {
    sameAsGolden("replay-policy", renderReplay(instead(), {.width = 100}));
    sameAsGolden("replay-policy-plain", renderReplay(instead(), {.unicode = false, .width = 0}));
}

BOOST_AUTO_TEST_CASE(a_replay_that_decides_otherwise_shows_where) {
    auto report = evening();
    report.mismatches = 2;
    report.settled = noon(300);
    report.first = {{noon(700), "web: nothing: pool web is normal: 790 permille",
                     "web: allocate: pool web is full: 800 permille"}};
    report.recorded.changes.clear();
    sameAsGolden("replay-differs", renderReplay(report, {.width = 80}));
}

BOOST_AUTO_TEST_CASE(a_record_is_flown_without_a_daemon) {
    const TemporaryFolder folder;
    const auto file = folder.write("00000001.flight", recorded());
    for (const auto& record : {file, folder.path}) {
        const auto said = says({"replay", record});
        BOOST_TEST(said.code == 0, said.err << said.out);
        BOOST_TEST(has(said.out, "With the recorded policy each of "), said.out);
        BOOST_TEST(has(said.out, "10 samples, 1 pool, 1 revision of the configuration, the last one 3."),
                   said.out);
        BOOST_TEST(says({"replay", record}).out == said.out);
    }
    const auto policy = folder.write(
        "policy.json", R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"upper": 350}}]}})");
    const auto said = says({"replay", file, "--policy", policy, "--json"});
    BOOST_TEST(said.code == 0, said.err);
    BOOST_TEST(has(said.out, "\"with-policy\": {"), said.out);
}

BOOST_AUTO_TEST_CASE(a_record_or_a_policy_that_is_none_is_refused_in_one_line) {
    const TemporaryFolder folder;
    const auto good = folder.write("good.flight", recorded());
    const auto refused = [](const std::vector<std::string>& words, const std::string& why) {
        const auto said = says(words);
        BOOST_TEST(said.code == 1);
        BOOST_TEST(has(said.err, why), said.err);
        BOOST_TEST(std::count(said.err.begin(), said.err.end(), '\n') == 1, said.err);
        BOOST_TEST(said.out == "");
    };
    refused({"replay", folder.path / "nowhere"}, "nowhere: it cannot be read");
    refused({"replay", folder.write("bad.txt", "nonsense")}, "bad.txt: it is no flight record of Headgate");
    const TemporaryFolder empty;
    refused({"replay", empty.path}, "there is no flight record in it");
    refused({"replay", good, "--policy", folder.path / "none.json"}, "none.json: cannot be read");
    refused({"replay", good, "--policy",
             folder.write("strange.json",
                          R"({"headgate:headgate": {"pool": [{"name": "shop", "policy": {}}]}})")},
            "pool shop is not in the record");
    refused({"replay", good, "--policy",
             folder.write("low.json",
                          R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"upper": 9}}]}})")},
            "low.json");
    refused({"replay", good, "--policy",
             folder.write("low.json",
                          R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"upper": 9}}]}})")},
            "The lower level must be less than the upper level.");
    refused(
        {"replay", good, "--policy",
         folder.write("few.json", R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {"minimum": 9,
                          "maximum": 8}}]}})")},
        "The minimum of members must not be more than the maximum.");
    refused({"replay", good, "--policy",
             folder.write("typo.json", R"({"headgate:headgate": {"pool": [{"name": "web", "policy": {
                          "inherit": "calmr", "upper": 900}}]}})")},
            "There is no policy-template calmr");
    refused({"replay", "/dev/zero"}, "/dev/zero: it is no file");
    refused({"replay", folder.write("torn.flight", recorded().substr(0, 20))},
            "torn.flight: it ends before its first entry");
}

BOOST_AUTO_TEST_CASE(a_segment_of_which_nothing_was_written_is_passed_over) {
    const TemporaryFolder folder;
    folder.write("00000001.flight", recorded());
    folder.write("00000002.flight", "");
    folder.write("00000003.flight", recorded().substr(0, 20));
    const auto said = says({"replay", folder.path});
    BOOST_TEST(said.code == 0, said.err);
    BOOST_TEST(has(said.err, "00000002.flight: it ends before its first entry: it is passed over"), said.err);
    BOOST_TEST(has(said.err, "00000003.flight: it ends before its first entry: it is passed over"), said.err);
}
