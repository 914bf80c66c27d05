#define BOOST_TEST_MODULE pki
#include "pki/certificate.hpp"
#include "support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace headgate;
using namespace headgate::test;
using base::Secret;

namespace {

std::string refusal(const std::string& pem) {
    try {
        pki::readCertificates(pem);
    } catch (const pki::Error& error) {
        return error.what();
    }
    return "";
}

}

BOOST_AUTO_TEST_CASE(a_certificate_says_whose_it_is_and_until_when) {
    const auto found = pki::readCertificates(certificate() + authority());
    BOOST_REQUIRE_EQUAL(found.size(), 2U);
    BOOST_TEST(found[0].subject == "CN=test");
    BOOST_TEST(found[1].subject == "CN=Test CA");
    BOOST_TEST(found[0].fingerprint.size() == 32U);
    BOOST_TEST(found[0].fingerprint != found[1].fingerprint);
    using namespace std::chrono;
    BOOST_TEST(static_cast<int>(year_month_day(floor<days>(found[0].notBefore)).year()) == 2026);
    BOOST_TEST(static_cast<int>(year_month_day(floor<days>(found[0].notAfter)).year()) == 2126);
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_is_refused) {
    BOOST_TEST(refusal("") == "has no certificate in PEM");
    BOOST_TEST(refusal("hello") == "has no certificate in PEM");
    BOOST_TEST(refusal(keyOfCertificate()) == "has no certificate in PEM");
    auto damaged = authority();
    damaged[28] = 'A'; // of the outermost length
    BOOST_TEST(refusal(damaged) == "has a certificate that OpenSSL does not read");
    BOOST_TEST(refusal(certificate() + damaged) == "has a certificate that OpenSSL does not read");
    BOOST_TEST(refusal(authority().substr(0, 200)) == "has a certificate that OpenSSL does not read");
}

BOOST_AUTO_TEST_CASE(only_its_own_key_fits_a_certificate) {
    const auto own = pki::readCertificates(certificate()).front();
    BOOST_TEST(pki::keyFits(own, Secret(keyOfCertificate())));
    BOOST_TEST(!pki::keyFits(own, Secret(anotherKey())));
    BOOST_TEST(!pki::keyFits(pki::readCertificates(authority()).front(), Secret(keyOfCertificate())));
    BOOST_TEST(!pki::keyFits(own, Secret("hunter2")));
}

BOOST_AUTO_TEST_CASE(only_what_is_a_certificate_of_a_file_is_passed_on) {
    const auto mixed = "a word\n" + certificate() + keyOfCertificate() + authority();
    const auto joined = pki::joinPem(pki::readCertificates(mixed));
    BOOST_TEST(joined.find("PRIVATE KEY") == std::string::npos);
    BOOST_TEST(pki::readCertificates(joined).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it) {
    BOOST_CHECK_EXCEPTION(
        pki::readPrivateKey(Secret(keyWithPassphrase())), pki::Error, [](const pki::Error& error) {
            return std::string(error.what()) == "has a passphrase, and there is nobody to ask for it";
        });
    BOOST_TEST(pki::keyFits(pki::readCertificates(certificate()).front(),
                            pki::readPrivateKey(Secret(keyOfCertificate()))));
}
