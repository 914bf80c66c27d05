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
    domain::PoolPolicy policy; ///< of web, as it is configured

    Daemon() {
        northbound::Options options;
        options.unixSocket = socket;
        const auto lab = northbound::RunningConfiguration::fromFile(
            northbound::test::instanceData("valid/headgate-lab.json"));
        policy = lab.value().pool({"web"})->policy;
        face = std::make_unique<northbound::Northbound>(options, lab.text(), [this](const Request& request) {
            face->answer(request.id, script(request));
        });
        postState();
    }

    void postState(const domain::Contact& contact = {}) {
        domain::Snapshot snapshot;
        snapshot.servers.resize(1);
        snapshot.servers[0].name = {"real1"};
        snapshot.servers[0].utilisation = 823;
        snapshot.servers[0].contact = contact;
        snapshot.pools.resize(1);
        snapshot.pools[0].name = {"web"};
        snapshot.pools[0].policy = policy;
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

BOOST_AUTO_TEST_CASE(explain_asks_for_the_plan_of_a_pool_and_tells_it_with_the_rest) {
    Daemon daemon;
    daemon.answers([](const Request& request) {
        BOOST_TEST((request.kind == northbound::RequestKind::plan));
        Answer answer;
        answer.intent = domain::IntentKind::nothing;
        answer.reason = "nothing: pool web is normal";
        return answer;
    });
    const auto said = headgateSays(daemon.socket, {"explain", "web"});
    BOOST_TEST(said.code == 0);
    BOOST_TEST(has(said.out, "Nothing is done: pool web is normal."), said.out);
    BOOST_TEST(has(said.out, "It is full when one of them is at 800 or more for 2.0 s"), said.out);
    const auto json = headgateSays(daemon.socket, {"explain", "web", "--json"}).out;
    for (const char* part : {"\"pool\": {", "\"server\": [", "\"plan\": {", "\"intent\": \"nothing\""})
        BOOST_TEST(has(json, part), part << " is not in\n" << json);
    const auto strange = headgateSays(daemon.socket, {"explain", "7"});
    BOOST_TEST(strange.code == 1);
    BOOST_TEST(has(strange.err, "7 is neither a pool (there is web"), strange.err);
}

BOOST_AUTO_TEST_CASE(servers_show_what_their_agents_answers_were_like) {
    Daemon daemon;
    const domain::Instant then(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h);
    domain::Contact contact;
    contact.lastAnswer = then;
    contact.roundTrip = domain::RoundTrip(1412);
    contact.smoothedRoundTrip = domain::RoundTrip(377);
    contact.timeouts = 1;
    contact.unreachable = 2;
    contact.authentication = 3;
    contact.refused = 4;
    contact.malformed = 5;
    contact.lastError = "its answer is not authentic";
    contact.lastErrorAt = then + 2s;
    contact.trust = domain::Trust::stale;
    contact.trustReason = "it has not answered for a while";
    daemon.postState(contact);

    const auto list = headgateSays(daemon.socket, {"servers"}).out;
    BOOST_TEST(has(list, "  1.4 ms  15      stale"), list); // all errors together

    const auto sheet = headgateSays(daemon.socket, {"servers", "real1"}).out;
    for (const char* part :
         {"last answer   12:00:00Z, ", "round trip    1.4 ms, on average 0.4 ms\n",
          "errors        timeouts 1, unreachable 2, authentication-failures 3, refusals 4, malformed 5\n",
          "last error    12:00:02Z, ", " ago: its answer is not authentic\n",
          "trust         stale: it has not answered for a while\n"})
        BOOST_TEST(has(sheet, part), part << " is not in\n" << sheet);
    const auto json = headgateSays(daemon.socket, {"servers", "real1", "--json"}).out;
    BOOST_TEST(has(json, "\"round-trip\": \"1.412\""), json);
    BOOST_TEST(has(json, "\"smoothed-round-trip\": \"0.377\""), json);
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
         "headgate: allocate web: indeterminate: because (transaction 7): 'headgate check' compares what "
         "they have with what is recorded\n"}};
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
        answer.appliances = {{{"f5-1"}, "<a>\n  <b/>\n</a>", "<c/>", domain::Strategy::candidate, "much"}};
        answer.refusals = {{{"real3"}, "in quarantine"}};
        return answer;
    });
    const auto said = headgateSays(daemon.socket, {"plan", "web"});
    BOOST_TEST(said.code == 0);
    BOOST_TEST(has(said.out, "would add real2 to web\n  real1 is full (plan)\n"));
    BOOST_TEST(has(said.out, "    <a>\n      <b/>\n    </a>\n"));
    BOOST_TEST(has(said.out, "real3"));
    const auto json = headgateSays(daemon.socket, {"plan", "web", "--json"}).out;
    BOOST_TEST(has(said.out, "strategy candidate; the risk that remains: much\n"));
    BOOST_TEST(has(json, "\"strategy\": \"candidate\""));
    BOOST_TEST(has(json, "\"intent\": \"allocate\""));
    BOOST_TEST(has(json, "\"edit\": \"<a>\\n  <b/>\\n</a>\""));
}

BOOST_AUTO_TEST_CASE(a_check_tells_what_differs_by_its_exit_code_and_a_line_each) {
    Daemon daemon;
    std::vector<Request> asked;
    Answer answer;
    daemon.answers([&](const Request& request) {
        asked.push_back(request);
        return answer;
    });
    answer.findings = {{{"f5-1"}, {"web"}, true, "", {}}};
    const auto good = headgateSays(daemon.socket, {"check", "f5-1"});
    BOOST_TEST(good.code == 0);
    BOOST_TEST(good.err.empty());
    BOOST_TEST(has(good.out, "f5-1       web   as recorded\n"), good.out);

    answer.kind = AnswerKind::differs;
    answer.reason = "web is not as recorded on 1 appliance";
    answer.findings = {{{"f5-1"}, {"web"}, true, "", {"a stranger", "a weight"}},
                       {{"citrix-1"}, {"web"}, false, "citrix-1 is not connected", {}}};
    const auto bad = headgateSays(daemon.socket, {"check"});
    BOOST_TEST(bad.code == 1);
    BOOST_TEST(bad.err ==
               "headgate: check: differs: web is not as recorded on 1 appliance: 'headgate repair web' "
               "leads back to what is recorded\n");
    for (const char* line : {"f5-1       web   a stranger\n", "f5-1       web   a weight\n",
                             "citrix-1   web   not read: citrix-1 is not connected\n"})
        BOOST_TEST(has(bad.out, line), bad.out);
    const auto json = headgateSays(daemon.socket, {"check", "--json"});
    BOOST_TEST(json.code == 1);
    BOOST_TEST(has(json.out, "\"outcome\": \"differs\""));
    BOOST_TEST(has(json.out, "\"a stranger\",\n"), json.out);

    BOOST_REQUIRE(asked.size() == 3U);
    BOOST_TEST(asked[0].appliance->value == "f5-1");
    BOOST_TEST(!asked[1].appliance);
    const auto typo = headgateSays(daemon.socket, {"check", "f5-9"});
    BOOST_TEST(typo.code == 1);
    BOOST_TEST(has(typo.err, "there is no appliance called f5-9: see 'headgate appliances'"));
}

BOOST_AUTO_TEST_CASE(a_repair_ends_as_an_allocation_does) {
    Daemon daemon;
    Answer answer;
    daemon.answers([&](const Request&) { return answer; });
    BOOST_TEST(headgateSays(daemon.socket, {"repair", "web"}).out == "web needed no repair\n");
    answer.kind = AnswerKind::committed;
    answer.transaction = domain::TransactionId{9};
    BOOST_TEST(headgateSays(daemon.socket, {"repair", "web"}).out ==
               "web is as recorded on its appliances again (transaction 9)\n");
    answer.kind = AnswerKind::rolledBack;
    answer.reason = "f5-1 refused";
    const auto said = headgateSays(daemon.socket, {"repair", "web"});
    BOOST_TEST(said.code == 4);
    BOOST_TEST(said.err == "headgate: repair web: rolled back: f5-1 refused (transaction 9)\n");
}

BOOST_AUTO_TEST_CASE(a_transaction_shows_how_each_appliance_was_changed_and_what_proves_its_rollback) {
    Daemon daemon;
    domain::Snapshot snapshot;
    snapshot.transactions.resize(1);
    auto& transaction = snapshot.transactions[0];
    transaction.id = {6};
    transaction.kind = domain::IntentKind::restore;
    transaction.server = {"real1"};
    transaction.state = "rolled-back";
    transaction.outcome = domain::OutcomeKind::rolledBack;
    transaction.appliances = {{{"f5-1"}, {"undone", domain::Strategy::candidate, {"a: 1, 1", "b: 2, 2"}}}};
    daemon.face->post(snapshot, {});
    const auto said = headgateSays(daemon.socket, {"transactions", "6"}).out;
    BOOST_TEST(has(said, "puts back real1\n"), said);
    BOOST_TEST(has(said, "undone, strategy candidate\n"), said);
    BOOST_TEST(has(said, "proof"));
    BOOST_TEST(has(said, "a: 1, 1\n"));
    BOOST_TEST(has(said, "b: 2, 2\n"));
    const auto json = headgateSays(daemon.socket, {"transactions", "6", "--json"}).out;
    BOOST_TEST(has(json, "\"strategy\": \"candidate\""));
    BOOST_TEST(has(json, "\"a: 1, 1\",\n"), json);
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
               "asked may still be under way. The event answer-late tells how it ends. Look at 'headgate "
               "transactions' for what was done\n");
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

BOOST_AUTO_TEST_CASE(what_is_refused_of_a_file_is_told_by_its_line) {
    Daemon daemon;
    const auto good =
        northbound::RunningConfiguration::fromFile(northbound::test::instanceData("valid/headgate-lab.json"))
            .text();
    const auto load = [&](std::string text, const std::vector<std::string>& options = {}) {
        std::vector<std::string> words{"config", "load", daemon.folder.write("c.json", text)};
        words.insert(words.end(), options.begin(), options.end());
        return headgateSays(daemon.socket, words);
    };
    daemon.answers([](const Request&) {
        Answer answer;
        answer.reason = "pool[name='web']/policy/upper 800 -> 900";
        return answer;
    });
    const auto taken = load(good);
    BOOST_TEST(taken.code == 0);
    BOOST_TEST(
        has(taken.out, "c.json is the running configuration: pool[name='web']/policy/upper 800 -> 900\n"));

    daemon.answers([](const Request&) {
        Answer answer;
        answer.kind = AnswerKind::refused;
        answer.reason = "too much is wrong";
        answer.problems = {{"/headgate:headgate/pool[name='web']/policy/upper", "it is too high", 0}};
        return answer;
    });
    const auto file = (daemon.folder.path / "c.json").string();
    const auto line = std::to_string(
        1 +
        std::count(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.find("\"upper\"")), '\n'));
    // The daemon's own problem, where the model has nothing against it.
    const auto told = load(good);
    BOOST_TEST(told.code == 1);
    BOOST_TEST(told.err == "headgate: " + file + ":" + line +
                               ": /headgate:headgate/pool[name='web']/policy/upper = '800': it is too high\n"
                               "headgate: config load " +
                               file + ": refused, nothing has changed: mend that, and load it again\n");
    const auto json = load(good, {"--json"});
    BOOST_TEST(json.code == 1);
    BOOST_TEST(has(json.out, "\"rule\": \"it is too high\""), json.out);
    BOOST_TEST(has(json.out, "\"line\": " + line), json.out);
    BOOST_TEST(!has(json.out, "\"number\""), json.out);
    // All that the model has, else.
    auto bad = good;
    bad.replace(bad.find("\"upper\": 800"), 12, "\"uper\": 800");
    bad.replace(bad.find("\"priority\": 101"), 15, "\"priority\": -1");
    const auto both = load(bad);
    BOOST_TEST(both.code == 1);
    BOOST_TEST(has(both.err, "/priority = '-1': It takes 0..100000.\n"), both.err);
    BOOST_TEST(
        has(both.err,
            ":" + line + ": /headgate:headgate/pool[name='web']/policy/uper = '800': policy has no uper."),
        both.err);
    BOOST_TEST(has(both.err, "mend these 2, and load it again\n"), both.err);
    // What no message can carry.
    BOOST_TEST(has(load("{ \x01\xe5").err, "c.json:1: syntax error"));
    daemon.answers([](const Request&) {
        Answer busy;
        busy.kind = AnswerKind::refused;
        busy.reason = "a transaction is in flight: try again when that has ended";
        return busy;
    });
    BOOST_TEST(load(good).err ==
               "headgate: config load " + file +
                   ": refused: a transaction is in flight: try again when that has ended\n");
}

namespace {

/// A reader of lines who leaves when it has read the last one.
struct Reader : std::stringbuf {
    std::string last;
    std::atomic<bool> some = false;
    int sync() override {
        const bool over = !last.empty() && has(str(), last);
        some = true;
        some.notify_all();
        return over ? -1 : 0;
    }
};

domain::Event happened(const std::string& text, domain::Instant at) {
    domain::Event event;
    event.kind = "server-full";
    event.text = text;
    event.at = at;
    return event;
}

/// As the next daemon finds it: what was told before it began.
Answer logged(const std::vector<domain::Event>& events, const Request& request) {
    Answer answer;
    if (request.kind != northbound::RequestKind::readLog) return answer;
    for (std::uint64_t number = 1; number <= events.size(); ++number)
        if (const auto& event = events[number - 1];
            event.at >= request.log.from && number > request.log.after.event)
            answer.log.events.push_back({number, event});
    return answer;
}

}

BOOST_AUTO_TEST_CASE(watching_goes_on_after_a_break_with_what_happened_meanwhile_each_once) {
    auto daemon = std::make_unique<Daemon>();
    cli::Invocation invocation;
    invocation.socket = daemon->socket;
    invocation.verb = cli::Verb::watch;
    invocation.json = invocation.reconnect = true;
    Reader reader;
    Reader said;
    reader.last = "the end";
    std::ostream out(&reader);
    std::ostream err(&said);
    std::thread watcher([&] { cli::run(invocation, {out, err, {.width = 0}, false}); });
    said.some.wait(false); // "watching"
    const auto now = base::SteadyWallClock().now();
    const std::vector events{happened("long ago", now - 1h), happened("heard", now + 1ms),
                             happened("in the same millisecond", now + 1ms), happened("meanwhile", now + 2ms),
                             happened("the end", now + 3ms)};
    daemon->face->post(events[1]);
    reader.some.wait(false);
    daemon->face.reset();
    northbound::Options options;
    options.unixSocket = daemon->socket;
    options.past.end = {events.size(), 0};
    const auto lab =
        northbound::RunningConfiguration::fromFile(northbound::test::instanceData("valid/headgate-lab.json"));
    daemon->face = std::make_unique<northbound::Northbound>(options, lab.text(), [&](const Request& request) {
        daemon->face->answer(request.id, logged(events, request));
    });
    watcher.join();
    BOOST_TEST(has(said.str(), "What happens meanwhile is told then"));
    std::string texts;
    std::istringstream lines(reader.str());
    for (std::string line; std::getline(lines, line);)
        texts += line.substr(line.find("\"text\""));
    BOOST_TEST(texts ==
               R"("text":"heard"}"text":"in the same millisecond"}"text":"meanwhile"}"text":"the end"})");
}

BOOST_AUTO_TEST_CASE(watching_one_pool_shows_what_is_about_it) {
    Daemon daemon;
    const auto typo = headgateSays(daemon.socket, {"watch", "wep"});
    BOOST_TEST(typo.code == 1);
    BOOST_TEST(typo.err == "headgate: watch wep: there is no pool, server or appliance of this name: see "
                           "'headgate status'\n");
}

BOOST_AUTO_TEST_CASE(the_history_of_the_configuration_is_told_compared_and_gone_back_to) {
    Daemon daemon;
    const auto lab =
        northbound::RunningConfiguration::fromFile(northbound::test::instanceData("valid/headgate-lab.json"));
    daemon.answers([&](const Request& request) {
        Answer answer;
        using Kind = northbound::RequestKind;
        if (request.kind == Kind::history) {
            const domain::Instant then(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h);
            answer.revisions = {{1, then, "headgated", "first configuration", {}},
                                {2, then + 1h, "ann", "committed a configuration", {}, {4, "192.0.2.1"}},
                                {3, then + 2h, "headgated", "added real2 to web", domain::TransactionId{7}}};
        } else if (request.number == 9) {
            answer.kind = AnswerKind::refused;
            answer.reason = "there is no revision 9: see 'headgate config history'";
        } else if (request.kind == Kind::getRevision) {
            answer.configuration =
                request.number == 2 ? lab.textWith(lab.withHeld({"web"}, true)) : lab.text();
        } else {
            answer.reason = "1 server less";
        }
        return answer;
    });
    const auto history = headgateSays(daemon.socket, {"config", "history"});
    BOOST_TEST(history.code == 0);
    BOOST_TEST(has(history.out, "ann"), history.out);
    BOOST_TEST(has(history.out, "2026-11-22 13:00:00"), history.out);
    BOOST_TEST(has(history.out, "added real2 to web (transaction 7)"), history.out);
    BOOST_TEST(has(history.out, "ann        4        192.0.2.1  committed a configuration"), history.out);
    const auto json = headgateSays(daemon.socket, {"config", "history", "--json"}).out;
    BOOST_TEST(has(json, "\"author\": \"ann\""));
    BOOST_TEST(has(json, "\"session-id\": 4,"), json);
    BOOST_TEST(has(json, "\"source-host\": \"192.0.2.1\""), json);
    BOOST_TEST(json.find("session-id") == json.rfind("session-id"), json);

    const auto held = std::string("/headgate:headgate/pool[name='web']/held");
    BOOST_TEST(headgateSays(daemon.socket, {"config", "diff", "1", "2"}).out == "+ " + held + ": true\n");
    BOOST_TEST(headgateSays(daemon.socket, {"config", "diff", "2"}).out == "- " + held + ": true\n");
    BOOST_TEST(headgateSays(daemon.socket, {"config", "diff", "1"}).out == "nothing differs\n");
    BOOST_TEST(has(headgateSays(daemon.socket, {"config", "diff", "1", "2", "--json"}).out,
                   "\"operation\": \"create\""));
    BOOST_TEST(has(headgateSays(daemon.socket, {"config", "show", "2"}).out, "\"held\": true"));
    for (const auto* verb : {"show", "diff", "rollback"}) {
        const auto refused = headgateSays(daemon.socket, {"config", verb, "9"});
        BOOST_TEST(refused.code == 1);
        BOOST_TEST(has(refused.err, "refused: there is no revision 9"), refused.err);
    }
    const auto back = headgateSays(daemon.socket, {"config", "rollback", "1"});
    BOOST_TEST(back.code == 0);
    BOOST_TEST(back.out == "what was running in revision 1 is running again: 1 server less\n");
}
