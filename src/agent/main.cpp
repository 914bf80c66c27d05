#include "agent/loading.hpp"
#include "agent/service.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>

namespace {

constexpr int exitUsage = 2;
constexpr headgate::base::Log logger("agent");

constexpr const char* description =
    "headgate-agent sits beside snmpd on a real server and tells, as HEADGATE-SERVER-MIB, what applications "
    "it has,\n"
    "how load balancers are to connect to each and to authenticate, whether each is functional, and how busy "
    "it is.\n"
    "\n"
    "One file an application, /etc/headgate-agent/NAME.toml; the least that it says:\n"
    "\n"
    "    application = \"shop\"\n"
    "    port = 8080\n"
    "    protocol = \"http\"             # http, https or tcp\n"
    "    health-check = \"GET /health\"\n"
    "\n"
    "    [measure]\n"
    "    figures = [\"cpu\", \"connections\"]\n"
    "    unit = \"shop.service\"         # whose CPU and memory\n"
    "    connections-full-at = 200\n"
    "\n"
    "snmpd must be an AgentX master: `master agentx` in snmpd.conf, and views that show secrets to nobody "
    "but\n"
    "authPriv users. headgate-agent(8) has every key, and an snmpd.conf that works.\n";

headgate::agent::Places places() {
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    return {credentials ? credentials : ""};
}

/// Says all that is wrong, a line each; 0 when nothing is.
int check(const headgate::agent::ServiceOptions& options, headgate::base::Instant now) {
    using namespace headgate::agent;
    const auto loaded = load(options.config, options.places, now);
    const auto problems = loaded.all();
    for (const auto& problem : problems)
        std::cerr << toString(problem) << '\n';
    const auto store = StateStore(options.state).problem();
    if (!store.empty()) std::cerr << "--state: " << store << '\n';
    if (!problems.empty() || !store.empty()) return 1;
    for (const auto& file : loaded.files)
        std::cout << file.file.string() << " is valid: " << file.configured.settings.name() << ", port "
                  << file.configured.settings.port << '\n';
    return 0;
}

int run(const headgate::agent::ServiceOptions& options, const headgate::base::Clock& clock) {
    using namespace headgate;
    const auto loaded = agent::load(options.config, options.places, clock.now());
    bool usable = loaded.files.empty();
    for (const auto& file : loaded.files)
        usable = usable || file.usable();
    if (!usable) {
        for (const auto& problem : loaded.all())
            logger.error(toString(problem));
        logger.error("no application can be served", {{"config", options.config.string()}});
        return 1;
    }
    const auto store = agent::StateStore(options.state).problem();
    if (!store.empty()) logger.error("what a restart must know is not kept", {{"because", store}});
    base::EventLoop loop;
    const auto ending = loop.onSignal({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
    agent::Service service(loop, clock, options, loaded);
    const auto again = loop.onSignal({SIGHUP}, [&](int) { service.reload(); });
    loop.run();
    logger.info("ending");
    return 0;
}

}

int main(int argc, char** argv) {
    using namespace headgate;
    CLI::App app{description, "headgate-agent"};
    agent::ServiceOptions options;
    options.places = places();
    std::string config = options.config.string(), state, level = "info";
    if (const char* given = std::getenv("STATE_DIRECTORY")) state = given;
    bool onlyCheck = false;
    app.set_version_flag("--version", "headgate-agent " HEADGATE_VERSION);
    app.add_option("--config", config, "A folder of *.toml files, one an application, or one such file")
        ->type_name("DIR|FILE")
        ->capture_default_str();
    app.add_option("--agentx", options.master,
                   "Where snmpd is the AgentX master: its agentXSocket, e.g. tcp:127.0.0.1:705")
        ->type_name("ADDRESS")
        ->capture_default_str();
    app.add_option("--state", state,
                   "A folder where the data source in use is kept over a restart; by default systemd's "
                   "STATE_DIRECTORY, else nothing is kept")
        ->type_name("DIR");
    app.add_flag(
        "--check", onlyCheck,
        "Only validate the files and all that they name, and exit: 0 valid, 1 not; a line for each mistake");
    app.add_option("--log-level", level, "error, warning, info or debug")->capture_default_str();
    try {
        app.parse(argc, argv);
        if (!base::setLogLevel(level))
            throw CLI::ValidationError("--log-level", level + " is none of error, warning, info, debug");
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exitUsage;
    }
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    options.config = config;
    options.state = state;
    try {
        const base::SteadyWallClock clock;
        return onlyCheck ? check(options, clock.now()) : run(options, clock);
    } catch (const std::exception& error) {
        std::cerr << "headgate-agent: " << error.what() << '\n';
        return 1;
    }
}
