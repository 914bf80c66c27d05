#include "base/log.hpp"
#include "base/memory.hpp"
#include "daemon/daemon.hpp"
#include "daemon/secrets.hpp"
#include "daemon/start.hpp"
#include "domain/text.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace {

constexpr int exitUsage = 2;

/// Says what is wrong with a configuration, a line each; 0 when nothing is.
int check(const std::filesystem::path& file) {
    using namespace headgate;
    try {
        const auto running = northbound::RunningConfiguration::fromFile(file);
        auto problems = daemon::machineProblems(running.value(), daemon::Families());
        if (!problems.empty()) northbound::locate(problems, file);
        if (running.value() == domain::Configuration{})
            problems.push_back(
                {{}, "there is no configuration in it: see headgate.json(5) for an example", 0});
        for (const auto& problem : problems)
            std::cerr << northbound::toString(problem, file.string()) << '\n';
        if (!problems.empty()) return 1;
        std::cout << file.string() << " is valid: " << running.value().pools.size() << " pools, "
                  << running.value().servers.size() << " servers, " << running.value().appliances.size()
                  << " appliances\n";
        return 0;
    } catch (const northbound::InvalidConfiguration& invalid) {
        std::cerr << invalid.what() << '\n';
        return 1;
    }
}

/// The secret comes in by the only way that shows it to nobody.
int seal(const headgate::daemon::Options& options) {
    using namespace headgate;
    std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
    if (text.ends_with('\n')) text.pop_back();
    const base::Secret secret(text);
    base::wipe(text);
    if (secret.empty()) throw std::runtime_error("--seal: standard input has no secret: give it one line");
    if (!domain::isText(secret.reveal()))
        throw std::runtime_error(
            "--seal: the secret is not UTF-8 text without control characters: no appliance "
            "can be given it");
    std::cout << daemon::openVault(options).seal(secret) << '\n';
    return 0;
}

}

int main(int argc, char** argv) {
    using namespace headgate;
    base::keepFreedMemory();
    CLI::App app{
        "headgated keeps load-balanced pools the right size: it watches real servers over SNMP, and moves\n"
        "them into and out of pools on load balancers with NETCONF transactions that finish on every\n"
        "appliance or leave no trace on any.",
        "headgated"};
    daemon::Options options;
    std::string config, key, level = "info";
    bool onlyCheck = false, onlySeal = false;
    app.set_version_flag("--version", "headgated " HEADGATE_VERSION);
    app.add_option("--config", config,
                   "First configuration: YANG instance data of the model headgate, JSON or XML. It is loaded "
                   "when the "
                   "state directory holds none; from then on the state directory's is the truth")
        ->type_name("FILE");
    app.add_option("--state", options.state, "Where configuration, journal and history are kept")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--socket", options.socket, "UNIX socket that the headgate command talks to")
        ->type_name("PATH")
        ->capture_default_str();
    app.add_option("--key", key,
                   "Key that secrets are sealed under: 64 hexadecimal digits, mode 0600. Otherwise systemd's "
                   "credential headgate-key, or key in the state directory, which the first start makes")
        ->type_name("FILE");
    app.add_flag("--seal", onlySeal,
                 "Only seal the secret that is on standard input (without the line's end), print what stands "
                 "for it in the configuration, and exit");
    app.add_option("--abandon", options.abandoned,
                   "Do not go on with that open transaction, whose record cannot be read: it ends as "
                   "indeterminate, and its pool is blocked until a check has proved its appliances")
        ->type_name("ID");
    app.add_flag("--check", onlyCheck, "Only validate FILE and what it names, and exit: 0 valid, 1 not");
    app.add_option("--log-level", level, "error, warning, info or debug")->capture_default_str();
    try {
        app.parse(argc, argv);
        if (onlyCheck && config.empty()) throw CLI::ValidationError("--check", "needs --config FILE");
        if (!base::setLogLevel(level))
            throw CLI::ValidationError("--log-level", level + " is none of error, warning, info, debug");
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exitUsage;
    }
    // libyang prints times in the local zone; all of ours are UTC, for people and NMSs in several.
    setenv("TZ", "UTC", 1);
    // A peer that hangs up while we write to it is that session's failure, and not the daemon's end.
    std::signal(SIGPIPE, SIG_IGN);
    // Nor is a file that is as large as it may be (LimitFSIZE): the write fails, and that is told.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        if (!key.empty()) options.key = key;
        if (onlyCheck) return check(config);
        if (onlySeal) return seal(options);
        if (!config.empty()) options.config = config;
        daemon::Daemon(options).run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "headgated: " << error.what() << '\n';
        return 1;
    }
}
