#include "snmp/error.hpp"
#include "snmp/usm.hpp"
#include "telemetry/telemetry.hpp"
#include "telemetry/weak_protocols.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace headgate;
using namespace headgate::telemetry;
using domain::CredentialKind;

namespace {

struct Files {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("headgate-credential-" + std::to_string(::getpid()));
    ~Files() { std::filesystem::remove(file); }

    domain::Credential credential(CredentialKind kind, const std::string& secret,
                                  const std::string& auth = "", const std::string& priv = "") const {
        std::ofstream(file, std::ios::trunc) << secret;
        ::chmod(file.c_str(), 0600);
        return {{"agents"}, kind, "ape", auth, priv, file.string()};
    }
    domain::Credential user(const std::string& auth, const std::string& priv) const {
        return credential(CredentialKind::snmpV3, "auth=authentic-words\npriv=private-words\n", auth, priv);
    }
    static std::string refusal(const domain::Credential& credential) {
        try {
            readCredentials(credential);
        } catch (const snmp::Error& error) {
            return error.what();
        }
        return "taken";
    }
};

}

BOOST_FIXTURE_TEST_SUITE(reading_credentials, Files)

BOOST_AUTO_TEST_CASE(a_community_is_of_the_version_that_its_kind_says) {
    const auto oldest = readCredentials(credential(CredentialKind::snmpV1, "public\n"));
    BOOST_TEST(oldest->version() == 0);
    BOOST_TEST(oldest->community() == "public");
    BOOST_TEST(readCredentials(credential(CredentialKind::snmpV2c, "public\n"))->version() == 1);
    BOOST_TEST(refusal(credential(CredentialKind::ssh, "public\n")) == "credential agents is not for SNMP");
}

BOOST_AUTO_TEST_CASE(every_word_of_the_model_is_its_protocol) {
    using enum snmp::AuthProtocol;
    for (const auto& [word, protocol] :
         {std::pair{"md5", md5}, std::pair{"sha", sha1}, std::pair{"sha-224", sha224},
          std::pair{"sha-256", sha256}, std::pair{"sha-384", sha384}, std::pair{"sha-512", sha512}}) {
        const auto read = readCredentials(user(word, ""));
        BOOST_TEST((read->keys().auth == protocol));
        BOOST_TEST((read->level() == snmp::SecurityLevel::authNoPriv));
    }
    using enum snmp::PrivProtocol;
    for (const auto& [word, protocol] :
         {std::pair{"des", des}, std::pair{"aes", aes128}, std::pair{"aes-192", aes192},
          std::pair{"aes-256", aes256}, std::pair{"aes-192-c", aes192Reeder},
          std::pair{"aes-256-c", aes256Reeder}}) {
        const auto read = readCredentials(user("sha-256", word));
        BOOST_TEST((read->keys().priv == protocol));
        BOOST_TEST((read->level() == snmp::SecurityLevel::authPriv));
    }
}

BOOST_AUTO_TEST_CASE(what_is_read_again_is_equal_until_a_word_of_it_is_another) {
    const auto same = [](const domain::Credential& one, const snmp::CredentialsPtr& other) {
        return *readCredentials(one) == *other;
    };
    const auto before = readCredentials(user("sha", "aes"));
    BOOST_TEST(same(user("sha", "aes"), before));
    BOOST_TEST(!same(user("sha-256", "aes"), before));
    BOOST_TEST(!same(user("sha", "aes-256"), before));
    BOOST_TEST(!same(user("sha", ""), before));
    auto other = user("sha", "aes");
    other.user = "bee";
    BOOST_TEST(!same(other, before));
    const auto words = "auth=authentic-words\npriv=private-wordz\n";
    BOOST_TEST(!same(credential(CredentialKind::snmpV3, words, "sha", "aes"), before));
    const auto community = readCredentials(credential(CredentialKind::snmpV2c, "public"));
    BOOST_TEST(same(credential(CredentialKind::snmpV2c, "public\n"), community));
    BOOST_TEST(!same(credential(CredentialKind::snmpV2c, "private"), community));
    BOOST_TEST(!same(credential(CredentialKind::snmpV1, "public"), community));
    BOOST_TEST(!(*before == *community));
}

BOOST_AUTO_TEST_CASE(another_word_is_refused_with_those_that_there_are) {
    BOOST_TEST(refusal(user("sha-3", "aes")) ==
               "credential agents: no authentication protocol 'sha-3'; there are md5, sha, sha-224, sha-256, "
               "sha-384, sha-512");
    BOOST_TEST(refusal(user("sha", "aesop")) ==
               "credential agents: no privacy protocol 'aesop'; there are des, "
               "aes, aes-192, aes-256, aes-192-c, aes-256-c");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(weak_protocols, Files)

namespace {

std::string textOf(const std::vector<WeakProtocols::Weakness>& found) {
    std::string text;
    for (const auto& one : found)
        text += one.credential.value + ": " + one.text + "\n";
    return text;
}

}

BOOST_AUTO_TEST_CASE(md5_and_des_are_told_once_with_what_to_use_instead) {
    WeakProtocols weak;
    domain::Configuration configuration;
    configuration.credentials = {user("md5", "des")};
    BOOST_TEST(
        textOf(weak.newIn(configuration)) ==
        "agents: auth-protocol md5 can be forged: use sha-256; priv-protocol des can be read: use aes or "
        "aes-256\n");
    BOOST_TEST(textOf(weak.newIn(configuration)) == "");
    configuration.credentials = {user("sha-256", "des")};
    BOOST_TEST(textOf(weak.newIn(configuration)) ==
                   "agents: priv-protocol des can be read: use aes or aes-256\n",
               "it is another now");
    configuration.credentials = {user("sha-256", "aes")};
    BOOST_TEST(textOf(weak.newIn(configuration)) == "");
    configuration.credentials = {user("md5", "aes")};
    BOOST_TEST(textOf(weak.newIn(configuration)) == "agents: auth-protocol md5 can be forged: use sha-256\n",
               "again, after it was mended");
}

BOOST_AUTO_TEST_CASE(nothing_else_is_weak) {
    WeakProtocols weak;
    domain::Configuration configuration;
    configuration.credentials = {user("sha", "aes-192-c"), user("", ""),
                                 credential(CredentialKind::snmpV2c, "public", "md5", "des")};
    BOOST_TEST(textOf(weak.newIn(configuration)) == "");
}

BOOST_AUTO_TEST_SUITE_END()
