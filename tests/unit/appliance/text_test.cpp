#include "appliance/haproxy_text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::appliance;

namespace {

const HaproxyOptions options;

Configuration sample() {
    Pool pool;
    pool.name = "/Common/web";
    pool.check.kind = Check::Kind::http;
    pool.check.path = "/health";
    pool.check.user = "probe";
    pool.check.password = "it's";
    pool.check.contains = "o'k";
    pool.check.interval = std::chrono::seconds(1);
    Member member;
    member.name = "/Common/real1:8080";
    member.address = "::1";
    member.port = 8080;
    member.weight = 3;
    member.maxConnections = 10;
    pool.members = {member};
    return {{pool}, {{"/Common/vs", "127.0.0.1", 80, "/Common/web"}}};
}

bool has(const std::string& text, const std::string& line) {
    return text.find(line + "\n") != std::string::npos;
}

}

BOOST_AUTO_TEST_CASE(names_are_told_apart_in_haproxys_letters) {
    const std::pair<const char*, const char*> table[] = {
        {"/Common/real1:8080", "real1:8080"},
        {"real1:8080", "real1:8080"},
        {"/Other/real1:8080", "..2fOther..2freal1:8080"},
        {"/Common/sub/a:1", "..2fCommon..2fsub..2fa:1"},
        {"sg web #1", "sg..20web..20..231"},
        {"2001:db8::1:80", "2001:db8::1:80"},
    };
    for (const auto& [name, expected] : table)
        BOOST_TEST(haproxyName(name) == expected);
}

BOOST_AUTO_TEST_CASE(the_configuration_says_what_the_pool_is) {
    const auto text = haproxyConfiguration(sample(), options, {});
    BOOST_TEST(has(text, "frontend vs\n  bind 127.0.0.1:80\n  default_backend web"));
    BOOST_TEST(
        has(text, "  server real1:8080 [::1]:8080 check inter 1000ms rise 1 fall 3 maxconn 10 weight 3"));
    BOOST_TEST(has(text, "  http-check expect string 'o'\\''k'"));
    // printf %s "probe:it's" | base64
    BOOST_TEST(has(text, "  http-check send meth 'GET' uri '/health' ver HTTP/1.0 hdr Authorization 'Basic "
                         "cHJvYmU6aXQncw=='"));
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_check_or_drains_begins_at_weight_0) {
    auto configuration = sample();
    BOOST_TEST(has(haproxyConfiguration(configuration, options, {{"/Common/web", "/Common/real1:8080"}}),
                   "  server real1:8080 [::1]:8080 check inter 1000ms rise 1 fall 3 maxconn 10 weight 0"));
    configuration.pools[0].members[0].admin = Admin::draining;
    BOOST_TEST(has(haproxyConfiguration(configuration, options, {}),
                   "  server real1:8080 [::1]:8080 check inter 1000ms rise 1 fall 3 maxconn 10 weight 0"));
    configuration.pools[0].members[0].admin = Admin::disabled;
    BOOST_TEST(
        has(haproxyConfiguration(configuration, options, {}),
            "  server real1:8080 [::1]:8080 check inter 1000ms rise 1 fall 3 maxconn 10 weight 3 disabled"));
}

BOOST_AUTO_TEST_CASE(a_line_break_in_a_monitor_does_not_reach_the_configuration) {
    auto configuration = sample();
    configuration.pools[0].check.contains = "x\n  bind 0.0.0.0:1";
    BOOST_CHECK_THROW(haproxyConfiguration(configuration, options, {}), Refused);
}

BOOST_AUTO_TEST_CASE(server_lines_of_show_stat_are_understood) {
    const auto found =
        parseServerStats("# pxname,svname,qcur,scur,stot,status,check_status,check_code,check_duration,"
                         "connect,\n"
                         "web,a:1,1,2,30,UP 1/2,* L7OK,200,1,4,\n"
                         "web,b,0,0,0,DOWN,L4CON,,,0,\n"
                         "broken\n");
    BOOST_TEST(found.size() == 2U);
    const auto& a = found.at("web/a:1");
    BOOST_TEST(a.queued == 1U);
    BOOST_TEST(a.current == 2U);
    BOOST_TEST(a.totalRequests == 30U);
    BOOST_TEST(a.totalConnections == 4U);
    BOOST_TEST(a.words() == "L7OK/200 in 1 ms");
    BOOST_TEST(a.checkedGood());
    BOOST_TEST(found.at("web/b").checkedBad());
    BOOST_TEST(parseServerStats("Unknown command").empty());
}
