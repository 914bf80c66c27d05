#define BOOST_TEST_MODULE vault
#include "vault/vault.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;
using headgate::base::Secret;
using headgate::vault::Error;
using headgate::vault::Vault;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("headgate-vault-" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    fs::path key() const { return path / "key"; }
    void write(const std::string& text,
               fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) const {
        std::ofstream(key()) << text;
        fs::permissions(key(), mode);
    }
    std::string refusal() const {
        try {
            Vault::open(key(), Vault::Make::no);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
};

const std::string goodKey(64, 'a');

}

BOOST_AUTO_TEST_CASE(what_was_sealed_is_opened_again) {
    const auto vault = Vault::ofThisRun();
    for (const auto length : {0U, 1U, 31U, 32U, 33U, 4000U}) {
        const Secret secret(std::string(length, 's'));
        BOOST_TEST((vault.unseal(vault.seal(secret)) == secret));
    }
}

BOOST_AUTO_TEST_CASE(a_seal_shows_neither_the_secret_nor_its_length) {
    const auto vault = Vault::ofThisRun();
    const auto seal = vault.seal(Secret("correct horse"));
    BOOST_TEST(seal.starts_with("sealed:v1:"));
    BOOST_TEST(seal.find("horse") == std::string::npos);
    BOOST_TEST(seal.size() == vault.seal(Secret("x")).size());
    BOOST_TEST(vault.seal(Secret(std::string(31, 'x'))).size() == seal.size());
    BOOST_TEST(vault.seal(Secret(std::string(32, 'x'))).size() > seal.size());
}

BOOST_AUTO_TEST_CASE(the_same_secret_is_the_same_text_under_one_key_only) {
    const auto vault = Vault::ofThisRun();
    BOOST_TEST(vault.seal(Secret("one")) == vault.seal(Secret("one")));
    BOOST_TEST(vault.seal(Secret("one")) != vault.seal(Secret("two")));
    BOOST_TEST(Vault::ofThisRun().seal(Secret("one")) != vault.seal(Secret("one")));
}

BOOST_AUTO_TEST_CASE(a_seal_of_another_key_or_a_damaged_one_is_refused_without_a_word_of_it) {
    const auto vault = Vault::ofThisRun();
    auto damaged = vault.seal(Secret("one"));
    damaged[20] = damaged[20] == 'A' ? 'B' : 'A';
    for (const auto& bad : {damaged, Vault::ofThisRun().seal(Secret("one")), std::string("sealed:v1:"),
                            std::string("sealed:v1:AAAA"), std::string("one"), std::string("sealed:v1:*")}) {
        BOOST_CHECK_EXCEPTION(vault.unseal(bad), Error, [&](const Error& error) {
            return std::string(error.what()).find("another key") != std::string::npos;
        });
    }
}

BOOST_AUTO_TEST_CASE(a_credential_of_systemd_may_show_its_access_list_as_the_groups) {
    const Folder folder;
    using fs::perms;
    folder.write(goodKey, perms::owner_read | perms::group_read);
    BOOST_CHECK_NO_THROW(Vault::openCredential(folder.key()));
    BOOST_TEST(folder.refusal().find("others than its owner may read the key") != std::string::npos);
    for (const auto more : {perms::group_write, perms::others_read}) {
        fs::permissions(folder.key(), perms::owner_read | perms::group_read | more);
        BOOST_CHECK_THROW(Vault::openCredential(folder.key()), Error);
    }
}

BOOST_AUTO_TEST_CASE(seals_in_xml_become_what_the_other_end_reads_as_the_secret) {
    const auto vault = Vault::ofThisRun();
    const auto one = vault.seal(Secret("a<b>&c\r\n"));
    const auto two = vault.seal(Secret("t0ken"));
    std::vector<Secret> secrets;
    BOOST_TEST(vault.revealed("<p>" + one + "</p><s>X-Token: " + two + "\\r\\n</s>", secrets) ==
               "<p>a&lt;b&gt;&amp;c&#13;\n</p><s>X-Token: t0ken\\r\\n</s>");
    BOOST_TEST(vault.revealed("<p/>", secrets) == "<p/>");
    BOOST_TEST(secrets.size() == 2U);
    BOOST_TEST((secrets.back() == Secret("t0ken")));
    BOOST_CHECK_THROW(vault.revealed("<p>sealed:v1:AAAA</p>", secrets), Error);
}

BOOST_AUTO_TEST_CASE(a_key_is_made_once_for_its_owner_alone_and_read_again) {
    const Folder folder;
    const auto seal = Vault::open(folder.key(), Vault::Make::ifAbsent).seal(Secret("one"));
    BOOST_TEST((fs::status(folder.key()).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
    BOOST_TEST(Vault::open(folder.key(), Vault::Make::ifAbsent).seal(Secret("one")) == seal);
    BOOST_TEST(Vault::open(folder.key(), Vault::Make::no).seal(Secret("one")) == seal);
    BOOST_TEST(std::distance(fs::directory_iterator(folder.path), {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_key_that_the_superuser_makes_belongs_to_whom_its_folder_belongs,
                     *boost::unit_test::precondition([](auto) { return ::geteuid() == 0; })) {
    const Folder folder;
    constexpr uid_t service = 4711;
    BOOST_REQUIRE(::chown(folder.path.c_str(), service, service) == 0);
    Vault::open(folder.key(), Vault::Make::ifAbsent);
    struct stat key {};
    BOOST_REQUIRE(::stat(folder.key().c_str(), &key) == 0);
    BOOST_TEST(key.st_uid == service);
    BOOST_TEST(key.st_gid == service);
}

BOOST_AUTO_TEST_CASE(a_bad_key_file_is_refused_by_name_and_what_to_do) {
    const Folder folder;
    BOOST_TEST(folder.refusal().find(folder.key().string() + ": the key cannot be read") == 0U);
    folder.write(goodKey, fs::perms::owner_read | fs::perms::group_read);
    BOOST_TEST(folder.refusal().find("chmod 600") != std::string::npos);
    for (const auto& text :
         {std::string(), goodKey.substr(1), goodKey + "b", goodKey + "\n\n", "z" + goodKey.substr(1)}) {
        folder.write(text);
        BOOST_TEST(folder.refusal().find("64 hexadecimal digits") != std::string::npos, text);
    }
    for (const auto& text : {goodKey, goodKey + "\n"}) {
        folder.write(text);
        BOOST_TEST(folder.refusal() == "");
    }
}
