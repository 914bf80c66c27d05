// headgate config edit, with editors that are one line of shell.

#include "cli/run.hpp"
#include "northbound/configuration.hpp"
#include "northbound/northbound.hpp"
#include "unit/northbound/support.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace headgate;
using northbound::Answer;
using northbound::AnswerKind;
using northbound::Request;

namespace {

/// Takes what is loaded, and makes it running; unless `refuses` says why not.
struct Desk {
    northbound::test::TemporaryFolder folder;
    northbound::RunningConfiguration running =
        northbound::RunningConfiguration::fromFile(northbound::test::instanceData("valid/headgate-lab.json"));
    std::vector<std::string> loaded;
    std::string refuses;
    std::unique_ptr<northbound::Northbound> face;

    Desk() {
        northbound::Options options;
        options.unixSocket = folder.path / "netconf.sock";
        face =
            std::make_unique<northbound::Northbound>(options, running.text(), [this](const Request& request) {
                Answer answer;
                answer.kind = refuses.empty() ? AnswerKind::done : AnswerKind::refused;
                answer.reason = refuses;
                loaded.push_back(request.configuration);
                if (refuses.empty()) {
                    running = northbound::RunningConfiguration::fromContent(request.configuration, "/");
                    face->commitRunning(running.text());
                }
                face->answer(request.id, answer);
            });
        ::setenv("TMPDIR", folder.path.c_str(), 1);
        ::unsetenv("VISUAL");
    }
    ~Desk() {
        ::unsetenv("TMPDIR");
        ::unsetenv("EDITOR");
    }

    /// Exit code; `said` has all that was printed.
    int edit(const std::string& editor, const std::string& answers) {
        ::setenv("EDITOR", editor.c_str(), 1);
        std::ostringstream text;
        std::istringstream in(answers);
        cli::Invocation invocation;
        invocation.verb = cli::Verb::configEdit;
        invocation.socket = folder.path / "netconf.sock";
        const int code = cli::run(invocation, {text, text, {.width = 0}, false, &in});
        said = text.str();
        return code;
    }

    /// What is left in the folder beside the socket.
    std::vector<std::filesystem::path> drafts() const {
        std::vector<std::filesystem::path> found;
        for (const auto& file : std::filesystem::directory_iterator(folder.path))
            if (file.path().extension() == ".json") found.push_back(file.path());
        return found;
    }

    std::string said;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string raise = "sed -i 's/\"upper\": 800/\"upper\": 900/'";

}

BOOST_AUTO_TEST_SUITE(editing)

BOOST_AUTO_TEST_CASE(what_differs_is_shown_and_loaded_when_that_is_wanted) {
    Desk desk;
    BOOST_TEST(desk.edit(raise, "y\n") == cli::done);
    BOOST_TEST(has(desk.said, "~ /headgate:headgate/pool[name='web']/policy/upper: 800 -> 900"), desk.said);
    BOOST_TEST(has(desk.said, "it is the running configuration"), desk.said);
    BOOST_TEST(desk.running.value().pools[0].policy.upper == 900);
    BOOST_TEST(desk.drafts().empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_asked_where_nothing_was_changed) {
    Desk desk;
    BOOST_TEST(desk.edit("true", "") == cli::done);
    BOOST_TEST(desk.said == "nothing was changed\n");
    BOOST_TEST(desk.loaded.empty());
}

BOOST_AUTO_TEST_CASE(a_no_loads_nothing_and_loses_nothing) {
    Desk desk;
    BOOST_TEST(desk.edit(raise, "\n") == cli::refused);
    BOOST_TEST(desk.loaded.empty());
    BOOST_REQUIRE(desk.drafts().size() == 1U);
    BOOST_TEST(has(desk.said, "what you have written is in " + desk.drafts()[0].string()), desk.said);
    const auto mode = std::filesystem::status(desk.drafts()[0]).permissions();
    BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(what_is_no_configuration_can_be_mended) {
    Desk desk;
    // Breaks it the first time, and mends it the second.
    const std::string file = "\"$HEADGATE_DRAFT\"";
    const auto editor = "f() { if grep -q uper " + file + "; then sed -i s/uper/upper/ " + file +
                        "; else sed -i 's/upper\": 800/uper\": 700/' " + file + "; fi; }; f";
    BOOST_TEST(desk.edit(editor, "e\ny\n") == cli::done);
    BOOST_TEST(has(desk.said, "uper"), desk.said);
    BOOST_TEST(desk.running.value().pools[0].policy.upper == 700);
}

BOOST_AUTO_TEST_CASE(what_breaks_a_rule_is_told_by_the_drafts_line_before_it_is_asked_for) {
    Desk desk;
    BOOST_TEST(desk.edit("sed -i 's/\"lower\": 300/\"lower\": 900/'", "n\n") == cli::refused);
    BOOST_REQUIRE(desk.drafts().size() == 1U);
    BOOST_TEST(has(desk.said, desk.drafts()[0].string() + ":"), desk.said);
    BOOST_TEST(has(desk.said, "/policy: The lower level must be less than the upper level.\n"), desk.said);
    BOOST_TEST(!has(desk.said, "make this the running configuration?"), desk.said);
    BOOST_TEST(desk.loaded.empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_by_the_daemon_is_told_and_what_was_written_is_kept) {
    Desk desk;
    desk.refuses = "a transaction is in flight: try again when that has ended";
    BOOST_TEST(desk.edit(raise, "y\nn\n") == cli::refused);
    BOOST_TEST(has(desk.said, "refused: a transaction is in flight"), desk.said);
    BOOST_TEST(desk.drafts().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_others_change_meanwhile_stays) {
    Desk desk;
    domain::Member member;
    member.server = {"real2"};
    member.origin = domain::Origin::allocated;
    member.connection = {"127.77.0.102", 8080, "http", 1, 0};
    // While the person edits, real2 joins: the editor waits until that is shown.
    const auto joined = desk.folder.path / "joined";
    desk.running.accept(desk.running.withMember({"web"}, member));
    const auto socket = (desk.folder.path / "netconf.sock").string();
    std::thread headgate([&] {
        while (desk.drafts().empty())
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        desk.face->commitRunning(desk.running.text());
        std::ofstream(joined) << "yes";
    });
    const auto editor =
        "g() { while [ ! -e " + joined.string() + " ]; do sleep 0.02; done; " + raise + " \"$1\"; }; g";
    BOOST_TEST(desk.edit(editor, "y\n") == cli::done);
    headgate.join();
    BOOST_REQUIRE(desk.loaded.size() == 1U);
    BOOST_TEST(desk.running.value().pools[0].policy.upper == 900);
    BOOST_TEST((desk.running.value().pools[0].member({"real2"}) != nullptr));
}

BOOST_AUTO_TEST_CASE(what_was_written_outlives_the_daemon_and_a_broken_editor) {
    {
        Desk desk;
        const auto gone = desk.folder.path / "gone";
        std::thread end([&] {
            while (desk.drafts().empty())
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            desk.face.reset();
            std::ofstream(gone) << "yes";
        });
        const auto editor =
            "g() { while [ ! -e " + gone.string() + " ]; do sleep 0.02; done; " + raise + " \"$1\"; }; g";
        BOOST_TEST(desk.edit(editor, "y\n") == cli::unreachable);
        end.join();
        BOOST_REQUIRE(desk.drafts().size() == 1U);
        BOOST_TEST(has(desk.said, "what you have written is in " + desk.drafts()[0].string()), desk.said);
    }
    Desk desk;
    BOOST_TEST(desk.edit("h() { " + raise + " \"$1\"; return 1; }; h", "") == cli::refused);
    BOOST_REQUIRE(desk.drafts().size() == 1U);
    BOOST_TEST(has(desk.said, "what was written is in " + desk.drafts()[0].string()), desk.said);
}

BOOST_AUTO_TEST_CASE(without_a_person_or_an_editor_it_says_what_to_do) {
    Desk desk;
    BOOST_TEST(desk.edit("false", "") == cli::refused);
    BOOST_TEST(has(desk.said, "the editor 'false' did not end well"), desk.said);
    std::ostringstream text;
    cli::Invocation invocation;
    invocation.verb = cli::Verb::configEdit;
    invocation.socket = desk.folder.path / "netconf.sock";
    BOOST_TEST(cli::run(invocation, {text, text, {.width = 0}, false}) == cli::refused);
    BOOST_TEST(has(text.str(), "headgate config load FILE"), text.str());
}

BOOST_AUTO_TEST_SUITE_END()
