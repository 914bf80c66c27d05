#include "daemon/start.hpp"
#include "lab_configuration.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace headgate;
using namespace headgate::daemon;

BOOST_AUTO_TEST_SUITE(start)

namespace {

/// The lab's configuration with the files that it names, all as they should be.
struct Machine {
    Machine() {
        std::filesystem::create_directory(folder.path / "keys");
        std::filesystem::copy_file(labFile, folder.path / "headgate.json");
        write("community", "lab-community\n");
        write("usm", "auth=lab-auth-password\npriv=lab-priv-password\n");
        write("keys/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
        write("keys/known_hosts", "[127.77.0.21]:10830 ssh-ed25519 AAAA\n");
    }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.path / name) << text;
        std::filesystem::permissions(folder.path / name, std::filesystem::perms(0600));
    }

    Options options() const {
        return {folder.path / "headgate.json", folder.path / "state", (folder.path / "socket").string()};
    }

    Folder folder;
};

std::vector<northbound::Problem> problems(const Machine& machine) {
    const auto running = northbound::RunningConfiguration::fromFile(*machine.options().config);
    return machineProblems(running.value(), Families());
}

}

BOOST_AUTO_TEST_CASE(a_refused_first_configuration_leaves_nothing_behind) {
    const Machine machine;
    const auto options = machine.options();
    std::filesystem::remove(machine.folder.path / "keys/known_hosts");
    BOOST_CHECK_THROW(openRecorder(options, Families(), noon), northbound::InvalidConfiguration);
    BOOST_TEST(!store::Store::open(options.state).latestRevision().has_value());

    machine.write("keys/known_hosts", "mended");
    machine.write("usm", "auth=lab-auth-password\n");
    BOOST_CHECK_THROW(openRecorder(options, Families(), noon), northbound::InvalidConfiguration);
    BOOST_TEST(!store::Store::open(options.state).latestRevision().has_value());

    machine.write("usm", "auth=lab-auth-password\npriv=lab-priv-password\n");
    BOOST_TEST(openRecorder(options, Families(), noon).running().value().pools.size() == 1U);
    BOOST_TEST(store::Store::open(options.state).latestRevision()->number == 1U);
}

BOOST_AUTO_TEST_CASE(a_start_without_any_configuration_says_what_to_do) {
    const Machine machine;
    auto options = machine.options();
    options.config.reset();
    BOOST_CHECK_EXCEPTION(openRecorder(options, Families(), noon), std::runtime_error, [](const auto& error) {
        return std::string(error.what()).find("--config FILE") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(what_would_end_the_start_is_found_by_a_check_once_and_without_the_secret) {
    const Machine machine;
    BOOST_TEST(problems(machine).empty());
    machine.write("usm", "auth=lab-auth-password\n");
    machine.write("community", "\n");
    auto found = problems(machine);
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].path == "/headgate:headgate/credential[name='lab-v2c']");
    BOOST_TEST(found[1].path == "/headgate:headgate/credential[name='lab-v3']");
    BOOST_TEST(found[1].rule.find("has no line priv=PASSWORD") != std::string::npos);
    BOOST_TEST(found[1].rule.find("lab-auth-password") == std::string::npos);

    std::filesystem::remove(machine.folder.path / "usm");
    found = problems(machine);
    BOOST_TEST(found.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
