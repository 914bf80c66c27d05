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
    BOOST_TEST(found[0].fingerprint.size() == 64U);
    BOOST_TEST(found[0].fingerprint != found[1].fingerprint);
    using namespace std::chrono;
    BOOST_TEST(static_cast<int>(year_month_day(floor<days>(found[0].notBefore)).year()) == 2026);
    BOOST_TEST(static_cast<int>(year_month_day(floor<days>(found[0].notAfter)).year()) == 2126);
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_is_refused) {
    BOOST_TEST(refusal("") == "it holds no certificate");
    BOOST_TEST(refusal("hello") == "it holds no certificate");
    BOOST_TEST(refusal(keyOfCertificate()) == "it holds no certificate");
    auto damaged = authority();
    damaged[28] = 'A'; // of the outermost length
    BOOST_TEST(refusal(damaged) == "a certificate in it cannot be read");
    BOOST_TEST(refusal(certificate() + damaged) == "a certificate in it cannot be read");
    BOOST_TEST(refusal(authority().substr(0, 200)) == "a certificate in it cannot be read");
}

BOOST_AUTO_TEST_CASE(only_its_own_key_fits_a_certificate) {
    BOOST_TEST(pki::keyFits(certificate(), Secret(keyOfCertificate())));
    BOOST_TEST(!pki::keyFits(certificate(), Secret(anotherKey())));
    BOOST_TEST(!pki::keyFits(authority(), Secret(keyOfCertificate())));
    // Of a chain the first one is meant.
    BOOST_TEST(pki::keyFits(certificate() + authority(), Secret(keyOfCertificate())));
    BOOST_CHECK_THROW(pki::keyFits(certificate(), Secret("hunter2")), pki::Error);
    BOOST_CHECK_THROW(pki::keyFits("", Secret(keyOfCertificate())), pki::Error);
}
