#include "snmp/error.hpp"
#include "snmp/usm.hpp"
#include "telemetry/read_credentials.hpp"
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

BOOST_AUTO_TEST_CASE(what_is_refused_when_it_is_read_is_refused_when_it_is_checked_in_the_same_words) {
    const std::string v3[] = {"auth=authentic-words\npriv=private-words\n",
                              "auth=authentic-words\n",
                              "",
                              "auth=short\npriv=x",
                              "priv=private-words\n",
                              "auth=\npriv=private-words"};
    const auto checked = [](const domain::Credential& credential) -> std::string {
        try {
            checkCredentials(credential);
        } catch (const snmp::Error& error) {
            return error.what();
        }
        return "taken";
    };
    for (const auto& content : v3) {
        const auto given = credential(CredentialKind::snmpV3, content, "sha", "aes");
        BOOST_TEST(checked(given) == refusal(given));
        BOOST_TEST((checked(given) == "taken") == (content == v3[0]), content);
    }
    for (const auto* content : {"public\n", "\r\n", ""}) {
        const auto given = credential(CredentialKind::snmpV2c, content);
        BOOST_TEST(checked(given) == refusal(given));
    }
    const auto open = user("sha", "aes");
    ::chmod(file.c_str(), 0640);
    BOOST_TEST(checked(open).find("chmod 600") != std::string::npos);
    BOOST_TEST(checked(open) == refusal(open));
    const auto large = credential(CredentialKind::snmpV2c, std::string(16 << 10, 'x'));
    BOOST_TEST(checked(large).find("longer than 16 KiB") != std::string::npos);
    auto absent = large;
    absent.secretFile += ".gone";
    BOOST_TEST(checked(absent).find("cannot be read: No such file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keys_are_made_once_a_password) {
    CredentialReader reader;
    domain::Configuration configuration;
    const auto read = [&](const domain::Credential& credential) {
        configuration.credentials = {credential};
        return reader.read(configuration).at({"agents"});
    };
    const auto first = read(user("sha", "aes"));
    BOOST_TEST(reader.made() == 1U);
    for (int i = 0; i < 3; ++i)
        BOOST_TEST((read(user("sha", "aes")) == first)); // the file is written anew each time
    BOOST_TEST(reader.made() == 1U);

    const auto otherPassword =
        credential(CredentialKind::snmpV3, "auth=authentic-words\npriv=private-wordz\n", "sha", "aes");
    const auto second = read(otherPassword);
    BOOST_TEST(reader.made() == 2U);
    BOOST_TEST(!(*second == *first));
    const auto third = read(user("sha", "aes-256"));
    BOOST_TEST(reader.made() == 3U);
    BOOST_TEST((third->keys().priv == snmp::PrivProtocol::aes256));
    const auto more =
        credential(CredentialKind::snmpV3, "auth=authentic-words\npriv=private-words\n\n", "sha", "aes-256");
    BOOST_TEST((read(more) == third), "another file that says the same");
    BOOST_TEST(reader.made() == 4U);

    ::chmod(file.c_str(), 0644);
    BOOST_CHECK_THROW(reader.read(configuration), snmp::Error);
    ::chmod(file.c_str(), 0600);
    BOOST_TEST((read(more) == third), "a refusal makes nothing forgotten");
    configuration.credentials.clear();
    BOOST_TEST(reader.read(configuration).empty());
    read(more);
    BOOST_TEST(reader.made() == 5U, "what was not wanted any more is not kept");
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
