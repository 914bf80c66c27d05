#include "agent/config.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::agent;
using namespace std::chrono_literals;

namespace {

const std::string least = "application = \"shop\"\naddress = \"192.0.2.1\"\nport = 80\nprotocol = \"http\"\n";

Problems problemsOf(const std::string& text) {
    Problems problems;
    const auto document = parseToml(text, "f.toml", problems);
    if (problems.empty()) readSettings(document, problems);
    return problems;
}

std::string said(const Problems& problems) {
    std::string out;
    for (const auto& problem : problems)
        out += toString(problem) + '\n';
    return out;
}

Settings read(const std::string& text) {
    Problems problems;
    const auto document = parseToml(text, "f.toml", problems);
    auto settings = readSettings(document, problems);
    BOOST_TEST(said(problems) == "");
    return settings;
}

/// What is added to the least file, and the one line that is said of it.
struct Bad {
    std::string added;
    std::string line;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) {
    return out << bad.added;
}

const std::vector<Bad> bads{
    {"colour = \"red\"\n", "f.toml:5: colour: is no key of ours; here there are: address, application, "
                           "connection-limit, health-check, "
                           "instance, port, protocol, transport, version, warm-up, weight"},
    {"weight = 0\n", "f.toml:5: weight: is 0; give a number of 1..100"},
    {"weight = 101\n", "f.toml:5: weight: is 101; give a number of 1..100"},
    {"weight = \"1\"\n", "f.toml:5: weight: is no whole number; give one of 1..100, without quotes"},
    {"weight = 1.5\n", "f.toml:5: weight: is no whole number; give one of 1..100, without quotes"},
    {"warm-up = 86401\n", "f.toml:5: warm-up: is 86401; give a number of 0..86400"},
    {"instance = 7\n", "f.toml:5: instance: is no text; put it into quotes"},
    {"instance = \"a\\u0085\"\n", "f.toml:5: instance: has a control character; leave it out"},
    {"instance = \"a\\u0007\"\n", "f.toml:5: instance: has a control character; leave it out"},
    {"instance = \"123456789012345678901234567890123\"\n",
     "f.toml:5: instance: is a text of 33 octets; give one of 0 to 32"},
    {"health-check = \"POST /\"\n",
     "f.toml:5: health-check: is no question of HTTP; write \"GET /path\" or \"HEAD /path\""},
    {"health-check = \"GET health\"\n",
     "f.toml:5: health-check: is no question of HTTP; write \"GET /path\" or \"HEAD /path\""},
    {"transport = \"udp\"\n",
     "f.toml:5: transport: is udp, and the protocol is not; http and https go over tcp"},
    {"[prob]\nkind = \"tcp\"\n",
     "f.toml:5: [prob]: is no section of ours; there are: [probe], [levels], [measure], "
     "[authentication], [data-source]"},
    {"[probe]\nkind = \"ping\"\n",
     "f.toml:6: probe.kind: is \"ping\"; it is one of: none, tcp, http, tls, https"},
    {"[probe]\nkind = \"tcp\"\npath = \"/x\"\n",
     "f.toml:7: probe.path: goes with a probe by HTTP only; say kind = \"http\""},
    {"[probe]\nkind = \"http\"\nexpect = [99]\n", "f.toml:7: probe.expect: has 99; give numbers of 100..599"},
    {"[probe]\nkind = \"http\"\nexpect = 200\n",
     "f.toml:7: probe.expect: is no list of numbers; write [200, 204]"},
    {"[probe]\ntimeout = 0\n",
     "f.toml:6: probe.timeout: is outside of what makes sense; give 0.05 to 60 seconds"},
    {"[probe]\ninterval = 1\ntimeout = 1.1\n",
     "f.toml:7: probe.timeout: is longer than the interval; a probe must end before the next begins"},
    {"[probe]\nkind = \"http\"\nuse-credentials = true\n",
     "f.toml:7: probe.use-credentials: has no credentials to use; [authentication] must be password, token "
     "or "
     "client-certificate"},
    {"[probe]\nuse-credentials = \"yes\"\n",
     "f.toml:6: probe.use-credentials: is neither true nor false; write one of them, without quotes"},
    {"[levels]\nupper = 300\nlower = 300\n",
     "f.toml:7: levels.lower: is 300, and upper is 300; lower must be less than upper"},
    {"[levels]\nupper = 301\ntolerance = 2\n",
     "f.toml:7: levels.tolerance: is more than lies between lower and upper; give at most 1"},
    {"[measure]\nfigures = []\n",
     "f.toml:6: measure.figures: is empty; without a figure nobody knows when the application is full"},
    {"[measure]\nfigures = [\"cpus\"]\n", "f.toml:6: measure.figures: has \"cpus\"; there are: cpu, memory, "
                                          "pressure, connections, backlog, command, file"},
    {"[measure]\nfigures = [\"connections\"]\n", "f.toml:6: measure.figures: has connections, but "
                                                 "connections-full-at is missing; say how many connections "
                                                 "count as 1000 permille (or give a connection-limit)"},
    {"[measure]\nconnections-full-at = 9\n",
     "f.toml:6: measure.connections-full-at: is not used; add \"connections\" to figures, or leave it out"},
    {"[measure]\nunit = \"a\"\nprocess = \"b\"\n",
     "f.toml:7: measure.process: is one place too many; give one of cgroup, unit, pid-file and process"},
    {"[measure]\nfigures = [\"command\"]\ncommand = [\"count\"]\ncommand-full-at = 1\n",
     "f.toml:7: measure.command: does not begin with an absolute path; write [\"/usr/…\", \"argument\"]: no "
     "shell "
     "looks for it"},
    {"[measure]\nfigures = [\"file\"]\nfile = \"/run/q\"\nfile-full-at = 0\n",
     "f.toml:8: measure.file-full-at: is no number above 0; give what counts as 1000 permille, without "
     "quotes"},
    {"[authentication]\nkind = \"basic\"\n",
     "f.toml:6: authentication.kind: is \"basic\"; it is one of: none, "
     "password, client-certificate, server-tls, token"},
    {"[authentication]\nkind = \"password\"\nuser = \"a\"\n",
     "f.toml:6: authentication.kind: needs secret-file; give it in [authentication]"},
    {"[authentication]\nkind = \"password\"\nuser = \"a:b\"\nsecret-file = \"s\"\n",
     "f.toml:7: authentication.user: has a colon; HTTP's basic authentication cannot carry it (RFC 7617)"},
    {"[authentication]\nkind = \"token\"\nheader = \"X Y\"\nsecret-file = \"s\"\n",
     "f.toml:7: authentication.header: is no name of a header; write one like X-Token"},
    {"[authentication]\nuser = \"a\"\n", "f.toml:6: authentication.user: does not go with this kind of "
                                         "authentication and this protocol; leave it out, "
                                         "or change kind or protocol"},
    {"[authentication]\nkind = \"server-tls\"\nserver-name = \"a\"\ntrust-anchor = \"b\"\n",
     "f.toml:6: authentication.kind: is one of TLS, and the protocol is http; say https or tcp"},
    {"[data-source]\ncurrent = \"a\"\n",
     "f.toml:6: data-source.current: is of no use; give names = [\"one\", \"two\"] first"},
    {"[data-source]\nnames = [\"a\"]\n",
     "f.toml:5: data-source.current: is missing; say which one the application uses now"},
    {"[data-source]\nnames = [\"a\"]\ncurrent = \"b\"\n",
     "f.toml:7: data-source.current: is \"b\", and that is not in names; name one of those"},
    {"[data-source]\nnames = [\"a\", \"b\"]\ncurrent = \"b\"\n",
     "f.toml:5: data-source.hook: is missing; give the command that changes the data source, [\"/path\"]"},
    {"[data-source]\nnames = [\"a\", \"a\"]\ncurrent = \"a\"\nhook = [\"/h\"]\n",
     "f.toml:6: data-source.names: has a name twice; name each once"},
};

}

BOOST_DATA_TEST_CASE(a_bad_key_is_said_in_one_line_with_its_place, boost::unit_test::data::make(bads), bad) {
    BOOST_TEST(said(problemsOf(least + bad.added)) == bad.line + '\n');
}

BOOST_AUTO_TEST_CASE(what_must_be_there_is_asked_for) {
    BOOST_TEST(said(problemsOf("")) ==
               "f.toml:1: application: is missing; name the application\n"
               "f.toml:1: port: is missing; give the port that clients use, 1..65535\n"
               "f.toml:1: protocol: is missing; it is one of: http, https, tcp\n");
}

BOOST_AUTO_TEST_CASE(ports_end_at_65535_and_begin_at_1) {
    const std::string head = "application = \"a\"\nprotocol = \"tcp\"\nport = ";
    for (const auto* good : {"1", "65535"})
        BOOST_TEST(said(problemsOf(head + good + "\n")) == "");
    for (const auto* bad : {"0", "65536", "-1"})
        BOOST_TEST(said(problemsOf(head + bad + "\n")) ==
                   "f.toml:3: port: is " + std::string(bad) + "; give a number of 1..65535\n");
}

BOOST_AUTO_TEST_CASE(an_address_is_a_literal_of_one_machine) {
    const auto with = [](const std::string& address) {
        return said(
            problemsOf("application = \"a\"\nprotocol = \"tcp\"\nport = 1\naddress = \"" + address + "\"\n"));
    };
    for (const auto* good : {"192.0.2.1", "2001:db8::1"})
        BOOST_TEST(with(good) == "");
    BOOST_TEST(with("localhost").find("f.toml:4: address: is neither") == 0U);
    BOOST_TEST(with("::").find("f.toml:4: address: is the address for any") == 0U);
    BOOST_TEST(with("0.0.0.0").find("f.toml:4: address: is the address for any") == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_no_toml_is_said_with_its_line) {
    const auto problems = problemsOf("application = \"shop\"\nport = = 1\n");
    BOOST_REQUIRE_EQUAL(problems.size(), 1U);
    BOOST_TEST(problems.front().line == 2U);
}

BOOST_AUTO_TEST_CASE(a_secret_in_the_file_is_refused_and_not_repeated) {
    const std::string planted = "hunter2-planted";
    for (const auto& text :
         {"[authentication]\nkind = \"password\"\nuser = \"a\"\npassword = \"" + planted + "\"\n",
          "[authentication]\nsecret = \"" + planted + "\"\n", "[authentication]\ntoken = \"" + planted + '\n',
          "passphrase = \"" + planted + "\"\n", "secret = " + planted + '\n', planted + '\n'}) {
        const auto told = said(problemsOf(least + text));
        BOOST_TEST(told != "");
        BOOST_TEST(told.find(planted) == std::string::npos, told);
    }
}

BOOST_AUTO_TEST_CASE(the_least_file_is_probed_and_measured_as_one_expects) {
    const auto settings = read(least + "health-check = \"GET /health\"\nconnection-limit = 50\n");
    BOOST_TEST((settings.probe.kind == ProbeSettings::Kind::http));
    BOOST_TEST(settings.probe.path == "/health");
    BOOST_TEST(settings.probe.address == "192.0.2.1");
    BOOST_TEST(settings.probe.port == 80U);
    BOOST_TEST(settings.measure.connectionsFullAt == 50U);
    BOOST_TEST(settings.measure.figures.size() == 2U);
    BOOST_TEST((settings.probe.interval == 5s));
}

BOOST_AUTO_TEST_CASE(an_application_without_an_address_is_probed_on_loopback) {
    const auto settings = read("application = \"a\"\nport = 443\nprotocol = \"https\"\n");
    BOOST_TEST(settings.address == "");
    BOOST_TEST(settings.probe.address == "127.0.0.1");
    BOOST_TEST((settings.probe.kind == ProbeSettings::Kind::tls));
}

BOOST_AUTO_TEST_CASE(every_key_is_taken) {
    const auto settings = read(R"(
application = "shop"
instance = "2"
version = "7"
address = "2001:db8::1"
port = 8443
transport = "tcp"
protocol = "https"
weight = 100
connection-limit = 10
warm-up = 30
[probe]
kind = "https"
address = "127.0.0.1"
port = 9
path = "/h"
expect = [200, 401]
interval = 0.5
timeout = 0.25
fall = 3
rise = 4
server-name = "n"
trust-anchor = "t"
use-credentials = true
[levels]
upper = 900
lower = 100
tolerance = 10
hold = 0
[measure]
figures = ["cpu", "memory", "pressure", "connections", "backlog", "command", "file"]
interval = 0.1
unit = "shop.service"
connections-full-at = 5
backlog-full-at = 6
pressure-full-at = 7
command = ["/c", "d"]
command-timeout = 1
command-full-at = 2.5
file = "/f"
file-full-at = 3
[authentication]
kind = "token"
header = "X-Token"
secret-file = "s"
server-name = "m"
trust-anchor = "u"
server-certificate = "c"
[data-source]
names = ["a", "b"]
current = "b"
hook = ["/h"]
timeout = 3600
)");
    BOOST_TEST(settings.name() == "shop/2");
    BOOST_TEST(settings.measure.figures.size() == 7U);
    BOOST_TEST(settings.measure.command.size() == 2U);
    BOOST_TEST((settings.measure.interval == 100ms));
    BOOST_TEST(settings.probe.serverName == "n");
    BOOST_TEST((settings.dataSource.timeout == 1h));
}
