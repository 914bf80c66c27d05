#include "appliance/haproxy_files.hpp"
#include "appliance/haproxy_text.hpp"
#include "support/certificates.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>

using namespace headgate;
using namespace headgate::appliance;
using namespace headgate::test;

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
    BOOST_TEST(has(text, "  http-check expect ! status 400,401,403"));
    BOOST_TEST(has(text, "  http-check send meth 'GET' uri '/health' ver HTTP/1.0 hdr User-Agent "
                         "'%[srv_name,map(\"/haproxy.map/web.map\"," +
                             headersInMap(sample().pools[0].check) + "),b64dec]'"));
    // printf %s "probe:it's" | base64
    BOOST_TEST(headersInMap(sample().pools[0].check) ==
               base64("headgate-appliance\r\nAuthorization: Basic cHJvYmU6aXQncw=="));
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

BOOST_AUTO_TEST_CASE(a_member_that_speaks_tls_is_checked_and_spoken_to_so) {
    auto configuration = sample();
    auto& member = configuration.pools[0].members[0];
    member.tls =
        Tls{"real1.example", true, "real1.example", certificate(), certificate(), keyOfCertificate()};
    member.check = configuration.pools[0].check;
    member.check->tls = true;
    HaproxyOptions spaced;
    spaced.stateDir = "/a b";
    const auto files = pemFiles(member, spaced);
    BOOST_REQUIRE(files.size() == 2U);
    BOOST_TEST(files[0].text == certificate());
    BOOST_TEST(files[1].text == certificate() + keyOfCertificate());
    BOOST_TEST(
        has(haproxyConfiguration(configuration, spaced, {}),
            "  server real1:8080 [::1]:8080 ssl verify required sni str(real1.example) verifyhost "
            "real1.example ca-file /a\\ b" +
                files[0].path.substr(4) + " crt /a\\ b" + files[1].path.substr(4) +
                " check inter 1000ms rise 1 fall 3 check-ssl check-sni real1.example maxconn 10 weight 3"));
    member.check.reset();
    member.tls = Tls{};
    BOOST_TEST(has(haproxyConfiguration(configuration, spaced, {}),
                   "  server real1:8080 [::1]:8080 ssl verify none check inter 1000ms rise 1 fall 3 "
                   "no-check-ssl maxconn 10 weight 3"));
}

BOOST_AUTO_TEST_CASE(a_members_own_headers_are_in_its_pools_map) {
    auto configuration = sample();
    auto& member = configuration.pools[0].members[0];
    const auto map = headerMap(configuration.pools[0], options);
    BOOST_TEST(haproxyFiles(configuration, options).at(map).empty());
    member.check = configuration.pools[0].check;
    member.check->user.clear();
    member.check->headers = {{"X-Token", "a b=="}};
    BOOST_TEST(haproxyFiles(configuration, options).at(map) ==
               "real1:8080 " + base64("headgate-appliance\r\nX-Token: a b==") + "\n");
}

BOOST_AUTO_TEST_CASE(what_haproxy_cannot_bear_is_refused_with_the_member_and_without_the_secret) {
    struct Fault {
        std::function<void(Member&)> of;
        const char* words;
    };
    const Fault faults[] = {
        {[](Member& m) { m.check->password = "s3cret\n"; }, "control characters"},
        {[](Member& m) { m.check->password = "s3cret\x7f"; }, "control characters"},
        {[](Member& m) { m.check->user = "s3cret:"; }, "colon"},
        {[](Member& m) {
             m.check->headers = {{"X-Token", "s3cret\t"}};
         },
         "control characters"},
        {[](Member& m) {
             m.check->headers = {{"X Token", "s3cret"}};
         },
         "no header"},
        {[](Member& m) {
             m.check->headers = {{"X", "s3cret" + std::string(4096, 'x')}};
         },
         "4096"},
        {[](Member& m) { m.check->kind = Check::Kind::tcp; }, "another kind"},
        {[](Member& m) { m.check->path = "/other"; },
         "asks for GET /other where the pool's asks for GET /health"},
        {[](Member& m) { m.check->interval += base::Duration(1); }, "more than authentication"},
        {[](Member& m) { m.tls = Tls{"a", true, "b", {}, {}, {}}; },
         "cannot send one name (a) and verify another (b)"},
        {[](Member& m) { m.tls = Tls{"a", true, "a", std::string(15001, 'x'), {}, {}}; },
         "trust anchor is longer"},
        {[](Member& m) { m.tls = Tls{"a", false, {}, {}, "x", std::string(15001, 'x')}; }, "key are longer"},
    };
    for (const auto& fault : faults)
        BOOST_TEST_CONTEXT(fault.words) {
            auto configuration = sample();
            auto& member = configuration.pools[0].members[0];
            member.check = configuration.pools[0].check;
            requireBearable(configuration);
            fault.of(member);
            BOOST_CHECK_EXCEPTION(requireBearable(configuration), Refused, [&](const Refused& refusal) {
                const std::string said = refusal.what();
                return said.find(fault.words) != std::string::npos &&
                       said.find(member.name) != std::string::npos &&
                       said.find("s3cret") == std::string::npos;
            });
        }
    auto alone = sample();
    alone.pools[0].members[0].check = alone.pools[0].check;
    alone.pools[0].check = {};
    BOOST_CHECK_THROW(haproxyConfiguration(alone, options, {}), Refused);
}

BOOST_AUTO_TEST_CASE(server_lines_of_show_stat_are_understood) {
    const auto found =
        parseServerStats("# pxname,svname,qcur,scur,stot,status,check_status,check_code,check_duration,"
                         "connect,last_chk,\n"
                         "web,a:1,1,2,30,UP 1/2,* L7OK,200,1,4,OK,\n"
                         "web,b,0,0,0,DOWN,L4CON,,,0,,\n"
                         "web,c,0,0,0,DOWN,L7STS,401,2,0,Un\xff\x61uthorized,\n"
                         "broken\n");
    BOOST_TEST(found.size() == 3U);
    BOOST_TEST(found.at("web/c").words() == "L7STS/401 in 2 ms: Un?authorized");
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
