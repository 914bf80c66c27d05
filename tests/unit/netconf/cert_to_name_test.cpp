#include "netconf/cert_to_name.hpp"
#include "tls_support.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/pem.h>

#include <cstdio>

using namespace headgate::netconf;
using namespace headgate::netconf::test;
using Map = CertToName::Map;

BOOST_AUTO_TEST_SUITE(cert_to_name)

namespace {

/// Certificates as a handshake has verified them.
struct Chain {
    explicit Chain(const std::string& extensions, const std::string& subject = "Alice") {
        issuer.authority("authority");
        issuer.certificate("client", "authority", extensions, subject);
        for (const char* name : {"client", "authority"}) {
            std::FILE* file = std::fopen((dir / (std::string(name) + ".pem")).c_str(), "r");
            BOOST_REQUIRE(file);
            certificates.push_back(PEM_read_X509(file, nullptr, nullptr, nullptr));
            std::fclose(file);
        }
    }
    ~Chain() {
        for (auto* each : certificates)
            X509_free(each);
    }

    std::string name(const std::vector<CertToName>& rules) const {
        return nameOf({certificates.begin(), certificates.end()}, rules).value_or("nobody");
    }
    std::string name(Map map) const { return name(std::vector<CertToName>{{"", map, ""}}); }

    TempDir dir;
    Issuer issuer{dir};
    std::vector<X509*> certificates;
};

}

BOOST_AUTO_TEST_CASE(each_kind_of_name_is_found_and_written_as_the_rfc_says) {
    const Chain chain("subjectAltName=email:Alice.A@Example.COM,email:second@example.com,DNS:NMS.Example.com,"
                      "IP:192.0.2.7");
    BOOST_TEST(chain.name(Map::sanRfc822Name) == "Alice.A@example.com");
    BOOST_TEST(chain.name(Map::sanDnsName) == "nms.example.com");
    BOOST_TEST(chain.name(Map::sanIpAddress) == "192.0.2.7");
    BOOST_TEST(chain.name(Map::sanAny) == "Alice.A@example.com");
    BOOST_TEST(chain.name(Map::commonName) == "Alice");
    BOOST_TEST(chain.name({{"", Map::specified, "operator"}}) == "operator");
    BOOST_TEST(chain.name(std::vector<CertToName>{}) == "nobody");

    const Chain six("subjectAltName=URI:urn:x,IP:2001:DB8::7");
    BOOST_TEST(six.name(Map::sanIpAddress) == "20010db8000000000000000000000007");
    BOOST_TEST(six.name(Map::sanAny) == "20010db8000000000000000000000007");
    BOOST_TEST(six.name(Map::sanDnsName) == "nobody");
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_fits_and_yields_a_name_counts) {
    const Chain chain("subjectAltName=DNS:nms.example.com");
    const auto own = chain.issuer.fingerprint("client");
    const auto above = chain.issuer.fingerprint("authority");
    auto another = own;
    another.back() = another.back() == '0' ? '1' : '0';
    const CertToName noMail{"", Map::sanRfc822Name, ""};
    BOOST_TEST(chain.name({{another, Map::specified, "another"}, noMail, {"", Map::sanDnsName, ""}}) ==
               "nms.example.com");
    BOOST_TEST(chain.name({{own, Map::specified, "alice"}, {"", Map::commonName, ""}}) == "alice");
    BOOST_TEST(chain.name({{above, Map::commonName, ""}, {"", Map::specified, "anybody"}}) == "Alice");
    BOOST_TEST(chain.name({{another, Map::specified, "another"}, noMail}) == "nobody");
    BOOST_TEST(own == fingerprintOf(*chain.certificates[0]));
    // MD5 is no hash to let anybody in by.
    BOOST_TEST(chain.name({{"01:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", Map::commonName, ""}}) ==
               "nobody");
}

BOOST_AUTO_TEST_CASE(a_name_with_control_characters_or_too_long_a_one_is_none) {
    const Chain chain("subjectAltName=DNS:" + std::string(300, 'a'));
    BOOST_TEST(chain.name(Map::sanDnsName) == "nobody");
    BOOST_TEST(chain.name({{"", Map::specified, "a\nb"}}) == "nobody");
    BOOST_TEST(chain.name({{"", Map::specified, std::string("a\0b", 3)}}) == "nobody");
    BOOST_TEST(chain.name({{"", Map::specified, ""}}) == "nobody");
}

BOOST_AUTO_TEST_SUITE_END()
