#include "cli/render.hpp"
#include "cli/words.hpp"
#include "unit/cli/worlds.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace headgate::cli;
using namespace headgate::cli::test;

namespace {

constexpr Terminal wide{.colour = false, .unicode = true, .width = 100};
constexpr Terminal narrow{.colour = false, .unicode = true, .width = 80};
constexpr Terminal plain{.colour = false, .unicode = false, .width = 0};

/// The screen as it is kept in golden/; HEADGATE_WRITE_GOLDEN=1 writes it anew, to be looked at and
/// committed.
void sameAsGolden(const std::string& name, const std::string& screen) {
    const std::string file = HEADGATE_SOURCE_DIR "/tests/unit/cli/golden/" + name + ".txt";
    if (std::getenv("HEADGATE_WRITE_GOLDEN")) std::ofstream(file) << screen;
    std::ifstream in(file);
    const std::string golden{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    BOOST_TEST(screen == golden, name << " is now:\n" << screen);
}

Answer plan() {
    Answer answer;
    answer.outcome = "done";
    answer.intent = "allocate";
    answer.server = "real2";
    answer.reason = "real1 is at its upper level";
    answer.refusals = {{"real3", "in quarantine for 5 min"}, {"real4", "down"}};
    answer.appliances = {{"f5-1", "<ltm>\n  <pool/>\n</ltm>", "<ltm/>", "confirmed", "none"},
                         {"citrix-1", "<lb/>", "<lb/>", "direct", "its change serves at once"}};
    return answer;
}

Answer checked() {
    Answer answer;
    answer.outcome = "differs";
    answer.findings = {
        {"f5-1", "web", true, "", {}},
        {"citrix-1", "web", true, "", {"127.77.0.109:8080 is a stranger", "weight is 3, not 1"}},
        {"citrix-2", "web", false, "citrix-2 is not connected", {}}};
    return answer;
}

}

BOOST_AUTO_TEST_CASE(why_a_pool_stands_still_is_shown_and_what_is_only_recommended) {
    auto world = busy();
    auto& pool = world.pools[0];
    const auto shows = [&](const std::string& screen, const std::string& words) {
        return screen.find(words) != std::string::npos;
    };
    BOOST_TEST(!shows(renderStatus(world, wide), "mode"));
    pool.mode = "off";
    pool.decision =
        "nothing: pool web is full: so it is; but its mode is off: nothing is decided automatically";
    BOOST_TEST(shows(renderStatus(world, wide), "mode off"));
    BOOST_TEST(shows(renderStatus(world, wide), "  but its mode is off: nothing is decided automatically\n"));
    BOOST_TEST(shows(renderPools(world, "", wide), " off "));
    BOOST_TEST(shows(renderPools(world, "web", wide), pool.decision));
    pool.mode = "recommend";
    pool.decision = "allocate: pool web is full: so it is";
    pool.recommendation = "allocate";
    BOOST_TEST(shows(renderStatus(world, wide), "  recommended, and not done: allocate\n"));
    BOOST_TEST(shows(renderPools(world, "web", wide), "recommended"));
}

BOOST_AUTO_TEST_CASE(what_is_expected_of_a_pool_is_shown_and_why_it_grows_ahead) {
    auto world = busy();
    auto& pool = world.pools[0];
    const auto pages = [&] {
        return renderPools(world, "web", wide) + renderExplanation(world, pool, {}, wide);
    };
    BOOST_TEST(pages().find("give or take") == std::string::npos);
    pool.forecast = Forecast{640, 20, noon(120), ""};
    BOOST_TEST(pages().find("640‰, give or take 20, at 12:02:00Z\n") != std::string::npos, pages());
    BOOST_TEST(pages().find("It is expected at 640‰, give or take 20, at 12:02:00Z.\n") != std::string::npos,
               pages());
    pool.forecast->fullAhead = "will be full in 60 s";
    BOOST_TEST(pages().find("give or take 20, at 12:02:00Z; it will be full in 60 s\n") != std::string::npos,
               pages());
}

BOOST_AUTO_TEST_CASE(who_is_protected_or_warms_up_is_shown) {
    auto world = busy();
    world.pools[0].members[0].isProtected = true;
    BOOST_TEST(renderPools(world, "web", wide).find("configured, protected") != std::string::npos);
    world.servers[0].warmUntil = *world.now + std::chrono::seconds(30);
    BOOST_TEST(renderServers(world, world.servers[0].name, wide).find("warms up") != std::string::npos);
    world.servers[0].warmUntil = world.now;
    BOOST_TEST(renderServers(world, world.servers[0].name, wide).find("warms up") == std::string::npos);
}

/// `busy`, with the policy's figures, and since when the pool is full.
World explained() {
    auto world = busy();
    auto& pool = world.pools[0];
    pool.fullWhen = "any-member";
    pool.growAfter = "5";
    pool.shrinkAfter = pool.shrinkCooldown = "60";
    pool.growCooldown = "30";
    world.events.insert(world.events.begin() + 1,
                        {noon(20), "notice", "pool-full", "", "web", "", "", "pool web is full"});
    return world;
}

BOOST_AUTO_TEST_CASE(what_the_daemon_says_is_ascii_too_where_the_terminal_has_nothing_else) {
    auto world = busy();
    world.pools[0].reason = "under-used: 0 permille (≤ 300), weight '1' → '2' in Zürich…";
    world.pools[0].alarm = "";
    const auto isAscii = [](const std::string& screen) {
        return std::ranges::all_of(screen, [](unsigned char c) { return c < 0x80; });
    };
    for (const unsigned width : {0U, 80U, 60U}) {
        const Terminal terminal{.colour = false, .unicode = false, .width = width};
        for (const auto& screen : {renderStatus(world, terminal), renderPools(world, "", terminal)})
            BOOST_TEST(isAscii(screen), screen);
    }
    const auto whole = renderStatus(world, plain);
    BOOST_TEST(whole.find("0 permille (<= 300), weight '1' -> '2' in Z?rich...") != std::string::npos, whole);
    BOOST_TEST(renderStatus(world, wide).find(world.pools[0].reason) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_status_tells_of_a_full_data_source_once_and_offers_nobody_its_server) {
    auto world = bottlenecked();
    world.pools[0].alarm = "the data source db1 is full; more servers in front of it would not help";
    const auto times = [&] {
        const auto screen = renderStatus(world, {.colour = false, .unicode = true, .width = 0});
        std::size_t found = 0;
        for (auto at = screen.find("db1 is full"); at != std::string::npos;
             at = screen.find("db1 is full", at + 1))
            ++found;
        BOOST_TEST(screen.find("dbhost1") == std::string::npos);
        return found;
    };
    BOOST_TEST(times() == 1U); // by its pool
    world.pools[0].alarm.clear();
    BOOST_TEST(times() == 1U);
    world.dataSources[0].level = "normal";
    BOOST_TEST(times() == 0U);
}

BOOST_AUTO_TEST_CASE(the_status_tells_of_silent_servers_and_late_polls_where_there_are_any) {
    auto world = busy();
    BOOST_TEST(renderStatus(world, plain).find("silent server") == std::string::npos);
    BOOST_TEST(renderStatus(world, plain).find("late poll") == std::string::npos);
    world.silent = 1;
    world.overruns = 12;
    const auto screen = renderStatus(world, plain);
    const auto top = screen.substr(0, screen.find('\n'));
    BOOST_TEST(top.ends_with("2 alarms  1 silent server  12 late polls"), top);
}

BOOST_AUTO_TEST_CASE(each_screen_looks_as_it_should) {
    sameAsGolden("status-wide", renderStatus(busy(), wide));
    sameAsGolden("status-narrow", renderStatus(busy(), narrow));
    sameAsGolden("status-plain", renderStatus(busy(), plain));
    sameAsGolden("status-empty", renderStatus(World{}, wide));
    sameAsGolden("pools", renderPools(busy(), "", wide));
    sameAsGolden("pools-web", renderPools(busy(), "web", wide));
    sameAsGolden("pools-web-bottlenecked", renderPools(bottlenecked(), "web", wide));
    sameAsGolden("servers", renderServers(busy(), "", wide));
    sameAsGolden("servers-real1", renderServers(busy(), "real1", wide));
    sameAsGolden("servers-real4", renderServers(busy(), "real4", wide));
    sameAsGolden("appliances", renderAppliances(busy(), "", wide));
    sameAsGolden("appliances-f5-1", renderAppliances(busy(), "f5-1", wide));
    sameAsGolden("transactions", renderTransactions(busy(), "", wide));
    sameAsGolden("transactions-6", renderTransactions(busy(), "6", wide));
    sameAsGolden("events", renderEvents(busy(), "", wide));
    sameAsGolden("events-citrix-1", renderEvents(busy(), "citrix-1", wide));
    sameAsGolden("plan", renderPlan("web", plan(), wide));
    sameAsGolden("check", renderFindings(checked(), wide));
}

BOOST_AUTO_TEST_CASE(a_world_without_anything_says_so) {
    const World nothing;
    BOOST_TEST(renderPools(nothing, "", wide) == "no pools are configured\n");
    BOOST_TEST(renderTransactions(nothing, "", wide) == "no transactions yet\n");
    BOOST_TEST(renderEvents(nothing, "", wide) == "no events yet\n");
    BOOST_TEST(renderEvents(busy(), "real9", wide) == "no events about real9 are kept\n");
    BOOST_TEST(renderServers(busy(), "real9", wide).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_as_recorded_is_not_well) {
    auto world = busy();
    world.pools.at(0).places.at(0).differences = {"it lacks real1 at 127.77.0.101:8080"};
    const auto& pool = world.pools[0];
    const auto said =
        "pool " + pool.name + " is not as recorded on " + pool.places[0].appliance + ": it lacks real1";
    BOOST_TEST(renderStatus(world, wide).find(said) != std::string::npos, renderStatus(world, wide));
}

BOOST_AUTO_TEST_CASE(no_line_is_wider_than_the_terminal) {
    for (const unsigned width : {60U, 80U, 100U, 132U}) {
        const auto screen = renderStatus(busy(), {.colour = false, .unicode = true, .width = width});
        std::istringstream lines(screen);
        for (std::string line; std::getline(lines, line);)
            BOOST_TEST(columns(line) <= width, line);
    }
}

BOOST_AUTO_TEST_CASE(colour_is_only_where_the_terminal_has_it) {
    Terminal colourful = wide;
    colourful.colour = true;
    BOOST_TEST(renderStatus(busy(), colourful).find("\x1b[") != std::string::npos);
    BOOST_TEST(renderStatus(busy(), wide).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bar_is_filled_as_far_as_the_utilisation_goes) {
    struct Row {
        std::optional<int> permille;
        std::string bar;
    };
    const std::vector<Row> rows{{std::nullopt, "...|....|."}, {0, "...|....|."},   {49, "...|....|."},
                                {50, "#..|....|."},           {300, "###|....|."}, {823, "########|."},
                                {1000, "##########"},         {2500, "##########"}};
    for (const auto& row : rows)
        BOOST_TEST(bar(row.permille, 300, 800, 10, plain) == row.bar);
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_cut_with_an_ellipsis) {
    BOOST_TEST(cut("abcdef", 6, wide) == "abcdef");
    BOOST_TEST(cut("abcdef", 5, wide) == "abcd…");
    BOOST_TEST(cut("äöüß", 3, wide) == "äö…");
    BOOST_TEST(cut("abcdef", 0, wide) == "abcdef");
    BOOST_TEST(columns("äöü‰") == 4U);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_goes_on_below_itself) {
    Answer answer;
    answer.revisions = {
        {"1", noon(0), "headgated", "first configuration, from /etc/headgate/headgate.json", ""},
        {"12", noon(60), "ann", "loaded a configuration: pool[name='web']/policy/upper 800 -> 900", ""}};
    BOOST_TEST(renderHistory(answer, {.colour = false, .unicode = true, .width = 72}) ==
               "REVISION  SINCE                 BY         WHAT\n"
               "1         2026-11-22 12:00:00Z  headgated  first configuration, from\n"
               "                                           /etc/headgate/headgate.json\n"
               "12        2026-11-22 12:01:00Z  ann        loaded a configuration:\n"
               "                                           pool[name='web']/policy/upper\n"
               "                                           800 -> 900\n");
    answer.revisions[1].session = "4";
    answer.revisions[1].host = "local";
    answer.revisions.erase(answer.revisions.begin());
    BOOST_TEST(renderHistory(answer, {.colour = false, .unicode = true, .width = 99}).find("local") ==
               std::string::npos);
    BOOST_TEST(
        renderHistory(answer, {.colour = false, .unicode = true, .width = 100}) ==
        "REVISION  SINCE                 BY   SESSION  FROM   WHAT\n"
        "12        2026-11-22 12:01:00Z  ann  4        local  loaded a configuration:\n"
        "                                                     pool[name='web']/policy/upper 800 -> 900\n");
    using Lines = std::vector<std::string>;
    BOOST_TEST((broken("one two three", 7) == Lines{"one two", "three"}));
    BOOST_TEST((broken("one two three", 6) == Lines{"one", "two", "three"}));
    BOOST_TEST((broken("abcdefgh", 3) == Lines{"abc", "def", "gh"}));
    BOOST_TEST((broken("äöüß", 2) == Lines{"äö", "üß"}));
    BOOST_TEST((broken("abc", 0) == Lines{"abc"}));
    BOOST_TEST((broken("", 5) == Lines{""}));
}

BOOST_AUTO_TEST_CASE(times_are_told_as_people_do) {
    BOOST_TEST(age(noon(59), noon(60), wide) == "1.0 s ago");
    BOOST_TEST(age(noon(360), noon(60), wide) == "in 5 min");
    BOOST_TEST(age(std::nullopt, noon(60), wide) == "–");
    BOOST_TEST(clockTime(noon(61), wide) == "12:01:01Z");
    BOOST_TEST((timeOf("2026-11-22T12:01:01.250Z") == noon(61) + std::chrono::milliseconds(250)));
    BOOST_TEST((timeOf("2026-11-22T14:01:01+02:00") == noon(61)));
    BOOST_TEST((timeOf("2026-11-22T10:31:01-01:30") == noon(61)));
    BOOST_TEST(!timeOf("yesterday"));
    BOOST_TEST(!timeOf("2026-13-22T12:01:01Z"));
}

BOOST_AUTO_TEST_CASE(a_pool_is_explained_from_its_readings_to_what_is_done) {
    const auto world = explained();
    sameAsGolden("explain-web", renderExplanation(world, world.pools[0], plan(), wide));
    sameAsGolden("explain-web-plain", renderExplanation(world, world.pools[0], plan(), plain));
}

BOOST_AUTO_TEST_CASE(a_pool_with_which_nothing_is_done_is_explained_with_the_reason_and_until_when) {
    auto world = explained();
    auto& pool = world.pools[0];
    pool.level = "normal";
    pool.transaction.clear();
    pool.members.push_back({"real9", "allocated", "127.77.0.109:8080"});
    pool.cooldownUntil = noon(75);
    pool.alarm = "waiting: citrix-1 refused the commit";
    world.transactions.clear();
    world.events.clear();
    Answer nothing;
    nothing.intent = "nothing";
    nothing.reason = "nothing: pool web is normal: 420 permille on average of 2 members";
    sameAsGolden("explain-web-quiet", renderExplanation(world, pool, nothing, narrow));
}

BOOST_AUTO_TEST_CASE(a_pool_behind_a_full_data_source_is_explained_with_each_thing_said_once) {
    auto world = explained();
    const std::string useless =
        "the data source db1 is full: clients 912.5 of 1000 (913 permille ≥ 800) for 5 s; "
        "more servers in front of it would not help";
    world.pools[0].alarm = useless;
    Answer nothing;
    nothing.intent = "nothing";
    nothing.reason = "nothing: pool web is full, because real1 is: connections 72 of 80; but " + useless;
    const auto said = renderExplanation(world, world.pools[0], nothing, plain);
    BOOST_TEST(said.find("Nothing is done: the data source db1 is full: clients 912.5 of 1000") !=
               std::string::npos);
    BOOST_TEST(said.find("That needs you.\n") != std::string::npos);
    BOOST_TEST(said.find("What needs you") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_member_that_is_doubted_is_explained_with_who_contradicts_it) {
    auto world = explained();
    auto& contact = world.servers[0].contact;
    contact.trust = "doubtful";
    contact.trustReason = "600 permille: f5-1's monitor says that it is down, while its polls say functional "
                          "at 823 permille";
    auto explanation = renderExplanation(world, world.pools[0], plan(), wide);
    BOOST_TEST(explanation.find("; doubtful at 600 permille: f5-1's") != std::string::npos, explanation);
    contact.trust = "trusted";
    explanation = renderExplanation(world, world.pools[0], plan(), wide);
    BOOST_TEST(explanation.find("monitor") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_stands_in_for_a_member_is_explained_with_whom) {
    auto world = explained();
    world.pools[0].members[0].standsInFor = "real4";
    world.transactions[0].cause = "in the place of real4, which is down for 2 s";
    const auto pool = renderExplanation(world, world.pools[0], plan(), plain);
    BOOST_TEST(pool.find("connections is 65.8 of 80; it stands in for real4\n") != std::string::npos, pool);
    BOOST_TEST(pool.find("was to add real3 to web in the place of real4, which is down for 2 s. It was") !=
                   std::string::npos,
               pool);
    const auto change = renderExplanation(world, world.transactions[0], plain);
    BOOST_TEST(change.find(" in the place of real4, which is down for 2 s.") != std::string::npos, change);
    BOOST_TEST(change.find("because in") == std::string::npos, change);
}

BOOST_AUTO_TEST_CASE(a_transaction_is_explained_from_its_cause_to_its_proof) {
    const auto world = explained();
    sameAsGolden("explain-6", renderExplanation(world, world.transactions[0], wide));
    sameAsGolden("explain-7", renderExplanation(world, world.transactions[1], wide));
}

namespace {

/// real1 is full, and real3, which joined by transaction 6, relieved nothing.
World inVain() {
    auto world = explained();
    auto& pool = world.pools[0];
    pool.transaction.clear();
    pool.members.push_back({"real3", "allocated", "127.77.0.103:8080"});
    world.servers[2].quarantinedUntil.reset();
    world.servers[2].memberOf = "web";
    world.servers[2].reason = "functional and under-used: connections 1 of 80 (13 permille ≤ 300)";
    pool.reason = "full, because real1 is: connections is 65.8 of 80";
    pool.alarm =
        "the last addition relieved nothing: real3 was to bring the fullest from 823 to 412 permille, but "
        "real1 is at 823, though the load has not grown, and real3 itself is at 13. Look whether its "
        "clients stay";
    auto& change = world.transactions[0];
    change.state = change.outcome = "committed";
    change.cause = "pool web is full, because real1 is: connections is 65.8 of 80";
    change.reason = "add real3 on f5-1, citrix-1";
    world.transactions.pop_back();
    world.events = {
        {noon(20), "notice", "pool-full", "", "web", "", "",
         "pool web is full, because real1 is: connections is 65.8 of 80"},
        {noon(20), "notice", "candidate-chosen", "real3", "web", "", "6",
         "real3 shall join web: " + change.cause + "; chosen: real3 (0 permille), before real2"},
        {noon(23), "notice", "pool-grown", "real3", "web", "", "6", "web grew by real3: " + change.cause},
        {noon(53), "warning", "relief-measured", "real3", "web", "", "",
         "pool web: real3 was to bring the fullest from 823 to 412 permille, but real1 is at 823, though "
         "the load has not grown, and real3 itself is at 13"}};
    return world;
}

Answer vain(const World& world) {
    Answer nothing;
    nothing.intent = "nothing";
    nothing.reason = "nothing: pool web is " + world.pools[0].reason + "; but " + world.pools[0].alarm;
    return nothing;
}

}

BOOST_AUTO_TEST_CASE(a_pool_that_grew_in_vain_is_explained_with_what_was_expected_and_measured) {
    const auto world = inVain();
    sameAsGolden("explain-web-in-vain", renderExplanation(world, world.pools[0], vain(world), wide));
    sameAsGolden("explain-6-in-vain", renderExplanation(world, world.transactions[0], wide));
}

BOOST_AUTO_TEST_CASE(what_a_server_relieved_is_told_of_the_change_by_which_it_joined) {
    auto world = inVain();
    world.events.back().text = "pool web: real3 relieves it: the fullest went from 823 to 412 permille";
    const auto page = [&] { return renderExplanation(world, world.pools[0], vain(world), plain); };
    const std::string helped =
        " Measured at 12:00:53Z: real3 relieves it: the fullest went from 823 to 412 permille.\n";
    BOOST_TEST(page().find(helped) != std::string::npos, page());
    // It left, and joined again: what was measured then is no more of this change.
    world.transactions.push_back(world.transactions[0]);
    world.transactions[1].id = "8";
    world.transactions[1].started = noon(40);
    world.transactions[1].ended = noon(41);
    const auto first = renderExplanation(world, world.transactions[0], plain);
    BOOST_TEST(first.find("What came of it") == std::string::npos, first);
    BOOST_TEST(page().find(helped) != std::string::npos, page());
    world.transactions[1].kind = "release";
    BOOST_TEST(page().find("Measured") == std::string::npos, page());
}

BOOST_AUTO_TEST_CASE(why_a_change_was_rolled_back_is_said_in_its_place_and_at_the_end) {
    auto world = explained();
    const auto why = world.transactions[0].reason;
    world.events.clear();
    for (const std::string step :
         {"undoing", "rolled-back", "transaction 6 left no trace", "real3 is left alone for 10 min"})
        world.events.push_back({noon(23), "notice",
                                step == "undoing" || step == "rolled-back" ? "transaction-state" : "other",
                                "real3", "web", "", "6", step + ": " + why});
    const auto change = renderExplanation(world, world.transactions[0], plain);
    BOOST_TEST(change.find("  undoing: " + why + "\n") != std::string::npos, change);
    BOOST_TEST(change.find("  rolled-back\n") != std::string::npos, change);
    BOOST_TEST(change.find("  real3 is left alone for 10 min\n") != std::string::npos, change);
    BOOST_TEST(change.find("It ended after 3.0 s: " + why + ".\n") != std::string::npos, change);
    const auto pool = renderExplanation(world, world.pools[0], plan(), plain);
    BOOST_TEST(pool.find("left no trace: " + why + ".\n") != std::string::npos, pool);
    BOOST_TEST(pool.find("  transaction 6 left no trace\n") != std::string::npos, pool);
}

BOOST_AUTO_TEST_CASE(until_when_a_pool_cools_down_is_said_once) {
    auto world = explained();
    auto& pool = world.pools[0];
    pool.cooldownUntil = noon(75);
    auto nothing = vain(world);
    BOOST_TEST(renderExplanation(world, pool, nothing, plain).find("Its cooldown ends at") !=
               std::string::npos);
    nothing.reason = "nothing: pool web is full; but cooldown until 12:01:15Z after it grew";
    BOOST_TEST(renderExplanation(world, pool, nothing, plain).find("Its cooldown ends at") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_be_taken_is_told_once) {
    const auto world = explained();
    Answer nobody;
    nobody.intent = "allocate";
    nobody.reason =
        "allocate: pool web is full; but no server can join pool web: of 1, 1 is down; real4: it is down";
    nobody.refusals = {{"real4", "it is down"}};
    const auto screen = renderExplanation(world, world.pools[0], nobody, plain);
    BOOST_TEST(
        screen.find("It should grow, but nobody can join it: pool web is full; but no server can join pool "
                    "web: of 1, 1 is down.\n") != std::string::npos,
        screen);
    BOOST_TEST(screen.find("  real4      it is down\n") != std::string::npos, screen);
}

BOOST_AUTO_TEST_CASE(a_held_pool_is_explained_with_what_its_resuming_would_begin) {
    auto world = explained();
    world.events.push_back({noon(50), "notice", "transaction-state", "", "web", "", "7", "locking: on f5-1"});
    Answer held;
    held.intent = "nothing";
    held.reason =
        "it is held by an operator: nothing is done until it is resumed; then nothing: pool web is normal";
    const auto screen = renderExplanation(world, world.pools[0], held, plain);
    BOOST_TEST(
        screen.find(
            "Nothing is done: it is held by an operator until it is resumed; even then nothing would be: "
            "pool web is normal.\n") != std::string::npos,
        screen);
    BOOST_TEST(screen.find("locking") == std::string::npos, screen);
    BOOST_TEST(renderExplanation(world, world.transactions[1], plain).find("locking") != std::string::npos);
}
