#include "appliance/options.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>
#include <vector>

using namespace headgate::appliance;

namespace {

struct Said {
    Parsed parsed;
    std::string output;
    std::string errors;
};

Said parse(std::vector<const char*> words) {
    words.insert(words.begin(), "headgate-appliance");
    std::ostringstream output;
    std::ostringstream errors;
    auto parsed = parseOptions(static_cast<int>(words.size()), words.data(), output, errors);
    return {std::move(parsed), output.str(), errors.str()};
}

}

BOOST_AUTO_TEST_CASE(misuse_is_one_clear_line_and_status_2) {
    const std::pair<std::vector<const char*>, const char*> table[] = {
        {{}, "--state"},
        {{"--bogus", "--state", "/tmp/x"}, "--bogus"},
        {{"--state", "/tmp/x", "--unix", "/tmp/y"}, "--family"},
        {{"--family", "juniper", "--state", "/tmp/x", "--unix", "/tmp/y"}, "juniper"},
        {{"--family", "f5", "--model", "x.yang", "--state", "/tmp/x", "--unix", "/tmp/y"}, "excludes"},
        {{"--family", "f5", "--state", "/tmp/x"}, "--listen"},
        {{"--family", "f5", "--state", "/tmp/x", "--listen", "nowhere"}, "nowhere"},
        {{"--family", "f5", "--state", "/tmp/x", "--listen", "127.0.0.1:65536"}, "65536"},
        {{"--family", "f5", "--state", "/tmp/x", "--listen", "localhost:830"}, "localhost:830"},
        {{"--family", "f5", "--state", "/tmp/x", "--listen", "127.0.0.1:0"}, "--host-key"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--host-key", "/nonexistent"},
         "/nonexistent"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--user", "me"}, "NAME="},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--user", "me=/nonexistent"},
         "/nonexistent"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--startup", "/nonexistent"},
         "/nonexistent"},
        {{"--model", "/nonexistent", "--state", "/tmp/x", "--unix", "/tmp/y"}, "/nonexistent"},
        {{"--model", "/dev/null", "--data-plane", "haproxy", "--state", "/tmp/x", "--unix", "/tmp/y"},
         "--family"},
        {{"--family", "f5", "--data-plane", "ipvs", "--state", "/tmp/x", "--unix", "/tmp/y"}, "ipvs"},
        {{"--family", "f5", "--drain-deadline", "-1", "--state", "/tmp/x", "--unix", "/tmp/y"}, "-1"},
        {{"--family", "f5", "--without", "sleep", "--state", "/tmp/x", "--unix", "/tmp/y"}, "sleep"},
        {{"--family", "f5", "--slow", "-1", "--state", "/tmp/x", "--unix", "/tmp/y"}, "-1"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--snmp-trap", "127.0.0.1:162"},
         "--snmp"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--snmp", "127.0.0.1:161"},
         "--snmp-community"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--snmp", "here:161"}, "here:161"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--snmp", "127.0.0.1:161",
          "--snmp-community", "/nonexistent"},
         "/nonexistent"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--snmp", "127.0.0.1:161", "--snmp-user",
          "ape"},
         "NAME=SECRET_FILE"},
        {{"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y", "--snmp", "127.0.0.1:161",
          "--snmp-community", "/dev/null", "--snmp-trap", "127.0.0.1:0"},
         "port 0"},
        {{"--model", "/dev/null", "--state", "/tmp/x", "--unix", "/tmp/y", "--snmp", "127.0.0.1:161",
          "--snmp-community", "/dev/null"},
         "--family"},
        {{"--family", "f5", "--ha-state", "asleep", "--state", "/tmp/x", "--unix", "/tmp/y"}, "asleep"},
        {{"--model", "/dev/null", "--ha-state", "active", "--state", "/tmp/x", "--unix", "/tmp/y"},
         "--family"},
        {{"--family", "f5", "--log-level", "loud", "--state", "/tmp/x", "--unix", "/tmp/y"}, "loud"},
    };
    for (const auto& [words, expected] : table) {
        const auto said = parse(words);
        BOOST_TEST(!said.parsed.options);
        BOOST_TEST(said.parsed.status == 2);
        BOOST_TEST_CONTEXT(said.errors) {
            BOOST_TEST(said.errors.find(expected) != std::string::npos);
            BOOST_TEST(std::count(said.errors.begin(), said.errors.end(), '\n') == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(help_names_every_option_and_is_no_error) {
    const auto said = parse({"--help"});
    BOOST_TEST(said.parsed.status == 0);
    for (const char* option :
         {"--name", "--family", "--model", "--data-plane", "--listen", "--unix", "--host-key", "--user",
          "--state", "--startup", "--drain-deadline", "--check-interval", "--log-level"})
        BOOST_TEST(said.output.find(option) != std::string::npos, option);
}

BOOST_AUTO_TEST_CASE(what_is_said_is_understood) {
    const auto said = parse({"--family", "f5", "--state", "/tmp/x", "--host-key", "/dev/null", "--listen",
                             "127.0.0.1:830", "--listen", "[::1]:831", "--user", "a=/dev/null",
                             "--drain-deadline", "2.5", "--check-interval", "500"});
    BOOST_REQUIRE(said.parsed.options);
    const auto& options = *said.parsed.options;
    BOOST_TEST(options.dataPlane == "haproxy");
    BOOST_TEST(options.listen.size() == 2U);
    BOOST_TEST(options.listen[1].first == "::1");
    BOOST_TEST(options.listen[1].second == 831);
    BOOST_TEST(options.users[0].second == "/dev/null");
    BOOST_TEST(options.drainDeadline.count() == 2500);
    BOOST_TEST(options.checkInterval->count() == 500);
}

BOOST_AUTO_TEST_CASE(it_has_a_peer_only_when_told_so) {
    BOOST_TEST(!parse({"--family", "f5", "--state", "/tmp/x", "--unix", "/tmp/y"}).parsed.options->haState);
    const auto said =
        parse({"--family", "f5", "--ha-state", "standby", "--state", "/tmp/x", "--unix", "/tmp/y"});
    BOOST_TEST((said.parsed.options->haState == HaState::standby));
}
