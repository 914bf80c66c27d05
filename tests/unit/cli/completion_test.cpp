#include "cli/completion.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace headgate::cli;

namespace {

using Words = std::vector<std::string>;

/// `typed`: whole words; what is begun behind them is empty.
Words after(Words typed, const std::string& begun = "") {
    typed.push_back(begun);
    return completions(typed, [](Takes takes, const std::string& before) -> Words {
        switch (takes) {
        case Takes::pool: return {"web", "mail"};
        case Takes::server: return {"real1", "real2"};
        case Takes::candidate: return {"real2"};
        case Takes::member: return {before + "'s real1"};
        case Takes::appliance: return {"f5-1"};
        case Takes::transaction: return {"7"};
        case Takes::explained: return {"web", "7"};
        case Takes::revision: return {"3"};
        case Takes::subject: return {"web", "real1", "f5-1"};
        default: return {"?"};
        }
    });
}

bool offers(const Words& typed, const std::string& word, const std::string& begun = "") {
    const auto found = after(typed, begun);
    return std::find(found.begin(), found.end(), word) != found.end();
}

}

BOOST_AUTO_TEST_SUITE(completing)

BOOST_AUTO_TEST_CASE(a_verb_comes_first_then_what_it_takes) {
    for (const auto* verb : {"status", "allocate", "config", "completion"})
        BOOST_TEST(offers({}, verb), verb);
    BOOST_TEST(!offers({}, "rollback"));
    BOOST_TEST((after({"allocate"}) == Words{"web", "mail"}));
    BOOST_TEST((after({"allocate", "web"}) == Words{"real2"}));
    BOOST_TEST(after({"allocate", "web", "real1"}).empty());
    BOOST_TEST((after({"release", "web"}) == Words{"web's real1"}));
    BOOST_TEST((after({"servers"}) == Words{"real1", "real2"}));
    BOOST_TEST((after({"check"}) == Words{"f5-1"}));
    BOOST_TEST((after({"transactions"}) == Words{"7"}));
    BOOST_TEST((after({"explain"}) == Words{"web", "7"}));
    BOOST_TEST(after({"replay"}).empty()); // a file: the shell's own
    BOOST_TEST(after({"replay", "record", "--policy"}).empty());
    BOOST_TEST((after({"events"}) == Words{"web", "real1", "f5-1"}));
    BOOST_TEST((after({"watch"}) == Words{"web", "real1", "f5-1"}));
    BOOST_TEST((after({"config"}) == Words{"show", "edit", "load", "history", "diff", "rollback"}));
    BOOST_TEST((after({"config", "diff"}) == Words{"3"}));
    BOOST_TEST((after({"config", "diff", "3"}) == Words{"3"}));
    BOOST_TEST(after({"config", "load"}).empty()); // a file: the shell's own
    BOOST_TEST((after({"completion"}) == Words{"bash", "zsh"}));
    BOOST_TEST(after({"nonsense"}).empty());
    BOOST_TEST(after({"config", "nonsense"}).empty());
}

BOOST_AUTO_TEST_CASE(options_are_no_words) {
    BOOST_TEST((after({"--socket", "/run/x", "plan"}) == Words{"web", "mail"}));
    BOOST_TEST((after({"pools", "--json"}) == Words{"web", "mail"}));
    BOOST_TEST((after({"status", "-n", "5", "--json"}).empty()));
    BOOST_TEST(after({"--socket"}).empty());
}

BOOST_AUTO_TEST_CASE(an_option_that_is_begun_is_one_of_the_verbs) {
    BOOST_TEST(offers({}, "--socket", "-"));
    BOOST_TEST(offers({}, "--version", "--v"));
    BOOST_TEST(offers({"pools"}, "--json", "--"));
    BOOST_TEST(!offers({"pools"}, "--follow", "--"));
    BOOST_TEST(offers({"status"}, "--follow", "--"));
    BOOST_TEST(offers({"watch", "web"}, "--reconnect", "--"));
    BOOST_TEST(!offers({"config", "edit"}, "--json", "--"));
}

BOOST_AUTO_TEST_CASE(each_verb_is_offered) {
    for (const auto& entry : verbs())
        BOOST_TEST(offers(*entry.group ? Words{entry.group} : Words{}, entry.name), toString(entry.verb));
}

BOOST_AUTO_TEST_SUITE_END()
