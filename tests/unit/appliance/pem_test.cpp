#include "appliance/pem.hpp"
#include "support/certificates.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate::appliance;
using namespace headgate::test;

BOOST_AUTO_TEST_CASE(certificates_and_keys_are_told_from_what_is_none) {
    BOOST_TEST(holdsCertificates(certificate()));
    BOOST_TEST(holdsCertificates(certificate() + certificate()));
    BOOST_TEST(holdsKey(keyOfCertificate()));
    for (const auto& none : {std::string(), std::string("text"), keyOfCertificate(),
                             certificate().substr(0, 200), certificate() + certificate().substr(0, 200)})
        BOOST_TEST(!holdsCertificates(none), none);
    // A key with a passphrase is none: nobody is there to be asked.
    for (const auto& none : {std::string(), std::string("text"), certificate(), keyWithPassphrase(),
                             keyOfCertificate().substr(0, 100)})
        BOOST_TEST(!holdsKey(none), none);
}

BOOST_AUTO_TEST_CASE(a_key_fits_its_own_certificate_only) {
    BOOST_TEST(keyFits(certificate(), keyOfCertificate()));
    BOOST_TEST(!keyFits(certificate(), anotherKey()));
    BOOST_TEST(!keyFits(certificate(), "text"));
    BOOST_TEST(!keyFits("text", keyOfCertificate()));
    BOOST_TEST(keyFits(certificate(), keyOfCertificate()));
}

BOOST_AUTO_TEST_CASE(a_pem_is_tidied_for_those_who_end_at_an_empty_line) {
    BOOST_TEST(tidyPem("\r\n  -----BEGIN-----\r\n\r\nAA==  \n\n-----END-----") ==
               "-----BEGIN-----\nAA==\n-----END-----\n");
    BOOST_TEST(tidyPem(certificate()) == certificate());
    BOOST_TEST(contentName("a") == "ca978112ca1bbdcafac231b3"); // printf a | sha256sum
}
