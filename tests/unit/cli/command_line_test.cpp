#include "cli/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <vector>

using namespace headgate::cli;

namespace {

std::variant<Invocation, Ended> read(std::vector<const char*> words) {
    ::unsetenv("HEADGATE_SOCKET");
    words.insert(words.begin(), "headgate");
    return readCommandLine(static_cast<int>(words.size()), words.data());
}

Invocation good(std::vector<const char*> words) {
    const auto asked = read(std::move(words));
    BOOST_REQUIRE(std::holds_alternative<Invocation>(asked));
    return std::get<Invocation>(asked);
}

Ended ended(std::vector<const char*> words) {
    const auto asked = read(std::move(words));
    BOOST_REQUIRE(std::holds_alternative<Ended>(asked));
    return std::get<Ended>(asked);
}

}

BOOST_AUTO_TEST_CASE(each_verb_takes_what_its_help_says) {
    BOOST_TEST((good({"status"}).verb == Verb::status));
    BOOST_TEST(good({"status", "--follow", "-n", "0.5"}).interval == 0.5);
    BOOST_TEST((good({"pools"}).verb == Verb::pools));
    BOOST_TEST(good({"servers", "real1", "--json"}).json);
    BOOST_TEST(good({"servers", "real1", "--json"}).name == "real1");
    BOOST_TEST(good({"plan", "web"}).name == "web");
    BOOST_TEST(good({"allocate", "web"}).server.empty());
    BOOST_TEST(good({"allocate", "web", "real2"}).server == "real2");
    BOOST_TEST(good({"release", "web", "real2"}).server == "real2");
    BOOST_TEST(good({"hold"}).name.empty());
    BOOST_TEST(good({"resume", "web"}).name == "web");
    BOOST_TEST((good({"check"}).verb == Verb::check));
    BOOST_TEST(good({"check"}).name.empty());
    BOOST_TEST(good({"check", "f5-1", "--json"}).name == "f5-1");
    BOOST_TEST((good({"repair", "web"}).verb == Verb::repair));
    BOOST_TEST(good({"repair", "web"}).name == "web");
    BOOST_TEST((good({"config", "show"}).verb == Verb::configShow));
    BOOST_TEST(good({"config", "show", "7"}).name == "7");
    BOOST_TEST((good({"config", "edit"}).verb == Verb::configEdit));
    BOOST_TEST((good({"config", "history"}).verb == Verb::configHistory));
    BOOST_TEST(good({"config", "diff", "7"}).server.empty());
    BOOST_TEST(good({"config", "diff", "7", "9"}).server == "9");
    BOOST_TEST(good({"config", "rollback", "7"}).name == "7");
    BOOST_TEST(good({"watch", "--json"}).json);
    BOOST_TEST(good({"completion", "zsh"}).name == "zsh");
    // Words of headgate's own among them are words.
    const std::vector<std::string> typed{"--socket", "/a", "config", "show", "--json"};
    BOOST_TEST(good({"complete", "--", "--socket", "/a", "config", "show", "--json"}).words == typed);
    BOOST_TEST(good({"complete", "--"}).words.empty());
}

BOOST_AUTO_TEST_CASE(the_socket_may_be_named_before_or_after_the_verb_or_in_the_environment) {
    BOOST_TEST(good({"status"}).socket == "/run/headgate/netconf.sock");
    BOOST_TEST(good({"--socket", "/a", "status"}).socket == "/a");
    BOOST_TEST(good({"status", "--socket", "/a"}).socket == "/a");
    ::setenv("HEADGATE_SOCKET", "/b", 1);
    const char* words[] = {"headgate", "status"};
    BOOST_TEST(std::get<Invocation>(readCommandLine(2, words)).socket == "/b");
    ::unsetenv("HEADGATE_SOCKET");
}

BOOST_AUTO_TEST_CASE(bad_usage_is_one_line_and_exit_code_2) {
    for (const auto& words : std::vector<std::vector<const char*>>{{},
                                                                   {"frobnicate"},
                                                                   {"plan"},
                                                                   {"release", "web"},
                                                                   {"repair"},
                                                                   {"check", "f5-1", "web"},
                                                                   {"status", "--nonsense"},
                                                                   {"config"},
                                                                   {"config", "frobnicate"},
                                                                   {"config", "diff", "x"},
                                                                   {"config", "show", "0"},
                                                                   {"transactions", "-1"},
                                                                   {"status", "-n", "0"},
                                                                   {"completion", "fish"},
                                                                   {"pools", "a", "b"}}) {
        const auto end = ended(words);
        BOOST_TEST(end.code == 2);
        BOOST_TEST(end.text.starts_with("headgate: "));
        BOOST_TEST(std::count(end.text.begin(), end.text.end(), '\n') == 1, end.text);
    }
}

BOOST_AUTO_TEST_CASE(bad_usage_is_told_in_words) {
    BOOST_TEST(ended({}).text == "headgate: a verb is missing: see 'headgate --help'\n");
    BOOST_TEST(ended({"frob"}).text == "headgate: there is no verb 'frob': see 'headgate --help'\n");
    BOOST_TEST(ended({"config", "frob"}).text ==
               "headgate: config: there is no verb 'frob': see 'headgate config --help'\n");
    BOOST_TEST(ended({"config", "diff", "x"}).text ==
               "headgate: config diff: REVISION: x is no number such as 1 or 42: see 'headgate config diff "
               "--help'\n");
    BOOST_TEST(ended({"status", "-n", "0"}).text == "headgate: status: --interval: 0 is not from 0.1 to 3600 "
                                                    "seconds: see 'headgate status --help'\n");
}

BOOST_AUTO_TEST_CASE(help_and_version_are_no_failure) {
    BOOST_TEST(ended({"--version"}).code == 0);
    BOOST_TEST(ended({"--version"}).text == "headgate " HEADGATE_VERSION "\n");
    const auto help = ended({"--help"});
    BOOST_TEST(help.code == 0);
    for (const char* verb : {"status", "pools", "servers", "appliances", "transactions", "events", "plan",
                             "allocate", "release", "hold", "resume", "check", "repair", "config", "watch"}) {
        BOOST_TEST(help.text.find(verb) != std::string::npos);
        const auto own = ended({verb, "--help"});
        BOOST_TEST(own.code == 0);
        const bool told = own.text.find("--json") != std::string::npos || std::string(verb) == "config";
        BOOST_TEST(told, verb);
    }
}
