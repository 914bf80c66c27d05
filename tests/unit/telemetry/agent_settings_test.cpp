#include "northbound/configuration.hpp"
#include "support/certificates.hpp"
#include "telemetry/agent_settings.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace headgate::telemetry::test {
namespace {

using namespace std::chrono_literals;
using domain::AuthenticationKind;
using App = mib::server::Application;
using Auth = mib::server::Authentication;
using headgate::test::anotherKey;
using headgate::test::authority;
using headgate::test::certificate;
using headgate::test::keyOfCertificate;
using snmp::Gauge;
using snmp::Integer;
using snmp::Octets;

const domain::Instant in2030 = std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);

template <typename Column>
void put(AgentRow& row, Column column, snmp::Value value) {
    row.put(static_cast<std::uint32_t>(column), std::move(value));
}

/// An agent of a server that tells good settings, to be spoiled.
struct Told {
    AgentRow application;
    AgentRow authentication;
    Expected expected{{{"web"}, "nginx", 8080, "http"}, "192.0.2.12", in2030};

    Told() {
        put(application, App::addressType, Integer{1});
        put(application, App::address, Octets{std::string("\xc0\x00\x02\x0c", 4)});
        put(application, App::port, Gauge{8443});
        put(application, App::transport, Integer{1});
        put(application, App::protocol, Integer{2});
        put(application, App::weight, Gauge{10});
        put(application, App::connectionLimit, Gauge{200});
        put(application, App::warmUp, Gauge{30});
        put(application, App::healthCheck, Octets{"GET /health"});
        put(authentication, Auth::kind, Integer{4});
        put(authentication, Auth::serverName, Octets{"web.example"});
        put(authentication, Auth::trustAnchor, Octets{authority()});
    }
    Told& with(App column, snmp::Value value) {
        put(application, column, std::move(value));
        return *this;
    }
    Told& with(Auth column, snmp::Value value) {
        put(authentication, column, std::move(value));
        return *this;
    }
    Told& password() {
        return with(Auth::kind, Integer{2})
            .with(Auth::user, Octets{"monitor"})
            .with(Auth::secret, Octets{"s3cret"});
    }
    Told& clientCertificate() {
        return with(Auth::kind, Integer{3})
            .with(Auth::certificate, Octets{certificate()})
            .with(Auth::secret, Octets{keyOfCertificate()});
    }
    Told& token() {
        return with(Auth::kind, Integer{5})
            .with(Auth::header, Octets{"X-Token"})
            .with(Auth::secret, Octets{"t0k"});
    }
    Judged judged() const { return judgeSettings(application, authentication, expected); }
    std::string refusal() const {
        const auto result = judged();
        return result.connection ? "" : result.reason;
    }
};

/// What an agent might tell that has gone astray.
Told anything(unsigned seed) {
    std::mt19937 random(seed);
    const auto upTo = [&](unsigned most) { return random() % (most + 1); };
    const auto octets = [&] {
        std::string text;
        for (auto left = upTo(3) == 0 ? upTo(400) : upTo(12); left > 0; --left)
            text += static_cast<char>(upTo(3) == 0 ? upTo(255) : 'a' + upTo(25));
        return text;
    };
    const auto value = [&]() -> snmp::Value {
        switch (upTo(7)) {
        case 0: return Integer{static_cast<std::int32_t>(random())};
        case 1: return Integer{static_cast<std::int32_t>(upTo(6))};
        case 2: return Gauge{static_cast<std::uint32_t>(random())};
        case 3: return Gauge{static_cast<std::uint32_t>(upTo(100))};
        case 4: return snmp::NoSuchInstance{};
        case 5: return Octets{upTo(1) ? certificate() : keyOfCertificate()};
        default: return Octets{octets()};
        }
    };
    Told told;
    if (upTo(1)) told.password();
    if (upTo(2) == 0) told.clientCertificate();
    if (upTo(2) == 0) told.token();
    for (auto left = upTo(3); left > 0; --left) {
        if (upTo(1))
            told.with(static_cast<App>(3 + upTo(23)), value());
        else
            told.with(static_cast<Auth>(1 + upTo(9)), value());
    }
    return told;
}

}

BOOST_AUTO_TEST_SUITE(agent_settings)

BOOST_AUTO_TEST_CASE(good_settings_are_taken_as_they_are_told) {
    const auto judged = Told().judged();
    BOOST_REQUIRE(judged.connection.has_value());
    BOOST_TEST((*judged.connection ==
                domain::ConnectionSettings{"192.0.2.12", 8443, "https", 10, 200, 30s, "GET /health"}));
    BOOST_TEST((judged.authentication.kind == AuthenticationKind::serverTls));
    BOOST_TEST(judged.authentication.serverName == "web.example");
    BOOST_TEST(judged.authentication.trustAnchor == authority());
    BOOST_TEST(judged.secret.empty());
    // It ends with the certificate.
    BOOST_REQUIRE(judged.authentication.notAfter.has_value());
    BOOST_TEST((*judged.authentication.notAfter > in2030));
}

BOOST_AUTO_TEST_CASE(each_kind_has_what_it_needs) {
    const auto password = Told().password().with(Auth::realm, Octets{"status"}).judged();
    BOOST_TEST((password.authentication.kind == AuthenticationKind::password));
    BOOST_TEST(password.authentication.user == "monitor");
    BOOST_TEST(password.authentication.realm == "status");
    BOOST_TEST((password.secret == base::Secret("s3cret")));
    const auto client = Told().clientCertificate().judged();
    BOOST_TEST((client.authentication.kind == AuthenticationKind::clientCertificate));
    BOOST_TEST(client.authentication.certificate == certificate());
    BOOST_TEST((client.secret == base::Secret(keyOfCertificate())));
    const auto token = Told().token().judged();
    BOOST_TEST((token.authentication.kind == AuthenticationKind::token));
    BOOST_TEST(token.authentication.header == "X-Token");
    BOOST_TEST((token.secret == base::Secret("t0k")));
}

BOOST_AUTO_TEST_CASE(an_application_without_authentication_needs_no_second_row) {
    Told told;
    told.with(App::protocol, Integer{1});
    const auto judged = judgeSettings(told.application, {}, told.expected);
    BOOST_REQUIRE(judged.connection.has_value());
    BOOST_TEST(judged.connection->protocol == "http");
    BOOST_TEST((judged.authentication == domain::Authentication{}));
}

BOOST_AUTO_TEST_CASE(what_listens_everywhere_listens_at_the_servers_address) {
    BOOST_TEST(Told().with(App::address, Octets{std::string(4, '\0')}).judged().connection->address ==
               "192.0.2.12");
}

BOOST_AUTO_TEST_CASE(bad_connections_are_refused_by_name_and_reason) {
    const auto refused = [](App column, snmp::Value value) {
        return Told().with(column, std::move(value)).refusal();
    };
    BOOST_TEST(refused(App::port, Gauge{0}) == "its port 0 is not between 1 and 65535");
    BOOST_TEST(refused(App::port, Gauge{65536}) == "its port 65536 is not between 1 and 65535");
    BOOST_TEST(refused(App::port, Octets{"80"}) == "its port is no number");
    BOOST_TEST(refused(App::weight, Gauge{0}) == "its weight 0 is not between 1 and 100");
    BOOST_TEST(refused(App::weight, Gauge{101}) == "its weight 101 is not between 1 and 100");
    BOOST_TEST(refused(App::connectionLimit, Gauge{2147483648U}) ==
               "its connection limit 2147483648 is not between 0 and 2147483647");
    BOOST_TEST(refused(App::warmUp, Gauge{86401}) == "its warm-up time 86401 is not between 0 and 86400");
    BOOST_TEST(refused(App::address, Octets{std::string("\xc0\x00\x02\x0d", 4)}) ==
               "its address 192.0.2.13 is not the server's, 192.0.2.12");
    BOOST_TEST(refused(App::address, Octets{"1.2"}) == "its address is neither of IPv4 nor of IPv6");
    BOOST_TEST(refused(App::transport, Integer{2}) == "its transport is not TCP");
    BOOST_TEST(refused(App::protocol, Integer{3}) == "its protocol is tcp, the application web speaks http");
    BOOST_TEST(refused(App::protocol, Integer{9}) == "its protocol is not known");
    BOOST_TEST(refused(App::healthCheck, Octets{"GET /\r\nHost: x"}) ==
               "its health check has control characters");
    BOOST_TEST(refused(App::healthCheck, Octets{std::string(255, 'a')}).empty());
    BOOST_TEST(refused(App::healthCheck, Octets{std::string(256, 'a')}) ==
               "its health check has 256 octets, more than 255");
}

BOOST_AUTO_TEST_CASE(bad_authentication_is_refused_by_name_and_reason) {
    BOOST_TEST(Told().with(Auth::kind, Integer{6}).refusal() == "its way of authentication (6) is not known");
    BOOST_TEST(Told().with(Auth::trustAnchor, Octets{""}).refusal() ==
               "it authenticates by its certificate and names no trust anchor");
    BOOST_TEST(Told().with(Auth::trustAnchor, Octets{std::string(1 << 20, 'x')}).refusal() ==
               "its trust anchor has 1048576 octets, more than 16384");
    BOOST_TEST(Told().with(Auth::trustAnchor, Octets{"<!ENTITY a '&a;&a;'>"}).refusal() ==
               "its trust anchor has no certificate in PEM");
    BOOST_TEST(Told().with(Auth::serverName, Octets{"web&lol9;"}).refusal() ==
               "its server name is no name of a host");
    BOOST_TEST(Told().password().with(Auth::user, Octets{""}).refusal() ==
               "it authenticates by password and names no user");
    BOOST_TEST(Told().password().with(Auth::user, Octets{"a:b"}).refusal() == "its user has a colon in it");
    BOOST_TEST(Told().password().with(Auth::user, Octets{"a\x01"}).refusal() ==
               "its user has control characters");
    BOOST_TEST(Told().password().with(Auth::secret, Octets{""}).refusal() ==
               "it tells no secret: is it shown to this credential (see VACM)?");
    BOOST_TEST(Told().password().with(Auth::secret, Octets{"a\nb"}).refusal() ==
               "its secret has control characters");
    BOOST_TEST(Told().clientCertificate().with(Auth::secret, Octets{anotherKey()}).refusal() ==
               "its key does not fit its client certificate");
    BOOST_TEST(Told().clientCertificate().with(Auth::certificate, Octets{""}).refusal() ==
               "it wants a client certificate and tells none");
    BOOST_TEST(Told().token().with(Auth::header, Octets{"X-Token:"}).refusal() ==
               "its header is no name of a header");
    BOOST_TEST(Told().token().with(Auth::secret, Octets{"a\\r\\nX: b"}).refusal() ==
               "its token has a backslash in it");
    BOOST_TEST(Told().with(Auth::fingerprint, Octets{"short"}).refusal() == "its fingerprint is no SHA-256");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_told_with_a_certificate_goes_no_further) {
    const auto both = "a word\n" + certificate() + keyOfCertificate();
    const auto judged = Told()
                            .clientCertificate()
                            .with(Auth::certificate, Octets{both})
                            .with(Auth::trustAnchor, Octets{both})
                            .judged();
    BOOST_TEST(judged.authentication.certificate == certificate());
    BOOST_TEST(judged.authentication.trustAnchor == certificate());
}

BOOST_AUTO_TEST_CASE(what_neither_xml_nor_yang_can_hold_is_refused_before_an_appliance_has_it) {
    BOOST_TEST(Told().password().with(Auth::user, Octets{"m\xfcller"}).refusal() == "its user is not UTF-8");
    BOOST_TEST(Told().password().with(Auth::realm, Octets{"\xef\xbf\xbf"}).refusal() ==
               "its realm is not UTF-8");
    BOOST_TEST(Told().with(App::healthCheck, Octets{"GET /\xc0\xaf"}).refusal() ==
               "its health check is not UTF-8");
    BOOST_TEST(Told().password().with(Auth::secret, Octets{"\xff"}).refusal() == "its secret is not UTF-8");
    BOOST_TEST(Told().password().with(Auth::secret, Octets{"sch\xc3\xb6n"}).refusal() == "");
    const std::string in10000("\x27\x10\x01\x01\x00\x00\x00\x00", 8);
    BOOST_TEST(Told().password().with(Auth::notAfter, Octets{in10000}).refusal() ==
               "its not-after is no year of four digits");
}

BOOST_AUTO_TEST_CASE(another_servers_seal_is_no_setting) {
    const std::string seal = "sealed:v1:QUJD";
    BOOST_TEST(Told().with(App::healthCheck, Octets{"GET /" + seal}).refusal() ==
               "its health check looks like a sealed secret");
    BOOST_TEST(Told().with(Auth::serverName, Octets{seal}).refusal() ==
               "its server name looks like a sealed secret");
    // A secret is sealed whatever it is, and only that seal is opened.
    BOOST_TEST(Told().password().with(Auth::secret, Octets{seal}).refusal() == "");
}

BOOST_AUTO_TEST_CASE(no_secret_is_in_a_refusal) {
    for (auto told :
         {Told().password().with(Auth::secret, Octets{"hunter2\n"}),
          Told().clientCertificate().with(Auth::secret, Octets{"hunter2"}),
          Told().token().with(Auth::secret, Octets{std::string("hunter2") + std::string(1, '\0')})}) {
        BOOST_TEST(!told.refusal().empty());
        BOOST_TEST(told.refusal().find("hunter2") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_certificate_is_refused_before_and_after_its_time) {
    Told told;
    const auto ends = *told.judged().authentication.notAfter;
    told.expected.now = ends - 1ms;
    BOOST_TEST(told.refusal() == "");
    told.expected.now = ends;
    BOOST_TEST(told.refusal().starts_with("its trust anchor (CN=Test CA) has expired at "));
    told.expected.now = domain::Instant{};
    BOOST_TEST(told.refusal() == "its trust anchor (CN=Test CA) is not valid yet");
}

BOOST_AUTO_TEST_CASE(not_after_is_believed_where_it_is_earlier) {
    const std::string in2031("\x07\xef\x01\x01\x00\x00\x00\x00", 8);
    auto told = Told().password().with(Auth::notAfter, Octets{in2031});
    BOOST_TEST((*told.judged().authentication.notAfter ==
                domain::Instant(std::chrono::sys_days(std::chrono::year(2031) / 1 / 1))));
    told.with(Auth::notAfter, Octets{in2031 + std::string("+\x02\x00", 3)});
    BOOST_TEST((*told.judged().authentication.notAfter ==
                std::chrono::sys_days(std::chrono::year(2030) / 12 / 31) + 22h));
    told.expected.now = std::chrono::sys_days(std::chrono::year(2030) / 12 / 31) + 22h;
    BOOST_TEST(told.refusal().starts_with("its authentication settings have expired at"));
    told.with(Auth::notAfter, Octets{std::string("\x07\xef\x0d\x01\x00\x00\x00\x00", 8)});
    BOOST_TEST(told.refusal() == "its not-after is no DateAndTime");
}

BOOST_AUTO_TEST_CASE(tls_and_its_protocol_go_together) {
    BOOST_TEST(Told().with(App::protocol, Integer{1}).refusal() ==
               "it has TLS settings, and its protocol is http");
    BOOST_TEST(Told().password().with(Auth::trustAnchor, Octets{""}).refusal() ==
               "its protocol is https, and it names no trust anchor to verify it by");
}

/// Whatever an agent tells, it is taken or refused with a reason that a log can bear. A failing seed replays.
BOOST_AUTO_TEST_CASE(no_answer_whatever_is_in_it_gets_past_the_judge_half_read) {
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        const auto judged = anything(seed).judged();
        BOOST_REQUIRE_MESSAGE(judged.connection.has_value() != !judged.reason.empty(), "seed " << seed);
        if (!judged.connection) {
            for (const char c : judged.reason)
                BOOST_REQUIRE_MESSAGE(static_cast<unsigned char>(c) >= 0x20, "seed " << seed);
            continue;
        }
        const auto& connection = *judged.connection;
        const auto kind = judged.authentication.kind;
        BOOST_REQUIRE_MESSAGE(connection.address == "192.0.2.12" && connection.port > 0 &&
                                  connection.weight >= 1 && connection.weight <= 100,
                              "seed " << seed);
        const bool needs = kind == AuthenticationKind::password || kind == AuthenticationKind::token ||
                           kind == AuthenticationKind::clientCertificate;
        BOOST_REQUIRE_MESSAGE(needs == !judged.secret.empty(), "seed " << seed);
    }
}

// What is taken is to be recorded, or a transaction would end without its record.
BOOST_AUTO_TEST_CASE(whatever_the_judge_takes_the_configuration_takes) {
    const auto running = northbound::RunningConfiguration::fromContent(
        R"({"headgate:headgate": {
            "credential": [{"name": "c", "kind": "snmp-v2c", "secret-file": "community"},
                           {"name": "s", "kind": "ssh", "user": "headgate", "secret-file": "key"}],
            "application": [{"name": "web", "process": "nginx", "port": 8080, "protocol": "http"}],
            "profile": [{"name": "p", "metric": [{"name": "cpu", "limit": "900.0"}]}],
            "server": [{"name": "real2", "address": "192.0.2.12", "profile": "p", "application": ["web"],
                        "snmp": {"credential": "c"}}],
            "appliance": [{"name": "f5-1", "family": "f5", "host": "192.0.2.21", "credential": "s",
                           "known-hosts-file": "known_hosts"}],
            "pool": [{"name": "web", "application": "web",
                      "appliance": [{"name": "f5-1", "object": "/Common/web"}]}]}})",
        "/");
    unsigned taken = 0;
    for (unsigned seed = 0; seed < 600; ++seed) {
        const auto judged = anything(seed).judged();
        if (!judged.connection) continue;
        ++taken;
        domain::Member member{
            {"real2"}, *judged.connection, judged.authentication, domain::Origin::allocated};
        if (!judged.secret.empty()) member.authentication.secret = {"sealed:v1:QUJD"};
        try {
            northbound::RunningConfiguration::fromText(running.text(), {running.withMember({"web"}, member)});
        } catch (const northbound::InvalidConfiguration& error) {
            BOOST_FAIL("seed " << seed << ": " << error.what());
        }
    }
    BOOST_TEST(taken > 30U);
}

BOOST_AUTO_TEST_SUITE_END()

}
