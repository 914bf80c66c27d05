#include "usm_parts.hpp"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <functional>

using namespace usm_parts;

BOOST_AUTO_TEST_SUITE(usm_keys)

namespace {

const Secret maplesyrup("maplesyrup");
const std::string engineOfRfc3414("\0\0\0\0\0\0\0\0\0\0\0\2", 12);

std::string digest(const EVP_MD* hash, const std::string& text) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), &size, hash, nullptr);
    out.resize(size);
    return out;
}

/// RFC 3414 §A.2, word for word: the password again and again to 1,048,576 octets, hashed; then the engine id
/// between two copies of that, hashed.
std::string localKeyByDefinition(const EVP_MD* hash, const std::string& password, const std::string& engine) {
    std::string megabyte;
    while (megabyte.size() < 1048576)
        megabyte += password;
    megabyte.resize(1048576);
    const auto key = digest(hash, megabyte);
    return digest(hash, key + engine + key);
}

/// What Net-SNMP makes of it.
std::string extendedByTheLibrary(int auth, int priv, std::size_t size, const std::string& local,
                                 const std::string& engine) {
    std::size_t hashSize = 0;
    auto* hash = sc_get_auth_oid(auth, &hashSize);
    auto* buffer = static_cast<u_char*>(std::malloc(64));
    std::copy(local.begin(), local.end(), buffer);
    std::size_t length = local.size();
    const int error = netsnmp_extend_kul(static_cast<u_int>(size), hash, static_cast<u_int>(hashSize), priv,
                                         reinterpret_cast<u_char*>(const_cast<char*>(engine.data())),
                                         static_cast<u_int>(engine.size()), &buffer, &length, 64);
    BOOST_TEST(error == SNMPERR_SUCCESS);
    std::string made(reinterpret_cast<const char*>(buffer), std::min(length, size));
    std::free(buffer);
    return made;
}

std::string errorOf(const std::function<void()>& make) {
    try {
        make();
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

}

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_3414_come_out) {
    struct Example {
        AuthProtocol protocol;
        const char *key, *local;
    };
    // RFC 3414 §A.3.1, §A.3.2
    for (const auto& [protocol, key, local] :
         {Example{AuthProtocol::md5, "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"},
          Example{AuthProtocol::sha1, "9fb5cc0381497b3793528939ff788d5d79145211",
                  "6695febc9288e36282235fc7151f128497b38f3f"}}) {
        const auto made = keyOf(protocol, maplesyrup);
        BOOST_TEST(hex(made.reveal()) == key);
        BOOST_TEST(hex(localKeyOf(protocol, made, engineOfRfc3414).reveal()) == local);
    }
}

/// RFC 7860 §9 gives no examples; its keys are made as RFC 3414 says, by another hash.
BOOST_AUTO_TEST_CASE(the_keys_of_rfc_7860_are_those_of_its_definition) {
    const std::pair<AuthProtocol, const EVP_MD*> hashes[] = {{AuthProtocol::sha224, EVP_sha224()},
                                                             {AuthProtocol::sha256, EVP_sha256()},
                                                             {AuthProtocol::sha384, EVP_sha384()},
                                                             {AuthProtocol::sha512, EVP_sha512()}};
    for (const auto& [protocol, hash] : hashes)
        BOOST_TEST(hex(localKeyOf(protocol, keyOf(protocol, maplesyrup), engineOfRfc3414).reveal()) ==
                   hex(localKeyByDefinition(hash, "maplesyrup", engineOfRfc3414)));
}

/// The draft's examples, for 3DES; AES takes the first octets of the same.
BOOST_AUTO_TEST_CASE(reeders_keys_are_those_of_the_drafts_examples) {
    const auto made = [](AuthProtocol auth, PrivProtocol priv) {
        return hex(localPrivKeyOf(auth, priv, keyOf(auth, maplesyrup), engineOfRfc3414).reveal());
    };
    const std::string md5 = "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12";
    const std::string sha = "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c";
    BOOST_TEST(made(AuthProtocol::md5, PrivProtocol::aes256Reeder) == md5);
    BOOST_TEST(made(AuthProtocol::md5, PrivProtocol::aes192Reeder) == md5.substr(0, 48));
    BOOST_TEST(made(AuthProtocol::sha1, PrivProtocol::aes256Reeder) == sha);
    BOOST_TEST(made(AuthProtocol::sha1, PrivProtocol::aes192Reeder) == sha.substr(0, 48));
}

BOOST_AUTO_TEST_CASE(reeders_keys_are_those_of_its_definition) {
    const std::pair<AuthProtocol, const EVP_MD*> hashes[] = {{AuthProtocol::md5, EVP_md5()},
                                                             {AuthProtocol::sha1, EVP_sha1()},
                                                             {AuthProtocol::sha224, EVP_sha224()},
                                                             {AuthProtocol::sha256, EVP_sha256()}};
    for (const auto& [protocol, hash] : hashes) {
        const auto first = localKeyByDefinition(hash, "maplesyrup", engineOfRfc3414);
        const auto second = localKeyByDefinition(hash, first, engineOfRfc3414);
        const auto key = keyOf(protocol, maplesyrup);
        for (const auto& [priv, size] :
             {std::pair{PrivProtocol::aes192Reeder, 24}, std::pair{PrivProtocol::aes256Reeder, 32}})
            BOOST_TEST(hex(localPrivKeyOf(protocol, priv, key, engineOfRfc3414).reveal()) ==
                       hex((first + second).substr(0, static_cast<std::size_t>(size))));
    }
}

BOOST_AUTO_TEST_CASE(blumenthals_and_reeders_keys_are_those_of_net_snmp) {
    struct Way {
        PrivProtocol priv;
        int library;
        std::size_t size;
    };
    const std::pair<AuthProtocol, int> hashes[] = {{AuthProtocol::md5, NETSNMP_USMAUTH_HMACMD5},
                                                   {AuthProtocol::sha1, NETSNMP_USMAUTH_HMACSHA1},
                                                   {AuthProtocol::sha224, NETSNMP_USMAUTH_HMAC128SHA224},
                                                   {AuthProtocol::sha256, NETSNMP_USMAUTH_HMAC192SHA256},
                                                   {AuthProtocol::sha512, NETSNMP_USMAUTH_HMAC384SHA512}};
    for (const auto& [auth, library] : hashes) {
        const auto key = keyOf(auth, maplesyrup);
        const std::string local(localKeyOf(auth, key, engineOfRfc3414).reveal());
        for (const auto& [priv, kind, size] :
             {Way{PrivProtocol::aes192, USM_CREATE_USER_PRIV_AES192, 24},
              Way{PrivProtocol::aes256, USM_CREATE_USER_PRIV_AES256, 32},
              Way{PrivProtocol::aes192Reeder, USM_CREATE_USER_PRIV_AES192_CISCO, 24},
              Way{PrivProtocol::aes256Reeder, USM_CREATE_USER_PRIV_AES256_CISCO, 32}})
            BOOST_TEST(hex(localPrivKeyOf(auth, priv, key, engineOfRfc3414).reveal()) ==
                       hex(extendedByTheLibrary(library, kind, size, local, engineOfRfc3414)));
    }
}

BOOST_AUTO_TEST_CASE(the_two_ways_to_a_long_key_differ_only_where_the_hash_is_short) {
    const auto made = [](AuthProtocol auth, PrivProtocol priv) {
        return hex(localPrivKeyOf(auth, priv, keyOf(auth, maplesyrup), engineOfRfc3414).reveal());
    };
    BOOST_TEST(made(AuthProtocol::sha1, PrivProtocol::aes256) !=
               made(AuthProtocol::sha1, PrivProtocol::aes256Reeder));
    BOOST_TEST(made(AuthProtocol::sha256, PrivProtocol::aes256) ==
               made(AuthProtocol::sha256, PrivProtocol::aes256Reeder));
}

BOOST_AUTO_TEST_CASE(a_password_of_seven_octets_is_refused_and_not_repeated) {
    const auto given = errorOf([] { user("ape", SecurityLevel::authPriv, "sevenxx"); });
    BOOST_TEST(given.find("shorter than 8") != std::string::npos, given);
    BOOST_TEST(given.find("RFC 3414 §11.2") != std::string::npos, given);
    BOOST_TEST(given.find("sevenxx") == std::string::npos);
    BOOST_TEST(errorOf([] { user("ape", SecurityLevel::authPriv, "eight-xx"); }) == "accepted");
    BOOST_TEST(errorOf([] { keyOf(AuthProtocol::md5, Secret("sevenxx")); }) != "accepted");
    BOOST_TEST(errorOf([] { user("ape", SecurityLevel::noAuthNoPriv, ""); }) == "accepted",
               "it needs no password");
}

BOOST_AUTO_TEST_CASE(credentials_that_cannot_work_are_refused) {
    BOOST_TEST(errorOf([] { user(""); }) != "accepted");
    BOOST_TEST(errorOf([] { user(std::string(32, 'u').c_str()); }) == "accepted");
    BOOST_TEST(errorOf([] { user(std::string(33, 'u').c_str()); }) != "accepted");
    BOOST_TEST(errorOf([] { Credentials::make(CommunityCredentials{}); }) != "accepted");
}

BOOST_AUTO_TEST_CASE(credentials_say_the_version_of_their_messages) {
    BOOST_TEST(Credentials::make({Secret("public"), CommunityVersion::v1})->version() == 0);
    BOOST_TEST(Credentials::make(CommunityCredentials{Secret("public")})->version() == 1);
    BOOST_TEST(user()->version() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
