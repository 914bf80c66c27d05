#define BOOST_TEST_MODULE snmp_misbehaviour
#include "live/snmp_asking.hpp"
#include "support/unruly_agent.hpp"

using namespace headgate;
using namespace headgate::snmp;
using namespace headgate::test;

namespace {

const Oid value{1, 3, 6, 1, 4, 1, 32473, 1, 0};
const Oid other{1, 3, 6, 1, 4, 1, 32473, 2, 0};

using Datagram = UnrulyAgent::Datagram;
using Datagrams = std::vector<Datagram>;

/// A client, and agents that do as a case says. A question is tried twice, half a second each.
struct Field : Asking {
    AgentHouse house;
    UnrulyAgent agent{house};
    UnrulyAgent secure{house, Credentials::make(user("ape"))};
    TargetPtr plain = target(agent.address(), community("public"), 500ms, 1);
    TargetPtr asApe = target(secure.address(), Credentials::make(user("ape")), 500ms, 1);

    Field() {
        house.in([&] {
            for (auto* each : {&agent, &secure})
                each->objects = {{value, Gauge{7}}, {other, Octets{"seven"}}};
        });
    }

    void isAnswered(const TargetPtr& whom) {
        const auto reply = get(whom, {value});
        BOOST_REQUIRE_MESSAGE(reply, why(reply));
        BOOST_TEST((reply.varbinds.at(0).value == Value(Gauge{7})));
    }
    void isNotAnswered(const TargetPtr& whom, Failure::Kind kind, const std::string& words) {
        const auto reply = get(whom, {value});
        BOOST_REQUIRE(!reply);
        BOOST_TEST((reply.failure->kind == kind), why(reply));
        BOOST_TEST(why(reply).find(words) != std::string::npos, why(reply));
    }
    /// Its datagrams change on the way, and then no more.
    void sends(std::function<Datagrams(const Datagram&)> changed) {
        house.in([&] { agent.send = secure.send = std::move(changed); });
    }
};

}

BOOST_FIXTURE_TEST_SUITE(misbehaviour, Field)

BOOST_AUTO_TEST_CASE(an_answer_after_its_time_is_not_taken_for_the_next_ones) {
    for (auto* each : {&agent, &secure}) {
        const auto& whom = each == &agent ? plain : asApe;
        isAnswered(whom);
        // What it would have said is kept, and said before the answer to the next question, another value.
        std::vector<Datagram> late;
        house.in([&] {
            each->send = [&late](const Datagram& answer) {
                late.push_back(answer);
                return Datagrams{};
            };
        });
        isNotAnswered(whom, Failure::Kind::timeout, each->address());
        house.in([&] {
            each->objects[value] = Gauge{8};
            each->send = [&late](const Datagram& answer) {
                auto both = std::exchange(late, {});
                both.push_back(answer);
                return both;
            };
        });
        const auto strays = client.counters().strays;
        const auto reply = get(whom, {value});
        BOOST_REQUIRE_MESSAGE(reply, why(reply));
        BOOST_TEST((reply.varbinds.at(0).value == Value(Gauge{8})));
        BOOST_TEST(client.counters().strays >= strays + 2);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_twice_is_one) {
    isAnswered(asApe);
    sends([](const Datagram& answer) { return Datagrams{answer, answer, answer}; });
    for (int i = 0; i < 3; ++i) {
        isAnswered(plain);
        isAnswered(asApe);
    }
}

BOOST_AUTO_TEST_CASE(a_report_that_comes_twice_is_one) {
    // The first discovers the engine, and the second one is late.
    sends([](const Datagram& answer) { return Datagrams{answer, answer, answer}; });
    isAnswered(asApe);
}

BOOST_AUTO_TEST_CASE(an_answer_from_another_port_is_none) {
    for (auto* each : {&agent, &secure}) {
        const auto& whom = each == &agent ? plain : asApe;
        house.in([&] { each->fromElsewhere = true; });
        isNotAnswered(whom, Failure::Kind::timeout, each->address());
        house.in([&] { each->fromElsewhere = false; });
        isAnswered(whom);
    }
}

BOOST_AUTO_TEST_CASE(garbage_and_cut_answers_hide_no_good_one_and_are_none) {
    const Datagrams garbage{
        {}, {0}, {0x30, 0}, {0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, {0x30, 3, 2, 1, 3}, Datagram(1400, 0xa5)};
    const auto cut = [garbage](const Datagram& answer) {
        auto sent = garbage;
        for (std::size_t size = 0; size < answer.size(); ++size)
            sent.emplace_back(answer.begin(), answer.begin() + static_cast<std::ptrdiff_t>(size));
        return sent;
    };
    sends(cut);
    for (const auto& whom : {plain, asApe})
        isNotAnswered(whom, Failure::Kind::timeout, "no answer");
    sends([cut](const Datagram& answer) {
        auto sent = cut(answer);
        sent.push_back(answer);
        return sent;
    });
    for (const auto& whom : {plain, asApe})
        isAnswered(whom);
}

BOOST_AUTO_TEST_CASE(every_octet_that_is_changed_on_the_way_is_noticed_by_who_signs) {
    isAnswered(asApe);
    sends([](const Datagram& answer) {
        Datagrams sent;
        for (std::size_t at = 0; at < answer.size(); ++at) {
            sent.push_back(answer);
            sent.back()[at] ^= 0x01;
        }
        return sent;
    });
    isNotAnswered(asApe, Failure::Kind::timeout, "no answer");
    sends(nullptr);
    isAnswered(asApe);
}

BOOST_AUTO_TEST_CASE(an_answer_with_another_request_id_is_none) {
    for (auto* each : {&agent, &secure}) {
        const auto& whom = each == &agent ? plain : asApe;
        house.in([&] {
            each->twist = [](const Pdu&, Pdu answer) {
                answer.requestId ^= 1;
                return answer;
            };
        });
        isNotAnswered(whom, Failure::Kind::timeout, "no answer");
        house.in([&] { each->twist = nullptr; });
        isAnswered(whom);
    }
}

BOOST_AUTO_TEST_CASE(more_or_fewer_or_other_objects_than_asked_are_no_answer) {
    const std::function<void(Pdu&)> twists[] = {
        [](Pdu& answer) { answer.varbinds.push_back(answer.varbinds.front()); },
        [](Pdu& answer) { answer.varbinds.clear(); },
        [](Pdu& answer) { answer.varbinds.front().name = other; },
    };
    for (const auto& twisted : twists) {
        house.in([&] {
            agent.twist = [&](const Pdu&, Pdu answer) {
                twisted(answer);
                return answer;
            };
        });
        isNotAnswered(plain, Failure::Kind::malformed, "other objects");
    }
    house.in([&] { agent.twist = nullptr; });
    isAnswered(plain);
}

BOOST_AUTO_TEST_CASE(an_object_that_is_not_there_is_missing_and_the_others_are_told) {
    house.in([&] { agent.objects.erase(other); });
    const auto reply = get(plain, {value, other});
    BOOST_REQUIRE_MESSAGE(reply, why(reply));
    BOOST_TEST((reply.varbinds.at(0).value == Value(Gauge{7})));
    BOOST_TEST(isMissing(reply.varbinds.at(1).value));
}

BOOST_AUTO_TEST_CASE(too_big_makes_a_walks_questions_smaller_until_they_fit) {
    house.in([&] {
        for (std::uint32_t row = 1; row <= 20; ++row)
            agent.objects[value + row] = Integer{static_cast<std::int32_t>(row)};
        agent.twist = [](const Pdu& asked, Pdu answer) {
            constexpr int most = 3;
            if (asked.errorIndex <= most) return answer;
            answer.errorStatus = 1; // tooBig
            answer.varbinds.clear();
            return answer;
        };
    });
    const auto reply =
        wait([&](OnReply done) { client.walk(plain, value, {.repetitions = 24}, std::move(done)); });
    BOOST_REQUIRE_MESSAGE(reply, why(reply));
    BOOST_TEST(reply.varbinds.size() == 20U);
}

BOOST_AUTO_TEST_CASE(too_big_to_a_single_object_is_told_as_what_it_is) {
    house.in([&] {
        agent.twist = [](const Pdu&, Pdu answer) {
            answer.errorStatus = 1;
            answer.varbinds.clear();
            return answer;
        };
    });
    isNotAnswered(plain, Failure::Kind::refused, "tooBig");
    const auto walked = wait([&](OnReply done) { client.walk(plain, value, {}, std::move(done)); });
    BOOST_REQUIRE(!walked);
    BOOST_TEST(why(walked).find("tooBig") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_walk_in_a_circle_ends_and_says_so) {
    house.in([&] {
        agent.twist = [](const Pdu&, Pdu answer) {
            answer.varbinds = {{value + 1U, Integer{1}}, {value + 2U, Integer{1}}};
            return answer;
        };
    });
    const auto walked = wait([&](OnReply done) { client.walk(plain, value, {}, std::move(done)); });
    BOOST_REQUIRE(!walked);
    BOOST_TEST(why(walked).find("backwards") != std::string::npos, why(walked));
}

BOOST_AUTO_TEST_CASE(an_engine_that_restarts_or_changes_or_loses_its_boots_or_time_is_found_again) {
    const std::string id = "80007ed905aabbccdd";
    house.in([&] { secure.boot(id, 5); });
    isAnswered(asApe);
    const struct {
        const char* what;
        std::function<void()> happens;
    } events[] = {
        {"restart", [&] { secure.boot(id, 6); }},
        {"boots that went back", [&] { secure.boot(id, 2); }},
        {"another engine", [&] { secure.boot("80007ed90511223344", 2); }},
        {"another engine with fewer boots", [&] { secure.boot(id, 1); }},
        {"a clock that jumps ahead", [&] { secure.ahead = 4000s; }},
        {"a clock that jumps back", [&] { secure.ahead = 0s; }},
        {"boots that jump ahead", [&] { secure.boot(id, 0x7ffffff0); }},
        {"and back", [&] { secure.boot(id, 1); }},
    };
    for (const auto& event : events) {
        house.in(event.happens);
        BOOST_TEST_CONTEXT(event.what) {
            const auto reply = get(asApe, {value});
            BOOST_REQUIRE_MESSAGE(reply, why(reply));
            BOOST_REQUIRE(reply.engine.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_password_that_is_wrong_for_a_while_is_named_and_no_longer_when_it_fits) {
    isAnswered(asApe);
    auto changed = user("ape");
    changed.authPassword = Secret("another-password");
    house.in([&] { secure.trust(Credentials::make(changed)); });
    isNotAnswered(asApe, Failure::Kind::authentication, "usmStatsWrongDigests");
    house.in([&] { secure.trust(asApe->credentials); });
    isAnswered(asApe);
}

BOOST_AUTO_TEST_SUITE_END()
