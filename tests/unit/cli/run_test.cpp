#include "cli/run.hpp"
#include "northbound/configuration.hpp"
#include "northbound/northbound.hpp"
#include "unit/northbound/support.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <sstream>
#include <thread>

using namespace headgate;
using namespace std::chrono_literals;
using northbound::Answer;
using northbound::AnswerKind;
using northbound::Request;

namespace {

/// A daemon whose answers are scripted, behind the real northbound.
struct Daemon {
    northbound::test::TemporaryFolder folder;
    std::string socket = folder.path / "netconf.sock";
    std::function<Answer(const Request&)> script = [](const Request&) { return Answer{}; };
    std::unique_ptr<northbound::Northbound> face;

    Daemon() {
        northbound::Options options;
        options.unixSocket = socket;
        const auto lab = northbound::RunningConfiguration::fromFile(
            northbound::test::instanceData("valid/headgate-lab.json"));
        face = std::make_unique<northbound::Northbound>(options, lab.text(), [this](const Request& request) {
            face->answer(request.id, script(request));
        });
        postState();
    }

    void postState() {
        domain::Snapshot snapshot;
        snapshot.servers.resize(1);
        snapshot.servers[0].name = {"real1"};
        snapshot.servers[0].utilisation = 823;
        face->post(snapshot, {});
    }

    /// The post hands the script over to northbound's threads.
    void answers(std::function<Answer(const Request&)> next) {
        script = std::move(next);
        postState();
    }
};

struct Said {
    int code = 0;
    std::string out;
    std::string err;
};

Said headgateSays(const std::string& socket, const std::vector<std::string>& words) {
    std::vector<const char*> argv{"headgate", "--socket", socket.c_str()};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    const auto asked = cli::readCommandLine(static_cast<int>(argv.size()), argv.data());
    BOOST_REQUIRE(std::holds_alternative<cli::Invocation>(asked));
    std::ostringstream out;
    std::ostringstream err;
    const int code = cli::run(std::get<cli::Invocation>(asked), {out, err, {.width = 0}, false});
    return {code, out.str(), err.str()};
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}

BOOST_AUTO_TEST_CASE(lists_show_what_the_daemon_has) {
    Daemon daemon;
    const auto servers = headgateSays(daemon.socket, {"servers"});
    BOOST_TEST(servers.code == 0);
    BOOST_TEST(has(servers.out, "real1"));
    BOOST_TEST(has(servers.out, "823‰"));
    BOOST_TEST(has(servers.out, "real3"));
    BOOST_TEST(has(headgateSays(daemon.socket, {"status"}).out, "POOL web"));
    BOOST_TEST(has(headgateSays(daemon.socket, {"pools", "web"}).out, "f5-1 as /Common/web"));
    BOOST_TEST(has(headgateSays(daemon.socket, {"appliances"}).out, "127.77.0.21:10830"));
    BOOST_TEST(has(headgateSays(daemon.socket, {"config", "show"}).out, "\"headgate:headgate\""));
}

BOOST_AUTO_TEST_CASE(json_is_an_array_of_entries_with_their_defaults) {
    Daemon daemon;
    const auto pools = headgateSays(daemon.socket, {"pools", "--json"});
    BOOST_TEST(pools.code == 0);
    BOOST_TEST(pools.out.starts_with("[\n"));
    BOOST_TEST(has(pools.out, "\"name\": \"web\""));
    BOOST_TEST(has(pools.out, "\"held\": false"));
    BOOST_TEST(has(pools.out, "\"verify-deadline\": \"12.5\""));
    BOOST_TEST(has(headgateSays(daemon.socket, {"servers", "real1", "--json"}).out, "\"utilisation\": 823"));
    BOOST_TEST(headgateSays(daemon.socket, {"events", "--json"}).out == "[]\n");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_there_is_refused_with_those_that_are) {
    Daemon daemon;
    const auto said = headgateSays(daemon.socket, {"servers", "real9"});
    BOOST_TEST(said.code == 1);
    BOOST_TEST(said.out.empty());
    BOOST_TEST(said.err == "headgate: servers: real9 is not known: there is real1, real2, real3\n");
    BOOST_TEST(headgateSays(daemon.socket, {"pools", "nowhere", "--json"}).code == 1);
}

BOOST_AUTO_TEST_CASE(exit_codes_tell_how_an_action_ended) {
    Daemon daemon;
    struct Row {
        AnswerKind kind;
        int code;
        std::string out;
        std::string err;
    };
    const std::vector<Row> rows{
        {AnswerKind::committed, 0, "real2 was added to web (transaction 7)\n", ""},
        {AnswerKind::refused, 1, "", "headgate: allocate web: refused: because\n"},
        {AnswerKind::rolledBack, 4, "", "headgate: allocate web: rolled back: because (transaction 7)\n"},
        {AnswerKind::indeterminate, 5, "",
         "headgate: allocate web: indeterminate: because (transaction 7): look at the appliances "
         "themselves\n"}};
    for (const auto& row : rows) {
        daemon.answers([&](const Request&) {
            Answer answer;
            answer.kind = row.kind;
            answer.reason = "because";
            answer.transaction = domain::TransactionId{7};
            answer.server = domain::ServerName{"real2"};
            return answer;
        });
        const auto said = headgateSays(daemon.socket, {"allocate", "web"});
        BOOST_TEST(said.code == row.code);
        BOOST_TEST(said.out == row.out);
        BOOST_TEST(said.err == row.err);
    }
    const auto json = headgateSays(daemon.socket, {"allocate", "web", "--json"});
    BOOST_TEST(json.code == 5);
    BOOST_TEST(has(json.out, "\"outcome\": \"indeterminate\""));
}

BOOST_AUTO_TEST_CASE(a_plan_shows_edits_and_who_was_not_taken) {
    Daemon daemon;
    daemon.answers([](const Request& request) {
        Answer answer;
        answer.intent = domain::IntentKind::allocate;
        answer.server = domain::ServerName{"real2"};
        answer.reason = "real1 is full (" + std::string(toString(request.kind)) + ")";
        answer.appliances = {{{"f5-1"}, "<a>\n  <b/>\n</a>", "<c/>"}};
        answer.refusals = {{{"real3"}, "in quarantine"}};
        return answer;
    });
    const auto said = headgateSays(daemon.socket, {"plan", "web"});
    BOOST_TEST(said.code == 0);
    BOOST_TEST(has(said.out, "would add real2 to web\n  real1 is full (plan)\n"));
    BOOST_TEST(has(said.out, "    <a>\n      <b/>\n    </a>\n"));
    BOOST_TEST(has(said.out, "real3"));
    const auto json = headgateSays(daemon.socket, {"plan", "web", "--json"}).out;
    BOOST_TEST(has(json, "\"intent\": \"allocate\""));
    BOOST_TEST(has(json, "\"edit\": \"<a>\\n  <b/>\\n</a>\""));
}

BOOST_AUTO_TEST_CASE(hold_and_resume_reach_the_daemon_with_or_without_a_pool) {
    Daemon daemon;
    std::vector<Request> asked;
    daemon.answers([&](const Request& request) {
        asked.push_back(request);
        return Answer{};
    });
    BOOST_TEST(headgateSays(daemon.socket, {"hold"}).out ==
               "every pool is held: no automatic change until 'headgate resume'\n");
    BOOST_TEST(headgateSays(daemon.socket, {"resume", "web"}).out == "web changes automatically again\n");
    BOOST_TEST(headgateSays(daemon.socket, {"release", "web", "real1"}).code == 0);
    BOOST_REQUIRE(asked.size() == 3U);
    BOOST_TEST(!asked[0].pool);
    BOOST_TEST(asked[1].pool->value == "web");
    BOOST_TEST(asked[2].server->value == "real1");
}

BOOST_AUTO_TEST_CASE(an_action_that_nobody_answers_is_no_refusal) {
    const northbound::test::TemporaryFolder folder;
    northbound::Options options;
    options.unixSocket = folder.path / "netconf.sock";
    options.answerTimeout = 100ms;
    const auto lab =
        northbound::RunningConfiguration::fromFile(northbound::test::instanceData("valid/headgate-lab.json"));
    northbound::Northbound face(options, lab.text(), [](const Request&) {});
    const auto said = headgateSays(options.unixSocket, {"allocate", "web"});
    BOOST_TEST(said.code == 3);
    BOOST_TEST(said.out.empty());
    BOOST_TEST(said.err ==
               "headgate: allocate web: the outcome is not known: The daemon took too long: what was "
               "asked may still be under way. Look at 'headgate transactions' for what was done\n");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_not_there_is_one_line_and_exit_code_3) {
    const northbound::test::TemporaryFolder folder;
    const auto said = headgateSays(folder.path / "none.sock", {"status"});
    BOOST_TEST(said.code == 3);
    BOOST_TEST(said.err.starts_with("headgate: status: cannot reach the daemon: "));
    BOOST_TEST(std::count(said.err.begin(), said.err.end(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(watch_prints_events_until_the_daemon_ends) {
    auto daemon = std::make_unique<Daemon>();
    Said said;
    std::atomic<bool> ended = false;
    std::thread watcher([&, socket = daemon->socket] {
        said = headgateSays(socket, {"watch", "--json"});
        ended = true;
    });
    domain::Event event;
    event.kind = "server-full";
    event.server = domain::ServerName{"real1"};
    event.transaction = domain::TransactionId{3};
    event.text = "real1 is full";
    // Events from before the subscription are not heard: it is told until the watcher must have heard one.
    for (int i = 0; i < 30 && !ended; ++i) {
        daemon->face->post(event);
        std::this_thread::sleep_for(50ms);
    }
    daemon.reset();
    watcher.join();
    BOOST_TEST(said.code == 3);
    const auto first = said.out.substr(0, said.out.find('\n'));
    BOOST_TEST(
        has(first, R"("kind":"server-full","server":"real1","transaction":"3","text":"real1 is full")"),
        first);
}
