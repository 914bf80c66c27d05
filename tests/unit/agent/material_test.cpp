#include "agent/config.hpp"
#include "agent/loading.hpp"
#include "certificates.hpp"
#include "folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace headgate;
using namespace headgate::agent;
using namespace std::chrono_literals;
using headgate::test::Folder;
using headgate::test::TestCertificate;

namespace {

const std::string least = "application = \"shop\"\nport = 443\nprotocol = \"https\"\n";
const std::string planted = "hunter2-planted";

base::Instant now() {
    return std::chrono::floor<base::Duration>(std::chrono::system_clock::now());
}

struct House : Folder {
    LoadedFile file(const std::string& authentication, const Places& places = {}) const {
        write("shop.toml", least + "[authentication]\n" + authentication);
        auto loaded = load(path(), places, now());
        BOOST_REQUIRE_EQUAL(loaded.files.size(), 1U);
        return std::move(loaded.files.front());
    }
    /// All that is said, without the folder's name.
    std::string said(const std::string& authentication) const {
        std::string out;
        for (const auto& problem : file(authentication).problems)
            out += toString(problem) + '\n';
        for (auto at = out.find(path().string()); at != std::string::npos; at = out.find(path().string()))
            out.erase(at, path().string().size() + 1);
        return out;
    }
};

const std::string password = "kind = \"password\"\nuser = \"u\"\nsecret-file = \"s\"\n";
const std::string client = "kind = \"client-certificate\"\ncertificate = \"c.pem\"\nkey-file = \"k.pem\"\n";

}

BOOST_AUTO_TEST_CASE(a_secret_is_the_one_line_of_its_file) {
    const House house;
    house.write("s", planted + "\n", 0600);
    const auto file = house.file(password);
    BOOST_TEST(file.usable());
    BOOST_TEST(file.configured.material.secret.reveal() == planted);
}

BOOST_AUTO_TEST_CASE(a_secret_that_others_may_read_is_refused) {
    const House house;
    house.write("s", planted, 0640);
    BOOST_TEST(house.said(password) == "shop.toml:7: authentication.secret-file: s can be read by others; "
                                       "chmod 600 it, then change the secret\n");
    house.write("s", planted, 0604);
    BOOST_TEST(house.said(password) != "");
    house.write("s", planted, 0400);
    BOOST_TEST(house.said(password) == "");
}

BOOST_AUTO_TEST_CASE(systemds_credentials_come_first_and_may_be_the_groups) {
    const House house;
    house.write("s", "another", 0600);
    house.write("credentials/s", planted, 0440);
    const auto file = house.file(password, {house.path() / "credentials"});
    BOOST_TEST(file.usable());
    BOOST_TEST(file.configured.material.secret.reveal() == planted);
    house.write("credentials/s", planted, 0444);
    BOOST_TEST(!house.file(password, {house.path() / "credentials"}).usable());
}

BOOST_AUTO_TEST_CASE(a_secret_file_that_is_none_is_refused_and_never_shown) {
    const House house;
    BOOST_TEST(house.said(password) ==
               "shop.toml:7: authentication.secret-file: s cannot be read (No such file or "
               "directory); make it a file of mode 0600 that the agent can read\n");
    for (const auto& bad : {std::string(), std::string("\n"), planted + "\nmore\n", planted + "\x01",
                            planted + std::string(1024, 'x')}) {
        house.write("s", bad, 0600);
        const auto said = house.said(password);
        BOOST_TEST(said.find("shop.toml:7: authentication.secret-file: ") == 0U, said);
        BOOST_TEST(said.find(planted) == std::string::npos);
    }
    house.write("s", std::string(1024, 'x'), 0600);
    BOOST_TEST(house.said(password) == "");
}

BOOST_AUTO_TEST_CASE(a_key_must_fit_its_certificate) {
    const House house;
    const TestCertificate one("client"), other("client");
    house.write("c.pem", one.pem());
    house.write("k.pem", one.key(), 0600);
    const auto file = house.file(client);
    BOOST_TEST(file.usable());
    BOOST_TEST(file.configured.material.certificate == one.pem());
    BOOST_TEST(file.configured.material.secret.reveal() == one.key());
    BOOST_TEST(file.configured.material.notAfter.has_value());
    house.write("k.pem", other.key(), 0600);
    BOOST_TEST(house.said(client) ==
               "shop.toml:7: authentication.key-file: is not the key of the certificate; give "
               "the two that belong together\n");
}

BOOST_AUTO_TEST_CASE(a_private_key_in_a_certificates_file_is_never_served) {
    const House house;
    const TestCertificate one("client");
    house.write("c.pem", "a comment\n" + one.key() + one.pem());
    house.write("k.pem", one.key(), 0600);
    BOOST_TEST(house.file(client).configured.material.certificate == one.pem());
}

BOOST_AUTO_TEST_CASE(what_openssl_cannot_use_is_said_and_never_shown) {
    const House house;
    const TestCertificate one("client");
    house.write("k.pem", one.key(), 0600);
    house.write("c.pem", "nothing\n");
    BOOST_TEST(
        house.said(client) ==
        "shop.toml:6: authentication.certificate: has no certificate in PEM; give certificates in PEM\n");
    house.write("c.pem", one.pem().replace(100, 10, "!!!!!!!!!!"));
    BOOST_TEST(house.said(client).find("shop.toml:6: authentication.certificate: has a certificate that") ==
               0U);
    house.write("c.pem", one.pem());
    house.write("k.pem", planted, 0600);
    BOOST_TEST(house.said(client) ==
               "shop.toml:7: authentication.key-file: has no private key in PEM; give a private "
               "key in PEM, without a passphrase\n");
    house.write("k.pem", one.key("word"), 0600);
    BOOST_TEST(house.said(client).find("shop.toml:7: authentication.key-file: has a passphrase") == 0U);
}

BOOST_AUTO_TEST_CASE(a_pem_longer_than_an_answer_can_carry_is_refused) {
    const House house;
    const TestCertificate one("client");
    house.write("k.pem", one.key(), 0600);
    const auto filler = std::string(mostPem - one.pem().size(), '#');
    house.write("c.pem", filler + one.pem());
    BOOST_TEST(house.said(client) != ""); // the line of the certificate does not begin there
    house.write("c.pem", one.pem() + filler);
    BOOST_TEST(house.said(client) == "");
    house.write("c.pem", one.pem() + filler + '#');
    BOOST_TEST(house.said(client) ==
               "shop.toml:6: authentication.certificate: c.pem is longer than 16384 octets; the "
               "agent's user must be able to read it\n");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_is_over_is_told_but_keeps_nobody_from_serving) {
    const House house;
    const TestCertificate old("client", nullptr, -7200, -3600);
    house.write("c.pem", old.pem());
    house.write("k.pem", old.key(), 0600);
    const auto file = house.file(client);
    BOOST_REQUIRE_EQUAL(file.problems.size(), 1U);
    BOOST_TEST(toString(file.problems.front()).find("has a certificate that was over on 20") !=
               std::string::npos);
    BOOST_TEST(file.usable());
}

BOOST_AUTO_TEST_CASE(fingerprint_and_end_come_from_the_servers_certificate) {
    const House house;
    const TestCertificate ca("ca"), server("shop.example", &ca, -3600, 7200);
    house.write("ca.pem", ca.pem());
    house.write("server.pem", server.pem());
    const std::string tls =
        "kind = \"server-tls\"\nserver-name = \"shop.example\"\ntrust-anchor = \"ca.pem\"\n"
        "server-certificate = \"server.pem\"\n";
    const auto file = house.file(tls);
    BOOST_TEST(house.said(tls) == "");
    BOOST_TEST(file.configured.material.fingerprint.size() == 32U);
    BOOST_TEST(file.configured.material.trustAnchor == ca.pem());
    BOOST_TEST((*file.configured.material.notAfter < now() + 2h + 1min)); // the server's, not the CA's
    BOOST_TEST(
        house.said("kind = \"server-tls\"\nserver-name = \"other.example\"\ntrust-anchor = \"ca.pem\"\n"
                   "server-certificate = \"server.pem\"\n") ==
        "shop.toml:8: authentication.server-certificate: does not have the name other.example; give the "
        "certificate and the server-name that belong together\n");
}

BOOST_AUTO_TEST_CASE(two_files_of_one_application_are_one_too_many) {
    const House house;
    house.write("a.toml", least);
    house.write("b.toml", least);
    const auto loaded = load(house.path(), {}, now());
    BOOST_TEST(loaded.files[0].usable());
    BOOST_TEST(!loaded.files[1].usable());
    BOOST_TEST(toString(loaded.files[1].problems.front()).find("is \"shop\", as in") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cgroup_or_a_hook_that_is_not_there_is_told_but_keeps_nobody_from_serving) {
    const House house;
    house.write("a.toml", least + "[measure]\ncgroup = \"nowhere\"\n[data-source]\nnames = [\"a\", \"b\"]\n"
                                  "current = \"a\"\nhook = [\"/nowhere/hook\"]\n");
    const auto loaded = load(house.path(), {}, now());
    BOOST_TEST(loaded.files[0].usable());
    BOOST_REQUIRE_EQUAL(loaded.files[0].problems.size(), 2U);
    BOOST_TEST(toString(loaded.files[0].problems[0]).find("a.toml:5: measure.cgroup: there is no cgroup") !=
               std::string::npos);
    BOOST_TEST(toString(loaded.files[0].problems[1])
                   .find("a.toml:9: data-source.hook: /nowhere/hook cannot be run") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_folder_without_files_and_one_that_is_not_there_are_told) {
    const Folder folder;
    BOOST_TEST(load(folder.path(), {}, now()).problems.size() == 1U);
    const auto missing = load(folder.path() / "no.toml", {}, now());
    BOOST_TEST(!missing.files.front().usable());
}
