#include "unit/southbound/talk.hpp"

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::test;
using namespace headgate::transaction;

namespace {

constexpr std::string_view seal = "sealed:v1:AAAA";
constexpr std::string_view secret = "hunter2";

/// A conversation that knows one secret; a server's name stands in for where it is in an edit.
struct SecretTalk : Talk {
    SecretTalk() {
        auto place = placeOf("lb1");
        place.reveal = [](const std::string& operation) -> std::optional<Revealed> {
            const auto at = operation.find(seal);
            if (at == std::string::npos) return std::nullopt;
            Revealed revealed{operation, {base::Secret(std::string(secret))}};
            revealed.operation.replace(at, seal.size(), secret);
            return revealed;
        };
        conversation.move(std::move(place));
    }
    bool said(std::string_view text) {
        bool found = false;
        while (auto one = appliance.said.tryReceive())
            found = found || one->find(text) != std::string::npos;
        return found;
    }
};

domain::Change withSecret() {
    return adding("real2 " + std::string(seal));
}

}

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(a_seal_is_opened_on_the_way_to_the_wire) {
    SecretTalk talk;
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Edit{"web", withSecret()}));
    BOOST_TEST(talk.said(secret));
}

BOOST_AUTO_TEST_CASE(a_refusal_that_quotes_the_secret_does_not_bring_it_back) {
    for (const auto* refuses : {"edit-config", "validate", "commit confirmed"}) {
        BOOST_TEST_CONTEXT(refuses) {
            SecretTalk talk;
            talk.answer(refuses, refused("invalid-value", "'hunter2' is no password, hunter2!", {},
                                         "/a[b='hunter2']"));
            as<Done>(talk.ask(Lock{}));
            auto result = talk.ask(Edit{"web", withSecret()});
            if (std::holds_alternative<Done>(result)) result = talk.ask(Validate{});
            if (std::holds_alternative<Done>(result))
                result = talk.ask(Commit{domain::Duration(60000), "id-1"});
            BOOST_TEST(as<Refused>(result).message == "'(a secret)' is no password, (a secret)!");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_seal_that_cannot_be_opened_leaves_nothing_half_said) {
    SecretTalk talk;
    auto place = placeOf("lb1");
    place.reveal = [](const std::string& operation) -> std::optional<Revealed> {
        if (operation.find(seal) != std::string::npos) throw std::runtime_error("another key");
        return std::nullopt;
    };
    talk.conversation.move(std::move(place));
    as<Done>(talk.ask(Lock{}));
    BOOST_TEST(as<NoAnswer>(talk.ask(Edit{"web", withSecret()})).reason == "another key");
    BOOST_TEST(!talk.said(seal));
}

BOOST_AUTO_TEST_SUITE_END()
