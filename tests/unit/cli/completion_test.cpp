#include "cli/completion.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate::cli;

namespace {

using Words = std::vector<std::string>;

Words after(const Words& typed) {
    return completions(typed, [](Named list) -> Words {
        switch (list) {
        case Named::pools: return {"web", "mail"};
        case Named::servers: return {"real1", "real2"};
        case Named::appliances: return {"f5-1"};
        case Named::transactions: return {"7"};
        }
        return {};
    });
}

bool offers(const Words& typed, const std::string& word) {
    const auto found = after(typed);
    return std::find(found.begin(), found.end(), word) != found.end();
}

}

BOOST_AUTO_TEST_SUITE(completing)

BOOST_AUTO_TEST_CASE(a_verb_comes_first_then_what_it_takes) {
    for (const auto* verb : {"status", "allocate", "config", "completion", "--socket"})
        BOOST_TEST(offers({}, verb), verb);
    BOOST_TEST((after({"allocate"}) == Words{"web", "mail"}));
    BOOST_TEST((after({"allocate", "web"}) == Words{"real1", "real2"}));
    BOOST_TEST(after({"allocate", "web", "real1"}).empty());
    BOOST_TEST((after({"check"}) == Words{"f5-1"}));
    BOOST_TEST((after({"transactions"}) == Words{"7"}));
    BOOST_TEST(offers({"config"}, "rollback"));
    BOOST_TEST(after({"config", "load"}).empty()); // a file: the shell's own
    BOOST_TEST((after({"completion"}) == Words{"bash", "zsh"}));
    BOOST_TEST(after({"nonsense"}).empty());
}

BOOST_AUTO_TEST_CASE(options_are_no_words) {
    BOOST_TEST((after({"--socket", "/run/x", "plan"}) == Words{"web", "mail"}));
    BOOST_TEST((after({"pools", "--json"}) == Words{"web", "mail"}));
    BOOST_TEST(after({"--socket"}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
