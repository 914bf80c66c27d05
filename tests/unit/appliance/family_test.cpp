#include "appliance/family.hpp"
#include "appliance/haproxy_files.hpp"
#include "appliance/pem.hpp"
#include "support/certificates.hpp"
#include "yang/context.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <fstream>
#include <sstream>

using namespace headgate;
using namespace headgate::appliance;
using namespace headgate::test;

namespace {

std::string textOf(const std::string& name) {
    std::ifstream in(std::string(HEADGATE_SOURCE_DIR) + "/tests/yang/valid/" + name);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

yang::Tree sample(const yang::Context& context, const std::string& name) {
    auto tree = yang::Tree::parse(context, textOf(name), yang::Format::xml);
    tree.validate();
    return tree;
}

/// What a family reads of its sample with authentication; `part` of it becomes `other` before.
struct Authenticated {
    explicit Authenticated(const char* word)
        : family(makeFamily(word)) {
        context.load(family->module());
        text = textOf(std::string(family->module()) + "-authentication.xml");
        const auto begin = text.find("-----BEGIN");
        replace(text.substr(begin, text.rfind("-----END CERTIFICATE-----") + 25 - begin), certificate());
        replace("a certificate", certificate());
        replace("a key", keyOfCertificate());
    }
    Authenticated& replace(const std::string& part, const std::string& other) {
        const auto at = text.find(part);
        BOOST_REQUIRE(at != std::string::npos);
        text.replace(at, part.size(), other);
        return *this;
    }
    Configuration read() const {
        auto tree = yang::Tree::parse(context, text, yang::Format::xml);
        tree.validate();
        return family->read(tree);
    }
    std::string refusal() const {
        try {
            read();
        } catch (const Refused& refused) {
            return refused.what();
        }
        return "";
    }
    yang::Context context;
    std::unique_ptr<Family> family;
    std::string text;
};

/// A family with its instance data out of tests/yang/valid.
struct Case {
    explicit Case(const char* word)
        : family(makeFamily(word)) {
        context.load(family->module());
        tree.emplace(sample(context, std::string(family->module()) + "-startup.xml"));
    }
    yang::Context context;
    std::unique_ptr<Family> family;
    std::optional<yang::Tree> tree;
};

}

BOOST_AUTO_TEST_CASE(an_f5_configuration_is_read) {
    const Case f5("f5");
    const auto read = f5.family->read(*f5.tree);
    BOOST_REQUIRE(read.pools.size() == 1U);
    const auto& pool = read.pools[0];
    BOOST_TEST(pool.name == "/Common/web");
    BOOST_TEST((pool.balance == Balance::leastConnections));
    BOOST_TEST(pool.check.method == "GET");
    BOOST_TEST(pool.check.path == "/health");
    BOOST_TEST(pool.check.contains == "ok");
    BOOST_TEST(pool.check.user == "probe");
    BOOST_TEST(pool.check.fall == 2U);
    BOOST_REQUIRE(pool.members.size() == 2U);
    BOOST_TEST((pool.members[0].admin == Admin::enabled));
    BOOST_TEST(pool.members[0].weight == 1U);
    BOOST_TEST((pool.members[1].admin == Admin::draining));
    BOOST_TEST(pool.members[1].weight == 2U);
    BOOST_TEST(pool.members[1].maxConnections == 100U);
    BOOST_TEST(!pool.members[1].drainedWhenIdle);
    BOOST_TEST(
        (read.virtuals == std::vector<Virtual>{{"/Common/vs_web", "127.77.0.1", 8081, "/Common/web"}}));
}

BOOST_AUTO_TEST_CASE(a_citrix_configuration_is_read) {
    const Case citrix("citrix");
    const auto read = citrix.family->read(*citrix.tree);
    BOOST_REQUIRE(read.pools.size() == 1U);
    const auto& pool = read.pools[0];
    BOOST_TEST(pool.check.path == "/health");
    BOOST_TEST(pool.check.statuses == std::vector<unsigned>{200});
    BOOST_REQUIRE(pool.members.size() == 2U);
    BOOST_TEST(pool.members[0].name == "127.77.0.11:8080");
    const auto& second = pool.members[1];
    BOOST_TEST((second.admin == Admin::draining));
    BOOST_TEST(second.drainedWhenIdle);
    BOOST_TEST(second.drainTime->count() == 30000);
    BOOST_TEST((read.virtuals == std::vector<Virtual>{{"vs_web", "127.77.0.2", 8081, "sg_web"}}));
}

BOOST_AUTO_TEST_CASE(a_members_state_is_told_in_each_familys_words) {
    using Health = MemberStatus::Health;
    struct Row {
        MemberStatus status;
        const char* availability;
        const char* monitor;
        const char* session;
        const char* svrstate;
    };
    const Row table[] = {
        {{Health::checking, Admin::enabled, 0, 0, 0, ""}, "unknown", "checking", "enabled", "UNKNOWN"},
        {{Health::up, Admin::enabled, 1, 2, 3, "L7OK"}, "available", "up", "enabled", "UP"},
        {{Health::down, Admin::enabled, 0, 0, 0, "L4CON"}, "offline", "down", "enabled", "DOWN"},
        {{Health::unchecked, Admin::enabled, 0, 0, 0, ""}, "unknown", "unchecked", "enabled", "UP"},
        {{Health::up, Admin::draining, 4, 0, 0, ""}, "available", "up", "user-disabled", "TROFS"},
        {{Health::up, Admin::disabled, 0, 0, 0, ""},
         "offline",
         "user-down",
         "user-disabled",
         "OUT OF SERVICE"},
    };
    const Case f5("f5");
    const Case citrix("citrix");
    for (const auto& row : table) {
        auto tree = f5.tree->duplicate();
        f5.family->fill(tree, {{{"/Common/web", "/Common/real1:8080"}, row.status}});
        const std::string at =
            "/adc-f5-ltm:ltm/pool[name='/Common/web']/members[name='/Common/real1:8080']/status/";
        BOOST_TEST(*tree.value(at + "availability") == row.availability);
        BOOST_TEST(*tree.value(at + "monitor-status") == row.monitor);
        BOOST_TEST(*tree.value(at + "session-status") == row.session);
        BOOST_TEST(*tree.value(at + "current-connections") == std::to_string(row.status.connections));
        tree.validate(yang::Content::everything);

        auto other = citrix.tree->duplicate();
        citrix.family->fill(other, {{{"sg_web", "127.77.0.11:8080"}, row.status}});
        const std::string binding = "/adc-citrix-lb:lb/servicegroup[servicegroupname='sg_web']/"
                                    "servicegroup-servicegroupmember-binding[ip='127.77.0.11'][port='8080']/";
        BOOST_TEST(*other.value(binding + "svrstate") == row.svrstate);
        other.validate(yang::Content::everything);
    }
}

BOOST_AUTO_TEST_CASE(a_part_in_a_pair_is_told_in_each_familys_words) {
    const Case f5("f5");
    const Case citrix("citrix");
    for (const auto& [state, status, node] :
         {std::tuple{HaState::active, "ACTIVE", "Primary"}, {HaState::standby, "STANDBY", "Secondary"}}) {
        auto tree = f5.tree->duplicate();
        f5.family->fill(tree, state);
        BOOST_TEST(*tree.value("/adc-f5-ltm:cm/failover-status/status") == status);
        tree.validate(yang::Content::everything);
        auto other = citrix.tree->duplicate();
        citrix.family->fill(other, state);
        BOOST_TEST(*other.value("/adc-citrix-lb:ha/hanode[id='0']/state") == node);
        other.validate(yang::Content::everything);
    }
}

BOOST_AUTO_TEST_CASE(a_monitors_text_is_taken_apart) {
    const std::tuple<const char*, const char*, const char*> table[] = {
        {"", "GET", "/"},
        {"GET /health HTTP/1.0\\r\\n\\r\\n", "GET", "/health"},
        {"HEAD /x", "HEAD", "/x"},
        {"GET /a\r\nHost: b", "GET", "/a"},
    };
    for (const auto& [text, method, path] : table) {
        Check check;
        setRequest(check, text);
        BOOST_TEST(check.method == method);
        BOOST_TEST(check.path == path);
    }
}

BOOST_AUTO_TEST_CASE(headers_are_read_from_either_notation) {
    using Headers = std::vector<std::pair<std::string, std::string>>;
    Check check;
    setRequest(check, "GET /a HTTP/1.0\\r\\nX-Token: a b==\\r\\nHost:c:1\\r\\n\\r\\n");
    BOOST_TEST((check.headers == Headers{{"X-Token", "a b=="}, {"Host", "c:1"}}));
    BOOST_TEST(check.path == "/a");
    Check other;
    addHeaders(other, "X-Token: a\r\n\r\nnonsense");
    BOOST_TEST((other.headers == Headers{{"X-Token", "a"}, {"nonsense", ""}}));
    // A line end inside a token makes no other header: it is refused with it.
    Check smuggled;
    addHeaders(smuggled, "X-Token: a\nX-Other: b\\r\\n");
    BOOST_TEST((smuggled.headers == Headers{{"X-Token", "a\nX-Other: b"}}));
}

BOOST_AUTO_TEST_CASE(a_tcp_monitor_over_tls_is_a_handshake) {
    for (const auto* word : {"f5", "citrix"})
        BOOST_TEST_CONTEXT(word) {
            Authenticated authenticated(word);
            if (std::string(word) == "f5")
                authenticated.replace("<type>http</type>", "<type>tcp</type>")
                    .replace("<send>GET /health</send>", "")
                    .replace("<send>GET /health HTTP/1.0\\r\\nX-Token: example\\r\\n\\r\\n</send>", "");
            else
                authenticated.replace("<type>HTTP</type>", "<type>TCP</type>")
                    .replace("<httprequest>GET /health</httprequest>", "")
                    .replace("<type>HTTP</type>", "<type>TCP</type>")
                    .replace("<customheaders>X-Token: example\\r\\n</customheaders>", "");
            const auto read = authenticated.read();
            requireBearable(read);
            for (const auto& member : read.pools.at(0).members)
                if (member.check) {
                    BOOST_TEST((member.check->kind == Check::Kind::tcp));
                    BOOST_TEST(member.check->tls);
                }
        }
}

BOOST_AUTO_TEST_CASE(a_members_own_tls_and_monitor_are_read) {
    for (const auto* word : {"f5", "citrix"})
        BOOST_TEST_CONTEXT(word) {
            const auto read = Authenticated(word).read();
            const auto& members = read.pools.at(0).members;
            const auto& member = members.at(std::string(word) == "f5" ? 1 : 0);
            BOOST_REQUIRE(member.tls.has_value());
            BOOST_TEST(member.tls->serverName == "real2.example");
            BOOST_TEST(member.tls->verifyName == "real2.example");
            BOOST_TEST(member.tls->verify);
            BOOST_TEST(tidyPem(member.tls->trustAnchor) == certificate());
            BOOST_TEST(tidyPem(member.tls->certificate) == certificate());
            BOOST_TEST(tidyPem(member.tls->key) == keyOfCertificate());
            BOOST_REQUIRE(member.check.has_value());
            BOOST_TEST(member.check->tls);
            BOOST_TEST(member.check->headers.size() == 1U);
            BOOST_TEST(member.check->headers.at(0).second == "example");
            // What its monitor leaves unsaid is the pool's.
            BOOST_TEST(member.check->path == "/health");
            BOOST_TEST((member.check->interval == read.pools[0].check.interval));
            BOOST_TEST(member.check->fall == read.pools[0].check.fall);
            BOOST_TEST((member.check->statuses == read.pools[0].check.statuses));
            const auto& plain = members.at(std::string(word) == "f5" ? 0 : 1);
            BOOST_TEST(!plain.check.has_value());
            BOOST_TEST(plain.tls.has_value() == (std::string(word) == "citrix")); // as it is tuned there
        }
}

BOOST_AUTO_TEST_CASE(a_key_that_does_not_fit_is_refused_with_whose_it_is_and_without_it) {
    struct Row {
        const char* word;
        std::string part;
        std::string other;
        const char* words;
    };
    const Row table[] = {
        {"f5", keyOfCertificate(), anotherKey(),
         "01070317:3: profile /Common/hg_real2_8443_web_0a1b2c3d's key (/Common/hg_lb_key) and certificate "
         "(/Common/hg_lb) do not match"},
        {"f5", keyOfCertificate(), keyWithPassphrase(), "unable to read key (/Common/hg_lb_key)"},
        {"f5", keyOfCertificate(), "s3cret", "unable to read key (/Common/hg_lb_key)"},
        {"f5", certificate(), "s3cret", "unable to read certificate (/Common/hg_ca)"},
        {"citrix", keyOfCertificate(), anotherKey(), "do not match [sslcertkey hg_lb]"},
        {"citrix", keyOfCertificate(), "s3cret", "Invalid private key, or PEM pass phrase required"},
        {"citrix", certificate(), "s3cret", "Invalid certificate [sslcertkey hg_ca]"},
    };
    for (const auto& row : table)
        BOOST_TEST_CONTEXT(row.words) {
            const auto said = Authenticated(row.word).replace(row.part, row.other).refusal();
            BOOST_TEST(said.find(row.words) != std::string::npos, said);
            BOOST_TEST(said.find("s3cret") == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(a_monitor_with_another_ssl_profile_than_its_member_is_refused) {
    const auto said =
        Authenticated("f5")
            .replace("<server-ssl-profile>/Common/hg_real2_8443_web_0a1b2c3d</server-ssl-profile>", "")
            .refusal();
    BOOST_TEST(said.find("/Common/real2:8443: its monitor's ssl-profile") != std::string::npos, said);
}
