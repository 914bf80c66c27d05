#include "base/event_loop.hpp"
#include "snmp/agent.hpp"
#include "snmp/client.hpp"
#include "snmp/notification_receiver.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::snmp;
using namespace std::chrono_literals;

namespace {

const Oid scalar = Oid::of("1.3.6.1.4.1.32473.1");
const Oid column = Oid::of("1.3.6.1.4.1.32473.2.1.1");
const Oid other = Oid::of("1.3.6.1.4.1.32473.2.1.2");

Objects shown(std::uint32_t rows = 3) {
    Objects objects;
    objects.set(scalar, Octets{"one"});
    for (std::uint32_t row = 1; row <= rows; ++row) {
        objects.set(column, Oid{row}, Integer{static_cast<std::int32_t>(row)});
        objects.set(other, Oid{row}, Counter64{1ULL << 40});
    }
    return objects;
}

Pdu ask(PduType type, const std::vector<Oid>& names, std::int32_t nonRepeaters = 0,
        std::int32_t repetitions = 0) {
    Pdu pdu{type, 7, nonRepeaters, repetitions, {}};
    for (const auto& name : names)
        pdu.varbinds.push_back({name, Null{}});
    return pdu;
}

UserCredentials user(const char* auth = "authentic-words", const char* priv = "private-words") {
    UserCredentials given;
    given.user = "ape";
    given.authPassword = Secret(auth);
    given.privPassword = Secret(priv);
    return given;
}

CredentialsPtr community(const char* word) {
    return Credentials::make(CommunityCredentials{Secret(word)});
}

/// An agent and a manager on one loop.
struct Pair {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    Objects objects = shown(200);
    Agent agent{loop,
                clock,
                {*Endpoint::parse("127.0.0.1:0"), {Secret("word")}, {Credentials::make(user())}, {}},
                [this]() -> const Objects& { return objects; }};
    Client client{loop, clock};

    TargetPtr target(CredentialsPtr credentials) {
        return makeTarget({agent.address(), std::move(credentials), 300ms, 1});
    }
    template <typename Question>
    Reply wait(Question question) {
        std::optional<Reply> got;
        const auto limit = loop.after(20s, [&] { loop.stop(); });
        question([&](Reply reply) {
            got = std::move(reply);
            loop.stop();
        });
        loop.run();
        BOOST_REQUIRE(got);
        return *std::move(got);
    }
};

}

BOOST_AUTO_TEST_CASE(get_tells_what_is_not_there_from_what_cannot_be_there) {
    const auto objects = shown();
    const auto reply = answer(
        objects, ask(PduType::get, {scalar + 0U, scalar, column + 2U, column + 9U, Oid::of("1.3.6.1.9")}));
    BOOST_REQUIRE(reply);
    BOOST_TEST(reply->requestId == 7);
    BOOST_TEST((reply->varbinds[0].value == Value(Octets{"one"})));
    BOOST_TEST((reply->varbinds[1].value == Value(NoSuchInstance{})));
    BOOST_TEST((reply->varbinds[2].value == Value(Integer{2})));
    BOOST_TEST((reply->varbinds[3].value == Value(NoSuchInstance{})));
    BOOST_TEST((reply->varbinds[4].value == Value(NoSuchObject{})));
}

BOOST_AUTO_TEST_CASE(getnext_goes_from_one_to_the_next_and_over_the_end) {
    const auto objects = shown();
    Oid at{1};
    std::size_t seen = 0;
    for (;; ++seen) {
        const auto reply = answer(objects, ask(PduType::getNext, {at}));
        if (std::holds_alternative<EndOfMibView>(reply->varbinds[0].value)) break;
        BOOST_TEST((at < reply->varbinds[0].name));
        at = reply->varbinds[0].name;
    }
    BOOST_TEST(seen == objects.values.size());
    BOOST_TEST((answer(objects, ask(PduType::getNext, {at}))->varbinds[0].name == at));
}

BOOST_AUTO_TEST_CASE(getbulk_takes_the_first_once_and_the_others_often) {
    const auto objects = shown();
    const auto reply = answer(objects, ask(PduType::getBulk, {scalar, column, other}, 1, 2));
    BOOST_REQUIRE(reply->varbinds.size() == 5);
    BOOST_TEST((reply->varbinds[0].name == scalar + 0U));
    BOOST_TEST((reply->varbinds[1].name == column + 1U));
    BOOST_TEST((reply->varbinds[2].name == other + 1U));
    BOOST_TEST((reply->varbinds[3].name == column + 2U));
    BOOST_TEST((reply->varbinds[4].name == other + 2U));
    // Once every column is at its end there is nothing to repeat.
    const auto end = answer(objects, ask(PduType::getBulk, {other + 3U}, 0, 1000));
    BOOST_TEST(end->varbinds.size() == 1U);
    // Numbers out of range are as if they were the nearest in it.
    BOOST_TEST(answer(objects, ask(PduType::getBulk, {scalar, column}, 9, -1))->varbinds.size() == 2U);
    BOOST_TEST(answer(objects, ask(PduType::getBulk, {scalar, column}, -1, 1))->varbinds.size() == 2U);
    // A frame full, not a datagram as large as there can be.
    const auto many = answer(shown(5000), ask(PduType::getBulk, {column}, 0, 1000000));
    BOOST_TEST(many->varbinds.size() > 20U);
    BOOST_TEST(many->varbinds.size() < 100U);
}

BOOST_AUTO_TEST_CASE(nothing_can_be_set_and_what_is_no_question_has_no_answer) {
    const auto reply = answer(shown(), ask(PduType::set, {column + 1U}));
    BOOST_TEST(reply->errorStatus == 17);
    BOOST_TEST(reply->errorIndex == 1);
    for (const auto type : {PduType::trapV2, PduType::inform, PduType::response, PduType::report})
        BOOST_TEST(!answer(shown(), ask(type, {column})));
}

BOOST_AUTO_TEST_CASE(managers_with_the_right_words_walk_over_both_versions) {
    Pair pair;
    for (const auto& credentials : {community("word"), Credentials::make(user())}) {
        const auto target = pair.target(credentials);
        const auto reply =
            pair.wait([&](OnReply done) { pair.client.walk(target, column, {}, std::move(done)); });
        BOOST_TEST(!reply.failure, (reply.failure ? reply.failure->text : ""));
        BOOST_TEST(reply.varbinds.size() == 200U);
        BOOST_TEST(reply.engine.has_value() == credentials->isV3());
    }
}

BOOST_AUTO_TEST_CASE(others_get_silence_or_the_report_that_the_standard_wants) {
    Pair pair;
    auto elsewhere = user();
    elsewhere.context = "elsewhere";
    auto stranger = user();
    stranger.user = "yak";
    auto open = user();
    open.level = SecurityLevel::noAuthNoPriv;
    const std::pair<CredentialsPtr, Failure::Kind> table[] = {
        {community("guess"), Failure::Kind::timeout},
        {Credentials::make(stranger), Failure::Kind::authentication},
        {Credentials::make(user("another-word")), Failure::Kind::authentication},
        {Credentials::make(user("authentic-words", "another-word")), Failure::Kind::authentication},
        {Credentials::make(open), Failure::Kind::authentication},
        {Credentials::make(elsewhere), Failure::Kind::authentication},
    };
    for (const auto& [credentials, kind] : table) {
        const auto target = pair.target(credentials);
        const auto reply =
            pair.wait([&](OnReply done) { pair.client.get(target, {scalar + 0U}, std::move(done)); });
        BOOST_REQUIRE(reply.failure);
        BOOST_TEST(print(reply.failure->kind) == print(kind), reply.failure->text);
        BOOST_TEST(reply.varbinds.empty());
    }
}

BOOST_AUTO_TEST_CASE(traps_and_informs_reach_a_receiver) {
    Pair pair;
    std::vector<Notification> heard;
    NotificationReceiver receiver(pair.loop, pair.clock, {{*Endpoint::parse("127.0.0.1:0")}, {}, 1 << 16},
                                  [&](const Notification& one) {
                                      heard.push_back(one);
                                      pair.loop.stop();
                                  });
    receiver.trust({{Secret("word")}, {Credentials::make(user())}, {}});
    const std::vector<Varbind> varbinds{{Oid::of("1.3.6.1.2.1.1.3.0"), TimeTicks{5}},
                                        {Oid::of("1.3.6.1.6.3.1.1.4.1.0"), column},
                                        {scalar + 0U, Integer{1}}};
    const auto limit = pair.loop.after(20s, [&] { pair.loop.stop(); });
    pair.agent.trap(receiver.addresses()[0], "word", varbinds);
    pair.loop.run();
    BOOST_REQUIRE(heard.size() == 1);
    BOOST_TEST((heard[0].trapOid == column));
    BOOST_TEST(!heard[0].authenticated);
    BOOST_TEST(heard[0].source.print() == pair.agent.address().print());

    const auto target = makeTarget({receiver.addresses()[0], Credentials::make(user()), 2s, 2});
    std::optional<Reply> reply;
    pair.client.inform(target, varbinds, [&](Reply got) {
        reply = std::move(got);
        pair.loop.stop();
    });
    while (!reply || heard.size() < 2)
        pair.loop.run();
    BOOST_TEST(!reply->failure);
    BOOST_TEST(heard[1].authenticated);
    BOOST_TEST(heard[1].varbinds.size() == 1U);
}
