#include "base/event_loop.hpp"
#include "sending.hpp"
#include "snmp/client.hpp"
#include "snmp/error.hpp"
#include "snmp/notification_receiver.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/walk.hpp"
#include "support/descriptors.hpp"
#include "support/ipv6.hpp"
#include "usm_parts.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>

#include <deque>
#include <set>

using namespace headgate;
using namespace headgate::snmp;
using headgate::snmp::test::Sending;
using namespace std::chrono_literals;

namespace {

const Oid table = Oid::of("1.3.6.1.4.1.32473.1");

/// A walk whose questions are answered by hand.
struct Answers {
    base::Instant now{};
    std::deque<std::vector<Varbind>> batches;
    std::vector<Pdu> asked;
    std::optional<Reply> result;
    std::optional<Failure> atEnd; ///< instead of a batch, when there are no more
    int tooBigFor = 0;            ///< so many questions at the beginning

    void run(const WalkLimits& limits = {}) {
        std::deque<OnReply> open;
        Walk::start(
            [&](Pdu pdu, OnReply done) {
                asked.push_back(std::move(pdu));
                open.push_back(std::move(done));
            },
            [&] { return now; }, table, limits, [&](Reply reply) { result = std::move(reply); });
        while (!open.empty() && (!batches.empty() || atEnd)) {
            auto done = std::move(open.front());
            open.pop_front();
            Reply reply;
            reply.requests = 2;
            if (tooBigFor-- > 0) {
                reply.failure = Failure{Failure::Kind::refused, "too big", 1, 0};
                done(std::move(reply));
                continue;
            }
            if (batches.empty()) {
                reply.failure = std::exchange(atEnd, std::nullopt);
                done(std::move(reply));
                continue;
            }
            reply.varbinds = std::move(batches.front());
            batches.pop_front();
            now += 1s;
            done(std::move(reply));
        }
    }
    static Varbind row(std::uint32_t index) { return {table + index, Integer{1}}; }
};

/// An agent of the test's own, on the client's loop: hears a question and answers what the test says.
struct Agent {
    explicit Agent(const char* address = "127.0.0.1:0")
        : socket(*Endpoint::parse(address), 1 << 16) {}

    UdpSocket socket;
    BerWriter out;
    base::EventLoop::Handle watch;
    std::vector<Pdu> heard;
    std::vector<std::pair<int, std::string>> asWhom; ///< version and community of each
    Endpoint client;

    void onQuestion(base::EventLoop& loop, std::function<void(const Pdu&)> act) {
        watch = loop.whenReadable(socket.descriptor(), [this, act = std::move(act)] {
            socket.receive([&](const Endpoint& source, const Endpoint&, Bytes datagram) {
                const auto message = readCommunityMessage(datagram);
                BerReader in(message->pdu);
                heard.push_back(*readPdu(in));
                asWhom.emplace_back(message->version, message->community);
                client = source;
                act(heard.back());
            });
        });
    }
    void answer(Pdu pdu, UdpSocket* from = nullptr) {
        pdu.type = PduType::response;
        for (auto& varbind : pdu.varbinds)
            varbind.value = Integer{42};
        send(pdu, from);
    }
    void send(const Pdu& pdu, UdpSocket* from = nullptr) {
        out.clear();
        const auto& [version, community] = asWhom.back();
        writeCommunityMessage(out, version, community, pdu);
        (from ? *from : socket).send(client, out.bytes());
    }
};

struct Asking {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    Client client{loop, clock};
    Agent agent;
    std::optional<Reply> got;
    /// What came of a Question; ends the loop when as many have come as are waited for.
    struct Polled final : PollListener {
        base::EventLoop& loop;
        std::size_t wanted;
        std::vector<TargetPtr> targets{};
        QuestionPtr question = std::make_shared<const Question>(std::vector<Oid>{table + 1U});
        std::vector<std::optional<std::chrono::microseconds>> took{};
        std::vector<std::string> failures{};

        Polled(base::EventLoop& stopped, std::size_t count)
            : loop(stopped)
            , wanted(count) {}
        void onPollReply(const PollReply& reply) override {
            took.push_back(reply.took);
            failures.push_back(reply.failure ? reply.failure->text : "");
            if (!reply.failure) BOOST_TEST(reply.cells.size() == question->names().size());
            if (took.size() == wanted) loop.stop();
        }
    };

    static CredentialsPtr community(const std::string& name,
                                    CommunityVersion version = CommunityVersion::v2c) {
        return Credentials::make(CommunityCredentials{Secret(name), version});
    }
    std::shared_ptr<Polled> poll(std::vector<TargetPtr> targets, const QuestionPtr& question = nullptr) {
        const auto polled = std::make_shared<Polled>(loop, targets.size());
        polled->targets = std::move(targets);
        if (question) polled->question = question;
        client.hold();
        for (const auto& target : polled->targets)
            client.poll(target, polled->question, polled);
        client.flush();
        const auto limit = loop.after(20s, [this] { loop.stop(); });
        loop.run();
        BOOST_TEST_REQUIRE(polled->took.size() == polled->wanted);
        return polled;
    }
    TargetPtr target(const CredentialsPtr& credentials, base::Duration timeout = 5s, int retries = 1) {
        return makeTarget({agent.socket.local(), credentials, timeout, retries});
    }

    void ask(base::Duration timeout, int retries) { ask(agent, timeout, retries); }

    void ask(const Agent& whom, base::Duration timeout, int retries) {
        const auto target =
            makeTarget({whom.socket.local(), Credentials::make(CommunityCredentials{Secret("public")}),
                        timeout, retries});
        client.get(target, {table + 1U}, [this](Reply reply) {
            got = std::move(reply);
            loop.stop();
        });
        const auto limit = loop.after(20s, [this] { loop.stop(); });
        loop.run();
        BOOST_REQUIRE(got.has_value());
    }
};

}

BOOST_AUTO_TEST_SUITE(walks)

BOOST_AUTO_TEST_CASE(a_walk_goes_on_from_its_last_row_to_the_end_of_its_subtree) {
    Answers agent;
    agent.batches = {{agent.row(1), agent.row(2)},
                     {agent.row(5), {Oid::of("1.3.6.1.4.1.32473.2"), Integer{1}}}};
    agent.run();
    BOOST_REQUIRE(agent.result.has_value());
    BOOST_TEST(agent.result->varbinds.size() == 3U);
    BOOST_TEST(!agent.result->truncated);
    BOOST_TEST((agent.asked.at(1).varbinds.at(0).name == table + 2U));
}

BOOST_AUTO_TEST_CASE(without_repetitions_it_goes_row_by_row_until_there_is_no_such_name) {
    Answers agent;
    agent.batches = {{agent.row(1)}, {agent.row(4)}};
    agent.atEnd = Failure{Failure::Kind::refused, "no such name", 2, 1};
    agent.run({.repetitions = 0});
    BOOST_REQUIRE(agent.result.has_value());
    BOOST_TEST(bool(*agent.result));
    BOOST_TEST(agent.result->varbinds.size() == 2U);
    BOOST_TEST(agent.asked.size() == 3U);
    for (const auto& pdu : agent.asked)
        BOOST_TEST((pdu.type == PduType::getNext && pdu.errorIndex == 0));
}

BOOST_AUTO_TEST_CASE(a_walk_tells_what_it_took_and_how_much_the_agent_answers_at_a_time) {
    Answers agent;
    agent.tooBigFor = 2;
    agent.batches = {{agent.row(1)}, {{table, EndOfMibView{}}}};
    agent.run({.repetitions = 25});
    BOOST_REQUIRE(agent.result.has_value());
    BOOST_TEST(agent.result->repetitions == 6U);
    BOOST_TEST(agent.result->requests == 8U, "four questions, each asked twice");
}

BOOST_AUTO_TEST_CASE(an_agent_that_walks_in_a_circle_is_found_out) {
    for (const std::uint32_t next : {2U, 1U}) {
        Answers agent;
        agent.batches = {{agent.row(1), agent.row(2)}, {agent.row(next)}};
        agent.run();
        BOOST_REQUIRE(agent.result.has_value());
        BOOST_REQUIRE(agent.result->failure.has_value());
        BOOST_TEST((agent.result->failure->kind == Failure::Kind::malformed));
        BOOST_TEST(agent.result->varbinds.size() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(the_limits_of_rows_and_time_hold_and_are_told) {
    Answers rows;
    rows.batches = {{rows.row(1), rows.row(2)}, {rows.row(3), rows.row(4)}};
    rows.run({.rows = 3});
    BOOST_TEST(rows.result->varbinds.size() == 3U);
    BOOST_TEST(rows.result->truncated);

    Answers exact;
    exact.batches = {{exact.row(1), exact.row(2)}, {{table, EndOfMibView{}}}};
    exact.run({.rows = 2});
    BOOST_TEST(exact.result->varbinds.size() == 2U);
    BOOST_TEST(!exact.result->truncated);

    Answers slow;
    slow.batches = {{slow.row(1)}, {slow.row(2)}, {slow.row(3)}};
    slow.run({.time = 2s});
    BOOST_TEST(slow.result->varbinds.size() == 2U);
    BOOST_TEST(slow.result->truncated);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(clients, Asking)

BOOST_AUTO_TEST_CASE(a_lost_question_is_asked_again_with_the_same_id) {
    agent.onQuestion(loop, [&](const Pdu& pdu) {
        if (agent.heard.size() == 3) agent.answer(pdu);
    });
    ask(100ms, 5);
    BOOST_TEST(bool(*got));
    BOOST_TEST(agent.heard.size() == 3U);
    BOOST_TEST(agent.heard[0].requestId == agent.heard[2].requestId);
    BOOST_TEST(client.counters().retried == 2U);
    BOOST_TEST(got->requests == 3U);
}

BOOST_AUTO_TEST_CASE(an_answer_from_elsewhere_or_with_another_id_is_not_believed) {
    UdpSocket stranger(*Endpoint::parse("127.0.0.1:0"), 1 << 16);
    UdpSocket otherAddress(*Endpoint::parse("127.0.0.9", agent.socket.local().port), 1 << 16);
    agent.onQuestion(loop, [&](const Pdu& pdu) {
        agent.answer(pdu, &stranger);
        agent.answer(pdu, &otherAddress);
        auto other = pdu;
        ++other.requestId;
        agent.answer(other);
        const std::uint8_t garbage[] = {0x30, 0x82, 0xff, 0xff, 0x02};
        agent.socket.send(agent.client, garbage);
    });
    ask(200ms, 0);
    BOOST_REQUIRE(!*got);
    BOOST_TEST((got->failure->kind == Failure::Kind::timeout));
    BOOST_TEST(client.counters().strays == 3U);
    BOOST_TEST(client.counters().malformed == 1U);
}

/// Its request id, inside, is right; so is the digest.
BOOST_AUTO_TEST_CASE(an_answer_over_v3_with_another_message_id_is_not_believed) {
    usm_parts::Engine engine;
    std::int32_t offset = 0;
    const auto watch = loop.whenReadable(agent.socket.descriptor(), [&] {
        agent.socket.receive([&](const Endpoint& source, const Endpoint&, Bytes datagram) {
            const auto asked = *readV3Message(datagram);
            if (asked.engineId.empty()) {
                const Pdu report{
                    PduType::report, 0, 0, 0, {{counterOf(Report::unknownEngine), Counter32{1}}}};
                agent.socket.send(source, engine.say(SecurityLevel::noAuthNoPriv, report, asked.id));
                return;
            }
            auto pdu = openScopedPdu(asked, localize(engine.credentials->keys(), engine.engineId))->pdu;
            pdu.type = PduType::response;
            agent.socket.send(source, engine.say(asked.level, pdu, asked.id + offset));
        });
    });
    const auto polled = [&] { return poll({target(engine.credentials, 200ms, 0)})->failures[0]; };
    BOOST_TEST(polled() == "");
    BOOST_TEST(client.counters().strays == 0U);
    offset = 1;
    BOOST_TEST(polled() != "");
    BOOST_TEST(client.counters().strays == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_about_other_objects_is_malformed) {
    agent.onQuestion(loop, [&](Pdu pdu) {
        pdu.varbinds[0].name = table + 2U;
        agent.answer(pdu);
    });
    ask(5s, 0);
    BOOST_REQUIRE(!*got);
    BOOST_TEST((got->failure->kind == Failure::Kind::malformed));
}

BOOST_AUTO_TEST_CASE(a_late_and_doubled_answer_hurts_nobody) {
    agent.onQuestion(loop, [&](const Pdu& pdu) {
        if (agent.heard.size() < 2) return;
        agent.answer(pdu);
        agent.answer(pdu);
    });
    ask(100ms, 3);
    BOOST_TEST(bool(*got));
    const auto until = loop.after(50ms, [&] { loop.stop(); });
    loop.run();
    BOOST_TEST(client.counters().strays == 1U);
}

BOOST_AUTO_TEST_CASE(an_agent_with_an_ipv6_address_is_asked_too,
                     *boost::unit_test::precondition(headgate::test::WithIpv6())) {
    Agent six("[::1]:0");
    six.onQuestion(loop, [&](const Pdu& pdu) { six.answer(pdu); });
    ask(six, 5s, 1);
    BOOST_TEST(bool(*got));
    BOOST_TEST(six.client.printAddress() == "::1");
    agent.onQuestion(loop, [&](const Pdu& pdu) { agent.answer(pdu); });
    const auto credentials = community("public");
    const auto polled = poll({makeTarget({six.socket.local(), credentials, 5s, 1}), target(credentials)});
    BOOST_TEST(polled->failures == std::vector<std::string>(2), boost::test_tools::per_element());
    BOOST_TEST(six.heard.size() == 2U);
    BOOST_TEST(agent.heard.size() == 1U);
}

/// As on a host without IPv6, and without needing one.
BOOST_AUTO_TEST_CASE(an_agent_for_which_there_is_no_socket_is_unreachable_and_says_why,
                     *boost::unit_test::precondition(headgate::test::WithoutDescriptors())) {
    rlimit usual{};
    BOOST_REQUIRE_EQUAL(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    const rlimit none{0, usual.rlim_max};
    const auto target = makeTarget(
        {*Endpoint::parse("[::1]:161"), Credentials::make(CommunityCredentials{Secret("public")}), 50ms, 1});
    ::setrlimit(RLIMIT_NOFILE, &none);
    client.get(target, {table + 1U}, [this](Reply reply) {
        got = std::move(reply);
        loop.stop();
    });
    const bool early = got.has_value();
    const auto limit = loop.after(20s, [this] { loop.stop(); });
    loop.run();
    ::setrlimit(RLIMIT_NOFILE, &usual);
    BOOST_TEST(!early);
    BOOST_REQUIRE(got.has_value());
    BOOST_REQUIRE(!*got);
    BOOST_TEST((got->failure->kind == Failure::Kind::unreachable));
    BOOST_TEST(got->failure->text.find("no UDP socket") != std::string::npos, got->failure->text);
    BOOST_TEST(got->failure->text.find("Too many open files") != std::string::npos, got->failure->text);

    agent.onQuestion(loop, [&](const Pdu& pdu) { agent.answer(pdu); });
    ask(5s, 1);
    BOOST_TEST(bool(*got));
}

BOOST_AUTO_TEST_CASE(an_error_status_names_its_object) {
    agent.onQuestion(loop, [&](Pdu pdu) {
        pdu.errorStatus = 5;
        pdu.errorIndex = 1;
        agent.answer(pdu);
    });
    ask(5s, 0);
    BOOST_REQUIRE(!*got);
    BOOST_TEST((got->failure->kind == Failure::Kind::refused));
    BOOST_TEST(got->failure->text.find("genErr (5) for " + (table + 1U).print()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_question_is_made_once_for_all_who_are_asked_with_one_community_and_version) {
    agent.onQuestion(loop, [&](const Pdu& pdu) { agent.answer(pdu); });
    const auto question = std::make_shared<const Question>(std::vector<Oid>{table + 1U, table + 2U});
    const auto made = [&](const std::vector<CredentialsPtr>& credentials) {
        const auto before = question.use_count();
        std::vector<TargetPtr> targets;
        for (int i = 0; i < 30; ++i)
            targets.push_back(target(credentials[static_cast<std::size_t>(i) % credentials.size()]));
        poll(std::move(targets), question);
        return question.use_count() - before; // a template keeps its question
    };
    const auto one = community("one");
    BOOST_TEST(made({one}) == 1);
    BOOST_TEST(made({one}) == 0);
    BOOST_TEST(made({one, community("two"), community("one", CommunityVersion::v1)}) == 2);
    using Whom = std::pair<int, std::string>;
    const std::set<Whom> all(agent.asWhom.begin(), agent.asWhom.end());
    BOOST_TEST((all == std::set<Whom>{{0, "one"}, {1, "one"}, {1, "two"}}));
    BOOST_TEST(agent.heard.size() == 90U);
    for (const auto& pdu : agent.heard)
        BOOST_TEST(
            (pdu.type == PduType::get && pdu.varbinds.size() == 2 && pdu.varbinds[1].name == table + 2U));
}

BOOST_AUTO_TEST_CASE(many_agents_are_asked_from_one_port) {
    std::deque<Agent> agents;
    std::vector<TargetPtr> targets;
    const auto credentials = community("public");
    for (int i = 0; i < 20; ++i) {
        auto& one = agents.emplace_back(("127.0.0." + std::to_string(i + 1) + ":0").c_str());
        one.onQuestion(loop, [&one](const Pdu& pdu) { one.answer(pdu); });
        targets.push_back(makeTarget({one.socket.local(), credentials, 5s, 1}));
    }
    const Sending sending; // from here on
    poll(targets);
    BOOST_TEST(sending.batches == std::vector<std::size_t>{20}, boost::test_tools::per_element());
    std::set<std::int32_t> ids;
    for (const auto& one : agents) {
        BOOST_TEST_REQUIRE(one.heard.size() == 1U);
        BOOST_TEST((one.client == agents.front().client));
        ids.insert(one.heard[0].requestId);
    }
    BOOST_TEST(ids.size() == agents.size());
}

BOOST_AUTO_TEST_CASE(a_round_trip_is_of_the_question_that_was_answered) {
    agent.onQuestion(loop, [&](const Pdu& pdu) { agent.answer(pdu); });
    const auto before = clock.now();
    const auto polled = poll({target(community("public"))});
    const auto passed = clock.now() - before;
    BOOST_TEST_REQUIRE(polled->took[0].has_value());
    BOOST_TEST((*polled->took[0] > 0us && *polled->took[0] <= passed + 2ms));
}

/// Karn: the answer to the first may come just after the second was sent.
BOOST_AUTO_TEST_CASE(of_a_question_that_was_asked_again_no_round_trip_is_told) {
    agent.onQuestion(loop, [&](const Pdu& pdu) {
        if (agent.heard.size() == 2) agent.answer(pdu);
    });
    const auto polled = poll({target(community("public"), 50ms, 2)});
    BOOST_TEST(polled->failures[0] == "");
    BOOST_TEST(!polled->took[0].has_value());
}

BOOST_AUTO_TEST_CASE(a_full_send_buffer_is_not_an_agent_that_cannot_be_reached) {
    agent.onQuestion(loop, [&](const Pdu& pdu) { agent.answer(pdu); });
    Sending sending;
    sending.error = EAGAIN;
    sending.refusals = 1'000'000;
    const auto polled = poll({target(community("public"), 50ms, 1)});
    BOOST_TEST(polled->failures[0] ==
               agent.socket.local().print() + " cannot be asked: this host's send buffer is full");
    BOOST_TEST(client.counters().sent == 0U);
}

BOOST_AUTO_TEST_CASE(a_try_that_found_the_send_buffer_full_is_not_the_reason_once_one_went_out) {
    agent.onQuestion(loop, [](const Pdu&) {});
    Sending sending;
    sending.error = ENOBUFS;
    sending.refusals = 6; // longer than it waits for room
    const auto polled = poll({target(community("public"), 50ms, 1)});
    BOOST_TEST(polled->failures[0].find("no answer from ") == 0U, polled->failures[0]);
    BOOST_TEST(client.counters().sent == 1U);
}

BOOST_AUTO_TEST_CASE(a_walk_over_v2c_is_by_getbulk_and_asks_for_half_when_the_agent_says_too_big) {
    agent.onQuestion(loop, [&](Pdu pdu) {
        pdu.type = PduType::response;
        const auto repetitions = std::exchange(pdu.errorIndex, 0);
        if (repetitions > 6) {
            pdu.errorStatus = 1; // tooBig, RFC 3416 §3
            return agent.send(pdu);
        }
        const auto last =
            pdu.varbinds[0].name.size() > table.size() ? pdu.varbinds[0].name.parts().back() : 0;
        pdu.varbinds.clear();
        for (std::uint32_t i = 1; i <= static_cast<std::uint32_t>(repetitions); ++i)
            pdu.varbinds.push_back(last + i <= 8 ? Varbind{table + (last + i), Integer{1}}
                                                 : Varbind{table + 8U, EndOfMibView{}});
        agent.send(pdu);
    });
    client.walk(target(community("public")), table, {.repetitions = 25}, [this](Reply reply) {
        got = std::move(reply);
        loop.stop();
    });
    const auto limit = loop.after(20s, [this] { loop.stop(); });
    loop.run();
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST(bool(*got));
    BOOST_TEST(got->varbinds.size() == 8U);
    std::vector<int> repetitions;
    for (const auto& pdu : agent.heard) {
        BOOST_TEST((pdu.type == PduType::getBulk && pdu.errorStatus == 0)); // no non-repeaters
        repetitions.push_back(pdu.errorIndex);
    }
    BOOST_TEST(repetitions == (std::vector<int>{25, 12, 6, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_walk_over_v1_is_by_getnext) {
    agent.onQuestion(loop, [&](Pdu pdu) {
        pdu.type = PduType::response;
        pdu.errorStatus = 2; // noSuchName: there is nothing behind
        pdu.errorIndex = 1;
        agent.send(pdu);
    });
    client.walk(target(community("public", CommunityVersion::v1)), table, {}, [this](Reply reply) {
        got = std::move(reply);
        loop.stop();
    });
    const auto limit = loop.after(20s, [this] { loop.stop(); });
    loop.run();
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST(bool(*got));
    BOOST_TEST_REQUIRE(agent.heard.size() == 1U);
    BOOST_TEST((agent.heard[0].type == PduType::getNext && agent.asWhom[0].first == 0));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(receivers)

BOOST_AUTO_TEST_CASE(garbage_costs_a_counter_and_the_next_trap_is_heard) {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    std::vector<Notification> heard;
    NotificationReceiver receiver(loop, clock, {{*Endpoint::parse("127.0.0.1:0")}, {}, 1 << 20},
                                  [&](const Notification& notification) {
                                      heard.push_back(notification);
                                      loop.stop();
                                  });
    UdpSocket sender(*Endpoint::parse("127.0.0.1:0"), 1 << 16);
    const auto to = receiver.addresses().at(0);
    const std::vector<std::vector<std::uint8_t>> garbage{{},
                                                         {0},
                                                         {0x30, 0x00},
                                                         {0x30, 0x84, 0xff, 0xff, 0xff, 0xff},
                                                         {0x30, 0x03, 0x02, 0x01, 0x01},
                                                         {0x30, 0x03, 0x02, 0x01, 0x03},
                                                         {0x30, 0x03, 0x02, 0x01, 0x09},
                                                         std::vector<std::uint8_t>(1400, 0xa5)};
    for (const auto& datagram : garbage)
        BOOST_TEST(sender.send(to, datagram) == 0);
    BerWriter out;
    writeCommunityMessage(out, 1, "any",
                          {PduType::trapV2,
                           1,
                           0,
                           0,
                           {{Oid::of("1.3.6.1.2.1.1.3.0"), TimeTicks{7}},
                            {Oid::of("1.3.6.1.6.3.1.1.4.1.0"), Oid::of("1.3.6.1.6.3.1.1.5.1")}}});
    sender.send(to, out.bytes());
    const auto limit = loop.after(20s, [&] { loop.stop(); });
    loop.run();
    BOOST_REQUIRE_EQUAL(heard.size(), 1U);
    BOOST_TEST(heard[0].trapOid.print() == "1.3.6.1.6.3.1.1.5.1");
    BOOST_TEST((heard[0].source == sender.local()));
    BOOST_TEST(receiver.counters().malformed == garbage.size());
    BOOST_TEST(receiver.counters().heard == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
