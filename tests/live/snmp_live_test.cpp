#define BOOST_TEST_MODULE snmp_live
#include "live/snmp_asking.hpp"
#include "snmp/notification_receiver.hpp"
#include "snmp/usm_peer.hpp"

#include <cstdlib>
#include <map>
#include <thread>

using namespace headgate;
using namespace headgate::snmp;
using namespace headgate::test;
using namespace std::chrono_literals;

namespace {

const Oid sysDescr = Oid::of("1.3.6.1.2.1.1.1.0");
const Oid sysUpTime = Oid::of("1.3.6.1.2.1.1.3.0");
const Oid sysContact = Oid::of("1.3.6.1.2.1.1.4.0");
const Oid system1 = Oid::of("1.3.6.1.2.1.1");
const Oid nothing = Oid::of("1.3.6.1.2.1.1.99.0");

struct Field : Asking {
    SnmpAgent agent;
    Field() { untilUp(agent); }
};

}

BOOST_FIXTURE_TEST_SUITE(asking, Field)

BOOST_AUTO_TEST_CASE(v2c_get_gives_values_in_the_order_asked_and_names_what_is_missing) {
    const auto reply = get(target(agent.address(), community("public")), {sysUpTime, nothing, sysDescr});
    BOOST_REQUIRE(reply);
    BOOST_REQUIRE_EQUAL(reply.varbinds.size(), 3U);
    BOOST_TEST(std::holds_alternative<TimeTicks>(reply.varbinds[0].value));
    BOOST_TEST(isMissing(reply.varbinds[1].value));
    BOOST_TEST(textOf(reply.varbinds[2].value).value_or("").starts_with("Linux"));
    BOOST_TEST(!reply.engine);
}

BOOST_AUTO_TEST_CASE(a_walk_stays_in_its_subtree_and_is_in_order) {
    for (const auto& credentials : {community("public"), Credentials::make(user("ape"))}) {
        const auto whom = target(agent.address(), credentials);
        const auto reply = wait([&](OnReply done) { client.walk(whom, system1, {}, std::move(done)); });
        BOOST_REQUIRE(reply);
        BOOST_TEST(reply.varbinds.size() > 10U);
        for (std::size_t i = 0; i < reply.varbinds.size(); ++i) {
            BOOST_TEST(system1.isPrefixOf(reply.varbinds[i].name));
            if (i > 0) BOOST_TEST((reply.varbinds[i - 1].name < reply.varbinds[i].name));
        }
        BOOST_TEST(!reply.truncated);
    }
}

BOOST_AUTO_TEST_CASE(a_walk_stops_at_its_limit_of_rows_and_says_so) {
    const auto whom = target(agent.address(), community("public"));
    const auto some = wait([&](OnReply done) {
        client.walk(whom, system1, {.rows = 5, .time = 10s, .repetitions = 2}, std::move(done));
    });
    BOOST_REQUIRE(some);
    BOOST_TEST(some.varbinds.size() == 5U);
    BOOST_TEST(some.truncated);
}

BOOST_AUTO_TEST_CASE(every_security_level_and_digest_works_and_tells_the_engine) {
    struct Case {
        UserCredentials user;
        bool engineTold;
    };
    const Case cases[] = {{user("ape"), true},
                          {user("gnu", SecurityLevel::authNoPriv, AuthProtocol::sha1), true},
                          {user("yak", SecurityLevel::authPriv, AuthProtocol::sha512), true}};
    for (const auto& one : cases) {
        const auto reply = get(target(agent.address(), Credentials::make(one.user)), {sysDescr});
        BOOST_REQUIRE_MESSAGE(reply, one.user.user << ": " << why(reply));
        BOOST_TEST(textOf(reply.varbinds.at(0).value).has_value());
        BOOST_REQUIRE_EQUAL(reply.engine.has_value(), one.engineTold);
        BOOST_TEST(reply.engine->boots >= 1U);
        BOOST_TEST(reply.engine->id.size() >= 5U);
    }
}

BOOST_AUTO_TEST_CASE(credentials_that_do_not_fit_are_named_after_the_agents_report) {
    auto wrongAuth = user("ape");
    wrongAuth.authPassword = Secret("not-the-password");
    auto wrongPriv = user("ape");
    wrongPriv.privPassword = Secret("not-the-password");
    struct Case {
        UserCredentials user;
        Failure::Kind kind;
        std::string words;
    };
    const Case cases[] = {
        {wrongAuth, Failure::Kind::authentication, "usmStatsWrongDigests"},
        {user("nobody"), Failure::Kind::authentication, "usmStatsUnknownUserNames"},
        {user("gnu", SecurityLevel::authPriv, AuthProtocol::sha1), Failure::Kind::authentication,
         "usmStatsUnsupportedSecLevels"},
        {wrongPriv, Failure::Kind::timeout, "privacy password"},
    };
    for (const auto& one : cases) {
        const auto reply = get(target(agent.address(), Credentials::make(one.user), 500ms, 1), {sysDescr});
        BOOST_REQUIRE(!reply);
        BOOST_TEST_CONTEXT(reply.failure->text) {
            BOOST_TEST((reply.failure->kind == one.kind));
            BOOST_TEST(reply.failure->text.find(one.words) != std::string::npos);
            BOOST_TEST(reply.failure->text.find("not-the-password") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(one_targets_wrong_password_does_not_spoil_anothers_right_one) {
    auto wrong = user("ape");
    wrong.authPassword = Secret("not-the-password");
    const auto good = target(agent.address(), Credentials::make(user("ape")));
    const auto bad = target(agent.address(), Credentials::make(wrong));
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(bool(get(good, {sysDescr})));
        BOOST_TEST(!get(bad, {sysDescr}));
    }
}

BOOST_AUTO_TEST_CASE(a_restarted_agent_answers_the_first_question_and_its_boots_grew) {
    const auto whom = target(agent.address(), Credentials::make(user("ape")), 500ms, 40);
    const auto before = get(whom, {sysDescr});
    BOOST_REQUIRE(before);
    agent.stop();
    agent.start();
    const auto after = get(whom, {sysDescr});
    BOOST_REQUIRE_MESSAGE(after, why(after));
    BOOST_TEST(after.engine->boots > before.engine->boots);
    BOOST_TEST(after.engine->id == before.engine->id);
}

BOOST_AUTO_TEST_CASE(an_agent_that_lost_its_engine_is_found_again) {
    const auto whom = target(agent.address(), Credentials::make(user("ape")), 500ms, 40);
    const auto before = get(whom, {sysDescr});
    BOOST_REQUIRE(before);
    agent.stop();
    agent.forget();
    agent.start();
    const auto after = get(whom, {sysDescr});
    BOOST_REQUIRE_MESSAGE(after, why(after));
    BOOST_TEST(after.engine->id != before.engine->id);
    BOOST_TEST(bool(get(whom, {sysDescr})));
}

/// As when one of the two was set, or slept: RFC 3414 §3.2 step 7 a is the agent's to judge.
BOOST_AUTO_TEST_CASE(an_agent_whose_clock_is_far_from_ours_is_asked_again_in_its_own_time) {
    struct Jumping final : base::Clock {
        base::SteadyWallClock steady;
        base::Duration jump{};
        base::Instant now() const override { return steady.now() + jump; }
    } jumping;
    std::vector<EngineChange> changes;
    Client::Options options;
    options.onEngineChange = [&](const TargetPtr&, const EngineChange& change) { changes.push_back(change); };
    Client other(loop, jumping, options);
    const auto whom = target(agent.address(), Credentials::make(user("ape")));
    const auto asked = [&] {
        return wait([&](OnReply done) { other.get(whom, {sysDescr}, std::move(done)); });
    };
    BOOST_REQUIRE(asked()); // it is known now
    jumping.jump = 4000s;
    const auto ahead = asked();
    BOOST_REQUIRE_MESSAGE(ahead, why(ahead));
    BOOST_TEST(ahead.requests == 2U, "the first was outside its window");
    BOOST_TEST_REQUIRE(changes.size() == 1U);
    BOOST_TEST((changes[0].kind == EngineChange::Kind::timeJumped));
    BOOST_TEST(std::abs(changes[0].seconds + 4000) < 60);
    for (const auto jump : {0s, -4000s, 0s}) {
        jumping.jump = jump;
        const auto reply = asked();
        BOOST_TEST(bool(reply), why(reply));
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_big_for_an_agent_is_told_and_less_of_it_is_answered) {
    SnmpAgent small("[snmp] sendMessageMaxSize 484\nsyscontact " + std::string(200, 'x') + "\n");
    untilUp(small);
    for (const auto& credentials : {community("public"), Credentials::make(user("ape"))}) {
        const auto whom = target(small.address(), credentials);
        const auto all = get(whom, std::vector<Oid>(4, sysContact));
        BOOST_REQUIRE(!all);
        BOOST_TEST((all.failure->kind == Failure::Kind::refused));
        BOOST_TEST(all.failure->errorStatus == 1, "tooBig, RFC 3416 §3");
        const auto one = get(whom, {sysContact});
        BOOST_TEST(bool(one), why(one));
    }
}

BOOST_AUTO_TEST_CASE(set_changes_a_value_and_a_refusal_names_the_object) {
    const auto whom = target(agent.address(), Credentials::make(user("ape")));
    const auto done = wait([&](OnReply answered) {
        client.set(whom, {{sysContact, Octets{"the operators"}}}, std::move(answered));
    });
    BOOST_REQUIRE_MESSAGE(done, why(done));
    BOOST_TEST(textOf(get(whom, {sysContact}).varbinds.at(0).value).value_or("") == "the operators");
    const auto refused = wait([&](OnReply answered) {
        client.set(whom, {{sysUpTime, TimeTicks{1}}}, std::move(answered));
    });
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.failure->kind == Failure::Kind::refused));
    BOOST_TEST(refused.failure->errorIndex == 1U);
    BOOST_TEST(refused.failure->text.find("notWritable") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_dead_agent_delays_nobody_else) {
    const auto dead = target("127.0.0.1:" + std::to_string(freeUdpPort()), community("public"), 700ms, 2);
    const auto silent =
        target("127.0.0.1:" + std::to_string(freeUdpPort()), Credentials::make(user("ape")), 700ms, 2);
    const auto alive = target(agent.address(), community("public"));
    std::optional<Reply> fromDead;
    std::optional<Reply> fromSilent;
    client.get(dead, {sysUpTime}, [&](Reply reply) { fromDead = std::move(reply); });
    client.get(silent, {sysUpTime}, [&](Reply reply) { fromSilent = std::move(reply); });
    const auto lively = get(alive, {sysUpTime});
    BOOST_TEST(bool(lively));
    BOOST_TEST((!fromDead && !fromSilent));
    const auto tick = loop.every(20ms, [&] {
        if (fromDead && fromSilent) loop.stop();
    });
    const auto limit = loop.after(20s, [&] { loop.stop(); });
    loop.run();
    BOOST_REQUIRE(fromDead);
    BOOST_REQUIRE(fromSilent);
    BOOST_TEST((fromDead->failure->kind == Failure::Kind::unreachable));
    BOOST_TEST(fromDead->failure->text.find("refused") != std::string::npos);
    BOOST_TEST((fromDead->took >= 2s));
}

BOOST_AUTO_TEST_CASE(a_thousand_questions_at_once_are_all_answered) {
    // They do not fit into the agent's receive buffer: on a busy machine it takes some 250 a time.
    const auto v2 = target(agent.address(), community("public"), 2s, 12);
    const auto v3 = target(agent.address(), Credentials::make(user("ape")), 2s, 12);
    int answers = 0;
    int failures = 0;
    const auto count = [&](Reply reply) {
        (reply ? answers : failures)++;
        if (answers + failures == 1000) loop.stop();
    };
    for (int i = 0; i < 500; ++i) {
        client.get(v2, {sysUpTime}, count);
        client.get(v3, {sysUpTime}, count);
    }
    const auto limit = loop.after(30s, [&] { loop.stop(); });
    loop.run();
    BOOST_TEST(answers == 1000);
    BOOST_TEST(client.counters().strays == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

const std::string rising = "1.3.6.1.2.1.88.2.0.2";
const std::string engineHex = "80007ed905aabbccdd";

std::string fromHex(const std::string& text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); i += 2)
        octets += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
    return octets;
}

/// A receiver on a loop of its own thread's, and the tools that send to it.
struct Hearing {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    TemporaryFolder folder;
    std::vector<Notification> heard;
    std::unique_ptr<NotificationReceiver> receiver;

    Hearing() { open(); }

    void open() {
        receiver.reset();
        receiver = std::make_unique<NotificationReceiver>(
            loop, clock,
            NotificationReceiver::Options{
                {*Endpoint::parse("127.0.0.1:0")}, folder.path() / "engine", 1 << 20},
            [this](const Notification& notification) { heard.push_back(notification); });
        receiver->trust({{Secret("public")},
                         {Credentials::make(user("ape"))},
                         {{fromHex(engineHex), Credentials::make(user("ape")), {3, 90, clock.now()}}}});
    }

    std::string address() const { return receiver->addresses().at(0).print(); }

    /// Runs the tool while the receiver hears; its exit code.
    int send(std::vector<std::string> command) {
        int code = -1;
        std::thread tool([&] {
            code = runTool(command);
            // What a trap sender has sent is in the socket by now; the loop reads it before it stops.
            loop.post([this] { loop.post([this] { loop.stop(); }); });
        });
        const auto tick = loop.every(10ms, [] {});
        loop.run();
        tool.join();
        return code;
    }

    /// Until something more is heard, or the time is up.
    void listen(std::size_t count, base::Duration most = 10s) {
        if (heard.size() >= count) return;
        const auto tick = loop.every(5ms, [&] {
            if (heard.size() >= count) loop.stop();
        });
        const auto limit = loop.after(most, [&] { loop.stop(); });
        loop.run();
    }

    std::vector<std::string> v3(const std::string& tool, std::vector<std::string> more,
                                const std::string& password = SnmpAgent::authPassword) {
        std::vector<std::string> command{tool,     "-v",       "3",   "-u",      "ape",
                                         "-l",     "authPriv", "-a",  "SHA-256", "-A",
                                         password, "-x",       "AES", "-X",      SnmpAgent::privPassword};
        command.insert(command.end(), more.begin(), more.end());
        command.insert(command.end(), {address(), "4200", rising, "1.3.6.1.2.1.88.2.1.5.0", "i", "900"});
        return command;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(hearing, Hearing)

BOOST_AUTO_TEST_CASE(a_v2c_trap_is_heard_and_is_not_authenticated) {
    BOOST_TEST(send({"snmptrap", "-v", "2c", "-c", "public", address(), "4200", rising,
                     "1.3.6.1.6.3.18.1.3.0", "a", "192.0.2.7"}) == 0);
    listen(1);
    BOOST_REQUIRE_EQUAL(heard.size(), 1U);
    BOOST_TEST((heard[0].version == Notification::Version::v2c));
    BOOST_TEST(!heard[0].authenticated);
    BOOST_TEST(heard[0].trapOid.print() == rising);
    BOOST_TEST(heard[0].uptime.value_or(0) == 4200U);
    BOOST_TEST(heard[0].trapAddress.value_or("") == "192.0.2.7");
    BOOST_TEST(heard[0].source.printAddress() == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_v1_trap_is_mapped_to_v2_and_keeps_its_agent_address) {
    BOOST_TEST(send({"snmptrap", "-v", "1", "-c", "public", address(), "1.3.6.1.4.1.8072.4", "192.0.2.9", "6",
                     "17", "55", "1.3.6.1.2.1.1.1.0", "s", "x"}) == 0);
    BOOST_TEST(send({"snmptrap", "-v", "1", "-c", "public", address(), "1.3.6.1.4.1.8072.4", "192.0.2.9", "2",
                     "0", "55"}) == 0);
    listen(2);
    BOOST_REQUIRE_EQUAL(heard.size(), 2U);
    BOOST_TEST(heard[0].trapOid.print() == "1.3.6.1.4.1.8072.4.0.17");
    BOOST_TEST(heard[0].agentAddress.value_or("") == "192.0.2.9");
    BOOST_TEST(heard[0].uptime.value_or(0) == 55U);
    BOOST_TEST(heard[1].trapOid.print() == "1.3.6.1.6.3.1.1.5.3");
}

BOOST_AUTO_TEST_CASE(a_wrong_community_is_counted_and_not_heard) {
    send({"snmptrap", "-v", "2c", "-c", "private", address(), "1", rising});
    BOOST_TEST(send({"snmptrap", "-v", "2c", "-c", "public", address(), "1", rising}) == 0);
    listen(1);
    BOOST_TEST(heard.size() == 1U);
    BOOST_TEST(receiver->counters().unknownCommunity == 1U);
}

BOOST_AUTO_TEST_CASE(informs_are_answered_so_that_the_tool_is_content) {
    BOOST_TEST(send({"snmpinform", "-v", "2c", "-c", "public", "-t", "5", address(), "4200", rising}) == 0);
    BOOST_TEST(send(v3("snmpinform", {"-t", "5"})) == 0);
    listen(2);
    BOOST_REQUIRE_EQUAL(heard.size(), 2U);
    BOOST_TEST((heard[1].kind == Notification::Kind::inform));
    BOOST_TEST(heard[1].authenticated);
    BOOST_TEST((heard[1].level == SecurityLevel::authPriv));
    BOOST_TEST(heard[1].user == "ape");
    BOOST_TEST(heard[1].engineId.empty());
    BOOST_TEST(numberOf(heard[1].varbinds.at(0).value).value_or(0) == 900);
}

BOOST_AUTO_TEST_CASE(a_v3_inform_with_a_wrong_password_is_refused_and_not_heard) {
    BOOST_TEST(send(v3("snmpinform", {"-t", "1", "-r", "1"}, "not-the-password")) != 0);
    BOOST_TEST(heard.empty());
    BOOST_TEST(receiver->counters().wrongDigest >= 1U);
}

BOOST_AUTO_TEST_CASE(v3_traps_are_heard_from_engines_named_before_and_from_no_other) {
    BOOST_TEST(send(v3("snmptrap", {"-e", engineHex, "-Z", "3,100"})) == 0);
    listen(1);
    BOOST_REQUIRE_EQUAL(heard.size(), 1U);
    BOOST_TEST(heard[0].engineId == fromHex(engineHex));
    BOOST_TEST(heard[0].authenticated);
    send(v3("snmptrap", {"-e", "80007ed90511223344", "-Z", "3,100"}));
    send(v3("snmptrap", {"-e", engineHex, "-Z", "2,100"})); // boots that went back: an old one played again
    BOOST_TEST(send({"snmptrap", "-v", "2c", "-c", "public", address(), "1", rising}) == 0);
    listen(2);
    BOOST_TEST(heard.size() == 2U);
    BOOST_TEST(receiver->counters().unknownEngine == 1U);
    BOOST_TEST(receiver->counters().notInTimeWindow == 1U);
}

BOOST_AUTO_TEST_CASE(the_engine_survives_a_restart_with_one_boot_more) {
    const auto id = receiver->engineId();
    const auto boots = receiver->engineBoots();
    open();
    BOOST_TEST(receiver->engineId() == id);
    BOOST_TEST(receiver->engineBoots() == boots + 1);
    BOOST_TEST(send(v3("snmpinform", {"-t", "5"})) == 0);
}

BOOST_AUTO_TEST_CASE(an_snmpd_that_sends_informs_goes_on_after_the_receiver_restarted) {
    auto free = address();
    // snmpd sends coldStart when it starts and authenticationFailure for a wrong community.
    const auto session = "trapsess -Ci -v 3 -u ape -l authPriv -a SHA-256 -A " +
                         std::string(SnmpAgent::authPassword) + " -x AES -X " + SnmpAgent::privPassword +
                         " -r 3 -t 1 " + free + "\nauthtrapenable 1\n";
    SnmpAgent agent(session);
    listen(1, 20s);
    BOOST_REQUIRE(!heard.empty());
    BOOST_TEST(heard[0].trapOid.print() == "1.3.6.1.6.3.1.1.5.1");
    const auto before = heard.size();
    const auto port = receiver->addresses().at(0);
    receiver.reset();
    receiver = std::make_unique<NotificationReceiver>(
        loop, clock, NotificationReceiver::Options{{port}, folder.path() / "engine", 1 << 20},
        [this](const Notification& notification) { heard.push_back(notification); });
    receiver->trust({{}, {Credentials::make(user("ape"))}, {}});
    std::thread provoke([&] {
        runTool({"snmpget", "-v", "2c", "-c", "wrong", "-t", "1", "-r", "0", agent.address(),
                 "1.3.6.1.2.1.1.3.0"});
    });
    listen(before + 1, 20s);
    provoke.join();
    BOOST_TEST(heard.size() > before);
}

BOOST_AUTO_TEST_SUITE_END()
